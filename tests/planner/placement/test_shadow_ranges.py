"""Up to a step more of a limit saves nothing, and from it on what is told: planned anew on both sides (§16)."""

from __future__ import annotations

from decimal import Decimal
from math import ceil

import pytest

from planner.outlook.explanation import explanation
from planner.placement.shadow_ranges import ShadowRange
from planner.planning import plan
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from tests.support.engine import device, facts, figure, ownership, scenario, task_class

GIB = 2**30


def three_classes(cap: float) -> Scenario:
    classes = [task_class(f"class-{n}", requests_per_day=140_000.0 + 10_000 * n) for n in range(3)]
    return scenario(*classes, policy=Policy(device_contention_cap=cap))


def usd(given: Scenario) -> float:
    return plan(given).totals.plan_usd_per_month.value


def of(given: Scenario, resource: str) -> ShadowRange:
    return next(each for each in explanation(given, "class-0").shadow_ranges if each.resource == resource)


@pytest.mark.parametrize("cap", [0.05, 0.13, 0.2, 0.26, 0.3])
def test_hours_save_from_each_step_on_what_a_plan_under_them_saves(cap: float) -> None:
    before = usd(three_classes(cap))
    found = of(three_classes(cap), "the hours of Testbook")
    assert found.limit == cap
    assert found.used <= cap
    assert found.steps
    saved = 0.0
    for step in found.steps:
        assert step.limit > cap
        assert usd(three_classes(step.limit * (1 - 1e-6))) == pytest.approx(before - saved, rel=1e-9)
        saved = step.saved_usd_per_month
        assert saved > 0
        assert usd(three_classes(step.limit * (1 + 1e-8))) == pytest.approx(before - saved, rel=1e-9)


def test_down_to_what_is_used_the_plan_stays_and_below_it_costs_more() -> None:
    found = of(three_classes(0.3), "the hours of Testbook")
    assert usd(three_classes(found.used * (1 + 1e-8))) == pytest.approx(usd(three_classes(0.3)), rel=1e-12)
    assert usd(three_classes(found.used * (1 - 1e-4))) > usd(three_classes(0.3))


def test_where_all_classes_have_room_more_saves_nothing() -> None:
    found = of(three_classes(0.9), "the hours of Testbook")
    assert found.steps == ()
    assert "however much more there is, nothing is saved" in found.sentence


def two_models(memory_bytes: int) -> Scenario:
    """Each class has a model of its own that is cheaper for it; together they need 18 GiB."""
    figures = (
        figure(memory_bytes=9.0 * GIB, decode_tok_s=50.0),
        figure("qwen2.5-0.5b", memory_bytes=9.0 * GIB, prefill_tok_s=100_000.0, decode_tok_s=20.0),
    )
    profile = device(figures=figures, owned=ownership(incremental_usd=Decimal(0)))
    fleet = Fleet(profile=profile.model_copy(update={"facts": facts(memory_bytes)}), count=100)
    classes = (
        task_class("class-0", requests_per_day=10_000.0, input_tokens=64, output_tokens=400),
        task_class("class-1", requests_per_day=10_000.0, input_tokens=4000, output_tokens=8),
    )
    return scenario(*classes, fleets=(fleet,), policy=Policy(hardware=HardwarePolicy.SUNK))


def test_memory_saves_from_where_both_models_fit() -> None:
    found = of(two_models(16 * GIB), "the memory of Testbook")
    assert found.unit == "B"
    assert 9 * GIB <= found.used < 10 * GIB
    (step,) = found.steps
    assert 18 * GIB <= step.limit < 20 * GIB
    before = usd(two_models(16 * GIB))
    assert before - usd(two_models(ceil(step.limit))) == pytest.approx(step.saved_usd_per_month, rel=1e-9)
    assert usd(two_models(int(step.limit) - 1)) == pytest.approx(before, rel=1e-12)


def test_overrun_hours_have_no_range() -> None:
    classes = [task_class(f"class-{n}", requests_per_day=140_000.0, may_leave_device=False) for n in range(3)]
    assert explanation(scenario(*classes), "class-0").shadow_ranges == ()
