"""The columns of the Device page's tables: models with their speed, and facts with their basis."""

from __future__ import annotations

from planner import text
from planner.basis import Basis, Quantity
from planner.device.summary import FactRow
from ui.pages.performance_rows import PerformanceRow
from ui.tables.columns import Column


def value_of(figure: Quantity | None) -> float | None:
    """What a column of figures is ordered by."""
    return None if figure is None else figure.value


def number_of(figure: Quantity | None) -> str:
    """The figure without its unit, which stands in the head of the column."""
    return text.UNKNOWN if figure is None else text.number(figure.value)


def hint_of(figure: Quantity | None) -> str:
    """Figure, interval, unit, basis, source and date."""
    return text.UNKNOWN if figure is None else f"{text.quantity(figure)}\n{text.provenance(figure)}"


def _prefill(row: PerformanceRow) -> Quantity | None:
    return row.prefill.tok_s if row.prefill else None


def _decode(row: PerformanceRow) -> Quantity | None:
    return row.decode.tok_s if row.decode else None


def _share(row: PerformanceRow) -> Quantity | None:
    return row.limit.share if row.limit else None


def _energy(row: PerformanceRow) -> Quantity | None:
    return row.performance.decode_j_per_tok


def _energy_hint(row: PerformanceRow) -> str:
    decode, prefill = row.performance.decode_j_per_tok, row.performance.prefill_j_per_tok
    if decode is None and prefill is None:
        return "unknown; the details say which meter is missing"
    return f"decode: {hint_of(decode)}\nprefill: {hint_of(prefill)}"


PERFORMANCE_COLUMNS: tuple[Column[PerformanceRow], ...] = (
    Column("Model", lambda row: row.performance.model),
    Column("Format", lambda row: row.performance.weight_format),
    Column(
        "Prefill",
        lambda row: number_of(_prefill(row)),
        unit="tok/s",
        sort=lambda row: value_of(_prefill(row)),
        numeric=True,
        tooltip=lambda row: hint_of(_prefill(row)),
        hint="Prompt tokens a second, at the prompt length nearest to 512",
    ),
    Column(
        "Decode",
        lambda row: number_of(_decode(row)),
        unit="tok/s",
        sort=lambda row: value_of(_decode(row)),
        numeric=True,
        tooltip=lambda row: hint_of(_decode(row)),
        hint="Output tokens a second of one stream, at the context nearest to 512",
    ),
    Column(
        "TTFT@512",
        lambda row: text.quantity(row.ttft_s, interval=False),
        sort=lambda row: value_of(row.ttft_s),
        numeric=True,
        tooltip=lambda row: hint_of(row.ttft_s),
        hint="Time to first token of a 512-token prompt, without queue and network",
    ),
    Column(
        "Memory",
        lambda row: text.quantity(row.performance.peak_memory_bytes, interval=False),
        sort=lambda row: value_of(row.performance.peak_memory_bytes),
        numeric=True,
        tooltip=lambda row: hint_of(row.performance.peak_memory_bytes),
        hint="Peak memory of the process",
    ),
    Column(
        "J/token",
        lambda row: number_of(_energy(row)),
        sort=lambda row: value_of(_energy(row)),
        numeric=True,
        tooltip=_energy_hint,
        hint="Joules of each output token, above what the device draws at rest",
    ),
    Column(
        "Of limit",
        lambda row: text.quantity(_share(row), interval=False),
        sort=lambda row: value_of(_share(row)),
        numeric=True,
        tooltip=lambda row: hint_of(_share(row)),
        hint="Share of the decode rate that the memory's read bandwidth allows at most",
    ),
    Column(
        "Basis",
        lambda row: f"{'●' if row.performance.basis is Basis.MEASURED else '○'} {row.basis_words}",
        sort=lambda row: row.performance.basis.rank,
    ),
    Column("When", lambda row: row.when),
    Column("Runtime", lambda row: row.performance.runtime),
)

FACT_COLUMNS: tuple[Column[FactRow], ...] = (
    Column("Part", lambda row: row.group),
    Column("Fact", lambda row: row.label),
    Column("Value", lambda row: row.value),
    Column("Basis", lambda row: row.basis.value if row.basis else "–"),
    Column("Source, or why it is unknown", lambda row: row.source_or_reason),
)
