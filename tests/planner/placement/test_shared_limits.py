"""What bounds a whole plan beside its devices: caps by fleet, rates of offers, the budget (CONVENTION §16)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planner.placement.rate_limits import rate_limits, rate_uses, too_many
from planner.planning import candidates_of, plan
from planner.scenario import Policy, Scenario
from planner.workload.task_classes import Judge
from tests.support.capacities import shared_scenario
from tests.support.scenarios import published, scenario


def limited(given: Scenario, sku: str, **limits: float) -> Scenario:
    offers = tuple(offer.model_copy(update=limits) if offer.sku == sku else offer for offer in given.prices.offers)
    return given.model_copy(update={"prices": given.prices.model_copy(update={"offers": offers}), "fleets": ()})


def metered() -> Scenario:
    made = shared_scenario()
    return made.model_copy(update={"capacities": (), "fleets": ()})


def placed(given: Scenario) -> dict[str, str | None]:
    return {each.task_class: each.chosen.option_id if each.chosen else None for each in plan(given).placements}


def test_a_fleet_s_own_cap_is_kept_by_its_classes_alone_and_together() -> None:
    given = scenario()
    (fleet,) = given.fleets
    asked = {
        each.task_class: max((o.service.utilization or 0.0 for o in each.options if o.service), default=0.0)
        for each in plan(given).placements
    }
    tight = given.model_copy(update={"fleets": (fleet.model_copy(update={"contention_cap": 1e-4}),)})
    for placement in plan(tight).placements:
        ruled = [o for o in placement.options if o.option_id.startswith("edge")]
        assert any(v.constraint == "capacity" and "the cap is" in v.sentence for o in ruled for v in o.violations)
    wide = given.model_copy(
        update={
            "fleets": (fleet.model_copy(update={"contention_cap": 1.0}),),
            "policy": Policy(device_contention_cap=1e-4),
        }
    )
    assert any((o or "").startswith("edge") for o in placed(wide).values()), asked


def test_a_rate_is_shared_by_all_classes_on_an_offer_in_the_busiest_hour() -> None:
    """chat alone: 60,000 a day × 2 (peak) ÷ 540 active minutes = 222 a minute; with mail 255.6, archive 329.6."""
    given = metered()
    assert set(placed(given).values()) == {"datacenter:acme/mini", None}
    chat = limited(given, "acme/mini", requests_per_minute=300.0)
    homes = placed(chat)
    assert sorted(str(home) for home in homes.values()).count("datacenter:acme/large") == 1
    assert homes["chat"] == "datacenter:acme/mini"
    alone = limited(given, "acme/mini", requests_per_minute=200.0)
    found = {each.task_class: each for each in plan(alone).placements}["chat"]
    option = next(each for each in found.options if each.option_id == "datacenter:acme/mini")
    assert [each.constraint for each in option.violations] == ["capacity"]
    assert "222 requests a minute" in option.violations[0].sentence
    assert found.chosen is not None
    assert found.chosen.option_id == "datacenter:acme/large"


def test_tokens_escalations_and_judges_count_against_the_rates_of_their_offers() -> None:
    given = limited(metered(), "acme/large", tokens_per_minute=1e9, requests_per_minute=1e9)
    chat = given.workload.task_classes[0].model_copy(
        update={
            "escalation_share": published(0.1, "share"),
            "escalates_to": "acme/large",
            "judge": Judge(sku="acme/large", input_tokens=100, output_tokens=20),
        }
    )
    candidates, _ = candidates_of(given)
    option = next(each for each in candidates[0].options if each.option_id == "datacenter:acme/mini")
    per_minute = 60_000 * 2.0 / (9 * 60)
    uses = rate_uses(given, chat, option)
    assert uses == pytest.approx(
        {
            "rate:acme/large:requests": per_minute * 1.1,
            "rate:acme/large:tokens": per_minute * (0.1 * 2_100 + 120),
        }
    )
    assert {limit.name for limit in rate_limits(given)} == set(uses)
    assert not too_many(given, chat, "acme/mini")


def test_without_a_stated_rate_nothing_is_limited() -> None:
    given = metered()
    assert rate_limits(given) == ()
    candidates, fixed = candidates_of(given)
    assert not fixed.rate_uses
    assert candidates


def test_a_budget_that_holds_changes_nothing_and_one_that_does_not_is_a_doubt() -> None:
    given = shared_scenario()
    free = plan(given)
    usd = free.totals.plan_usd_per_month.value
    for budget, over in ((usd * 1.01, False), (usd * 0.9, True)):
        policy = given.policy.model_copy(update={"budget_usd_per_month": Decimal(f"{budget:.2f}")})
        bound = plan(given.model_copy(update={"policy": policy}))
        assert bound.totals == free.totals
        assert any(doubt.kind == "OverBudget" for doubt in bound.doubts) is over
        assert bound.optimality is not None
        assert (bound.optimality.overrun > 0) is over
