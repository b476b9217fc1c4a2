"""economics.md §3 on capacity (CONVENTION §24): what may wait is moved before units are counted, at no higher cost."""

from __future__ import annotations

from itertools import pairwise

import pytest

from planner.basis import Basis
from planner.capacities import Capacity
from planner.cost.capacity import capacity_classes, capacity_cost
from planner.cost.token_load import TokenLoad, accepted_load, load_of
from planner.placement.capacity_options import planned_month
from planner.planning import plan
from planner.samples.catalog import sample
from planner.scenario import Scenario
from planner.workload.task_classes import Slo, Workload
from planner.workload.week import HOURS_PER_WEEK, Week
from tests.support.capacities import DAY, assumed, busy_workload, capacity_scenario, owned, rented, reserved

KINDS = {
    "kept": rented(),
    "given back": rented(hours="active"),
    "units": reserved(),
    "own box": owned(name="own-box"),
}
OFFICE = Week(weights=tuple(float(h % 24 in range(8, 18)) + (h % 24 == 10) for h in range(HOURS_PER_WEEK)))
NIGHT = Week(weights=tuple(float(h % 24 in {22, 23}) for h in range(HOURS_PER_WEEK)))


def at(capacity: Capacity, defer_h: float | None, week: Week | None = None, archive: Week | None = None) -> Scenario:
    """60,000 chats a day and 200,000 taggings that may wait this long."""
    made = busy_workload()
    classes = tuple(
        each.model_copy(update={"requests_per_day": 200_000.0, "defer_h": defer_h, "week": archive})
        if each.name == "archive"
        else each
        for each in made.task_classes
    )
    return capacity_scenario(capacity, workload=made.model_copy(update={"task_classes": classes, "week": week}))


def load(scenario: Scenario) -> TokenLoad:
    capacity = scenario.capacities[0]
    return accepted_load(scenario, capacity, capacity_classes(scenario, capacity))


def peak_of(found: TokenLoad) -> float:
    """The busiest hour, in means of a whole month's hours."""
    return found.peak_to_mean.value / found.active_hours_per_month


def tokens(found: TokenLoad) -> tuple[float, ...]:
    return found.requests, found.runs, found.input_tokens, found.cached_tokens, found.output_tokens


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("week", [None, OFFICE], ids=["like days", "stated"])
def test_a_longer_window_never_raises_the_peak_or_the_cost(kind: str, week: Week | None) -> None:
    """economics.md §7: relaxing a constraint never raises cost; no token is lost over it."""
    asked = [at(KINDS[kind], hours, week) for hours in (0.0, 1.0, 2.0, 3.0, 8.0, 24.0, 168.0)]
    loads = [load(each) for each in asked]
    months = [capacity_cost(each, each.capacities[0], one, DAY) for each, one in zip(asked, loads, strict=True)]
    for shorter, longer in pairwise(range(len(asked))):
        assert peak_of(loads[longer]) <= peak_of(loads[shorter]) * (1 + 1e-12)
        assert loads[longer].active_hours_per_month >= loads[shorter].active_hours_per_month
        assert tokens(loads[longer]) == tokens(loads[0])
        usd = months[longer].effective_usd_per_month, months[shorter].effective_usd_per_month
        assert usd[0] is not None
        assert usd[1] is not None
        assert usd[0].value <= usd[1].value * (1 + 1e-12)
    assert peak_of(loads[-1]) < peak_of(loads[0])


@pytest.mark.parametrize("week", [None, OFFICE], ids=["like days", "stated"])
@pytest.mark.parametrize("window_h", [0.0, 1.0, 1.5])
def test_work_that_cannot_leave_its_hour_changes_nothing(window_h: float, week: Week | None) -> None:
    scenario = at(owned(), window_h, week)
    classes = capacity_classes(scenario, scenario.capacities[0])
    assert load_of(scenario, classes, scenario.capacities[0]) == load_of(scenario, classes)
    assert load_of(scenario, classes[:1], scenario.capacities[0]) == load_of(scenario, classes[:1])


def test_machines_given_back_have_no_nights() -> None:
    """What is moved stays in the hours in which people work; machines that are kept use all of theirs."""
    kept, back = (load(at(KINDS[kind], 24.0)) for kind in ("kept", "given back"))
    assert back.active_hours_per_month == pytest.approx(21 * 9)
    assert kept.active_hours_per_month > 21 * 9
    assert peak_of(kept) < peak_of(back)
    assert back.peak_to_mean.value >= 1


def test_the_ends_of_a_peak_are_moved_as_its_value() -> None:
    made = busy_workload()
    peak = assumed(2.0, "count").model_copy(update={"low": 1.2, "high": 3.0})
    scenario = capacity_scenario(owned(), workload=made.model_copy(update={"peak_to_mean": peak}))
    classes = capacity_classes(scenario, scenario.capacities[0])
    found = load_of(scenario, classes, scenario.capacities[0]).peak_to_mean
    assert found.low is not None
    assert found.high is not None
    assert 1 <= found.low < found.value < found.high < 3


def test_a_window_that_nobody_stated_is_assumed() -> None:
    """Of a class without any bound: then the peak is known no better, whoever measured the week."""
    week = OFFICE.model_copy(update={"basis": Basis.MEASURED, "source": "a log"})

    def basis(workload: Workload) -> Basis:
        return load(capacity_scenario(owned(), workload=workload)).peak_to_mean.basis

    bounded = busy_workload().model_copy(update={"week": week})
    classes = tuple(each.model_copy(update={"slo": Slo()}) for each in bounded.task_classes if each.name == "archive")
    assert basis(bounded) is Basis.MEASURED
    assert basis(bounded.model_copy(update={"task_classes": (bounded.task_classes[0], *classes)})) is Basis.ASSUMED


def test_unlike_weeks_add_up_by_the_hours_a_unit_is_busy() -> None:
    """Taggings are almost all prompt, which a box reads fast: their tokens say little of how busy they keep it."""
    scenario = at(owned(), 0.0, OFFICE, NIGHT)
    capacity = scenario.capacities[0]
    both = capacity_classes(scenario, capacity)
    alone = [accepted_load(scenario, capacity, (each,)) for each in both]
    months = [planned_month(scenario, capacity, classes) for classes in (both, both[:1], both[1:])]
    speed = months[0].speed
    assert speed is not None
    found = months[0].load
    peak = peak_of(found) * speed.busy_hours(found, "value")
    assert peak == pytest.approx(max(peak_of(each) * speed.busy_hours(each, "value") for each in alone))


def test_the_overnight_check_of_a_support_center_needs_no_box_of_its_own() -> None:
    """What customers wait for decides how many boxes there are; the check fits beside it in every hour."""
    scenario = sample("support-center")
    capacity = next(each for each in scenario.capacities if each.name == "owned-l40s")
    chat, check = (
        next(each for each in scenario.workload.task_classes if each.name == name)
        for name in ("customer-chat", "quality-check")
    )
    alone, both = (planned_month(scenario, capacity, classes).month for classes in ((chat,), (chat, check)))
    at_once = planned_month(scenario, capacity, (chat, check.model_copy(update={"defer_h": 0.0}))).month
    assert (alone.units, both.units, at_once.units) == (7, 7, 8)
    made = plan(scenario)
    (load,) = made.capacity_loads
    found = next(each for each in made.week_checks if each.kind == "capacity")
    assert (load.month.units, set(load.task_classes)) == (both.units, {chat.name, check.name})
    assert found.fits
    assert not found.hours_over
    assert found.deferred[0].moved_share > 0
    assert max(found.asked) > found.limit
