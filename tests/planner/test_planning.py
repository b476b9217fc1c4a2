"""What holds of every plan, bundled or small; what scaling and order leave alone is in test_metamorphic."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from planner.documents import from_json, to_json
from planner.placement.options import Placement, Side, Sureness
from planner.planning import Plan, plan
from planner.prices.offers import PriceProfile, TokenOffer, TokenRates
from planner.samples.catalog import sample, sample_names
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass
from tests.support.engine import offer, scenario, task_class


@pytest.fixture(scope="module", params=sample_names())
def bundled(request: pytest.FixtureRequest) -> Scenario:
    return sample(request.param)


@pytest.fixture(scope="module")
def planned(bundled: Scenario) -> Plan:
    return plan(bundled)


def choices(result: Plan) -> dict[str, str | None]:
    return {each.task_class: each.chosen.option_id if each.chosen else None for each in result.placements}


def with_classes(given: Scenario, classes: tuple[TaskClass, ...]) -> Scenario:
    return given.model_copy(update={"workload": given.workload.model_copy(update={"task_classes": classes})})


def with_offers(given: Scenario, offers: tuple[TokenOffer, ...]) -> Scenario:
    prices: PriceProfile = given.prices.model_copy(update={"offers": offers})
    return given.model_copy(update={"prices": prices})


def times(rates: TokenRates, factor: int) -> TokenRates:
    scaled = {name: None if price is None else price * factor for name, price in rates}
    return rates.model_copy(update=scaled)


def dearer_offer(given: TokenOffer, factor: int, *, flat: bool = False) -> TokenOffer:
    """Every dated price times the factor; `flat` drops the context tiers."""
    prices = tuple(
        price.model_copy(
            update={
                "rates": times(price.rates, factor),
                "tiers": ()
                if flat
                else tuple(tier.model_copy(update={"rates": times(tier.rates, factor)}) for tier in price.tiers),
            }
        )
        for price in given.prices
    )
    return given.model_copy(update={"prices": prices})


def test_relaxing_a_class_never_raises_the_cost_of_those_placed(bundled: Scenario, planned: Plan) -> None:
    loose = tuple(
        each.model_copy(update={"quality_floors": (), "may_leave_device": True, "needs_offline": False})
        if each.name not in planned.totals.unplaced
        else each
        for each in bundled.workload.task_classes
    )
    relaxed = plan(with_classes(bundled, loose))
    assert relaxed.totals.plan_usd_per_month.value <= planned.totals.plan_usd_per_month.value * (1 + 1e-9)


def test_a_dearer_data_center_never_gains_a_class(bundled: Scenario, planned: Plan) -> None:
    dearer = with_offers(
        bundled,
        tuple(dearer_offer(each, 3, flat=True) for each in bundled.prices.offers),
    )
    before = {name for name, option in choices(planned).items() if option and option.startswith("datacenter:")}
    after = {name for name, option in choices(plan(dearer)).items() if option and option.startswith("datacenter:")}
    assert after <= before


def test_same_scenario_same_bytes(bundled: Scenario, planned: Plan) -> None:
    again = from_json(to_json(bundled), Scenario, where="copy")
    assert to_json(plan(again)) == to_json(planned)


def confined_classes(given: Scenario) -> set[str]:
    return {each.name for each in given.workload.task_classes if not each.may_leave_device or each.needs_offline}


def test_a_bundled_workload_shows_a_class_that_must_stay() -> None:
    assert any(confined_classes(sample(name)) for name in sample_names())


def test_what_must_not_leave_appears_on_no_forbidden_target(bundled: Scenario, planned: Plan) -> None:
    confined = confined_classes(bundled)
    for placement in planned.placements:
        if placement.task_class in confined:
            shown = (placement.chosen, placement.runner_up)
            assert all(option is None or option.side is Side.EDGE for option in shown)


def test_totals_are_the_sums_of_what_is_shown(planned: Plan) -> None:
    money = planned.totals
    assert money.plan_usd_per_month.value == pytest.approx(
        money.edge_usd_per_month
        + money.datacenter_usd_per_month
        + money.capacity_usd_per_month
        + money.fleet_usd_per_month
        + money.quality_usd_per_month,
        rel=1e-12,
    )
    for side, total in ((Side.EDGE, money.edge_usd_per_month), (Side.DATACENTER, money.datacenter_usd_per_month)):
        chosen = [(each, each.chosen) for each in planned.placements if each.chosen]
        shown = [bill(each) for each, option in chosen if option.side is side and option.capacity is None]
        assert total == pytest.approx(sum(shown), rel=1e-12)
    assert money.saving_usd_per_month.value == pytest.approx(
        money.base_usd_per_month.value - money.plan_usd_per_month.value, rel=1e-9, abs=1e-9
    )


def monthly(placement: Placement) -> float:
    assert placement.chosen is not None
    assert placement.chosen.cost is not None
    assert placement.chosen.cost.true_usd_per_month is not None
    return placement.chosen.cost.true_usd_per_month.value


def bill(placement: Placement) -> float:
    assert placement.chosen is not None
    assert placement.chosen.cost is not None
    assert placement.chosen.cost.usd_per_month is not None
    return placement.chosen.cost.usd_per_month.value


def test_the_shown_regret_is_the_forced_alternative_less_the_choice(bundled: Scenario, planned: Plan) -> None:
    """Where units are shared it is of the whole plan, which another class may change too: never a gain."""
    if bundled.capacities:
        assert all((each.runner_up_extra_usd_per_month or 0.0) >= 0 for each in planned.placements)
        return
    for placement in planned.placements:
        if placement.runner_up and placement.runner_up.cost and placement.runner_up.cost.true_usd_per_month:
            forced = placement.runner_up.cost.true_usd_per_month.value
            assert placement.runner_up_extra_usd_per_month == pytest.approx(forced - monthly(placement))


def test_every_excluded_option_names_its_constraint(planned: Plan) -> None:
    for placement in planned.placements:
        for option in placement.options:
            assert option.feasible or all(each.sentence for each in option.violations)


def test_no_nan_and_no_infinity_in_the_file(planned: Plan) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    json.loads(to_json(planned), parse_constant=refuse)


def test_no_volume_buys_nothing() -> None:
    result = plan(scenario(task_class(requests_per_day=0.0)))
    assert result.totals.plan_usd_per_month.value == 0.0
    assert result.totals.fleet_usd_per_month == 0.0


def test_the_base_case_is_the_cheapest_all_data_center_plan() -> None:
    result = plan(scenario(task_class(requests_per_day=100_000.0)))
    # 512 in at $0.40 and 101 out at $1.60 per Mtok, 2,000,000 requests a month.
    assert result.totals.base_usd_per_month.value == pytest.approx((512 * 0.40 + 101 * 1.60) / 1e6 * 2_000_000)
    assert result.placements[0].chosen is not None
    assert result.placements[0].chosen.side is Side.EDGE
    assert result.placements[0].sureness is Sureness.CLEAR
    assert "instead of" in result.sentence


def test_the_cloud_is_cheaper_is_a_possible_answer() -> None:
    result = plan(scenario(task_class(), offers=(offer(usd_in="0.001", usd_out="0.002"),)))
    assert result.placements[0].chosen is not None
    assert result.placements[0].chosen.side is Side.DATACENTER
    assert "data center" in result.sentence


def test_stale_prices_are_a_doubt_only_when_stale() -> None:
    fresh = scenario()
    assert "StalePrices" not in {doubt.kind for doubt in plan(fresh).doubts}
    old = fresh.prices.model_copy(update={"data_as_of": fresh.as_of.replace(month=8)})
    assert "StalePrices" in {doubt.kind for doubt in plan(fresh.model_copy(update={"prices": old})).doubts}


def test_money_stays_decimal_until_it_is_costed() -> None:
    assert isinstance(scenario().prices.offers[0].prices[0].rates.input_usd_per_mtok, Decimal)
