"""How sure the plan is, as data: what more of a limit would save, and the plans that come next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner import text
from planner.placement.optimality import ShadowPrice
from ui.tables.columns import Column

if TYPE_CHECKING:  # draws in the optimiser, which loads after the first paint
    from planner.outlook.explanation import NextPlan
    from planner.placement.near_optimal import LocalRange, NearOptimal
    from planner.placement.shadow_ranges import ShadowRange

LIMIT_PX, MORE_PX, CHANGES_PX = 240, 280, 560
NOTHING = "–"


@dataclass(frozen=True)
class NextRow:
    """One of the plans that come after the cheapest."""

    rank: int  # the plan on this page is the first
    plan: NextPlan

    @property
    def changes(self) -> str:
        """«Chat: qwen3-1.7b w4a16 on Copilot+ laptop; Translation: …»."""
        return "; ".join(f"{each.title}: {each.option}" for each in self.plan.changes)


@dataclass(frozen=True)
class NearRow:
    """The devices' share of the work in every plan that costs at most so much more; the plan itself at no more."""

    within: float  # share of the plan's cost
    usd_per_month: float | None  # at most; None: the plan's own
    requests: tuple[float, float]  # least and most, as shares
    classes: tuple[float, float]
    of_classes: int
    proven: bool


def near_rows(near: NearOptimal) -> tuple[NearRow, ...]:
    """The plan, then the ranges."""
    requests, classes = (near.requests, near.requests), (near.classes, near.classes)
    own = NearRow(0.0, None, requests, classes, near.of_classes, proven=True)
    return (own, *(_near_row(each, near.of_classes) for each in near.ranges))


def _near_row(each: LocalRange, of_classes: int) -> NearRow:
    requests, classes = (each.least_requests, each.most_requests), (each.least_classes, each.most_classes)
    return NearRow(each.within, each.usd_per_month_at_most, requests, classes, of_classes, each.proven)


def _range(ends: tuple[float, float], words: Callable[[float], str]) -> str:
    least, most = words(ends[0]), words(ends[1])
    return least if least == most else f"{least} … {most}"


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

RANGE_COLUMNS: tuple[Column[ShadowRange], ...] = (
    Column("Limit", lambda row: row.resource, tooltip=lambda row: row.sentence, widest_px=LIMIT_PX),
    Column("Used", lambda row: text.in_unit(row.used, row.unit), numeric=True, tooltip=lambda row: row.sentence),
    Column("Allowed", lambda row: text.in_unit(row.limit, row.unit), numeric=True, tooltip=lambda row: row.sentence),
    Column(
        "Same plan up to",
        lambda row: text.in_unit(row.steps[0].limit, row.unit) if row.steps else "however much",
        numeric=True,
        tooltip=lambda row: row.sentence,
        hint="From what is used up to here, more or less of the limit changes nothing",
    ),
    Column(
        "Then saves",
        lambda row: text.money(row.steps[0].saved_usd_per_month) if row.steps else NOTHING,
        unit="per month",
        sort=lambda row: row.steps[0].saved_usd_per_month if row.steps else None,
        numeric=True,
        tooltip=lambda row: row.sentence,
    ),
)

NEAR_COLUMNS: tuple[Column[NearRow], ...] = (
    Column(
        "Plans that cost",
        lambda row: f"at most {text.share(row.within)} more" if row.within else "the least: this plan",
        sort=lambda row: row.within,
    ),
    Column(
        "Cost at most",
        lambda row: NOTHING if row.usd_per_month is None else text.money(row.usd_per_month),
        unit="per month",
        sort=lambda row: row.usd_per_month,
        numeric=True,
        hint="Of everything that the choice among options decides",
    ),
    Column(
        "Requests on devices",
        lambda row: _range(row.requests, text.share),
        sort=lambda row: row.requests[0],
        numeric=True,
        hint="The least and the most in any such plan",
    ),
    Column(
        "Classes on devices",
        lambda row: f"{_range(row.classes, text.number)} of {row.of_classes}",
        sort=lambda row: row.classes[0],
        numeric=True,
        hint="The least and the most in any such plan",
    ),
    Column(
        "How sure",
        lambda row: "✓ proven" if row.proven else "≈ at least so wide",
        hint="A search that was stopped may have missed plans with even less or more",
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
