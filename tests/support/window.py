"""The window under test: an engine of fakes, and a driver that opens pages and finds controls as a user would."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from planner.device.facts import DeviceFacts
from planner.measurement.request import MeasurementRequest, OnEvent, Preparing, Progress, RoundFinished, RoundStarted
from planner.measurement.roofline import Roofline
from planner.measurement.runs import Run, RunOutcome
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.soaks import OnSoakEvent, Soak, SoakProgress
from tests.support import scenarios
from ui.appearance import Appearance
from ui.bound_verbs import VERBS
from ui.crash import CrashReporter
from ui.device_verbs import AccuracyFigures, DeviceVerbs
from ui.dialogs.files import FileAsker
from ui.main_window import MainWindow
from ui.pages import PAGES, PageEntry
from ui.pages.page import Page
from ui.recovery import RecoveryStore
from ui.session import Session
from ui.settings import Settings
from ui.verbs import Verbs

PATIENCE_MS = 10_000

P = TypeVar("P", bound=Page)


def only(*titles: str) -> tuple[PageEntry, ...]:
    """These pages of the window: building one that a test does not look at takes as long as the one it does."""
    return tuple(entry for entry in PAGES if entry.title in titles)


class FakeMeasure:
    """Times nothing: tells the events of `rounds` rounds, waits where told to, and answers a run."""

    def __init__(self, rounds: int = 3) -> None:
        self.rounds = rounds
        self.requests: list[MeasurementRequest] = []
        self.hold = threading.Event()  # set: rounds go on; a test that wants to look clears it
        self.hold.set()

    def __call__(
        self, request: MeasurementRequest, facts: DeviceFacts, *, on_event: OnEvent, stop: threading.Event
    ) -> Run:
        self.requests.append(request)
        on_event(Preparing(model=request.model, sentence="building the model"))
        run = scenarios.run(request.model, rounds=self.rounds)
        for number in range(1, self.rounds + 1):
            on_event(RoundStarted(model=request.model, number=number, planned=self.rounds, eta_s=9.0))
            on_event(
                Progress(
                    model=request.model,
                    number=number,
                    planned=self.rounds,
                    phase="decode at 128",
                    tok_s=40.0 + number,
                    share=number / self.rounds,
                    eta_s=8.0,
                )
            )
            while not self.hold.wait(0.01):
                if stop.is_set():
                    return run.model_copy(update={"rounds": run.rounds[:number], "outcome": RunOutcome.STOPPED})
            so_far = run.model_copy(update={"rounds": run.rounds[:number]})
            on_event(
                RoundFinished(model=request.model, number=number, planned=self.rounds, run_so_far=so_far, eta_s=7.0)
            )
        return run


def fake_limits(facts: DeviceFacts, *, on_phase: Callable[[str], None], stop: threading.Event) -> Roofline:
    """Limits of a made-up memory, at once."""
    on_phase("pass 1 of 1")
    return scenarios.roofline()


def fake_slices(
    request: MeasurementRequest, facts: DeviceFacts, *, on_event: OnEvent, stop: threading.Event
) -> DepthSlices:
    """Depth slices of whatever is asked for, at once."""
    on_event(RoundStarted(model=request.model, number=1, planned=8, eta_s=60.0))
    return scenarios.slices(request.model)


class FakeSoak:
    """Soaks nothing: tells the events of a soak and answers a short one."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.hold = threading.Event()  # set: it goes on; a test that wants to look clears it
        self.hold.set()

    def __call__(
        self,
        request: MeasurementRequest,
        facts: DeviceFacts,
        *,
        seconds: float,
        on_event: OnSoakEvent,
        stop: threading.Event,
    ) -> Soak:
        self.seconds.append(seconds)
        for share in (0.1, 0.2):
            on_event(
                SoakProgress(model=request.model, phase="soak", share=share, eta_s=seconds * (1 - share), tok_s=30.0)
            )
        while not self.hold.wait(0.01):
            if stop.is_set():
                break
        return scenarios.soak(request.model)


def fake_device_verbs(**changes: object) -> DeviceVerbs:
    """The real ones, but for what takes seconds or touches the user's accuracy log."""
    made = dataclasses.replace(
        VERBS.device,
        measure_limits=fake_limits,
        measure_slices=fake_slices,
        soak=FakeSoak(),
        write_down=lambda slices, profile: None,
        judge=lambda device, run: None,
        accuracy=lambda device: AccuracyFigures(judged=(), scores=(), waiting=0),
    )
    return dataclasses.replace(made, **changes)


def fake_verbs(**changes: object) -> Verbs:
    """The real verbs, but for a small sample and a machine and measurement made up on the spot."""
    sample = scenarios.scenario("Small sample", is_sample=True)
    reference = (
        scenarios.profile("reference-one", decode_tok_s=20),
        scenarios.profile("reference-two", decode_tok_s=90),
    )
    made = dataclasses.replace(
        VERBS,
        sample=lambda name: sample.model_copy(update={"title": name}),
        sample_names=lambda: ("small-sample", "other-sample"),
        default_sample=lambda: sample,
        probe=lambda: scenarios.facts("Measured machine"),
        measure=FakeMeasure(),
        reference_profiles=lambda: reference,
        device=fake_device_verbs(),
    )
    return dataclasses.replace(made, **changes)


class FakeAsker(FileAsker):
    """Answers file questions with what the test put there."""

    def __init__(self) -> None:
        self.answer: Path | None = None

    def open(self, parent: QWidget, title: str, file_filter: str) -> Path | None:
        return self.answer

    def open_folder(self, parent: QWidget, title: str) -> Path | None:
        return self.answer

    def save(self, parent: QWidget, title: str, suggestion: str, file_filter: str) -> Path | None:
        return self.answer


class WindowDriver:
    """A window on a session; everything is waited for, nothing is slept for."""

    def __init__(
        self, qtbot: QtBot, folder: Path, verbs: Verbs | None = None, pages: tuple[PageEntry, ...] = PAGES
    ) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.qtbot = qtbot
        self.asker = FakeAsker()
        self.settings = Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
        self.appearance = Appearance(application)
        self.crash = CrashReporter(folder / "window.log")
        self.session = Session(verbs or fake_verbs(), RecoveryStore(folder / "recovery"))
        self.window = MainWindow(
            self.session, self.appearance, self.settings, self.crash, asker=self.asker, pages=pages
        )
        qtbot.addWidget(self.window)

    def start(self, path: Path | None = None) -> WindowDriver:
        """Show the window and wait until its first page and plan are there."""
        self.window.start(path)
        self.until(lambda: self.window.page(self.settings.page) is not None)
        self.until_planned()
        return self

    def open(self, title: str) -> Page:
        """Open a page as its shortcut would."""
        self.window.open_page(title)
        page = self.window.page(title)
        assert page is not None
        return page

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true."""
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def until_planned(self) -> None:
        """Wait until the plan answers the present scenario."""
        self.until(lambda: self.session.plan_is_current)

    @property
    def message(self) -> str:
        """The text in the window's bar, or an empty text."""
        return self.window.bar.message.text if self.window.bar.message else ""

    def button(self, name: str) -> QAbstractButton:
        """The one visible button that a screen reader calls this."""
        every = self.window.findChildren(QAbstractButton)
        found = [one for one in every if one.isVisible() and (one.accessibleName() or one.text()) == name]
        assert len(found) == 1, f"{len(found)} buttons are called {name!r}"
        return found[0]


class PauseWatch(QObject):
    """How long the GUI thread was ever away: the longest time between two ticks of a 5 ms timer."""

    def __init__(self) -> None:
        super().__init__()
        self.longest_s = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(5)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest_s = max(self.longest_s, now - self._last)
        self._last = now


CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextBrowser,
)


def nameless_controls(root: QWidget) -> Iterator[str]:
    """Controls a screen reader could not name, by class and object name; Qt's own inner parts are left out."""
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, CONTROLS) or _is_inner_part(widget):
            continue
        name = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
        if not name.strip():
            parent = widget.parentWidget()
            yield f"{type(widget).__name__} {widget.objectName()!r} in {type(parent).__name__}"


def _is_inner_part(widget: QWidget) -> bool:
    """Parts that Qt makes itself: a table's header and corner, a spin box's line, a combo box's list."""
    if widget.objectName().startswith("qt_") or type(widget).__name__ in {"QHeaderView", "QTableCornerButton"}:
        return True
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, (QComboBox, QAbstractSpinBox, QAbstractItemView)):
            return True
        parent = parent.parentWidget()
    return False
