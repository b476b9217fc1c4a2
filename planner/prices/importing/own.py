"""Our own price documents as an import: a price profile with its quotes, or a rate card of any kind of offer."""

from __future__ import annotations

from typing import Any

from planner.documents import from_plain
from planner.errors import DocumentError
from planner.prices.importing.findings import Findings, chosen
from planner.prices.importing.foreign import Table, table
from planner.prices.offers import PriceProfile, Quote
from planner.prices.rate_card import FORMAT as RATE_CARD
from planner.prices.rate_card import RateCard

PRICE_PROFILE = "edgewise.price-profile"


def read_own(raw: Any, findings: Findings, *, where: str) -> PriceProfile | RateCard:
    """The whole document, strictly: what is wrong anywhere in it refuses it, naming the place."""
    kind = _kind(table(raw) or {})
    if kind == PRICE_PROFILE:
        document: PriceProfile | RateCard = from_plain(raw, PriceProfile, where=where)
    elif kind == RATE_CARD:
        document = from_plain(raw, RateCard, where=where)
    else:
        raise DocumentError(
            f"neither {PRICE_PROFILE} nor {RATE_CARD}",
            where=where,
            remedy="Name what the document is in `format`.",
        )
    findings.offers = list(chosen(document.offers, findings.only))
    findings.left_out += len(document.offers) - len(findings.offers)
    return document


def _kind(held: Table) -> object:
    """What the document says it is; authored files leave that out where their keys say it."""
    if "format" in held:
        return held["format"]
    return RATE_CARD if "vendor" in held else PRICE_PROFILE if "data_source" in held else None


def quotes_of(document: PriceProfile | RateCard) -> tuple[Quote, ...]:
    """The quotes a price profile carries."""
    return document.quotes if isinstance(document, PriceProfile) else ()
