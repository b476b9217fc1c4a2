"""What there is to say about one offer: where its price comes from, what else it charges, what to doubt, its past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise, zip_longest

from planner import text
from planner.basis import Doubt, Quantity
from planner.prices.dated import Confidence
from planner.prices.freshness import STALE_DAYS
from planner.prices.history import HistoryRow, Standing
from planner.prices.kinds.instance import InstanceOffer, InstancePrice
from planner.prices.kinds.local import EnergyOffer
from planner.prices.kinds.provisioned import ProvisionedOffer, UnitPrice
from planner.prices.offers import TokenOffer
from ui.charts.steps import Step, StepLine
from ui.pages.offer_columns import KIND_WORDS, OfferRow, days_of
from ui.pages.price_words import amounts_words, day_range, priced_words
from ui.tables.columns import Column
from ui.widgets.details import Section

CONFIDENCE_WORDS = {
    Confidence.QUOTED: "the vendor's own statement",
    Confidence.SECONDARY: "somebody's copy of the vendor's statement",
    Confidence.ESTIMATE: "computed from other published figures",
}
STANDING_WORDS = {
    Standing.LIST: "list price",
    Standing.REPLACED: "replaced by an import",
    Standing.QUOTE: "✎ own quote",
}
MEANINGS = ("datacenter", "accent", "text", "text_muted")
QUOTED = ", quoted"  # after the name of a line that is the user's own
FIRST_WAYS = ("on demand", "spot")
MOST_LINES = len(MEANINGS)
Line = str | tuple[str, str]

HISTORY_COLUMNS: tuple[Column[HistoryRow], ...] = (
    Column("Bought as", lambda row: row.way or "as listed", widest_px=240),
    Column("Holds", lambda row: day_range(row.effective_from, row.effective_to), widest_px=220),
    Column(
        "Price",
        lambda row: amounts_words([(each.what, each.usd, each.unit) for each in row.figures]),
        tooltip=lambda row: amounts_words([(each.what, each.usd, each.unit) for each in row.figures]),
        widest_px=380,
    ),
    Column("Whose", lambda row: STANDING_WORDS[row.standing]),
    Column("Read on", lambda row: text.day(row.retrieved), sort=lambda row: row.retrieved.isoformat()),
    Column(
        "Source",
        lambda row: "; ".join(filter(None, (row.source, row.note))),
        tooltip=lambda row: "\n".join(filter(None, (row.source, row.source_url, row.note))),
    ),
)


def offer_sections(row: OfferRow, doubts: Sequence[Doubt]) -> tuple[Section, ...]:
    """Identity, provenance, notes, service and doubts of one offer."""
    shelved = row.shelved
    offer = shelved.offer
    lines: list[Line] = [
        ("sku", offer.sku),
        ("kind", KIND_WORDS[offer.kind]),
        ("price", amounts_words(shelved.figures) if shelved.figures else "none known on this day"),
        ("holds", day_range(*days_of(shelved))),
        ("source", f"{shelved.source}, read on {text.day(shelved.read_on)}"),
    ]
    if shelved.card is not None:
        lines.append(("rate card", f"{shelved.card.title} ({shelved.card.profile_id})"))
    if shelved.quote is None and shelved.source_url:
        lines.append(("address", shelved.source_url))
    if shelved.quote is None:
        lines.append(("known as", CONFIDENCE_WORDS[_confidence(row)]))
    lines += _kind_lines(row)
    sections = [Section(shelved.title, tuple(lines))]
    if isinstance(offer, TokenOffer):
        sections.append(_service(offer))
    sections.append(Section("Doubts", _doubt_lines(row, doubts)))
    return tuple(sections)


def _confidence(row: OfferRow) -> Confidence:
    shelved = row.shelved
    read = None if shelved.row is None else shelved.row.provenance
    if read is not None:
        return read.confidence
    if isinstance(shelved.offer, TokenOffer):
        return shelved.offer.confidence
    return Confidence.QUOTED if shelved.card is None else shelved.card.provenance.confidence


def _kind_lines(row: OfferRow) -> list[Line]:
    shelved = row.shelved
    offer = shelved.offer
    lines: list[Line] = []
    match offer:
        case TokenOffer():
            lines.append(("processed in", ", ".join(offer.residency) or "not stated"))
            lines.append(("context", "not stated" if offer.context_tokens is None else f"{offer.context_tokens:,} tok"))
        case InstanceOffer():
            lines.append(("machine", _machine(offer)))
        case ProvisionedOffer():
            sold = f"from {offer.min_units:,} in steps of {offer.step_units:,}"
            lines.append((f"{offer.unit_name} are sold", sold))
            lines.append(("models", ", ".join(each.model for each in offer.models)))
        case EnergyOffer():
            lines.append(("who pays this", offer.band))
            if offer.gco2e_per_kwh is not None:
                lines.append(("carbon", f"{text.significant(offer.gco2e_per_kwh)} g/kWh in {offer.carbon_year}"))
        case _:
            pass
    notes = [getattr(offer, "note", ""), "" if shelved.row is None else shelved.row.note]
    if isinstance(shelved.row, InstancePrice | UnitPrice) and shelved.row.reason:
        notes.append(f"No price: {shelved.row.reason}.")
    lines += [("note", note) for note in notes if note]
    return lines


def _machine(offer: InstanceOffer) -> str:
    chips = offer.accelerator
    parts = [] if chips is None else [f"{text.significant(chips.count)} × {chips.name}"]
    if chips is not None and chips.memory_gib is not None:
        parts.append(f"{text.significant(chips.memory_gib)} GiB each")
    if offer.vcpus is not None:
        parts.append(f"{text.significant(offer.vcpus)} vCPUs")
    if not offer.host_included:
        parts.append(f"its host {offer.host_sku} is charged apart")
    return ", ".join(parts)


def _service(offer: TokenOffer) -> Section:
    service = offer.service
    if service is None:
        return Section("Service", ("Nobody stated how fast it answers.",))
    return Section(
        "Service",
        (("first token", _with_source(service.ttft_s)), ("speed of one stream", _with_source(service.decode_tok_s))),
    )


def _with_source(figure: Quantity) -> str:
    return f"{text.quantity(figure)} · {figure.basis.value} · {figure.source} · {text.day(figure.as_of)}"


def _doubt_lines(row: OfferRow, doubts: Sequence[Doubt]) -> tuple[str, ...]:
    told = [f"▲ {doubt.sentence} {doubt.advice}" for doubt in doubts]
    if row.shelved.is_stale and all(doubt.kind != "StalePrices" for doubt in doubts):
        told.insert(
            0,
            f"▲ It was read {row.shelved.age_days} days before the day of this plan, more than {STALE_DAYS}. "
            "Look it up again, or enter a quote.",
        )
    return tuple(told) or ("None.",)


def price_lines(row: OfferRow, history: Sequence[HistoryRow]) -> tuple[StepLine, ...]:
    """What is drawn of an offer's past: input and output of tokens, a machine on demand and spot, else every way.

    The table of every price on record has the rest.
    """
    if row.shelved.offer.kind == "token":
        wanted = [("input", "standard", "input"), ("output", "standard", "output")]
    else:
        ways = dict.fromkeys((each.way, each.figures[0].what) for each in history if each.figures)
        shown = [each for each in ways if each[0] in FIRST_WAYS] or list(ways)
        wanted = [(what, way, way or what) for way, what in shown]
    lines: list[StepLine] = []
    for what, way, name in wanted:
        for standing in (Standing.LIST, Standing.QUOTE):
            steps = _steps(history, what, way, standing)
            if steps and len(lines) < MOST_LINES:
                own = standing is Standing.QUOTE
                meaning = MEANINGS[len({each.name.removesuffix(QUOTED) for each in lines} - {name})]
                lines.append(StepLine(f"{name}{QUOTED}" if own else name, steps, meaning, dashed=own))
    return tuple(lines)


def _steps(history: Sequence[HistoryRow], what: str, way: str, standing: Standing) -> tuple[Step, ...]:
    kinds = {standing, Standing.REPLACED} if standing is Standing.LIST else {standing}
    found = [
        (each, figure)
        for each in history
        if each.standing in kinds and each.way == way
        for figure in each.figures
        if figure.what == what and figure.usd is not None
    ]
    found.sort(key=lambda pair: (pair[0].effective_from is not None, pair[0].effective_from))
    return tuple(
        Step(
            each.effective_from,
            _end(each, after),
            float(figure.usd or 0),
            priced_words("", figure.usd, figure.unit),
        )
        for (each, figure), after in zip_longest(found, (later for later, _ in found[1:]))
    )


def _end(row: HistoryRow, after: HistoryRow | None) -> date | None:
    """Until when it holds: a later row of the same kind ends it, whatever it says itself."""
    later = None if after is None else after.effective_from
    return min((day for day in (row.effective_to, later) if day is not None), default=None)


def chart_finding(lines: Sequence[StepLine]) -> str:
    """«Input fell from $0.25 to $0.20 per Mtok on 1 Aug 2026»: the newest change of the first price that has one."""
    if not lines:
        return "No price of it is public"
    for quoted in (line for line in lines if line.dashed):
        listed = next((line for line in lines if line.name == quoted.name.removesuffix(QUOTED)), None)
        own = quoted.steps[-1]
        if listed is not None and listed.steps[-1].value != own.value:
            return f"Your {listed.name} price is {own.words}, the list's {listed.steps[-1].words}"
    for line in lines:
        told = _newest_change(line)
        if told:
            return told
    return "Nobody recorded a change of price" if len(lines) > 1 else f"{lines[0].name}: no change recorded"


def _newest_change(line: StepLine) -> str:
    """What changed last; where nobody knows what held in between, both figures with their days and no change."""
    changes = [(before, after) for before, after in pairwise(line.steps) if before.value != after.value]
    if not changes:
        return ""
    before, after = changes[-1]
    name = f"{line.name[:1].upper()}{line.name[1:]}"
    if before.end is not None and before.end != after.start:
        return f"{name}: {before.words} until {text.day(before.end)}, {after.words} from {text.day(after.start)}"
    moved = "fell" if after.value < before.value else "rose"
    return f"{name} {moved} from {before.words} to {after.words} on {text.day(after.start)}"


def chart_unit(history: Sequence[HistoryRow]) -> str:
    """The unit of what is drawn."""
    return next((each.figures[0].unit for each in history if each.figures), "USD")
