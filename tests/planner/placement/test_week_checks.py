"""economics.md §3: the final plan is verified hour by hour, in the figures of the fleet's load (CONVENTION §12)."""

from __future__ import annotations

import math
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.basis import Basis
from planner.placement.hour_check import Target, check_week
from planner.placement.hour_doubts import week_doubts
from planner.placement.week import WeekCheck
from planner.placement.week_checks import week_checks
from planner.placement.week_member import Member
from planner.planning import Plan, plan
from planner.samples.catalog import sample, sample_names
from planner.scenario import Fleet, Policy, Scenario
from planner.workload.task_classes import Slo, TaskClass
from planner.workload.week import HOURS_PER_WEEK, Week
from planner.workload.week_shape import busiest_hour, shape_of
from tests.support.capacities import answering, owned, shared_scenario
from tests.support.engine import device, scenario, task_class, workload

WORK = range(HOURS_PER_WEEK)
BUSY_S = 0.512 + 100 / 50  # of one request on the test device


def local(name: str, mean: float, **changes: object) -> TaskClass:
    """A class that stays on the 100 devices and keeps each busy for this share of its active hours."""
    requests = mean * 8 * 3600 / BUSY_S * 100
    return task_class(name, requests_per_day=requests, may_leave_device=False, **changes)


def chat(mean: float, **changes: object) -> TaskClass:
    return local("chat", mean, **{"slo": Slo(ttft_p95_s=60, e2e_p95_s=120), **changes})


def batch(mean: float, **changes: object) -> TaskClass:
    return local("batch", mean, **{"slo": Slo(e2e_p95_s=86_400), **changes})


def at(*classes: TaskClass, week: Week | None = None, **changes: object) -> Scenario:
    """100 devices of 100 people whose week has five days of eight hours from 9:00, the busiest hour at 11:00."""
    given_ = scenario(*classes, **changes)
    return given_.model_copy(update={"workload": given_.workload.model_copy(update={"week": week})})


def checked(given_: Scenario) -> tuple[WeekCheck, Plan]:
    made = plan(given_)
    return check_of(made, given_), made


def check_of(made: Plan, given_: Scenario) -> WeekCheck:
    (check,) = week_checks(given_, made.placements, made.fleet_loads)
    return check


def peaky(*peaks: int, high: float = 4.0) -> Week:
    """Even over working hours but for these hours of the week."""
    hours = {day * 24 + hour for day in range(5) for hour in range(9, 17)}
    return Week(
        weights=tuple(high if hour in peaks else 1.0 if hour in hours else 0.0 for hour in WORK),
        basis=Basis.MEASURED,
        source="a log",
    )


def test_mean_and_peak_are_those_of_the_fleets_load() -> None:
    check, made = checked(at(chat(0.05), batch(0.04), local("notes", 0.03)))
    (load,) = made.fleet_loads
    assert max(check.asked) == pytest.approx(load.peak_utilization, rel=1e-12)
    active = [each for each in check.asked if each > 0]
    assert len(active) == 40
    assert math.fsum(active) / 40 == pytest.approx(load.utilization, rel=1e-12)
    assert check.busy == pytest.approx(check.asked)  # 24 % at the peak: all of it fits where it comes
    assert (check.hours_over, check.hours_without_end, check.worst_hour) == (0, 0, 11)
    assert check.fits


def test_the_wait_of_a_class_alone_is_the_one_it_was_judged_by() -> None:
    check, made = checked(at(chat(0.2)))
    service = made.placements[0].chosen.service
    assert service.wait_p95_s > 0
    assert check.wait_p95_s[11] == pytest.approx(service.wait_p95_s)
    assert check.wait_p95_s[12] < check.wait_p95_s[11]
    assert check.wait_p95_s[3] is None  # nobody asks


def test_what_may_wait_leaves_the_hour_that_is_full_and_none_is_lost() -> None:
    check, _ = checked(at(chat(0.14), batch(0.1)))
    assert check.asked[11] == pytest.approx(0.48)
    assert check.busy[11] == pytest.approx(0.3)  # 28 % of it is chat
    assert math.fsum(check.busy) == pytest.approx(math.fsum(check.asked))
    (moved,) = check.deferred
    assert moved.longest_wait_h >= 1
    assert moved.forced_share == 0
    assert check.hours_over == 0
    assert "Batch is moved out of busy hours" in check.sentence


def test_people_s_own_devices_are_off_at_night_and_a_shared_one_is_not() -> None:
    classes = (chat(0.05), batch(0.22))
    own, _ = checked(at(*classes, policy=Policy(device_contention_cap=0.28)))
    assert all(own.busy[hour] == 0 for hour in WORK if not 9 <= hour % 24 < 17)
    fleet = (Fleet(profile=device(), count=99),)
    few = [each.model_copy(update={"may_leave_device": True}) for each in classes]
    shared = at(*few, fleets=fleet, offers=(), policy=Policy(device_contention_cap=0.28))
    check, _ = checked(shared)
    assert any(check.busy[hour] > 0 for hour in WORK if not 9 <= hour % 24 < 17)


def test_a_stated_week_names_its_busiest_hour() -> None:
    check, _ = checked(at(chat(0.1), week=peaky(34, high=2.0)))
    assert check.worst_hour == 34
    assert check.sentence.startswith("All 168 hours fit; the busiest, Tuesday 10:00, takes 20 % of each device's time")
    assert "against a cap of 30 %" in check.sentence


def test_hours_above_the_cap_and_queues_that_never_clear_are_doubted() -> None:
    given_ = at(chat(0.2), week=peaky(34, 58, high=3.0))
    check, _ = checked(given_)
    assert check.hours_over == 2
    assert [each.kind for each in week_doubts(given_, (check,))] == ["HourOverCap"]
    assert check.sentence.startswith("2 of 168 hours exceed the cap of 30 %; the busiest, Tuesday 10:00,")
    given_ = at(chat(0.2), week=peaky(34, high=8.0))
    check = check_of(plan(at(chat(0.2))), given_)  # planned for two times the mean, then held against these hours
    assert check.hours_without_end == 1
    assert check.wait_p95_s[34] is None
    assert "1 of 168 hours exceeds the cap of 30 %" in check.sentence
    assert "In that hour more is asked than one device can do" in check.sentence
    assert [each.kind for each in week_doubts(given_, (check,))] == ["HourOverload", "HourLate"]


def test_a_class_that_is_late_only_in_the_stated_week_is_doubted() -> None:
    tight = chat(0.1, slo=Slo(ttft_p95_s=8))
    given_ = at(tight, week=peaky(34, high=6.0))
    check = check_of(plan(at(tight)), given_)
    assert [(each.task_class, each.hours) for each in check.late] == [("chat", 1)]
    assert "HourLate" in {each.kind for each in week_doubts(given_, (check,))}
    assert not check.fits


def test_a_stated_busiest_hour_is_what_a_class_is_judged_by() -> None:
    """An SLO that only breaks in the week's own busiest hour forbids the device before anything is placed there."""
    given_ = at(chat(0.1, slo=Slo(ttft_p95_s=8)), week=peaky(34, high=6.0))
    (placement,) = plan(given_).placements
    assert placement.chosen is None
    assert {violation.constraint for option in placement.options for violation in option.violations} >= {"ttft_slo"}
    check, made = checked(at(chat(0.1), local("notes", 0.05), week=peaky(34, high=3.0)))
    assert max(check.asked) == pytest.approx(made.fleet_loads[0].peak_utilization, rel=1e-12)


def test_what_may_wait_is_judged_by_its_busiest_stretch() -> None:
    """Two hours a night bring 100 % of a device and more; spread over the twelve it may wait, they do not."""
    night = Week(weights=tuple(1.0 if hour % 24 in {1, 2} else 0.0 for hour in WORK))
    given_ = at(chat(0.02), batch(0.1, week=night, defer_h=12.0), fleets=(Fleet(profile=device(), count=100),))
    assert [each.chosen is not None for each in plan(given_).placements] == [True, True]
    peak = busiest_hour(given_.workload, given_.workload.task_classes[1])
    assert peak.value == pytest.approx(max(1.0, 40 / 7 / 12))
    alone = batch(0.4, week=night, defer_h=1.0)
    assert busiest_hour(given_.workload, alone).value == pytest.approx(40 / 14)
    assert {v.constraint for o in plan(at(alone)).placements[0].options for v in o.violations} >= {"capacity"}


def test_a_window_too_short_for_the_room_there_is_says_so() -> None:
    given_ = at(chat(0.1), batch(0.15, slo=Slo(), defer_h=2.0), week=peaky(34, high=3.0))
    check, _ = checked(given_)
    (moved,) = check.deferred
    assert moved.window_h == 2
    assert moved.longest_wait_h == 1
    assert moved.forced_share > 0
    assert "NoRoomToDefer" in {each.kind for each in week_doubts(given_, (check,))}


def test_a_class_of_its_own_hours_is_checked_in_them() -> None:
    night = Week(weights=tuple(1.0 if hour % 24 == 2 else 0.0 for hour in WORK))
    check, _ = checked(at(chat(0.1), batch(0.01, week=night)))
    assert check.is_stated
    assert check.busy[2] == pytest.approx(0.01 * 40 / 7)


@pytest.mark.parametrize("spare", [0, 1])
def test_units_are_as_busy_as_their_month_says(spare: int) -> None:
    """CONVENTION §24: the busiest hour takes headroom × availability of the whole units that work, or less.

    It is what cannot wait that the units are bought for: the archive finds room beside chats and mails in any hour.
    """
    made = plan(shared_scenario(answering(owned(name="own-box"), spare=spare)))
    (load,) = made.capacity_loads
    check = next(each for each in made.week_checks if each.kind == "capacity")
    factors = {each.name: each.value for each in load.month.factors}
    working = load.month.units - spare
    assert check.limit == pytest.approx(factors["headroom"] * factors["availability"])
    assert max(check.interactive) == pytest.approx(check.limit * factors["whole units"] * load.month.units / working)
    assert max(check.asked) > check.limit
    assert check.fits
    assert (check.target, check.task_classes) == ("own-box", ("chat", "mail", "archive"))


def test_what_overflows_is_said_and_not_doubted() -> None:
    shape = shape_of(workload(), chat(0.1))
    member = Member(chat(0.1), 0.5, shape, 0.0)
    target = Target("units", "capacity", "Units", 3, 0.8, (True,) * HOURS_PER_WEEK, overflows=True)
    check = check_week(target, [member], {"chat": "Chat"})
    assert check.hours_over == 5
    assert check.fits
    assert check.sentence.endswith(
        "exceed the limit of 80 %; the busiest of each active day takes 100 % of each unit's time. What is above it is "
        "answered elsewhere, by the token."
    )
    assert week_doubts(scenario(chat(0.1)), (check,)) == ()
    assert check.wait_p95_s[11] is None  # how long requests wait at a capacity is not asked hour by hour


def test_together_classes_wait_as_the_fleet_s_busiest_hour_says() -> None:
    check, made = checked(at(chat(0.08), local("notes", 0.04, slo=Slo(ttft_p95_s=60)), batch(0.02)))
    (load,) = made.fleet_loads
    urgent = [each.wait_p95_s for each in load.shared if each.is_urgent]
    assert len(urgent) == 2
    assert check.wait_p95_s[11] == pytest.approx(max(urgent))
    assert check.busy[11] == pytest.approx(check.asked[11])


PAIR = (chat(0.1), batch(0.1))


@lru_cache(maxsize=1)
def planned() -> Plan:
    return plan(at(*PAIR))


@settings(max_examples=30)
@given(
    st.floats(0, 168),
    st.lists(st.floats(0, 5), min_size=24, max_size=24).filter(lambda hours: max(hours) > 0.1),
)
def test_total_load_is_the_sum_of_its_classes(window: float, day: list[float]) -> None:
    given_ = at(PAIR[0], PAIR[1].model_copy(update={"defer_h": window}), week=Week(weights=tuple(day * 7)))
    check = check_of(planned(), given_)
    total = math.fsum(each.utilization for each in planned().fleet_loads) * 40
    assert math.fsum(check.asked) == pytest.approx(total)
    assert math.fsum(check.busy) == pytest.approx(total)
    assert all(busy >= part * (1 - 1e-12) for busy, part in zip(check.busy, check.interactive, strict=True))


@pytest.mark.parametrize("name", sample_names())
def test_every_bundled_plan_says_the_same_of_its_fleets_hour_by_hour(name: str) -> None:
    made = plan(sample(name))
    loads = {each.profile_id: each for each in made.fleet_loads if each.task_classes}
    fleets = {each.target: each for each in made.week_checks if each.kind == "fleet"}
    assert fleets.keys() == loads.keys()
    for profile_id, check in fleets.items():
        active = [each for each in check.asked if each > 0]
        assert max(check.asked) == pytest.approx(loads[profile_id].peak_utilization, rel=1e-12)
        assert math.fsum(active) / len(active) == pytest.approx(loads[profile_id].utilization, rel=1e-12)
        for wait in loads[profile_id].shared:
            if wait.is_urgent and wait.wait_p95_s is not None and check.busy == pytest.approx(check.asked):
                assert (check.wait_p95_s[check.worst_hour] or 0.0) >= wait.wait_p95_s * (1 - 1e-9)
    assert {each.capacity for each in made.capacity_loads} == {
        e.target for e in made.week_checks if e.kind == "capacity"
    }
