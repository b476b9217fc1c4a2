"""A class taken away takes its name along wherever others are named beside it; no edit ends in a refusal."""

from __future__ import annotations

from decimal import Decimal

from planner.horizon import Horizon, OneOff
from planner.planning import plan
from planner.scenario import Fleet, Scenario
from tests.support.capacities import owned
from tests.support.engine import device, scenario, task_class
from ui.pages.workload_edits import with_copy, with_workload, without

MAIL, CHAT = task_class("mail"), task_class("chat")


def _named(*names: str) -> Scenario:
    return scenario(
        MAIL,
        CHAT,
        fleets=(Fleet(profile=device(), count=100, user_classes=names),),
        capacities=(owned().model_copy(update={"task_classes": names}),),
        horizon=Horizon(one_offs=(OneOff(name="Tuning", kind="training", usd=Decimal(1), task_classes=names),)),
    )


def _names(edited: Scenario) -> tuple[tuple[str, ...] | None, ...]:
    return (
        edited.fleets[0].user_classes,
        edited.capacities[0].task_classes,
        edited.horizon.one_offs[0].task_classes,
    )


def test_a_class_taken_away_is_named_no_more() -> None:
    before = _named("mail", "chat")
    after = with_workload(before, without(before.workload, MAIL))
    assert _names(after) == (("chat",), ("chat",), ("chat",))
    assert not [doubt for doubt in plan(after).doubts if doubt.kind == "UnknownClass"]


def test_what_was_for_that_class_alone_is_not_for_every_class_now_but_doubted() -> None:
    before = _named("mail")
    after = with_workload(before, without(before.workload, MAIL))
    assert _names(after) == ((), ("mail",), ("mail",))
    doubted = [doubt.subject for doubt in plan(after).doubts if doubt.kind == "UnknownClass"]
    assert doubted == [f"capacities.{after.capacities[0].name}.task_classes", "horizon.one_offs.Tuning.task_classes"]


def test_other_edits_leave_names_alone() -> None:
    before = _named("mail")
    after = with_workload(before, with_copy(before.workload, CHAT)[0])
    assert _names(after) == (("mail",), ("mail",), ("mail",))
    assert after.model_copy(update={"workload": before.workload}) == before
