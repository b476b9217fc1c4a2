"""How sure the plan is, as data: what more of a limit would save, and the plans that come next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner import text
from planner.placement.optimality import ShadowPrice
from ui.tables.columns import Column

if TYPE_CHECKING:  # draws in the optimiser, which loads after the first paint
    from planner.outlook.explanation import NextPlan

LIMIT_PX, MORE_PX, CHANGES_PX = 300, 340, 560


@dataclass(frozen=True)
class NextRow:
    """One of the plans that come after the cheapest."""

    rank: int  # the plan on this page is the first
    plan: NextPlan

    @property
    def changes(self) -> str:
        """«Chat: qwen3-1.7b w4a16 on Copilot+ laptop; Translation: …»."""
        return "; ".join(f"{each.title}: {each.option}" for each in self.plan.changes)


def next_rows(plans: tuple[NextPlan, ...]) -> tuple[NextRow, ...]:
    """The cheapest first."""
    return tuple(NextRow(rank, plan) for rank, plan in enumerate(plans, 2))


def _saved(price: ShadowPrice) -> str:
    return "places more classes" if price.usd_per_month is None else text.money(price.usd_per_month)


LIMIT_COLUMNS: tuple[Column[ShadowPrice], ...] = (
    Column("Limit", lambda row: row.resource, tooltip=lambda row: row.sentence, widest_px=LIMIT_PX),
    Column("If there were", lambda row: row.by, tooltip=lambda row: row.sentence, widest_px=MORE_PX),
    Column(
        "Saves",
        _saved,
        unit="per month",
        sort=lambda row: row.usd_per_month,
        numeric=True,
        tooltip=lambda row: row.sentence,
        hint="What the plan would cost less: everything placed anew with the limit relaxed by that much",
    ),
)

NEXT_COLUMNS: tuple[Column[NextRow], ...] = (
    Column(
        "Rank",
        lambda row: text.exact(row.rank),
        sort=lambda row: row.rank,
        numeric=True,
        hint="Among all plans that place as many classes; the plan on this page is the first",
    ),
    Column(
        "Costs more",
        lambda row: f"+{text.money(row.plan.extra_usd_per_month)}",
        unit="per month",
        sort=lambda row: row.plan.extra_usd_per_month,
        numeric=True,
    ),
    Column(
        "Moves",
        lambda row: text.exact(len(row.plan.changes)),
        unit="classes",
        sort=lambda row: len(row.plan.changes),
        numeric=True,
    ),
    Column("What it does otherwise", lambda row: row.changes, tooltip=lambda row: row.changes, widest_px=CHANGES_PX),
)
