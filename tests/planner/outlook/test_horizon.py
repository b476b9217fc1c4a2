"""Plan and base case over months (economics.md §2 horizon, §4 payback, §6 warnings, §7 sums and finiteness)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.cost.cash_flow import monthly_rate, present_value
from planner.documents import from_json, to_json
from planner.errors import PriceError, ScenarioError
from planner.horizon import Horizon, OneOff
from planner.outlook.horizon import horizon_of
from planner.outlook.horizon_view import HorizonView, Line, Stream
from planner.placement.plan import Plan
from planner.planning import plan
from planner.prices.offers import Quote, TokenOffer, TokenPrice, TokenRates
from planner.samples.catalog import sample, sample_names
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from tests.support.engine import DAY, assumptions, device, offer, ownership, quantity, scenario, task_class, workload

BUSY: dict[str, Any] = {"requests_per_day": 40_000.0}
"""Enough work for devices to pay for their support."""


@dataclass(frozen=True)
class Case:
    scenario: Scenario
    plan: Plan
    view: HorizonView


def case(given_scenario: Scenario) -> Case:
    decided = plan(given_scenario)
    return Case(given_scenario, decided, horizon_of(given_scenario, decided))


def over(years: float = 3.0, **changes: object) -> Horizon:
    return Horizon.model_validate({"years": years, **changes})


def change(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, unit="share", basis=Basis.ASSUMED, low=low, high=high)


def line(stream: Stream, kind: str) -> Line:
    return next(each for each in stream.lines if each.kind == kind)


def kinds(view: HorizonView) -> set[str]:
    return {doubt.kind for doubt in view.doubts}


def bought_for_this(usd: int = 120, resale: int | None = None, life_years: float = 4.0) -> Fleet:
    owned = ownership(incremental_usd=Decimal(usd), resale_usd=resale, life_years=life_years)
    return Fleet(profile=device(owned=owned), count=100)


def incremental(usd: int, horizon: Horizon, life_years: float = 4.0, **changes: Any) -> Scenario:
    """One class that stays on devices bought for it: it may not leave the device."""
    asked = task_class(may_leave_device=changes.pop("may_leave_device", False), **BUSY)
    return scenario(
        asked,
        fleets=(bought_for_this(usd, life_years=life_years),),
        policy=Policy(hardware=HardwarePolicy.INCREMENTAL),
        horizon=horizon,
        **changes,
    )


SCENARIOS = {
    **{name: sample(name) for name in sample_names()},
    **{
        f"policy {policy.value}": scenario(
            task_class(growth_per_year=0.5, review_usd=Decimal("0.01"), failure_usd=Decimal("0.10"), **BUSY),
            task_class("chat", requests_per_day=100.0, growth_per_year=-0.4),
            policy=Policy(hardware=policy),
            horizon=over(5.0, token_price_change_per_year=change(-0.3, -0.6, 0.1)),
        )
        for policy in HardwarePolicy
    },
}


@pytest.fixture(scope="module", params=SCENARIOS)
def any_case(request: pytest.FixtureRequest) -> Case:
    return case(SCENARIOS[request.param])


def test_month_1_is_the_plan_s_month(any_case: Case) -> None:
    view, totals = any_case.view, any_case.plan.totals
    assert view.plan.effective_usd[1] == pytest.approx(totals.plan_usd_per_month.value, rel=1e-9)
    assert view.base.effective_usd[1] == pytest.approx(totals.base_usd_per_month.value, rel=1e-9)


def test_every_total_is_the_sum_of_its_parts(any_case: Case) -> None:
    view, rate = any_case.view, any_case.scenario.assumptions.discount_rate_per_year
    for stream in (view.plan, view.base):
        for totals, parts in (
            (stream.billed_usd, [each.billed_usd for each in stream.lines]),
            (stream.effective_usd, [each.effective_usd for each in stream.lines]),
        ):
            assert np.allclose(totals, np.sum(parts, axis=0), rtol=1e-12)
        assert stream.cumulative_usd[-1] == pytest.approx(stream.total_usd.value)
        assert stream.npv_usd.value == pytest.approx(present_value(np.array(stream.billed_usd), rate.value))
        assert stream.discounted_cumulative_usd[-1] == pytest.approx(stream.npv_usd.value)
    assert sum(year.plan_billed_usd for year in view.years) == pytest.approx(view.plan.total_usd.value)
    assert sum(year.base_effective_usd for year in view.years) == pytest.approx(sum(view.base.effective_usd))
    assert sum(year.months for year in view.years) == view.months
    assert view.saving_npv_usd.value == pytest.approx(view.base.npv_usd.value - view.plan.npv_usd.value)
    assert view.years[-1].discounted_cumulative_saving_usd == pytest.approx(view.saving_npv_usd.value)
    assert view.extra_up_front_usd == view.plan.billed_usd[0] - view.base.billed_usd[0]


def test_no_month_is_negative_where_nothing_is_sold(any_case: Case) -> None:
    for stream in (any_case.view.plan, any_case.view.base):
        for each in stream.lines:
            assert min(each.effective_usd) >= 0
            assert each.kind == "salvage" or min(each.billed_usd) >= 0


def test_a_look_ahead_is_a_pure_document(any_case: Case) -> None:
    again = horizon_of(any_case.scenario)
    assert to_json(again) == to_json(any_case.view)
    assert from_json(to_json(again), HorizonView, where="here") == any_case.view


def test_intervals_hold_the_figures_and_leave_out_what_both_share(any_case: Case) -> None:
    view = any_case.view
    low, high = view.saving_npv_usd.bounds
    assert low <= view.saving_npv_usd.value <= high
    widths = [figure.bounds[1] - figure.bounds[0] for figure in (view.plan.npv_usd, view.base.npv_usd)]
    assert high - low <= sum(widths) + 1e-6


def test_a_level_month_is_worth_its_annuity() -> None:
    found = case(scenario(task_class(**BUSY), horizon=over(10.0)))
    rate = monthly_rate(0.1)
    annuity = (1 - (1 + rate) ** -120) / rate
    month = found.plan.totals.plan_usd_per_month.value
    assert found.view.plan.npv_usd.value == pytest.approx(month * annuity)
    assert found.view.plan.total_usd.value == pytest.approx(120 * month)


def test_growth_is_the_geometric_series_of_each_class() -> None:
    one, other = task_class(growth_per_year=0.8), task_class("chat", growth_per_year=-0.5)
    both = case(scenario(one, other, fleets=(), horizon=over(2.0)))
    tokens = line(both.view.plan, "token prices").billed_usd
    bills = [each.chosen.cost.usd_per_month.value for each in both.plan.placements]  # pyright: ignore
    for month in (1, 2, 13, 24):
        expected = bills[0] * 1.8 ** ((month - 1) / 12) + bills[1] * 0.5 ** ((month - 1) / 12)
        assert tokens[month] == pytest.approx(expected)


def test_money_times_k_is_every_month_times_k() -> None:
    plain = scenario(fleets=(), offers=(offer(),), horizon=over(2.0, token_price_change_per_year=change(-0.2)))
    dear = scenario(
        fleets=(),
        offers=(
            offer(usd_in="1.60", usd_out="6.40", usd_cached="0.40"),
            offer("acme/large", usd_in="10", usd_out="40"),
        ),
        horizon=plain.horizon,
    )
    ours, theirs = horizon_of(plain).plan.billed_usd, horizon_of(dear).plan.billed_usd
    assert theirs == pytest.approx([4 * usd for usd in ours])


# Prices over the calendar


def introductory(**changes: object) -> TokenOffer:
    """$0.20 and $0.80 until 23 May 2027, announced; then twice that."""
    rates = [
        TokenRates(input_usd_per_mtok=Decimal(usd_in), output_usd_per_mtok=Decimal(usd_out))
        for usd_in, usd_out in (("0.20", "0.80"), ("0.40", "1.60"))
    ]
    turn = date(2027, 5, 23)
    rows = (
        TokenPrice(rates=rates[0], effective_to=turn, introductory=True),
        TokenPrice(rates=rates[1], effective_from=turn),
    )
    return offer().model_copy(update={"prices": rows, **changes})


def test_an_introductory_price_ends_in_its_month() -> None:
    view = horizon_of(scenario(offers=(introductory(),), fleets=(), horizon=over(1.0)))
    tokens = line(view.plan, "token prices").billed_usd
    assert tokens[6] == pytest.approx(tokens[1])
    assert tokens[7] == pytest.approx(2 * tokens[1])
    doubt = next(each for each in view.doubts if each.kind == "IntroductoryEnds")
    assert "23 May 2027" in doubt.sentence


def test_an_introductory_price_that_outlasts_the_horizon_is_no_doubt() -> None:
    assert "IntroductoryEnds" not in kinds(horizon_of(scenario(offers=(introductory(),), fleets=(), horizon=over(0.5))))
    assert "IntroductoryEnds" not in kinds(horizon_of(scenario(fleets=(), horizon=over(3.0))))


def test_an_introductory_price_of_an_offer_nobody_uses_is_no_doubt() -> None:
    unused = introductory(sku="acme/dear", prices=(introductory().prices[1], introductory().prices[0]))
    dearer = tuple(
        row.model_copy(update={"rates": TokenRates(input_usd_per_mtok=Decimal(50), output_usd_per_mtok=Decimal(90))})
        for row in unused.prices
    )
    both = scenario(offers=(offer(), unused.model_copy(update={"prices": dearer})), fleets=(), horizon=over())
    assert "IntroductoryEnds" not in kinds(horizon_of(both))


def test_the_price_of_what_a_device_escalates_to_follows_its_own_dates() -> None:
    asked = task_class(
        may_leave_device=True,
        escalation_share=quantity(0.2, "share"),
        escalates_to="acme/small",
        requests_per_day=40_000.0,
    )
    dear = offer("acme/large", usd_in="9.00", usd_out="30.00")
    found = case(scenario(asked, offers=(introductory(), dear), horizon=over(1.0)))
    cascades = [
        option
        for option in found.plan.placements[0].options
        if option.option_id.startswith("edge:") and option.cost is not None
    ]
    assert cascades
    forced = found.plan.model_copy(
        update={
            "placements": (found.plan.placements[0].model_copy(update={"chosen": cascades[0]}),),
        }
    )
    tokens = line(horizon_of(found.scenario, forced).plan, "token prices").billed_usd
    assert tokens[1] > 0
    assert tokens[7] == pytest.approx(2 * tokens[6])


def test_a_change_sets_in_after_the_last_known_price() -> None:
    falling = over(3.0, token_price_change_per_year=change(-0.5, -0.7, -0.2))
    view = horizon_of(scenario(offers=(introductory(),), fleets=(), horizon=falling))
    tokens = line(view.plan, "token prices").billed_usd
    assert tokens[7] == pytest.approx(2 * tokens[1])
    assert tokens[19] == pytest.approx(tokens[7] / 2)
    low, high = view.plan.npv_usd.bounds
    assert low < view.plan.npv_usd.value < high


def test_a_price_that_ends_without_a_successor_goes_on_and_is_doubted() -> None:
    rows = (introductory().prices[0],)
    view = horizon_of(scenario(offers=(introductory(prices=rows),), fleets=(), horizon=over(1.0)))
    tokens = line(view.plan, "token prices").billed_usd
    assert tokens[12] == pytest.approx(tokens[1])
    assert {"PriceEnds", "IntroductoryEnds"} <= kinds(view)


def test_a_quote_holds_until_it_ends() -> None:
    quote = Quote(
        sku="acme/small",
        author="me",
        date=DAY,
        reason="contract",
        price=TokenPrice(
            rates=TokenRates(
                input_usd_per_mtok=Decimal("0.10"),
                output_usd_per_mtok=Decimal("0.40"),
                cached_input_usd_per_mtok=Decimal("0.025"),
            )
        ),
        valid_until=date(2027, 2, 23),
    )
    plain = scenario(fleets=(), offers=(offer(),), horizon=over(1.0))
    quoted = plain.model_copy(update={"prices": plain.prices.model_copy(update={"quotes": (quote,)})})
    tokens = line(horizon_of(quoted).plan, "token prices").billed_usd
    listed = line(horizon_of(plain).plan, "token prices").billed_usd
    assert tokens[3] == pytest.approx(listed[3] / 4)
    assert tokens[4] == pytest.approx(listed[4])


def test_a_horizon_that_starts_later_has_the_prices_of_that_day() -> None:
    view = horizon_of(scenario(offers=(introductory(),), fleets=(), horizon=over(1.0, starts=date(2027, 6, 1))))
    now = horizon_of(scenario(offers=(introductory(),), fleets=(), horizon=over(1.0)))
    assert view.begins[0] == date(2027, 6, 1)
    assert line(view.plan, "token prices").billed_usd[1] == pytest.approx(
        2 * line(now.plan, "token prices").billed_usd[1]
    )


def test_a_horizon_before_any_price_is_refused_in_words() -> None:
    rows = (introductory().prices[1].model_copy(update={"effective_from": DAY}),)
    early = scenario(offers=(introductory(prices=rows),), fleets=(), horizon=over(1.0, starts=date(2020, 1, 1)))
    with pytest.raises(PriceError, match="2020"):
        horizon_of(early)
    with pytest.raises(ScenarioError, match="calendars end"):
        horizon_of(scenario(horizon=over(starts=date(9999, 12, 1))))


@pytest.mark.parametrize(
    ("changes", "policy", "fires"),
    [
        ({"token_price_change_per_year": change(-0.3)}, HardwarePolicy.SUNK, True),
        ({"token_price_change_per_year": change(-0.3, -0.5, 0.0)}, HardwarePolicy.SUNK, False),
        ({"token_price_change_per_year": change(0.0)}, HardwarePolicy.SUNK, False),
        ({"rented_price_change_per_year": change(-0.3)}, HardwarePolicy.SUNK, False),  # nothing is rented
        ({"tariff_change_per_year": change(0.05)}, HardwarePolicy.SUNK, True),
        ({"device_price_change_per_year": change(-0.1)}, HardwarePolicy.SUNK, False),  # nothing is bought
        ({"device_price_change_per_year": change(-0.1)}, HardwarePolicy.INCREMENTAL, True),
        ({"device_price_change_per_year": change(-0.1)}, HardwarePolicy.FULL_SHARE, True),
        ({}, HardwarePolicy.SUNK, False),
    ],
)
def test_a_change_without_interval_is_doubted_where_it_counts(
    changes: dict[str, Any], policy: HardwarePolicy, fires: bool
) -> None:
    local = task_class(may_leave_device=False, **BUSY)
    both = scenario(local, task_class("chat"), policy=Policy(hardware=policy), horizon=over(**changes))
    assert ("SinglePointDecline" in kinds(horizon_of(both))) == fires


# Hardware, salvage, life


def test_added_hardware_is_bought_refreshed_and_salvaged() -> None:
    view = horizon_of(incremental(120, over(5.0)))
    bought, back = line(view.plan, "hardware").billed_usd, line(view.plan, "salvage").billed_usd
    assert {month: usd for month, usd in enumerate(bought) if usd} == {0: 12_000, 48: 12_000}
    assert back[60] == pytest.approx(-12_000 * 3 / 4)  # one of its four years is used
    assert sum(line(view.plan, "salvage").effective_usd) == 0
    assert view.extra_up_front_usd == 0  # the base case keeps the class there too


def test_hardware_bought_at_a_refresh_follows_device_prices() -> None:
    cheaper = over(5.0, device_price_change_per_year=change(-0.2, -0.3, 0.0))
    plain, view = horizon_of(incremental(120, over(5.0))), horizon_of(incremental(120, cheaper))
    assert line(view.plan, "hardware").billed_usd[48] == pytest.approx(12_000 * 0.8**4)
    effective = line(view.plan, "hardware").effective_usd
    assert effective[48] == pytest.approx(line(plain.plan, "hardware").effective_usd[48])
    assert effective[49] == pytest.approx(effective[48] * 0.8**4)
    assert view.plan.npv_usd.bounds[0] < view.plan.npv_usd.value < view.plan.npv_usd.bounds[1]


def test_sunk_hardware_costs_nothing_in_any_month() -> None:
    view = horizon_of(scenario(task_class(may_leave_device=False, **BUSY), horizon=over(10.0)))
    assert {each.kind for each in view.plan.lines}.isdisjoint({"hardware", "salvage"})


@pytest.mark.parametrize(("years", "fires"), [(4.0, False), (4.25, True)])
def test_a_horizon_beyond_the_devices_life_is_doubted(years: float, fires: bool) -> None:
    assert ("HorizonBeyondLife" in kinds(horizon_of(incremental(120, over(years))))) == fires


def test_a_horizon_without_devices_outlasts_none() -> None:
    assert "HorizonBeyondLife" not in kinds(horizon_of(scenario(fleets=(), horizon=over(10.0))))


# Payback


def paid_back(usd: int, years: float = 3.0) -> Case:
    """A class that saves most of its API bill on devices bought for it."""
    return case(incremental(usd, over(years), may_leave_device=True, life_years=20.0))


def test_the_extra_money_is_back_in_the_month_the_sum_says() -> None:
    found = paid_back(30)
    view = found.view
    assert view.extra_up_front_usd == 3000
    saved = view.base.billed_usd[1] - view.plan.billed_usd[1]
    rate = monthly_rate(0.1)
    exact = -math.log1p(-3000 * rate / saved) / math.log1p(rate)  # 3,000 = s·(1 − (1 + r)^−n)/r
    assert view.payback.month == math.ceil(exact)
    assert view.chart.crossing_month == view.payback.month
    month = math.ceil(exact)
    assert view.chart.plan_usd[month] <= view.chart.base_usd[month]
    assert view.chart.plan_usd[month - 1] > view.chart.base_usd[month - 1]
    assert f"paid back in month {month}" in view.sentence
    assert view.payback_earliest.month is not None
    assert view.payback_earliest.month <= month


def test_money_that_is_not_back_says_so_and_why() -> None:
    asked = task_class(**BUSY, growth_per_year=-0.9)
    # Chosen for its first month, and then the work goes away.
    found = case(
        scenario(
            asked,
            fleets=(bought_for_this(150, life_years=20.0),),
            policy=Policy(hardware=HardwarePolicy.INCREMENTAL),
            horizon=over(3.0),
        )
    )
    view = found.view
    assert view.extra_up_front_usd == 15_000
    assert view.payback.month is None
    assert view.payback.reason.startswith("never: ")
    assert "never paid back" in view.sentence
    assert "BreakEvenBeyond24Months" not in kinds(view)


def test_a_plan_without_extra_money_pays_nothing_back() -> None:
    view = horizon_of(scenario(task_class(**BUSY), horizon=over()))
    assert (view.extra_up_front_usd, view.payback.month) == (0, 0)
    assert "no extra money up front" in view.sentence


@pytest.mark.parametrize(("usd", "fires"), [(30, False), (150, True)])
def test_a_payback_beyond_two_years_is_doubted(usd: int, fires: bool) -> None:
    view = paid_back(usd, years=10.0).view
    assert view.payback.month is not None
    assert (view.payback.month > 24) == fires
    assert ("BreakEvenBeyond24Months" in kinds(view)) == fires


def test_what_devices_are_still_worth_pays_nothing_back() -> None:
    view = paid_back(150, years=0.5).view
    assert view.saving_npv_usd.value > 0  # with the rest of their value
    assert view.payback.month is None
    assert "still missing" in view.payback.reason


# Growth


def test_the_month_in_which_a_device_has_no_more_hours_is_named() -> None:
    asked = task_class(requests_per_day=200_000.0, growth_per_year=1.0, may_leave_device=False)
    found = case(scenario(asked, horizon=over(3.0)))
    (grown,) = found.view.outgrown
    load = found.plan.fleet_loads[0].utilization
    assert load < 0.3
    assert grown.month == math.ceil(12 * math.log2(0.3 / load)) + 1
    assert grown.utilization == pytest.approx(load * 2 ** ((grown.month - 1) / 12))
    doubt = next(each for each in found.view.doubts if each.kind == "CapacityOutgrown")
    assert f"month {grown.month}" in doubt.sentence


def test_a_busiest_hour_that_no_longer_clears_is_outgrown_too() -> None:
    asked = task_class(requests_per_day=20_000.0, growth_per_year=1.0, may_leave_device=False)
    sharp = workload(asked).model_copy(update={"peak_to_mean": quantity(20.0, "count")})
    (grown,) = horizon_of(scenario(workload=sharp, horizon=over(3.0))).outgrown
    assert grown.peak_utilization >= 1
    assert grown.utilization < 0.3
    doubts = horizon_of(scenario(workload=sharp, horizon=over(3.0))).doubts
    assert "never clears" in next(each.sentence for each in doubts if each.kind == "CapacityOutgrown")


def test_work_that_does_not_grow_outgrows_nothing() -> None:
    asked = task_class(requests_per_day=200_000.0, may_leave_device=False)
    assert "CapacityOutgrown" not in kinds(horizon_of(scenario(asked, horizon=over(10.0))))


def test_a_fleet_over_the_cap_today_is_the_plan_s_doubt_and_not_ours() -> None:
    asked = [
        task_class(f"class-{n}", requests_per_day=140_000.0, may_leave_device=False, growth_per_year=1.0)
        for n in range(3)
    ]
    found = case(scenario(*asked, horizon=over(3.0)))
    assert "Overloaded" in {doubt.kind for doubt in found.plan.doubts}
    assert "CapacityOutgrown" not in kinds(found.view)


# One-offs


def once(**changes: object) -> OneOff:
    values: dict[str, object] = {"name": "Tuning", "kind": "fine_tuning", "usd": Decimal(1000)}
    return OneOff.model_validate({**values, **changes})


def test_a_one_off_is_passed_in_the_month_of_the_formula() -> None:
    asked = scenario(task_class(**BUSY), task_class("chat"), fleets=(), horizon=over(3.0, one_offs=(once(),)))
    found = case(asked)
    (outlook,) = found.view.one_offs
    bills = {each.task_class: each.chosen.cost.usd_per_month.value for each in found.plan.placements}  # pyright: ignore
    assert outlook.passes.month == math.ceil(1000 / sum(bills.values()))
    by_class = {each.task_class: each.passes.month for each in outlook.by_class}
    assert by_class["mail"] == math.ceil(1000 / bills["mail"])
    assert by_class["chat"] == pytest.approx(1000 / bills["chat"]) or by_class["chat"] == math.ceil(
        1000 / bills["chat"]
    )


def test_a_one_off_of_work_that_fades_is_never_passed() -> None:
    fading = task_class(growth_per_year=-0.9)
    dear = once(usd=Decimal(100_000))
    (outlook,) = horizon_of(scenario(fading, fleets=(), horizon=over(1.0, one_offs=(dear,)))).one_offs
    assert outlook.passes.month is None
    assert outlook.passes.reason.startswith("never: ")


def test_a_one_off_is_paid_by_the_choice_that_needs_it() -> None:
    offs = (once(side="edge"), once(name="Evaluation", side="datacenter", usd=Decimal(200)), once(name="Integration"))
    view = horizon_of(scenario(task_class(**BUSY), horizon=over(1.0, one_offs=offs)))
    assert line(view.plan, "one-offs").billed_usd[0] == 2000
    assert line(view.base, "one-offs").billed_usd[0] == 1200
    assert [(each.in_plan, each.in_base) for each in view.one_offs] == [(True, False), (False, True), (True, True)]
    assert view.one_offs[1].passes.month is None
    assert view.extra_up_front_usd == 800


def test_a_one_off_of_one_class_serves_that_class() -> None:
    offs = (once(task_classes=("chat",), repeats_every_months=6),)
    asked = scenario(task_class(**BUSY), task_class("chat"), fleets=(), horizon=over(1.0, one_offs=offs))
    (outlook,) = horizon_of(asked).one_offs
    assert [each.task_class for each in outlook.by_class] == ["chat"]
    assert (outlook.times, outlook.total_usd) == (3, 3000)


def test_a_one_off_of_an_unknown_class_is_needed_by_nobody_and_doubted() -> None:
    view = horizon_of(scenario(task_class(**BUSY), horizon=over(1.0, one_offs=(once(task_classes=("chatt",)),))))
    assert (view.one_offs[0].in_plan, view.one_offs[0].in_base) == (False, False)
    (doubt,) = [each for each in view.doubts if each.kind == "UnknownClass"]
    assert "names chatt" in doubt.sentence


# Ends of everything


def test_without_any_placement_there_is_no_money() -> None:
    view = horizon_of(scenario(fleets=(), offers=()))
    assert view.plan.lines == view.base.lines == ()
    assert view.plan.npv_usd.value == 0
    assert view.unplaced == ("mail",)


@settings(max_examples=25, deadline=None)
@given(
    growth=st.floats(-0.99, 1000),
    change_and_rate=st.tuples(st.floats(-0.99, 10), st.floats(0, 10)),
    years=st.floats(1 / 12, 10),
    policy=st.sampled_from(HardwarePolicy),
    usd=st.integers(0, 10**9),
)
def test_no_month_is_ever_infinite_or_not_a_number(
    growth: float, change_and_rate: tuple[float, float], years: float, policy: HardwarePolicy, usd: int
) -> None:
    moved, rate = change_and_rate
    wild = scenario(
        task_class(growth_per_year=growth, failure_usd=Decimal(3), **BUSY),
        fleets=(bought_for_this(usd),),
        policy=Policy(hardware=policy),
        assumptions=assumptions().model_copy(update={"discount_rate_per_year": quantity(rate, "share")}),
        horizon=over(
            years,
            token_price_change_per_year=change(moved),
            tariff_change_per_year=change(moved),
            device_price_change_per_year=change(moved),
            one_offs=(once(repeats_every_months=7),),
        ),
    )
    view = horizon_of(wild)
    for stream in (view.plan, view.base):
        assert np.isfinite([*stream.billed_usd, *stream.effective_usd, *stream.discounted_cumulative_usd]).all()
    json.loads(to_json(view))


def test_ten_years_of_many_classes_hold_together() -> None:
    many = [task_class(f"class-{n}", growth_per_year=n / 20, requests_per_day=100.0 * n) for n in range(1, 25)]
    found = case(scenario(*many, horizon=over(10.0)))
    assert len(found.view.plan.billed_usd) == 121
    assert len(found.view.years) == 11
    assert found.view.plan.effective_usd[1] == pytest.approx(found.plan.totals.plan_usd_per_month.value, rel=1e-9)
