"""What would lift a constraint does lift it: the scenario is changed as told and planned anew (economics.md §3)."""

from __future__ import annotations

import pytest

from planner.outlook.explanation import explanation
from planner.placement.easing import Change, Easing
from planner.placement.options import Side
from planner.planning import plan
from planner.scenario import Fleet, Policy, Scenario
from planner.workload.task_classes import QualityFloor, Slo
from tests.support.engine import device, facts, figure, ownership, scenario, task_class

ENOUGH = 1 + 1e-9


def book(**changes: object) -> tuple[Fleet, ...]:
    return (Fleet(profile=device(figures=(figure(**changes),), owned=ownership()), count=100),)


def eased(given: Scenario) -> Easing:
    found = explanation(given, "mail").easings
    assert found
    return found[0]


def the_change(given: Scenario, constraint: str) -> Change:
    (change,) = eased(given).changes
    assert change.constraint == constraint
    return change


def allowed(given: Scenario, side: Side = Side.EDGE) -> bool:
    return any(each.feasible and each.side is side for each in plan(given).placements[0].options)


@pytest.mark.parametrize(("kind", "slo"), [("ttft_slo", Slo(ttft_p95_s=0.3)), ("e2e_slo", Slo(e2e_p95_s=1.0))])
def test_the_slo_that_is_told_is_just_enough(kind: str, slo: Slo) -> None:
    given = scenario(task_class(slo=slo, requests_per_day=100.0), fleets=book())
    needed = the_change(given, kind).needed
    assert needed is not None
    for factor, is_allowed in ((ENOUGH, True), (0.999, False)):
        bound = slo.model_copy(update={"ttft_p95_s" if kind == "ttft_slo" else "e2e_p95_s": needed * factor})
        assert allowed(scenario(task_class(slo=bound, requests_per_day=100.0), fleets=book())) is is_allowed


def test_the_memory_that_is_told_is_just_enough() -> None:
    large = book(memory_bytes=40.0 * 2**30)
    needed = the_change(scenario(task_class(requests_per_day=100.0), fleets=large), "memory").needed
    assert needed is not None
    for total, is_allowed in ((int(needed), True), (int(needed) - 1, False)):
        roomy = large[0].profile.model_copy(update={"facts": facts(total)})
        fleets = (Fleet(profile=roomy, count=100),)
        assert allowed(scenario(task_class(requests_per_day=100.0), fleets=fleets)) is is_allowed


def test_the_cap_that_is_told_is_just_enough() -> None:
    asked = task_class(requests_per_day=140_000.0)
    needed = the_change(scenario(asked, policy=Policy(device_contention_cap=0.1)), "capacity").needed
    assert needed is not None
    assert allowed(scenario(asked, policy=Policy(device_contention_cap=needed * ENOUGH)))
    assert not allowed(scenario(asked, policy=Policy(device_contention_cap=needed * 0.999)))


def test_where_the_queue_never_clears_the_devices_that_are_told_are_just_enough() -> None:
    asked = task_class(requests_per_day=2_000_000.0)
    change = the_change(scenario(asked), "capacity")
    assert change.needed is not None
    for count, is_allowed in ((int(change.needed), True), (int(change.needed) - 1, False)):
        fleets = (Fleet(profile=device(), count=count),)
        assert allowed(scenario(asked, fleets=fleets)) is is_allowed
    assert f"{int(change.needed):,} devices instead of 100" in change.words


def test_the_nearest_option_comes_first_and_none_that_asks_for_more() -> None:
    """Late by a little, late by a lot, and late and too large: only the first is worth telling."""
    figures = (
        figure(decode_tok_s=20.0),
        figure("qwen2.5-0.5b", decode_tok_s=5.0),
        figure("llama-3.2-3b", decode_tok_s=5.0, memory_bytes=2.0**40),
    )
    fleets = (Fleet(profile=device(figures=figures, owned=ownership()), count=100),)
    found = explanation(scenario(task_class(slo=Slo(e2e_p95_s=4.0), requests_per_day=10.0), fleets=fleets), "mail")
    assert [each.option_id for each in found.easings] == ["edge:testbook:llama-3.2-1b:int4"]
    assert found.conflict == ("e2e_slo",)


def test_what_was_decided_or_is_unknown_has_words_and_no_figure() -> None:
    floor = (QualityFloor(scale="mmlu", minimum=40.0),)
    private = task_class(may_leave_device=False, requests_per_day=100.0)
    assert eased(scenario(private)).sentence == ("acme/small would be allowed with permission to leave the device.")
    unknown = explanation(scenario(task_class(quality_floors=floor)), "mail")
    assert unknown.chosen is None
    assert unknown.conflict == ("quality_unknown",)
    assert unknown.why_not_there == "Forbidden everywhere by unknown quality."
    change = unknown.easings[0].changes[0]
    assert (change.constraint, change.needed) == ("quality_unknown", None)
    assert "of 40 or more on mmlu" in change.words
    assert unknown.closing.startswith("Nothing is allowed. Forbidden everywhere by unknown quality.")
    assert unknown.easings[0].sentence in unknown.closing


def test_an_allowed_side_needs_no_easing() -> None:
    assert explanation(scenario(task_class()), "mail").easings == ()
