"""A measurement ends when it is sure or out of time, and says beforehand how many rounds that will take."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from planner.measurement.request import MeasurementRequest
from planner.measurement.runs import DecodeSample, PrefillSample, Round, RoundState, RunOutcome
from planner.measurement.stopping import FULL, LOOKS, QUICK, Budget, budget_of, planned_rounds, series_of, verdict

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def rounds_of(*durations_s: float) -> list[Round]:
    return [
        Round(
            number=number,
            started_at=NOON,
            state=RoundState.CLEAN,
            load_s=None,
            first_run_s=None,
            prefill=(PrefillSample(prompt_tokens=128, duration_s=each),),
            decode=(),
            peak_memory_bytes=None,
            foreign_cpus=None,
        )
        for number, each in enumerate(durations_s, start=1)
    ]


def test_the_request_chooses_the_budget() -> None:
    assert budget_of(MeasurementRequest(model="m", quick=True)) is QUICK
    assert budget_of(MeasurementRequest(model="m")) is FULL


def test_the_grid_carries_the_requests_lengths() -> None:
    grid = QUICK.grid(MeasurementRequest(model="m", prompt_tokens=(64,), context_tokens=(256, 64)))
    assert grid.lengths == [64, 256]
    assert grid.max_tokens == 256 + QUICK.decode_steps


def test_steady_rounds_end_it_only_after_the_fewest() -> None:
    assert verdict(rounds_of(1.0, 1.0), QUICK, 2.0) is None
    assert verdict(rounds_of(1.0, 1.0, 1.0), QUICK, 3.0) is RunOutcome.COMPLETE
    assert verdict(rounds_of(1.0, 1.0, 1.0, 1.0), FULL, 4.0) is None
    assert verdict(rounds_of(*[1.0] * 5), FULL, 5.0) is RunOutcome.COMPLETE


def test_certainty_between_two_looks_ends_nothing_but_time_does() -> None:
    assert verdict(rounds_of(1.0, 1.0, 1.0, 1.0), QUICK, 4.0) is None, "4 is no look"
    assert verdict(rounds_of(*[14.0] * 4), QUICK, 56.0) is RunOutcome.COMPLETE, "no fifth fits, and it is sure"
    assert verdict(rounds_of(1.0, 1.0), QUICK, 300.0) is RunOutcome.TIME_UP, "two rounds are fewer than asked for"


def test_looks_are_few_and_begin_with_the_fewest_rounds() -> None:
    assert QUICK.looks == LOOKS
    assert FULL.looks == LOOKS[1:]
    assert FULL.looks[0] == FULL.fewest_rounds
    assert LOOKS[1:5] == (5, 8, 12, 16)  # measurement.md §2


def test_scattered_rounds_go_on() -> None:
    assert verdict(rounds_of(1.0, 2.0, 3.0), QUICK, 6.0) is None


def test_a_round_that_does_not_fit_is_not_started_but_two_always_run() -> None:
    assert verdict(rounds_of(50.0), QUICK, 50.0) is None
    assert verdict(rounds_of(300.0), QUICK, 300.0) is None
    assert verdict(rounds_of(50.0, 51.0), QUICK, 101.0) is RunOutcome.TIME_UP
    assert verdict(rounds_of(10.0, 20.0, 15.0), QUICK, 45.0) is None  # 60 s is within the budget
    assert verdict(rounds_of(10.0, 20.0, 18.0), QUICK, 48.0) is RunOutcome.TIME_UP  # 64 s is 7 % beyond it


def test_the_fewest_rounds_may_take_twice_the_budget() -> None:
    assert verdict(rounds_of(39.0, 41.0), QUICK, 80.0) is None
    assert verdict(rounds_of(39.0, 41.0, 40.0), QUICK, 120.0) is not None
    assert verdict(rounds_of(40.0, 42.0), QUICK, 82.0) is RunOutcome.TIME_UP


def test_rounds_end_somewhere_even_when_they_cost_no_time() -> None:
    assert verdict(rounds_of(*([1.0, 2.0] * (LOOKS[-1] // 2))), FULL, 1.0) is RunOutcome.TIME_UP


def test_the_plan_follows_spread_and_time() -> None:
    assert planned_rounds([], QUICK, 0.0) == QUICK.fewest_rounds
    assert planned_rounds(rounds_of(1.0), QUICK, 1.0) == QUICK.fewest_rounds
    assert planned_rounds(rounds_of(40.0), QUICK, 40.0) == 3, "within twice the budget"
    assert planned_rounds(rounds_of(50.0), QUICK, 50.0) == 2
    assert planned_rounds(rounds_of(1.0, 1.0), QUICK, 2.0) == QUICK.fewest_rounds
    assert planned_rounds(rounds_of(1.0, 1.3, 1.1), QUICK, 3.4) > 4
    assert planned_rounds(rounds_of(10.0, 13.0, 11.0), QUICK, 34.0) == 5  # no more fit into 63 s
    assert planned_rounds(rounds_of(1.0, 1.0, 1.0), QUICK, 3.0) == 3


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=20), st.floats(0.1, 1000))
def test_no_more_rounds_are_planned_exactly_when_the_verdict_is_given(durations_s: list[float], spent_s: float) -> None:
    rounds = rounds_of(*durations_s)
    ended = verdict(rounds, QUICK, spent_s) is not None
    assert (planned_rounds(rounds, QUICK, spent_s) == len(rounds)) == ended


def test_a_looser_target_needs_no_more_rounds() -> None:
    rounds = rounds_of(1.0, 1.3, 1.1)
    strict = planned_rounds(rounds, replace(QUICK, half_width_share=0.05), 3.4)
    assert planned_rounds(rounds, QUICK, 3.4) <= strict


def nested(*starts: tuple[float, ...], start_s: float = 2.0) -> list[Round]:
    """Rounds with one decode series of ten steps for every step time given."""
    rounds = rounds_of(*[1.0] * len(starts))
    return [
        one.model_copy(
            update={
                "load_s": start_s / 2,
                "first_run_s": start_s / 2,
                "decode": tuple(
                    DecodeSample(context_tokens=128, token_times_s=tuple(each * (step + 1) for step in range(10)))
                    for each in starts[one.number - 1]
                ),
            }
        )
        for one in rounds
    ]


WITHIN = ((0.10, 0.14), (0.11, 0.13), (0.10, 0.14), (0.12, 0.12), (0.10, 0.14))
"""Step times of five starts whose means are alike: all spread is within."""
BETWEEN = ((0.10, 0.10), (0.14, 0.14), (0.11, 0.11), (0.13, 0.13), (0.12, 0.12))


def test_series_are_repeated_within_a_start_only_where_that_pays() -> None:
    assert series_of(nested(*WITHIN), FULL) == FULL.most_series
    assert series_of(nested(*BETWEEN), FULL) == FULL.decode_series


def test_series_follow_the_cost_of_a_start() -> None:
    # T1² = 2·10⁻⁴, T2² = S2² − T1²/2 = 4·10⁻⁴ − 10⁻⁴ (Kalibera & Jones 2013): ⌈√(start/1.2 · 2/3)⌉ repeats.
    starts = tuple((mean - 0.01, mean + 0.01) for mean in (0.10, 0.10, 0.12, 0.14, 0.14))
    assert series_of(nested(*starts, start_s=20.0), FULL) == 4
    assert series_of(nested(*starts, start_s=2.0), FULL) == FULL.decode_series
    assert series_of(nested(*starts, start_s=2000.0), FULL) == FULL.most_series


def test_series_stay_as_they_are_until_rounds_can_tell() -> None:
    assert series_of([], FULL) == FULL.decode_series
    assert series_of(nested(*WITHIN[:4]), FULL) == FULL.decode_series
    assert series_of(nested(*[(0.1,), (0.2,), (0.3,)]), QUICK) == QUICK.decode_series, (
        "one series shows no spread within"
    )


def test_more_series_are_part_of_the_grid() -> None:
    request = MeasurementRequest(model="m")
    assert FULL.grid(request).decode_series == 2
    assert FULL.grid(request, 5).decode_series == 5


def warms_up(budget: Budget) -> bool:
    grid = budget.grid(MeasurementRequest(model="m"))
    return grid.warm_up_window_s > 0 and grid.warm_up_limit_s >= 6 * grid.warm_up_window_s  # six windows are needed


def test_both_budgets_warm_up() -> None:
    assert warms_up(QUICK)
    assert warms_up(FULL)
