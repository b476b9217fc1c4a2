"""The window around the pages: header, rail, strip, status, menus; it opens pages and passes commands on."""

from __future__ import annotations

import importlib
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from planner import text
from planner.errors import PlannerError
from planner.measurement.request import MeasurementRequest
from ui.appearance import Appearance, ThemeChoice
from ui.crash import CrashReporter
from ui.device_work import MeasureModels
from ui.dialogs.about import AboutDialog
from ui.dialogs.files import FileAsker
from ui.files import OPEN_FILTER, SAVE_FILTER, SCENARIO_SUFFIX, file_name
from ui.menus import Menus
from ui.messages import Action, Message, Tone, caution, note, refusal
from ui.pages import PAGES, PageEntry
from ui.pages.page import Page
from ui.recovery import Recovery
from ui.session import Session
from ui.settings import Settings
from ui.tasks import Task
from ui.widgets.header import Header
from ui.widgets.labels import label
from ui.widgets.message_bar import MessageBar
from ui.widgets.rail import Rail, RailEntry
from ui.widgets.strip import Strip

FIRST_PAGE = "Plan"
DESIGNED_SIZE = (1280, 820)
JSON_FILTER = "JSON (*.json)"


class MainWindow(QMainWindow):
    """One window, one session. Pages are made when first opened."""

    page_opened = Signal(str)

    def __init__(
        self,
        session: Session,
        appearance: Appearance,
        settings: Settings,
        crash: CrashReporter,
        *,
        asker: FileAsker | None = None,
        pages: tuple[PageEntry, ...] = PAGES,
    ) -> None:
        super().__init__()
        self.session, self.appearance, self.settings, self.crash = session, appearance, settings, crash
        session.signature.remember_in(settings)
        self.asker = asker or FileAsker()
        self._entries = {entry.title: entry for entry in pages}
        self._pages: dict[str, Page] = {}
        self._first_file: Path | None = None
        self._started = False
        self._wanted_page = settings.page if settings.page in self._entries else FIRST_PAGE
        if self._wanted_page not in self._entries:
            self._wanted_page = pages[0].title
        self._charts_loaded = False
        self._loading: Task[object] = Task("loading the charts", self)
        self._build()
        self._menus = Menus(self, self, tuple(self._entries), appearance.choice)
        self._menus.show_recent(settings.recent_files)
        self._menus.show_history(None, None)
        self._menus.show_samples(())
        self._subscribe()
        self.rail.select(self._wanted_page)  # a list without a current item takes its first when it gets the focus

    def start(self, path: Path | None = None) -> None:
        """Show the window; what is slow begins after the first paint."""
        self._first_file = path
        self.resize(*DESIGNED_SIZE)
        if self.settings.geometry is not None:
            self.restoreGeometry(self.settings.geometry)
        self.show()

    # Building

    def _build(self) -> None:
        self.setWindowTitle("Edgewise")
        self.setAcceptDrops(True)
        self.header, self.bar, self.strip = Header(), MessageBar(), Strip()
        self.rail = Rail(tuple(RailEntry(entry.title, entry.icon) for entry in self._entries.values()), self.appearance)
        self.stack = QStackedWidget()
        self.stack.setAccessibleName("Page")
        waiting = label("Opening …", "muted")
        waiting.setContentsMargins(24, 24, 24, 24)
        self.stack.addWidget(waiting)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.header, self.bar, self.stack, self.strip):
            column.addWidget(widget, 1 if widget is self.stack else 0)
        middle = QWidget()
        line = QHBoxLayout(middle)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.rail)
        line.addWidget(right, 1)
        self.setCentralWidget(middle)
        self.status: QLabel = label("", "caption", name="State of the document")
        self.statusBar().addWidget(self.status, 1)
        self.statusBar().setAccessibleName("Status")

    def _subscribe(self) -> None:
        session = self.session
        session.ready.connect(self._session_ready)
        session.scenario_changed.connect(self._show_document)
        session.dirty_changed.connect(self._show_document)
        session.file_changed.connect(self._show_file)
        session.plan_changed.connect(self._show_status)
        session.history_changed.connect(self._show_history)
        session.refused.connect(self._show_refusal)
        session.told.connect(self._show_note)
        session.measuring.started.connect(lambda: self.header.show_measuring(measuring=True))
        session.measuring.ended.connect(lambda: self.header.show_measuring(measuring=False))
        self._loading.answered.connect(self._charts_ready)
        self._loading.failed.connect(self._show_refusal)
        self.crash.crashed.connect(self._show_crash)
        self.rail.page_chosen.connect(self.open_page)
        self.strip.step_chosen.connect(self.open_page)
        self.header.measure_asked.connect(self.measure)

    def showEvent(self, event: QShowEvent) -> None:
        """After the first paint, read the document and load the charts, both off this thread."""
        super().showEvent(event)
        if not self._started:
            self._started = True
            QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        self.session.start(self._first_file)
        self._loading.start(lambda: importlib.import_module("ui.charts.engine"))

    def _session_ready(self) -> None:
        self._menus.show_samples(self.session.verbs().sample_names())
        left = self.session.recovery.left_behind()
        if left is not None:
            self._offer(left)
        self.open_page(self._wanted_page)

    def _charts_ready(self, _module: object) -> None:
        self._charts_loaded = True
        if self.session.is_ready:
            self.open_page(self._wanted_page)

    # Pages

    def open_page(self, title: str) -> None:
        """Show a page, making it if this is the first time."""
        if title not in self._entries:
            return
        self._wanted_page = title
        self.rail.select(title)
        if not (self.session.is_ready and self._charts_loaded):
            return  # it opens as soon as there is something to show
        if title not in self._pages:
            page = self._entries[title].make(self.session, self.appearance)
            page.told.connect(self.bar.show_message)
            page.page_asked.connect(self.open_page)
            self._pages[title] = page
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(self._pages[title])
        self.settings.page = title
        self.page_opened.emit(title)

    def page(self, title: str) -> Page | None:
        """A page that was opened before."""
        return self._pages.get(title)

    def measure(self) -> None:
        """Open the Device page and press its primary button, unless it is measuring already."""
        self.open_page("Device")
        page = self.page("Device")
        if page is not None and not self.session.measuring.running:
            page.act()

    # Commands of the menus

    def new_from_sample(self, name: str) -> None:
        """Begin again from a bundled sample."""
        self.session.new_from_sample(name)

    def ask_open(self) -> None:
        """Choose a file and take it in."""
        path = self.asker.open(self, "Open", OPEN_FILTER)
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Take in a file of any kind we know; a folder is a model to measure."""
        if path.is_dir():
            self.open_page("Device")
            self.session.measuring.start(MeasureModels((MeasurementRequest(model=str(path), quick=True),)))
            return
        if not path.exists():
            self.settings.forget_file(path)
            self._menus.show_recent(self.settings.recent_files)
        self.session.open(path)

    def save(self) -> None:
        """Save, asking for a file where there is none yet."""
        if self.session.path is None:
            self.ask_save_as()
        else:
            self.session.save()

    def ask_save_as(self) -> None:
        """Choose a file and save to it."""
        suggestion = self.session.path or Path(file_name(self.session.scenario.title) + SCENARIO_SUFFIX)
        path = self.asker.save(self, "Save scenario", str(suggestion), SAVE_FILTER)
        if path is not None:
            self.session.save_as(path)

    def ask_export_plan(self) -> None:
        """Write the plan with its scenario, so that it reopens and recomputes."""
        path = self.asker.save(self, "Export plan", "plan.json", JSON_FILTER)
        if path is not None:
            self.session.exports.plan(path, self.session.scenario, self.session.current_plan)

    def ask_export_profile(self) -> None:
        """Write the profile of the scenario's first device."""
        if not self.session.scenario.fleets:
            self.bar.show_message(caution("This scenario has no device to export."))
            return
        profile = self.session.scenario.fleets[0].profile
        path = self.asker.save(self, "Export device profile", f"{profile.profile_id}.json", JSON_FILTER)
        if path is not None:
            self.session.exports.profile(path, profile)

    def undo(self) -> None:
        """Take back the last edit."""
        self.session.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self.session.redo()

    def choose_theme(self, choice: ThemeChoice) -> None:
        """Switch the look at once and remember it."""
        self.appearance.choose(choice)
        self.settings.theme = choice.value

    def zoom_by(self, steps: int) -> None:
        """Scale the text and remember it."""
        self.appearance.zoom_by(steps)
        self.settings.zoom = self.appearance.zoom

    def show_about(self) -> None:
        """What this program is."""
        AboutDialog(self).open()

    def copy_diagnostics(self) -> None:
        """Put versions and the end of the log on the clipboard."""
        QGuiApplication.clipboard().setText(self.crash.diagnostics())
        self.bar.show_message(note("Diagnostics copied; user name, host name and home folder are left out."))

    # What the window shows of the session

    def _show_document(self) -> None:
        session = self.session
        self.header.show_document(session.title, is_sample=session.scenario.is_sample, dirty=session.dirty)
        self.setWindowTitle(f"{session.title}{'*' if session.dirty else ''} – Edgewise")
        real = session.real_parts
        self.strip.show_done((real.device, real.workload, real.prices))
        self.rail.device.setText(
            "\n".join(f"{fleet.count:,} × {fleet.profile.title}" for fleet in session.scenario.fleets)
        )
        self._show_status()

    def _show_file(self) -> None:
        if self.session.path is not None:
            self.settings.remember_file(self.session.path)
            self._menus.show_recent(self.settings.recent_files)
        self._show_document()

    def _show_status(self) -> None:
        session = self.session
        parts = [f"prices as of {text.day(session.scenario.prices.data_as_of)}"]
        if session.saved_at is not None and not session.dirty:
            parts.insert(0, f"saved {session.saved_at:%H:%M}")
        if session.plan_error is not None:
            parts.append("no plan")
        elif not session.plan_is_current or session.plan is None:
            parts.append("planning …")
        else:
            count = len(session.plan.doubts)
            parts.append("no doubts" if not count else f"{count} doubt{'s' if count > 1 else ''}")
        self.status.setText(" · ".join(parts))
        self.status.setAccessibleDescription(self.status.text())

    def _show_history(self) -> None:
        history = self.session.history
        self._menus.show_history(history.undo_words, history.redo_words)

    def _show_refusal(self, error: PlannerError) -> None:
        self.bar.show_message(refusal(error))

    def _show_note(self, words: str) -> None:
        self.bar.show_message(note(words))

    def _show_crash(self, sentence: str) -> None:
        self.bar.show_message(Message(Tone.ERROR, sentence, (Action("Copy diagnostics", self.copy_diagnostics),)))

    def _offer(self, left: Recovery) -> None:
        name = Path(left.file).name if left.file else left.scenario.title
        discard = self.session.recovery.discard_left_behind

        def restore() -> None:
            self.session.restore(left)
            discard()

        self.bar.show_message(
            caution(
                f"Unsaved changes to {name} from {left.saved_at:%H:%M on %d %b} were kept.",
                Action("Restore", restore),
                Action("Discard", discard),
            )
        )

    # Files dropped, window closed

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take in the first file dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open_file(paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout; unsaved work is kept for the next start, and a measurement is stopped."""
        self.settings.geometry = self.saveGeometry()
        self.settings.sync()
        self.session.close()
        super().closeEvent(event)
