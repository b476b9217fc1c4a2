"""Every offer there is to choose from, found by word, kind and vendor; the selected one with its past and its quote."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from planner import text
from planner.errors import PlannerError
from planner.prices.offers import Quote, TokenOffer
from planner.prices.shelf import Shelved
from ui.appearance import Appearance
from ui.dialogs.reprice import RepriceDialog
from ui.messages import Action, Message, caution, note, refusal
from ui.pages import typed
from ui.pages.offer_columns import (
    KIND_WORDS,
    OFFER_COLUMNS,
    PRICE_COLUMN,
    TOKEN_COLUMNS,
    OfferRow,
    matching,
    offer_rows,
)
from ui.pages.offer_panel import OfferPanel
from ui.pages.page import FIELD_GAP
from ui.pages.quote_dialog import QuoteDialog
from ui.pages.quoting import is_quotable, quote_words, typed_quote
from ui.price_verbs import Priced
from ui.session import Session
from ui.tables.table_view import Table
from ui.tasks import NewestTask
from ui.widgets.labels import label

EVERY_KIND, EVERY_VENDOR = "All kinds", "All vendors"
OFFERS_SHOWN = 10


class OffersTab(QWidget):
    """A quote, an offer left out or another day makes a new scenario; nothing is kept here."""

    told = Signal(object)  # Message
    counted = Signal(object)  # every row, whatever the filters show
    weigh_asked = Signal(object)  # the OfferRow whose machine or units shall be weighed

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__()
        self.session = session
        self.appearance = appearance
        self.rows: tuple[OfferRow, ...] = ()
        self.open_address: Callable[[str], object] = _open_address
        self._shelved: tuple[Shelved, ...] = ()
        self._reading: NewestTask[tuple[Shelved, ...]] = NewestTask("reading the offers", self)
        self._reading.answered.connect(self._take_shelf)
        self._repricing: NewestTask[Priced] = NewestTask("re-pricing the scenario", self)
        self._repricing.answered.connect(self._take_priced)
        for task in (self._reading, self._repricing):
            task.failed.connect(self._refuse)
        self._build_filters()
        self._build_table()
        self.panel = OfferPanel(session, appearance)
        self.panel.failed.connect(self._refuse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, FIELD_GAP, 0, 0)
        column.setSpacing(FIELD_GAP)
        column.addLayout(self._filters)
        column.addWidget(self.none_found)
        column.addWidget(self.table)
        column.addLayout(self._actions)
        column.addWidget(self.panel)
        column.addStretch(1)

    # Building

    def _build_filters(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search offers")
        self.search.setAccessibleName("Search offers")
        self.search.setClearButtonEnabled(True)
        for clear in self.search.findChildren(QToolButton):
            clear.setAccessibleName("Clear the search")
        self.kind, self.vendor = QComboBox(), QComboBox()
        self.kind.setAccessibleName("Kind of offer")
        self.vendor.setAccessibleName("Vendor")
        self.vendor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.vendor.setMinimumContentsLength(18)
        self.only_used = QCheckBox("Only used in this plan")
        self.only_used.setAccessibleName("Only offers used in this plan")
        self.reprice = QPushButton("Re-price at …")
        self.reprice.setAccessibleName("Re-price at another day")
        self.reprice.setToolTip("Plan the same work with the prices of another day")
        self.search.textChanged.connect(self._filter)
        self.kind.currentTextChanged.connect(self._filter)
        self.vendor.currentTextChanged.connect(self._filter)
        self.only_used.toggled.connect(self._filter)
        self.reprice.clicked.connect(self.ask_day)
        self._filters = QHBoxLayout()
        self._filters.setSpacing(FIELD_GAP)
        self._filters.addWidget(self.search, 1)
        for widget in (self.kind, self.vendor, self.only_used, self.reprice):
            self._filters.addWidget(widget)

    def _build_table(self) -> None:
        self.none_found = label("No offer matches.", "muted")
        self.none_found.hide()
        self.table: Table[OfferRow] = Table("Offers", OFFER_COLUMNS, self.appearance, key=lambda row: row.key)
        self.table.edited.connect(self._price_typed)
        self.table.row_selected.connect(self._show_offer)
        self.table.failed.connect(self._refuse)
        self.quote_button = QPushButton("Quote …")
        self.quote_button.setAccessibleName("Enter a quote for the selected offer")
        self.quote_button.setToolTip("Your own price, with author, day and reason; it goes before the list price")
        self.unquote_button = QPushButton("Remove quote")
        self.unquote_button.setAccessibleName("Remove the quote of the selected offer")
        self.leave_out = QPushButton("Leave out")
        self.leave_out.setAccessibleName("Leave the selected offer out")
        self.leave_out.setToolTip("Plan without this offer, for instance because your rules forbid its vendor")
        self.weigh_button = QPushButton("Weigh this machine …")
        self.weigh_button.setToolTip("Cost a month of it under your workload, beside the prices by the token")
        self.source_button = QPushButton("Open source")
        self.source_button.setAccessibleName("Open the source of the selected offer in the browser")
        self.quote_button.clicked.connect(self.ask_quote)
        self.unquote_button.clicked.connect(self.remove_quote)
        self.leave_out.clicked.connect(self._leave_out)
        self.weigh_button.clicked.connect(self._weigh)
        self.source_button.clicked.connect(self._open_source)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(FIELD_GAP)
        self._shown = label("", "caption", name="How many offers are shown")
        self._actions.addWidget(self._shown, 1)
        for button in self._row_buttons:
            self._actions.addWidget(button)

    @property
    def _row_buttons(self) -> tuple[QPushButton, ...]:
        return self.source_button, self.leave_out, self.weigh_button, self.unquote_button, self.quote_button

    # Showing

    @property
    def reading(self) -> bool:
        """Whether offers are still being read or looked up."""
        return self._reading.running or self._repricing.running or self.panel.looking

    def refresh(self) -> None:
        """Read every offer, off the window's thread."""
        scenario, verbs = self.session.scenario, self.session.verbs()
        self._reading.want(lambda: verbs.prices.shelf(scenario))

    def _take_shelf(self, shelved: tuple[Shelved, ...]) -> None:
        self._shelved = shelved
        self.show_used()

    def show_used(self) -> None:
        """Mark what the plan uses; a plan that is being made anew marks nothing."""
        plan = self.session.plan if self.session.plan_is_current else None
        self.rows = offer_rows(self._shelved, self.session.scenario, plan)
        self._fill(
            self.kind, EVERY_KIND, {KIND_WORDS[row.shelved.offer.kind]: row.shelved.offer.kind for row in self.rows}
        )
        self._fill(self.vendor, EVERY_VENDOR, {row.shelved.vendor: row.shelved.vendor for row in self.rows})
        self._filter()
        self.counted.emit(self.rows)

    def show_kind(self, kind: str) -> None:
        """Show the offers of one kind, whatever was searched for before."""
        self.search.clear()
        self.vendor.setCurrentIndex(0)
        self.only_used.setChecked(False)
        self.kind.setCurrentIndex(max(self.kind.findData(kind), 0))

    def _fill(self, box: QComboBox, everything: str, choices: dict[str, str]) -> None:
        wanted = [everything, *sorted(choices, key=str.casefold)]
        if [box.itemText(place) for place in range(box.count())] == wanted:
            return
        chosen = box.currentText()
        with QSignalBlocker(box):
            box.clear()
            for words in wanted:
                box.addItem(words, choices.get(words, ""))
            box.setCurrentIndex(max(box.findText(chosen), 0))

    def _filter(self) -> None:
        rows = matching(
            self.rows,
            self.search.text(),
            kind=str(self.kind.currentData() or ""),
            vendor=str(self.vendor.currentData() or ""),
            only_used=self.only_used.isChecked(),
        )
        self.table.set_rows(rows)
        self.table.set_height_rows(OFFERS_SHOWN)
        self.none_found.setVisible(not rows and bool(self.rows))
        kinds = {row.shelved.offer.kind for row in rows}
        for column in TOKEN_COLUMNS:
            self.table.view.setColumnHidden(column, bool(kinds) and "token" not in kinds)
        self.table.view.setColumnHidden(PRICE_COLUMN, kinds == {"token"})
        few = "" if len(rows) == len(self.rows) else f"{len(rows):,} of {len(self.rows):,} offers shown"
        self._shown.setText(few)
        if not rows:
            self._show_offer(None)

    def _show_offer(self, row: OfferRow | None) -> None:
        shelved = None if row is None else row.shelved
        buyable = shelved is not None and is_quotable(shelved.offer)
        self.quote_button.setEnabled(buyable)
        self.unquote_button.setVisible(shelved is not None and shelved.quote is not None)
        self.leave_out.setVisible(shelved is not None and isinstance(shelved.offer, TokenOffer))
        weighable = shelved is not None and shelved.offer.kind in {"instance", "provisioned"}
        self.weigh_button.setVisible(weighable)
        units = shelved is not None and shelved.offer.kind == "provisioned"
        self.weigh_button.setText("Weigh these units …" if units else "Weigh this machine …")
        address = "" if shelved is None or shelved.quote is not None else shelved.source_url
        self.source_button.setVisible(bool(address))
        self.source_button.setToolTip(f"In your browser: {address}")
        self.panel.show_offer(row)

    # Quotes

    def ask_quote(self) -> None:
        """Enter a quote for the selected offer."""
        row = self.table.selected
        if row is not None and is_quotable(row.shelved.offer):
            self._ask_quote(row)

    def _ask_quote(self, row: OfferRow) -> None:
        dialog = QuoteDialog(row, self.session.signature.author, self.session.scenario.as_of, self)
        dialog.accepted.connect(lambda: self._take_quote(dialog.quote))
        dialog.open()

    def _price_typed(self, _old: OfferRow, new: OfferRow) -> None:
        """A price typed into the table is a quote by who signed last; the first one asks who that is."""
        author = self.session.signature.author
        if not author:
            self._ask_quote(new)
            return
        try:
            self._take_quote(typed_quote(new, author, self.session.scenario.as_of))
        except PlannerError as error:
            self._refuse(error)

    def _take_quote(self, quote: Quote | None) -> None:
        if quote is None:
            return
        self.session.signature.author = quote.author
        try:
            scenario = self.session.verbs().prices.with_quote(self.session.scenario, quote)
        except PlannerError as error:
            self._refuse(error)
            return
        self.session.replace(scenario, f"Quote {quote.sku}")
        self.told.emit(note(f"Quote entered: {quote_words(quote)}.", self._undo))

    def remove_quote(self) -> None:
        """Go back to the list price of the selected offer."""
        row = self.table.selected
        quote = None if row is None else row.shelved.quote
        if quote is None:
            return
        try:
            scenario = self.session.verbs().prices.without_quote(self.session.scenario, quote)
        except PlannerError as error:
            self._refuse(error)
            return
        self.session.replace(scenario, f"Remove the quote for {quote.sku}")
        self.told.emit(note(f"The quote by {quote.author} for {quote.sku} is removed.", self._undo))

    # Other edits

    def _leave_out(self) -> None:
        row = self.table.selected
        if row is None or not isinstance(row.shelved.offer, TokenOffer):
            return
        scenario = self.session.scenario
        kept = tuple(offer for offer in scenario.prices.offers if offer.sku != row.shelved.offer.sku)
        prices = typed.changed(scenario.prices, offers=kept)
        self.session.replace(scenario.model_copy(update={"prices": prices}), f"Leave out {row.shelved.title}")
        self.told.emit(note(f"{row.shelved.title} is left out of this plan.", self._undo))

    def _weigh(self) -> None:
        if self.table.selected is not None:
            self.weigh_asked.emit(self.table.selected)

    def ask_day(self) -> None:
        """Choose the day whose prices to plan with."""
        dialog = RepriceDialog(self.session.scenario.as_of, self)
        scenario, verbs = self.session.scenario, self.session.verbs()

        def reprice() -> None:
            day = dialog.on.day
            if day != scenario.as_of:
                self._repricing.want(lambda: verbs.prices.priced_on(scenario, day))

        dialog.accepted.connect(reprice)
        dialog.open()

    def _take_priced(self, priced: Priced) -> None:
        day = text.day(priced.scenario.as_of)
        self.session.replace(priced.scenario, f"Re-price at {day}")
        told = " ".join(f"{doubt.sentence} {doubt.advice}" for doubt in priced.doubts)
        if told:
            self.told.emit(caution(f"Planned with the prices of {day}. {told}", self._undo))
        else:
            self.told.emit(note(f"Planned with the prices of {day}.", self._undo))

    def _open_source(self) -> None:
        row = self.table.selected
        if row is not None and row.shelved.source_url:
            self.open_address(row.shelved.source_url)

    @property
    def _undo(self) -> Action:
        return Action("Undo", self.session.undo)

    def _refuse(self, error: PlannerError) -> None:
        told: Message = refusal(error)
        self.told.emit(told)


def _open_address(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))
