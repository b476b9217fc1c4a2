"""The Plan page: the decision, how sure it is, its cost against the base case, and every class with its options."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QTabWidget, QVBoxLayout, QWidget

from planner.errors import PlannerError
from planner.placement.plan import Plan
from ui.appearance import Appearance
from ui.charts.bars import BarsChart
from ui.messages import refusal
from ui.pages.break_even_tab import BreakEvenTab
from ui.pages.horizon_tab import HorizonTab
from ui.pages.load_rows import LOAD_COLUMNS, LoadRow, load_rows
from ui.pages.option_rows import OPTION_COLUMNS, OptionRow, option_rows
from ui.pages.page import FIELD_GAP, Page, let_current_decide
from ui.pages.plan_rows import PLACEMENT_COLUMNS, PlacedClass, placed_classes
from ui.pages.plan_words import (
    COST_AXIS,
    class_sections,
    cost_bars,
    cost_caption,
    cost_finding,
    doubt_sections,
    key_figures,
    sureness_line,
)
from ui.session import Session
from ui.tables.table_view import Table
from ui.widgets.details import Details
from ui.widgets.labels import label

CLASSES_SHOWN = 12
OPTIONS_SHOWN = 10
DETAILS_PX = 380
WHY, OPTIONS, CAPACITY, HORIZON, BREAK_EVEN, DOUBTS = range(6)


class PlanPage(Page):
    """Shows the session's plan; nothing is edited here."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Plan")
        self._class_shown = ""
        self._build_head()
        self._build_classes()
        self._build_tabs()
        session.plan_changed.connect(self.changed)
        session.scenario_changed.connect(self.changed)

    def _build_head(self) -> None:
        report = QPushButton("Report ▸")
        report.setAccessibleName("Open the report")
        report.clicked.connect(lambda: self.page_asked.emit("Report"))
        self.set_primary(report)
        self.sureness = label("", name="How sure the choices are", wrap=True)
        self.body.addWidget(self.sureness)
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
        self.details = Details("Details of the class")
        self.body.addWidget(self.classes)

    def _build_tabs(self) -> None:
        self.options: Table[OptionRow] = Table(
            "Options of the class", OPTION_COLUMNS, self.appearance, key=lambda row: row.option.option_id
        )
        self.options.row_selected.connect(self._show_option)
        self.verdict = label("", name="What rules the option out", wrap=True)
        self.loads: Table[LoadRow] = Table(
            "Load of the fleets", LOAD_COLUMNS, self.appearance, key=lambda row: row.load.profile_id
        )
        self.doubts = Details("Doubts about this plan")
        self.doubts.setMinimumHeight(DETAILS_PX)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName("Details, options, capacity, horizon, break-even and doubts")
        self.horizon = HorizonTab(self.session, self.appearance)
        self.break_even = BreakEvenTab(self.session, self.appearance)
        self.details.setMinimumHeight(DETAILS_PX)
        self.tabs.addTab(_stacked(self.details), "Why")
        self.tabs.addTab(_stacked(self.options, self.verdict), "Options")
        self.tabs.addTab(_stacked(self.loads), "Capacity")
        for tab, title in ((self.horizon, "Horizon"), (self.break_even, "Break-even")):
            self.tabs.addTab(tab, title)
            tab.failed.connect(self._refuse)
        self.tabs.addTab(_stacked(self.doubts), "Doubts")
        self.tabs.currentChanged.connect(self._fill_tab)
        self.body.addWidget(self.tabs)
        self.body.addStretch(1)

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
        for part in (self.sureness, self.chart, self.parts, self.classes, self.tabs):
            part.setVisible(shown)

    def _show_plan(self, plan: Plan) -> None:
        scenario = self.session.scenario
        self.say(plan.sentence, *key_figures(plan))
        self.sureness.setText(sureness_line(plan))
        bars = cost_bars(plan)
        self.chart.show_bars(cost_finding(plan), COST_AXIS, bars)
        self.parts.setText(cost_caption(bars))
        self.classes.set_rows(placed_classes(plan, scenario))
        self.classes.set_height_rows(CLASSES_SHOWN)
        self.loads.set_rows(load_rows(plan, scenario))
        self.loads.set_height_rows(OPTIONS_SHOWN)
        doubts = doubt_sections(plan.doubts, {each.task_class: each.title for each in plan.placements})
        self.doubts.show_sections(doubts)
        self.tabs.setTabText(CAPACITY, f"Capacity ({len(plan.fleet_loads)})")
        self.tabs.setTabText(DOUBTS, f"Doubts ({len(plan.doubts)})" if doubts else "No doubts")
        self._fill_tab(self.tabs.currentIndex())

    def _fill_tab(self, place: int) -> None:
        """A look ahead that nobody looks at is not computed and takes no room."""
        let_current_decide(self.tabs)
        if place == HORIZON:
            self.horizon.refresh()
        elif place == BREAK_EVEN:
            self.break_even.refresh()

    def _refuse(self, error: PlannerError) -> None:
        self.tell(refusal(error))

    def _show_class(self, row: PlacedClass | None) -> None:
        if row is None:
            self.details.clear_sections()
            self.options.set_rows(())
            return
        self.details.show_sections(class_sections(row))
        another, self._class_shown = row.task_class.name != self._class_shown, row.task_class.name
        self.options.set_rows(option_rows(row.placement))
        if another:
            self.options.select(0)
        self.options.set_height_rows(OPTIONS_SHOWN)
        feasible = sum(option.feasible for option in row.placement.options)
        total = len(row.placement.options)
        self.tabs.setTabText(WHY, f"Why: {row.placement.title}".replace("&", "&&"))
        self.tabs.setTabText(OPTIONS, f"Options ({feasible} of {total})")

    def _show_option(self, row: OptionRow | None) -> None:
        self.verdict.setText("" if row is None else f"{row.verdict[:1].upper()}{row.verdict[1:]}")


def _stacked(*widgets: QWidget) -> QWidget:
    """Widgets below each other in a tab."""
    tab = QWidget()
    column = QVBoxLayout(tab)
    column.setContentsMargins(0, FIELD_GAP, 0, 0)
    column.setSpacing(FIELD_GAP)
    for widget in widgets:
        column.addWidget(widget)
    if not isinstance(widgets[-1], Details):
        column.addStretch(1)
    return tab
