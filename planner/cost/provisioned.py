"""How much of a reserved unit's throughput a load takes, and what a unit costs a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planner import text
from planner.basis import Basis, Doubt, Quantity
from planner.cost.bought import Bought, PriceRow, Unpriced
from planner.errors import UnknownNameError
from planner.prices.dated import row_on
from planner.prices.kinds.provisioned import ProvisionedOffer, UnitModel, UnitPrice
from planner.prices.offers import Quote
from planner.prices.quotes import quote_words, unit_usd
from planner.prices.rate_card import RateCard
from planner.units import HOURS_PER_MONTH

SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True)
class Weights:
    """What one token of each kind takes of a unit's throughput.

    Google: (inputs × weight + outputs × weight) × queries per second against the GSUs' throughput (Vertex AI,
    Calculate Provisioned Throughput requirements). Azure: one output token of gpt-4.1 counts as four input tokens per
    minute, «cached tokens are deducted 100 % from the utilization» (provisioned-throughput-onboarding).
    """

    input_weight: float
    cached_weight: float
    output_weight: float


def unit_model(offer: ProvisionedOffer, name: str) -> UnitModel:
    """The offer's own statement on a model."""
    found = next((each for each in offer.models if each.model == name), None)
    if found is None:
        known = ", ".join(each.model for each in offer.models)
        raise UnknownNameError(f"{offer.sku} has no unit for {name!r}", remedy=f"It serves {known}.")
    return found


def weights_of(model: UnitModel) -> Weights | str:
    """The weights, or why the load of this model cannot be counted.

    Without a weight for cached input it counts as other input: too many units rather than too few.
    """
    if model.output_weight is None:
        return f"the weight of output tokens of {model.model} is not public"
    cached = model.input_weight if model.cached_weight is None else model.cached_weight
    return Weights(model.input_weight, cached, model.output_weight)


def throughput_per_s(model: UnitModel) -> float | str:
    """Weighted tokens per second of one unit; a statement in input tokens per minute is divided by 60."""
    if model.throughput_per_unit is None:
        return f"the throughput of one unit of {model.model} is not public"
    per_minute = model.basis == "input_tok_per_min"
    return model.throughput_per_unit / (SECONDS_PER_MINUTE if per_minute else 1.0)


def reserved_unit(
    card: RateCard, offer: ProvisionedOffer, term_months: float, on: date, quotes: Sequence[Quote] = ()
) -> Bought | Unpriced:
    """One unit a month: 730 h at an hourly price, or the price of a month; a term paid up front is amortised over it.

    A user's quote of a unit's month goes before the list. A row without a public price gives the vendor's reason.
    """
    quote = _quote_for(card, offer, quotes, on)
    row = row_on([each for each in offer.prices if each.term_months == term_months], on)
    if row is None and quote is None:
        return Unpriced((f"{offer.sku} has no price for a term of {term_months:g} months on {on.isoformat()}",))
    if quote is not None:
        return _bought(offer, row, term_months, _quoted(quote), quoted=True)
    if row is None:
        raise AssertionError("a row or a quote was found")
    provenance = card.provenance_of(row)
    usd = _usd_per_month(row)
    if usd is None:
        return Unpriced((f"one {offer.unit_name} of {offer.sku}: {row.reason}",))
    figure = Quantity(
        value=usd,
        unit="USD/month",
        basis=provenance.confidence.basis,
        source=provenance.source,
        as_of=provenance.retrieved,
    )
    return _bought(offer, row, term_months, figure, source_url=provenance.source_url)


def _bought(
    offer: ProvisionedOffer,
    row: UnitPrice | None,
    term_months: float,
    usd: Quantity,
    *,
    source_url: str = "",
    quoted: bool = False,
) -> Bought:
    hourly = term_months == 0
    upfront = row is not None and row.paid_upfront and term_months > 0
    shown = usd.value / HOURS_PER_MONTH if hourly else usd.value
    return Bought(
        unit=offer.unit_name,
        effective_usd_per_month=usd,
        upfront_usd=usd.value * term_months if upfront else 0.0,
        recurring_usd_per_month=0.0 if upfront else usd.value,
        term_months=term_months,
        paid_hours_per_month=HOURS_PER_MONTH,
        driver="rented_price",
        how=(
            f"{text.money(shown)} {'an hour' if hourly else 'a month'} for one {offer.unit_name}"
            + (f", {term_months:g} months" if term_months else ", ended at will")
            + (", paid up front" if upfront else "")
        ),
        rows=(
            PriceRow(
                sku=offer.sku,
                unit="unit-hour" if hourly else "unit-month",
                usd=shown,
                list_usd=_list_usd(offer, row, hourly=hourly),
                category="Standard" if hourly else "Committed",
                source=usd.source,
                source_url=source_url,
                effective_from="" if row is None or row.effective_from is None else row.effective_from.isoformat(),
            ),
        ),
        quoted=quoted,
        doubts=_reservation_doubts(offer),
    )


def _list_usd(offer: ProvisionedOffer, row: UnitPrice | None, *, hourly: bool) -> float | None:
    """The price without a promise, in the same unit; None where the vendor states none."""
    without = next((each for each in offer.prices if each.term_months == 0), row)
    usd = None if without is None else _usd_per_month(without)
    return None if usd is None else (usd / HOURS_PER_MONTH if hourly else usd)


def _usd_per_month(row: UnitPrice) -> float | None:
    if row.usd_per_unit_month is not None:
        return float(row.usd_per_unit_month)
    return None if row.usd_per_unit_h is None else float(row.usd_per_unit_h) * HOURS_PER_MONTH


def _quoted(quote: Quote) -> Quantity:
    return Quantity(
        value=float(quote.usd_per_unit_month or 0),
        unit="USD/month",
        basis=Basis.PUBLISHED,
        source=quote_words(quote),
        as_of=quote.date,
    )


def _quote_for(card: RateCard, offer: ProvisionedOffer, quotes: Sequence[Quote], on: date) -> Quote | None:
    return unit_usd(card, offer, offer.prices[0], quotes, on).quote


def _reservation_doubts(offer: ProvisionedOffer) -> tuple[Doubt, ...]:
    if offer.reserves_capacity is not False:
        return ()
    return (
        Doubt(
            kind="ReservesNoCapacity",
            subject=offer.sku,
            sentence=f"Paying for {offer.unit_name}s of {offer.sku} is a discount; it reserves no hardware.",
            advice="Deploy the units before you buy the term, and keep them deployed.",
        ),
    )
