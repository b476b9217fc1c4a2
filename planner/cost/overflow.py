"""What the work that capacity cannot take costs at a per-token price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from planner import text
from planner.basis import Quantity
from planner.cost.token_load import TokenLoad
from planner.errors import PriceError
from planner.prices.choice import chosen_price
from planner.prices.offers import Quote, TokenOffer, TokenRates, Variant
from planner.units import TOKENS_PER_MTOK


def overflow_usd_per_month(
    offer: TokenOffer, load: TokenLoad, on: date, quotes: Sequence[Quote] = ()
) -> Quantity | str:
    """USD a month for the whole load at the offer's per-token price of the day; a reason where it has none.

    Context tiers go by the mean run of the load, fees and minimums by its number of runs. Cached tokens keep
    their cached price: the vendor's cache is taken to hit as often as the capacity's.
    """
    try:
        chosen = chosen_price(offer, on=on, variant=Variant.STANDARD, quotes=quotes)
    except PriceError as error:
        return error.sentence
    price = chosen.price
    if load.requests <= 0:
        return Quantity(value=0.0, unit="USD/month", basis=chosen.confidence.basis, source=chosen.source)
    mean_input = load.input_tokens / load.runs
    rates, _ = price.rates_at(round(mean_input))
    fee = float(price.usd_per_request or 0)
    per_run = max(_usd(rates, load) / load.runs + fee, float(price.minimum_usd_per_request or 0))
    return Quantity(
        value=per_run * load.runs,
        unit="USD/month",
        basis=chosen.confidence.basis,
        source=f"{offer.title}, {chosen.source}",
        as_of=offer.as_of,
    )


def overflow_words(offer: TokenOffer, share: float) -> str:
    """How the part comes about."""
    return f"{text.share(share)} of the work at the per-token price of {offer.title}"


def _usd(rates: TokenRates, load: TokenLoad) -> float:
    cached = rates.cached_input_usd_per_mtok
    cached_rate = rates.input_usd_per_mtok if cached is None else cached
    paid: tuple[tuple[Decimal, float], ...] = (
        (rates.input_usd_per_mtok, load.uncached_tokens),
        (cached_rate, load.cached_tokens),
        (rates.output_usd_per_mtok, load.output_tokens),
    )
    return sum(float(rate) * tokens for rate, tokens in paid) / TOKENS_PER_MTOK
