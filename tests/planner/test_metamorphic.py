"""What must hold of every bundled scenario, whatever its figures are (economics.md §7)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from planner.documents import from_plain, to_json
from planner.outlook.horizon import horizon_of
from planner.outlook.true_costs import true_costs
from planner.placement.options import Side
from planner.placement.plan import Plan
from planner.planning import plan
from planner.samples.catalog import sample, sample_names
from planner.scenario import Scenario
from tests.support.capacities import shared_scenario
from tests.support.unlike_users import unlike_users

CAPACITY = "classes that share capacity"
"""Three classes, a box of one's own and units that overflow: what is bundled may place nothing on capacity."""

USERS = "users of unlike devices"
"""Two fleets with seats, and users whose demand differs: a class for each group, some of it overflowing."""

EACH = pytest.mark.parametrize("name", [*sample_names(), CAPACITY, USERS])


@cache
def planned(name: str) -> tuple[Scenario, Plan]:
    made = {CAPACITY: shared_scenario, USERS: unlike_users}.get(name)
    scenario = sample(name) if made is None else made()
    return scenario, plan(scenario)


def changed(scenario: Scenario, **parts: object) -> Scenario:
    return Scenario.model_validate(dict(scenario) | parts)


def choices(result: Plan) -> dict[str, str | None]:
    return {each.task_class: each.chosen.option_id if each.chosen else None for each in result.placements}


def scaled(value: Any, factor: int) -> Any:
    """A document with every amount of money times a whole number: amounts by name, figures by unit."""
    if isinstance(value, dict):
        figure = str(value.get("unit", "")).startswith("USD")
        return {
            key: each * factor
            if figure and key in {"value", "low", "high"} and each is not None
            else str(Decimal(each) * factor)
            if isinstance(each, str) and "usd" in key
            else scaled(each, factor)
            for key, each in value.items()
        }
    return [scaled(each, factor) for each in value] if isinstance(value, list) else value


@EACH
def test_all_money_times_k_places_alike_and_costs_k_times_as_much(name: str) -> None:
    scenario, before = planned(name)
    dearer = from_plain(scaled(json.loads(to_json(scenario)), 3), Scenario, where="scaled")
    after = plan(dearer)
    assert choices(after) == choices(before)
    for total in ("plan_usd_per_month", "base_usd_per_month", "saving_usd_per_month"):
        ours, theirs = getattr(after.totals, total), getattr(before.totals, total)
        assert ours.value == pytest.approx(3 * theirs.value, rel=1e-9)
        assert ours.bounds == pytest.approx([3 * end for end in theirs.bounds], rel=1e-9)


@EACH
def test_another_order_is_the_same_plan(name: str) -> None:
    scenario, before = planned(name)
    classes = tuple(reversed(scenario.workload.task_classes))
    offers = tuple(reversed(scenario.prices.offers))
    turned = changed(
        scenario,
        workload=scenario.workload.model_copy(update={"task_classes": classes}),
        prices=scenario.prices.model_copy(update={"offers": offers}),
        fleets=tuple(reversed(scenario.fleets)),
        quality=tuple(reversed(scenario.quality)),
        capacities=tuple(reversed(scenario.capacities)),
        rate_cards=tuple(reversed(scenario.rate_cards)),
    )
    after = plan(turned)
    assert choices(after) == choices(before)
    assert after.totals.plan_usd_per_month.value == pytest.approx(before.totals.plan_usd_per_month.value, rel=1e-12)


@EACH
def test_a_dearer_api_never_gets_more_work_and_a_plan_never_gets_cheaper_by_it(name: str) -> None:
    scenario, before = planned(name)
    used = {each.chosen.model for each in before.placements if each.chosen and each.chosen.side is Side.DATACENTER}
    for sku in sorted(used):
        offers = tuple(
            type(offer).model_validate_json(json.dumps(scaled(json.loads(offer.model_dump_json()), 2)))
            if offer.sku == sku
            else offer
            for offer in scenario.prices.offers
        )
        after = plan(changed(scenario, prices=scenario.prices.model_copy(update={"offers": offers})))
        assert {one for one, option in choices(after).items() if option == f"datacenter:{sku}"} <= {
            one for one, option in choices(before).items() if option == f"datacenter:{sku}"
        }
        assert after.totals.plan_usd_per_month.value >= before.totals.plan_usd_per_month.value


@EACH
def test_an_offer_that_is_dearer_everywhere_changes_nothing(name: str) -> None:
    scenario, before = planned(name)
    worst = scenario.prices.offers[0]
    dominated = type(worst).model_validate_json(
        json.dumps(scaled(json.loads(worst.model_dump_json()), 1000) | {"sku": "acme/dominated"})
    )
    offers = (*scenario.prices.offers, dominated)
    after = plan(changed(scenario, prices=scenario.prices.model_copy(update={"offers": offers})))
    assert choices(after) == choices(before)
    assert after.totals == before.totals


@EACH
def test_every_total_is_the_sum_of_its_parts(name: str) -> None:
    _, result = planned(name)
    totals = result.totals
    parts = ("edge", "datacenter", "capacity", "fleet", "quality")
    assert totals.plan_usd_per_month.value == pytest.approx(
        math.fsum(getattr(totals, f"{part}_usd_per_month") for part in parts), rel=1e-12
    )
    assert totals.base_usd_per_month.value == pytest.approx(
        math.fsum(getattr(totals, f"base_{part}_usd_per_month") for part in parts), rel=1e-12
    )
    for placement in result.placements:
        for option in placement.options:
            cost = option.cost
            if cost is not None and cost.usd_per_request is not None:
                assert cost.usd_per_request.value == pytest.approx(
                    math.fsum(part.usd_per_request for part in cost.parts), rel=1e-12, abs=1e-300
                )


@EACH
def test_every_figure_of_the_horizon_is_finite_and_its_first_month_is_the_plan_s(name: str) -> None:
    scenario, result = planned(name)
    view = horizon_of(scenario, result)
    figures = list(numbers(json.loads(view.model_dump_json())))
    assert figures
    assert all(math.isfinite(figure) for figure in figures)
    first = math.fsum(line.effective_usd[1] for line in view.plan.lines)
    assert first == pytest.approx(result.totals.plan_usd_per_month.value, rel=1e-9)


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from numbers(each)
    elif isinstance(value, list):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)


@EACH
def test_the_cost_verb_and_the_plan_say_the_same_to_the_last_digit(name: str) -> None:
    scenario, result = planned(name)
    told = {(each.task_class, each.target_id): each for each in true_costs(scenario, scenario.as_of, None).targets}
    compared = 0
    for placement in result.placements:
        for option in placement.options:
            target, cost = told[placement.task_class, option.option_id], option.cost
            if cost is None:
                continue
            assert target.usd_per_accepted == cost.usd_per_accepted
            assert target.usd_per_request == cost.usd_per_request
            assert target.true_usd_per_month == cost.true_usd_per_month
            assert target.is_chosen is (option == placement.chosen)
            compared += 1
    assert compared
