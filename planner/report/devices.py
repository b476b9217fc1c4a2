"""Which devices the plan speaks of, how fast they are, and under what conditions that was found."""

from __future__ import annotations

from collections.abc import Iterator

from planner import text
from planner.device.summary import FactRow, fact_rows
from planner.measurement.doubts import doubts
from planner.measurement.runs import Run
from planner.placement.options import Side
from planner.profiles.performance import ModelPerformance, RatePoint, performances
from planner.profiles.profile import DeviceProfile, Ownership
from planner.report.blocks import (
    Bar,
    BarChart,
    BarRow,
    Block,
    Bullets,
    Cell,
    Column,
    Paragraph,
    Section,
    Table,
    numeric,
    row,
    table,
)
from planner.report.words import figure_cell
from planner.scenario import Fleet, Scenario


def sections(scenario: Scenario) -> tuple[Section, ...]:
    """One section a fleet."""
    return tuple(_section(fleet) for fleet in scenario.fleets)


def _section(fleet: Fleet) -> Section:
    profile = fleet.profile
    known = performances(profile)
    blocks: list[Block] = [
        Paragraph(text=f"{fleet.count:,} of these devices are in the fleet{_users(fleet)}. {profile.notes}".strip())
    ]
    if any(one.decode for one in known):
        blocks.append(_chart(profile, known))
    blocks += [_speed(profile, known), _facts(profile), _ownership(profile)]
    if profile.runs:
        blocks += [_conditions(profile), *_doubts(profile)]
    return Section(section_id=f"device-{profile.profile_id}", title=f"Device: {profile.title}", blocks=tuple(blocks))


def _users(fleet: Fleet) -> str:
    """Whose they are, where somebody said so."""
    return "" if fleet.seats is None else f", for {fleet.seats:,} users"


def _doubts(profile: DeviceProfile) -> Iterator[Bullets]:
    """What is doubtful about the measurements behind the figures."""
    found = [(f"{doubt.subject}: {doubt.sentence}", doubt.advice) for run in profile.runs for doubt in doubts(run)]
    if found:
        yield Bullets(items=tuple(found))


def _chart(profile: DeviceProfile, known: tuple[ModelPerformance, ...]) -> BarChart:
    rows: list[BarRow] = []
    for one in _best_of_each(known):
        point = one.decode[0]
        bar = Bar(
            name=f"{_name(one)}, {one.runtime}, {one.execution_provider}, {one.basis.value}",
            value=point.tok_s.value,
            low=point.tok_s.low,
            high=point.tok_s.high,
            label=f"{text.rate(point.tok_s.value)} {one.basis.value}",
            side=Side.EDGE,
        )
        rows.append(BarRow(label=_name(one), bars=(bar,)))
    spoken = "; ".join(f"{bar_row.label}: {bar_row.bars[0].label}" for bar_row in rows)
    fastest = rows[0]
    return BarChart(
        title=f"{fastest.label} decodes fastest, at {text.rate(fastest.bars[0].value)}",
        description=f"Decode throughput of one stream on {profile.title}. {spoken}.",
        axis="decode, tok/s of one stream at the shortest context known, with 95 % interval where measured",
        unit="tok/s",
        rows=tuple(rows),
        note="Of each model and format the best-known figure, the fastest among equals; the table has them all.",
    )


def _best_of_each(known: tuple[ModelPerformance, ...]) -> list[ModelPerformance]:
    """Of each model and format the best-known performance, the fastest among equals; fastest first."""
    best: dict[str, ModelPerformance] = {}
    for one in sorted(known, key=lambda each: (each.basis.rank, -_decode(each))):
        if one.decode:
            best.setdefault(_name(one), one)
    return sorted(best.values(), key=lambda each: -_decode(each))


def _decode(one: ModelPerformance) -> float:
    return one.decode[0].tok_s.value if one.decode else 0.0


def _name(one: ModelPerformance) -> str:
    return f"{one.model} {one.weight_format}"


def _speed(profile: DeviceProfile, known: tuple[ModelPerformance, ...]) -> Table:
    columns = [
        Column(title="Model"),
        *numeric("Prefill", "Decode", "Load", "Peak memory"),
        Column(title="Runtime"),
        Column(title="Basis, source and date"),
    ]
    rows = [
        row(
            _name(one),
            _points(one.prefill, "prompt"),
            _points(one.decode, "context"),
            figure_cell(one.load_s),
            figure_cell(one.peak_memory_bytes),
            Cell(text=one.runtime, detail=one.execution_provider),
            _source(one),
        )
        for one in known
    ]
    note = "" if rows else "Nothing was measured on this device, and no published figure is known."
    return table(f"Speed and memory of models on {profile.title}", columns, rows, note)


def _points(points: tuple[RatePoint, ...], what: str) -> Cell:
    """The first point in full size, the interval and the other points below it."""
    if not points:
        return Cell(text=text.UNKNOWN)
    first, *others = points
    below = [_spread(first), *(f"{text.rate(p.tok_s.value)} {_at(p, what)} {_spread(p)}".strip() for p in others)]
    return Cell(
        text=f"{text.rate(first.tok_s.value)} {_at(first, what)}", detail="; ".join(each for each in below if each)
    )


def _spread(point: RatePoint) -> str:
    figure = point.tok_s
    if figure.low is None or figure.high is None:
        return ""
    return f"({text.significant(figure.low)} … {text.significant(figure.high)})"


def _at(point: RatePoint, what: str) -> str:
    return f"({what} not stated)" if point.tokens is None else f"at {point.tokens:,} tokens"


def _source(one: ModelPerformance) -> Cell:
    figures = [point.tok_s for point in (*one.decode, *one.prefill)]
    if one.rounds:
        days = sorted({figure.as_of for figure in figures if figure.as_of})
        when = f", {text.day(days[-1])}" if days else ""
        return Cell(text=f"{one.basis.value}, {one.rounds} {'round' if one.rounds == 1 else 'rounds'}{when}")
    told = dict.fromkeys(f"{figure.source}, {text.day(figure.as_of)}" for figure in figures)
    return Cell(text=one.basis.value, detail="; ".join(told))


def _facts(profile: DeviceProfile) -> Table:
    columns = [Column(title="Fact"), Column(title="Value"), Column(title="Basis and source")]
    rows = [row(f"{fact.group}: {fact.label}", fact.value, _provenance(fact)) for fact in fact_rows(profile.facts)]
    return table(f"What {profile.title} is, as of {text.day(profile.facts.probed_at.date())}", columns, rows)


def _provenance(fact: FactRow) -> str:
    return f"{fact.basis.value}: {fact.source_or_reason}" if fact.basis else fact.source_or_reason


def _ownership(profile: DeviceProfile) -> Table:
    columns = [Column(title="Item"), *numeric("Value"), Column(title="Basis, source and date")]
    return table(f"Who pays what for {profile.title}", columns, list(_ownership_rows(profile.ownership)))


def _ownership_rows(owned: Ownership) -> Iterator[tuple[Cell, ...]]:
    amounts = (
        ("Purchase price", owned.price_usd),
        ("Added for local inference", owned.incremental_usd),
        ("Resale value at the end of its life", owned.resale_usd),
    )
    for label, amount in amounts:
        words = text.UNKNOWN if amount is None else text.money(float(amount))
        yield row(label, words, "nobody stated it" if amount is None else owned.price_source or "stated in the profile")
    life = text.UNKNOWN if owned.life_years is None else text.in_unit(owned.life_years, "years")
    yield row(
        "Life", life, "stated in the profile" if owned.life_years else "nobody stated it; the plan's assumption is used"
    )
    for label, figure in (
        ("Idle power at the wall", owned.idle_w),
        ("Active power at the wall", owned.active_w),
        ("Electricity tariff", owned.tariff_usd_per_kwh),
    ):
        if figure is None:
            yield row(label, text.UNKNOWN, "nobody stated it; the plan's assumption is used")
        else:
            yield row(label, text.quantity(figure), text.provenance(figure))


def _conditions(profile: DeviceProfile) -> Table:
    columns = [
        Column(title="Run"),
        Column(title="When"),
        Column(title="Rounds"),
        Column(title="Runtime and settings"),
        Column(title="State of the machine"),
        Column(title="Model"),
    ]
    return table("Under what conditions it was measured", columns, [_condition_row(run) for run in profile.runs])


def _condition_row(run: Run) -> tuple[Cell, ...]:
    states = [one.state.value for one in run.rounds]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)) or "none"
    settings, conditions = run.settings, run.conditions
    kv = f"KV cache {settings.kv_format}, {'shared' if settings.shared_kv_buffer else 'copied'} buffer"
    seen = [
        f"power source {conditions.power_source or text.UNKNOWN}",
        f"power mode {conditions.power_mode or text.UNKNOWN}",
        f"{text.size(conditions.available_memory_bytes)} of memory available",
        f"load average {text.number(conditions.load_average_1min)}",
    ]
    return row(
        Cell(text=f"{run.model.name} {run.weight_format}", detail=run.outcome.value.replace("_", " ")),
        f"{text.day(run.started_at.date())}, {run.started_at:%H:%M} UTC",
        counts,
        Cell(text=settings.runtime, detail=f"{settings.execution_provider}, {settings.threads} threads, {kv}"),
        "; ".join(seen),
        Cell(text=run.model.source.value, detail=f"{text.size(run.model.file_bytes)} of files"),
    )
