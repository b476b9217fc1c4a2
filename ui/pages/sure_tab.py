"""How sure the plan is the cheapest: what the search proved, what its limits are worth, the plans that come next."""

from __future__ import annotations

from planner.placement.optimality import ShadowPrice
from planner.placement.plan import Plan
from ui.appearance import Appearance
from ui.pages.explained_tab import ExplainedTab
from ui.pages.explaining import Explainer
from ui.pages.plan_rows import PlacedClass
from ui.pages.plan_words import proof
from ui.pages.sure_rows import LIMIT_COLUMNS, NEXT_COLUMNS, NextRow, next_rows
from ui.tables.table_view import Table
from ui.widgets.labels import label

MOST_ROWS = 10
NO_LIMITS = "No limit that classes share is in force: there are no devices, or their work exceeds them already."
NO_OTHER = "There is no other plan that places as many classes."


class SureTab(ExplainedTab):
    """The proof and the limits come with the plan; the next plans are solved when somebody looks."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("Solving for the next-best plans")
        self.proof = label("", name="What the search proved", wrap=True)
        self.limits_title = label("What more of a limit would save", "section")
        self.no_limits = label(NO_LIMITS, "muted", wrap=True)
        self.limits: Table[ShadowPrice] = Table(
            "What more of a limit would save", LIMIT_COLUMNS, appearance, key=lambda row: row.resource
        )
        self.next_title = label("Next-best plans", "section")
        self.no_next = label(NO_OTHER, "muted", wrap=True)
        self.next: Table[NextRow] = Table("Next-best plans", NEXT_COLUMNS, appearance, key=lambda row: row.rank)
        for widget in (
            self.proof,
            self.limits_title,
            self.no_limits,
            self.limits,
            self.next_title,
            self.no_next,
            self.next,
        ):
            self.content.addWidget(widget)
        self.content.addStretch(1)

    def show_plan(self, plan: Plan) -> None:
        """What the plan itself says."""
        self.proof.setText(proof(plan))
        self.limits.set_rows(plan.shadow_prices)
        self.limits.fit_columns()
        self.limits.set_height_rows(MOST_ROWS)
        self.limits.setVisible(bool(plan.shadow_prices))
        self.no_limits.setVisible(not plan.shadow_prices)

    def show_class(self, row: PlacedClass | None, explainer: Explainer) -> None:
        """The next plans, once they are solved with the reasons of any class."""
        plans = explainer.next_plans
        if row is not None:
            self.show_state(row.task_class.name, explainer)
        if plans is not None:
            self.state.hide()
        rows = () if plans is None else next_rows(plans)
        if rows != self.next.rows:
            self.next.set_rows(rows)
            self.next.fit_columns()
            self.next.set_height_rows(MOST_ROWS)
        self.next.setVisible(bool(rows))
        self.no_next.setVisible(plans is not None and not rows)
