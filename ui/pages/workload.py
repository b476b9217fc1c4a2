"""The Workload page: what people ask for, edited in place; every edit is a new scenario and a new plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QPushButton, QSizePolicy

from planner import text
from planner.errors import PlannerError
from planner.placement.options import Placement
from planner.scenario import Scenario
from planner.units import TOKENS_PER_MTOK
from planner.workload.task_classes import TaskClass, Workload
from ui.appearance import Appearance
from ui.charts.bars import Bar, BarsChart, Part
from ui.dialogs.files import FileAsker
from ui.messages import Action, note, refusal
from ui.pages import typed
from ui.pages.class_editor import ClassEditor, Model
from ui.pages.option_words import SIDE_MEANINGS, SIDE_WORDS
from ui.pages.page import FIELD_GAP, SECTION_GAP, Page
from ui.pages.workload_columns import class_columns
from ui.pages.workload_edits import BLANK, with_class, with_copy, with_seats, with_workload, without
from ui.session import Session
from ui.tables.table_view import Table
from ui.widgets.field import Field

CLASSES_SHOWN = 14
TOKENS_AXIS = "Mtok a day, input and output"
WORKLOAD_FILTER = "Workload (*.json *.toml);;All files (*)"
DRAWING_SHARE, EDITOR_SHARE = 5, 4
SIDE_BY_SIDE_PX = 960


class WorkloadPage(Page):
    """Edits the scenario's workload."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Workload")
        self.asker = FileAsker()
        self._build_people()
        self._build_table()
        self._build_below()
        session.scenario_changed.connect(self.changed)
        session.plan_changed.connect(self.changed)

    # Building

    def _build_people(self) -> None:
        self.add = QPushButton("Add class ▾")
        self.add.setAccessibleName("Add class")
        self.add.setMenu(self._add_menu())
        self.set_primary(self.add)
        self.seats = Field("Seats", hint="People; a fleet with a device for each of them follows")
        self.days = Field("Active days a month", hint="Days on which people work, at most 31")
        self.hours = Field("Active hours a day", hint="Hours over which the requests of a day spread, at most 24")
        self.peak = Field("Busiest hour ÷ mean hour", hint="With its interval, as in 2.5 (1.5 … 4)")
        edits = ((self.seats, _seats), (self.days, _days), (self.hours, _hours), (self.peak, _peak))
        for field, edit in edits:
            field.committed.connect(partial(self._edit_people, field, edit))
        line = QHBoxLayout()
        line.setSpacing(SECTION_GAP)
        for field in (self.seats, self.days, self.hours, self.peak):
            line.addWidget(field)
        line.addStretch(1)
        self.body.addLayout(line)

    def _add_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Blank class").triggered.connect(lambda: self._add(BLANK))
        for preset in self.session.verbs().workload_presets():
            several = menu.addMenu(f"From {preset.title}".replace("&", "&&"))
            for task_class in preset.task_classes:
                action = several.addAction(task_class.title.replace("&", "&&"))
                action.triggered.connect(lambda _checked=False, chosen=task_class: self._add(chosen))
        return menu

    def _build_table(self) -> None:
        self.classes: Table[TaskClass] = Table(
            "Task classes", class_columns(self._known_scales), self.appearance, key=lambda row: row.name
        )
        self.classes.edited.connect(self._class_edited)
        self.classes.row_selected.connect(self._show_class)
        self.body.addWidget(self.classes)
        line = QHBoxLayout()
        line.setSpacing(FIELD_GAP)
        commands: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("Duplicate", "Duplicate the selected class", self._duplicate),
            ("Delete", "Delete the selected class", self._delete),
            ("Open workload …", "Open a workload file", self._open),
            ("Save workload …", "Save the workload to a file", self._save),
        )
        for words, name, run in commands:
            button = QPushButton(words)
            button.setAccessibleName(name)
            button.clicked.connect(run)
            line.addWidget(button)
            if run == self._delete:
                line.addStretch(1)
        self.body.addLayout(line)

    def _build_below(self) -> None:
        self.chart = BarsChart("Tokens a day by class", self.appearance)
        self.chart.failed.connect(self._refuse)
        self.chart.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.editor = ClassEditor(self.appearance)
        self.editor.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.editor.edited.connect(self._replace_class)
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._below.setSpacing(SECTION_GAP)
        self._below.addWidget(self.chart, DRAWING_SHARE)
        self._below.addWidget(self.editor, EDITOR_SHARE)
        self.body.addLayout(self._below)
        self.body.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Picture and details stand side by side where both have room."""
        super().resizeEvent(event)
        wide = event.size().width() >= self.appearance.pixels(SIDE_BY_SIDE_PX)
        self._below.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    # Showing

    def refresh(self) -> None:
        """Show the workload of the scenario."""
        workload = self.session.scenario.workload
        self.say(_sentence(workload))
        self.seats.show_value(text.exact(workload.seats))
        self.days.show_value(text.exact(workload.active_days_per_month))
        self.hours.show_value(text.exact(workload.active_hours_per_day))
        self.peak.show_value(typed.words_of(workload.peak_to_mean))
        self.classes.set_rows(workload.task_classes)
        self.classes.set_height_rows(CLASSES_SHOWN)
        bars = _token_bars(workload, self._placements())
        self.chart.show_bars(_token_finding(workload), TOKENS_AXIS, bars)

    def _show_class(self, row: TaskClass | None) -> None:
        self.editor.setVisible(row is not None)
        if row is not None:
            self.editor.show_class(row, self._models(row.name))

    def _placements(self) -> dict[str, Placement]:
        """Of the newest plan; while another is made, the sides of the one before stay on screen."""
        plan = self.session.plan
        return {placement.task_class: placement for placement in plan.placements} if plan else {}

    def _models(self, name: str) -> tuple[Model, ...]:
        """Models that could run the class, the chosen one first."""
        plan = self.session.plan
        placement = next((each for each in plan.placements if each.task_class == name), None) if plan else None
        if placement is None:
            return tuple((offer.sku, None) for offer in self.session.scenario.prices.offers)
        options = ((placement.chosen,) if placement.chosen else ()) + placement.options
        return tuple(dict.fromkeys((option.model, option.weight_format) for option in options))

    def _known_scales(self) -> tuple[str, ...]:
        scenario = self.session.scenario
        figures = {figure.scale for figure in scenario.quality}
        floors = {floor.scale for each in scenario.workload.task_classes for floor in each.quality_floors}
        return tuple(sorted(figures | floors))

    # Editing

    def _use(self, workload: Workload, words: str) -> None:
        self.session.replace(with_workload(self.session.scenario, workload), words)

    def _edit_people(self, field: Field, edit: Callable[[Scenario, str], Scenario], words: str) -> None:
        try:
            scenario = edit(self.session.scenario, words)
        except PlannerError as error:
            field.refuse(error)
            return
        self.session.replace(scenario, f"Change {field.line.accessibleName().lower()}")
        self.refresh()

    def _class_edited(self, old: TaskClass, new: TaskClass) -> None:
        self._replace_class(old, new, f"Change {new.title}")

    def _replace_class(self, old: TaskClass, new: TaskClass, words: str) -> None:
        self._use(with_class(self.session.scenario.workload, old, new), words)

    def _add(self, model: TaskClass, after: str | None = None) -> None:
        workload, copy = with_copy(self.session.scenario.workload, model, after)
        self._use(workload, f"Add {copy.title}")
        place = self.classes.model.row_of(copy.name)
        if place is not None:
            self.classes.select(place)
            self.classes.view.setFocus()

    def _duplicate(self) -> None:
        if self.classes.selected is not None:
            self._add(self.classes.selected, self.classes.selected.name)

    def _delete(self) -> None:
        gone = self.classes.selected
        if gone is None:
            return
        try:
            workload = without(self.session.scenario.workload, gone)
        except PlannerError as error:
            self._refuse(error)
            return
        self._use(workload, f"Delete {gone.title}")
        self.tell(note(f"Deleted {gone.title}.", Action("Undo", self.session.undo)))

    def _open(self) -> None:
        path = self.asker.open(self, "Open workload", WORKLOAD_FILTER)
        if path is not None:
            self.session.open(path)

    def _save(self) -> None:
        suggestion = f"{self.session.scenario.workload.workload_id}.toml"
        path = self.asker.save(self, "Save workload", suggestion, WORKLOAD_FILTER)
        if path is not None:
            self.session.exports.workload(path if path.suffix else Path(f"{path}.toml"), self.session.scenario.workload)

    def _refuse(self, error: PlannerError) -> None:
        self.tell(refusal(error))


def _seats(scenario: Scenario, words: str) -> Scenario:
    return with_seats(scenario, typed.whole(words))


def _days(scenario: Scenario, words: str) -> Scenario:
    return _with(scenario, active_days_per_month=typed.number(words, above=0, at_most=31))


def _hours(scenario: Scenario, words: str) -> Scenario:
    return _with(scenario, active_hours_per_day=typed.number(words, above=0, at_most=24))


def _peak(scenario: Scenario, words: str) -> Scenario:
    figure = typed.quantity(words, "count", at_least=1)
    return _with(scenario, peak_to_mean=typed.changed(figure, as_of=scenario.as_of))


def _with(scenario: Scenario, **updates: object) -> Scenario:
    return scenario.model_copy(update={"workload": typed.changed(scenario.workload, **updates)})


def _sentence(workload: Workload) -> str:
    count = len(workload.task_classes)
    stays = sum(not each.may_leave_device for each in workload.task_classes)
    offline = sum(each.needs_offline for each in workload.task_classes)
    bound = [
        words
        for number, words in ((stays, f"{stays} must not leave the device"), (offline, f"{offline} must work offline"))
        if number
    ]
    return (
        f"{count} task class{'es' if count != 1 else ''}, {text.number(workload.requests_per_day)} requests a day, "
        f"{text.tokens(workload.tokens_per_day)} a day; {', '.join(bound) or 'all may leave the device'}."
    )


def _token_finding(workload: Workload) -> str:
    total = workload.tokens_per_day
    if total <= 0:
        return "No tokens yet"
    most = max(workload.task_classes, key=lambda each: each.tokens_per_day)
    return f"{most.title} is {text.share(most.tokens_per_day / total)} of the tokens"


def _token_bars(workload: Workload, placements: dict[str, Placement]) -> tuple[Bar, ...]:
    """A bar a class, most tokens on top, in the colour of the side that the plan gives it."""
    total = workload.tokens_per_day
    bars: list[Bar] = []
    for each in sorted(workload.task_classes, key=lambda one: -one.tokens_per_day):
        placement = placements.get(each.name)
        chosen = placement.chosen if placement else None
        share = f" · {text.share(each.tokens_per_day / total)}" if total > 0 else ""
        side = f" · {SIDE_WORDS[chosen.side]}" if chosen else ""
        words = f"{text.tokens(each.tokens_per_day)}{share}{side}"
        meaning = SIDE_MEANINGS[chosen.side] if chosen else "band"
        bars.append(Bar(each.title, (Part(each.title, each.tokens_per_day / TOKENS_PER_MTOK, words, meaning),), words))
    return tuple(bars)
