"""Two runs side by side: by how much every figure differs, how sure that is, and what may explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from planner import text
from planner.errors import PlannerError
from planner.measurement.runs import Run
from planner.profiles.profile import DeviceProfile
from ui.appearance import Appearance
from ui.pages.device_columns import hint_of
from ui.pages.device_tab import DeviceTab
from ui.pages.page import FIELD_GAP
from ui.session import Session
from ui.tables.columns import Column
from ui.tables.table_view import Table
from ui.widgets.labels import label

if TYPE_CHECKING:
    from planner.comparison.run_circumstances import Circumstance
    from planner.comparison.run_figures import ComparedFigure

MOST_FIGURES = 12
MOST_CIRCUMSTANCES = 12
TWO = 2
SIGNS = {"better": "▲ better", "worse": "▼ worse", "same": "= no difference", "unknown": "? not judged"}
MEANINGS = {"better": "winner", "worse": "caution"}

FIGURE_COLUMNS: tuple[Column[ComparedFigure], ...] = (
    Column("Figure", lambda row: row.label, tooltip=lambda row: row.caution or row.label, widest_px=240),
    Column(
        "A",
        lambda row: text.quantity(row.a, interval=False),
        sort=lambda row: row.a.value,
        numeric=True,
        tooltip=lambda row: hint_of(row.a),
    ),
    Column(
        "B",
        lambda row: text.quantity(row.b, interval=False),
        sort=lambda row: row.b.value,
        numeric=True,
        tooltip=lambda row: hint_of(row.b),
    ),
    Column(
        "Verdict",
        lambda row: SIGNS[row.verdict.value],
        meaning=lambda row: MEANINGS.get(row.verdict.value),
        tooltip=lambda row: row.caution,
    ),
    Column(
        "B against A",
        lambda row: row.words,
        tooltip=lambda row: row.words,
        sort=lambda row: row.ratio.value if row.ratio else None,
    ),
)
CIRCUMSTANCE_COLUMNS: tuple[Column[Circumstance], ...] = (
    Column("Setting or condition", lambda row: row.label, tooltip=lambda row: row.kind),
    Column("A", lambda row: row.a or text.UNKNOWN, tooltip=lambda row: row.a or text.UNKNOWN, widest_px=300),
    Column("B", lambda row: row.b or text.UNKNOWN, tooltip=lambda row: row.b or text.UNKNOWN, widest_px=300),
    Column(
        "Differs",
        lambda row: "≠ differs" if row.differs else "= alike",
        meaning=lambda row: "caution" if row.differs else None,
    ),
)


class RunsTab(DeviceTab):
    """Chooses two runs; every ratio, verdict and sentence comes from the engine."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Measure this device")
        self._runs: dict[str, Run] = {}
        self.choosers = (self._chooser("A, baseline"), self._chooser("B"))
        line = QHBoxLayout()
        line.setSpacing(FIELD_GAP)
        for caption, chooser in zip(("A, baseline", "B"), self.choosers, strict=True):
            line.addWidget(label(caption, "caption"))
            line.addWidget(chooser, 1)
        self.sentence = label("", "section", wrap=True, name="How the two runs differ")
        self.cautions = label("", wrap=True, name="What to mind about this comparison")
        self.figures: Table[ComparedFigure] = Table(
            "Figures of both runs", FIGURE_COLUMNS, appearance, key=lambda row: (row.name, row.tokens)
        )
        self.circumstances: Table[Circumstance] = Table(
            "Settings and conditions of both runs", CIRCUMSTANCE_COLUMNS, appearance, key=lambda row: row.label
        )
        self.method = label("", "caption", wrap=True, name="How runs are compared")
        self.content.addLayout(line)
        for widget in (self.sentence, self.cautions, self.figures, self.circumstances, self.method):
            self.content.addWidget(widget)
        self.content.addStretch(1)
        for table in (self.figures, self.circumstances):
            table.failed.connect(self.failed)

    def show_profile(self, profile: DeviceProfile) -> None:
        """Offer the runs of this profile, newest first; the two newest of one model until others are chosen."""
        runs = tuple(reversed(profile.runs))
        kept = [self._chosen(chooser) for chooser in self.choosers]
        self._runs = {run.run_id: run for run in runs}
        if len(runs) < TWO:
            words = "one run" if runs else "no run"
            self.show_empty(f"There is {words} on this device: a second one can be compared with it.")
            return
        for chooser in self.choosers:
            with QSignalBlocker(chooser):
                chooser.clear()
                for run in runs:
                    chooser.addItem(_title(run), run.run_id)
        self.show_content()
        if None in kept or not set(kept) <= set(self._runs):
            kept = [run.run_id for run in _alike(runs)]
        self.choose(*(str(run_id) for run_id in kept))

    def choose(self, a: str, b: str) -> None:
        """Put these runs side by side."""
        for chooser, run_id in zip(self.choosers, (a, b), strict=True):
            with QSignalBlocker(chooser):
                chooser.setCurrentIndex(max(chooser.findData(run_id), 0))
        self._compare()

    def _chooser(self, caption: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(f"Run {caption}")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(20)
        box.activated.connect(self._compare)
        return box

    def _compare(self) -> None:
        a, b = (self._runs.get(self._chosen(chooser) or "") for chooser in self.choosers)
        if a is None or b is None:
            return
        try:
            found = self.session.verbs().device.compare_runs(a, b)
        except PlannerError as error:
            self.failed.emit(error)
            return
        self.sentence.setText(found.sentence)
        told = [*found.cautions, *(f"Left out: {words}." for words in found.left_out)]
        self.cautions.setText("\n".join(f"▲ {words}" for words in told))
        self.cautions.setVisible(bool(told))
        self.figures.set_rows(found.figures)
        self.figures.set_height_rows(MOST_FIGURES)
        self.circumstances.set_rows((*found.differing, *(one for one in found.circumstances if not one.differs)))
        self.circumstances.set_height_rows(MOST_CIRCUMSTANCES)
        self.method.setText(found.method)

    def _chosen(self, chooser: QComboBox) -> str | None:
        chosen: str | None = chooser.currentData()
        return chosen


def _alike(runs: tuple[Run, ...]) -> tuple[Run, Run]:
    """The two newest runs of one model and format, the earlier first; where none is like another, the two newest."""
    for number, later in enumerate(runs):
        for earlier in runs[number + 1 :]:
            if (earlier.model.name, earlier.weight_format) == (later.model.name, later.weight_format):
                return earlier, later
    return runs[1], runs[0]


def _title(run: Run) -> str:
    return f"{run.model.name} {run.weight_format} · {run.started_at.astimezone():%d %b %Y, %H:%M} · {run.run_id}"
