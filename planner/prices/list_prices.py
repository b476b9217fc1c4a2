"""What managed models cost per token, past, present and announced, as the bundled genai-prices data say; offline."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.metadata import version

from genai_prices.data import providers
from genai_prices.types import ModelInfo, Provider

from planner.documents import Frozen
from planner.errors import PriceError
from planner.prices.dated import Confidence
from planner.prices.list_rows import not_priced_here, residency_multipliers, start_days, token_prices
from planner.prices.offers import RemoteService, ResidencyMultiplier, TokenOffer, TokenPrice

LOWEST_SIMILARITY = 0.5
NEAR_MATCHES = 4


class ListPrice(Frozen):
    """All dated prices of one model, with what the price data know about the model."""

    sku: str
    vendor: str
    title: str
    prices: tuple[TokenPrice, ...]
    residency_multipliers: tuple[ResidencyMultiplier, ...]
    context_tokens: int | None
    source_url: str  # the vendor's own price page
    note: str  # what else is charged for, and what the data remark


def data_source() -> str:
    """Package and version of the price data: «genai-prices 0.2.3»."""
    return f"genai-prices {data_version()}"


@cache
def data_version() -> str:
    """Version of the installed genai-prices; every offer names it, and the package's description is long."""
    return version("genai-prices")


def newest_price_day(until: date) -> date:
    """The last day, up to `until`, on which some price in the data starts: the data are no older than that.

    genai-prices carries no date of its own, so this lower bound stands in where nobody looked up the release's day.
    """
    starts = {start for provider in providers for model in provider.models for start in start_days(model)}
    begun = [start for start in starts if start <= until]
    if not begun:
        raise PriceError(
            f"the bundled price data know no price that had begun by {until.isoformat()}",
            where=data_source(),
            remedy="Choose a later day.",
        )
    return max(begun)


def list_price(sku: str, as_of: date, *, free: bool = False) -> ListPrice:
    """Every list price of `sku` (vendor/model, spelled exactly as genai-prices does): past, present and announced.

    `as_of` is the day of the price data: a price that ends later ends by announcement. Refused with a PriceError: an
    unknown sku (with near matches), a model without a price per token, and a price of zero unless the caller says that
    the model is `free`.
    """
    vendor, model = _model(sku)
    residency, notes = residency_multipliers(model)
    apart = [key.rsplit("_", 1)[0].replace("_", " ") for key in not_priced_here(model)]
    remarks = (
        f"Charged apart and in no price here: {', '.join(apart)}." if apart else "",
        *notes,
        model.price_comments or "",
        vendor.price_comments or "",
    )
    return ListPrice(
        sku=sku,
        vendor=vendor.name,
        title=model.name or model.id,
        prices=token_prices(sku, model, as_of=as_of, free=free),
        residency_multipliers=residency,
        context_tokens=model.context_window,
        source_url=(vendor.pricing_urls or [""])[0],
        note=" ".join(" ".join(remark.split()) for remark in remarks if remark),
    )


def list_offer(sku: str, as_of: date) -> TokenOffer:
    """A model of the price data as an offer, though nobody stated how fast it answers."""
    return offer_of(list_price(sku, as_of), as_of)


def offer_of(
    price: ListPrice,
    as_of: date,
    *,
    title: str = "",
    context_tokens: int | None = None,
    residency: tuple[str, ...] = (),
    service: RemoteService | None = None,
) -> TokenOffer:
    """The offer of a list price, with what somebody reviewed of the model beside it."""
    return TokenOffer(
        sku=price.sku,
        vendor=price.vendor,
        title=title or price.title,
        prices=price.prices,
        context_tokens=price.context_tokens or context_tokens,
        residency=residency,
        residency_multipliers=price.residency_multipliers,
        service=service,
        source=data_source(),
        source_url=price.source_url,
        confidence=Confidence.SECONDARY,  # genai-prices is a reviewed copy of the vendors' own pages
        as_of=as_of,
        note=price.note,
    )


def listed_skus() -> tuple[str, ...]:
    """Every model of the price data, as vendor/model."""
    return tuple(_models())


def _model(sku: str) -> tuple[Provider, ModelInfo]:
    found = _models().get(sku)
    if found is None:
        near = _near(sku, _models())
        remedy = f"Did you mean {', '.join(near)}?" if near else "Name it vendor/model, as in openai/gpt-4.1-mini."
        raise PriceError(f"no price for this model in {data_source()}", where=sku, remedy=remedy)
    return found


def _near(sku: str, known: Iterable[str]) -> list[str]:
    """Models of the same vendor first: a misspelled model is likelier than a misspelled vendor."""
    names = list(known)
    vendor = sku.split("/", 1)[0]
    same = [name for name in names if name.startswith(f"{vendor}/")]
    return difflib.get_close_matches(sku, same or names, n=NEAR_MATCHES, cutoff=LOWEST_SIMILARITY)


@cache
def _models() -> dict[str, tuple[Provider, ModelInfo]]:
    """Every model by its exact id; genai-prices itself matches loosely, which would price a misspelling."""
    return {f"{provider.id}/{model.id}": (provider, model) for provider in providers for model in provider.models}
