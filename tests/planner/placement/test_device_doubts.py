"""Doubts about devices: each fires on its case and only there (economics.md §6, CONVENTION §20)."""

from __future__ import annotations

from typing import Any

import pytest

from planner.basis import Doubt, unknown
from planner.placement.device_doubts import device_doubts
from planner.placement.plan import Plan
from planner.planning import plan
from planner.scenario import Fleet, Scenario
from planner.workload.task_classes import Slo, TaskClass
from tests.support.engine import GIB, device, facts, figure, scenario, task_class
from tests.support.sustained import soaked

STAYS: dict[str, Any] = {"may_leave_device": False}


def said(result: Plan, kind: str) -> list[Doubt]:
    return [doubt for doubt in result.doubts if doubt.kind == kind]


def on(profile_changes: dict[str, Any], *classes: TaskClass) -> Scenario:
    profile = device().model_copy(update=profile_changes)
    return scenario(*classes, fleets=(Fleet(profile=profile, count=100),))


def test_a_device_nobody_kept_busy_is_doubted_once_for_all_its_classes() -> None:
    classes = (task_class("mail", **STAYS), task_class("chat", **STAYS))
    (doubt,) = said(plan(on({}, *classes)), "SustainedUnknown")
    assert "nobody kept it busy for ten minutes" in doubt.sentence
    assert "edgewise measure --soak" in doubt.advice
    (short,) = said(plan(on({"soaks": (soaked(seconds=300),)}, *classes)), "SustainedUnknown")
    assert "lasted 5 min" in short.sentence
    assert not said(plan(on({"soaks": (soaked(),)}, *classes)), "SustainedUnknown")


def test_a_device_the_plan_leaves_idle_is_not_doubted() -> None:
    result = plan(on({}, task_class(requests_per_day=10.0)))
    assert result.fleet_loads[0].task_classes == ()
    assert not said(result, "SustainedUnknown")


def test_classes_that_break_an_slo_only_together_are_named_with_their_figures() -> None:
    chat = task_class("chat", requests_per_day=45_000.0, slo=Slo(ttft_p95_s=10.0), **STAYS)
    reports = task_class("reports", requests_per_day=9_400.0, output_tokens=1500, slo=Slo(e2e_p95_s=300.0), **STAYS)
    result = plan(on({}, chat, reports))
    (doubt,) = said(result, "SloTogether")
    assert doubt.subject == "chat"
    assert "beside Reports on Testbook" in doubt.sentence
    assert "the SLO is 10 s" in doubt.sentence
    (late, kept) = result.fleet_loads[0].shared
    assert (late.task_class, late.keeps_slo, kept.keeps_slo) == ("chat", False, True)
    alone = result.placements[0].chosen
    assert alone is not None
    assert alone.service is not None
    assert alone.service.ttft_p95_s.value <= 10.0 < late.ttft_p95_s.value  # alone-judged wait stays with the option
    assert not said(plan(on({}, chat)), "SloTogether")


def test_work_that_only_clears_after_the_busiest_hour_is_said() -> None:
    one = on(
        {},
        task_class("mail", requests_per_day=280_000.0, **STAYS),
        task_class("night", requests_per_day=280_000.0, **STAYS),
    )
    busy = one.model_copy(update={"policy": one.policy.model_copy(update={"device_contention_cap": 1.0})})
    peak = busy.workload.peak_to_mean.model_copy(update={"value": 3.0, "low": None, "high": None})
    result = plan(busy.model_copy(update={"workload": busy.workload.model_copy(update={"peak_to_mean": peak})}))
    assert result.fleet_loads[0].peak_utilization >= 1
    assert [doubt.subject for doubt in said(result, "QueueNeverClears")] == ["mail", "night"]
    assert all(each.wait_p95_s is None for each in result.fleet_loads[0].shared)


@pytest.mark.parametrize("which", ["needed", "there"])
def test_memory_nobody_knows_is_said(which: str) -> None:
    nameless = figure("a-model-of-ours", memory_bytes=None)
    memory = facts().memory.model_copy(update={"total_bytes": unknown("not told"), "limit_bytes": unknown("not told")})
    changes = {
        "needed": {"figures": (nameless,)},
        "there": {"facts": facts().model_copy(update={"memory": memory})},
    }[which]
    (doubt,) = said(plan(on(changes, task_class(**STAYS))), "MemoryUnknown")
    assert {"needed": "what its models need", "there": "what it has"}[which] in doubt.sentence
    assert not said(plan(on({}, task_class(**STAYS))), "MemoryUnknown")


def test_a_model_served_one_request_at_a_time_holds_one_cache_of_the_largest() -> None:
    """Classes take turns: not the sum of their caches, and each resident model keeps its own."""
    both = plan(on({}, task_class("short", **STAYS), task_class("long", input_tokens=4000, **STAYS)))
    long = plan(on({}, task_class("long", input_tokens=4000, **STAYS)))
    together, alone = both.fleet_loads[0].memory_bytes, long.fleet_loads[0].memory_bytes
    assert together is not None
    assert alone is not None
    assert together.value == alone.value > 2 * GIB


def test_of_a_fleet_that_is_gone_from_the_scenario_nothing_is_said() -> None:
    one = on({}, task_class(**STAYS))
    result = plan(one)
    assert device_doubts(one.model_copy(update={"fleets": ()}), result.placements, result.fleet_loads) == ()
