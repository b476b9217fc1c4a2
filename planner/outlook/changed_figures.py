"""Documents with one figure multiplied: prices to the twelfth digit, quantities with their interval, speeds, owners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from planner.basis import Quantity
from planner.prices.offers import Quote, TokenOffer, TokenPrice, TokenRates
from planner.profiles.performance import ModelPerformance, RatePoint
from planner.profiles.profile import Ownership
from planner.scenario import Fleet, Scenario

DIGITS = 12  # of a factor: money is exact, so what it is multiplied by has to end


def times(figure: Quantity, factor: float) -> Quantity:
    """A quantity so many times as large, its interval too."""
    low, high = (None if end is None else end * factor for end in (figure.low, figure.high))
    value = figure.value * factor
    if low is not None and high is not None:  # rounding must not leave the value outside
        low, high = min(low, value), max(high, value)
    return figure.model_copy(update={"value": value, "low": low, "high": high})


def usd_times(usd: Decimal, factor: float) -> Decimal:
    """Money so many times as much."""
    return usd * Decimal(f"{factor:.{DIGITS}g}")


def repriced(scenario: Scenario, sku: str | None, factor: float) -> Scenario:
    """Every token price of one offer, or of all, list prices and the user's own quotes alike."""
    prices = scenario.prices
    offers = tuple(_offer(each, factor) if sku in {None, each.sku} else each for each in prices.offers)
    quotes = tuple(_quote(each, factor) if sku in {None, each.sku} else each for each in prices.quotes)
    return scenario.model_copy(update={"prices": prices.model_copy(update={"offers": offers, "quotes": quotes})})


def faster(known: ModelPerformance, factor: float) -> ModelPerformance:
    """A model on a device that prefills and decodes so many times as fast."""

    def point(each: RatePoint) -> RatePoint:
        return each.model_copy(update={"tok_s": times(each.tok_s, factor)})

    return known.model_copy(
        update={
            "prefill": tuple(point(each) for each in known.prefill),
            "decode": tuple(point(each) for each in known.decode),
        }
    )


def owned(fleet: Fleet, change: Callable[[Ownership], Mapping[str, object]]) -> Fleet:
    """A fleet whose owner states something else."""
    ownership = fleet.profile.ownership
    changed = ownership.model_copy(update=dict(change(ownership)))
    return fleet.model_copy(update={"profile": fleet.profile.model_copy(update={"ownership": changed})})


def _offer(offer: TokenOffer, factor: float) -> TokenOffer:
    return offer.model_copy(update={"prices": tuple(_price(each, factor) for each in offer.prices)})


def _quote(quote: Quote, factor: float) -> Quote:
    return quote if quote.price is None else quote.model_copy(update={"price": _price(quote.price, factor)})


def _price(price: TokenPrice, factor: float) -> TokenPrice:
    fees = {
        name: None if usd is None else usd_times(usd, factor)
        for name, usd in (
            ("usd_per_request", price.usd_per_request),
            ("minimum_usd_per_request", price.minimum_usd_per_request),
        )
    }
    tiers = tuple(tier.model_copy(update={"rates": _rates(tier.rates, factor)}) for tier in price.tiers)
    return price.model_copy(update={"rates": _rates(price.rates, factor), "tiers": tiers, **fees})


def _rates(rates: TokenRates, factor: float) -> TokenRates:
    return rates.model_copy(update={name: usd_times(usd, factor) for name, usd in rates if isinstance(usd, Decimal)})
