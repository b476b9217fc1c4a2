"""Prices, days and ages in the words of the Prices page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from planner import text
from planner.prices.amounts import Amount

NOT_NAMED = "not named"
NOT_PUBLIC = "not public"
STALE_MARK = "▲ stale"
PER_UNIT = {"USD": "", "USD/month": "/month", "USD/h": "/h"}


def exact(usd: Decimal | None) -> str:
    """Every digit the vendor states, or that it is not named."""
    return NOT_NAMED if usd is None else text.exact(usd)


def priced_words(what: str, usd: Decimal | None, unit: str) -> str:
    """«$0.09/GB», «$14 a thousand requests», «not public»."""
    if usd is None:
        return NOT_PUBLIC
    per = PER_UNIT.get(unit, unit.removeprefix("USD"))
    named = f" {what}" if unit == "USD" and what.startswith("a ") else ""
    return f"${text.exact(usd)}{per}{named}"


def amounts_words(amounts: Sequence[Amount]) -> str:
    """«input $0.20/Mtok, output $1.25/Mtok»; what is not stated is left out."""
    known = [(what, usd, unit) for what, usd, unit in amounts if usd is not None]
    if not known:
        return NOT_PUBLIC
    if len(known) == 1:
        return priced_words(*known[0])
    return ", ".join(f"{what} {priced_words('', usd, unit)}" for what, usd, unit in known)


def day_range(start: date | None, end: date | None) -> str:
    """«from 1 Aug 2026», «1 Aug 2026 – 1 Jan 2027», «until 1 Jan 2027», or that nobody stated it."""
    if start is None and end is None:
        return "not dated"
    if end is None:
        return f"from {text.day(start)}"
    if start is None:
        return f"until {text.day(end)}"
    return f"{text.day(start)} – {text.day(end)}"


def age_words(days: int, *, stale: bool) -> str:
    """«13 d», «▲ stale, 108 d»."""
    words = f"{days:,} d".replace("-", text.MINUS)
    return f"{STALE_MARK}, {words}" if stale else words


def percent_words(percent: float | None) -> str:
    """«−20.0 %»; nothing where there is nothing to compare."""
    return "" if percent is None else f"{percent:+.1f} %".replace("-", text.MINUS)
