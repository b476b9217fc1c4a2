"""Which day's prices to plan with: an earlier one to see what was true then, or one of prices announced."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from planner import text
from ui.dialogs.days import DayField
from ui.dialogs.notes import note


class RepriceDialog(QDialog):
    """One day; what is left out on that day is said once the plan stands."""

    def __init__(self, as_of: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Re-price at another day")
        self.resize(440, 0)
        self.on = DayField("Prices of", as_of)
        self.about = note(
            "What re-pricing does",
            f"The plan speaks of {text.day(as_of)}. The same work is planned with what was charged on the day you "
            "choose: list prices, rate cards and quotes by their own days. Offers without a known price of that day "
            "are left out and named, never taken for free. Undo brings this day back.",
            "caption",
        )
        self.buttons = QDialogButtonBox()
        self.reprice = self.buttons.addButton("Re-price", QDialogButtonBox.ButtonRole.AcceptRole)
        self.reprice.setProperty("primary", True)
        cancel = self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.reprice, cancel):
            button.setAccessibleName(button.text())
        form = QFormLayout()
        form.addRow("&Prices of", self.on)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addLayout(form)
        column.addWidget(self.about)
        column.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
