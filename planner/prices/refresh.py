"""List prices read anew from the installed genai-prices, an import like any other, after the package was upgraded."""

from __future__ import annotations

from datetime import date

from planner.basis import Doubt
from planner.errors import PriceError
from planner.prices.freshness import named
from planner.prices.importing.findings import Imported, ImportReport, Refused, is_named
from planner.prices.list_prices import data_source, list_offer, listed_skus
from planner.prices.managed import data_day
from planner.prices.offers import PriceProfile, TokenOffer
from planner.prices.timeline import clipped


def installed_prices(profile: PriceProfile, *, only: tuple[str, ...] = (), as_of: date | None = None) -> Imported:
    """Every list price of the profile's offers that the installed package knows, and of any other that `only` names.

    An offer whose price is zero on purpose stays as it is: the package does not say which zero is a price.
    """
    day = as_of or data_day()
    listed = set(listed_skus())
    sold_since = {offer.sku: _first_day(offer) for offer in profile.offers}
    held = [offer.sku for offer in profile.offers if is_named(offer.sku, only)]
    more = [sku for sku in sorted(listed) if only and is_named(sku, only) and sku not in held]
    offers: list[TokenOffer] = []
    refused: list[Refused] = []
    for sku in (*(sku for sku in held if sku in listed), *more):
        try:
            offers.append(_sold_since(list_offer(sku, day), sold_since.get(sku)))
        except PriceError as error:
            refused.append(Refused(where=f"model {sku}", sku=sku, reason=error.what, remedy=error.remedy or ""))
    unknown = tuple(sku for sku in held if sku not in listed)
    if not offers and not refused:
        raise PriceError(
            "it knows none of these offers", where=data_source(), remedy="Name models as vendor/model with --only."
        )
    report = ImportReport(
        file="the installed package",
        file_format="genai-prices",
        source=data_source(),
        as_of=day,
        accepted=len(offers),
        refused=tuple(refused),
        warnings=(_unlisted(unknown),) if unknown else (),
    )
    return Imported(report=report, tells_history=True, offers=tuple(offers))


def _first_day(offer: TokenOffer) -> date | None:
    """The day from which the offer has a price; None where that is not known."""
    starts = [row.effective_from for row in offer.prices]
    return min((start for start in starts if start is not None), default=None) if None not in starts else None


def _sold_since(offer: TokenOffer, first: date | None) -> TokenOffer:
    """Its prices from that day on: the price data do not say since when their first price holds."""
    if first is None or _first_day(offer) is not None:
        return offer
    sold = tuple(part for row in offer.prices if (part := clipped(row, first, None)) is not None)
    return offer.model_copy(update={"prices": sold}) if sold else offer


def _unlisted(skus: tuple[str, ...]) -> Doubt:
    return Doubt(
        kind="NotListed",
        subject=skus[0] if len(skus) == 1 else f"{len(skus)} offers",
        sentence=f"{data_source()} knows no price of {named(skus)}; it stays as it is.",
        advice="Look it up at its own source.",
    )
