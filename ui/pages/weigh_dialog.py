"""Asks what is needed to cost capacity honestly: model, throughput with basis and source, hours, spare, overflow."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from planner.basis import Basis
from planner.capacities import Capacity
from planner.errors import PlannerError
from planner.prices.kinds.instance import PurchaseOption
from planner.prices.kinds.provisioned import ProvisionedOffer
from planner.prices.shelf import Shelved
from planner.scenario import Scenario
from ui.dialogs.notes import note
from ui.pages.page import FIELD_GAP, MARGIN
from ui.pages.weighing import Purchase, Speed, Weighed, capacity_of, purchases, suggested_title

NO_OVERFLOW = "nothing: one machine more is rented"
NO_OVERFLOW_UNITS = "nothing: as the vendor handles it"
MOST_SPARE = 1000


class SpeedField(QWidget):
    """A throughput, how it is known, and its source."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.value, self.source, self.basis = QLineEdit(), QLineEdit(), QComboBox()
        self.value.setAccessibleName(f"{what}, tok/s")
        self.value.setPlaceholderText("2500 (2000 … 3000)")
        self.basis.setAccessibleName(f"{what}: how it is known")
        for basis in Basis:
            self.basis.addItem(basis.value)
        self.basis.setCurrentText(Basis.PUBLISHED.value)
        self.source.setAccessibleName(f"{what}: source")
        self.source.setPlaceholderText("source: benchmark, page or test")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(FIELD_GAP)
        line.addWidget(self.value, 3)
        line.addWidget(self.basis)
        line.addWidget(self.source, 4)

    @property
    def speed(self) -> Speed:
        """What stands in the fields."""
        return Speed(self.value.text(), Basis(self.basis.currentText()), self.source.text())


class WeighDialog(QDialog):
    """One capacity; `capacity` is what was entered once the dialog is accepted."""

    def __init__(self, shelved: Shelved, scenario: Scenario, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelved = shelved
        self._scenario = scenario
        self._units = isinstance(shelved.offer, ProvisionedOffer)
        self._purchases = purchases(shelved, scenario.as_of)
        self.capacity: Capacity | None = None
        self.setWindowTitle("Weigh these units" if self._units else "Weigh this machine")
        self.setMinimumWidth(720)
        self._build_fields()
        self.problem = note("What is wrong", role="problem")
        self.problem.hide()
        self.buttons = QDialogButtonBox()
        self.weigh = self.buttons.addButton("Weigh", QDialogButtonBox.ButtonRole.AcceptRole)
        self.weigh.setProperty("primary", True)
        cancel = self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.weigh, cancel):
            button.setAccessibleName(button.text())
        self._lay_out()
        self.purchase.currentIndexChanged.connect(self._show_fitting)
        self.buttons.accepted.connect(self._enter)
        self.buttons.rejected.connect(self.reject)
        self._show_fitting()

    def _build_fields(self) -> None:
        self.title = _line("Title", suggested_title(self._shelved))
        self.model = QComboBox()
        self.model.setAccessibleName("Model")
        self.model.setEditable(True)
        names = sorted({figure.model for figure in self._scenario.quality})
        self.model.addItems(names)
        self.model.setCurrentText("")
        self.weight_format = _line("Weight format", "")
        self.weight_format.setPlaceholderText("as in fp8; empty: not stated")
        self.purchase = _box("Bought as", [each.words for each in self._purchases])
        offer = self._shelved.offer
        served = [each.model for each in offer.models] if isinstance(offer, ProvisionedOffer) else []
        self.unit_model = _box("Model of the units", served)
        self.active_only = QCheckBox("Given back outside active hours")
        self.active_only.setAccessibleName("Given back outside active hours")
        self.prefill, self.decode = SpeedField("Prefill of one machine"), SpeedField("Decode of one machine")
        self.lost_work = _line("Work lost by an interruption, %", "")
        self.fallback = _line("Hours served on demand instead, %", "")
        for line in (self.lost_work, self.fallback):
            line.setPlaceholderText("unknown")
        self.spare = QSpinBox()
        self.spare.setAccessibleName("Spare machines")
        self.spare.setRange(0, MOST_SPARE)
        self.headroom = QDoubleSpinBox()
        self.headroom.setAccessibleName("Busiest hour, at most % busy")
        self.headroom.setRange(1, 100)
        self.headroom.setDecimals(0)
        self.headroom.setSuffix(" %")
        self.headroom.setValue(80)
        self.overflow = _box("What takes work beyond it", [NO_OVERFLOW_UNITS if self._units else NO_OVERFLOW])
        for each in self._scenario.prices.offers:
            self.overflow.addItem(f"{each.title} · {each.vendor}", each.sku)

    def _lay_out(self) -> None:
        shelved = self._shelved
        self._form = form = QFormLayout()
        form.addRow("&Title", self.title)
        form.addRow("&Model it serves", self.model)
        if self._units:
            form.addRow("Sold f&or", self.unit_model)
        form.addRow("&Bought", self.purchase)
        if not self._units:
            form.addRow("Weight &format", self.weight_format)
            form.addRow("", self.active_only)
            form.addRow("&Prefill, tok/s", self.prefill)
            form.addRow("&Decode, tok/s", self.decode)
            form.addRow("Work &lost when interrupted, %", self.lost_work)
            form.addRow("Hours on demand &instead, %", self.fallback)
        form.addRow("&Spare", self.spare)
        form.addRow("Busiest &hour at most", self.headroom)
        form.addRow("&Work beyond it", self.overflow)
        about = (
            "What one unit serves is the vendor's statement, from the rate card."
            if self._units
            else "Throughput is that of one machine busy with many requests at once: prefill with prompts alone, "
            "decode with answers alone. Type an interval where you know one."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(FIELD_GAP)
        column.addWidget(note("Offer", f"{shelved.title} · {shelved.vendor} · {shelved.region}", "section"))
        column.addWidget(note("What to type", about, "caption"))
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)

    @property
    def _purchase(self) -> Purchase | None:
        place = self.purchase.currentIndex()
        return self._purchases[place] if 0 <= place < len(self._purchases) else None

    def _show_fitting(self) -> None:
        """Only spot is interrupted; a promise is paid in every hour."""
        purchase = self._purchase
        self.weigh.setEnabled(purchase is not None)
        if self._units:
            return
        option = None if purchase is None else purchase.option
        for line in (self.lost_work, self.fallback):
            self._form.setRowVisible(line, option is PurchaseOption.SPOT)
        may_return = option in {PurchaseOption.ON_DEMAND, PurchaseOption.SPOT}
        self.active_only.setEnabled(may_return)
        if not may_return:
            self.active_only.setChecked(False)

    def _enter(self) -> None:
        purchase = self._purchase
        if purchase is None:
            return
        weighed = Weighed(
            title=self.title.text(),
            model=self.model.currentText(),
            purchase=purchase,
            weight_format=self.weight_format.text(),
            prefill=None if self._units else self.prefill.speed,
            decode=None if self._units else self.decode.speed,
            unit_model=self.unit_model.currentText(),
            active_hours_only=self.active_only.isChecked(),
            lost_work=self.lost_work.text(),
            fallback=self.fallback.text(),
            spare=self.spare.value(),
            headroom_percent=self.headroom.value(),
            overflow_sku=self.overflow.currentData(),
        )
        try:
            self.capacity = capacity_of(self._shelved, weighed, self._scenario)
        except PlannerError as error:
            self.problem.setText(f"✕ {error.sentence}")
            self.problem.setAccessibleName(self.problem.text())
            self.problem.show()
            self.adjustSize()  # else the fields are squeezed to make room
            return
        self.accept()


def _line(name: str, words: str) -> QLineEdit:
    made = QLineEdit(words)
    made.setAccessibleName(name)
    return made


def _box(name: str, words: list[str]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(30)
    made.addItems(words)
    return made
