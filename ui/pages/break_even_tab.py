"""Where one choice becomes cheaper than another: by one quantity at a time, exact, and *never* as a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox

from planner.outlook.break_even_view import BreakEvenView, By, Pair
from planner.outlook.break_even_words import cheaper_words
from planner.placement.plan import Plan
from ui.appearance import Appearance
from ui.charts.curves import CurvesChart
from ui.pages.break_even_rows import (
    BY_TITLES,
    INTERVAL_COLUMNS,
    IntervalRow,
    finding,
    interval_rows,
    picture,
)
from ui.pages.outlook_tab import OutlookTab
from ui.pages.plan_words import doubt_sections
from ui.session import Session
from ui.tables.table_view import Table
from ui.widgets.details import Details, Section
from ui.widgets.labels import label

WHOLE = "the whole workload"
MOST_ROWS = 12
NOTES_PX = 190
PAIR_SHARE = 12  # of the line, where there are pairs to choose from


class BreakEvenTab(OutlookTab[BreakEvenView]):
    """One pair of alternatives at a time; what varies and for whom is chosen above it."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "finding break-even")
        self._view: BreakEvenView | None = None
        self._shown: tuple[str, str] | None = None
        self.by = _combo("What varies")
        for each in get_args(By):
            self.by.addItem(f"by {BY_TITLES[each]}", each)
        self.by.activated.connect(self.refresh)
        self.task_class = _combo("Work that is compared", 20)
        self.task_class.activated.connect(self.refresh)
        self.pair = _combo("Alternatives that are compared")
        self.pair.activated.connect(self._choose_pair)
        self.pair_caption = label("Compare", "caption")
        for caption, box in (
            (label("Break-even", "caption"), self.by),
            (label("for", "caption"), self.task_class),
            (self.pair_caption, self.pair),
        ):
            caption.setBuddy(box)
            self.controls.addWidget(caption)
            self.controls.addWidget(box, PAIR_SHARE if box is self.pair else 0)
        self.controls.addStretch(1)
        self.sentence = label("", name="Where it breaks even", wrap=True)
        self.chart = CurvesChart("Break-even", appearance, height_px=320)
        self.bounds = label("", "caption", name="At the ends of all figures", wrap=True)
        self.table: Table[IntervalRow] = Table(
            "Who is cheaper where", INTERVAL_COLUMNS, appearance, key=lambda row: (row.low, row.cheaper)
        )
        self.notes = Details("What this rests on, what was left out, doubts")
        self.notes.setMinimumHeight(appearance.pixels(NOTES_PX))
        for part in (self.chart, self.table):
            part.failed.connect(self.failed)
        for widget in (self.sentence, self.chart, self.bounds, self.table, self.notes):
            self.content.addWidget(widget)

    @property
    def view(self) -> BreakEvenView | None:
        """The answer that is shown."""
        return self._view

    def question(self) -> object:
        """What varies, and for which class."""
        self._fill_classes()
        return self._by, self._class

    def work(self, plan: Plan) -> Callable[[], BreakEvenView]:
        """All pairs by the chosen quantity."""
        scenario, verbs, by, task_class = self.session.scenario, self.session.verbs(), self._by, self._class
        return lambda: verbs.outlook.break_even(scenario, plan, by, task_class)

    def show_answer(self, answer: BreakEvenView) -> None:
        """Offer the pairs and show the one that was shown, else the first."""
        self._view = answer
        with QSignalBlocker(self.pair):
            self.pair.clear()
            for each in answer.pairs:
                self.pair.addItem(f"{each.ours} ↔ {each.theirs}", (each.ours, each.theirs))
            keys = [(each.ours, each.theirs) for each in answer.pairs]
            self.pair.setCurrentIndex(keys.index(self._shown) if self._shown in keys else 0 if keys else -1)
        several = len(answer.pairs) > 1
        self.pair.setVisible(several)
        self.pair_caption.setVisible(several)
        self._show_pair()

    @property
    def _by(self) -> By:
        return self.by.currentData()

    @property
    def _class(self) -> str | None:
        return self.task_class.currentData() or None

    def _fill_classes(self) -> None:
        scenario, plan = self.session.scenario, self.session.plan
        classes = scenario.workload.task_classes if plan is None else plan.classes_of(scenario).values()
        wanted = [(WHOLE, ""), *((each.title, each.name) for each in classes)]
        if [
            (self.task_class.itemText(at), self.task_class.itemData(at)) for at in range(self.task_class.count())
        ] == wanted:
            return
        chosen = self._class or ""
        with QSignalBlocker(self.task_class):
            self.task_class.clear()
            for title, name in wanted:
                self.task_class.addItem(title, name)
            self.task_class.setCurrentIndex(max(self.task_class.findData(chosen), 0))

    def _choose_pair(self) -> None:
        if self._view is not None:
            pair = self._view.pairs[self.pair.currentIndex()]
            self._shown = (pair.ours, pair.theirs)
            self._show_pair()

    def _show_pair(self) -> None:
        view = self._view
        assert view is not None
        at = self.pair.currentIndex()
        pair = view.pairs[at] if 0 <= at < len(view.pairs) else None
        for part in (self.chart, self.bounds, self.table):
            part.setVisible(pair is not None)
        self.notes.show_sections(_notes(view, pair))
        if pair is None:
            self.sentence.setText(view.sentence)
            return
        self.sentence.setText(pair.sentence)
        self.chart.show_curves(finding(view, pair), picture(view, pair))
        self.bounds.setText(
            f"{_capital(pair.ours)} costs less: at the best end of all figures "
            f"{cheaper_words(view.by, pair.cheaper_at_best)}; at the worst end "
            f"{cheaper_words(view.by, pair.cheaper_at_worst)}."
        )
        self.table.set_rows(interval_rows(view, pair))
        self.table.fit_columns()
        self.table.set_height_rows(MOST_ROWS)


def _combo(name: str, letters: int = 12) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(letters)
    return box


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _notes(view: BreakEvenView, pair: Pair | None) -> tuple[Section, ...]:
    rests = (*view.assumptions, *(pair.assumptions if pair else ()))
    sections = [Section("What this rests on", tuple(each for each in rests if each))]
    if view.left_out:
        sections.append(Section("Left out", view.left_out))
    return (*sections, *doubt_sections(view.doubts))
