"""Units and the few conversions the planner makes; a number's unit is in its name or beside it (CONVENTION §1)."""

from __future__ import annotations

from typing import Literal

Unit = Literal[
    "tok/s",
    "s",
    "B",
    "B/s",
    "FLOP/s",
    "W",
    "Wh",
    "J/tok",
    "share",
    "points",
    "USD",
    "USD/Mtok",
    "USD/kWh",
    "USD/month",
    "USD/request",
    "USD/h",
    "USD/GB",
    "months",
    "gCO2e/kWh",
    "years",
    "MHz",
    "count",
]

TOKENS_PER_MTOK = 1_000_000
MONTHS_PER_YEAR = 12
HOURS_PER_MONTH = 730.0  # CONVENTION §6
SECONDS_PER_HOUR = 3600.0
JOULES_PER_KWH = 3_600_000.0
WATTS_PER_KILOWATT = 1000.0
BYTES_PER_GB = 10**9  # as traffic is billed
BYTES_PER_GIB = 1024**3
BYTES_PER_MIB = 1024**2


def kwh(energy_j: float) -> float:
    """Joules to kWh."""
    return energy_j / JOULES_PER_KWH
