"""The most a fleet serves, against the same class judged just below and just above it (CONVENTION §12, §16)."""

import pytest

from planner.outlook.fleet_limits import busy_share_per_request_day, class_limit, joint_limit
from planner.placement.options import Option, Side
from planner.planning import plan
from planner.scenario import Scenario
from planner.workload.task_classes import Slo
from tests.support import scenarios


def made(*, cap: float, slo: Slo, requests_per_day: float = 400.0) -> Scenario:
    plain = scenarios.scenario()
    task_class = plain.workload.task_classes[0].model_copy(update={"slo": slo, "requests_per_day": requests_per_day})
    return plain.model_copy(
        update={
            "workload": plain.workload.model_copy(update={"task_classes": (task_class,)}),
            "policy": plain.policy.model_copy(update={"device_contention_cap": cap}),
        }
    )


def edge(scenario: Scenario) -> Option:
    return next(each for each in plan(scenario).placements[0].options if each.side is Side.EDGE)


@pytest.mark.parametrize(
    ("cap", "slo", "words"),
    [
        (0.1, Slo(), "the cap"),
        (1.0, Slo(), "never clears"),
        (0.9, Slo(e2e_p95_s=12.0), "breaks the SLO"),
    ],
)
def test_a_class_is_feasible_up_to_its_limit_and_not_beyond(cap: float, slo: Slo, words: str) -> None:
    scenario = made(cap=cap, slo=slo)
    limit = class_limit(scenario, scenario.workload.task_classes[0], edge(scenario), scenario.fleets[0])
    assert limit.requests_per_day is not None
    assert words in limit.reason
    most = float(limit.requests_per_day)
    assert edge(made(cap=cap, slo=slo, requests_per_day=most * (1 - 1e-9))).feasible
    assert not edge(made(cap=cap, slo=slo, requests_per_day=most * (1 + 1e-9))).feasible


def test_an_slo_that_no_waiting_would_keep_leaves_nothing() -> None:
    scenario = made(cap=0.3, slo=Slo(e2e_p95_s=0.01))
    limit = class_limit(scenario, scenario.workload.task_classes[0], edge(scenario), scenario.fleets[0])
    assert limit.requests_per_day == 0


def test_other_work_leaves_less() -> None:
    scenario = made(cap=0.3, slo=Slo())
    task_class, option, fleet = scenario.workload.task_classes[0], edge(scenario), scenario.fleets[0]
    alone, beside = (class_limit(scenario, task_class, option, fleet, taken) for taken in (0.0, 0.15))
    assert alone.requests_per_day is not None
    assert beside.requests_per_day is not None
    assert float(beside.requests_per_day / alone.requests_per_day) == pytest.approx(0.5)


def test_classes_together_reach_the_cap_where_their_shares_add_up_to_it() -> None:
    scenario = made(cap=0.3, slo=Slo())
    task_class, option, fleet = scenario.workload.task_classes[0], edge(scenario), scenario.fleets[0]
    twin = task_class.model_copy(update={"name": "twin"})
    both = scenario.model_copy(
        update={"workload": scenario.workload.model_copy(update={"task_classes": (task_class, twin)})}
    )
    alone = class_limit(scenario, task_class, option, fleet).requests_per_day
    together = joint_limit(both, [(task_class, option, fleet), (twin, option, fleet)]).requests_per_day
    assert alone is not None
    assert together is not None
    assert float(together) == pytest.approx(float(alone))


@pytest.mark.parametrize(("bound_s", "share"), [(0.9, 0.0), (1.1, 0.05), (2.5, None)])
def test_a_soaked_device_meets_a_bound_at_once_or_still_when_it_is_warm(bound_s: float, share: float | None) -> None:
    """CONVENTION §20: burst for whoever does not wait, sustained speed for whoever does."""
    plain = scenarios.scenario()
    scenario = made(cap=1.0, slo=Slo())
    option, fleet = edge(scenario), plain.fleets[0]
    service = option.service
    assert service is not None
    assert service.busy_ttft_s is not None
    kept = service.service_s.model_copy(update={"value": 0.5, "low": None, "high": None, "unit": "share"})
    whole_s = service.service_s.value
    warm = option.model_copy(
        update={
            "service": service.model_copy(
                update={
                    "retained_share": kept,
                    "service_s": service.service_s.model_copy(update={"value": 2 * whole_s, "low": None, "high": None}),
                }
            )
        }
    )
    asked = scenario.workload.task_classes[0].model_copy(update={"slo": Slo(e2e_p95_s=bound_s * whole_s)})
    limit = class_limit(scenario, asked, warm, fleet)
    assert limit.requests_per_day is not None
    each = busy_share_per_request_day(scenario, asked, fleet, warm.service or service)
    peak_load = float(limit.requests_per_day * each) * scenario.workload.peak_to_mean.value
    if share is None:
        assert 0.05 < peak_load < 1
    else:
        assert peak_load == pytest.approx(share)
