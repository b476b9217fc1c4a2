"""The button that brings prices in: a file of any known format, the installed price data, or another price profile."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton

from planner.errors import PlannerError
from planner.scenario import Scenario
from ui.appearance import Appearance
from ui.dialogs.files import FileAsker
from ui.messages import Action, note, refusal
from ui.pages.import_dialog import ImportDialog
from ui.price_verbs import ImportPreview
from ui.session import Session
from ui.tasks import NewestTask

IMPORT_FILTER = "Prices (*.json *.toml *.csv);;All files (*)"
PROFILE_FILTER = "Price profile (*.json *.toml);;All files (*)"
Read = tuple[Scenario, ImportPreview]
Taken = tuple[Scenario, Scenario, int]  # before, after, how many changes


class ImportMenu(QToolButton):
    """Pressed, it asks for a file to import; reading, comparing and applying run off the window's thread."""

    told = Signal(object)  # Message

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__()
        self._session = session
        self._appearance = appearance
        self.asker = FileAsker()
        self.dialog: ImportDialog | None = None
        self._reading: NewestTask[Read] = NewestTask("reading prices", self)
        self._reading.answered.connect(self._show)
        self._applying: NewestTask[Taken] = NewestTask("taking prices over", self)
        self._applying.answered.connect(self._take)
        for task in (self._reading, self._applying):
            task.failed.connect(self._refuse)
        self.setText("Import …")
        self.setAccessibleName("Import prices")
        self.setToolTip("Read a price file and see what it would change before anything is changed")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.clicked.connect(self.ask_file)
        menu = QMenu(self)
        menu.addAction("Import a file …").triggered.connect(self.ask_file)
        menu.addAction("Import the installed genai-prices data …").triggered.connect(self.read_installed)
        menu.addSeparator()
        menu.addAction("Use another price profile …").triggered.connect(self.ask_profile)
        self.setMenu(menu)

    @property
    def working(self) -> bool:
        """Whether prices are being read, compared or taken over."""
        return self._reading.running or self._applying.running

    def ask_file(self) -> None:
        """Choose a file and show what it would change."""
        path = self.asker.open(self, "Import prices", IMPORT_FILTER)
        if path is not None:
            self.read(path)

    def read_installed(self) -> None:
        """Show what the price data installed with this program would change."""
        self.read(None)

    def read(self, path: Path | None) -> None:
        """Read a file, or the installed data, and show what it would change."""
        scenario, verbs = self._session.scenario, self._session.verbs()

        def work() -> Read:
            imported = verbs.prices.read_import(scenario, path)
            return scenario, verbs.prices.preview(scenario, imported, None)

        self._reading.want(work)

    def ask_profile(self) -> None:
        """Choose a price profile that takes the place of the scenario's."""
        path = self.asker.open(self, "Use another price profile", PROFILE_FILTER)
        if path is not None:
            self._session.open(path)

    def _show(self, read: Read) -> None:
        scenario, preview = read
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_preview(preview)
            return
        self.dialog = dialog = ImportDialog(preview, self._appearance, self.window())
        dialog.accepted.connect(lambda: self._apply(scenario, dialog))
        dialog.card_chosen.connect(partial(self._compare_with, scenario, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._forget)
        dialog.open()

    def _compare_with(self, scenario: Scenario, dialog: ImportDialog, card: str) -> None:
        """The same offers against another rate card."""
        imported, verbs = dialog.preview.imported, self._session.verbs()
        self._reading.want(lambda: (scenario, verbs.prices.preview(scenario, imported, card)))

    def _apply(self, scenario: Scenario, dialog: ImportDialog) -> None:
        if self._session.scenario is not scenario:
            self._refuse(PlannerError("the scenario changed since the file was read", remedy="Import it again."))
            return
        preview, changes, quotes = dialog.preview, dialog.changes, dialog.quotes
        verbs = self._session.verbs()

        def work() -> Taken:
            after = verbs.prices.take_over(scenario, preview, changes, quotes)
            return scenario, after, len(changes) + len(quotes)

        self._applying.want(work)

    def _take(self, taken: Taken) -> None:
        before, after, count = taken
        if self._session.scenario is not before:
            self._refuse(PlannerError("the scenario changed meanwhile", remedy="Import the file again."))
            return
        self._session.replace(after, f"Import {count:,} price change{'' if count == 1 else 's'}")
        words = f"{count:,} change{'' if count == 1 else 's'} taken over; what was replaced stays as history."
        self.told.emit(note(words, Action("Undo", self._session.undo)))

    def _forget(self) -> None:
        self.dialog = None

    def _refuse(self, error: PlannerError) -> None:
        self.told.emit(refusal(error))
