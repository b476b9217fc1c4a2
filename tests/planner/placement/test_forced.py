"""Why not the other side: the displayed regret is that of the forced plan (economics.md §7), or a smallest conflict."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest

from planner.placement.options import Placement, Side
from planner.planning import plan
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from planner.workload.task_classes import Slo
from tests.support.engine import device, figure, ownership, scenario, task_class

HEAVY = 140_000.0  # requests a day that keep the devices busy 12 % of their active hours; the cap of 30 % holds two


def placed(given: Scenario, name: str) -> Placement:
    return next(each for each in plan(given).placements if each.task_class == name)


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
