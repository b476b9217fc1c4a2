"""Which models to measure, in which weight format and how thoroughly; what does not fit says why beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from planner.measurement.request import DEFAULT_MODELS, MeasurementRequest
from ui.verbs import ModelChoice

DEFAULT_FORMAT = "int4"
MOST_W = 10_000.0
NAME_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class MeasureChoice:
    """What Measure will do when it is pressed."""

    models: tuple[str, ...] = DEFAULT_MODELS
    weight_format: str = DEFAULT_FORMAT
    quick: bool = True
    wall_active_w: float | None = None  # read from a wall meter while a model runs
    wall_idle_w: float | None = None  # and at rest

    def requests(self) -> tuple[MeasurementRequest, ...]:
        """One request a model, in the order chosen."""
        return tuple(
            MeasurementRequest(
                model=model,
                weight_format=self.weight_format,
                quick=self.quick,
                wall_active_w=self.wall_active_w,
                wall_idle_w=self.wall_idle_w,
            )
            for model in self.models
        )

    def without_refused(self, choices: tuple[ModelChoice, ...]) -> MeasureChoice:
        """The same, less the models that this machine refuses."""
        refused = {choice.name for choice in choices if choice.refusal is not None}
        return replace(self, models=tuple(model for model in self.models if model not in refused))


def _watts(name: str, value: float | None) -> QDoubleSpinBox:
    """Zero is «not read»: energy then comes from the machine's own meters, where it has any."""
    box = QDoubleSpinBox()
    box.setAccessibleName(name)
    box.setRange(0.0, MOST_W)
    box.setDecimals(1)
    box.setSuffix(" W")
    box.setSpecialValueText("not read")
    box.setValue(value or 0.0)
    return box


class MeasureDialog(QDialog):
    """Chooses models, format and depth. Unavailable models stay listed with the reason."""

    def __init__(
        self,
        choice: MeasureChoice,
        formats: tuple[str, ...],
        choices_in: Callable[[str], tuple[ModelChoice, ...]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices_in = choices_in
        self._wanted = set(choice.models)
        self.setWindowTitle("Measure this device")
        self.resize(560, 520)
        self.formats = QComboBox()
        self.formats.addItems(list(formats))
        self.formats.setCurrentText(choice.weight_format)
        self.formats.setAccessibleName("Weight format")
        self.quick = QRadioButton("&Quick: up to a minute a model, to ±10 %")
        self.full = QRadioButton("&Full: up to ten minutes a model, to ±3 %")
        (self.quick if choice.quick else self.full).setChecked(True)
        self.wall_active = _watts("Watts at the wall while a model runs", choice.wall_active_w)
        self.wall_idle = _watts("Watts at the wall at rest", choice.wall_idle_w)
        self.models = QListWidget()
        self.models.setAccessibleName("Models to measure")
        self.note = QLabel()
        self.note.setProperty("role", "caption")
        self.note.setWordWrap(True)
        self.buttons = QDialogButtonBox()
        self.measure = self.buttons.addButton("Measure", QDialogButtonBox.ButtonRole.AcceptRole)
        self.measure.setProperty("primary", True)
        cancel = self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.measure, cancel):
            button.setAccessibleName(button.text())
        self._lay_out()
        self.formats.currentTextChanged.connect(self._fill)
        self.models.itemChanged.connect(self._changed)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._fill(self.formats.currentText())

    @property
    def choice(self) -> MeasureChoice:
        """What is chosen now, smallest model first."""
        items = (self.models.item(row) for row in range(self.models.count()))
        names = tuple(str(item.data(NAME_ROLE)) for item in items if item.checkState() is Qt.CheckState.Checked)
        active, idle = (box.value() or None for box in (self.wall_active, self.wall_idle))
        return MeasureChoice(names, self.formats.currentText(), self.quick.isChecked(), active, idle)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Weight &format", self.formats)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addLayout(form)
        column.addWidget(self.models, 1)
        column.addWidget(self.note)
        column.addWidget(self.quick)
        column.addWidget(self.full)
        meter = QFormLayout()
        meter.addRow("Wall meter, a model &running", self.wall_active)
        meter.addRow("Wall meter, at &rest", self.wall_idle)
        column.addLayout(meter)
        column.addWidget(self.buttons)

    def _fill(self, weight_format: str) -> None:
        self.models.blockSignals(True)
        self.models.clear()
        for choice in self._choices_in(weight_format):
            item = QListWidgetItem(f"{choice.title} · {choice.refusal or choice.memory_words}")
            item.setData(NAME_ROLE, choice.name)
            wanted = choice.name in self._wanted and choice.refusal is None
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
            if choice.refusal is not None:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.models.addItem(item)
        self.models.blockSignals(False)
        self._tell()

    def _changed(self, item: QListWidgetItem) -> None:
        name = str(item.data(NAME_ROLE))
        if item.checkState() is Qt.CheckState.Checked:
            self._wanted.add(name)
        else:
            self._wanted.discard(name)
        self._tell()

    def _tell(self) -> None:
        count = len(self.choice.models)
        self.measure.setEnabled(count > 0)
        self.note.setText(
            "Each model is built on the fly in its exact architecture with random weights: speed is real, "
            f"answers are not. {count} chosen."
        )
