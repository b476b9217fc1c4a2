"""What does not fit is named with the fewest classes that do not, and how much would do (economics.md §3)."""

from __future__ import annotations

import pytest

from planner.outlook.explanation import explanation
from planner.planning import plan
from planner.scenario import Policy, Scenario
from tests.support.engine import scenario, task_class

HEAVY = 140_000.0  # requests a day that keep the devices busy 12 % of their active hours; the cap of 30 % holds two


def private(cap: float = 0.3) -> Scenario:
    """Three heavy classes that must stay, and a light one."""
    heavy = [task_class(f"heavy-{n}", requests_per_day=HEAVY, may_leave_device=False) for n in range(3)]
    light = task_class("light", requests_per_day=100.0, may_leave_device=False)
    return scenario(light, *heavy, policy=Policy(device_contention_cap=cap))


def test_the_fewest_classes_that_do_not_fit_are_named() -> None:
    (found,) = explanation(private(), "light").overruns
    assert found.classes == ("heavy-0", "heavy-1", "heavy-2")
    assert found.resource == "the hours of Testbook"
    assert found.limit == 0.3
    assert "Heavy-0, Heavy-1 and Heavy-2 do not fit together" in found.sentence


def test_with_as_much_as_is_said_everything_fits() -> None:
    (found,) = explanation(private(), "light").overruns
    assert explanation(private(found.needed * (1 + 1e-9)), "light").overruns == ()
    assert explanation(private(found.needed * 0.999), "light").overruns != ()
    assert plan(private()).fleet_loads[0].utilization == pytest.approx(found.needed)


def test_where_everything_fits_there_is_nothing_to_say() -> None:
    assert explanation(scenario(task_class()), "mail").overruns == ()


def test_a_class_that_others_keep_out_is_told_the_hours_that_would_hold_it() -> None:
    def crowded(cap: float) -> Scenario:
        stay = [task_class(f"stay-{n}", requests_per_day=HEAVY, may_leave_device=False) for n in range(2)]
        return scenario(*stay, task_class("free", requests_per_day=HEAVY), policy=Policy(device_contention_cap=cap))

    found = explanation(crowded(0.3), "free")
    assert found.conflict == ("hours",)
    (easing,) = found.easings
    (change,) = easing.changes
    assert (change.constraint, change.present) == ("hours", 0.3)
    assert "of the hours of Testbook instead of 30 %" in easing.sentence
    assert change.needed is not None
    assert explanation(crowded(change.needed * (1 + 1e-9)), "free").regret_usd_per_year is not None
    assert explanation(crowded(change.needed * 0.999), "free").regret_usd_per_year is None
