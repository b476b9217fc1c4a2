"""Which managed models a scenario may choose from, resolved into dated token offers."""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path

from pydantic import Field

from planner.basis import Basis, Quantity
from planner.documents import Frozen, read_document
from planner.errors import UnknownNameError
from planner.prices.list_prices import data_source, data_version, list_price, newest_price_day, offer_of
from planner.prices.offers import PriceProfile, RemoteService, TokenOffer
from planner.prices.timeline import clipped
from planner.units import Unit

CATALOG = Path(__file__).with_name("catalog")

Interval = tuple[float, float, float]  # value, low, high


class ChosenOffer(Frozen):
    """One row of a catalog file: which model, and how fast it answers. Prices come from the price data."""

    sku: str
    title: str
    free: bool = False
    context_tokens: int | None = Field(default=None, gt=0)  # only where the price data do not know it
    sold_since: date | None = None  # the first day it could be bought; None: nobody looked it up
    residency: tuple[str, ...] = ()
    ttft_s: Interval
    decode_tok_s: Interval
    service_basis: Basis
    service_source: str = Field(min_length=1)
    service_url: str = ""
    service_as_of: date | None = None  # None: the day the file was reviewed


class ChosenOffers(Frozen):
    """A catalog file: the reviewed choice of models behind one price profile."""

    profile_id: str
    title: str
    reviewed: date
    data_date: dict[str, date]  # release day of each genai-prices version somebody looked up
    offer: tuple[ChosenOffer, ...] = Field(min_length=1)


def price_profile_ids() -> tuple[str, ...]:
    """Names of the bundled price profiles, sorted."""
    return tuple(sorted(path.stem for path in CATALOG.glob("*.toml")))


def price_profile(profile_id: str = "managed-apis", *, on: date | None = None) -> PriceProfile:
    """A bundled price profile with every dated list price of its models.

    `on` bounds the day the data are of, where nobody looked up the day of this release (None: the day of the review).
    """
    chosen = _chosen(profile_id)
    as_of = _data_day(chosen, on)
    return PriceProfile(
        profile_id=chosen.profile_id,
        title=chosen.title,
        data_source=data_source(),
        data_as_of=as_of,
        offers=tuple(_offer(row, as_of, chosen.reviewed) for row in chosen.offer),
    )


def data_day() -> date:
    """The day the installed price data are of."""
    return _data_day(_chosen("managed-apis"), None)


def _data_day(chosen: ChosenOffers, on: date | None) -> date:
    return chosen.data_date.get(data_version()) or newest_price_day(on or chosen.reviewed)


def _offer(row: ChosenOffer, as_of: date, reviewed: date) -> TokenOffer:
    price = list_price(row.sku, as_of, free=row.free)
    if row.sold_since is not None:  # the price data do not say since when their first price holds
        sold = [part for each in price.prices if (part := clipped(each, row.sold_since, None)) is not None]
        price = price.model_copy(update={"prices": tuple(sold)})
    return offer_of(
        price,
        as_of,
        title=row.title,
        context_tokens=row.context_tokens,
        residency=row.residency,
        service=RemoteService(
            ttft_s=_quantity(row, row.ttft_s, "s", reviewed),
            decode_tok_s=_quantity(row, row.decode_tok_s, "tok/s", reviewed),
        ),
    )


def _quantity(row: ChosenOffer, interval: Interval, unit: Unit, reviewed: date) -> Quantity:
    value, low, high = interval
    source = f"{row.service_source} ({row.service_url})" if row.service_url else row.service_source
    return Quantity(
        value=value,
        low=low,
        high=high,
        unit=unit,
        basis=row.service_basis,
        source=source,
        as_of=row.service_as_of or reviewed,
    )


def _chosen(profile_id: str) -> ChosenOffers:
    known = price_profile_ids()
    if profile_id not in known:
        near = difflib.get_close_matches(profile_id, known, n=1) or known
        raise UnknownNameError(f"no price profile named {profile_id!r}", remedy=f"Did you mean {' or '.join(near)}?")
    return read_document(CATALOG / f"{profile_id}.toml", ChosenOffers)
