"""Asks for a quote: whose, since when, why, until when, and the price that goes before the list's."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from planner import text
from planner.errors import PlannerError
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.kinds.provisioned import ProvisionedOffer
from planner.prices.offers import Quote, TokenOffer, TokenPrice, Variant
from ui.dialogs.days import DayField
from ui.dialogs.notes import note
from ui.pages import typed
from ui.pages.offer_columns import OfferRow
from ui.pages.page import FIELD_GAP, MARGIN
from ui.pages.price_words import NOT_NAMED, amounts_words
from ui.pages.quoting import QuoteTerms, hour_quote, option_of, token_price, token_quote, unit_quote

RATES = (
    ("input_usd_per_mtok", "&Input, $/Mtok", "Input"),
    ("cached_input_usd_per_mtok", "&Cached input, $/Mtok", "Cached input"),
    ("cache_write_usd_per_mtok", "Cache &write, $/Mtok", "Cache write"),
    ("output_usd_per_mtok", "&Output, $/Mtok", "Output"),
)
QUOTE_DAYS = 365  # that a quote is offered to last, where it ends


class QuoteDialog(QDialog):
    """One quote for one offer; `quote` is what was entered once the dialog is accepted."""

    def __init__(self, row: OfferRow, author: str, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self._offer = row.shelved.offer
        self._today = today
        self.quote: Quote | None = None
        self.setWindowTitle("Quote")
        self.setMinimumWidth(520)
        held = row.shelved.quote
        self.author = _line("Author", author)
        self.reason = _line("Reason", "" if held is None else held.reason)
        self.reason.setPlaceholderText("for instance: framework contract 4711")
        self.since = DayField("Holds from", today)
        self.ends = QCheckBox("Ends before")
        self.ends.setAccessibleName("The quote ends")
        self.until = DayField("Ends before", today + timedelta(days=QUOTE_DAYS))
        self.until.setEnabled(False)
        self.ends.toggled.connect(self.until.setEnabled)
        if held is not None and held.valid_until is not None:
            self.ends.setChecked(True)
            self.until.show_day(held.valid_until)
        self.way = QComboBox()
        self.way.setAccessibleName("What the quote is for")
        self.rates = {name: _line(spoken, "") for name, _, spoken in RATES}
        self.amount = _line("Price", "")
        self.keep_tiers = QCheckBox()
        self.keep_tiers.setChecked(True)
        self.problem = note("What is wrong", role="problem")
        self.problem.hide()
        self.buttons = QDialogButtonBox()
        self.enter = self.buttons.addButton("Enter quote", QDialogButtonBox.ButtonRole.AcceptRole)
        self.enter.setProperty("primary", True)
        cancel = self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.enter, cancel):
            button.setAccessibleName(button.text())
        self._lay_out()
        self.way.currentIndexChanged.connect(self._fill_price)
        self.buttons.accepted.connect(self._enter)
        self.buttons.rejected.connect(self.reject)
        self._fill_price()
        self._take_typed()
        (self.author if not author else self.reason).setFocus()

    def _lay_out(self) -> None:
        shelved = self._row.shelved
        form = QFormLayout()
        form.addRow("&Author", self.author)
        form.addRow("Holds &from", self.since)
        until = QHBoxLayout()
        until.addWidget(self.ends)
        until.addWidget(self.until, 1)
        form.addRow("", until)
        form.addRow("&Reason", self.reason)
        self._fill_ways(form)
        listed = amounts_words(shelved.figures) if shelved.figures else "no price is known on this day"
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(FIELD_GAP)
        column.addWidget(note("Offer", f"{shelved.title} · {shelved.vendor}", "section"))
        column.addWidget(note("Price in force", f"In force: {listed} · {shelved.source}", "caption"))
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)

    def _fill_ways(self, form: QFormLayout) -> None:
        """How the offer is bought, and a line for each price of it."""
        match self._offer:
            case TokenOffer() as offer:
                for variant in offer.variants_on(self._today) or (Variant.STANDARD,):
                    self.way.addItem(variant.value, variant.value)
                form.addRow("For re&quests", self.way)
                for name, title, _ in RATES:
                    self.rates[name].setPlaceholderText(NOT_NAMED)
                    form.addRow(title, self.rates[name])
                form.addRow("", self.keep_tiers)
            case InstanceOffer() as offer:
                for option in dict.fromkeys(price.option for price in offer.prices):
                    self.way.addItem(option.value.replace("_", " "), option.value)
                self.way.setCurrentIndex(max(self.way.findData(option_of(self._row)), 0))
                form.addRow("&Bought", self.way)
                form.addRow("$/&h", self.amount)
            case ProvisionedOffer() as offer:
                self.way.addItem(f"{offer.unit_name} for a month", "")
                form.addRow("&Bought", self.way)
                form.addRow("$/unit and &month", self.amount)
            case _:
                raise AssertionError(type(self._offer).__name__)

    def _fill_price(self) -> None:
        """Begin at the price in force for what is chosen."""
        if not isinstance(self._offer, TokenOffer):
            self.amount.setText(self._amount_in_force())
            return
        price = self._listed()
        for name, line in self.rates.items():
            usd = None if price is None else getattr(price.rates, name)
            line.setText("" if usd is None else text.exact(usd))
        tiers = () if price is None else price.tiers
        self.keep_tiers.setVisible(bool(tiers))
        above = ", ".join(text.exact(tier.above_input_tokens) for tier in tiers)
        self.keep_tiers.setText(f"Keep the prices above {above} input tokens as they are")

    @property
    def _variant(self) -> Variant:
        return Variant(str(self.way.currentData()))

    def _listed(self) -> TokenPrice | None:
        """The price that the chosen variant has now: the quote's, else the list's."""
        if not isinstance(self._offer, TokenOffer):
            return None
        variant = self._variant
        quote = self._row.shelved.quote
        if quote is not None and quote.price is not None and quote.price.variant is variant:
            return quote.price
        return self._offer.price_on(self._today, variant)

    def _amount_in_force(self) -> str:
        quote = self._row.shelved.quote
        chosen = str(self.way.currentData())
        if isinstance(self._offer, ProvisionedOffer):
            monthly = self._row.usd("a unit's month", "USD/month")
            return "" if monthly is None else text.exact(monthly)
        if quote is not None and quote.option == chosen:
            return text.exact(quote.usd_per_h) if quote.usd_per_h is not None else ""
        if not isinstance(self._offer, InstanceOffer):
            return ""
        rows = (row for row in self._offer.prices if row.option == chosen and row.in_force(self._today))
        usd = next((row.usd_per_h for row in rows if row.usd_per_h is not None), None)
        return "" if usd is None else text.exact(usd)

    def _take_typed(self) -> None:
        """What was typed into the table goes before the price in force."""
        found = self._row.typed
        if found is None:
            return
        if found.price is not None:
            self.way.setCurrentIndex(max(self.way.findData(found.price.variant.value), 0))
            for name, line in self.rates.items():
                usd = getattr(found.price.rates, name)
                line.setText("" if usd is None else text.exact(usd))
        elif found.usd_per_h is not None:
            self.amount.setText(text.exact(found.usd_per_h))

    def _enter(self) -> None:
        try:
            self.quote = self._read()
        except PlannerError as error:
            self.problem.setText(f"✕ {error.sentence}")
            self.problem.setAccessibleName(self.problem.text())
            self.problem.show()
            self.adjustSize()  # else the fields are squeezed to make room
            return
        self.accept()

    def _read(self) -> Quote:
        terms = QuoteTerms(
            self.author.text(), self.since.day, self.reason.text(), self.until.day if self.ends.isChecked() else None
        )
        sku = self._offer.sku
        if isinstance(self._offer, TokenOffer):
            rates = {name: typed.money(line.text()) for name, line in self.rates.items()}
            listed = self._listed()
            price = token_price(self._variant, rates, listed, keep_tiers=self.keep_tiers.isChecked())
            return token_quote(sku, terms, price)
        usd = self._dollars()
        if isinstance(self._offer, InstanceOffer):
            return hour_quote(sku, terms, usd, str(self.way.currentData()))
        return unit_quote(sku, terms, usd)

    def _dollars(self) -> Decimal:
        usd = typed.money(self.amount.text())
        if usd is None:
            raise PlannerError("a quote needs its price", remedy="Type dollars, as in 2.35.")
        return usd


def _line(name: str, words: str) -> QLineEdit:
    made = QLineEdit(words)
    made.setAccessibleName(name)
    return made
