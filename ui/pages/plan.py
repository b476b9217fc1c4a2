"""The Plan page: the decision, how sure it is, its cost against the base case, and every class with its options."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from planner.errors import PlannerError
from planner.placement.plan import Plan
from ui.appearance import Appearance
from ui.charts.bars import BarsChart
from ui.messages import refusal
from ui.pages.break_even_tab import BreakEvenTab
from ui.pages.explaining import Explainer
from ui.pages.horizon_tab import HorizonTab
from ui.pages.load_tab import LoadTab
from ui.pages.options_tab import OptionsTab
from ui.pages.page import FIELD_GAP, Page
from ui.pages.plan_rows import PLACEMENT_COLUMNS, PlacedClass, placed_classes
from ui.pages.plan_words import (
    COST_AXIS,
    cost_bars,
    cost_caption,
    cost_finding,
    doubt_sections,
    key_figures,
    proof,
    sureness_line,
)
from ui.pages.sure_tab import SureTab
from ui.pages.why_tab import WhyTab
from ui.session import Session
from ui.tables.table_view import Table
from ui.widgets.details import Details
from ui.widgets.labels import label
from ui.widgets.tabs import Tabs

CLASSES_SHOWN = 12
DOUBTS_PX = 380
WHY, OPTIONS, SURE, CAPACITY, HORIZON, BREAK_EVEN, DOUBTS = range(7)
SOLVED = (WHY, OPTIONS, SURE)  # tabs that show what the optimiser has to solve for the selected class


class PlanPage(Page):
    """Shows the session's plan; nothing is edited here."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Plan")
        self.explainer = Explainer(session, self)
        self._build_head()
        self._build_classes()
        self._build_tabs()
        self.explainer.changed.connect(self._show_explained)
        session.plan_changed.connect(self.changed)
        session.scenario_changed.connect(self.changed)

    def _build_head(self) -> None:
        report = QPushButton("Report ▸")
        report.setAccessibleName("Open the report")
        report.clicked.connect(lambda: self.page_asked.emit("Report"))
        self.set_primary(report)
        self.sureness = label("", name="How sure the choices are", wrap=True)
        self.proof = label("", "caption", name="What the search for the cheapest plan proved", wrap=True)
        sure = QVBoxLayout()
        sure.setSpacing(FIELD_GAP)
        sure.addWidget(self.sureness)
        sure.addWidget(self.proof)
        self.body.addLayout(sure)
        self.chart = BarsChart("Cost per month", self.appearance)
        self.chart.failed.connect(self._refuse)
        self.parts = label("", "caption", name="Parts of the cost", wrap=True)
        picture = QVBoxLayout()
        picture.setSpacing(FIELD_GAP)
        picture.addWidget(self.chart)
        picture.addWidget(self.parts)
        self.body.addLayout(picture)

    def _build_classes(self) -> None:
        self.classes: Table[PlacedClass] = Table(
            "Placement of every class", PLACEMENT_COLUMNS, self.appearance, key=lambda row: row.task_class.name
        )
        self.classes.row_selected.connect(self._show_class)
        self.body.addWidget(self.classes)

    def _build_tabs(self) -> None:
        self.why = WhyTab(self.appearance)
        self.options = OptionsTab(self.appearance)
        self.sure = SureTab(self.appearance)
        self.capacity = LoadTab(self.appearance)
        self.horizon = HorizonTab(self.session, self.appearance)
        self.break_even = BreakEvenTab(self.session, self.appearance)
        self.doubts = Details("Doubts about this plan")
        self.doubts.setMinimumHeight(DOUBTS_PX)
        self.tabs = Tabs("Why, options, how sure, capacity, horizon, break-even and doubts")
        for tab, title in (
            (self.why, "Why"),
            (self.options, "Options"),
            (self.sure, "How sure"),
            (self.capacity, "Capacity"),
            (self.horizon, "Horizon"),
            (self.break_even, "Break-even"),
            (_padded(self.doubts), "Doubts"),
        ):
            self.tabs.addTab(tab, title)
        for tab in (self.why, self.options, self.sure, self.capacity, self.horizon, self.break_even):
            tab.failed.connect(self._refuse)
        self.tabs.currentChanged.connect(self._fill_tab)
        self.body.addWidget(self.tabs)
        self.body.addStretch(1)

    def hideEvent(self, event: QHideEvent) -> None:
        """Solve nothing that nobody looks at."""
        super().hideEvent(event)
        self.explainer.pause()

    def showEvent(self, event: QShowEvent) -> None:
        """Go on where it was hidden."""
        super().showEvent(event)
        if self.tabs.currentIndex() in SOLVED:
            self._explain()

    def refresh(self) -> None:
        """Show the plan that answers the scenario; until it is made the one before stays on screen."""
        session = self.session
        if session.plan_error is not None:
            self.say(f"There is no plan: {session.plan_error.sentence}")
            self._show_parts(shown=False)
        elif session.plan is None:
            self.say("Planning …")
            self._show_parts(shown=False)
        elif session.plan_is_current:
            self._show_plan(session.plan)
            self._show_parts(shown=True)

    def _show_parts(self, *, shown: bool) -> None:
        for part in (self.sureness, self.proof, self.chart, self.parts, self.classes, self.tabs):
            part.setVisible(shown)

    def _show_plan(self, plan: Plan) -> None:
        scenario = self.session.scenario
        self.say(plan.sentence, *key_figures(plan))
        self.sureness.setText(sureness_line(plan))
        self.proof.setText(proof(plan))
        bars = cost_bars(plan)
        self.chart.show_bars(cost_finding(plan), COST_AXIS, bars)
        self.parts.setText(cost_caption(bars))
        self.classes.set_rows(placed_classes(plan, scenario))
        self.classes.set_height_rows(CLASSES_SHOWN)
        self.sure.show_plan(plan)
        self.capacity.show_plan(plan, scenario)
        doubts = doubt_sections(plan.doubts, {each.task_class: each.title for each in plan.placements})
        self.doubts.show_sections(doubts)
        self.tabs.setTabText(CAPACITY, f"Capacity ({len(plan.fleet_loads) + len(plan.capacity_loads)})")
        self.tabs.setTabText(DOUBTS, f"Doubts ({len(plan.doubts)})" if doubts else "No doubts")
        self._fill_tab(self.tabs.currentIndex())

    def _fill_tab(self, place: int) -> None:
        """What nobody looks at is not computed."""
        if place in SOLVED:
            self._explain()
        else:
            self.explainer.pause()
        if place == HORIZON:
            self.horizon.refresh()
        elif place == BREAK_EVEN:
            self.break_even.refresh()

    def _explain(self) -> None:
        row = self.classes.selected
        if row is not None:
            self.explainer.ask(row.task_class.name)

    def _refuse(self, error: PlannerError) -> None:
        self.tell(refusal(error))

    def _show_class(self, row: PlacedClass | None) -> None:
        if row is not None:
            feasible = sum(option.feasible for option in row.placement.options)
            self.tabs.setTabText(OPTIONS, f"Options ({feasible} of {len(row.placement.options)})")
            if self.tabs.currentIndex() in SOLVED:
                self.explainer.ask(row.task_class.name)
        self._show_explained()

    def _show_explained(self) -> None:
        """What the plan says of the selected class, and what is solved of it so far."""
        row = self.classes.selected
        self.why.show_class(row, self.explainer)
        self.options.show_class(row, self.explainer)
        self.sure.show_class(row, self.explainer)


def _padded(details: Details) -> QWidget:
    """A pane that fills its tab."""
    tab = QWidget()
    column = QVBoxLayout(tab)
    column.setContentsMargins(0, FIELD_GAP, 0, 0)
    column.addWidget(details)
    return tab
