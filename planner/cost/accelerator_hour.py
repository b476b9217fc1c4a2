"""What an accelerator's hour costs on demand: the offers that hold it, one of them, or the user's own price."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from planner import text
from planner.basis import Basis, Doubt, Quantity, weakest
from planner.cost.rented import rows_of
from planner.errors import PriceError
from planner.prices.dated import row_on
from planner.prices.freshness import is_stale
from planner.prices.kinds.instance import InstanceOffer, PurchaseOption
from planner.prices.rate_card import RateCard

BY_CHIP = "TPU-"  # Google sells them by the chip and joins them in slices


@dataclass(frozen=True)
class AcceleratorHour:
    """USD for an hour of one accelerator with its share of the machine; None with the reason where nobody sells it."""

    usd_per_h: Quantity | None
    machines: tuple[str, ...] = ()  # the offers it rests on, cheapest first
    reason: str = ""
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class _Sold:
    words: str
    count: float
    usd_per_h: Quantity  # of one accelerator
    by_chip: bool  # chips that are bought one by one and joined


def own_hour(usd_per_h: float, on: date) -> AcceleratorHour:
    """A price the user names: as good as a published one, and exact."""
    return AcceleratorHour(
        Quantity(value=usd_per_h, unit="USD/h", basis=Basis.PUBLISHED, source="own price, as typed", as_of=on)
    )


def accelerator_hour(cards: Iterable[RateCard], name: str, count: int, on: date) -> AcceleratorHour:
    """The median over every machine with that many of this accelerator; its interval spans the offers.

    Where no machine holds exactly that many, larger ones count, and that is doubted: they are rented whole. Where none
    is large enough the price is unknown. TPUs are sold by the chip, so any number of them has the chip's price.
    """
    sold = [each for card in cards for each in _sold(card, name, on)]
    exact = [each for each in sold if each.count == count or (each.by_chip and count > 1)]
    larger = [each for each in sold if each.count > count]
    if not exact and not larger:
        largest = max((each.count for each in sold), default=0.0)
        said = f"none of more than {largest:g}" if sold else "none at all"
        return AcceleratorHour(None, reason=f"no rate card sells a machine with {count} × {name} on demand: {said}")
    used = sorted(exact or larger, key=lambda each: each.usd_per_h.value)
    doubts = (*(() if exact else (_whole_machine(name, count, used),)), *_stale(used, on))
    return AcceleratorHour(_median(used), tuple(each.words for each in used), doubts=doubts)


def offered_hour(cards: Sequence[RateCard], sku: str, region: str | None, name: str, on: date) -> AcceleratorHour:
    """The hour of one accelerator in a named offer; refused where it is not sold, unclear, or holds another one."""
    offers = [
        (card, offer)
        for card in cards
        for offer in card.offers
        if isinstance(offer, InstanceOffer) and offer.sku == sku and region in (None, offer.region)
    ]
    if not offers:
        raise PriceError(
            f"no machine is called {sku!r}{'' if region is None else f' in {region}'}",
            where="--sku",
            remedy="«edgewise prices list» names them.",
        )
    if len(offers) > 1:
        regions = ", ".join(offer.region for _, offer in offers)
        raise PriceError(f"{sku} is sold in several places", where="--region", remedy=f"Name one of: {regions}.")
    card, offer = offers[0]
    held = offer.accelerator
    if held is None or not _same(held.name, name):
        raise PriceError(f"{sku} holds {held.name if held else 'no accelerator'}, not {name}", where="--sku")
    found = _hour(card, offer, on)
    if found is None:
        return AcceleratorHour(None, reason=f"{sku} has no on-demand price on {on.isoformat()}")
    return AcceleratorHour(found.usd_per_h, (found.words,), doubts=_stale([found], on))


def _sold(card: RateCard, name: str, on: date) -> Iterable[_Sold]:
    for offer in card.offers:
        if isinstance(offer, InstanceOffer) and offer.accelerator and _same(offer.accelerator.name, name):
            found = _hour(card, offer, on)
            if found is not None:
                yield found


def _hour(card: RateCard, offer: InstanceOffer, on: date) -> _Sold | None:
    """One accelerator's share of the machine's hour, host included; None where a part has no price that day."""
    host = card.host_of(offer)
    parts = [_on_demand(card, each, on) for each in (offer, host) if each is not None]
    priced = [each for each in parts if each is not None]
    if offer.accelerator is None or len(priced) < len(parts):
        return None
    count = offer.accelerator.count
    value, low, high = (
        sum(ends) / count for ends in zip(*((each.value, *each.bounds) for each in priced), strict=True)
    )
    usd = Quantity(
        value=value,
        low=low,
        high=high,
        unit="USD/h",
        basis=weakest(*(each.basis for each in priced)),
        source="; ".join(dict.fromkeys(each.source for each in priced)),
        as_of=min(each.as_of for each in priced if each.as_of),
    )
    where = f" in {offer.region}" if offer.region else ""
    words = f"{card.title}: {offer.sku}{where}, {count:g} × {offer.accelerator.name}, {text.money(value)} each"
    by_chip = count == 1 and offer.accelerator.name.startswith(BY_CHIP)
    return _Sold(words, count, usd, by_chip)


def _on_demand(card: RateCard, offer: InstanceOffer, on: date) -> Quantity | None:
    row = row_on(rows_of(offer, PurchaseOption.ON_DEMAND), on)
    if row is None or row.usd_per_h is None:
        return None
    low, high = row.usd_per_h_low, row.usd_per_h_high
    provenance = card.provenance_of(row)
    return Quantity(
        value=float(row.usd_per_h),
        low=float(row.usd_per_h if low is None else low),
        high=float(row.usd_per_h if high is None else high),
        unit="USD/h",
        basis=provenance.confidence.basis,
        source=provenance.source,
        as_of=provenance.retrieved,
    )


def _median(used: Sequence[_Sold]) -> Quantity:
    if len(used) == 1:
        return used[0].usd_per_h
    return Quantity(
        value=statistics.median(each.usd_per_h.value for each in used),
        low=min(each.usd_per_h.bounds[0] for each in used),
        high=max(each.usd_per_h.bounds[1] for each in used),
        unit="USD/h",
        basis=weakest(*(each.usd_per_h.basis for each in used)),
        source=f"median of {len(used)} on-demand offers in the rate cards",
        as_of=min(each.usd_per_h.as_of for each in used if each.usd_per_h.as_of),
    )


def _same(held: str, wanted: str) -> bool:
    return held.casefold() == wanted.casefold()


def _whole_machine(name: str, count: int, used: Sequence[_Sold]) -> Doubt:
    counts = sorted({each.count for each in used})
    held = " or ".join(f"{each:g}" for each in counts)
    return Doubt(
        kind="WholeMachine",
        subject=name,
        sentence=f"No rate card sells a machine with {count} × {name}; the price is a share of machines with {held}.",
        advice="They are rented whole: the price holds where the rest of the machine works as well, else use --price.",
    )


def _stale(used: Sequence[_Sold], on: date) -> tuple[Doubt, ...]:
    old = [each for each in used if each.usd_per_h.as_of and is_stale(each.usd_per_h.as_of, on)]
    if not old:
        return ()
    oldest = min(each.usd_per_h.as_of for each in old if each.usd_per_h.as_of)
    return (
        Doubt(
            kind="StalePrice",
            subject=used[0].words.split(":")[0] if len(used) == 1 else "accelerator hours",
            sentence=f"{len(old)} of {len(used)} prices are old; the oldest was read on {text.day(oldest)}.",
            advice="Name what you pay with --price, or a machine with --sku.",
        ),
    )
