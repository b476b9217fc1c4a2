"""A tab below the models of the Device page: its content, or where there is none a sentence and what fills it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ui.appearance import Appearance
from ui.pages.page import FIELD_GAP, let_current_decide
from ui.session import Session
from ui.widgets.labels import label


class DeviceTab(QWidget):
    """A subclass lays its widgets in `content` and calls `show_content` or `show_empty`."""

    action_asked = Signal()  # the one thing that fills an empty tab
    failed = Signal(object)  # PlannerError

    def __init__(self, session: Session, appearance: Appearance, action: str) -> None:
        super().__init__()
        self.session = session
        self.appearance = appearance
        self._pages = QStackedWidget()
        self._empty_words = label("", "muted", wrap=True, name="Why there is nothing here")
        self.fill_button = QPushButton(action)
        self.fill_button.clicked.connect(self.action_asked)
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.setContentsMargins(0, FIELD_GAP, 0, 0)
        column.addWidget(self._empty_words)
        column.addWidget(self.fill_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        inside = QWidget()
        self.content = QVBoxLayout(inside)
        self.content.setContentsMargins(0, FIELD_GAP, 0, 0)
        self.content.setSpacing(FIELD_GAP)
        self._pages.addWidget(empty)
        self._pages.addWidget(inside)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self._pages)

    @property
    def is_empty(self) -> bool:
        """Whether the sentence stands in the content's place."""
        return self._pages.currentIndex() == 0

    @property
    def empty_words(self) -> str:
        """The sentence of an empty tab."""
        return self._empty_words.text()

    def show_empty(self, words: str, *, may_fill: bool = True) -> None:
        """There is nothing: say so, with the action that changes it."""
        self._empty_words.setText(words)
        self.fill_button.setVisible(may_fill)
        self._turn_to(0)

    def show_content(self) -> None:
        """There is something."""
        self._turn_to(1)

    def _turn_to(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        let_current_decide(self._pages)
