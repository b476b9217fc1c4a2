"""The closing sentence says what was solved: its figures are those of the flip points (economics.md §3)."""

from __future__ import annotations

from planner import text
from planner.outlook.explanation import Explanation, explanation, overview
from planner.outlook.flip_points import Flip
from planner.scenario import HardwarePolicy, Policy, Scenario
from planner.workload.task_classes import QualityFloor
from tests.support.engine import scenario, task_class

SHARED = Policy(hardware=HardwarePolicy.FULL_SHARE)


def given(requests_per_day: float, **changes: object) -> Scenario:
    return scenario(task_class(requests_per_day=requests_per_day, **changes), policy=SHARED)


def flip(found: Explanation, driver: str) -> Flip:
    return next(each for each in found.flip_points if each.driver == driver)


def test_local_wins_between_its_flip_points() -> None:
    found = explanation(given(60_000.0), "mail")
    price, volume, accepted = (flip(found, each) for each in ("token_prices", "volume", "acceptance"))
    assert price.side_down
    assert volume.side_down
    assert volume.side_up
    assert accepted.side_down
    assert found.closing == (
        f"Local wins while the price is at least {text.money_per_mtok(price.side_down.figure)}, volume is within "
        f"[{text.number(volume.side_down.figure)}, {text.number(volume.side_up.figure)}] a day and quality failures "
        f"on devices are at most {text.share(1 - accepted.side_down.figure)}, each by itself."
    )


def test_the_data_center_wins_below_its_price() -> None:
    found = explanation(given(2_000.0), "mail")
    price, volume = flip(found, "token_prices"), flip(found, "volume")
    assert price.side_up
    assert volume.side_up
    assert found.closing.startswith(
        f"The data center wins while the price is at most {text.money_per_mtok(price.side_up.figure)} and volume is "
        f"at most {text.number(volume.side_up.figure)} a day, whatever the quality failures on devices (from 0 % to "
    )


def test_one_side_alone_needs_no_price() -> None:
    found = explanation(given(2_000.0, may_leave_device=False), "mail")
    assert found.closing == "Only local is allowed, whatever it costs. Forbidden in the data center by privacy."


def test_nothing_allowed_says_what_would_be() -> None:
    floor = (QualityFloor(scale="mmlu", minimum=40.0),)
    found = explanation(given(2_000.0, quality_floors=floor), "mail")
    assert found.closing == (
        f"Nothing is allowed. Forbidden everywhere by unknown quality. {found.easings[0].sentence}"
    )


def test_the_overview_ends_every_class_in_the_same_sentence() -> None:
    classes = [task_class(f"class-{n}", requests_per_day=4_000.0 * 8**n) for n in range(2)]
    several = scenario(*classes, task_class("private", may_leave_device=False), policy=SHARED)
    every = overview(several)
    for line in every.classes:
        found = explanation(several, line.task_class)
        assert line.closing == found.closing
        assert line.regret_usd_per_year == found.regret_usd_per_year
        assert line.conflict == found.conflict
    assert every.near_optimal == found.near_optimal
    assert [line.regret_usd_per_year is None for line in every.classes] == [False, False, True]
