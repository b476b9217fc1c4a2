"""How sure the plan is the cheapest: what the search proved, what its limits are worth, which plans come close."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel

from planner.placement.optimality import ShadowPrice
from planner.placement.plan import Plan
from ui.appearance import Appearance
from ui.pages.explained_tab import ExplainedTab
from ui.pages.explaining import Explainer
from ui.pages.plan_rows import PlacedClass
from ui.pages.plan_words import proof
from ui.pages.sure_rows import (
    LIMIT_COLUMNS,
    NEAR_COLUMNS,
    NEXT_COLUMNS,
    RANGE_COLUMNS,
    NearRow,
    NextRow,
    near_rows,
    next_rows,
)
from ui.tables.table_view import Table
from ui.widgets.labels import label

if TYPE_CHECKING:  # draws in the optimiser, which loads after the first paint
    from planner.placement.shadow_ranges import ShadowRange

R = TypeVar("R")

MOST_ROWS = 10
NO_LIMITS = "No limit that classes share is in force: there are no devices, or their work exceeds them already."
NO_OTHER = "There is no other plan that places as many classes."


class SureTab(ExplainedTab):
    """The proof and the limits come with the plan; what comes close is solved when somebody looks."""

    failed = Signal(object)  # PlannerError of exporting

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("Solving for the plans that come close")
        self.proof = label("", name="What the search proved", wrap=True)
        self.overruns_title = label("What does not fit", "section")
        self.overruns = label("", name="Limits that no choice keeps", wrap=True)
        self.near_title = label("How much of the work could as well run on devices", "section", wrap=True)
        self.near: Table[NearRow] = Table(
            "Plans of nearly this cost", NEAR_COLUMNS, appearance, key=lambda row: row.within
        )
        self.limits_title = label("What more of a limit would save", "section", wrap=True)
        self.no_limits = label(NO_LIMITS, "muted", wrap=True)
        self.limits: Table[ShadowPrice] = Table(
            "What more of a limit would save", LIMIT_COLUMNS, appearance, key=lambda row: row.resource
        )
        self.ranges_title = label("Over which range a limit changes nothing", "section", wrap=True)
        self.ranges: Table[ShadowRange] = Table(
            "Over which range a limit changes nothing", RANGE_COLUMNS, appearance, key=lambda row: row.resource
        )
        self.next_title = label("Next-best plans", "section")
        self.no_next = label(NO_OTHER, "muted", wrap=True)
        self.next: Table[NextRow] = Table("Next-best plans", NEXT_COLUMNS, appearance, key=lambda row: row.rank)
        for table in (self.near, self.limits, self.ranges, self.next):
            table.failed.connect(self.failed)
        for widget in (
            self.proof,
            self.overruns_title,
            self.overruns,
            self.near_title,
            self.near,
            self.limits_title,
            self.no_limits,
            self.limits,
            self.ranges_title,
            self.ranges,
            self.next_title,
            self.no_next,
            self.next,
        ):
            self.content.addWidget(widget)
        self.content.addStretch(1)

    def show_plan(self, plan: Plan) -> None:
        """What the plan itself says."""
        self.proof.setText(proof(plan))
        _fill(self.limits, plan.shadow_prices)
        self.no_limits.setVisible(not plan.shadow_prices)

    def show_class(self, row: PlacedClass | None, explainer: Explainer) -> None:
        """What is solved of the whole plan with the reasons of any class."""
        solved = explainer.any
        if row is not None:
            self.show_state(row.task_class.name, explainer)
        if solved is not None:  # of another class: that does as well here
            self.state.hide()
        exceeded = () if solved is None else solved.overruns
        self.overruns.setText("\n".join(f"▲ {each.sentence}" for each in exceeded))
        for part in (self.overruns_title, self.overruns):
            part.setVisible(bool(exceeded))
        _fill(self.near, () if solved is None else near_rows(solved.near_optimal), self.near_title)
        _fill(self.ranges, () if solved is None else solved.shadow_ranges, self.ranges_title)
        _fill(self.next, () if solved is None else next_rows(solved.next_plans))
        self.next_title.setVisible(solved is not None)
        self.no_next.setVisible(solved is not None and not solved.next_plans)


def _fill(table: Table[R], rows: tuple[R, ...], title: QLabel | None = None) -> None:
    """A table without rows, and its title, take no room."""
    if rows != table.rows:
        table.set_rows(rows)
        table.fit_columns()
        table.set_height_rows(MOST_ROWS)
    table.setVisible(bool(rows))
    if title is not None:
        title.setVisible(bool(rows))
