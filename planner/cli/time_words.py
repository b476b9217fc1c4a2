"""Times and rates as people type them: «4.2s», «300ms», «120/h»."""

from __future__ import annotations

import re
from collections.abc import Mapping

from planner.errors import PlannerError

SECONDS: Mapping[str, float] = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "day": 86_400.0, "d": 86_400.0}
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h)?", re.ASCII)
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(s|min|h|day|d)", re.ASCII)
LEAST, MOST = 1e-6, 1e9


def time_s(words: str, option: str) -> float:
    """A positive time in seconds; a bare number is seconds."""
    found = _TIME.fullmatch(words.strip())
    if found and LEAST <= (value := float(found[1]) * SECONDS[found[2] or "s"]) <= MOST:
        return value
    raise PlannerError(f"«{words}» is not a time", where=option, remedy="Write 4.2s, 300ms, 2min or 1h.")


def rate_per_s(words: str, option: str) -> float:
    """A positive rate in 1/s."""
    found = _RATE.fullmatch(words.strip())
    if found and LEAST <= (value := float(found[1]) / SECONDS[found[2]]) <= MOST:
        return value
    raise PlannerError(f"«{words}» is not a rate", where=option, remedy="Write 120/h, 2/s, 30/min or 5000/day.")
