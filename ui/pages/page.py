"""The contract of a page, built from (session, appearance): sentence, figures, picture, table, details, in order."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ui.appearance import Appearance
from ui.messages import Message
from ui.session import Session
from ui.widgets.key_figures import KeyFigure, KeyFigures
from ui.widgets.labels import Heading

MARGIN = 24
SECTION_GAP = 24
FIELD_GAP = 8


class Page(QWidget):
    """What every page shares. A subclass builds its parts in `__init__`, subscribes in one block, fills in `refresh`.

    `refresh` is called when the page is shown and when anything it subscribed to changed while it is visible: a page
    that nobody looks at does no work.
    """

    told = Signal(object)  # a Message for the window's bar
    page_asked = Signal(str)  # title of another page to open

    def __init__(self, session: Session, appearance: Appearance, title: str) -> None:
        super().__init__()
        self.session = session
        self.appearance = appearance
        self.title = title
        self.setAccessibleName(f"{title} page")
        self._stale = True
        self._primary: QAbstractButton | None = None
        self.heading = Heading()
        self.figures = KeyFigures()
        self._head = QHBoxLayout()
        self._head.setSpacing(SECTION_GAP)
        self._head.addWidget(self.heading, 1)
        inside = QWidget()
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self.body.setSpacing(SECTION_GAP)
        self.body.addLayout(self._head)
        self.body.addWidget(self.figures)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setAccessibleName(f"{title} page content")
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(scroll)

    def set_primary(self, button: QAbstractButton) -> None:
        """The one primary button, top right."""
        button.setProperty("primary", True)
        self._head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._primary = button

    def act(self) -> None:
        """Press the primary button."""
        if self._primary is not None:
            self._primary.click()

    def say(self, sentence: str, *figures: KeyFigure) -> None:
        """The page's sentence and its key figures."""
        self.heading.say(sentence)
        self.figures.show_figures(figures)
        self.figures.setVisible(bool(figures))

    def tell(self, message: Message) -> None:
        """Show a message in the window's bar."""
        self.told.emit(message)

    def refresh(self) -> None:
        """Read the session and fill the page; subclasses implement this and keep selection and scroll position."""
        raise NotImplementedError

    def changed(self) -> None:
        """Subscribe this to the session's signals: refreshes now if visible, else at the next showing."""
        self._stale = True
        if self.isVisible():
            self._refresh_now()

    def showEvent(self, event: QShowEvent) -> None:
        """Fill the page before it is seen."""
        super().showEvent(event)
        if self._stale:
            self._refresh_now()

    def _refresh_now(self) -> None:
        self._stale = False
        self.refresh()


def let_current_decide(pages: QTabWidget | QStackedWidget) -> None:
    """Of stacked widgets only the one that is shown says how large they are: an empty one leaves no gap."""
    for place in range(pages.count()):
        shown = place == pages.currentIndex()
        policy = QSizePolicy.Policy.Preferred if shown else QSizePolicy.Policy.Ignored
        widget = pages.widget(place)
        if widget is not None:
            widget.setSizePolicy(policy, policy)
    pages.updateGeometry()
