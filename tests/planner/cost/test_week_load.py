"""economics.md §3: blocks of a stated week's own hours keep its work and its peak; without one nothing changes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.basis import Basis
from planner.cost.capacity import capacity_cost
from planner.cost.capacity_terms import capacity_terms
from planner.cost.token_load import load_of
from planner.cost.week_load import stated_hours, stated_stretches_h, tokens_of
from planner.scenario import Scenario
from planner.workload.task_classes import Workload
from planner.workload.week import HOURS_PER_WEEK, Week
from tests.support.capacities import TODAY, busy_workload, capacity_scenario, rented

HOURS = range(HOURS_PER_WEEK)
WEIGHTS = st.one_of(st.just(0.0), st.floats(1e-3, 10))
OFFICE = {day * 24 + hour for day in range(5) for hour in range(9, 18)}


def week(**hours: float) -> Week:
    """Even over office hours but for these, `h34=3`."""
    weights = [1.0 if hour in OFFICE else 0.0 for hour in HOURS]
    for name, weight in hours.items():
        weights[int(name[1:])] = weight
    return Week(weights=tuple(weights), basis=Basis.MEASURED, source="a log")


def stated(week_: Week, workload: Workload | None = None) -> Workload:
    return (workload or busy_workload()).model_copy(update={"week": week_})


def at(workload: Workload, hours: str = "always") -> Scenario:
    return capacity_scenario(rented(hours=hours), workload=workload)


def test_without_a_stated_week_nothing_is_stated() -> None:
    workload = busy_workload()
    assert stated_hours(workload, [(each, 1.0) for each in workload.task_classes]) is None
    assert stated_stretches_h(workload) is None
    assert load_of(at(workload), workload.task_classes).blocks is None


@settings(max_examples=40)
@given(
    st.lists(WEIGHTS, min_size=24, max_size=24).filter(any),
    WEIGHTS,
)
def test_blocks_keep_hours_work_and_peak(day: list[float], monday: float) -> None:
    weights = (*(each + monday for each in day), *(day * 6))
    workload = stated(Week(weights=weights))
    load = load_of(at(workload), workload.task_classes)
    assert load.blocks is not None
    assert math.fsum(each.share_of_hours for each in load.blocks) == pytest.approx(1)
    assert math.fsum(each.share_of_hours * each.relative_load for each in load.blocks) == pytest.approx(1)
    active = [each for each in weights if each > 0]
    assert load.blocks[0].relative_load == load.peak_to_mean.value
    assert load.peak_to_mean.value == pytest.approx(max(active) / (math.fsum(active) / len(active)))
    assert load.active_hours_per_month == pytest.approx(min(730, len(active) * 21 / 5))


def test_a_flat_office_week_is_the_month_of_active_hours() -> None:
    load = load_of(at(stated(week())), busy_workload().task_classes)
    assert load.active_hours_per_month == pytest.approx(21 * 9)
    assert [(each.share_of_hours, each.relative_load) for each in load.blocks or ()] == [(1.0, pytest.approx(1.0))]
    assert (load.peak_to_mean.basis, load.peak_to_mean.source) == (Basis.MEASURED, "a log")


def test_units_cover_the_stated_busiest_hour() -> None:
    """n = spare + ⌈busy units in the busiest hour/(headroom × availability)⌉ (CONVENTION §24), at the week's peak."""
    flat, peaky = at(stated(week())), at(stated(week(h34=12.0)))
    months = [
        capacity_cost(each, each.capacities[0], load_of(each, each.workload.task_classes[:2]), TODAY)
        for each in (flat, peaky)
    ]
    assert months[0].units is not None
    assert months[1].units is not None
    assert months[1].units > 5 * months[0].units
    terms = [
        capacity_terms(each, each.capacities[0], load_of(each, each.workload.task_classes[:2]), TODAY).economics
        for each in (flat, peaky)
    ]
    assert terms[0] is not None
    assert terms[1] is not None
    # the same busy hours in both: one busiest hour of 56 units of work instead of 1 of 45
    assert terms[0].volume_per_unit / terms[1].volume_per_unit == pytest.approx(12 / 56 * 45)


def test_classes_of_unlike_weeks_are_added_up_hour_by_hour() -> None:
    workload = busy_workload()
    chat, archive = workload.task_classes[:2]
    night = Week(weights=tuple(1.0 if hour % 24 == 3 else 0.0 for hour in HOURS))
    found = stated_hours(workload, tokens_of([(chat, 100.0), (archive.model_copy(update={"week": night}), 50.0)]))
    assert found is not None
    assert found.active_hours_per_month == pytest.approx((45 + 7) * 21 / 5)
    assert found.peak_to_mean.basis is Basis.ASSUMED  # of the class that states no hours
    assert stated_hours(workload, [(chat, 100.0), (archive.model_copy(update={"week": night}), 0.0)]) is None


def test_a_machine_given_back_is_paid_in_the_stated_hours() -> None:
    workload = stated(week(h20=1.0))
    assert stated_stretches_h(workload) == (9, 1, 9, 9, 9, 9)
    given_ = at(workload, "active")
    month = capacity_cost(given_, given_.capacities[0], load_of(given_, workload.task_classes[:2]), TODAY)
    assert month.paid_hours_per_unit == pytest.approx(46 * 21 / 5)
    over = stated(week(h167=1.0, h0=1.0))
    assert sorted(stated_stretches_h(over) or ()) == [2, 9, 9, 9, 9, 9]
