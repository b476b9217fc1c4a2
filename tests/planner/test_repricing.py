"""A scenario at the prices of a past day plans with what was charged then."""

from __future__ import annotations

from datetime import date

import pytest

from planner.outlook.true_costs import true_costs
from planner.planning import plan
from planner.repricing import scenario_priced_on
from planner.samples.catalog import sample

BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 1)


def test_the_day_decides_the_price_and_title_and_description_say_so() -> None:
    given = sample("office-assistant")
    flash = tuple(each for each in given.prices.offers if each.sku == "google/gemini-3.8-flash")
    given = given.model_copy(update={"prices": given.prices.model_copy(update={"offers": flash})})

    def remote_usd(on: date) -> float:
        then = scenario_priced_on(given, on).scenario
        assert (then.as_of, then.title.endswith(f"at prices of {on.day} {on:%b %Y}")) == (on, True)
        options = (option for each in plan(then).placements for option in each.options)
        return next(
            option.cost.usd_per_request.value
            for option in options
            if option.option_id == "datacenter:google/gemini-3.8-flash" and option.cost and option.cost.usd_per_request
        )

    assert remote_usd(AFTER) == pytest.approx(2 * remote_usd(BEFORE))
    early = scenario_priced_on(given, date(2026, 1, 1))
    assert early.scenario.description.endswith(early.doubts[0].sentence)


def test_a_rate_card_read_later_is_doubted_where_capacity_is_bought_from_it() -> None:
    given, early = sample("support-center"), date(1990, 1, 1)
    (doubt,) = [each for each in scenario_priced_on(given, early).doubts if "Nebius" in each.sentence]
    assert doubt.kind == "UndatedPrice"
    assert "taken for 1 Jan 1990, was read on" in doubt.sentence
    assert not [each for each in scenario_priced_on(given, given.as_of).doubts if "Nebius" in each.sentence]
    nothing_rented = given.model_copy(update={"capacities": ()})
    assert not [each for each in scenario_priced_on(nothing_rented, early).doubts if "Nebius" in each.sentence]


def test_true_costs_of_a_day_are_those_of_a_plan_of_that_day() -> None:
    given, early = sample("support-center"), date(1990, 1, 1)
    costs, then = true_costs(given, early), scenario_priced_on(given, early)
    assert then.doubts
    assert set(then.doubts) <= set(costs.doubts)
    assert {each.target_id for each in costs.targets} == {
        option.option_id for placement in plan(then.scenario).placements for option in placement.options
    }
