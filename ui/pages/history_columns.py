"""The columns of the history: what was measured when, with which figures and under which conditions."""

from __future__ import annotations

from planner import text
from planner.basis import Quantity
from planner.profiles.history_rows import HistoryRow
from ui.pages.device_columns import hint_of, number_of, value_of
from ui.tables.columns import Column

KIND_WORDS = {"run": "run", "slices": "depth slices", "soak": "soak", "contention": "contention"}
SPEED_KINDS = {"run", "slices"}
NOT_ITS = "–"  # a figure that this kind of measurement never has


def _prefill(row: HistoryRow) -> Quantity | None:
    return row.prefill.tok_s if row.prefill else None


def _decode(row: HistoryRow) -> Quantity | None:
    return row.decode.tok_s if row.decode else None


def _share(row: HistoryRow) -> Quantity | None:
    return row.decode_reached.share if row.decode_reached else None


def _kept(row: HistoryRow) -> Quantity | None:
    return row.retained_share or row.kept_share


def _rounds(row: HistoryRow) -> str:
    others = [f"{count} {words}" for count, words in ((row.disturbed, "disturbed"), (row.partial, "partial")) if count]
    return " · ".join([str(row.rounds), *others])


def _conditions(row: HistoryRow) -> str:
    return ", ".join(row.conditions.words) or text.UNKNOWN


def _doubts(row: HistoryRow) -> str:
    return "\n".join(f"▲ {doubt.sentence} {doubt.advice}" for doubt in row.doubts) or "no doubts"


HISTORY_COLUMNS: tuple[Column[HistoryRow], ...] = (
    Column(
        "When",
        lambda row: f"{row.started_at.astimezone():%d %b %Y, %H:%M}",
        sort=lambda row: row.started_at.timestamp(),
        tooltip=lambda row: ", ".join(row.run_ids),
    ),
    Column("What", lambda row: KIND_WORDS[row.kind]),
    Column("Model", lambda row: f"{row.model} {row.weight_format}", widest_px=190),
    Column(
        "Prefill",
        lambda row: number_of(_prefill(row)) if row.kind in SPEED_KINDS else NOT_ITS,
        unit="tok/s",
        sort=lambda row: value_of(_prefill(row)),
        numeric=True,
        tooltip=lambda row: hint_of(_prefill(row)),
        hint="At the prompt length nearest to 512; of depth slices what they foretell of the whole model",
    ),
    Column(
        "Decode",
        lambda row: number_of(_decode(row)),
        unit="tok/s",
        sort=lambda row: value_of(_decode(row)),
        numeric=True,
        tooltip=lambda row: hint_of(_decode(row)),
        hint="At the context nearest to 512; of a soak its final third, of depth slices what they foretell",
    ),
    Column("Rounds", _rounds, sort=lambda row: float(row.rounds), numeric=True),
    Column(
        "Doubts",
        lambda row: f"▲ {len(row.doubts)}" if row.doubts else "none",
        sort=lambda row: float(len(row.doubts)),
        tooltip=_doubts,
        meaning=lambda row: "caution" if row.doubts else None,
    ),
    Column("Conditions", _conditions, tooltip=_conditions, widest_px=260),
    Column(
        "± widest",
        lambda row: text.share(row.half_width_share) if row.kind in SPEED_KINDS else NOT_ITS,
        sort=lambda row: row.half_width_share,
        numeric=True,
        hint="Widest 95 % half-width of all points, over its mean",
    ),
    Column(
        "Of limit",
        lambda row: text.quantity(_share(row), interval=False) if row.kind == "run" else NOT_ITS,
        sort=lambda row: value_of(_share(row)),
        numeric=True,
        tooltip=lambda row: hint_of(_share(row)),
        hint="Share of the decode rate that the memory's read bandwidth allows at most",
    ),
    Column(
        "J/token",
        lambda row: number_of(row.decode_j_per_tok) if row.kind == "run" else NOT_ITS,
        sort=lambda row: value_of(row.decode_j_per_tok),
        numeric=True,
        tooltip=lambda row: hint_of(row.decode_j_per_tok),
        hint="Joules of each output token, above what the device draws at rest",
    ),
    Column(
        "Kept",
        lambda row: text.quantity(_kept(row), interval=False) if row.kind not in SPEED_KINDS else NOT_ITS,
        sort=lambda row: value_of(_kept(row)),
        numeric=True,
        tooltip=lambda row: hint_of(_kept(row)),
        hint="Of a soak the share of its burst that is sustained; of contention what other work leaves of the speed",
    ),
    Column("Ended", lambda row: row.outcome.value.replace("_", " "), tooltip=lambda row: row.message),
    Column("Threads", lambda row: str(row.threads), sort=lambda row: float(row.threads), numeric=True),
    Column("Runtime", lambda row: row.runtime),
)
