"""What came of reading a price file: offers accepted, entries refused with reason and remedy, and what to doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase

from pydantic import ValidationError

from planner.basis import Doubt
from planner.documents import Frozen
from planner.errors import PlannerError
from planner.prices.freshness import named
from planner.prices.offers import Quote
from planner.prices.rate_card import Offer, RateCard, region_of


class Refused(Frozen):
    """An entry of the file that did not become an offer."""

    where: str  # «line 12», «entry openai/gpt-9»
    sku: str = ""  # as the offer would have been called, where that is known
    reason: str
    remedy: str = ""


class ImportReport(Frozen):
    """The validation report of a file: nothing is taken or left in silence."""

    file: str
    file_format: str
    source: str  # as the offers name it
    as_of: date  # the day the data are taken to be of
    accepted: int
    left_out: int = 0  # entries nobody asked for, and machines without an accelerator
    refused: tuple[Refused, ...] = ()
    warnings: tuple[Doubt, ...] = ()


class Imported(Frozen):
    """What a file offers. `tells_history`: its rows are dated, so that it knows earlier prices too."""

    report: ImportReport
    tells_history: bool
    offers: tuple[Offer, ...]
    quotes: tuple[Quote, ...] = ()
    card: RateCard | None = None  # where the file is a rate card of ours


WARNINGS: dict[str, tuple[str, str]] = {
    "RoundedPrice": (
        "carries the noise of binary fractions and is rounded to twelve digits",
        "Nothing is lost: no vendor states more digits.",
    ),
    "EstimatedPrice": (
        "is an estimate, as the file itself remarks",
        "Look the price up at the vendor, and enter it as a quote.",
    ),
    "ZeroPrice": (
        "is stated as zero, which more often means unknown, and is not taken",
        "Enter a quote if the vendor really charges nothing.",
    ),
    "UnreadPrice": (
        "has token prices that this program does not read",
        "Check the offer's note against the vendor's page.",
    ),
    "FlatVariant": (
        "has context tiers for standard requests and none for another variant, which is priced flat",
        "Check the price of long requests before relying on that variant.",
    ),
    "SpotEqualsOnDemand": (
        "is listed with spot at the on-demand price, which is no spot market; the spot price is left out",
        "Enter a quote if the vendor does sell it as interruptible.",
    ),
    "SpotUnknown": (
        "has a spot price that is a mark for «unknown», or above the on-demand price; it is left out",
        "Look it up at the vendor.",
    ),
    "ZonesDiffer": (
        "costs differently in the zones of one region; the dearest zone is taken",
        "Enter a quote for the zone you use.",
    ),
    "HostAdded": (
        "is listed as a bare machine and its accelerators apart; their sum is taken",
        "Compare it with the vendor's own price of the whole machine.",
    ),
}
"""What each warning of a reader says of the prices it names, and what to do."""


@dataclass
class Findings:
    """Gathers what a reader comes across."""

    only: Sequence[str] = ()
    offers: list[Offer] = field(default_factory=list[Offer])
    refused: list[Refused] = field(default_factory=list[Refused])
    left_out: int = 0
    _doubted: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def wants(self, sku: str, region: str = "") -> bool:
        """Whether the caller asked for it; what is not asked for is counted."""
        if is_named(sku, self.only, region):
            return True
        self.left_out += 1
        return False

    def refuse(self, where: str, reason: str, remedy: str = "", *, sku: str = "") -> None:
        """An entry that does not become an offer; what is not asked for is only counted."""
        if sku and not is_named(sku, self.only):
            self.left_out += 1
            return
        self.refused.append(Refused(where=where, sku=sku, reason=reason, remedy=remedy))

    def refuse_for(self, error: Exception, where: str, *, sku: str = "") -> None:
        """An entry refused by our own rules."""
        if isinstance(error, PlannerError):
            self.refuse(where, error.what, error.remedy or "", sku=sku)
        elif isinstance(error, ValidationError):
            first = error.errors(include_url=False)[0]
            self.refuse(where, first["msg"].removeprefix("Value error, "), sku=sku)
        else:
            self.refuse(where, str(error) or type(error).__name__, sku=sku)

    def warn(self, kind: str, subject: str) -> None:
        """A doubt about one offer; those of a kind are told together."""
        found = self._doubted.setdefault(kind, [])
        if subject not in found:
            found.append(subject)

    def doubts(self) -> tuple[Doubt, ...]:
        """Every doubt gathered, once a kind."""
        return tuple(
            Doubt(
                kind=kind,
                subject=subjects[0] if len(subjects) == 1 else f"{len(subjects)} offers",
                sentence=f"{named(subjects)}: {WARNINGS[kind][0]}.",
                advice=WARNINGS[kind][1],
            )
            for kind, subjects in self._doubted.items()
        )


def is_named(sku: str, only: Sequence[str], region: str = "") -> bool:
    """Whether a sku (or sku@region) is one of those named: by its beginning, or by a pattern with * and ?."""
    full = f"{sku}@{region}"
    return not only or any(
        sku.startswith(each) or full == each or fnmatchcase(sku, each) or fnmatchcase(full, each) for each in only
    )


def chosen(offers: Sequence[Offer], only: Sequence[str]) -> tuple[Offer, ...]:
    """The offers a caller asked for."""
    return tuple(offer for offer in offers if is_named(offer.sku, only, region_of(offer)))
