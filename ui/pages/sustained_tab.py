"""What the device keeps up: throughput over a soak, burst and sustained, its knee, with clock and warmth beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from planner import text
from planner.basis import Quantity
from planner.measurement.soak_fit import BURST_S
from planner.measurement.soaks import Soak
from planner.profiles.profile import DeviceProfile
from ui.appearance import Appearance
from ui.charts.course import CourseChart, Level, Line, Moment
from ui.pages.device_tab import DeviceTab
from ui.pages.page import FIELD_GAP
from ui.pages.run_words import doubt_words
from ui.session import Session
from ui.tables.columns import Column
from ui.tables.table_view import Table
from ui.tasks import NewestTask
from ui.widgets.details import Details, Section
from ui.widgets.labels import label

if TYPE_CHECKING:
    from planner.measurement.soak_summary import Minute, SoakSummary
    from ui.device_verbs import SoakCourse

NOT_SOAKED = (
    "Nobody knows yet what this device keeps up: under minutes of work many slow down, by heat or by power. "
    "A soak keeps one model busy for ten minutes and watches."
)
FINAL_SHARE = 2 / 3  # the final third begins here
SIDE_PX = 130
MOST_MINUTES = 11

MINUTE_COLUMNS: tuple[Column[Minute], ...] = (
    Column("Minute", lambda row: str(row.number), sort=lambda row: float(row.number), numeric=True),
    Column(
        "Decode",
        lambda row: text.number(row.decode_tok_s),
        unit="tok/s",
        sort=lambda row: row.decode_tok_s,
        numeric=True,
    ),
    Column(
        "Prefill",
        lambda row: text.number(row.prefill_tok_s),
        unit="tok/s",
        sort=lambda row: row.prefill_tok_s,
        numeric=True,
    ),
    Column("Clock", lambda row: text.number(row.frequency_mhz), unit="MHz", numeric=True),
    Column("Processor", lambda row: text.number(row.temperature_c), unit="°C", numeric=True),
    Column("Others used", lambda row: text.number(row.foreign_cpus, 2), unit="CPUs", numeric=True),
)


class SustainedTab(DeviceTab):
    """One soak at a time, the newest first."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Soak one model, 10 minutes …")
        self._soaks: dict[str, Soak] = {}
        self._known: dict[str, SoakCourse] = {}  # by soak id: what was derived before
        self._deriving: NewestTask[tuple[str, SoakCourse]] = NewestTask("deriving the figures of a soak", self)
        self._deriving.answered.connect(self._take)
        self._deriving.failed.connect(self.failed)
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Soak shown")
        self.chooser.activated.connect(self._show_chosen)
        line = QHBoxLayout()
        line.setSpacing(FIELD_GAP)
        line.addWidget(label("Soak shown", "caption"))
        line.addWidget(self.chooser)
        line.addStretch(1)
        self.sentence = label("", "section", wrap=True, name="What the device keeps up")
        self.chart = CourseChart("Throughput over time", appearance, height_px=240)
        self.clock = CourseChart("Clock over time", appearance, height_px=SIDE_PX, from_zero=False)
        self.warmth = CourseChart("Temperature over time", appearance, height_px=SIDE_PX, from_zero=False)
        self.minutes: Table[Minute] = Table(
            "The soak minute by minute", MINUTE_COLUMNS, appearance, key=lambda row: row.number
        )
        self.details = Details("Figures and doubts of the soak")
        for chart in (self.chart, self.clock, self.warmth):
            chart.failed.connect(self.failed)
        self.minutes.failed.connect(self.failed)
        self.content.addLayout(line)
        self.content.addWidget(self.sentence)
        self.content.addWidget(self.chart)
        self.content.addWidget(_beside(self.clock, self.warmth))
        self.content.addWidget(_beside(self.minutes, self.details, first=3))
        self.content.addStretch(1)

    def show_profile(self, profile: DeviceProfile) -> None:
        """Offer the soaks of this profile and show the newest, or the one that was shown."""
        shown: str | None = self.chooser.currentData()
        self._soaks = {soak.soak_id: soak for soak in reversed(profile.soaks)}
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            for soak in self._soaks.values():
                when = f"{soak.started_at.astimezone():%d %b %Y, %H:%M}"
                self.chooser.addItem(f"{soak.model.name} {soak.weight_format} · {when}", soak.soak_id)
            self.chooser.setCurrentIndex(max(self.chooser.findData(shown), 0) if self._soaks else -1)
        if not self._soaks:
            self.show_empty(NOT_SOAKED)
            return
        self._show_chosen()

    def _show_chosen(self) -> None:
        soak = self._soaks.get(str(self.chooser.currentData()))
        if soak is None:
            return
        if soak.soak_id in self._known:
            self._show(soak, self._known[soak.soak_id])
            return
        derive: Callable[[Soak], SoakCourse] = self.session.verbs().device.soak_course
        self._deriving.want(lambda: (soak.soak_id, derive(soak)))

    def _take(self, answer: tuple[str, SoakCourse]) -> None:
        soak_id, course = answer
        self._known[soak_id] = course
        if soak_id in self._soaks and self.chooser.currentData() == soak_id:
            self._show(self._soaks[soak_id], course)

    def _show(self, soak: Soak, course: SoakCourse) -> None:
        self.show_content()
        summary = course.summary
        self.sentence.setText(_sentence(soak, summary))
        lines = (Line("measured", course.windows), *_curve(course))
        moments = (
            ()
            if summary.knee_s is None
            else (Moment(f"knee {text.seconds(summary.knee_s.value)}", summary.knee_s.value),)
        )
        self.chart.show_course(
            _finding(summary), "tok/s", lines, _levels(soak, summary), moments, lasts_s=soak.lasted_s
        )
        zero_s = soak.windows[0].at_s if soak.windows else 0.0
        seen = [reading for reading in soak.readings if 0 <= reading.at_s - zero_s <= soak.lasted_s]
        clock = tuple((one.at_s - zero_s, one.frequency_mhz / 1000) for one in seen if one.frequency_mhz is not None)
        warmth = tuple((one.at_s - zero_s, one.temperature_c) for one in seen if one.temperature_c is not None)
        self._show_side(self.clock, "Clock of the busiest cores", "GHz", clock, soak.lasted_s)
        self._show_side(self.warmth, "Hottest sensor of the processor", "°C", warmth, soak.lasted_s)
        self.minutes.set_rows(course.minutes)
        self.minutes.set_height_rows(MOST_MINUTES)
        self.details.setFixedHeight(self.minutes.view.height())
        self.details.show_sections(_sections(soak, course))

    def _show_side(
        self, chart: CourseChart, finding: str, unit: str, points: tuple[tuple[float, float], ...], lasts_s: float
    ) -> None:
        """Beside throughput only where the system told it."""
        chart.setVisible(bool(points))
        if points:
            chart.show_course(finding, unit, (Line(finding, points, "text_muted"),), lasts_s=lasts_s)


def _curve(course: SoakCourse) -> tuple[Line, ...]:
    return (Line("fitted", course.curve, "caution", dashed=True),) if course.curve else ()


def _levels(soak: Soak, summary: SoakSummary) -> tuple[Level, ...]:
    spans = (
        ("burst", summary.burst_tok_s, 0.0, min(BURST_S, soak.lasted_s)),
        (
            "sustained" if summary.sustained_tok_s else "final third",
            summary.last_tok_s,
            soak.lasted_s * FINAL_SHARE,
            soak.lasted_s,
        ),
    )
    return tuple(
        Level(f"{name} {text.rate(figure.value)}", from_s, to_s, figure.value, figure.low, figure.high)
        for name, figure, from_s, to_s in spans
        if figure is not None
    )


def _sentence(soak: Soak, summary: SoakSummary) -> str:
    model = f"{soak.model.name} {soak.weight_format}"
    if summary.burst_tok_s is None:
        return f"The soak of {model} tells no figure: {summary.sustained_reason}."
    burst = text.rate(summary.burst_tok_s.value)
    if summary.last_tok_s is None:
        return f"{model}: {burst} in a burst; {summary.sustained_reason}."
    if summary.sustained_tok_s is None or summary.retained_share is None:
        last = text.rate(summary.last_tok_s.value)
        return f"{model}: {burst} in a burst, {last} in the final third; {summary.sustained_reason}."
    kept, sustained = text.share(summary.retained_share.value), text.rate(summary.sustained_tok_s.value)
    lasted = text.seconds(soak.lasted_s)
    return f"{model} keeps {kept} of its burst: {burst} at first, {sustained} sustained over {lasted}."


def _finding(summary: SoakSummary) -> str:
    fitted = ", dashed: the fitted curve" if summary.r_inf_tok_s is not None else ""
    return f"Decode, second by second{fitted}"


def _sections(soak: Soak, course: SoakCourse) -> tuple[Section, ...]:
    found = course.summary
    curve = found.curve_reason or (
        f"from {text.quantity(found.r0_tok_s)} to {text.quantity(found.r_inf_tok_s)}, τ {text.quantity(found.tau_s)}"
    )
    return (
        Section("Doubts", tuple(doubt_words(doubt) for doubt in course.doubts) or ("None.",)),
        Section(
            "Figures",
            (
                ("burst", text.quantity(found.burst_tok_s)),
                ("sustained", _known(found.sustained_tok_s, found.sustained_reason)),
                ("retained", _known(found.retained_share, found.sustained_reason)),
                ("knee", _known(found.knee_s, found.knee_reason)),
                ("curve", curve),
                ("lasted", f"{text.seconds(soak.lasted_s)} of {text.seconds(soak.planned_s)}"),
                ("work", f"prompts of {soak.prompt_tokens:,} tokens, answers of {soak.answer_tokens:,}"),
                ("runtime", f"{soak.settings.runtime}, {soak.settings.threads} threads"),
                (
                    "power",
                    f"{soak.conditions.power_source or text.UNKNOWN}, {soak.conditions.power_mode or 'mode unknown'}",
                ),
            ),
        ),
    )


def _known(figure: Quantity | None, reason: str) -> str:
    return f"{text.UNKNOWN}: {reason}" if figure is None else text.quantity(figure)


def _beside(one: QWidget, other: QWidget, *, first: int = 2) -> QWidget:
    """Two widgets next to each other, the other one two parts wide."""
    box = QWidget()
    line = QHBoxLayout(box)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(FIELD_GAP * 2)
    line.addWidget(one, first)
    line.addWidget(other, 2)
    return box
