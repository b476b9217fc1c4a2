"""Readings of a round as a sampler takes them, one a second, for tests of what is concluded from them."""

from __future__ import annotations

from collections.abc import Callable

from planner.measurement.readings import Reading

Figures = dict[str, object]


def quiet(seconds: int = 20, figures: Callable[[int], Figures] | None = None) -> tuple[Reading, ...]:
    """A round on a quiet laptop on mains power; `figures` of a second replaces what it names."""
    return tuple(_reading(second, (figures or _nothing)(second)) for second in range(seconds + 1))


def _reading(second: int, figures: Figures) -> Reading:
    rates: Figures = {
        "own_cpus": 4.0,
        "foreign_cpus": 0.03,
        "steal_share": 0.0,
        "swapped_in_bytes_s": 0.0,
        "major_faults_s": 0.0,
    }
    gauges: Figures = {
        "frequency_mhz": 3400.0,
        "temperature_c": 62.0,
        "headroom_c": 38.0,
        "throttle_count": 31,
        "throttled": False,
        "available_memory_bytes": 8 * 2**30,
        "swap_used_bytes": 100 * 2**20,
        "battery_percent": 80.0 if second % 15 == 0 else None,
        "on_battery": False if second % 15 == 0 else None,
        "power_mode": "balanced" if second % 15 == 0 else None,
        "load_average_1min": 3.9,
    }
    return Reading.model_validate({"at_s": float(second), **(rates if second else {}), **gauges, **figures})


def _nothing(second: int) -> Figures:
    return {}
