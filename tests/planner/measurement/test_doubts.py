"""Each doubt appears for its reason, with a figure and a next step, and not otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from planner.measurement.doubts import doubts
from planner.measurement.runs import (
    Conditions,
    DecodeSample,
    ModelIdentity,
    ModelSource,
    PrefillSample,
    Round,
    RoundState,
    Run,
    RunOutcome,
    RunSettings,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def run_of(
    speeds: tuple[float, ...] = (1.0, 1.01, 0.99),
    *,
    states: dict[int, RoundState] | None = None,
    power: str | None = "ac",
    available: int | None = 10**10,
    outcome: RunOutcome = RunOutcome.COMPLETE,
    message: str = "",
    cold: tuple[int, ...] = (),
) -> Run:
    rounds = tuple(
        Round(
            number=number,
            started_at=NOON,
            state=(states or {}).get(number, RoundState.CLEAN),
            load_s=1.0,
            first_run_s=1.0,
            prefill=(PrefillSample(prompt_tokens=128, duration_s=each),),
            decode=(DecodeSample(context_tokens=128, token_times_s=(each, 2 * each)),),
            peak_memory_bytes=10**9,
            foreign_cpus=0.4 * number if number in (states or {}) else 0.0,
            is_warm=number not in cold,
        )
        for number, each in enumerate(speeds, start=1)
    )
    return Run(
        run_id="r",
        started_at=NOON,
        finished_at=NOON,
        model=ModelIdentity(name="m", architecture=None, source=ModelSource.SYNTHESISED, file_bytes=1),
        weight_format="int4",
        settings=RunSettings(
            runtime="r", execution_provider="CPUExecutionProvider", threads=1, kv_format="fp32", shared_kv_buffer=True
        ),
        conditions=Conditions(
            power_source=power,
            battery_percent=41.0 if power == "battery" else None,
            power_mode=None,
            available_memory_bytes=available,
            load_average_1min=None,
        ),
        rounds=rounds,
        outcome=outcome,
        message=message,
    )


def told(run: Run) -> dict[str, str]:
    found = doubts(run)
    assert all(doubt.advice.endswith(".") and doubt.subject.startswith("m int4") for doubt in found)
    return {doubt.kind: doubt.sentence for doubt in found}


@pytest.mark.parametrize(
    ("execution_provider", "subject"),
    [
        ("CPUExecutionProvider", "m int4"),
        ("OpenVINOExecutionProvider", "m int4 on OpenVINO CPU"),
        ("OpenVINOExecutionProvider:GPU", "m int4 on OpenVINO GPU"),
        ("CUDAExecutionProvider", "m int4 on CUDA"),
    ],
)
def test_a_doubt_names_the_provider_where_it_is_not_the_usual_one(execution_provider: str, subject: str) -> None:
    run = run_of(outcome=RunOutcome.STOPPED)
    there = run.settings.model_copy(update={"execution_provider": execution_provider})
    found = doubts(run.model_copy(update={"settings": there}))
    assert found
    assert {doubt.subject for doubt in found} == {subject}


def test_a_steady_run_on_mains_power_is_not_doubted() -> None:
    assert told(run_of()) == {}


def test_time_up_alone_is_no_doubt_but_a_wide_interval_is() -> None:
    assert told(run_of(outcome=RunOutcome.TIME_UP)) == {}
    assert told(run_of((1.0, 1.5, 0.7), outcome=RunOutcome.TIME_UP)).keys() == {"WideInterval"}


def test_too_few_rounds() -> None:
    assert told(run_of((1.0,)))["TooFewRounds"].startswith("Only 1 round stand")
    assert told(run_of((1.0, 1.0)))["TooFewRounds"].startswith("Only 2 rounds stand")


def test_wide_interval_gives_its_size() -> None:
    sentence = told(run_of((1.0, 1.5, 0.7)))["WideInterval"]
    assert sentence == "The widest 95 % interval is ±121 %, more than ±10 %."


def test_a_trend_over_the_rounds_is_doubted_and_scatter_is_not() -> None:
    # Five values in order: 2 of the 120 orders are as steep, p = 1/60 (Kendall 1975).
    sentence = told(run_of((1.0, 1.01, 1.02, 1.03, 1.04)))["Drifting"]
    assert "by up to 3.8 % from the first to the last" in sentence
    assert "Drifting" not in told(run_of((1.0, 1.04, 1.01, 1.03, 1.02)))
    assert "Drifting" not in told(run_of((1.0, 1.01, 1.02)))  # three rounds in order are no news


def test_openvinos_cpu_device_widens_block_quantized_weights() -> None:
    def on(execution_provider: str, block_size: int | None) -> Run:
        run = run_of()
        changed = {"execution_provider": execution_provider, "block_size": block_size}
        return run.model_copy(update={"settings": run.settings.model_copy(update=changed)})

    assert "as if they were fp32" in told(on("OpenVINOExecutionProvider", 32))["WidenedWeights"]
    for execution_provider, block_size in (
        ("OpenVINOExecutionProvider", None),
        ("OpenVINOExecutionProvider:GPU", 32),
        ("CPUExecutionProvider", 32),
    ):
        assert "WidenedWeights" not in told(on(execution_provider, block_size))


def test_disturbed_counts_rounds_and_names_the_worst() -> None:
    run = run_of(states={1: RoundState.DISTURBED, 3: RoundState.DISTURBED})
    assert told(run) == {"Disturbed": "In 2 of 3 rounds other programs kept up to 1.2 CPUs busy, more than 0.12."}


def test_rounds_that_were_not_warm_are_counted() -> None:
    sentence = "In 1 of 3 rounds the speed was still rising or falling when the warm-up's time was used."
    assert told(run_of(cold=(2,))) == {"NotWarm": sentence}
    assert told(run_of((1.0,), cold=(1,)))["NotWarm"].startswith("In 1 of 1 round the speed")


def test_battery_with_its_charge() -> None:
    assert told(run_of(power="battery")) == {"OnBattery": "The device ran on battery at 41 % charge."}
    assert told(run_of(power=None)) == {}


def test_memory_pressure_only_near_what_was_free() -> None:
    assert told(run_of(available=1_050_000_000)).keys() == {"MemoryPressure"}
    assert told(run_of(available=1_200_000_000)) == {}
    assert told(run_of(available=None)) == {}


def test_stopped_and_failed_runs_say_why() -> None:
    stopped = told(run_of(outcome=RunOutcome.STOPPED, message="stopped by the user"))
    failed = told(run_of(outcome=RunOutcome.FAILED, message="the child process crashed (SIGSEGV)"))
    assert "was stopped" in stopped["StoppedEarly"]
    assert "failed" in failed["StoppedEarly"]
    assert "SIGSEGV" in failed["StoppedEarly"]
