"""The options of one class as a table: the cheapest allowed one first, and for the others what rules them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner import text
from planner.basis import Quantity
from planner.placement.options import Option, Placement
from ui.pages.option_words import bare_money, e2e, explained, model_words, monthly, place, side_meaning, ttft, value_of
from ui.tables.columns import Column

if TYPE_CHECKING:  # draws in the optimiser, which loads after the first paint
    from planner.outlook.explanation import Explanation, OptionLine

NOT_SOLVED, RULED_OUT = "…", "–"
MODEL_PX, PLACE_PX, RULE_PX, QUALITY_PX = 212, 132, 250, 152
FIGURE_PX, TIME_PX = 116, 84


@dataclass(frozen=True)
class OptionRow:
    """One way to run the selected class, whether it is the one taken, and what the whole plan makes of it."""

    option: Option
    taken: bool
    line: OptionLine | None = None  # None: not solved yet

    @property
    def verdict(self) -> str:
        """Chosen, allowed, or everything that rules it out."""
        if self.taken:
            return "chosen"
        ruled_out = [violation.sentence for violation in self.option.violations]
        if self.line is not None:
            ruled_out += [sentence for sentence in self.line.ruled_out if sentence not in ruled_out]
        return " ".join(ruled_out) or "allowed"


def option_rows(placement: Placement, solved: Explanation | None = None) -> tuple[OptionRow, ...]:
    """Feasible options first, cheapest on top; then the others in their fixed order."""
    taken = placement.chosen.option_id if placement.chosen else None
    lines = {} if solved is None else {line.option_id: line for line in solved.options}
    rows = [OptionRow(option, option.option_id == taken, lines.get(option.option_id)) for option in placement.options]
    return tuple(sorted(rows, key=lambda row: (not row.option.feasible, _known_first(value_of(monthly(row.option))))))


def _known_first(value: float | None) -> tuple[bool, float]:
    return value is None, value or 0.0


def _quality(row: OptionRow) -> str:
    quality = row.option.quality
    if quality.scale is None:
        return "no floor"
    if quality.figure is None:
        return text.UNKNOWN
    return f"{text.significant(quality.figure.value)} {quality.scale} (floor {text.number(quality.floor)})"


def _quality_source(row: OptionRow) -> str:
    quality = row.option.quality
    note = f"\n{quality.model_note}" if quality.model_note else ""
    return f"{explained(quality.figure)}{note}"


def _plan_adds(row: OptionRow) -> str:
    """What the cheapest whole plan with the class on this option costs more than the plan."""
    if row.line is None:
        return NOT_SOLVED if row.option.feasible else RULED_OUT
    extra = row.line.extra_usd_per_month
    return RULED_OUT if extra is None else f"+{text.money(extra)}"


def _per_request(row: OptionRow) -> Quantity | None:
    return None if row.option.cost is None else row.option.cost.usd_per_request


def _per_accepted(row: OptionRow) -> Quantity | None:
    return None if row.option.cost is None else row.option.cost.usd_per_accepted


OPTION_COLUMNS: tuple[Column[OptionRow], ...] = (
    Column(
        "Option",
        lambda row: f"✓ {model_words(row.option)}" if row.taken else model_words(row.option),
        tooltip=lambda row: model_words(row.option),
        meaning=lambda row: None if row.option.feasible else "text_muted",
        widest_px=MODEL_PX,
    ),
    Column(
        "Runs on",
        lambda row: place(row.option),
        tooltip=lambda row: place(row.option),
        meaning=lambda row: side_meaning(row.option) if row.option.feasible else "text_muted",
        widest_px=PLACE_PX,
    ),
    Column("What rules it out", lambda row: row.verdict, tooltip=lambda row: row.verdict, widest_px=RULE_PX),
    Column(
        "Cost",
        lambda row: bare_money(monthly(row.option)),
        unit="per month",
        sort=lambda row: value_of(monthly(row.option)),
        numeric=True,
        tooltip=lambda row: explained(monthly(row.option)),
        hint="Of this class alone, review and rejected results included",
    ),
    Column(
        "Whole plan",
        _plan_adds,
        unit="per month",
        sort=lambda row: None if row.line is None else row.line.extra_usd_per_month,
        numeric=True,
        hint="What all classes together would cost more with this class here, everything else placed anew",
    ),
    Column(
        "TTFT p95",
        lambda row: text.number(value_of(ttft(row.option))),
        unit="s",
        sort=lambda row: value_of(ttft(row.option)),
        numeric=True,
        tooltip=lambda row: explained(ttft(row.option)),
        widest_px=TIME_PX,
    ),
    Column(
        "E2E p95",
        lambda row: text.number(value_of(e2e(row.option))),
        unit="s",
        sort=lambda row: value_of(e2e(row.option)),
        numeric=True,
        tooltip=lambda row: explained(e2e(row.option)),
        widest_px=TIME_PX,
    ),
    Column("Quality", _quality, tooltip=_quality_source, widest_px=QUALITY_PX),
    Column(
        "Bill a request",
        lambda row: bare_money(_per_request(row)),
        sort=lambda row: value_of(_per_request(row)),
        numeric=True,
        tooltip=lambda row: explained(_per_request(row)),
        widest_px=FIGURE_PX,
    ),
    Column(
        "Per accepted",
        lambda row: bare_money(_per_accepted(row)),
        sort=lambda row: value_of(_per_accepted(row)),
        numeric=True,
        tooltip=lambda row: explained(_per_accepted(row)),
        widest_px=FIGURE_PX,
    ),
)
