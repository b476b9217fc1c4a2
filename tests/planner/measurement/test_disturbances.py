"""Each disturbance is found on its case and only there, with its size (measurement.md §2, CONVENTION §10)."""

from __future__ import annotations

import pytest

from planner.measurement.disturbances import DisturbanceKind, disturbances
from planner.measurement.readings import Reading
from tests.support.machine_readings import Figures, quiet

MIB = 2**20


def during(seconds: range, figures: Figures) -> tuple[Reading, ...]:
    return quiet(20, lambda second: figures if second in seconds else {})


CASES: dict[str, tuple[tuple[Reading, ...], DisturbanceKind, float, str]] = {
    "load": (
        during(range(6, 12), {"foreign_cpus": 0.9}),
        DisturbanceKind.BACKGROUND_LOAD,
        0.9,
        "Other programs kept up to 0.9 CPUs busy, more than 0.12.",
    ),
    "steal": (
        during(range(6, 12), {"steal_share": 0.06}),
        DisturbanceKind.STOLEN_TIME,
        0.06,
        "The hypervisor gave up to 6 % of the CPU time to others, more than 2 %.",
    ),
    "clock": (
        during(range(11, 21), {"frequency_mhz": 2720.0}),
        DisturbanceKind.CLOCK_DROP,
        0.2,
        "The clock fell from 3.4 GHz to 2.72 GHz under the same load.",
    ),
    "counted throttling": (
        during(range(11, 21), {"throttle_count": 33}),
        DisturbanceKind.THROTTLED,
        2.0,
        "The processor was slowed down to protect it, counted 2 times.",
    ),
    "reported throttling": (
        during(range(11, 12), {"throttled": True}),
        DisturbanceKind.THROTTLED,
        0.0,
        "The processor was slowed down to protect it, reported by the system.",
    ),
    "heat": (
        during(range(11, 12), {"headroom_c": 2.0}),
        DisturbanceKind.NEAR_HEAT_LIMIT,
        2.0,
        "The processor came within 2 °C of the limit that its sensor names.",
    ),
    "swapped out": (
        during(range(11, 21), {"swap_used_bytes": 400 * MIB}),
        DisturbanceKind.SWAPPING,
        300.0 * MIB,
        "300 MiB of memory were swapped out.",
    ),
    "swapped in": (
        during(range(6, 11), {"swapped_in_bytes_s": 4.0 * MIB}),
        DisturbanceKind.SWAPPING,
        20.0 * MIB,
        "20 MiB were read back from swap.",
    ),
    "paging": (
        during(range(11, 16), {"major_faults_s": 900.0}),
        DisturbanceKind.PAGING,
        900.0,
        "The model had to wait for the disk up to 900 times a second while it ran.",
    ),
    "unplugged": (
        during(range(15, 16), {"on_battery": True}),
        DisturbanceKind.POWER_SOURCE_CHANGED,
        1.0,
        "The device went onto battery.",
    ),
    "power mode": (
        during(range(15, 16), {"power_mode": "power-saver"}),
        DisturbanceKind.POWER_MODE_CHANGED,
        2.0,
        "The power mode changed from «balanced» to «power-saver».",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_case_is_found_alone(case: str) -> None:
    readings, kind, size, sentence = CASES[case]
    (found,) = disturbances(readings)
    assert (found.kind, found.sentence) == (kind, sentence)
    assert found.size == pytest.approx(size)


def test_a_quiet_round_is_not_disturbed() -> None:
    assert disturbances(quiet(), foreign_cpus=0.03) == ()


@pytest.mark.parametrize(
    "readings",
    [
        during(range(6, 7), {"foreign_cpus": 0.4}),  # one second: 0.4 of 5 s is 0.1 on average
        during(range(21), {"foreign_cpus": 0.12}),
        during(range(21), {"steal_share": 0.02}),
        during(range(11, 21), {"frequency_mhz": 3100.0}),
        during(range(21), {"throttle_count": 999}),
        during(range(11, 21), {"swap_used_bytes": 150 * MIB}),
        during(range(11, 21), {"swap_used_bytes": 0}),
        during(range(1, 8), {"major_faults_s": 5000.0}),  # the weights' file is read while loading
        during(range(21), {"on_battery": True}),
        during(range(21), {"headroom_c": 6.0}),
    ],
)
def test_what_looks_alike_is_not_found(readings: tuple[Reading, ...]) -> None:
    assert disturbances(readings) == ()


def test_the_rounds_own_mean_counts_where_readings_do_not_tell() -> None:
    (found,) = disturbances((), foreign_cpus=1.0)
    assert (found.kind, found.size) == (DisturbanceKind.BACKGROUND_LOAD, 1.0)
    assert found.sentence == "Other programs kept up to 1 CPU busy, more than 0.12."


def test_back_onto_mains_power() -> None:
    readings = quiet(20, lambda second: {"on_battery": True} if second == 0 else {})
    (found,) = disturbances(readings)
    assert (found.size, found.sentence) == (0.0, "The device went onto mains power.")


@pytest.mark.parametrize("readings", [(), (Reading(at_s=0.0),), tuple(Reading(at_s=float(at)) for at in range(9))])
def test_nothing_known_disturbs_nothing(readings: tuple[Reading, ...]) -> None:
    assert disturbances(readings) == ()
