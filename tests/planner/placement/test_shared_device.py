"""Classes that keep their SLOs alone and break them together are placed anew (CONVENTION §12, §16)."""

from __future__ import annotations

from planner.placement.selection import IDLE_TIME, Selection, fleet_of, select
from planner.placement.shared import problem_of
from planner.placement.shared_device import select_serving, waits_on
from planner.planning import candidates_of
from planner.scenario import Scenario
from planner.workload.task_classes import Slo, TaskClass
from planner.workload.week import HOURS_PER_WEEK, Week
from tests.support.engine import scenario, task_class

CAP = 0.3


def chat(**changes: object) -> TaskClass:
    """0.5 s to the first token, 2.5 s in all; 4 % of a device's hours."""
    return task_class("chat", **{"requests_per_day": 45_000.0, "slo": Slo(ttft_p95_s=10.0), **changes})


def reports(**changes: object) -> TaskClass:
    """30 s each, 10 % of a device's hours: whoever comes upon one in progress waits up to 30 s."""
    asked = {"requests_per_day": 9_400.0, "output_tokens": 1500, "slo": Slo(e2e_p95_s=300.0)}
    return task_class("reports", **{**asked, **changes})


def serving(given: Scenario) -> tuple[Selection, Selection]:
    candidates, fixed = candidates_of(given)
    return select(candidates, fixed, CAP), select_serving(given, candidates, fixed, CAP)[0]


def places(found: Selection) -> dict[str, str | None]:
    return {name: option and fleet_of(option) for name, option in found.chosen.items()}


def kept(given: Scenario, found: Selection) -> dict[str, bool]:
    return {each.task_class: each.keeps_slo for each in waits_on(given, "testbook", found.chosen)}


def test_one_of_two_leaves_where_together_they_break_an_slo() -> None:
    given = scenario(chat(), reports())
    cheapest, serves = serving(given)
    assert places(cheapest) == {"chat": "testbook", "reports": "testbook"}
    assert kept(given, cheapest) == {"chat": False, "reports": True}
    assert sorted(places(serves).values(), key=str) == [None, "testbook"]
    assert all(kept(given, serves).values())
    assert serves.solution.usd >= cheapest.solution.usd
    assert serves.solution.overrun == 0


def test_the_hours_that_keep_it_hold_for_every_question_about_the_plan() -> None:
    given = scenario(chat(), reports())
    candidates, fixed = candidates_of(given)
    serves, held = select_serving(given, candidates, fixed, CAP)
    assert held.caps == {"testbook": serves.tightened["hours:testbook"]}
    assert held.caps["testbook"] < CAP
    assert problem_of(candidates, held, CAP) == serves.problem
    ordinary = scenario(chat(slo=Slo()), reports())
    candidates, fixed = candidates_of(ordinary)
    assert select_serving(ordinary, candidates, fixed, CAP)[1] is fixed


def test_an_ordinary_plan_is_judged_once_and_changed_in_nothing() -> None:
    for given in (scenario(chat(slo=Slo()), reports()), scenario(chat(), reports(slo=Slo(), requests_per_day=900.0))):
        cheapest, serves = serving(given)
        assert serves == cheapest


def test_what_can_be_deferred_still_has_to_be_waited_for_once_begun() -> None:
    given = scenario(chat(), reports(slo=Slo()))  # no bound at all: a day's window
    cheapest, serves = serving(given)
    assert kept(given, cheapest) == {"chat": False, "reports": True}
    assert all(kept(given, serves).values())


def test_classes_bound_to_the_device_stay_and_the_plan_says_so() -> None:
    bound = {"may_leave_device": False}
    given = scenario(chat(**bound), reports(**bound))
    cheapest, serves = serving(given)
    assert places(serves) == places(cheapest)
    assert serves.tightened == {}
    assert kept(given, serves) == {"chat": False, "reports": True}


def test_a_bound_class_is_kept_by_sending_the_other_away() -> None:
    given = scenario(chat(may_leave_device=False), reports())
    _, serves = serving(given)
    assert places(serves) == {"chat": "testbook", "reports": None}


def test_order_does_not_matter() -> None:
    forward, backward = (
        places(serving(scenario(*classes))[1]) for classes in ((chat(), reports()), (reports(), chat()))
    )
    assert forward == backward


def test_why_it_left_is_that_the_others_need_the_device_idle() -> None:
    _, serves = serving(scenario(chat(may_leave_device=False), reports()))
    assert {name: each.needed for name, each in serves.moved.items()} == {"reports": IDLE_TIME}


def week(*hours: int) -> Week:
    """Requests in these hours of the day only, every working day."""
    return Week(weights=tuple(float(hour // 24 < 5 and hour % 24 in hours) for hour in range(HOURS_PER_WEEK)))


def test_who_asks_at_other_hours_does_not_wait_for_each_other() -> None:
    day, night = week(9, 10, 11, 12, 13, 14, 15, 16), week(0, 1, 2, 3, 20, 21, 22, 23)
    apart = scenario(chat(week=day, may_leave_device=False), reports(week=night, may_leave_device=False))
    beside = scenario(chat(week=day, may_leave_device=False), reports(week=day, may_leave_device=False))
    assert all(kept(apart, serving(apart)[1]).values())
    assert kept(beside, serving(beside)[1]) == kept(scenario(chat(), reports()), serving(beside)[0])


def test_a_class_is_held_to_the_hours_in_which_it_is_asked_most() -> None:
    """One request in a hundred by night, beside work of the night, does not decide."""
    mostly_by_day = [0.01 if hour % 24 < 4 else float(hour // 24 < 5 and 9 <= hour % 24 < 17) for hour in range(168)]
    night = week(0, 1, 2, 3)
    given = scenario(
        chat(week=Week(weights=tuple(mostly_by_day)), may_leave_device=False),
        reports(week=night, may_leave_device=False, requests_per_day=2_000.0),
    )
    found = serving(given)[1]
    assert kept(given, found)["chat"]
