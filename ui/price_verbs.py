"""What the Prices page asks of the engine: every offer with its past, quotes, imports, other days and capacities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from planner.capacities import Capacity
from planner.prices.offers import Quote
from planner.scenario import Scenario

if TYPE_CHECKING:  # these modules draw in the heavy half of the engine, which loads after the first paint
    from planner.basis import Doubt
    from planner.cost.capacity_figures import CapacityCost
    from planner.prices.differences import PriceChange, PriceDifference
    from planner.prices.history import HistoryRow
    from planner.prices.importing.findings import Imported
    from planner.prices.shelf import Shelved


@dataclass(frozen=True)
class ImportPreview:
    """A price file that was read and what it would do to the scenario; nothing is changed yet."""

    imported: Imported
    difference: PriceDifference
    card: str | None  # the rate card its offers would go into; None: the token offers of the scenario
    is_new_card: bool  # the file is a rate card that neither the scenario nor the program has
    cards: tuple[tuple[str, str], ...] = ()  # where machines may go: name and title; empty: there is no choice


@dataclass(frozen=True)
class Priced:
    """The scenario as of another day, and what to doubt about the prices of then."""

    scenario: Scenario
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class PriceVerbs:
    """A part of the engine as the window sees it; tests pass their own."""

    shelf: Callable[[Scenario], tuple[Shelved, ...]]
    history: Callable[[Scenario, Shelved], tuple[HistoryRow, ...]]
    doubts: Callable[[Scenario, Shelved], tuple[Doubt, ...]]
    with_quote: Callable[[Scenario, Quote], Scenario]
    without_quote: Callable[[Scenario, Quote], Scenario]
    read_import: Callable[[Scenario, Path | None], Imported]  # None: the price data that are installed
    preview: Callable[[Scenario, Imported, str | None], ImportPreview]
    take_over: Callable[[Scenario, ImportPreview, tuple[PriceChange, ...], tuple[Quote, ...]], Scenario]
    priced_on: Callable[[Scenario, date], Priced]
    capacity_costs: Callable[[Scenario], tuple[CapacityCost, ...]]
    with_capacity: Callable[[Scenario, Capacity], Scenario]  # in the place of one of that name; its card comes along
    without_capacity: Callable[[Scenario, str], Scenario]
