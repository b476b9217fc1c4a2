"""Values to words: the only formatter, shared by command line, reports and window (CONVENTION §5)."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from planner.basis import Fact, Quantity
from planner.units import BYTES_PER_GIB, BYTES_PER_MIB, TOKENS_PER_MTOK

UNKNOWN = "unknown"
MINUS = "−"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # whatever the locale

# Where the words change unit: just below the round figure, so that rounding never shows 1,000.00 or 100k twice over.
_TENTH = 0.0995
_LONG_S = 99.5
_LONG_MIN = 100
_LONG_PERCENT = 99.5
_LONG_GFLOP_S = 999.5e9
_MONEY_STEPS: tuple[tuple[float, Callable[[float], str]], ...] = (
    (999.995, lambda amount: f"{amount:,.2f}"),
    (99_999.5, lambda amount: f"{amount:,.0f}"),
    (999_500, lambda amount: f"{significant(amount / 1e3)}k"),
    (999_500_000, lambda amount: f"{significant(amount / 1e6)}M"),
)


def significant(value: float, digits: int = 3) -> str:
    """At most `digits` significant digits, thousands separated, no exponent: 0.0312, 31.4, 1,240."""
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    places = digits - 1 - math.floor(math.log10(abs(rounded)))  # 9.996 rounds up into the next decade
    text = f"{abs(rounded):,.{max(places, 0)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return MINUS + text if value < 0 else text


def number(value: float | None, digits: int = 3) -> str:
    """A bare number, or unknown."""
    return UNKNOWN if value is None else significant(value, digits)


def exact(value: float | Decimal | None) -> str:
    """Every digit of a number somebody entered or a vendor stated, thousands separated: «12,345», «0.0375»."""
    if value is None:
        return UNKNOWN
    words = format(Decimal(repr(value)) if isinstance(value, float) else value, ",f")
    if "." in words:
        words = words.rstrip("0").rstrip(".")
    return words.replace("-", MINUS)


def tokens(count: float | None) -> str:
    """«62.3 Mtok», «840 tok»."""
    if count is None:
        return UNKNOWN
    if count >= TOKENS_PER_MTOK:
        return f"{significant(count / TOKENS_PER_MTOK)} Mtok"
    return f"{significant(count)} tok"


def rate(tok_s: float | None) -> str:
    """«37 tok/s»."""
    return UNKNOWN if tok_s is None else f"{significant(tok_s)} tok/s"


def seconds(duration_s: float | None) -> str:
    """«0.42 s», «1 min 5 s», «2.5 h»; milliseconds only below a tenth of a second."""
    if duration_s is None:
        return UNKNOWN
    if duration_s < 0:
        return MINUS + seconds(-duration_s)
    if 0 < duration_s < _TENTH:
        return f"{significant(duration_s * 1000)} ms"
    if duration_s < _LONG_S:
        return f"{significant(duration_s)} s"
    minutes, rest = divmod(round(duration_s), 60)
    if minutes >= _LONG_MIN:
        return f"{significant(duration_s / 3600)} h"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def size(size_bytes: float | None) -> str:
    """«31.2 GiB», «512 MiB»."""
    if size_bytes is None:
        return UNKNOWN
    if size_bytes >= BYTES_PER_GIB:
        return f"{significant(size_bytes / BYTES_PER_GIB)} GiB"
    if size_bytes >= BYTES_PER_MIB:
        return f"{significant(size_bytes / BYTES_PER_MIB)} MiB"
    return f"{significant(size_bytes / 1024)} KiB"


def flop_rate(flop_s: float | None) -> str:
    """«263 GFLOP/s», «1.2 TFLOP/s»: operations on numbers of any width, a multiply-add counting as two."""
    if flop_s is None:
        return UNKNOWN
    if flop_s >= _LONG_GFLOP_S:
        return f"{significant(flop_s / 1e12)} TFLOP/s"
    return f"{significant(flop_s / 1e9)} GFLOP/s"


def share(value: float | None) -> str:
    """A share as percent: «71 %», «0.4 %»."""
    if value is None:
        return UNKNOWN
    percent = value * 100
    digits = 2 if abs(percent) < _LONG_PERCENT else 3
    return f"{significant(percent, digits)} %"


def money(usd: float | None) -> str:
    """«$1.25», «$1,234», «$148k», «$0.000031»: cents from a dime to 1,000 dollars, few digits otherwise."""
    if usd is None:
        return UNKNOWN
    sign = MINUS if usd < 0 else ""
    amount = abs(usd)
    if amount < _TENTH:
        return f"{sign}${significant(amount, 2)}"
    for limit, words in _MONEY_STEPS:
        if amount < limit:
            return f"{sign}${words(amount)}"
    return f"{sign}${significant(amount / 1e9)}G"


def money_per_month(usd: float | None) -> str:
    """«$1.25/month»."""
    return UNKNOWN if usd is None else f"{money(usd)}/month"


def money_per_mtok(usd: float | None) -> str:
    """«$0.41/Mtok»."""
    return UNKNOWN if usd is None else f"{money(usd)}/Mtok"


def day(when: date | None) -> str:
    """«10 Nov 2026»."""
    return "undated" if when is None else f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


_UNIT_WORDS: Mapping[str, Callable[[float], str]] = {
    "tok/s": rate,
    "s": seconds,
    "B": size,
    "B/s": lambda value: f"{significant(value / 1e9)} GB/s",
    "FLOP/s": flop_rate,
    "share": share,
    "USD": money,
    "USD/Mtok": money_per_mtok,
    "USD/month": money_per_month,
    "USD/kWh": lambda value: f"${significant(value)}/kWh",
    "USD/request": lambda value: f"{money(value)}/request",
    "points": significant,
    "count": significant,
}


def in_unit(value: float, unit: str) -> str:
    """A value in the words of its unit."""
    words = _UNIT_WORDS.get(unit)
    return words(value) if words else f"{significant(value)} {unit}"


def quantity(figure: Quantity | None, *, interval: bool = True) -> str:
    """«31.4 tok/s (30.2 tok/s … 32.6 tok/s)», without an interval that would only repeat the figure, or unknown."""
    if figure is None:
        return UNKNOWN
    words = in_unit(figure.value, figure.unit)
    if not interval or figure.low is None or figure.high is None:
        return words
    low, high = in_unit(figure.low, figure.unit), in_unit(figure.high, figure.unit)
    return words if low == words == high else f"{words} ({low} … {high})"


def based(figure: Quantity | None) -> str:
    """«31.4 tok/s (30.2 … 32.6) · measured», or unknown."""
    return UNKNOWN if figure is None else f"{quantity(figure)} · {figure.basis.value}"


def provenance(figure: Quantity | None) -> str:
    """The four answers of a tooltip: unit, basis, source, date."""
    if figure is None:
        return UNKNOWN
    source = f" · {figure.source}" if figure.source else ""
    when = f" · {day(figure.as_of)}" if figure.as_of else ""
    return f"{figure.unit} · {figure.basis.value}{source}{when}"


def printable(words: str) -> str:
    """Words from a document as a terminal may show them: a control character becomes «\ufffd», line breaks stay."""
    return "".join(char if char in "\n\t" or unicodedata.category(char) != "Cc" else "\ufffd" for char in words)


def fact(value: Fact[object], words: str | None = None) -> str:
    """A fact's value (or the given words for it), or «unknown (why)»."""
    if value.value is None:
        return f"{UNKNOWN} ({value.reason})"
    return str(value.value) if words is None else words
