"""The conditions of a run are told as they were read, and not at all where nothing told them."""

from __future__ import annotations

from planner.measurement.runs import Conditions
from planner.profiles.run_conditions import conditions_of, conditions_throughout, power_words
from tests.support.compared_runs import run_of
from tests.support.machine_readings import quiet

NOTHING = Conditions(
    power_source=None, battery_percent=None, power_mode=None, available_memory_bytes=None, load_average_1min=None
)


def test_what_nothing_told_is_not_said() -> None:
    assert conditions_throughout(NOTHING, ()).words == ()


def test_a_quiet_run_in_words() -> None:
    run = run_of((50, 51), readings=quiet())
    assert conditions_of(run).words == (
        "on mains",
        "8 GiB free memory",
        "load 0.1",
        "others used 0.01 CPUs",
        "3.4 GHz",
        "62 °C at first, 62 °C when slowest, 62 °C at the hottest",
        "100 MiB swapped out",
    )


def test_a_clock_that_falls_while_it_gets_hot_is_said() -> None:
    readings = quiet(
        30, lambda second: {"frequency_mhz": 2400.0, "temperature_c": 95.0} if second > 15 else {"swap_used_bytes": 0}
    )
    words = conditions_throughout(NOTHING.model_copy(update={"battery_percent": 41.0}), readings).words
    assert "battery at 41 %" in words
    assert "3.4 GHz at first, 2.4 GHz at the slowest" in words
    assert "62 °C at first, 95 °C when slowest, 95 °C at the hottest" in words


def test_swap_is_told_by_the_most_that_was_out_and_what_came_back() -> None:
    readings = quiet(
        4, lambda second: {"swapped_in_bytes_s": 2.0**20 if second else None, "swap_used_bytes": second * 2**20}
    )
    told = conditions_throughout(NOTHING, readings)
    assert told.swap_used_bytes == 4 * 2**20
    assert told.words[-1] == "4 MiB swapped out, 1 MiB/s read back"


def test_other_programs_are_the_mean_of_the_rounds() -> None:
    run = run_of((50, 51))
    rounds = tuple(
        one.model_copy(update={"foreign_cpus": busy}) for one, busy in zip(run.rounds, (0.1, 0.3), strict=True)
    )
    assert conditions_of(run.model_copy(update={"rounds": rounds})).foreign_cpus == 0.2


def test_power_sources_have_words() -> None:
    assert [power_words(source) for source in ("ac", "battery", "solar", None)] == [
        "on mains",
        "on battery",
        "power from solar",
        "unknown",
    ]
