"""Days and hours as they are typed on the command line."""

from __future__ import annotations

from datetime import date, time

import typer

DAY_HINT = "YYYY-MM-DD"
HOUR_HINT = "HH:MM"


def day_of(words: str | None, option: str) -> date | None:
    """«2026-11-25» as a day; None where nothing was typed."""
    if words is None:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        raise typer.BadParameter(f"{words!r} is not a day; write it as in 2026-11-25", param_hint=option) from error


def hour_of(words: str | None, option: str) -> time | None:
    """«14:30» as an hour of the day, in UTC; None where nothing was typed."""
    if words is None:
        return None
    try:
        found = time.fromisoformat(words)
    except ValueError as error:
        raise typer.BadParameter(f"{words!r} is not an hour; write it as in 14:30", param_hint=option) from error
    if found.tzinfo is not None:
        raise typer.BadParameter("hours are in UTC; leave the offset out", param_hint=option)
    return found
