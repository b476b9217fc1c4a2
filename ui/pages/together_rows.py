"""What classes that share a device make each other wait in the busiest hour, as a table: p95 against the SLO."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.basis import Quantity
from planner.placement.plan import Plan
from planner.service.figures import SharedWait
from ui.pages.option_words import explained
from ui.tables.columns import Column

TITLE_PX = 200
NEVER = "never clears"


@dataclass(frozen=True)
class TogetherRow:
    """One class on one fleet, with the others that are there."""

    title: str
    fleet: str
    wait: SharedWait

    @property
    def clears(self) -> bool:
        """Whether its queue clears in the busiest hour: else there is no percentile."""
        return self.wait.wait_p95_s is not None


def together_rows(plan: Plan) -> tuple[TogetherRow, ...]:
    """Every class that meets another on its fleet's devices."""
    titles = {placement.task_class: placement.title for placement in plan.placements}
    return tuple(
        TogetherRow(titles.get(wait.task_class, wait.task_class), load.title, wait)
        for load in plan.fleet_loads
        for wait in load.shared
    )


def _against(row: TogetherRow, figure: Quantity, bound_s: float | None) -> str:
    reached = text.number(figure.value) if row.clears else text.UNKNOWN
    return f"{reached} / {'none' if bound_s is None else text.number(bound_s)}"


def _kept(row: TogetherRow) -> str:
    if not row.clears:
        return f"▲ {NEVER}"
    if row.wait.ttft_slo_s is None and row.wait.e2e_slo_s is None:
        return "no SLO"
    return "✓ kept" if row.wait.keeps_slo else "▲ missed"


def _kept_meaning(row: TogetherRow) -> str | None:
    return "caution" if not (row.clears and row.wait.keeps_slo) else None


TOGETHER_COLUMNS: tuple[Column[TogetherRow], ...] = (
    Column("Class", lambda row: row.title, tooltip=lambda row: row.title, widest_px=TITLE_PX),
    Column("On", lambda row: row.fleet, tooltip=lambda row: row.fleet, widest_px=TITLE_PX),
    Column(
        "Turn",
        lambda row: "first" if row.wait.is_urgent else "after the others",
        hint="What can be deferred goes after the rest; what has begun is never interrupted",
    ),
    Column(
        "Wait p95",
        lambda row: text.number(row.wait.wait_p95_s) if row.clears else NEVER,
        unit="s",
        sort=lambda row: row.wait.wait_p95_s,
        numeric=True,
    ),
    Column(
        "TTFT p95 / SLO",
        lambda row: _against(row, row.wait.ttft_p95_s, row.wait.ttft_slo_s),
        unit="s",
        sort=lambda row: row.wait.ttft_p95_s.value if row.clears else None,
        numeric=True,
        tooltip=lambda row: explained(row.wait.ttft_p95_s) if row.clears else NEVER,
    ),
    Column(
        "E2E p95 / SLO",
        lambda row: _against(row, row.wait.e2e_p95_s, row.wait.e2e_slo_s),
        unit="s",
        sort=lambda row: row.wait.e2e_p95_s.value if row.clears else None,
        numeric=True,
        tooltip=lambda row: explained(row.wait.e2e_p95_s) if row.clears else NEVER,
    ),
    Column("SLO", _kept, meaning=_kept_meaning),
)
