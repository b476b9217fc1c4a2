"""Which models to foretell from depth slices, and how long timing them will take, said before it starts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from planner import text
from planner.measurement.request import MeasurementRequest
from ui.device_verbs import SliceForecast
from ui.device_work import LIMITS_S, PredictModels
from ui.dialogs.notes import note

WANTED_ROLE = Qt.ItemDataRole.UserRole

Wanted = tuple[tuple[str, str], ...]  # (model, weight format)


class PredictDialog(QDialog):
    """The chosen models, or every model of the scenario; those that cannot be sliced say why."""

    def __init__(
        self,
        chosen: Wanted,
        of_scenario: Wanted,
        forecast: Callable[[Wanted], tuple[SliceForecast, ...]],
        *,
        limits_known: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sets = (chosen, of_scenario)
        self._forecast = forecast
        self._limits_known = limits_known
        self._seconds: dict[tuple[str, str], float] = {}
        self.setWindowTitle("Predict models from depth slices")
        self.resize(560, 480)
        self.chosen = QRadioButton(f"The &chosen models ({len(chosen)})")
        self.every = QRadioButton(f"&Every model of this scenario ({len(of_scenario)})")
        self.every.setEnabled(bool(of_scenario))
        (self.every if of_scenario else self.chosen).setChecked(True)
        self.models = QListWidget()
        self.models.setAccessibleName("Models to predict")
        self.note = note("How long it will take")
        self.about = note(
            "How predictions are made",
            "The exact architecture is built at two small depths, both are timed in turn, and the whole model follows "
            "from them with a 90 % interval. Each prediction is written down and judged as soon as the model is "
            "measured here.",
            "caption",
        )
        self.buttons = QDialogButtonBox()
        self.predict = self.buttons.addButton("Predict", QDialogButtonBox.ButtonRole.AcceptRole)
        self.predict.setProperty("primary", True)
        cancel = self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.predict, cancel):
            button.setAccessibleName(button.text())
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        for widget in (self.chosen, self.every, self.models, self.note, self.about, self.buttons):
            column.addWidget(widget, 1 if widget is self.models else 0)
        self.every.toggled.connect(self._fill)
        self.models.itemChanged.connect(self._tell)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._fill()

    @property
    def job(self) -> PredictModels:
        """What is ticked now."""
        return PredictModels(
            tuple(MeasurementRequest(model=model, weight_format=stored_as) for model, stored_as in self._ticked)
        )

    @property
    def _ticked(self) -> Wanted:
        items = (self.models.item(row) for row in range(self.models.count()))
        return tuple(item.data(WANTED_ROLE) for item in items if item.checkState() is Qt.CheckState.Checked)

    def _fill(self) -> None:
        self.models.blockSignals(True)
        self.models.clear()
        self._seconds = {}
        for one in self._forecast(self._sets[self.every.isChecked()]):
            item = QListWidgetItem(f"{one.model} {one.weight_format} · {_words(one)}")
            item.setData(WANTED_ROLE, (one.model, one.weight_format))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked if one.refusal else Qt.CheckState.Checked)
            if one.refusal is not None:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            if one.seconds is not None:
                self._seconds[one.model, one.weight_format] = one.seconds
            self.models.addItem(item)
        self.models.blockSignals(False)
        self._tell()

    def _tell(self) -> None:
        ticked = self._ticked
        self.predict.setEnabled(bool(ticked))
        models = f"{len(ticked)} model{'s' if len(ticked) != 1 else ''}"
        if self._limits_known:
            # Expected durations are added for showing, as the engine's own suite adds them.
            total = sum(self._seconds[each] for each in ticked if each in self._seconds)
            self.note.setText(f"{models}, about {_about(total)} in all." if ticked else "No model is chosen.")
        else:
            self.note.setText(
                f"{models}, about two minutes each. The limits of this device are measured first, in about "
                f"{text.seconds(LIMITS_S)}; from then on the expected time is known for each model."
            )


def _words(one: SliceForecast) -> str:
    if one.refusal is not None:
        return one.refusal
    return "about two minutes" if one.seconds is None else f"about {_about(one.seconds)}"


def _about(seconds: float) -> str:
    """To ten seconds: these are forecasts, good to about a factor of 1.5."""
    return text.seconds(max(round(seconds, -1), 10.0))
