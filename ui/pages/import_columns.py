"""What an import would change, a line an offer, ticked where it shall be taken over; and the report it is judged by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from planner import text
from planner.basis import Doubt
from planner.prices.differences import ChangeKind, PriceChange, PriceStep
from planner.prices.importing.findings import Refused
from planner.prices.offers import Quote
from ui.pages.offer_columns import KIND_WORDS
from ui.pages.price_words import percent_words, priced_words
from ui.pages.quoting import quote_words
from ui.price_verbs import ImportPreview
from ui.tables.columns import Column
from ui.widgets.details import Section

OWN = "own"  # as the engine calls our own file formats
NAMED = 12  # entries named with a reason before the rest is counted
SKU_PX, STEPS_PX = 300, 420
KIND_TITLES = {
    ChangeKind.CHANGED: "changed",
    ChangeKind.ADDED: "added",
    ChangeKind.CONFIRMED: "confirmed",
}


@dataclass(frozen=True)
class ChangeRow:
    """One offer or quote of the import, and whether it is taken over."""

    what: PriceChange | Quote
    taken: bool

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same line after a tick."""
        if isinstance(self.what, Quote):
            return "quote", self.what.sku, self.what.date.isoformat(), self.what.option
        return self.what.offer_kind, self.what.sku, self.what.region

    @property
    def largest(self) -> float | None:
        """Its largest change in per cent."""
        if isinstance(self.what, Quote):
            return None
        known = [step.percent for step in self.what.steps if step.percent is not None]
        return max(known, key=abs, default=None)

    @property
    def words(self) -> str:
        """What a search looks in."""
        if isinstance(self.what, Quote):
            return f"quote {self.what.sku} {self.what.author}".casefold()
        title = self.what.after.title
        return f"{KIND_TITLES[self.what.kind]} {self.what.sku} {self.what.region} {title}".casefold()


def change_rows(preview: ImportPreview) -> tuple[ChangeRow, ...]:
    """Changed offers first, then quotes, added and confirmed ones.

    What a foreign file would add is not ticked: it knows thousands of models that nobody asked for.
    """
    found = preview.difference
    own = preview.imported.report.file_format == OWN or preview.card is not None
    ticked = {ChangeKind.CHANGED: True, ChangeKind.CONFIRMED: True, ChangeKind.ADDED: own}
    by_kind = {kind: [ChangeRow(each, ticked[kind]) for each in found.of(kind)] for kind in ChangeKind}
    quotes = [ChangeRow(quote, taken=True) for quote in found.quotes]
    return (*by_kind[ChangeKind.CHANGED], *quotes, *by_kind[ChangeKind.ADDED], *by_kind[ChangeKind.CONFIRMED])


def taken_changes(rows: Iterable[ChangeRow]) -> tuple[PriceChange, ...]:
    """The offers that are ticked."""
    return tuple(row.what for row in rows if row.taken and isinstance(row.what, PriceChange))


def taken_quotes(rows: Iterable[ChangeRow]) -> tuple[Quote, ...]:
    """The quotes that are ticked."""
    return tuple(row.what for row in rows if row.taken and isinstance(row.what, Quote))


def step_words(step: PriceStep) -> str:
    """«input $0.25/Mtok → $0.20/Mtok (−20.0 %)»."""
    before = "none" if step.before is None else priced_words("", step.before, step.unit)
    after = "none" if step.after is None else priced_words("", step.after, step.unit)
    moved = percent_words(step.percent)
    day = "" if step.from_day is None else f" from {text.day(step.from_day)}"
    return f"{step.what}{day} {before} → {after}{f' ({moved})' if moved else ''}".strip()


def _steps_words(row: ChangeRow) -> str:
    what = row.what
    if isinstance(what, Quote):
        return quote_words(what)
    if what.kind is ChangeKind.CONFIRMED:
        return "the same prices, read on a later day"
    return "; ".join(step_words(step) for step in what.steps) or "days or hours only"


def _kind(row: ChangeRow) -> str:
    return "quote" if isinstance(row.what, Quote) else KIND_TITLES[row.what.kind]


def _offer_kind(row: ChangeRow) -> str:
    return "" if isinstance(row.what, Quote) else KIND_WORDS[row.what.after.kind]


def _name(row: ChangeRow) -> str:
    region = "" if isinstance(row.what, Quote) or not row.what.region else f" · {row.what.region}"
    return f"{row.what.sku}{region}"


CHANGE_COLUMNS: tuple[Column[ChangeRow], ...] = (
    Column(
        "Offer",
        _name,
        tooltip=_name,
        widest_px=SKU_PX,
        checked=lambda row: row.taken,
        check=lambda row, on: replace(row, taken=on),
        hint="Ticked: taken over by Apply (space ticks the selected line)",
    ),
    Column("Change", _kind),
    Column("Kind", _offer_kind),
    Column("Old → new", _steps_words, tooltip=lambda row: _steps_words(row).replace("; ", "\n"), widest_px=STEPS_PX),
    Column(
        "Largest",
        lambda row: percent_words(row.largest),
        unit="%",
        sort=lambda row: row.largest,
        numeric=True,
        hint="The largest change of a figure of this offer",
    ),
)


def report_sentence(preview: ImportPreview) -> str:
    """«LiteLLM price map (prices.json): 1,842 offers accepted, 31 entries refused; 5 would change.»"""
    report, found = preview.imported.report, preview.difference
    counted = (
        (len(found.of(ChangeKind.CHANGED)), "would change"),
        (len(found.of(ChangeKind.ADDED)), "would be added"),
        (len(found.of(ChangeKind.CONFIRMED)), "confirmed by newer data"),
        (len(found.quotes), "quotes"),
        (found.same, "the same"),
    )
    told = [f"{count:,} {words}" for count, words in counted if count] or ["nothing would change"]
    left = f", {report.left_out:,} left out" if report.left_out else ""
    return (
        f"{report.source}, of {text.day(report.as_of)}: {report.accepted:,} {_offers(report.accepted)} accepted, "
        f"{len(report.refused) + len(found.refused):,} refused{left}; {', '.join(told)}."
    )


def report_sections(preview: ImportPreview) -> tuple[Section, ...]:
    """Warnings first, then what was refused by reason, then what stays."""
    found = preview.difference
    doubts: tuple[Doubt, ...] = (*preview.imported.report.warnings, *found.doubts)
    sections = [Section("Warnings", tuple(f"▲ {each.sentence} {each.advice}" for each in doubts) or ("None.",))]
    refused = (*preview.imported.report.refused, *found.refused)
    sections.append(Section("Refused", _refused_lines(refused) or ("Nothing.",)))
    if found.absent:
        named = ", ".join(found.absent[:NAMED])
        more = f" and {len(found.absent) - NAMED:,} more" if len(found.absent) > NAMED else ""
        sections.append(Section("Not in the file; they stay as they are", (f"{named}{more}",)))
    return tuple(sections)


def _refused_lines(refused: Iterable[Refused]) -> tuple[str, ...]:
    lines: list[str] = []
    ordered = sorted(refused, key=lambda each: (each.reason, each.remedy))
    for (reason, remedy), group in groupby(ordered, key=lambda each: (each.reason, each.remedy)):
        places = [each.where for each in group]
        more = f" and {len(places) - NAMED:,} more" if len(places) > NAMED else ""
        lines.append(
            f"✕ {reason[:1].upper()}{reason[1:]}. {remedy} {', '.join(places[:NAMED])}{more}".replace("  ", " ")
        )
    return tuple(lines)


def _offers(count: int) -> str:
    return "offer" if count == 1 else "offers"
