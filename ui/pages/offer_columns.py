"""The offers of every kind as data: rows, columns, filters; a price typed into a cell asks for a quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from planner import text
from planner.errors import PlannerError
from planner.placement.options import Side
from planner.placement.plan import Plan
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.kinds.local import EnergyOffer
from planner.prices.offers import TokenPrice
from planner.prices.shelf import Shelved
from planner.scenario import Scenario
from ui.pages import typed
from ui.pages.price_words import NOT_NAMED, age_words, day_range, exact, priced_words
from ui.tables.columns import Column

KIND_WORDS = {
    "token": "tokens",
    "instance": "machine",
    "provisioned": "units",
    "request": "requests",
    "egress": "egress",
    "storage": "storage",
    "energy": "electricity",
    "edge_device": "device",
}
MTOK, HOUR = "USD/Mtok", "USD/h"
RATE_FIELDS = {
    "input": "input_usd_per_mtok",
    "cached input": "cached_input_usd_per_mtok",
    "output": "output_usd_per_mtok",
}
OFFER_PX, VENDOR_PX, REGION_PX, DAYS_PX, PRICE_PX = 168, 100, 100, 190, 130
TOKEN_COLUMNS = range(3, 6)  # hidden where no offer shown is charged by the token
PRICE_COLUMN = 6  # hidden where every one is


@dataclass(frozen=True)
class Typed:
    """A price typed into a cell, on its way to become a quote."""

    price: TokenPrice | None = None
    usd_per_h: Decimal | None = None


@dataclass(frozen=True)
class OfferRow:
    """One offer as it stands on the scenario's day, and whether the plan uses it."""

    shelved: Shelved
    used: bool
    words: str  # what a search looks in
    typed: Typed | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same offer after an edit."""
        shelved = self.shelved
        card = "" if shelved.card is None else shelved.card.profile_id
        return card, shelved.offer.kind, shelved.offer.sku, shelved.region

    @property
    def token_price(self) -> TokenPrice | None:
        """The token price in force: the quote's, else the list's."""
        quote, row = self.shelved.quote, self.shelved.row
        if quote is not None and quote.price is not None:
            return quote.price
        return row if isinstance(row, TokenPrice) else None

    def usd(self, what: str, unit: str) -> Decimal | None:
        """One of its amounts."""
        return next((usd for name, usd, per in self.shelved.figures if name == what and per == unit), None)


def offer_rows(shelved: Iterable[Shelved], scenario: Scenario, plan: Plan | None) -> tuple[OfferRow, ...]:
    """Every offer in the order of the shelf."""
    models = {
        placement.chosen.model
        for placement in (plan.placements if plan else ())
        if placement.chosen is not None and placement.chosen.side is Side.DATACENTER
    }
    bought = {
        (capacity.how.rate_card, capacity.how.sku, capacity.how.region)
        for capacity in scenario.capacities
        if capacity.how.kind != "owned"
    }
    return tuple(OfferRow(each, _is_used(each, models, bought), _searched(each)) for each in shelved)


def _is_used(shelved: Shelved, models: set[str], bought: set[tuple[str, str, str]]) -> bool:
    if shelved.card is None:
        return shelved.offer.sku in models
    return (shelved.card.profile_id, shelved.offer.sku, shelved.region) in bought


def _searched(shelved: Shelved) -> str:
    offer = shelved.offer
    named = [shelved.title, offer.sku, shelved.vendor, shelved.region, KIND_WORDS[offer.kind], shelved.source]
    if isinstance(offer, InstanceOffer) and offer.accelerator is not None:
        named.append(offer.accelerator.name)
    if isinstance(offer, EnergyOffer):
        named.append(offer.customer)
    return " ".join(named).casefold()


def matching(
    rows: tuple[OfferRow, ...], search: str, *, kind: str = "", vendor: str = "", only_used: bool = False
) -> tuple[OfferRow, ...]:
    """Rows that hold every word searched for, of one kind and vendor where those are named."""
    sought = search.casefold().split()
    return tuple(
        row
        for row in rows
        if (not kind or row.shelved.offer.kind == kind)
        and (not vendor or row.shelved.vendor == vendor)
        and (row.used or not only_used)
        and all(word in row.words for word in sought)
    )


def price_sentence(rows: tuple[OfferRow, ...]) -> str:
    """«1,240 offers from 11 vendors, newest 10 Nov 2026; 2 of yours override list prices.»"""
    vendors = len({row.shelved.vendor for row in rows})
    own, used, stale = (sum(which(row) for row in rows) for which in (_is_own, _used, _is_stale))
    newest = max((row.shelved.read_on for row in rows if not _is_own(row)), default=None)
    told = [f"{own} of yours override{'s' if own == 1 else ''} list prices"] if own else []
    told.append(f"{used} {'is' if used == 1 else 'are'} used in this plan")
    if stale:
        told.append(f"{stale} {'is' if stale == 1 else 'are'} stale")
    head = f"{len(rows):,} offer{_s(len(rows))} from {vendors} vendor{_s(vendors)}, newest {text.day(newest)}"
    return f"{head}; {', '.join(told)}."


def _is_own(row: OfferRow) -> bool:
    return row.shelved.quote is not None


def _used(row: OfferRow) -> bool:
    return row.used


def _is_stale(row: OfferRow) -> bool:
    return row.shelved.is_stale


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def days_of(shelved: Shelved) -> tuple[date | None, date | None]:
    """From when and until when the price shown holds."""
    if shelved.quote is not None:
        return shelved.quote.date, shelved.quote.valid_until
    return (None, None) if shelved.row is None else (shelved.row.effective_from, shelved.row.effective_to)


def _whole_price(row: OfferRow) -> tuple[str, Decimal | None, str] | None:
    """What is charged by something else than tokens: the first of several amounts."""
    return None if row.shelved.offer.kind == "token" else next(iter(row.shelved.figures), None)


def _whole_words(row: OfferRow) -> str:
    if not row.shelved.figures:
        return "no price"
    found = _whole_price(row)
    if found is None:
        return ""
    return priced_words(*found) + (" …" if len(row.shelved.figures) > 1 else "")


def _whole_number(row: OfferRow) -> float | None:
    found = _whole_price(row)
    return None if found is None else _number(found[1])


def _figure_tooltip(row: OfferRow) -> str:
    shelved = row.shelved
    figures = "\n".join(f"{what}: {priced_words('', usd, unit)}" for what, usd, unit in shelved.figures)
    return (
        f"{figures or 'no price on this day'}\n{shelved.basis.value} · {shelved.source} · {text.day(shelved.read_on)}"
    )


def _rate_edit(what: str) -> Callable[[OfferRow, str], OfferRow]:
    """A rate of a token offer typed in: the others stay as they are in force."""

    def edit(row: OfferRow, words: str) -> OfferRow:
        price = row.token_price
        if price is None:
            raise PlannerError("this offer is not charged by the token", remedy="Edit the price that it states.")
        usd = None if words.strip() == NOT_NAMED else typed.money(words)
        if usd is None and what != "cached input":
            raise PlannerError("an offer needs this price", remedy="Leave the offer out instead.")
        free = price.free or usd == 0
        own = typed.changed(
            price,
            rates=typed.changed(price.rates, **{RATE_FIELDS[what]: usd}),
            effective_from=None,
            effective_to=None,
            introductory=False,
            provenance=None,
            free=free,
        )
        return replace(row, typed=Typed(price=own))

    return edit


def _hour_edit(row: OfferRow, words: str) -> OfferRow:
    if row.shelved.offer.kind != "instance":
        raise PlannerError("only machines are quoted by the hour", remedy="Use «Quote …» for this offer.")
    usd = typed.money(words)
    if usd is None:
        raise PlannerError("a quote needs its price", remedy="Remove the quote to go back to the list price.")
    return replace(row, typed=Typed(usd_per_h=usd))


def _hour_text(row: OfferRow) -> str:
    """What the editor of a machine's price starts with."""
    hour = row.usd("an hour", HOUR)
    return _whole_words(row) if hour is None else text.exact(hour)


def _number(usd: Decimal | None) -> float | None:
    return None if usd is None else float(usd)


def _rate_column(title: str, what: str, hint: str = "") -> Column[OfferRow]:
    def words(row: OfferRow) -> str:
        return "" if row.shelved.offer.kind != "token" or not row.shelved.figures else exact(row.usd(what, MTOK))

    return Column(
        title,
        words,
        unit="$/Mtok",
        sort=lambda row: _number(row.usd(what, MTOK)),
        numeric=True,
        tooltip=_figure_tooltip,
        edit=_rate_edit(what),
        hint=hint,
    )


def _quote_words(row: OfferRow) -> str:
    quote = row.shelved.quote
    return "" if quote is None else f"✎ {quote.author}"


def _quote_tooltip(row: OfferRow) -> str:
    quote = row.shelved.quote
    return "" if quote is None else row.shelved.source


OFFER_COLUMNS: tuple[Column[OfferRow], ...] = (
    Column(
        "Offer",
        lambda row: f"✓ {row.shelved.title}" if row.used else row.shelved.title,
        sort=lambda row: row.shelved.title.casefold(),
        tooltip=lambda row: f"{row.shelved.offer.sku}{', used in this plan' if row.used else ''}",
        widest_px=OFFER_PX,
        hint="✓: used in this plan",
    ),
    Column("Vendor", lambda row: row.shelved.vendor, tooltip=lambda row: row.shelved.vendor, widest_px=VENDOR_PX),
    Column("Kind", lambda row: KIND_WORDS[row.shelved.offer.kind]),
    _rate_column("In", "input"),
    _rate_column(
        "Cached",
        "cached input",
        hint="Input read from a prompt cache; not named: cached tokens pay the input price",
    ),
    _rate_column("Out", "output"),
    Column(
        "Price",
        _whole_words,
        sort=_whole_number,
        numeric=True,
        tooltip=_figure_tooltip,
        edit=_hour_edit,
        edit_text=_hour_text,
        widest_px=PRICE_PX,
        hint="Of what is not charged by the token: $/h of a machine on demand, $/GB, $/kWh; …: more in the details",
    ),
    Column(
        "Age",
        lambda row: age_words(row.shelved.age_days, stale=row.shelved.is_stale),
        sort=lambda row: row.shelved.age_days,
        numeric=True,
        meaning=lambda row: "caution" if row.shelved.is_stale else None,
        tooltip=lambda row: f"read on {text.day(row.shelved.read_on)} · {row.shelved.source}",
        hint="Days from reading the price to the day the plan speaks of; ▲ stale: look it up again",
    ),
    Column("Quote", _quote_words, tooltip=_quote_tooltip, hint="✎: your own price goes before the list's"),
    Column(
        "Region",
        lambda row: row.shelved.region,
        tooltip=lambda row: row.shelved.region or "not stated",
        widest_px=REGION_PX,
    ),
    Column(
        "Valid",
        lambda row: day_range(*days_of(row.shelved)),
        sort=lambda row: (days_of(row.shelved)[0] or date.min).isoformat(),
        tooltip=lambda row: day_range(*days_of(row.shelved)),
        widest_px=DAYS_PX,
        hint="From the first day until before the last",
    ),
    Column(
        "Basis",
        lambda row: row.shelved.basis.value,
        tooltip=lambda row: f"{row.shelved.basis.value} · {row.shelved.source}",
    ),
)
