"""Users of unlike devices ask their own device or the data center, never each other's (economics.md §1, §7)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planner.horizon import Horizon, OneOff
from planner.outlook.horizon import horizon_of
from planner.placement.plan import Plan
from planner.placement.shared import fleet_of
from planner.placement.user_groups import by_user_group
from planner.planning import plan
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from planner.workload.task_classes import TaskClass
from tests.support.capacities import owned
from tests.support.engine import device, figure, ownership, scenario, task_class

PRIVATE = task_class("mail", may_leave_device=False)


def fleet(name: str, seats: int | None, *, count: int | None = None, decode_tok_s: float = 50.0) -> Fleet:
    profile = device(name, figures=(figure(decode_tok_s=decode_tok_s),), owned=ownership(incremental_usd=Decimal(0)))
    return Fleet(profile=profile, count=count or seats or 100, seats=seats)


def given(
    *fleets: Fleet, classes: tuple[TaskClass, ...] = (PRIVATE, task_class("chat")), **changes: object
) -> Scenario:
    return scenario(*classes, fleets=fleets).model_copy(update=changes)


def homes(result: Plan) -> dict[str, str | None]:
    chosen = {each.task_class: each.chosen for each in result.placements}
    return {name: option and (fleet_of(option) or option.option_id) for name, option in chosen.items()}


def names(one: Scenario) -> list[str]:
    return [each.name for each in one.workload.task_classes]


def test_a_class_is_asked_in_proportion_to_seats() -> None:
    told = by_user_group(given(fleet("mac.1", 30), fleet("thin_2", 70)))
    asked = {each.name: each.requests_per_day for each in told.workload.task_classes}
    assert asked == pytest.approx(
        {"mail--mac-1": 1200.0, "mail--thin-2": 2800.0, "chat--mac-1": 1200.0, "chat--thin-2": 2800.0}
    )
    assert told.workload.task_classes[0].title == "Mail · Mac.1 users"
    assert [each.user_classes for each in told.fleets] == [
        ("mail--mac-1", "chat--mac-1"),
        ("mail--thin-2", "chat--thin-2"),
    ]
    assert Scenario.model_validate(dict(told)) == told  # a document like any other


def test_who_is_told_apart_once_stays_so() -> None:
    told = by_user_group(given(fleet("a", 30), fleet("b", 70)))
    assert by_user_group(told) is told


@pytest.mark.parametrize(
    "fleets",
    [
        (fleet("a", 100),),
        (fleet("a", None), fleet("b", None)),
        (fleet("a", 30), fleet("b", None)),
        (fleet("a", 30), fleet("b", 60)),
    ],
)
def test_without_seats_that_add_up_a_scenario_is_left_alone(fleets: tuple[Fleet, ...]) -> None:
    one = given(*fleets)
    assert by_user_group(one) is one
    said = [each for each in plan(one).doubts if each.kind == "SeatsUnclear"]
    assert bool(said) is (len(fleets) > 1 and any(each.seats for each in fleets))


def test_profiles_that_differ_in_a_dot_keep_their_own_classes() -> None:
    told = by_user_group(given(fleet("a.b", 30), fleet("a-b", 70), classes=(PRIVATE,)))
    asked = {each.name: each.requests_per_day for each in told.workload.task_classes}
    assert asked == pytest.approx({"mail--a-b": 2800.0, "mail--a-b-2": 1200.0})
    assert [each.user_classes for each in told.fleets] == [("mail--a-b-2",), ("mail--a-b",)]


def test_users_ask_only_what_is_theirs() -> None:
    one = given(fleet("a", 30), fleet("b", 70))
    narrow = one.model_copy(
        update={"fleets": (one.fleets[0].model_copy(update={"user_classes": ("mail",)}), one.fleets[1])}
    )
    asked = {each.name: each.requests_per_day for each in by_user_group(narrow).workload.task_classes}
    assert asked == pytest.approx({"mail--a": 1200.0, "mail--b": 2800.0, "chat--b": 4000.0})


def test_a_class_that_only_a_fleet_knows_is_doubted() -> None:
    one = given(fleet("a", 30), fleet("b", 70))
    wrong = one.model_copy(
        update={"fleets": (one.fleets[0].model_copy(update={"user_classes": ("mail", "mial")}), one.fleets[1])}
    )
    (doubt,) = [each for each in plan(wrong).doubts if each.kind == "UnknownClass"]
    assert "fleets.a.user_classes names mial" in doubt.sentence
    assert not [each for each in plan(one).doubts if each.kind == "UnknownClass"]


def test_a_class_that_nobody_s_device_is_asked_stays_whole() -> None:
    one = given(fleet("a", 30), fleet("b", 70))
    none = one.model_copy(update={"fleets": tuple(each.model_copy(update={"user_classes": ()}) for each in one.fleets)})
    assert names(by_user_group(none)) == ["mail", "chat"]
    assert all("edge" not in option.option_id for each in plan(none).placements for option in each.options)


def test_private_work_stays_with_its_own_user() -> None:
    result = plan(given(fleet("fast", 50), fleet("slow", 50, decode_tok_s=10.0)))
    assert {name: home for name, home in homes(result).items() if name.startswith("mail")} == {
        "mail--fast": "fast",
        "mail--slow": "slow",
    }
    for placement in result.placements:
        own = placement.task_class.rsplit("--", maxsplit=1)[-1]
        assert {fleet_of(option) for option in placement.options} == {own, None}


def test_a_device_for_each_of_its_own_users_is_personal() -> None:
    """Fewer devices than seats in all, and still nobody shares one."""
    assert all(each.chosen for each in plan(given(fleet("a", 50), fleet("b", 50), classes=(PRIVATE,))).placements)
    shared = plan(given(fleet("a", 50, count=49), fleet("b", 50), classes=(PRIVATE,)))
    assert [each.chosen is None for each in shared.placements] == [True, False]


def test_two_like_fleets_cost_what_one_of_both_costs() -> None:
    policy = Policy(hardware=HardwarePolicy.FULL_SHARE)
    for bound in (True, False):
        classes = tuple(
            task_class(name, requests_per_day=90_000.0, may_leave_device=not bound) for name in ("mail", "chat")
        )
        one = plan(given(fleet("a", 100), classes=classes, policy=policy))
        two = plan(given(fleet("a", 50), fleet("b", 50), classes=classes, policy=policy))
        assert two.totals.plan_usd_per_month.value == pytest.approx(one.totals.plan_usd_per_month.value, rel=1e-12)
        assert [each.utilization for each in two.fleet_loads] == pytest.approx([one.fleet_loads[0].utilization] * 2)


def test_the_order_of_fleets_and_classes_does_not_matter() -> None:
    fleets = (fleet("a", 30), fleet("b", 70, decode_tok_s=10.0))
    forward = plan(given(*fleets))
    backward = plan(given(*reversed(fleets), classes=(task_class("chat"), PRIVATE)))
    assert homes(backward) == homes(forward)
    assert backward.totals.plan_usd_per_month.value == pytest.approx(forward.totals.plan_usd_per_month.value, rel=1e-12)


def test_a_group_nobody_s_device_can_serve_changes_nothing_for_the_others() -> None:
    alone = plan(given(fleet("a", 100), classes=(PRIVATE,)))
    beside = plan(given(fleet("a", 60), fleet("slow", 40, decode_tok_s=0.01), classes=(PRIVATE,)))
    assert homes(alone) == {"mail": "a"}
    assert homes(beside) == {"mail--a": "a", "mail--slow": None}
    assert beside.totals.unplaced == ("mail--slow",)


def test_what_names_a_class_names_each_of_its_groups() -> None:
    tuning = OneOff(name="tuning", kind="fine_tuning", usd=Decimal(900), task_classes=("mail",))
    box = owned().model_copy(update={"task_classes": ("chat",)})
    told = by_user_group(given(fleet("a", 30), fleet("b", 70), horizon=Horizon(one_offs=(tuning,)), capacities=(box,)))
    assert told.horizon.one_offs[0].task_classes == ("mail--a", "mail--b")
    assert told.capacities[0].task_classes == ("chat--a", "chat--b")


def test_the_horizon_follows_every_group() -> None:
    one = given(fleet("a", 30), fleet("b", 70))
    view = horizon_of(one)
    first = sum(line.effective_usd[1] for line in view.plan.lines)
    assert first == pytest.approx(plan(one).totals.plan_usd_per_month.value, rel=1e-9)
