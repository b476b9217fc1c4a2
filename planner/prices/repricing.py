"""A price profile as it stood on another day: what was sold then at what price, and what has no known price of then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner import text
from planner.basis import Doubt
from planner.prices.offers import PriceProfile, TokenOffer, Variant

NAMED = 8  # offers named in one sentence


@dataclass(frozen=True)
class Repriced:
    """The offers that had a price on a day, and what to doubt about those prices."""

    profile: PriceProfile
    left_out: tuple[TokenOffer, ...]  # no price of that day is known: never taken for free
    doubts: tuple[Doubt, ...]


def repriced(profile: PriceProfile, on: date) -> Repriced:
    """The profile with the offers that had a price on this day, each as it is now or as it stood then.

    An offer that was replaced since is taken as it stood on the day, unless the one of today knows by date what held
    then. Quotes carry their own days and stay.
    """
    offers = [_as_of(profile, offer, on) for offer in _all_offers(profile, on)]
    kept = tuple(offer for offer in offers if _has_price(offer, on))
    left_out = tuple(offer for offer in offers if not _has_price(offer, on))
    doubts = [*_missing(left_out, on), *_undated(kept, on, profile)]
    return Repriced(profile.model_copy(update={"offers": kept}), left_out, tuple(doubts))


def _all_offers(profile: PriceProfile, on: date) -> tuple[TokenOffer, ...]:
    """Today's offers, then those that an import has taken away since."""
    skus = {offer.sku for offer in profile.offers}
    gone = {each.offer.sku: each.offer for each in reversed(profile.replaced) if each.replaced_on > on}
    return (*profile.offers, *(offer for sku, offer in sorted(gone.items()) if sku not in skus))


def _as_of(profile: PriceProfile, offer: TokenOffer, on: date) -> TokenOffer:
    dated = [row for row in offer.prices if row.variant is Variant.STANDARD and row.in_force(on) and row.effective_from]
    then = next(
        (each.offer for each in profile.replaced if each.offer.sku == offer.sku and each.replaced_on > on), None
    )
    return then if then is not None and not dated and _has_price(then, on) else offer


def _has_price(offer: TokenOffer, on: date) -> bool:
    return Variant.STANDARD in offer.variants_on(on)


def _missing(offers: tuple[TokenOffer, ...], on: date) -> list[Doubt]:
    if not offers:
        return []
    return [
        Doubt(
            kind="NoPriceThen",
            subject=", ".join(offer.sku for offer in offers),
            sentence=f"Left out, because no price is known for {text.day(on)}: {_titles(offers)}.",
            advice="Enter what was charged then as a quote, if you know it.",
        )
    ]


def _undated(offers: tuple[TokenOffer, ...], on: date, profile: PriceProfile) -> list[Doubt]:
    """A price without a first day says nothing of the days before anybody looked."""
    if on >= profile.data_as_of:
        return []
    undated = [
        offer
        for offer in offers
        if any(
            row.variant is Variant.STANDARD and row.effective_from is None and row.in_force(on) for row in offer.prices
        )
    ]
    if not undated:
        return []
    return [
        Doubt(
            kind="UndatedPrice",
            subject=", ".join(offer.sku for offer in undated),
            sentence=(
                f"The price data do not say since when the price holds that is taken for {text.day(on)}, "
                f"nor whether the model was sold by then: {_titles(tuple(undated))}."
            ),
            advice="Check those against an invoice of the time.",
        )
    ]


def _titles(offers: tuple[TokenOffer, ...]) -> str:
    named = ", ".join(offer.title for offer in offers[:NAMED])
    return named if len(offers) <= NAMED else f"{named} and {len(offers) - NAMED} more"
