"""Offers, histories and differences of prices as lines of a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from planner import text
from planner.basis import Doubt
from planner.cli.console import Column, say, say_heading, say_table
from planner.prices.amounts import Amount
from planner.prices.differences import ChangeKind, PriceChange, PriceDifference, PriceStep
from planner.prices.history import Figure, HistoryRow
from planner.prices.importing.findings import ImportReport, Refused
from planner.prices.shelf import Shelved

SHOWN = 12  # entries named in full before the rest is counted
PER_UNIT = {"USD": "", "USD/Mtok": "/Mtok", "USD/h": "/h", "USD/month": "/month"}

SHELF = (
    Column("Kind"),
    Column("SKU", whole=True),
    Column("Region"),
    Column("Vendor"),
    Column("Price"),
    Column("Source"),
    Column("Read on", numeric=True),
    Column("Age", numeric=True),
    Column("Basis"),
)

HISTORY = (Column("Way"), Column("From"), Column("Until"), Column("Price"), Column("Whose"), Column("Source"))


def shelf_row(each: Shelved) -> tuple[str, ...]:
    """An offer on one line; a stale one is marked."""
    days = f"{each.age_days} d{' !' if each.is_stale else ''}"
    return (
        each.offer.kind,
        each.offer.sku,
        each.region,
        each.vendor,
        prices_words(each.figures, each.way if each.offer.kind == "instance" else ""),
        each.source,
        each.read_on.isoformat(),
        days,
        "quote" if each.quote is not None else each.basis.value,
    )


def shelf_json(each: Shelved) -> dict[str, Any]:
    """The same with every figure as a decimal string."""
    return {
        "kind": each.offer.kind,
        "sku": each.offer.sku,
        "region": each.region,
        "vendor": each.vendor,
        "title": each.title,
        "rate_card": None if each.card is None else each.card.profile_id,
        "way": each.way,
        "prices": [
            {"what": what, "usd": None if usd is None else format(usd, "f"), "unit": unit}
            for what, usd, unit in each.figures
        ],
        "effective_from": None if each.row is None else _iso(each.row.effective_from),
        "effective_to": None if each.row is None else _iso(each.row.effective_to),
        "source": each.source,
        "source_url": each.source_url,
        "basis": each.basis.value,
        "read_on": each.read_on.isoformat(),
        "age_days": each.age_days,
        "is_stale": each.is_stale,
        "quote": None if each.quote is None else each.quote.model_dump(mode="json"),
    }


def prices_words(figures: Sequence[Amount], way: str = "") -> str:
    """«input $0.20, output $1.25/Mtok»; unknown where there is no price."""
    several = len(figures) > 1
    known = [
        f"{what} {amount_words(usd, unit)}" if several else amount_words(usd, unit)
        for what, usd, unit in figures
        if usd is not None
    ]
    words = ", ".join(known) or text.UNKNOWN
    return f"{way}: {words}" if way and known and way != "on demand" else words


def money(usd: Decimal | None) -> str:
    """Every digit of an amount."""
    return text.UNKNOWN if usd is None else f"${text.exact(usd)}"


def amount_words(usd: Decimal | None, unit: str) -> str:
    """«$0.2/Mtok»."""
    return text.UNKNOWN if usd is None else f"{money(usd)}{_per(unit)}"


def history_row(row: HistoryRow) -> tuple[str, ...]:
    """One row of history on one line."""
    until = "" if row.effective_to is None else row.effective_to.isoformat()
    return (
        row.way,
        "not stated" if row.effective_from is None else row.effective_from.isoformat(),
        f"{until} (introductory)" if row.introductory else until,
        _figures_words(row.figures),
        row.standing.value,
        "; ".join(filter(None, (f"{row.source}, read {text.day(row.retrieved)}", row.source_url, row.note))),
    )


def show_report(report: ImportReport) -> None:
    """The validation report of an import."""
    say(f"{report.file}: {report.source}, {report.file_format}, as of {text.day(report.as_of)}.")
    left = f", {report.left_out:,} left out" if report.left_out else ""
    say(f"{report.accepted:,} offers accepted, {len(report.refused):,} entries refused{left}.")
    show_refused(report.refused)
    show_doubts(report.warnings)


def show_refused(refused: Sequence[Refused]) -> None:
    """Refusals by reason, each with the first entries it concerns; JSON names them all."""
    if not refused:
        return
    say_heading("Refused")
    ordered = sorted(refused, key=lambda each: (each.reason, each.remedy))
    for (reason, remedy), group in groupby(ordered, key=lambda each: (each.reason, each.remedy)):
        places = [each.where for each in group]
        more = f" and {len(places) - SHOWN:,} more" if len(places) > SHOWN else ""
        said = f" {remedy}" if remedy else ""
        say(f"· {reason[:1].upper()}{reason[1:]}.{said}\n  {', '.join(places[:SHOWN])}{more}")


def show_doubts(doubts: Sequence[Doubt]) -> None:
    """Warnings with their advice."""
    if doubts:
        say_heading("Warnings")
    for doubt in doubts:
        say(f"! {doubt.kind}: {doubt.sentence} {doubt.advice}")


def show_difference(found: PriceDifference) -> None:
    """What an import would do, figure by figure."""
    say_heading(f"Changes to {found.held}, from {text.day(found.on)}")
    counts = {kind: len(found.of(kind)) for kind in ChangeKind}
    say(
        f"{counts[ChangeKind.CHANGED]:,} changed, {counts[ChangeKind.ADDED]:,} added, "
        f"{counts[ChangeKind.CONFIRMED]:,} confirmed by newer data, {found.same:,} the same; "
        f"{len(found.absent):,} that only the document has stay as they are."
    )
    if found.not_added:
        say(f"{found.not_added:,} offers the document does not hold were left out; name some with --only to add them.")
    rows = [line for change in found.changes for line in _change_rows(change)]
    if rows:
        columns = (Column("Change"), Column("SKU", whole=True), Column("Figure"), Column("From"))
        say_table([*columns, *(Column(title, numeric=True) for title in ("Now", "Then", "%"))], rows)
    if found.quotes:
        say(f"{len(found.quotes):,} quotes would be added.")
    show_refused(found.refused)
    show_doubts(found.doubts)


def _change_rows(change: PriceChange) -> list[tuple[str, ...]]:
    if change.kind is ChangeKind.CONFIRMED:
        return []
    name = change.sku if not change.region else f"{change.sku}@{change.region}"
    steps = change.steps
    if not steps:
        return [(change.kind.value, name, "days or hours only", "", "", "", "")]
    return [(change.kind.value if not number else "", name, *_step(step)) for number, step in enumerate(steps)]


def _step(step: PriceStep) -> tuple[str, ...]:
    percent = "" if step.percent is None else f"{step.percent:+.1f}".replace("-", text.MINUS)
    day = "" if step.from_day is None else step.from_day.isoformat()
    now, then = ("none" if usd is None else amount_words(usd, step.unit) for usd in (step.before, step.after))
    return step.what, day, now, then, percent


def _figures_words(figures: Sequence[Figure]) -> str:
    return prices_words([(each.what, each.usd, each.unit) for each in figures])


def _per(unit: str) -> str:
    return PER_UNIT.get(unit, unit.removeprefix("USD"))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
