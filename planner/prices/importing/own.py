"""Our own price documents as an import: a price profile with its quotes, or a rate card of any kind of offer."""

from __future__ import annotations

from typing import Any

from planner.documents import from_plain
from planner.errors import DocumentError
from planner.prices.importing.findings import Findings, chosen
from planner.prices.offers import PriceProfile, Quote
from planner.prices.rate_card import FORMAT as RATE_CARD
from planner.prices.rate_card import RateCard

PRICE_PROFILE = "edgewise.price-profile"


def read_own(raw: Any, findings: Findings, *, where: str) -> PriceProfile | RateCard:
    """The whole document, strictly: what is wrong anywhere in it refuses it, naming the place."""
    kind = raw.get("format") if isinstance(raw, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
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


def quotes_of(document: PriceProfile | RateCard) -> tuple[Quote, ...]:
    """The quotes a price profile carries."""
    return document.quotes if isinstance(document, PriceProfile) else ()
