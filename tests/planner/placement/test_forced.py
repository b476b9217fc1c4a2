"""Why not the other side: the displayed regret is that of the forced plan (economics.md §7), or a smallest conflict."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import combinations, product

import pytest

from planner.placement.optimizer.score import score, whole
from planner.placement.options import Placement, Side
from planner.placement.selection import select
from planner.planning import candidates_of, plan
from planner.samples.catalog import sample
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from planner.workload.task_classes import Slo
from tests.support.engine import device, figure, ownership, scenario, task_class

HEAVY = 140_000.0  # requests a day that keep the devices busy 12 % of their active hours; the cap of 30 % holds two


def placed(given: Scenario, name: str) -> Placement:
    return next(each for each in plan(given).placements if each.task_class == name)


def test_the_regret_beside_bought_capacity_is_that_of_a_plan_without_the_other_side() -> None:
    """economics.md §7, on whole machines that several classes share: the class has no device any more."""
    given = sample("support-center")
    best = plan(given)
    name = "ticket-classification"
    (fleet,) = given.fleets
    others = tuple(each.name for each in given.workload.task_classes if each.name != name)
    forced = plan(given.model_copy(update={"fleets": (fleet.model_copy(update={"user_classes": others}),)}))
    more = forced.totals.plan_usd_per_month.value - best.totals.plan_usd_per_month.value
    shown = next(each for each in best.placements if each.task_class == name).regret_usd_per_year
    assert shown == pytest.approx(12 * more, rel=1e-9)


def test_the_regret_is_the_forced_plan_less_the_plan() -> None:
    """Leaving makes room for the class that had to leave: less is lost than the class's own difference."""
    classes = [task_class(f"class-{n}", requests_per_day=HEAVY + 100 * n) for n in range(3)]
    given = scenario(*classes)
    best = plan(given)
    stays = next(each for each in best.placements if each.chosen and each.chosen.side is Side.EDGE)
    remote = min(
        each.cost.true_usd_per_month.value
        for each in stays.options
        if each.feasible and each.side is Side.DATACENTER and each.cost and each.cost.true_usd_per_month
    )
    rest = plan(scenario(*(each for each in classes if each.name != stays.task_class)))
    forced = rest.totals.plan_usd_per_month.value + remote
    assert stays.regret_usd_per_year == pytest.approx(12 * (forced - best.totals.plan_usd_per_month.value), rel=1e-6)
    assert stays.regret_usd_per_year < 12 * (remote - 8)
    assert "a year more" in stays.other_side


def test_privacy_is_the_whole_conflict() -> None:
    found = placed(scenario(task_class(may_leave_device=False)), "mail")
    assert found.conflict == ("privacy",)
    assert found.regret_usd_per_year is None
    assert found.other_side == "Forbidden in the data center by privacy."


def test_a_conflict_is_smallest() -> None:
    """Two devices, each ruled out by one thing alone: both things are named, and neither would do by itself."""
    slow = device("slow", figures=(figure(decode_tok_s=2.0),), owned=ownership())
    large = device("large", figures=(figure(memory_bytes=2.0**40),), owned=ownership())
    fleets = tuple(Fleet(profile=each, count=100) for each in (slow, large))
    asked = task_class(requests_per_day=10.0, slo=Slo(e2e_p95_s=10.0))
    found = placed(scenario(asked, fleets=fleets), "mail")
    assert found.conflict == ("memory", "e2e_slo")
    edge = [option for option in found.options if option.side is Side.EDGE]

    def forbids(kinds: tuple[str, ...]) -> bool:
        return all(any(each.constraint in kinds for each in option.violations) for option in edge)

    assert forbids(found.conflict)
    assert not any(forbids(part) for part in combinations(found.conflict, len(found.conflict) - 1))
    assert "together" in found.other_side


def test_hours_that_private_classes_need_keep_others_out() -> None:
    private = [task_class(f"private-{n}", requests_per_day=HEAVY, may_leave_device=False) for n in range(2)]
    found = placed(scenario(*private, task_class("free", requests_per_day=HEAVY)), "free")
    assert found.conflict == ("hours",)
    assert found.other_side == "Forbidden on the device by the devices' hours, which other classes need."
    assert "whose hours the other classes need" in found.reason


def test_models_that_do_not_fit_together_are_not_placed_together() -> None:
    """Each model fits the memory alone; both do not, so the classes share one (CONVENTION §16)."""
    figures = (figure(memory_bytes=9.0 * 2**30), figure(model="qwen2.5-0.5b", memory_bytes=9.0 * 2**30))
    book = Fleet(profile=device(figures=figures, owned=ownership(incremental_usd=Decimal(0))), count=100)
    classes = [task_class(f"class-{n}", requests_per_day=100_000.0) for n in range(2)]
    given = scenario(*classes, fleets=(book,), policy=Policy(hardware=HardwarePolicy.SUNK))
    result = plan(given)
    assert "MemoryTogether" not in {doubt.kind for doubt in result.doubts}
    assert len({each.chosen.option_id for each in result.placements if each.chosen}) == 1


@pytest.mark.parametrize("seed", range(8))
def test_the_displayed_regret_is_that_of_every_choice_tried(seed: int) -> None:
    """economics.md §7: forced alternative − optimum = displayed regret, where hours and a fleet are shared."""
    draw = random.Random(seed)
    classes = [task_class(f"class-{n}", requests_per_day=draw.uniform(500.0, 150_000.0)) for n in range(3)]
    cap = draw.choice([0.1, 0.2, 0.3])
    given = scenario(*classes, policy=Policy(device_contention_cap=cap))
    candidates, fixed = candidates_of(given)
    problem = select(candidates, fixed, cap).problem
    costs: dict[tuple[str, ...], float] = {}
    for ways in product(*([way.name for way in demand.ways] for demand in problem.demands)):
        homes = {demand.name: way for demand, way in zip(problem.demands, ways, strict=True)}
        _, overrun, usd = score(problem, whole(homes))
        if overrun == 0:
            costs[ways] = usd
    best = min(costs.values())
    for number, found in enumerate(plan(given).placements):
        assert found.chosen is not None
        side = "datacenter" if found.chosen.side is Side.EDGE else "edge"
        there = [usd for ways, usd in costs.items() if ways[number].startswith(side)]
        if there:
            assert found.regret_usd_per_year == pytest.approx(12 * (min(there) - best), rel=1e-9, abs=1e-6)
        else:
            assert found.regret_usd_per_year is None
            assert found.conflict


def test_where_a_class_is_nowhere_the_smallest_conflict_of_all_is_named() -> None:
    """Private, and too large for the only device: lifting either would do, so each alone forbids nothing."""
    large = Fleet(profile=device(figures=(figure(memory_bytes=2.0**40),), owned=ownership()), count=100)
    found = placed(scenario(task_class(may_leave_device=False, requests_per_day=10.0), fleets=(large,)), "mail")
    assert found.chosen is None
    assert found.conflict == ("privacy", "memory")
    assert found.other_side == "Forbidden everywhere by privacy and memory together."


def test_a_conflict_of_two_is_preferred_to_three_that_none_can_be_spared_of() -> None:
    """Three devices, ruled out by {memory, e2e}, {ttft, e2e} and {memory, ttft}: two constraints do, whichever."""
    slow = figure(decode_tok_s=2.0, prefill_tok_s=1000.0)
    late = figure(decode_tok_s=2.0, prefill_tok_s=100.0)
    late_and_large = figure(decode_tok_s=1000.0, prefill_tok_s=100.0, memory_bytes=2.0**40)
    profiles = [
        device(name, figures=(each.model_copy(update=dict(more)),), owned=ownership())
        for name, each, more in (
            ("one", slow, {"peak_memory_bytes": figure(memory_bytes=2.0**40).peak_memory_bytes}),
            ("two", late, {}),
            ("three", late_and_large, {}),
        )
    ]
    fleets = tuple(Fleet(profile=each, count=100) for each in profiles)
    asked = task_class(requests_per_day=10.0, slo=Slo(ttft_p95_s=2.0, e2e_p95_s=12.0))
    found = placed(scenario(asked, fleets=fleets), "mail")
    edge = [{each.constraint for each in option.violations} for option in found.options if option.side is Side.EDGE]
    assert edge == [{"memory", "e2e_slo"}, {"ttft_slo", "e2e_slo"}, {"memory", "ttft_slo"}]
    assert len(found.conflict) == 2
