"""What a reader of a rate card should doubt: each warning with its size, the offers it concerns and the next step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from planner import text
from planner.basis import Doubt
from planner.prices.dated import Confidence, DatedRow
from planner.prices.freshness import card_age_doubts, named, prices_named
from planner.prices.kinds.charges import EgressPrice, RequestPrice, StoragePrice
from planner.prices.kinds.instance import InstanceOffer, InstancePrice, PurchaseOption
from planner.prices.kinds.local import DevicePrice, EnergyPrice
from planner.prices.kinds.provisioned import UnitPrice
from planner.prices.offers import TokenOffer, TokenPrice
from planner.prices.rate_card import Offer, RateCard

WIDEST_SPREAD = Decimal("1.6")  # dearest over cheapest region of one sku, on demand


def card_doubts(card: RateCard, on: date, horizon_end: date | None = None) -> tuple[Doubt, ...]:
    """Every doubt about the prices of a card that hold on this day, in a fixed order (prices.md §3).

    `EstimatedPrice`, `SecondarySource`, `StalePrices`, `RegionalSpread`, `IntroductoryEnds` (before `horizon_end`),
    `NoOnDemandPrice`, `ZeroPrice`.
    """
    return (
        *_by_confidence(card, on),
        *card_age_doubts(card, card.offers, on),
        *spread_doubts((card,), on),
        *_introductory(card, on, horizon_end),
        *_no_on_demand(card, on),
        *_zero(card, on),
    )


def spread_doubts(cards: Iterable[RateCard], on: date) -> Iterator[Doubt]:
    """`RegionalSpread` for each sku of one service whose dearest region costs over 1.6 times the cheapest."""
    found = [
        ((card.vendor.service, offer.sku), offer.region, price)
        for card in cards
        for offer in card.offers
        if isinstance(offer, InstanceOffer) and (price := on_demand_usd_per_h(offer, on))
    ]
    for (service, sku), group in groupby(sorted(found), key=lambda each: each[0]):
        by_price = sorted((price, region) for _, region, price in group)
        (low, cheapest), (high, dearest) = by_price[0], by_price[-1]
        if high > WIDEST_SPREAD * low:
            yield Doubt(
                kind="RegionalSpread",
                subject=sku,
                sentence=(
                    f"{service} {sku} costs {text.exact(round(high / low, 2))} times as much in {dearest} "
                    f"as in {cheapest}."
                ),
                advice="Check both rows at their source; then decide whether the work may run in the cheaper region.",
            )


def on_demand_usd_per_h(offer: InstanceOffer, on: date) -> Decimal | None:
    """The on-demand price of a machine on this day; None where none is public."""
    return next(
        (row.usd_per_h for row in offer.prices if row.option is PurchaseOption.ON_DEMAND and row.in_force(on)), None
    )


def prices_of(row: DatedRow) -> tuple[Decimal, ...]:
    """Every amount of money a row charges by."""
    match row:
        case TokenPrice():
            rates = (row.rates, *(tier.rates for tier in row.tiers))
            found = [amount for each in rates for amount in (each.input_usd_per_mtok, each.output_usd_per_mtok)]
        case InstancePrice():
            found = [row.usd_per_h]
        case UnitPrice():
            found = [row.usd_per_unit_h, row.usd_per_unit_month]
        case RequestPrice():
            found = [row.usd_per_1000]
        case EgressPrice():
            found = [tier.usd_per_gb for tier in row.tiers]
        case StoragePrice():
            found = [row.usd_per_mtok_h, row.usd_per_gb_month]
        case EnergyPrice():
            found = [row.usd_per_kwh]
        case DevicePrice():
            found = [row.usd]
        case _:
            raise AssertionError(type(row).__name__)
    return tuple(amount for amount in found if amount is not None)


def _rows(card: RateCard, on: date) -> Iterator[tuple[Offer, DatedRow]]:
    for offer in card.offers:
        for row in offer.prices:
            if row.in_force(on) and prices_of(row):
                yield offer, row


def _by_confidence(card: RateCard, on: date) -> Iterator[Doubt]:
    said: dict[Confidence, list[str]] = {}
    for offer, row in _rows(card, on):
        # A token offer names its own source; its rows have no other.
        confidence = card.provenance_of(row).confidence
        if not isinstance(offer, TokenOffer) or row.provenance is not None:
            said.setdefault(confidence, []).append(offer.sku)
    if estimated := said.get(Confidence.ESTIMATE):
        yield Doubt(
            kind="EstimatedPrice",
            subject=card.title,
            sentence=f"{card.title}: {_prices(estimated)} computed from other published figures, not listed.",
            advice="Ask the vendor for a quote and enter it.",
        )
    if secondary := said.get(Confidence.SECONDARY):
        yield Doubt(
            kind="SecondarySource",
            subject=card.title,
            sentence=f"{card.title}: {_prices(secondary)} read in a copy of the source, not at the source.",
            advice="Look it up at the address the row names, or enter your own quote.",
        )


def _prices(skus: Sequence[str]) -> str:
    return f"{prices_named(skus)} {'is' if len(set(skus)) == 1 else 'are'}"


def _introductory(card: RateCard, on: date, horizon_end: date | None) -> Iterator[Doubt]:
    for offer, row in _rows(card, on):
        end = row.effective_to
        if not row.introductory or horizon_end is None or end is None or end >= horizon_end:
            continue
        yield Doubt(
            kind="IntroductoryEnds",
            subject=offer.sku,
            sentence=(
                f"The introductory price of {offer.sku} ends on {text.day(end)}, inside the horizon; "
                f"{_what_follows(offer, row, end)}."
            ),
            advice="Compare at the price that follows, or ask the vendor to hold this one.",
        )


def _what_follows(offer: Offer, row: DatedRow, end: date) -> str:
    later = next((each for each in offer.prices if each.in_force(end) and _way(each) == _way(row)), None)
    before, after = prices_of(row), () if later is None else prices_of(later)
    if not after or not max(before):
        return "no price is known after it"
    return f"what follows costs up to {text.exact(round(max(after) / max(before), 2))} times as much"


def _way(row: DatedRow) -> tuple[object, ...]:
    """What distinguishes the prices of one offer that hold on the same day."""
    match row:
        case TokenPrice():
            return row.variant, row.hours
        case InstancePrice():
            return row.option, row.commitment, row.block_days
        case UnitPrice():
            return (row.term_months,)
        case _:
            return ()


def _no_on_demand(card: RateCard, on: date) -> Iterator[Doubt]:
    missing = [
        offer.sku
        for offer in card.offers
        if isinstance(offer, InstanceOffer) and on_demand_usd_per_h(offer, on) is None
    ]
    if missing:
        yield Doubt(
            kind="NoOnDemandPrice",
            subject=card.title,
            sentence=f"{card.title}: no on-demand price is known for {named(tuple(dict.fromkeys(missing)))}.",
            advice="Spot and commitments cannot be compared without it; ask the vendor and enter a quote.",
        )


def _zero(card: RateCard, on: date) -> Iterator[Doubt]:
    unmarked = [offer.sku for offer, row in _rows(card, on) if not row.free and 0 in prices_of(row)]
    if unmarked:
        yield Doubt(
            kind="ZeroPrice",
            subject=card.title,
            sentence=f"{card.title}: {_prices(unmarked)} zero, which more often means unknown than free.",
            advice="Mark the row `free = true` if the vendor really charges nothing.",
        )
