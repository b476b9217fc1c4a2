"""The local share of near-optimal plans, against every choice of a small scenario (economics.md §3)."""

from __future__ import annotations

from itertools import product

import pytest

from planner.placement.near_optimal import NearOptimal, near_optimal
from planner.placement.optimizer.score import score, whole
from planner.placement.options import Side
from planner.placement.selection import select
from planner.planning import candidates_of, plan
from planner.scenario import Scenario
from tests.support.engine import scenario, task_class

GIVEN = scenario(*(task_class(f"class-{n}", requests_per_day=4_000.0 + 1_000 * n) for n in range(3)))


def found(given: Scenario, within: tuple[float, ...]) -> NearOptimal:
    candidates, fixed = candidates_of(given)
    selection = select(candidates, fixed, given.policy.device_contention_cap)
    asked = {each.task_class: each.requests_per_month for each in plan(given).placements}
    return near_optimal(candidates, asked, selection.problem, selection.solution, within)


@pytest.mark.parametrize("within", [0.0, 0.05, 0.2, 1.0, 5.0])
def test_no_plan_of_that_cost_has_less_or_more(within: float) -> None:
    candidates, fixed = candidates_of(GIVEN)
    selection = select(candidates, fixed, GIVEN.policy.device_contention_cap)
    requests = {each.name: each.requests_per_day for each in GIVEN.workload.task_classes}
    shares: list[tuple[float, int]] = []
    for choice in product(*([each for each in one.options if each.feasible] for one in candidates)):
        homes = {one.task_class: option.option_id for one, option in zip(candidates, choice, strict=True)}
        _, overrun, usd = score(selection.problem, whole(homes))
        if overrun == 0 and usd <= selection.solution.usd * (1 + within + 1e-9):
            local = [name for name, home in homes.items() if home.startswith("edge:")]
            shares.append((sum(requests[name] for name in local) / sum(requests.values()), len(local)))
    ours = found(GIVEN, (within,)).ranges[0]
    assert (ours.least_requests, ours.most_requests) == pytest.approx(
        (min(share for share, _ in shares), max(share for share, _ in shares)), abs=1e-9
    )
    assert (ours.least_classes, ours.most_classes) == (min(n for _, n in shares), max(n for _, n in shares))
    assert ours.proven


def test_a_wider_cost_never_narrows_the_range_and_the_plan_is_inside() -> None:
    ours = found(GIVEN, (0.0, 0.02, 0.1, 0.5, 3.0))
    for narrow, wide in zip(ours.ranges, ours.ranges[1:], strict=False):
        assert wide.least_requests <= narrow.least_requests <= narrow.most_requests <= wide.most_requests
        assert wide.least_classes <= narrow.least_classes <= narrow.most_classes <= wide.most_classes
    assert all(each.least_requests <= ours.requests <= each.most_requests for each in ours.ranges)
    assert ours.ranges[-1].least_requests < ours.ranges[0].least_requests
    on_devices = [each for each in plan(GIVEN).placements if each.chosen and each.chosen.side is Side.EDGE]
    assert ours.classes == len(on_devices)


def test_what_must_stay_stays_in_every_plan() -> None:
    private = scenario(task_class("private", may_leave_device=False), task_class("free"))
    assert found(private, (5.0,)).ranges[0].least_classes == 1
