"""How good the predictions made for this device turned out to be: scores, and every figure beside its measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner import text
from planner.errors import PlannerError
from planner.prediction.prediction import Method
from planner.profiles.profile import DeviceProfile
from ui.appearance import Appearance
from ui.pages.device_columns import hint_of
from ui.pages.device_tab import DeviceTab
from ui.session import Session
from ui.tables.columns import Column
from ui.tables.table_view import Table
from ui.tasks import NewestTask
from ui.widgets.labels import label

if TYPE_CHECKING:
    from planner.prediction.accuracy import Judged, Score
    from ui.device_verbs import AccuracyFigures

METHOD_WORDS = {Method.DEPTH_SLICES: "depth slices", Method.SPEC_SHEET: "spec sheet"}
MOST_JUDGED = 10
NEVER_PREDICTED = (
    "No prediction was made for this device yet. Depth slices foretell a model that was not run, with an interval; "
    "each prediction is written down and set beside the model's measurement as soon as there is one."
)


def _signed(error: float) -> str:
    return f"{'+' if error >= 0 else text.MINUS}{text.share(abs(error))}"


def _inside(one: Judged) -> str:
    return {True: "✓ inside", False: "✕ outside", None: "no interval"}[one.inside]


JUDGED_COLUMNS: tuple[Column[Judged], ...] = (
    Column(
        "Measured on",
        lambda row: f"{row.measured_at.astimezone():%d %b %Y, %H:%M}",
        sort=lambda row: row.measured_at.timestamp(),
    ),
    Column("Model", lambda row: f"{row.model} {row.weight_format}", widest_px=200),
    Column("Phase", lambda row: row.phase),
    Column("Tokens", lambda row: f"{row.tokens:,}", sort=lambda row: float(row.tokens), numeric=True),
    Column("From", lambda row: METHOD_WORDS[row.method]),
    Column(
        "Predicted",
        lambda row: text.quantity(row.predicted, interval=False),
        sort=lambda row: row.predicted.value,
        numeric=True,
        tooltip=lambda row: hint_of(row.predicted),
    ),
    Column(
        "Measured",
        lambda row: text.quantity(row.measured, interval=False),
        sort=lambda row: row.measured.value,
        numeric=True,
        tooltip=lambda row: hint_of(row.measured),
    ),
    Column(
        "Error",
        lambda row: _signed(row.error),
        sort=lambda row: row.error,
        numeric=True,
        hint="Predicted over measured, less one: + is too high",
    ),
    Column(
        "90 % interval",
        _inside,
        meaning=lambda row: {True: "winner", False: "caution", None: None}[row.inside],
        tooltip=lambda row: text.quantity(row.predicted),
    ),
)
SCORE_COLUMNS: tuple[Column[Score], ...] = (
    Column("From", lambda row: METHOD_WORDS[row.method]),
    Column("Phase", lambda row: row.phase),
    Column("Figures", lambda row: str(row.count), sort=lambda row: float(row.count), numeric=True),
    Column("Median error", lambda row: text.share(row.median_error), sort=lambda row: row.median_error, numeric=True),
    Column("Worst error", lambda row: text.share(row.worst_error), sort=lambda row: row.worst_error, numeric=True),
    Column(
        "Inside 90 %",
        lambda row: text.share(row.inside_share),
        sort=lambda row: row.inside_share,
        hint="Share of the measured values that lay in the prediction's 90 % interval; 90 % is what it should be",
    ),
)


class AccuracyTab(DeviceTab):
    """Reads the log anew when asked; a damaged log is told and nothing else is lost."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Predict models …")
        self._reading: NewestTask[AccuracyFigures] = NewestTask("reading the accuracy log", self)
        self._reading.answered.connect(self._show)
        self._reading.failed.connect(self._refuse)
        self.caption = label("", wrap=True, name="Predictions that wait")
        self.scores: Table[Score] = Table(
            "Scores of predictions", SCORE_COLUMNS, appearance, key=lambda row: (row.method, row.phase)
        )
        self.judged: Table[Judged] = Table(
            "Predictions beside measurements",
            JUDGED_COLUMNS,
            appearance,
            key=lambda row: (row.prediction_id, row.phase),
        )
        self.content.addWidget(self.caption)
        self.content.addWidget(self.scores)
        self.content.addWidget(label("Every prediction that was measured", "section"))
        self.content.addWidget(self.judged)
        self.content.addStretch(1)
        for table in (self.scores, self.judged):
            table.failed.connect(self.failed)

    def show_profile(self, profile: DeviceProfile) -> None:
        """Read what the log says of this device, off the window's thread."""
        read, device = self.session.verbs().device.accuracy, profile.profile_id
        self._reading.want(lambda: read(device))

    def _show(self, found: AccuracyFigures) -> None:
        waiting = found.waiting
        if not found.judged and not waiting:
            self.show_empty(NEVER_PREDICTED)
            return
        waits = "1 prediction waits" if waiting == 1 else f"{waiting} predictions wait"
        told = f"{waits} to be measured: measure the same model here, and it is judged at the lengths it has in common."
        if not found.judged:
            self.show_empty(told, may_fill=False)
            return
        self.show_content()
        self.caption.setText(told if waiting else "Every prediction made for this device was measured.")
        self.scores.set_rows(found.scores)
        self.scores.set_height_rows(len(found.scores))
        self.judged.set_rows(found.judged)
        self.judged.set_height_rows(MOST_JUDGED)

    def _refuse(self, error: PlannerError) -> None:
        self.show_empty(f"The accuracy log cannot be read: {error.sentence}", may_fill=False)
        self.failed.emit(error)
