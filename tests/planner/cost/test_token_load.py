"""economics.md §3: the hours of a month sorted into blocks that keep work and peak; CONVENTION §6, §8."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.cost.token_load import busy_machine_hours, load_blocks, load_of
from tests.support.capacities import busy_workload, capacity_scenario, token_load


@given(st.floats(1, 1000))
def test_blocks_keep_hours_work_and_peak(peak: float) -> None:
    blocks = load_blocks(peak)
    assert sum(block.share_of_hours for block in blocks) == pytest.approx(1)
    assert sum(block.share_of_hours * block.relative_load for block in blocks) == pytest.approx(1)
    assert blocks[0].relative_load == peak
    loads = [block.relative_load for block in blocks]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(loads))
    assert min(loads) >= 0


def test_without_a_peak_every_hour_is_alike() -> None:
    assert all(block.relative_load == pytest.approx(1) for block in load_blocks(1.0))


def test_load_of_counts_active_days_and_cached_tokens_as_input() -> None:
    workload = busy_workload()
    scenario = capacity_scenario(workload=workload)
    load = load_of(scenario, workload.task_classes[:2])
    assert load.requests == 80_000 * 21
    assert load.input_tokens == (60_000 * 1_800 + 20_000 * 3_000) * 21
    assert load.cached_tokens == pytest.approx(60_000 * 1_800 * 0.4 * 21)
    assert load.output_tokens == (60_000 * 300 + 20_000 * 40) * 21
    assert load.active_hours_per_month == 21 * 9


def test_busy_hours_are_uncached_input_and_output_apart() -> None:
    load = token_load(requests=3_600)
    assert busy_machine_hours(load, 1_000, 100) == pytest.approx(1_000 / 1_000 + 300 / 100)


@given(st.floats(0.01, 100))
def test_a_load_scales_evenly(volume: float) -> None:
    load = token_load()
    more = load.times(volume)
    assert math.isclose(more.uncached_tokens, load.uncached_tokens * volume)
    assert more.active_hours_per_month == load.active_hours_per_month
