"""The measurement in progress as it happens: one line with the time left and Stop, and live dots or a live course."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner import text
from planner.measurement.request import Progress
from ui.appearance import Appearance
from ui.charts.course import CourseChart, Line
from ui.charts.rounds import Dot, RoundsChart
from ui.device_work import SoakOne
from ui.measuring import Measuring
from ui.pages.page import FIELD_GAP
from ui.widgets.progress_line import ProgressLine

LIVE_INTERVAL_MS = 200  # the live dots are for eyes, not for every sample
DECODE, PREFILL = "decode", "prefill"


class MeasuringPanel(QWidget):
    """Hidden while nothing is measured; the charts are made at the first measurement."""

    failed = Signal(object)  # PlannerError

    def __init__(self, measuring: Measuring, appearance: Appearance) -> None:
        super().__init__()
        self._measuring = measuring
        self._appearance = appearance
        self.progress = ProgressLine()
        self.progress.stop_asked.connect(self.stop)
        self.decode: RoundsChart | None = None
        self.prefill: RoundsChart | None = None
        self.course: CourseChart | None = None
        self._charts = QHBoxLayout()
        self._charts.setSpacing(FIELD_GAP * 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(FIELD_GAP)
        column.addWidget(self.progress)
        column.addLayout(self._charts)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LIVE_INTERVAL_MS)
        self._timer.timeout.connect(self._draw)
        measuring.started.connect(self.show_state)
        measuring.happened.connect(self._hear)
        measuring.ended.connect(self.show_state)
        self.setVisible(measuring.running)

    def stop(self) -> None:
        """End the measurement; finished rounds are kept."""
        self._measuring.stop()
        self._show_progress()

    def show_state(self) -> None:
        """Appear with the measurement and go with it."""
        running = self._measuring.running
        self.setVisible(running)
        if not running:
            return
        self._make_charts()
        self._show_progress()
        self._draw()

    def _make_charts(self) -> None:
        if self.decode is None or self.prefill is None or self.course is None:
            self.decode = RoundsChart("Decode, sample by sample", self._appearance)
            self.prefill = RoundsChart("Prefill, sample by sample", self._appearance)
            self.course = CourseChart("Throughput so far", self._appearance)
            for chart in (self.decode, self.prefill, self.course):
                chart.failed.connect(self.failed)
                self._charts.addWidget(chart, 1)
        soaking = isinstance(self._measuring.job, SoakOne)
        self.decode.setVisible(not soaking)
        self.prefill.setVisible(not soaking)
        self.course.setVisible(soaking)

    def _hear(self, _event: object) -> None:
        if not self.isVisible():
            return
        self._show_progress()
        if not self._timer.isActive():
            self._timer.start()

    def _show_progress(self) -> None:
        measuring = self._measuring
        self.progress.show_progress(measuring.sentence, measuring.share, may_stop=not measuring.stopping)

    def _draw(self) -> None:
        measuring = self._measuring
        if not measuring.running or self.decode is None or self.prefill is None or self.course is None:
            return
        job = measuring.job
        if isinstance(job, SoakOne):
            latest = f": {text.rate(measuring.course[-1][1])}" if measuring.course else ""
            self.course.show_course(
                f"Decode, second by second{latest}", "tok/s", (Line("measured", measuring.course),), lasts_s=job.seconds
            )
            return
        for chart, phase in ((self.decode, DECODE), (self.prefill, PREFILL)):
            dots = _dots(measuring.samples, phase)
            latest = f": {text.rate(dots[-1].tok_s)}" if dots else ""
            chart.show_dots(f"{phase.capitalize()} by round{latest}", dots)


def _dots(samples: tuple[Progress, ...], phase: str) -> tuple[Dot, ...]:
    """Samples of one phase, each length a series: «prefill 512» is «512», «decode at 128» is «at 128»."""
    return tuple(
        Dot(one.number, one.phase.removeprefix(phase).strip(), one.tok_s, "not judged yet")
        for one in samples
        if one.tok_s is not None and one.phase.startswith(phase)
    )
