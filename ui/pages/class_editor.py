"""What of a task class does not fit a table: prices of its results, what is done again, own evaluations, notes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from planner import text
from planner.errors import PlannerError
from planner.workload.task_classes import Acceptance, TaskClass
from ui.appearance import Appearance
from ui.pages import typed
from ui.pages.class_repeats import RepeatFields
from ui.pages.page import FIELD_GAP
from ui.tables.columns import Column
from ui.tables.table_view import Table
from ui.widgets.field import Field
from ui.widgets.labels import label

NOTES_PX = 72
EVALUATIONS_SHOWN = 4
Model = tuple[str, str | None]  # name and weight format; a data-center model has none


def model_words(model: Model) -> str:
    """«llama-3.2-1b int4»."""
    return " ".join(part for part in model if part)


EVALUATION_COLUMNS: tuple[Column[Acceptance], ...] = (
    Column("Model", lambda row: model_words((row.model, row.weight_format)), widest_px=230),
    Column(
        "Accepted",
        lambda row: text.exact(row.accepted),
        numeric=True,
        sort=lambda row: row.accepted,
        edit=lambda row, words: typed.changed(row, accepted=typed.whole(words, at_least=0)),
    ),
    Column(
        "Of",
        lambda row: text.exact(row.of),
        numeric=True,
        sort=lambda row: row.of,
        edit=lambda row, words: typed.changed(row, of=typed.whole(words)),
    ),
    Column("Source", lambda row: row.source, edit=lambda row, words: typed.changed(row, source=words.strip())),
)


class ClassEditor(QWidget):
    """Edits one class; every edit hands over the old class and the new one."""

    edited = Signal(object, object, str)  # old class, new class, words for undo

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._class: TaskClass | None = None
        self._models: tuple[Model, ...] = ()
        self.title = label("", "section", wrap=True)
        self.review = Field("Review of one result, USD", hint="What a person's check costs; empty: nobody checks")
        self.failure = Field("One rejected result, USD", hint="What redoing it costs; empty: nothing is counted")
        self.review.committed.connect(self._commit_review)
        self.failure.committed.connect(self._commit_failure)
        self.repeats = RepeatFields()
        self.repeats.changed.connect(self._commit_repeats)
        self.notes = QPlainTextEdit()
        self.notes.setAccessibleName("Notes on the class")
        self.notes.setPlaceholderText("Notes")
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(appearance.pixels(NOTES_PX))
        self.notes.installEventFilter(self)
        self.evaluations: Table[Acceptance] = Table(
            "Own evaluations", EVALUATION_COLUMNS, appearance, key=lambda row: (row.model, row.weight_format)
        )
        self.evaluations.edited.connect(self._evaluation_edited)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(FIELD_GAP)
        column.addWidget(self.title)
        prices = QHBoxLayout()
        prices.addWidget(self.review)
        prices.addWidget(self.failure)
        column.addLayout(prices)
        column.addWidget(self.repeats)
        column.addWidget(label("Your own evaluations: how many results were accepted", "caption"))
        column.addWidget(self.evaluations)
        column.addLayout(self._adding())
        self.problem = label("", "problem", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addWidget(self.notes)
        column.addStretch(1)

    def _adding(self) -> QHBoxLayout:
        self.model = QComboBox()
        self.model.setAccessibleName("Model that was evaluated")
        self.model.setMinimumWidth(160)
        self.accepted, self.of = Field("accepted"), Field("of")
        for field in (self.accepted, self.of):
            field.line.setMinimumWidth(56)
        self.add = QPushButton("Add")
        self.add.setAccessibleName("Add evaluation")
        self.add.clicked.connect(self._add_evaluation)
        self.remove = QPushButton("Remove")
        self.remove.setAccessibleName("Remove evaluation")
        self.remove.clicked.connect(self._remove_evaluation)
        line = QHBoxLayout()
        picking = QVBoxLayout()
        picking.setSpacing(4)
        picking.addWidget(label("model", "caption"))
        picking.addWidget(self.model)
        line.addLayout(picking, 1)
        for widget in (self.accepted, self.of):
            line.addWidget(widget)
        for button in (self.add, self.remove):
            below = QVBoxLayout()
            below.addStretch(1)
            below.addWidget(button)
            line.addLayout(below)
        return line

    def show_class(self, task_class: TaskClass, models: tuple[Model, ...]) -> None:
        """Show a class and the models that can be evaluated for it."""
        other = self._class is None or self._class.name != task_class.name
        self._class = task_class
        self.title.setText(task_class.title)
        self.review.show_value(_money(task_class.review_usd))
        self.failure.show_value(_money(task_class.failure_usd))
        self.repeats.show_class(task_class, tuple(name for name, weights in models if weights is None))
        self.evaluations.set_rows(task_class.acceptances)
        self.evaluations.set_height_rows(EVALUATIONS_SHOWN)
        self.evaluations.setVisible(bool(task_class.acceptances))
        self.remove.setEnabled(bool(task_class.acceptances))
        if other:
            self.problem.hide()
            self.review.accept()
            self.failure.accept()
        if other or not self.notes.hasFocus():
            self.notes.setPlainText(task_class.notes)
        if models != self._models:
            self._models = models
            chosen = self.model.currentText()
            self.model.clear()
            self.model.addItems([model_words(model) for model in models])
            self.model.setCurrentIndex(max(self.model.findText(chosen), 0) if models else -1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notes are taken when their field is left."""
        if watched is self.notes and event.type() == QEvent.Type.FocusOut:
            self._commit_notes()
        return super().eventFilter(watched, event)

    def _commit_notes(self) -> None:
        now = self._class
        if now is not None and self.notes.toPlainText() != now.notes:
            self.edited.emit(now, typed.changed(now, notes=self.notes.toPlainText()), f"Note on {now.title}")

    def _commit_repeats(self, new: TaskClass, words: str) -> None:
        if self._class is not None:
            self.edited.emit(self._class, new, words)

    def _commit_review(self, words: str) -> None:
        self._commit_money(self.review, "review_usd", words)

    def _commit_failure(self, words: str) -> None:
        self._commit_money(self.failure, "failure_usd", words)

    def _commit_money(self, field: Field, name: str, words: str) -> None:
        now = self._class
        if now is None:
            return
        try:
            new = typed.changed(now, **{name: typed.money(words)})
        except PlannerError as error:
            field.refuse(error)
            return
        field.show_value(_money(typed.money(words)))
        self.edited.emit(now, new, f"Price results of {now.title}")

    def _add_evaluation(self) -> None:
        now, place = self._class, self.model.currentIndex()
        if now is None or place < 0:
            return
        name, weight_format = self._models[place]
        try:
            accepted, of = typed.whole(self.accepted.text, at_least=0), typed.whole(self.of.text)
            if accepted > of:
                raise PlannerError(f"{text.exact(accepted)} accepted of {text.exact(of)} cannot be")
            row = Acceptance(model=name, weight_format=weight_format, accepted=accepted, of=of, source=typed.BY_HAND)
        except PlannerError as error:
            self._refuse(error)
            return
        self.problem.hide()
        self.accepted.show_value("")
        self.of.show_value("")
        others = tuple(each for each in now.acceptances if (each.model, each.weight_format) != (name, weight_format))
        self._replace_evaluations((*others, row), f"Evaluate {name}")

    def _remove_evaluation(self) -> None:
        gone = self.evaluations.selected
        if self._class is not None and gone is not None:
            left = tuple(each for each in self._class.acceptances if each != gone)
            self._replace_evaluations(left, f"Remove the evaluation of {gone.model}")

    def _evaluation_edited(self, old: Acceptance, new: Acceptance) -> None:
        if self._class is not None:
            rows = tuple(new if each == old else each for each in self._class.acceptances)
            self._replace_evaluations(rows, f"Evaluate {new.model}")

    def _replace_evaluations(self, rows: tuple[Acceptance, ...], words: str) -> None:
        now = self._class
        if now is not None:
            self.edited.emit(now, typed.changed(now, acceptances=rows), words)

    def _refuse(self, error: PlannerError) -> None:
        self.problem.setText(f"✕ {error.sentence}")
        self.problem.setAccessibleName(self.problem.text())
        self.problem.show()


def _money(amount: object) -> str:
    return "" if amount is None else str(amount)
