"""Metamorphic properties of the plan (economics.md §7), on every bundled scenario and on small ones."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from planner.basis import Quantity
from planner.documents import from_json, to_json
from planner.placement.options import Placement, Side, Sureness
from planner.planning import Plan, plan
from planner.prices.offers import PriceProfile, TokenOffer, TokenRates
from planner.samples.catalog import sample, sample_names
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass
from tests.support.engine import offer, scenario, task_class

K = 4  # a power of two, so that scaled floats stay exact


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


def times_quantity(figure: Quantity, factor: int) -> Quantity:
    low, high = figure.bounds
    return figure.model_copy(update={"value": figure.value * factor, "low": low * factor, "high": high * factor})


def all_money_times(given: Scenario, factor: int) -> Scenario:
    offers = tuple(dearer_offer(each, factor) for each in given.prices.offers)
    classes = tuple(
        each.model_copy(
            update={
                "review_usd": None if each.review_usd is None else each.review_usd * factor,
                "failure_usd": None if each.failure_usd is None else each.failure_usd * factor,
            }
        )
        for each in given.workload.task_classes
    )
    fleets = tuple(
        fleet.model_copy(
            update={
                "profile": fleet.profile.model_copy(
                    update={
                        "ownership": fleet.profile.ownership.model_copy(
                            update={
                                name: None if price is None else price * factor
                                for name in ("price_usd", "incremental_usd", "resale_usd")
                                for price in [getattr(fleet.profile.ownership, name)]
                            }
                            | {
                                "tariff_usd_per_kwh": None
                                if fleet.profile.ownership.tariff_usd_per_kwh is None
                                else times_quantity(fleet.profile.ownership.tariff_usd_per_kwh, factor)
                            }
                        )
                    }
                )
            }
        )
        for fleet in given.fleets
    )
    assumptions = given.assumptions.model_copy(
        update={
            name: times_quantity(getattr(given.assumptions, name), factor)
            for name in ("tariff_usd_per_kwh", "support_usd_per_device_month")
        }
    )
    scaled = with_classes(with_offers(given, offers), classes)
    return scaled.model_copy(update={"fleets": fleets, "assumptions": assumptions})


def test_all_money_times_k_keeps_the_placements_and_multiplies_the_costs(bundled: Scenario, planned: Plan) -> None:
    dearer = plan(all_money_times(bundled, K))
    assert choices(dearer) == choices(planned)
    assert dearer.totals.plan_usd_per_month.value == pytest.approx(K * planned.totals.plan_usd_per_month.value)
    assert dearer.totals.saving_usd_per_month.value == pytest.approx(K * planned.totals.saving_usd_per_month.value)


def test_order_of_classes_and_offers_does_not_matter(bundled: Scenario, planned: Plan) -> None:
    turned = with_offers(bundled, bundled.prices.offers[::-1])
    turned = with_classes(turned, turned.workload.task_classes[::-1])
    assert choices(plan(turned)) == choices(planned)


def test_a_dominated_offer_changes_nothing(bundled: Scenario, planned: Plan) -> None:
    worst = bundled.prices.offers[0]
    dominated = dearer_offer(worst, 1000).model_copy(update={"sku": f"{worst.vendor}/zzz-dear"})
    assert choices(plan(with_offers(bundled, (*bundled.prices.offers, dominated)))) == choices(planned)


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


def test_what_must_not_leave_appears_on_no_forbidden_target(bundled: Scenario, planned: Plan) -> None:
    confined = {each.name for each in bundled.workload.task_classes if not each.may_leave_device or each.needs_offline}
    assert confined, "a bundled workload shows a class that must stay"
    for placement in planned.placements:
        if placement.task_class in confined:
            shown = (placement.chosen, placement.runner_up)
            assert all(option is None or option.side is Side.EDGE for option in shown)


def test_totals_are_the_sums_of_what_is_shown(planned: Plan) -> None:
    money = planned.totals
    assert money.plan_usd_per_month.value == pytest.approx(
        money.edge_usd_per_month
        + money.datacenter_usd_per_month
        + money.fleet_usd_per_month
        + money.quality_usd_per_month,
        rel=1e-12,
    )
    for side, total in ((Side.EDGE, money.edge_usd_per_month), (Side.DATACENTER, money.datacenter_usd_per_month)):
        shown = [bill(each) for each in planned.placements if each.chosen and each.chosen.side is side]
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


def test_the_shown_regret_is_the_forced_alternative_less_the_choice(planned: Plan) -> None:
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
