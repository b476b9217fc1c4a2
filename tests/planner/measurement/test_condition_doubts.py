"""Each doubt about the machine's state appears on its case and only there, with a figure and a next step."""

from __future__ import annotations

import pytest

from planner.measurement.condition_doubts import condition_doubts
from planner.measurement.readings import Reading
from planner.measurement.runs import Conditions
from tests.support.machine_readings import Figures, quiet

MIB = 2**20
Rounds = list[tuple[Reading, ...]]


def conditions(power: str | None = "ac") -> Conditions:
    return Conditions(
        power_source=power,
        battery_percent=None,
        power_mode="balanced",
        available_memory_bytes=None,
        load_average_1min=None,
    )


def told(rounds: Rounds, power: str | None = "ac", foreign_cpus: tuple[float | None, ...] = ()) -> dict[str, str]:
    found = condition_doubts(rounds, conditions(power), foreign_cpus=foreign_cpus)
    assert all(advice.endswith(".") for _, _, advice in found)
    return {kind: sentence for kind, sentence, _ in found}


def late(figures: Figures) -> tuple[Reading, ...]:
    return quiet(20, lambda second: figures if second > 10 else {})


def throughout(figures: Figures) -> tuple[Reading, ...]:
    return quiet(20, lambda second: figures)


CASES: dict[str, tuple[Rounds, dict[str, str]]] = {
    "load in one round": (
        [quiet(), throughout({"foreign_cpus": 1.2}), quiet()],
        {"Disturbed": "In 1 of 3 rounds other programs kept up to 1.2 CPUs busy, more than 0.12."},
    ),
    "load and steal": (
        [throughout({"foreign_cpus": 0.3, "steal_share": 0.04}), throughout({"steal_share": 0.1})],
        {
            "Disturbed": "In 1 of 2 rounds other programs kept up to 0.3 CPUs busy, more than 0.12. "
            "In 2 of 2 rounds the hypervisor gave up to 10 % of the CPU time to others, more than 2 %."
        },
    ),
    "a hot round": (
        [late({"frequency_mhz": 2720.0, "temperature_c": 91.0})],
        {"ThermalThrottling": "The clock fell from 3.4 GHz to 2.72 GHz while it went from 62 to 91 °C."},
    ),
    "slower from round to round": (
        [quiet(), throughout({"frequency_mhz": 2600.0, "temperature_c": 84.0})],
        {"ThermalThrottling": "The clock fell from 3.4 GHz to 2.6 GHz while it went from 62 to 84 °C."},
    ),
    "throttling counted": (
        [late({"throttle_count": 1231})],
        {
            "ThermalThrottling": "The processor slowed itself down 1,200 times to protect itself. "
            "The hottest reading was 62 °C."
        },
    ),
    "throttling reported, without sensors": (
        [late({"throttled": True}), throughout({"temperature_c": None})],
        {
            "ThermalThrottling": "The system held the processor's clock down, for heat or for want of power. "
            "The hottest reading was 62 °C."
        },
    ),
    "a cool clock that moves": (
        [quiet(), throughout({"frequency_mhz": 2400.0})],
        {"UnsteadyClock": "Under the same load the clock moved between 2.4 GHz and 3.4 GHz."},
    ),
    "a clock that rises": (
        [throughout({"frequency_mhz": 2400.0}), throughout({"temperature_c": 90.0})],
        {"UnsteadyClock": "Under the same load the clock moved between 2.4 GHz and 3.4 GHz."},
    ),
    "unplugged": (
        [quiet(), late({"on_battery": True})],
        {"OnBattery": "The device went onto battery during round 2."},
    ),
    "another power mode": (
        [quiet(), throughout({"power_mode": "power-saver"})],
        {"PowerModeChanged": "The power mode changed from «balanced» to «power-saver» during the measurement."},
    ),
    "swapping and paging": (
        [late({"swap_used_bytes": 612 * MIB}), late({"major_faults_s": 450.0})],
        {
            "MemoryPressure": "In 1 of 2 rounds up to 512 MiB were moved to or from swap. "
            "In 1 of 2 rounds the model waited for the disk up to 450 times a second."
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_doubt_fires_on_its_case_and_only_there(case: str) -> None:
    rounds, expected = CASES[case]
    assert told(rounds) == expected


@pytest.mark.parametrize(
    "rounds",
    [
        [],
        [()],
        [quiet(), quiet(), quiet()],
        [tuple(Reading(at_s=float(at)) for at in range(9))],
        [quiet(), throughout({"temperature_c": 95.0})],  # hot, and no slower for it
        [late({"headroom_c": 1.0})],
        [throughout({"throttle_count": 31}), throughout({"throttle_count": 90})],  # counted between the rounds
        [throughout({"swap_used_bytes": 0}), throughout({"swap_used_bytes": 900 * MIB})],
    ],
)
def test_nothing_to_doubt(rounds: Rounds) -> None:
    assert told(rounds) == {}


def test_a_rounds_own_mean_counts_where_it_was_given() -> None:
    sentence = told([quiet(), quiet()], foreign_cpus=(0.0, 0.5))["Disturbed"]
    assert sentence == "In 1 of 2 rounds other programs kept up to 0.5 CPUs busy, more than 0.12."
    assert told([quiet(), quiet()], foreign_cpus=(0.0,)) == {}


def test_power_is_compared_with_the_start() -> None:
    on_battery = throughout({"on_battery": True})
    assert told([on_battery], power="battery") == {}  # doubted by the run's conditions already
    assert told([on_battery], power=None) == {}
    assert told([on_battery], power="ac").keys() == {"OnBattery"}
    assert told([on_battery, quiet()], power="battery") == {
        "PowerSourceChanged": "The device went from battery onto mains power during round 2."
    }
