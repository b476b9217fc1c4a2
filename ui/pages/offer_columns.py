"""The Prices page's offers as data: columns, filters, details; a price typed in is a quote of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from planner import text
from planner.basis import Quantity
from planner.errors import PlannerError
from planner.placement.options import Side
from planner.placement.plan import Plan
from planner.prices.offers import PriceProfile, RemoteService, TokenOffer, TokenPrice, TokenRates, Variant
from ui.pages import typed
from ui.pages.option_words import explained
from ui.tables.columns import Column
from ui.widgets.details import Section

OWN_QUOTE = "own quote"
NOT_NAMED = "not named"
OFFER_PX, VENDOR_PX = 172, 104


@dataclass(frozen=True)
class OfferRow:
    """One offer, whether the plan uses it, and the day its price is asked for: a quote typed in carries it."""

    offer: TokenOffer
    used: bool
    today: date

    @property
    def is_own(self) -> bool:
        """Whether somebody typed its price in."""
        return self.offer.source == OWN_QUOTE

    @property
    def price(self) -> TokenPrice | None:
        """The standard price of the day; None where none is known."""
        return self.offer.price_on(self.today)

    @property
    def rates(self) -> TokenRates | None:
        """Its rates below every context tier."""
        return None if self.price is None else self.price.rates


def offer_rows(prices: PriceProfile, plan: Plan | None, today: date) -> tuple[OfferRow, ...]:
    """Every offer in the profile's order."""
    used = {
        placement.chosen.model
        for placement in (plan.placements if plan else ())
        if placement.chosen is not None and placement.chosen.side is Side.DATACENTER
    }
    return tuple(OfferRow(offer, offer.sku in used, today) for offer in prices.offers)


def matching(rows: tuple[OfferRow, ...], search: str, vendor: str, *, only_used: bool) -> tuple[OfferRow, ...]:
    """Rows that hold every word searched for, of one vendor where one is named."""
    words = search.casefold().split()
    return tuple(
        row
        for row in rows
        if all(word in f"{row.offer.title} {row.offer.sku} {row.offer.vendor}".casefold() for word in words)
        and vendor in ("", row.offer.vendor)
        and (row.used or not only_used)
    )


def price_sentence(prices: PriceProfile, rows: tuple[OfferRow, ...]) -> str:
    """«18 offers from 7 vendors, prices as of 10 Nov 2026; 3 are used in this plan.»"""
    vendors = len({offer.vendor for offer in prices.offers})
    own, used = sum(row.is_own for row in rows), sum(row.used for row in rows)
    count = len(prices.offers)
    yours = f", {own} with your own price" if own else ""
    return (
        f"{count} offer{'s' if count != 1 else ''} from {vendors} vendor{'s' if vendors != 1 else ''}, "
        f"prices as of {text.day(prices.data_as_of)}{yours}; {used} {'is' if used == 1 else 'are'} used in this plan."
    )


def offer_sections(row: OfferRow) -> tuple[Section, ...]:
    """Rates, context tiers, where the price and the service figures come from."""
    offer = row.offer
    price: list[str | tuple[str, str]] = [
        ("model", offer.sku),
        ("price from", f"{offer.source}, {text.day(offer.as_of)}"),
    ]
    if offer.source_url:
        price.append(("vendor's page", offer.source_url))
    price += _price_lines(row.price)
    price.append(("processed in", ", ".join(offer.residency) or "not stated"))
    service = offer.service
    return (
        Section(offer.title, tuple(price)),
        Section(
            "Service",
            (
                ("first token", _with_source(service.ttft_s) if service else text.UNKNOWN),
                ("speed of one stream", _with_source(service.decode_tok_s) if service else text.UNKNOWN),
            ),
        ),
    )


def _price_lines(price: TokenPrice | None) -> list[tuple[str, str]]:
    if price is None:
        return [("price", "none known on this day")]
    lines = [("cache write", _per_mtok(price.rates.cache_write_usd_per_mtok))]
    lines += [
        (f"above {text.exact(tier.above_input_tokens)} input tokens", _rates_words(tier.rates)) for tier in price.tiers
    ]
    if price.effective_to is not None:
        lines.append(("holds until", text.day(price.effective_to)))
    return lines


def _with_source(figure: Quantity) -> str:
    return f"{text.quantity(figure)} · {figure.basis.value} · {figure.source} · {text.day(figure.as_of)}"


def _rates_words(rates: TokenRates) -> str:
    return (
        f"input {_per_mtok(rates.input_usd_per_mtok)}, cached {_per_mtok(rates.cached_input_usd_per_mtok)}, "
        f"output {_per_mtok(rates.output_usd_per_mtok)}"
    )


def _per_mtok(usd: Decimal | None) -> str:
    return NOT_NAMED if usd is None else f"${text.exact(usd)}/Mtok"


def _exact(usd: Decimal | None) -> str:
    return NOT_NAMED if usd is None else text.exact(usd)


def _number(usd: Decimal | None) -> float | None:
    return None if usd is None else float(usd)


def _quoted(name: str, *, needed: bool) -> Callable[[OfferRow, str], OfferRow]:
    """An edit of one rate; the offer then says that the price is the user's own, and it holds on every day."""

    def edit(row: OfferRow, words: str) -> OfferRow:
        usd = None if words.strip() == NOT_NAMED else typed.money(words)
        if usd is None and needed:
            raise PlannerError("an offer needs this price", remedy="Leave the offer out instead.")
        if row.price is None:
            raise PlannerError("no price of this offer is known on this day", remedy="Choose another day.")
        own = typed.changed(
            row.price,
            rates=typed.changed(row.price.rates, **{name: usd}),
            effective_from=None,
            effective_to=None,
            introductory=False,
            provenance=None,
        )
        others = tuple(price for price in row.offer.prices if price.variant is not Variant.STANDARD)
        offer = typed.changed(row.offer, prices=(own, *others), source=OWN_QUOTE, source_url="", as_of=row.today)
        return replace(row, offer=offer)

    return edit


def _usd(name: str) -> Callable[[OfferRow], Decimal | None]:
    return lambda row: None if row.rates is None else getattr(row.rates, name)


def _digits(name: str) -> Callable[[OfferRow], str]:
    return lambda row: text.UNKNOWN if row.rates is None else _exact(_usd(name)(row))


def _figure(name: str) -> Callable[[OfferRow], Quantity | None]:
    def of(service: RemoteService | None) -> Quantity | None:
        return None if service is None else getattr(service, name)

    return lambda row: of(row.offer.service)


def _rate_column(title: str, name: str, *, needed: bool, hint: str = "") -> Column[OfferRow]:
    return Column(
        title,
        _digits(name),
        unit="$/Mtok",
        sort=lambda row: _number(_usd(name)(row)),
        numeric=True,
        edit=_quoted(name, needed=needed),
        hint=hint,
    )


def _service_column(title: str, name: str) -> Column[OfferRow]:
    figure = _figure(name)

    def value(row: OfferRow) -> float | None:
        found = figure(row)
        return None if found is None else found.value

    return Column(
        title,
        lambda row: text.quantity(figure(row), interval=False),
        sort=value,
        numeric=True,
        tooltip=lambda row: explained(figure(row)),
    )


OFFER_COLUMNS: tuple[Column[OfferRow], ...] = (
    Column(
        "Offer",
        lambda row: f"✓ {row.offer.title}" if row.used else row.offer.title,
        tooltip=lambda row: f"{row.offer.sku}{', used in this plan' if row.used else ''}",
        widest_px=OFFER_PX,
        hint="✓: used in this plan",
    ),
    Column("Vendor", lambda row: row.offer.vendor, tooltip=lambda row: row.offer.vendor, widest_px=VENDOR_PX),
    _rate_column("Input", "input_usd_per_mtok", needed=True),
    _rate_column(
        "Cached",
        "cached_input_usd_per_mtok",
        needed=False,
        hint="Input read from a prompt cache; not named: cached tokens pay the input price",
    ),
    _rate_column("Output", "output_usd_per_mtok", needed=True),
    _service_column("TTFT", "ttft_s"),
    _service_column("Speed", "decode_tok_s"),
    Column(
        "Context",
        lambda row: text.exact(row.offer.context_tokens),
        unit="tok",
        sort=lambda row: row.offer.context_tokens,
        numeric=True,
    ),
    Column("As of", lambda row: text.day(row.offer.as_of), sort=lambda row: row.offer.as_of.isoformat()),
    Column("Price", lambda row: OWN_QUOTE if row.is_own else "list price", tooltip=lambda row: row.offer.source),
)
