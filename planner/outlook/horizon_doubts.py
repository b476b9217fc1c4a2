"""Warnings a look ahead raises by itself, each with its size and the next step (economics.md §6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from planner import text
from planner.basis import Doubt, Quantity
from planner.capacities import OwnedBox
from planner.cost.figures import Driver
from planner.cost.hardware import life_years
from planner.cost.one_off import Crossing
from planner.cost.price_paths import is_single_point
from planner.outlook.calendar import Calendar
from planner.outlook.cost_paths import CostPath
from planner.outlook.horizon_view import CapacityOutlook, FlowKind, Outgrown
from planner.scenario import Fleet, HardwarePolicy, Scenario, contention_cap
from planner.scenario_names import class_name_doubts

LONG_PAYBACK_MONTHS = 24
_FOLLOWS: Mapping[FlowKind, Driver] = {
    "token prices": "token_price",
    "electricity": "tariff",
    "rented capacity": "rented_price",
    "hardware": "device_price",
}


def horizon_doubts(
    scenario: Scenario,
    calendar: Calendar,
    *,
    paths: Mapping[str, CostPath],
    fleets: Sequence[Fleet],
    grown: Sequence[Outgrown],
    back: Crossing,
    capacities: Sequence[CapacityOutlook] = (),
) -> tuple[Doubt, ...]:
    """Doubts in a fixed order; `paths` by model of the options in plan or base case, `fleets` those in use there."""
    follows: set[Driver] = {driver for path in paths.values() for driver in path.follows}
    if scenario.policy.hardware is HardwarePolicy.INCREMENTAL and fleets:
        follows.add("device_price")
    lines: list[FlowKind] = [line.kind for each in capacities if each.stream for line in each.stream.lines]
    follows |= {_FOLLOWS[kind] for kind in lines if kind in _FOLLOWS}
    return (
        *class_name_doubts(scenario),
        *_beyond_life(scenario, calendar, fleets),
        *_boxes_beyond_life(scenario, calendar, capacities),
        *_long_payback(calendar, back),
        *_single_points(calendar, follows),
        *_price_ends(paths, capacities),
        *_outgrown(scenario, grown),
    )


def _beyond_life(scenario: Scenario, calendar: Calendar, fleets: Sequence[Fleet]) -> Iterator[Doubt]:
    for fleet in fleets:
        life = life_years(fleet.profile.ownership, scenario.assumptions)
        if calendar.horizon.years > life.value:
            bought = {
                HardwarePolicy.SUNK: "their replacement is not in the figures (policy: sunk)",
                HardwarePolicy.INCREMENTAL: "what local work adds to the next ones is in the figures",
                HardwarePolicy.FULL_SHARE: "their share of the next ones is in the figures",
            }[scenario.policy.hardware]
            yield Doubt(
                kind="HorizonBeyondLife",
                subject=fleet.profile.title,
                sentence=(
                    f"The horizon of {_years(calendar.horizon.years)} is longer than the {_years(life.value)} the "
                    f"devices last; {bought}, and nobody knows their speed and price then."
                ),
                advice="Shorten the horizon to the devices' life, or plan the next generation as a fleet of its own.",
            )


def _boxes_beyond_life(
    scenario: Scenario, calendar: Calendar, capacities: Sequence[CapacityOutlook]
) -> Iterator[Doubt]:
    shown = {each.capacity for each in capacities if each.stream is not None}
    for capacity in scenario.capacities:
        how = capacity.how
        if isinstance(how, OwnedBox) and capacity.name in shown and calendar.horizon.years > how.life_years.value:
            yield Doubt(
                kind="HorizonBeyondLife",
                subject=capacity.title,
                sentence=(
                    f"The horizon of {_years(calendar.horizon.years)} is longer than the "
                    f"{_years(how.life_years.value)} {capacity.title} lasts; the next one is taken to be like it."
                ),
                advice="Shorten the horizon to its life, or enter how device prices change with an interval.",
            )


def _long_payback(calendar: Calendar, back: Crossing) -> Iterator[Doubt]:
    waits = back.month is None and not back.reason.startswith("never") and calendar.months > LONG_PAYBACK_MONTHS
    if waits or (back.month is not None and back.month > LONG_PAYBACK_MONTHS):
        when = f"only in month {back.month:.0f}" if back.month is not None else f"in {calendar.months} months not yet"
        yield Doubt(
            kind="BreakEvenBeyond24Months",
            subject="payback",
            sentence=f"The extra money up front is back {when}; prices and models change faster than that.",
            advice="Look for a choice with less money up front, or rent first.",
        )


def _single_points(calendar: Calendar, follows: Collection[Driver]) -> Iterator[Doubt]:
    horizon = calendar.horizon
    changes: tuple[tuple[Driver, str, Quantity | None], ...] = (
        ("token_price", "token prices", horizon.token_price_change_per_year),
        ("rented_price", "prices of rented capacity", horizon.rented_price_change_per_year),
        ("tariff", "the tariff", horizon.tariff_change_per_year),
        ("device_price", "device prices", horizon.device_price_change_per_year),
    )
    for driver, words, change in changes:
        if driver in follows and change is not None and is_single_point(change):
            yield Doubt(
                kind="SinglePointDecline",
                subject=words,
                sentence=f"A change of {words} by {text.share(change.value)} a year is assumed as if it were certain.",
                advice="Enter its low and high end as well, so that the interval carries them.",
            )


def _price_ends(paths: Mapping[str, CostPath], capacities: Sequence[CapacityOutlook]) -> Iterator[Doubt]:
    for what, each in (*paths.items(), *((capacity.title, capacity) for capacity in capacities)):
        for ends in each.introductory_ends:
            yield Doubt(
                kind="IntroductoryEnds",
                subject=what,
                sentence=f"An introductory price of {what} ends on {text.day(ends)}, inside the horizon.",
                advice="Judge the choice at the price that follows; the months after that day already pay it.",
            )
        if each.prices_end is not None:
            yield Doubt(
                kind="PriceEnds",
                subject=what,
                sentence=f"From {text.day(each.prices_end)} on no price of {what} is known; the last one goes on.",
                advice="Enter a quote that holds from that day on.",
            )


def _outgrown(scenario: Scenario, grown: Sequence[Outgrown]) -> Iterator[Doubt]:
    caps = {fleet.profile.profile_id: contention_cap(scenario, fleet) for fleet in scenario.fleets}
    for each in grown:
        cap = caps[each.profile_id]
        if each.utilization > cap:
            what = f"busy {text.share(each.utilization)} of its active hours"
            limit = f"the cap is {text.share(cap)}"
        else:
            what = f"asked for {text.share(each.peak_utilization)} of its time in the busiest hour"
            limit = "its queue never clears"
        yield Doubt(
            kind="CapacityOutgrown",
            subject=each.title,
            sentence=(
                f"With growth each {each.title} is {what} in month {each.month} (from {text.day(each.begins)}); "
                f"{limit}. The figures go on as if it served."
            ),
            advice="Plan that month with grown volumes: some classes must move, or more or faster devices be bought.",
        )


def _years(years: float) -> str:
    return "1 year" if years == 1 else f"{text.significant(years)} years"
