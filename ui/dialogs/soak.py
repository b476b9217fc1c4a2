"""Which model to keep busy, in which weight format and for how long, to learn what this device sustains."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from planner.measurement.request import MeasurementRequest
from ui.device_work import SUSTAINED_S, SoakOne
from ui.dialogs.notes import note
from ui.verbs import ModelChoice

S_PER_MIN = 60
LONGEST_MIN = 120


class SoakDialog(QDialog):
    """One model; ten minutes are the fewest that say what is sustained."""

    def __init__(
        self,
        model: str | None,
        weight_format: str,
        formats: tuple[str, ...],
        choices_in: Callable[[str], tuple[ModelChoice, ...]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices_in = choices_in
        self.setWindowTitle("Soak one model")
        self.resize(520, 0)
        self.models = QComboBox()
        self.models.setAccessibleName("Model to keep busy")
        self.formats = QComboBox()
        self.formats.setAccessibleName("Weight format")
        self.formats.addItems(list(formats))
        self.formats.setCurrentText(weight_format)
        self.minutes = QSpinBox()
        self.minutes.setAccessibleName("Minutes")
        self.minutes.setRange(1, LONGEST_MIN)
        self.minutes.setSuffix(" min")
        self.minutes.setValue(round(SUSTAINED_S / S_PER_MIN))
        self.note = note("What a soak says", role="caption")
        self.buttons = QDialogButtonBox()
        self.soak = self.buttons.addButton("Soak", QDialogButtonBox.ButtonRole.AcceptRole)
        self.soak.setProperty("primary", True)
        cancel = self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.soak, cancel):
            button.setAccessibleName(button.text())
        form = QFormLayout()
        form.addRow("Weight &format", self.formats)
        form.addRow("&Model", self.models)
        form.addRow("&Keep busy for", self.minutes)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addWidget(self.buttons)
        self.formats.currentTextChanged.connect(self._fill)
        self.minutes.valueChanged.connect(self._tell)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._fill(weight_format)
        place = self.models.findData(model) if model is not None else -1
        if place >= 0 and self._enabled(place):
            self.models.setCurrentIndex(place)

    @property
    def job(self) -> SoakOne:
        """What is chosen now."""
        request = MeasurementRequest(
            model=str(self.models.currentData()), weight_format=self.formats.currentText(), quick=True
        )
        return SoakOne((request,), float(self.minutes.value() * S_PER_MIN))

    def _fill(self, weight_format: str) -> None:
        """Models that do not fit stay listed with the reason, and cannot be chosen."""
        self.models.clear()
        items = cast("QStandardItemModel", self.models.model())
        first = -1
        for place, choice in enumerate(self._choices_in(weight_format)):
            self.models.addItem(f"{choice.title} · {choice.refusal or choice.memory_words}", choice.name)
            items.item(place).setEnabled(choice.refusal is None)
            first = place if first < 0 and choice.refusal is None else first
        self.models.setCurrentIndex(first)
        self._tell()

    def _enabled(self, place: int) -> bool:
        return cast("QStandardItemModel", self.models.model()).item(place).isEnabled()

    def _tell(self) -> None:
        seconds = self.minutes.value() * S_PER_MIN
        self.soak.setEnabled(self.models.currentIndex() >= 0)
        short = "" if seconds >= SUSTAINED_S else " Less than 10 minutes say nothing of what is sustained."
        self.note.setText(
            "The model reads prompts and answers them without a pause; every second is kept, and clock, temperature "
            f"and other programs are watched meanwhile. Stop keeps what is there.{short}"
        )
