"""What the Device page says of a profile: its sentence, key figures and chart, as plain values."""

from __future__ import annotations

from planner import text
from planner.basis import Basis
from planner.device.facts import DeviceFacts
from planner.profiles.performance import RatePoint
from planner.profiles.profile import DeviceProfile
from ui.charts.intervals import Limit, Mark, Series
from ui.pages.performance_rows import PerformanceRow
from ui.widgets.key_figures import KeyFigure

MOST_CHARTED = 10  # models; the table has all of them
_OTHER_BASES = ((Basis.ESTIMATED, "predicted"), (Basis.PUBLISHED, "published"), (Basis.ASSUMED, "assumed"))
_HOW = {Basis.ESTIMATED: "as predicted from depth slices"}
TELLING_MODEL = "llama-3.2-1b"  # the sentence speaks of it where it is known


def sentence(profile: DeviceProfile, rows: tuple[PerformanceRow, ...]) -> str:
    """The finding: how fast this device decodes the model that tells most."""
    known = [row for row in rows if row.decode is not None]
    if not known:
        return f"How fast {profile.title} runs models is not known yet."

    def rank(row: PerformanceRow) -> tuple[int, bool, float]:
        memory = row.performance.peak_memory_bytes
        return row.performance.basis.rank, row.performance.model != TELLING_MODEL, -(memory.value if memory else 0.0)

    best = min(known, key=rank)
    assert best.decode is not None
    figure = best.decode.tok_s
    how = "as measured here" if best.run is not None else _HOW.get(best.performance.basis, f"as {best.basis_words}")
    reached = "" if best.limit is None else f", {text.share(best.limit.share.value)} of what its memory can deliver"
    return f"{profile.title} decodes {best.category} at {text.quantity(figure)}, {how}{reached}."


def key_figures(facts: DeviceFacts) -> tuple[KeyFigure, ...]:
    """Cores, memory, bandwidth, execution providers and power, those that are known."""
    cpu, memory = facts.cpu, facts.memory
    sets = ", ".join(cpu.instruction_sets.value or ()) or "instruction sets unknown"
    cores = cpu.usable_cores.value if cpu.usable_cores.value is not None else cpu.logical_cores.value
    figures = [
        KeyFigure(f"{text.number(cores)} cores", sets, cpu.usable_cores.source or cpu.usable_cores.reason or ""),
        KeyFigure(
            text.size(memory.total_bytes.value),
            f"memory, {text.size(memory.available_bytes.value)} free",
            memory.total_bytes.source or memory.total_bytes.reason or "",
        ),
    ]
    bandwidth = memory.read_bandwidth_bytes_s
    if bandwidth.value is not None and bandwidth.basis is not None:
        words = text.in_unit(bandwidth.value, "B/s")
        figures.append(KeyFigure(words, f"memory read, {bandwidth.basis.value}", bandwidth.source))
    if facts.accelerators:
        names = ", ".join(one.name.value or "unnamed" for one in facts.accelerators)
        kinds = ", ".join(dict.fromkeys(one.kind.value.upper() for one in facts.accelerators))
        figures.append(KeyFigure(kinds, names, names))
    if facts.execution_providers:
        usable = [short(one.name) for one in facts.execution_providers if one.usable]
        not_usable = [f"{short(one.name)}: {one.reason}" for one in facts.execution_providers if not one.usable]
        caption = f"execution providers, {len(not_usable)} not usable" if not_usable else "execution providers"
        figures.append(KeyFigure(", ".join(usable) or "none", caption, "\n".join(not_usable)))
    source, mode = facts.power.source.value, facts.power.mode.value
    if source is not None or mode is not None:
        words = {"ac": "On mains", "battery": "On battery"}.get(source or "", "Power source unknown")
        figures.append(KeyFigure(words, mode or "power mode unknown", facts.power.source.source))
    return tuple(figures)


def decode_series(name: str, rows: tuple[PerformanceRow, ...], only: frozenset[str] | None = None) -> Series:
    """Decode rates for the chart, fastest model first: of each model the best of every basis, surest basis first.

    `only` keeps to these categories; without it the fastest models are taken.
    """
    best: dict[tuple[str, Basis], PerformanceRow] = {}
    for row in sorted(rows, key=_decode_value, reverse=True):
        if row.decode is not None:
            best.setdefault((row.category, row.performance.basis), row)
    fastest = list(dict.fromkeys(name for name, _ in best if only is None or name in only))[:MOST_CHARTED]
    shown = sorted(
        (row for row in best.values() if row.category in fastest),
        key=lambda row: (fastest.index(row.category), row.performance.basis.rank),
    )
    return Series(name, tuple(_mark(row) for row in shown))


def decode_limits(rows: tuple[PerformanceRow, ...], series: Series) -> tuple[Limit, ...]:
    """What the memory allows each charted model; of several figures of one model the surest one's limit counts."""
    found: dict[str, Limit] = {}
    for row in sorted(rows, key=lambda row: row.performance.basis.rank):
        if row.limit is not None and row.category not in found:
            limit = row.limit.limit_tok_s
            words = f"memory allows {text.number(limit.value)}"
            found[row.category] = Limit(row.category, limit.value, words, text.provenance(limit))
    charted = dict.fromkeys(mark.category for mark in series.marks)
    return tuple(found[category] for category in charted if category in found)


def chart_finding(series: Series, rows: tuple[PerformanceRow, ...], limits: tuple[Limit, ...] = ()) -> str:
    """What the chart shows, and of how many models."""
    shown = len({mark.category for mark in series.marks})
    known = len({row.category for row in rows if row.decode is not None})
    if not shown:
        return "No decode rate is known"
    of = f", the {shown} fastest of {known}" if shown < known else ""
    limit = ", | what the memory could deliver" if limits else ""
    return f"Decode rate by model{of}: {chart_signs(rows)}{limit}"


def chart_signs(rows: tuple[PerformanceRow, ...]) -> str:
    """What the dots of these rows mean: «● measured, ○ predicted or published»."""
    bases = {row.performance.basis for row in rows if row.decode is not None}
    others = [words for basis, words in _OTHER_BASES if basis in bases]
    signs = ["● measured"] if Basis.MEASURED in bases else []
    signs += [f"○ {' or '.join(others)}"] if others else []
    return ", ".join(signs)


def _decode_value(row: PerformanceRow) -> float:
    return row.decode.tok_s.value if row.decode is not None else 0.0


def _mark(row: PerformanceRow) -> Mark:
    assert row.decode is not None
    figure, known = row.decode.tok_s, row.performance
    return Mark(
        category=row.category,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        solid=known.basis is Basis.MEASURED,
        words=f"{text.rate(figure.value)} {row.basis_words}",
        provenance=f"decode at {tokens_words(row.decode)}, {known.runtime}, {short(known.execution_provider)}\n"
        f"{text.provenance(figure)}",
    )


def tokens_words(point: RatePoint) -> str:
    """«512 tokens»."""
    return "a length not stated" if point.tokens is None else f"{point.tokens:,} tokens"


def short(execution_provider: str) -> str:
    """«CPU» for «CPUExecutionProvider»."""
    return execution_provider.removesuffix("ExecutionProvider")
