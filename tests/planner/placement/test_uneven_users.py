"""Users are unlike: what their devices may not take overflows where it is allowed, and is paid (economics.md §1)."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest

from planner.basis import Basis, Quantity
from planner.outlook.horizon import horizon_of
from planner.placement.enumeration import known_of, options_of
from planner.placement.options import Option
from planner.placement.uneven_users import overflow_name
from planner.planning import plan
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from planner.service.queueing import wait_percentile_s
from planner.service.queues.uneven_demand import local_share
from planner.workload.task_classes import Acceptance, QualityFloor, Slo, TaskClass
from tests.support.engine import assumptions, device, offer, scenario, task_class

EDGE = "edge:testbook:llama-3.2-1b:int4"
BUSY = 230_000.0  # requests a day: 20 % of every device's hours, were all users alike
OVERFLOW = overflow_name("acme/small")


def spread(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, low=low, high=high, unit="share", basis=Basis.ASSUMED, source="test")


def given(cv: Quantity | None = None, *classes: TaskClass, **changes: object) -> Scenario:
    asked = classes or (task_class(requests_per_day=BUSY),)
    stated = assumptions().model_copy(update={"demand_spread": cv})
    return scenario(*asked, assumptions=stated).model_copy(update=changes)


def edge(one: Scenario) -> Option:
    found = options_of(one, one.workload.task_classes[0], known_of(one))
    return next(option for option in found if option.option_id == EDGE)


def parts(option: Option) -> dict[str, float]:
    assert option.cost is not None
    return {part.name: part.usd_per_request for part in option.cost.parts}


def utilization(option: Option) -> float:
    assert option.service is not None
    assert option.service.utilization is not None
    return option.service.utilization


def test_what_is_beyond_the_cap_is_that_of_simulated_users() -> None:
    alike, unlike = edge(given()), edge(given(spread(1.0)))
    assert unlike.overflow is not None
    generator = np.random.default_rng(5)
    sigma = math.sqrt(math.log(2.0))  # cv 1
    demand = utilization(alike) * generator.lognormal(-(sigma**2) / 2, sigma, 400_000)
    beyond = 1 - np.minimum(demand, 0.3).sum() / demand.sum()
    assert unlike.overflow.share.value == pytest.approx(float(beyond), abs=0.003)
    assert utilization(unlike) == pytest.approx(utilization(alike) * (1 - unlike.overflow.share.value))


def test_every_request_s_bill_is_what_stays_and_what_goes() -> None:
    alike, unlike = edge(given()), edge(given(spread(1.0)))
    assert unlike.overflow is not None
    gone = unlike.overflow.share.value
    assert unlike.overflow.sku == "acme/small"  # the cheaper of the two
    remote = 512 * 0.40e-6 + 101 * 1.60e-6
    assert parts(unlike) == pytest.approx(
        {**{name: usd * (1 - gone) for name, usd in parts(alike).items()}, OVERFLOW: gone * remote}
    )
    assert unlike.cost is not None
    assert unlike.cost.usd_per_request is not None
    assert unlike.cost.usd_per_request.value == pytest.approx(sum(parts(unlike).values()))


def test_nobody_stated_it_and_nothing_changes_but_one_doubt() -> None:
    one = given(None, task_class(requests_per_day=BUSY, may_leave_device=False))
    assert edge(one).overflow is None
    (doubt,) = [each for each in plan(one).doubts if each.kind == "UsersAlike"]
    beyond = 1 - local_share(utilization(edge(one)), 0.3, 1.0)
    assert f"{beyond:.0%}".replace("%", " %") in doubt.sentence
    for other in (given(None, task_class(may_leave_device=False)), given(spread(0.5), one.workload.task_classes[0])):
        assert "UsersAlike" not in {each.kind for each in plan(other).doubts}


def test_users_all_alike_overflow_nothing() -> None:
    assert edge(given(spread(0.0))) == edge(given())


def test_the_more_unlike_the_more_goes_elsewhere() -> None:
    found = [edge(given(spread(cv))).overflow for cv in (0.5, 1.0, 2.0)]
    shares = [each.share.value for each in found if each]
    assert len(shares) == 3
    assert shares == sorted(shares)
    wide = edge(given(spread(1.0, 0.5, 2.0))).overflow
    assert wide is not None
    assert wide.share.bounds == pytest.approx((shares[0], shares[2]))
    assert wide.share.basis is Basis.ASSUMED


def test_devices_that_users_share_even_out() -> None:
    fleets = (Fleet(profile=device(), count=99),)
    assert edge(given(spread(1.0), fleets=fleets)).overflow is None


@pytest.mark.parametrize(
    "bound",
    [
        {"may_leave_device": False},
        {"needs_offline": True},
        {"residency": ("EU",)},
        {"quality_floors": (QualityFloor(scale="mmlu", minimum=1.0),)},
    ],
)
def test_nothing_overflows_to_what_the_class_is_not_allowed(bound: dict[str, Any]) -> None:
    """economics.md §7: a privacy-bound class appears on no forbidden target on any path."""
    option = edge(given(spread(1.0), task_class(requests_per_day=BUSY, **bound)))
    assert option.overflow is None
    assert OVERFLOW not in parts(option)
    (doubt,) = [each for each in option.doubts if each.kind == "BeyondCap"]
    assert "%" in doubt.sentence


def test_whoever_reaches_the_cap_may_wait_beyond_the_slo() -> None:
    """On the mean device the bound holds: 20 % of its hours busy, against 30 % at the cap."""

    def late(bound_s: float) -> list[str]:
        option = edge(given(spread(1.0), task_class(requests_per_day=BUSY, slo=Slo(ttft_p95_s=bound_s))))
        assert option.feasible
        return [each.sentence for each in option.doubts if each.kind == "HeavyUsersLate"]

    mean, cap = (0.512 + wait_percentile_s(2 * load, 2.512, 0.95) for load in (0.2, 0.3))
    (sentence,) = late((mean + cap) / 2)
    assert f"the first token comes after {cap:.1f} s" in sentence
    assert not late(cap + 0.1)


def test_what_overflows_is_said_to_be_that_of_the_stated_volume() -> None:
    kinds = {each.kind for each in edge(given(spread(1.0))).doubts}
    assert "OverflowShareKept" in kinds
    assert "BeyondCap" not in kinds
    few = edge(given(spread(0.1)))
    assert not {"OverflowShareKept", "BeyondCap"} & {each.kind for each in few.doubts}


def test_it_goes_to_the_cheapest_that_holds_the_request() -> None:
    short = offer("acme/small").model_copy(update={"context_tokens": 600})
    dear = offer("acme/large", usd_in="2.50", usd_out="10.00")
    prices = given().prices.model_copy(update={"offers": (short, dear)})
    found = edge(given(spread(1.0), prices=prices)).overflow
    assert found is not None
    assert found.sku == "acme/large"


def test_more_than_the_cap_is_served_where_the_rest_may_go() -> None:
    much = task_class(requests_per_day=2 * BUSY)
    assert {each.constraint for each in edge(given(None, much)).violations} == {"capacity"}
    served = edge(given(spread(0.5), much))
    assert served.feasible
    assert utilization(served) <= 0.3
    bound = edge(given(spread(0.5), much.model_copy(update={"may_leave_device": False})))
    assert {each.constraint for each in bound.violations} == {"capacity"}


def test_full_share_hardware_is_that_of_what_stays() -> None:
    policy = Policy(hardware=HardwarePolicy.FULL_SHARE)
    alike, unlike = edge(given(policy=policy)), edge(given(spread(1.0), policy=policy))
    assert unlike.overflow is not None
    kept = 1 - unlike.overflow.share.value
    name = "hardware (full share)"
    assert parts(unlike)[name] == pytest.approx(kept * parts(alike)[name])
    views = {view.policy: view.usd_per_request for view in unlike.cost.hardware_views} if unlike.cost else {}
    assert views["full_share"] == pytest.approx(parts(unlike)[name])


def test_results_are_accepted_as_often_as_both_models_answer() -> None:
    evaluated = (
        Acceptance(model="llama-3.2-1b", weight_format="int4", accepted=80, of=100),
        Acceptance(model="acme/small", accepted=100, of=100),
    )
    option = edge(given(spread(1.0), task_class(requests_per_day=BUSY, acceptances=evaluated)))
    assert option.overflow is not None
    assert option.cost is not None
    gone = option.overflow.share.value
    assert option.cost.acceptance.value == pytest.approx(0.8 * (1 - gone) + gone)


def test_a_dated_price_of_where_it_overflows_reaches_the_horizon() -> None:
    """What goes elsewhere is paid there on every day of the horizon, at that day's price."""
    old, new = offer("acme/small"), offer("acme/small", usd_in="4.00", usd_out="16.00")
    rise = date(2027, 5, 23)
    rows = (
        old.prices[0].model_copy(update={"effective_to": rise}),
        new.prices[0].model_copy(update={"effective_from": rise}),
    )
    prices = given().prices.model_copy(update={"offers": (old.model_copy(update={"prices": rows}),)})
    one = given(spread(1.0), prices=prices)
    result = plan(one)
    chosen = result.placements[0].chosen
    assert chosen is not None
    assert chosen.overflow is not None
    view = horizon_of(one, result)
    month = [sum(line.effective_usd[number] for line in view.plan.lines) for number in (1, 12)]
    assert month[0] == pytest.approx(result.totals.plan_usd_per_month.value, rel=1e-9)
    overflowing = parts(chosen)[OVERFLOW] * result.placements[0].requests_per_month
    assert month[1] - month[0] == pytest.approx(9 * overflowing, rel=1e-6)
