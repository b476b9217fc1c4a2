"""What an import would change in a price document, shown before it is applied; nothing is removed, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self, overload

from pydantic import Field, ValidationError, model_validator

from planner import text
from planner.basis import Doubt
from planner.documents import Frozen, Money
from planner.errors import PriceError
from planner.prices.amounts import amounts_of, way_words
from planner.prices.freshness import named
from planner.prices.importing.findings import Imported, Refused
from planner.prices.joining import confirmed, is_less_sure, is_older, join_offers, same_prices
from planner.prices.offers import PriceProfile, Quote, Replaced, TokenOffer
from planner.prices.quotes import with_quote
from planner.prices.rate_card import Offer, RateCard, region_of

LARGE = 0.5  # a change by more than half is more often a misread unit than a new price


class ChangeKind(StrEnum):
    """What happens to an offer."""

    ADDED = "added"
    CHANGED = "changed"
    CONFIRMED = "confirmed"  # the same prices, read on a later day


class PriceStep(Frozen):
    """One figure before and after, on the day the changes hold from or on a later day of its own."""

    what: str  # «standard, input»
    unit: str
    from_day: date | None = None  # None: the day of the difference
    before: Money | None  # None: there was none
    after: Money | None

    @property
    def percent(self) -> float | None:
        """The change in per cent; None where there is nothing to compare."""
        if not self.before or self.after is None:
            return None
        return float((self.after - self.before) / self.before * 100)


class PriceChange(Frozen):
    """One offer as it is and as it would be."""

    kind: ChangeKind
    offer_kind: str
    sku: str
    region: str = ""
    steps: tuple[PriceStep, ...]
    before: Offer | None
    after: Offer


class PriceDifference(Frozen):
    """Everything an import would do to one price document; applying it is a second step."""

    held: str  # the document's title
    source: str
    as_of: date  # of the data read
    on: date  # the day from which undated prices are taken to hold
    changes: tuple[PriceChange, ...]
    quotes: tuple[Quote, ...] = ()  # that the document does not hold yet
    same: int  # offers of both with nothing to change
    not_added: int = 0  # offers only the import has, left out unless asked for
    absent: tuple[str, ...]  # offers only the document has: they stay
    refused: tuple[Refused, ...] = ()  # offers that do not go together with those held
    doubts: tuple[Doubt, ...] = Field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether applying it would change nothing."""
        return not self.changes and not self.quotes

    def of(self, kind: ChangeKind) -> tuple[PriceChange, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        keys = [(change.offer_kind, change.sku, change.region) for change in self.changes]
        if len(set(keys)) != len(keys):
            raise ValueError("an offer changes twice")
        return self


def difference(held: PriceProfile | RateCard, imported: Imported, on: date, *, add: bool = True) -> PriceDifference:
    """What taking over the import would add, change (old and new figure, per cent) and confirm.

    Undated prices hold from `on`; dated ones on their own days. A price profile takes token offers only. Without `add`
    only offers that the document holds already are looked at.
    """
    known = {_key(offer): offer for offer in held.offers}
    read = {_key(offer): offer for offer in imported.offers if _fits(held, offer)}
    changes: list[PriceChange] = []
    refused: list[Refused] = []
    for key, offer in read.items():
        before = known.get(key)
        if before is None:
            if add:
                changes.append(_change(ChangeKind.ADDED, None, _added(imported, offer), on))
            continue
        try:
            change = _joined(held, before, offer, imported, on)
        except (ValidationError, ValueError) as error:
            refused.append(Refused(where=f"offer {offer.sku}", sku=offer.sku, reason=_said(error)))
            continue
        if change is not None:
            changes.append(change)
    news = read.keys() - known.keys()
    return PriceDifference(
        held=held.title,
        source=imported.report.source,
        as_of=imported.report.as_of,
        on=on,
        changes=tuple(changes),
        quotes=tuple(quote for quote in imported.quotes if isinstance(held, PriceProfile) and quote not in held.quotes),
        same=len(read.keys() & known.keys()) - len(refused) - sum(change.before is not None for change in changes),
        not_added=0 if add else len(news),
        absent=tuple(offer.sku for key, offer in known.items() if key not in read),
        refused=(*refused, *_unfit(held, imported)),
        doubts=tuple(_doubts(changes)),
    )


@overload
def apply_difference(held: PriceProfile, change: PriceDifference) -> PriceProfile: ...
@overload
def apply_difference(held: RateCard, change: PriceDifference) -> RateCard: ...
def apply_difference(held: PriceProfile | RateCard, change: PriceDifference) -> PriceProfile | RateCard:
    """The document with the difference taken over: old rows closed, replaced offers kept with day and cause.

    Refused with a PriceError where the document is no longer the one the difference was shown for.
    """
    known = {_key(offer): offer for offer in held.offers}
    for each in change.changes:
        if known.get(_key(each.after)) != each.before:
            raise PriceError(
                f"{each.sku} has changed since the difference was shown", remedy="Look at the difference again."
            )
    known |= {_key(each.after): each.after for each in change.changes}
    if isinstance(held, RateCard):
        return RateCard.model_validate({**dict(held), "offers": tuple(known.values())})
    return _profile(held, change, tuple(offer for offer in known.values() if isinstance(offer, TokenOffer)))


def _profile(held: PriceProfile, change: PriceDifference, offers: tuple[TokenOffer, ...]) -> PriceProfile:
    replaced = tuple(
        Replaced(replaced_on=change.on, by=change.source, offer=each.before)
        for each in change.of(ChangeKind.CHANGED)
        if isinstance(each.before, TokenOffer)
    )
    profile = held
    if change.changes:
        parts: dict[str, object] = {
            "offers": offers,
            "replaced": (*held.replaced, *replaced),
            "data_source": ", ".join(dict.fromkeys(offer.source for offer in offers)),
            "data_as_of": min(offer.as_of for offer in offers),
        }
        profile = PriceProfile.model_validate({**dict(held), **parts})
    for quote in change.quotes:
        profile = with_quote(profile, quote, check=False)
    return profile


def _key(offer: Offer) -> tuple[str, str, str]:
    return offer.kind, offer.sku, region_of(offer)


def _fits(held: PriceProfile | RateCard, offer: Offer) -> bool:
    return isinstance(held, RateCard) or isinstance(offer, TokenOffer)


def _unfit(held: PriceProfile | RateCard, imported: Imported) -> Iterator[Refused]:
    for offer in imported.offers:
        if not _fits(held, offer):
            yield Refused(
                where=f"offer {offer.sku}",
                sku=offer.sku,
                reason=f"a price profile holds token offers, not one of kind {offer.kind}",
                remedy="Import it into a rate card.",
            )


def _said(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
    return str(error)


def _added(imported: Imported, offer: Offer) -> Offer:
    """A new offer as read; rows of another card take their provenance along."""
    return offer if imported.card is None else join_offers(offer, offer, imported, date.min, imported.card)


def _joined(
    held: PriceProfile | RateCard, before: Offer, offer: Offer, imported: Imported, on: date
) -> PriceChange | None:
    card = held if isinstance(held, RateCard) else None
    after = join_offers(before, offer, imported, on, card)
    if not same_prices(before, after):
        return _change(ChangeKind.CHANGED, before, after, on)
    newer = confirmed(before, after, card)
    if newer is None or newer == before or is_older(before, offer, imported, card):
        return None
    return PriceChange(
        kind=ChangeKind.CONFIRMED,
        offer_kind=before.kind,
        sku=before.sku,
        region=region_of(before),
        steps=(),
        before=before,
        after=newer,
    )


def _change(kind: ChangeKind, before: Offer | None, after: Offer, on: date) -> PriceChange:
    return PriceChange(
        kind=kind,
        offer_kind=after.kind,
        sku=after.sku,
        region=region_of(after),
        steps=tuple(_steps(before, after, on)),
        before=before,
        after=after,
    )


def _steps(before: Offer | None, after: Offer, on: date) -> Iterator[PriceStep]:
    """The figures that differ on the day, then those that differ on the later days named by either."""
    starts = {row.effective_from for offer in (before, after) if offer is not None for row in offer.prices}
    ends = {row.effective_to for offer in (before, after) if offer is not None for row in offer.prices}
    shown: set[tuple[str, Decimal | None, Decimal | None]] = set()
    for day in [on, *sorted(each for each in starts | ends if each is not None and each > on)]:
        old, new = _figures(before, day), _figures(after, day)
        for what, unit in dict.fromkeys([*old, *new]):
            pair = old.get((what, unit)), new.get((what, unit))
            if pair[0] == pair[1] or (what, *pair) in shown:
                continue
            shown.add((what, *pair))
            yield PriceStep(what=what, unit=unit, from_day=None if day == on else day, before=pair[0], after=pair[1])


def _figures(offer: Offer | None, day: date) -> dict[tuple[str, str], Decimal | None]:
    found: dict[tuple[str, str], Decimal | None] = {}
    for row in () if offer is None else offer.prices:
        if row.in_force(day):
            way = way_words(row)
            found |= {(f"{way}, {what}" if way else what, unit): usd for what, usd, unit in amounts_of(row)}
    return found


def _doubts(changes: Sequence[PriceChange]) -> Iterator[Doubt]:
    large = [
        change.sku
        for change in changes
        if any(step.percent is not None and abs(step.percent) > 100 * LARGE for step in change.steps)
    ]
    if large:
        yield Doubt(
            kind="LargePriceChange",
            subject=large[0] if len(large) == 1 else f"{len(large)} offers",
            sentence=f"{named(tuple(dict.fromkeys(large)))}: a figure changes by more than {text.share(LARGE)}.",
            advice="Check the new figure at the vendor before you apply it: a misread unit looks like this.",
        )
    weaker = [
        change.sku
        for change in changes
        if change.kind is ChangeKind.CHANGED
        and isinstance(change.before, TokenOffer)
        and isinstance(change.after, TokenOffer)
        and is_less_sure(change.after.confidence, change.before.confidence)
    ]
    if weaker:
        yield Doubt(
            kind="WeakerSource",
            subject=weaker[0] if len(weaker) == 1 else f"{len(weaker)} offers",
            sentence=f"{named(tuple(weaker))}: what was read is known less surely than what is held.",
            advice="Look the new figure up at the vendor before you apply it.",
        )
    older = [
        change.sku
        for change in changes
        if isinstance(change.before, TokenOffer)
        and isinstance(change.after, TokenOffer)
        and change.after.as_of < change.before.as_of
    ]
    if older:
        yield Doubt(
            kind="OlderPriceData",
            subject=older[0] if len(older) == 1 else f"{len(older)} offers",
            sentence=f"{named(tuple(older))}: what was read is older than what is held.",
            advice="Import newer data, or apply it only if you trust it more.",
        )
