"""What must not leave a device, a place or the network appears nowhere else, on any path (economics.md §7)."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import pytest

from planner.basis import Basis, Quantity
from planner.capacities import Capacity, OwnedBox
from planner.outlook.break_even import break_even
from planner.outlook.break_even_view import By
from planner.outlook.focus_export import focus_csv
from planner.outlook.horizon import horizon_of
from planner.outlook.true_costs import TrueCosts, true_costs
from planner.placement.options import Option, Side
from planner.placement.plan import Plan
from planner.placement.totals import base_option
from planner.planning import plan
from planner.prices.offers import TokenOffer
from planner.samples.catalog import sample, sample_names
from planner.scenario import Scenario, UnknownQuality
from planner.workload.task_classes import Judge, Slo, TaskClass

EACH = pytest.mark.parametrize(("name", "seed"), [(name, seed) for name in sample_names() for seed in (1, 2)])
BYS: tuple[By, ...] = ("volume", "price")
OFFERS = 8  # of the sample's, and as many local models: enough that every constraint meets every kind of target


def share(value: float) -> Quantity:
    return Quantity(value=value, unit="share", basis=Basis.ASSUMED, source="test")


@cache
def mutated(name: str, seed: int) -> tuple[Scenario, Plan]:
    """A bundled scenario with capacity, some places stated, and its classes' bounds, judges and overflows redrawn."""
    drawn, given, hosted = random.Random(f"{name}/{seed}"), sample(name), sample("support-center")
    offers = tuple(_offer(drawn, each) for each in given.prices.offers[:OFFERS])
    skus = [each.sku for each in offers]
    names = [each.name for each in given.workload.task_classes]
    fleet = given.fleets[0]
    profile = fleet.profile.model_copy(update={"figures": fleet.profile.figures[:OFFERS]})
    scenario = Scenario.model_validate(
        dict(given)
        | {
            "prices": given.prices.model_copy(update={"offers": offers}),
            "fleets": (fleet.model_copy(update={"profile": profile}),),
            "workload": given.workload.model_copy(
                update={"task_classes": tuple(_class(drawn, each, skus) for each in given.workload.task_classes)}
            ),
            "assumptions": given.assumptions.model_copy(update={"demand_spread": _spread(drawn)}),
            "policy": given.policy.model_copy(update={"unknown_quality": UnknownQuality.FLAG}),
            "rate_cards": hosted.rate_cards,
            "capacities": tuple(_capacity(drawn, _cheaper(each), skus, names) for each in hosted.capacities),
        }
    )
    return scenario, plan(scenario)


@cache
def costs(name: str, seed: int) -> TrueCosts:
    return true_costs(mutated(name, seed)[0])


def _offer(drawn: random.Random, offer: TokenOffer) -> TokenOffer:
    return offer.model_copy(update={"residency": drawn.choice(((), ("EU",), ("US", "CH")))})


def _class(drawn: random.Random, each: TaskClass, skus: list[str]) -> TaskClass:
    escalates = drawn.random() < 0.3
    return TaskClass.model_validate(
        dict(each)
        | {
            "may_leave_device": each.may_leave_device ^ (drawn.random() < 0.3),
            "needs_offline": each.needs_offline ^ (drawn.random() < 0.2),
            "residency": drawn.choice(((), (), ("EU",), ("CH",), ("EU", "US"))),
            "escalation_share": share(0.1) if escalates else None,
            "escalates_to": drawn.choice(skus) if escalates else None,
            "judge": Judge(sku=drawn.choice(skus), input_tokens=200, output_tokens=5) if drawn.random() < 0.2 else None,
            "quality_floors": (),
            "slo": Slo(),
        }
    )


def _capacity(drawn: random.Random, each: Capacity, skus: list[str], names: list[str]) -> Capacity:
    return each.model_copy(
        update={
            "residency": drawn.choice(((), ("EU",), ("US",))),
            "on_premises": drawn.random() < 0.3,
            "overflow_sku": drawn.choice((None, *skus)),
            "task_classes": () if drawn.random() < 0.5 else tuple(drawn.sample(names, len(names) // 2)),
        }
    )


def _cheaper(capacity: Capacity) -> Capacity:
    """A box at next to nothing, so that plans use it."""
    if not isinstance(capacity.how, OwnedBox):
        return capacity
    idle = {"idle_w": capacity.how.idle_w.model_copy(update={"value": 1.0, "low": None, "high": None}), "pue": 1.0}
    free = dict.fromkeys(("colocation_usd_per_month", "maintenance_share_per_year", "staff_usd_per_month"))
    how = capacity.how.model_copy(update={"price_usd": Decimal(9), "resale_usd": None, **idle, **free})
    return capacity.model_copy(update={"how": how, "spare": 0, "headroom": 1.0})


def _spread(drawn: random.Random) -> Quantity | None:
    return drawn.choice((None, Quantity(value=1.5, unit="share", basis=Basis.ASSUMED, source="test")))


class Allowed:
    """Who may be asked for a class, found anew from the scenario alone."""

    def __init__(self, scenario: Scenario) -> None:
        self.classes = {each.name: each for each in scenario.workload.task_classes}
        self.offers = {each.sku: each for each in scenario.prices.offers}
        self.capacities = {each.name: each for each in scenario.capacities}

    def offer(self, name: str, sku: str) -> bool:
        offer = self.offers[sku]
        return self._away(name, {*offer.residency, *(each.residency for each in offer.residency_multipliers)})

    def capacity(self, name: str, which: str) -> bool:
        """It and what takes its overflow; what stays in the organisation is in nobody else's place."""
        capacity = self.capacities[which]
        there = self._away(name, set(capacity.residency), anywhere=capacity.on_premises)
        return there and (capacity.overflow_sku is None or self.offer(name, capacity.overflow_sku))

    def _away(self, name: str, places: set[str], *, anywhere: bool = False) -> bool:
        each = self.classes[name]
        if not each.may_leave_device or each.needs_offline:
            return False
        return anywhere or not each.residency or bool(set(each.residency) & places)

    def option(self, name: str, option: Option) -> bool:
        """Wherever requests of the class go, did it run there."""
        each = self.classes[name]
        asked = [each.judge.sku] if each.judge else []
        own = option.model if option.side is Side.DATACENTER else None
        if each.escalates_to is not None and each.escalates_to != own:
            asked.append(each.escalates_to)
        if option.overflow is not None:
            asked.append(option.overflow.sku)
        if option.capacity is not None:
            return self.capacity(name, option.capacity) and all(self.offer(name, sku) for sku in asked)
        if own is not None:
            asked.append(own)
        return all(self.offer(name, sku) for sku in asked)


def shown(result: Plan) -> Iterator[tuple[str, Option]]:
    """Every option a plan places or names as what would come instead."""
    for placement in result.placements:
        every = (placement.chosen, placement.runner_up, base_option(placement))
        yield from ((placement.task_class, option) for option in every if option is not None)


@EACH
def test_a_plan_its_base_case_and_what_comes_second_go_where_each_class_may(name: str, seed: int) -> None:
    scenario, result = mutated(name, seed)
    allowed = Allowed(scenario)
    for task_class, option in shown(result):
        assert allowed.option(task_class, option), (task_class, option.option_id)
    for load in result.capacity_loads:
        assert all(allowed.capacity(task_class, load.capacity) for task_class in load.task_classes)
        assert load.month.task_classes == load.task_classes


@EACH
def test_no_option_is_called_feasible_where_the_class_may_not_go(name: str, seed: int) -> None:
    """Next-best plans, forced alternatives and easings are searched among feasible options only."""
    scenario, result = mutated(name, seed)
    allowed = Allowed(scenario)
    for placement in result.placements:
        for option in placement.options:
            assert not option.feasible or allowed.option(placement.task_class, option), option.option_id
    for target in costs(name, seed).targets:
        option = next(
            each
            for placement in result.placements
            if placement.task_class == target.task_class
            for each in placement.options
            if each.option_id == target.target_id
        )
        assert not target.is_allowed or allowed.option(target.task_class, option), option.option_id


@EACH
def test_a_look_ahead_moves_no_class_where_it_may_not_go(name: str, seed: int) -> None:
    scenario, result = mutated(name, seed)
    allowed = Allowed(scenario)
    for outlook in horizon_of(scenario, result).capacities:
        assert all(allowed.capacity(task_class, outlook.capacity) for task_class in outlook.task_classes)


@EACH
def test_break_even_weighs_no_class_where_it_may_not_go(name: str, seed: int) -> None:
    """Nor where somebody asks for that very target."""
    scenario, result = mutated(name, seed)
    allowed = Allowed(scenario)
    by_title = {each.title: each.name for each in scenario.capacities}
    asked = (None, scenario.prices.offers[0].sku, *by_title.values())
    for by in BYS:
        for against in asked:
            for pair in break_even(scenario, by, against=against, plan=result).pairs:
                for title in (pair.ours, pair.theirs):
                    for task_class in pair.task_classes:
                        said = (by, against, pair.sentence)
                        assert title not in allowed.offers or allowed.offer(task_class, title), said
                        assert title not in by_title or allowed.capacity(task_class, by_title[title]), said


@EACH
def test_an_export_charges_no_class_where_it_may_not_go(name: str, seed: int) -> None:
    scenario, _ = mutated(name, seed)
    allowed = Allowed(scenario)
    rows = csv.DictReader(io.StringIO(focus_csv(scenario).removeprefix("\ufeff"), newline=""))
    for row in rows:
        for task_class in filter(None, row["x_TaskClasses"].split(", ")):
            if row["SkuId"] in allowed.offers:
                assert allowed.offer(task_class, row["SkuId"]), row["ChargeDescription"]
            else:
                assert allowed.capacity(task_class, row["ResourceId"]), row["ChargeDescription"]


@EACH
def test_a_month_of_a_capacity_counts_no_class_that_may_not_go_there(name: str, seed: int) -> None:
    scenario, _ = mutated(name, seed)
    allowed = Allowed(scenario)
    for month in costs(name, seed).capacities:
        assert all(allowed.capacity(task_class, month.capacity) for task_class in month.task_classes)


def test_the_mutations_meet_every_bound() -> None:
    """So that what holds above holds of something."""
    classes: list[TaskClass] = []
    placed: list[Option] = []
    for name in sample_names():
        for seed in (1, 2):
            scenario, result = mutated(name, seed)
            classes += scenario.workload.task_classes
            placed += [option for _, option in shown(result)]
    assert {each.may_leave_device for each in classes} == {True, False}
    assert {each.needs_offline for each in classes} == {True, False}
    assert any(each.residency for each in classes)
    assert any(each.escalates_to for each in classes)
    assert any(each.judge for each in classes)
    assert {each.side for each in placed} == set(Side)
    assert any(each.capacity for each in placed)
