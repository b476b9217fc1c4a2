"""An offer as it is held and the same offer as it was read: what becomes of the two."""

from __future__ import annotations

import re
from datetime import date

from planner.prices.dated import Confidence, DatedRow, Provenance
from planner.prices.importing.findings import Imported
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.offers import TokenOffer
from planner.prices.rate_card import Offer, RateCard
from planner.prices.timeline import joined

_WEB = re.compile(r"^https?://\S+$")
_RANK = {confidence: rank for rank, confidence in enumerate(Confidence)}


def join_offers(held: Offer, read: Offer, imported: Imported, on: date, card: RateCard | None) -> Offer:
    """The offer with the rows of both in one timeline, described as the better description says.

    `card` is the one that holds the offer; None for a price profile. A ValueError says why the two do not go together.
    """
    if isinstance(held, TokenOffer) and isinstance(read, TokenOffer):
        return _join_tokens(held, read, on, tells_history=imported.tells_history)
    if isinstance(held, InstanceOffer) and isinstance(read, InstanceOffer):
        _require_alike(held, read)
    held_by = held_provenance(held, card)
    theirs = [_with_provenance(row, imported) for row in read.prices]
    prices = joined(held.prices, theirs, on, tells_history=imported.tells_history, held_by=held_by)
    described = read if imported.card is not None else held
    return type(held).model_validate({**dict(described), "prices": prices})


def held_provenance(held: Offer, card: RateCard | None) -> Provenance:
    """Where the rows of an offer were read that state nothing of their own."""
    if isinstance(held, TokenOffer):
        return Provenance(
            source=held.source or "not stated",
            source_url=held.source_url if _WEB.match(held.source_url) else "",
            retrieved=held.as_of,
            confidence=held.confidence,
        )
    if card is None:
        raise ValueError(f"{held.sku} belongs in a rate card")
    return card.provenance


def same_prices(one: Offer, other: Offer) -> bool:
    """Whether two offers charge the same on every day, whoever says so; what else they say may differ."""
    told = {"provenance": None, "note": ""}
    rows, others = ([row.model_copy(update=told) for row in each.prices] for each in (one, other))
    return len(rows) == len(others) and all(row in others for row in rows)


def confirmed(before: Offer, after: Offer, card: RateCard | None) -> Offer | None:
    """The offer held, with the source and day of the one that agrees with it; None where that one is less sure."""
    if isinstance(before, TokenOffer) and isinstance(after, TokenOffer):
        if is_less_sure(after.confidence, before.confidence):
            return None
        source = ("source", "source_url", "as_of", "confidence")
        update: dict[str, object] = {name: getattr(after, name) for name in source}
        return before.model_copy(update=update | {"prices": after.prices})
    if card is None:
        return None
    pairs = [(_match(row, before), row) for row in after.prices]
    rows = tuple(
        old if old is not None and _is_no_better(card.provenance_of(old), card.provenance_of(new)) else new
        for old, new in pairs
    )
    return type(before).model_validate({**dict(before), "prices": rows})


def is_older(before: Offer, read: Offer, imported: Imported, card: RateCard | None) -> bool:
    """Whether what agrees was read before what is held: then it confirms nothing."""
    if isinstance(before, TokenOffer) and isinstance(read, TokenOffer):
        same = (before.as_of, before.source) == (read.as_of, read.source)
        return read.as_of < before.as_of or same
    return card is None or imported.report.as_of < min(card.provenance_of(row).retrieved for row in before.prices)


def is_less_sure(one: Confidence, than: Confidence) -> bool:
    """Whether a price is known less well than another."""
    return _RANK[one] > _RANK[than]


def _join_tokens(held: TokenOffer, read: TokenOffer, on: date, *, tells_history: bool) -> TokenOffer:
    """The new source and day; a title, a place or a speed that only the old one knows stays."""
    prices = joined(held.prices, read.prices, on, tells_history=tells_history, held_by=held_provenance(held, None))
    kept: dict[str, object] = {
        "prices": prices,
        "title": held.title if read.title in {read.model, ""} else read.title,
        "vendor": held.vendor,
        "context_tokens": read.context_tokens or held.context_tokens,
        "residency": read.residency or held.residency,
        "residency_multipliers": read.residency_multipliers or held.residency_multipliers,
        "service": read.service or held.service,
        "note": read.note or held.note,
    }
    return TokenOffer.model_validate({**dict(read), **kept})


def _require_alike(held: InstanceOffer, read: InstanceOffer) -> None:
    ours, theirs = held.accelerator, read.accelerator
    if (ours is None) != (theirs is None) or (
        ours is not None and theirs is not None and (ours.name, ours.count) != (theirs.name, theirs.count)
    ):
        raise ValueError(
            f"{held.sku} in {held.region} has {_machine(held)} here and {_machine(read)} there: not the same machine"
        )


def _machine(offer: InstanceOffer) -> str:
    found = offer.accelerator
    return "no accelerator" if found is None else f"{found.count:g} × {found.name}"


def _with_provenance(row: DatedRow, imported: Imported) -> DatedRow:
    if row.provenance is not None or imported.card is None:
        return row
    return row.model_copy(update={"provenance": imported.card.provenance})


def _match(row: DatedRow, offer: Offer) -> DatedRow | None:
    told = {"provenance": None, "note": ""}
    plain = row.model_copy(update=told)
    return next((each for each in offer.prices if each.model_copy(update=told) == plain), None)


def _is_no_better(held: Provenance, read: Provenance) -> bool:
    """A later reading confirms an earlier one unless it is less sure."""
    return read.retrieved <= held.retrieved or is_less_sure(read.confidence, held.confidence)
