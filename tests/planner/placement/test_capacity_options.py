"""Capacity as an option: who may run there, what its classes share, and that no other choice costs less (§15, §16)."""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import product

import pytest

from planner.basis import Basis
from planner.capacities import Capacity, OwnedBox
from planner.cost.capacity import accepted_load, capacity_cost, capacity_month
from planner.cost.capacity_share import class_share
from planner.outlook.explanation import explanations
from planner.outlook.focus_export import focus_csv
from planner.outlook.horizon import horizon_of
from planner.outlook.true_costs import true_costs
from planner.placement.capacity_loads import months_of, shared
from planner.placement.capacity_options import planned_month
from planner.placement.optimizer.problem import chosen_ways
from planner.placement.optimizer.score import overruns, whole
from planner.placement.options import Option, Side
from planner.placement.plan import Plan
from planner.placement.shared import problem_of, true_usd_per_month
from planner.placement.totals import BASE_CASE
from planner.planning import candidates_of, plan
from planner.prices.kinds.instance import PurchaseOption
from planner.scenario import Scenario
from planner.workload.task_classes import Acceptance, Slo, TaskClass
from planner.workload.week import Week
from tests.support.capacities import answering, capacity_scenario, owned, rented, reserved, shared_scenario
from tests.support.scenarios import DAY, published

OWN, UNITS = "capacity:own-box", "capacity:units-year"


@cache
def planned(scale: float = 1.0) -> tuple[Scenario, Plan]:
    scenario = shared_scenario(scale=scale)
    return scenario, plan(scenario)


def with_class(scenario: Scenario, name: str, **changes: object) -> Scenario:
    classes = tuple(
        each.model_copy(update=changes) if each.name == name else each for each in scenario.workload.task_classes
    )
    return scenario.model_copy(update={"workload": scenario.workload.model_copy(update={"task_classes": classes})})


def options_of(scenario: Scenario, name: str) -> dict[str, Option]:
    placement = next(each for each in plan(scenario).placements if each.task_class == name)
    return {option.option_id: option for option in placement.options}


def ruled_out(scenario: Scenario, name: str, option_id: str) -> set[str]:
    return {violation.constraint for violation in options_of(scenario, name)[option_id].violations}


def test_every_class_a_capacity_may_take_has_an_option_on_it() -> None:
    _, result = planned()
    for placement in result.placements:
        found = {option.capacity for option in placement.options if option.capacity}
        assert found == (set() if placement.task_class == "notes" else {"own-box", "units-year"})
        assert all(option.side is Side.DATACENTER for option in placement.options if option.capacity)
    named = answering(owned(name="own-box")).model_copy(update={"task_classes": ("mail",)})
    only = plan(shared_scenario(named))
    assert [each.task_class for each in only.placements if any(o.capacity for o in each.options)] == ["mail"]


def test_a_capacity_is_judged_as_any_place_outside_the_device() -> None:
    named = answering(owned(name="own-box")).model_copy(update={"task_classes": ("notes", "chat")})
    scenario = shared_scenario(named)
    assert ruled_out(scenario, "notes", OWN) == {"privacy"}
    assert ruled_out(with_class(scenario, "chat", needs_offline=True), "chat", OWN) == {"offline"}
    assert ruled_out(with_class(scenario, "chat", slo=Slo(ttft_p95_s=0.1)), "chat", OWN) == {"ttft_slo"}
    unknown = shared_scenario(named.model_copy(update={"service": None}))
    assert ruled_out(unknown, "chat", OWN) == {"not_measured"}
    assert not ruled_out(with_class(unknown, "chat", slo=Slo()), "chat", OWN)  # without a bound nothing is promised


def test_residency_is_kept_on_capacity_and_on_what_it_overflows_to() -> None:
    here = {"residency": ("EU",)}
    bound = with_class(shared_scenario(answering(owned(name="own-box"))), "chat", **here)
    assert not ruled_out(bound, "chat", OWN)  # on the organisation's premises
    away = answering(owned(name="own-box")).model_copy(update={"on_premises": False, "residency": ("US",)})
    assert ruled_out(with_class(shared_scenario(away), "chat", **here), "chat", OWN) == {"residency"}
    # The units stand in the EU, but what they cannot take goes to an offer that states no place.
    units = answering(reserved(name="units-year", term_months=12, overflow_sku="acme/mini"), residency=("EU",))
    assert ruled_out(with_class(shared_scenario(units), "chat", **here), "chat", UNITS) == {"residency"}
    kept = answering(reserved(name="units-year", term_months=12), residency=("EU",))
    assert not ruled_out(with_class(shared_scenario(kept), "chat", **here), "chat", UNITS)


def test_a_confined_class_is_on_no_forbidden_target_in_any_plan_path_or_export() -> None:
    """economics.md §7: chosen, runner-up, every next-best plan and every row of the export, overflow included."""
    units = answering(reserved(name="units-year", term_months=12, overflow_sku="acme/mini"), residency=("EU",))
    box = answering(owned(name="own-box")).model_copy(update={"task_classes": ("chat", "mail", "archive", "notes")})
    confined = {"chat": {"residency": ("EU",)}, "mail": {"may_leave_device": False}}
    scenario = shared_scenario(box, units)
    for name, changes in confined.items():
        scenario = with_class(scenario, name, **changes)
    result = plan(scenario)
    names = {each.task_class: each for each in result.placements}
    allowed = {name: {o.option_id for o in names[name].options if o.feasible} for name in confined}
    assert allowed == {"chat": {OWN}, "mail": set()}
    for name in confined:
        for option in (names[name].chosen, names[name].runner_up):
            assert option is None or option.option_id in allowed[name]
    on_box = "qwen3-32b int4 on Owned own-box"
    told = next(explanations(scenario, "chat"))
    moved = {(each.task_class, each.option) for other in told.next_plans for each in other.changes}
    assert {name for name, _ in moved} >= {"archive"}
    assert all(option == on_box for name, option in moved if name in confined)
    rows = csv.DictReader(io.StringIO(focus_csv(scenario).lstrip("\ufeff"), newline=""))
    sold = {row["ResourceId"] for row in rows if row["x_Role"] == "chosen" and "chat" in row["x_TaskClasses"]}
    assert sold == {"own-box"}


def test_spot_takes_only_what_may_wait() -> None:
    spot = answering(rented(PurchaseOption.SPOT, name="spot"))
    scenario = shared_scenario(spot)
    assert ruled_out(scenario, "chat", "capacity:spot") == {"capacity"}
    assert not ruled_out(scenario, "archive", "capacity:spot")


def test_the_context_and_the_quality_floor_are_those_of_its_model() -> None:
    scenario = shared_scenario(answering(rented(name="rented"), model="llama-3.2-1b"))
    long = with_class(scenario, "chat", input_tokens=200_000)
    assert "context" in ruled_out(long, "chat", "capacity:rented")


def test_what_a_class_not_there_would_bear_is_a_share_of_all_it_may_take() -> None:
    scenario, result = planned()
    for placement in result.placements:
        for option in placement.options:
            if option.capacity is None or option is placement.chosen or option.cost is None:
                continue
            capacity = next(each for each in scenario.capacities if each.name == option.capacity)
            month = capacity_month(scenario, capacity, DAY)
            assert f"{month.units:,}" in option.note
            assert "may take" in option.note
            assert option.cost.usd_per_month is not None
            assert month.effective_usd_per_month is not None
            assert option.cost.usd_per_month.value < month.effective_usd_per_month.value


def test_what_is_there_bears_its_share_of_those_placed_and_the_shares_sum_to_the_month() -> None:
    """One in ten runs is repeated on the same units (a = 0.9): the bills and the repeats are the month, to the cent."""
    scenario, result = planned()
    assert result.capacity_loads, "the sample shows classes on capacity"
    for load in result.capacity_loads:
        there = [each for each in result.placements if each.chosen and each.chosen.capacity == load.capacity]
        assert tuple(each.task_class for each in there) == load.task_classes
        capacity = next(each for each in scenario.capacities if each.name == load.capacity)
        classes = [each for each in scenario.workload.task_classes if each.name in load.task_classes]
        again = capacity_cost(
            scenario,
            capacity.model_copy(update={"task_classes": load.task_classes}),
            accepted_load(scenario, capacity, classes),
            DAY,
        )
        assert load.month == again
        assert again.effective_usd_per_month is not None
        bills = [bill(each.chosen) for each in there if each.chosen]
        assert math.fsum(bills) + load.repeats_usd_per_month == pytest.approx(again.effective_usd_per_month.value)
        assert load.repeats_usd_per_month == pytest.approx(0.1 * again.effective_usd_per_month.value)
        assert all("placed there" in each.chosen.note for each in there if each.chosen)


def bill(option: Option) -> float:
    assert option.cost is not None
    assert option.cost.usd_per_month is not None
    return option.cost.usd_per_month.value


def test_repeats_that_fit_idle_units_cost_nothing_more() -> None:
    """A class whose results are rarely accepted loads the box more, but one box is one box."""
    one = answering(owned(name="own-box"))
    scenario = shared_scenario(one, scale=0.02)
    seldom = with_class(
        scenario, "chat", acceptances=(Acceptance(model=one.model, weight_format="int4", accepted=50, of=100),)
    )
    chat = next(each for each in seldom.workload.task_classes if each.name == "chat")
    often = accepted_load(scenario, one, (scenario.workload.task_classes[0],))
    rare = accepted_load(seldom, one, (chat,))
    assert rare.runs == pytest.approx(often.runs * 0.9 / 0.5)
    assert rare.requests == often.requests
    months = [capacity_cost(each, one, load, DAY) for each, load in ((scenario, often), (seldom, rare))]
    assert [month.units for month in months] == [1, 1]
    first, second = (month.effective_usd_per_month for month in months)
    assert first is not None
    assert second is not None
    assert second.value < first.value * 1.05  # its power alone


def total_usd(scenario: Scenario, options: Mapping[str, Option | None], fixed: Mapping[str, float]) -> float:
    """What a choice costs by the engine's own figures: every class's month, and the fleets in use."""
    months = months_of(scenario, options)
    classes = {each.name: each for each in scenario.workload.task_classes}
    usd = [
        true_usd_per_month(shared(scenario, classes[name], option, months))
        for name, option in options.items()
        if option is not None
    ]
    fleets = {option.option_id.split(":")[1] for option in options.values() if option and option.side is Side.EDGE}
    return math.fsum([*usd, *(fixed[each] for each in fleets)])


def drawn(seed: int) -> Scenario:
    """Other loads, prices, speeds, spares and acceptances."""
    draw = random.Random(seed)

    def capacity(each: Capacity) -> Capacity:
        how = each.how
        if isinstance(how, OwnedBox):
            how = how.model_copy(update={"price_usd": Decimal(draw.choice([3000, 6000, 12_000]))})
        return each.model_copy(update={"how": how, "spare": draw.choice([0, 0, 1])})

    def task_class(each: TaskClass) -> TaskClass:
        rows = tuple(
            Acceptance(model=model, weight_format=weight_format, accepted=draw.randint(60, 99), of=100)
            for model, weight_format in (("qwen3-32b", "int4"), ("acme/mini", None))
            if draw.random() < 0.5
        )
        return each.model_copy(
            update={
                "requests_per_day": each.requests_per_day * draw.choice([0.1, 0.5, 1.0, 2.0]),
                "cached_share": draw.choice([0.0, 0.4, 0.8]),
                "acceptances": rows,
                "retry_share": draw.choice([None, published(0.2, "share")]),
            }
        )

    made = shared_scenario()
    return made.model_copy(
        update={
            "capacities": tuple(capacity(each) for each in made.capacities[draw.choice([0, 0, 1]) :]),
            "workload": made.workload.model_copy(
                update={"task_classes": tuple(task_class(each) for each in made.workload.task_classes[:3])}
            ),
        }
    )


def unlike(seed: int) -> Scenario:
    """As drawn, with archive at night, mail in the morning and chat by day: their busiest hours never meet."""
    draw = random.Random(seed)
    hours = {"chat": range(8, 18), "mail": range(6, 10), "archive": range(22, 24)}

    def week(name: str) -> Week:
        weights = (draw.choice([1.0, 2.0, 4.0]) if hour % 24 in hours[name] else 0.0 for hour in range(168))
        return Week(weights=tuple(weights), basis=Basis.MEASURED, source="a log")

    made = drawn(seed)
    classes = tuple(each.model_copy(update={"week": week(each.name)}) for each in made.workload.task_classes)
    return made.model_copy(update={"workload": made.workload.model_copy(update={"task_classes": classes})})


@pytest.mark.parametrize("seed", range(10))
def test_no_choice_costs_less_by_the_engines_own_figures(seed: int) -> None:
    """Every choice of options costed by `capacity_cost` for just the classes there: the plan is the cheapest."""
    assert_cheapest(drawn(seed))


@pytest.mark.parametrize("seed", range(100, 106))
def test_no_choice_costs_less_where_busiest_hours_do_not_meet(seed: int) -> None:
    """Loads of unlike weeks do not add up to one peak, so every set of classes has units of its own."""
    assert_cheapest(unlike(seed))


def assert_cheapest(scenario: Scenario) -> None:
    result = plan(scenario)
    candidates, fixed = candidates_of(scenario)
    problem = problem_of(candidates, fixed, scenario.policy.device_contention_cap)
    menus = [[option for option in each.options if option.feasible] for each in candidates]
    best = math.inf
    for options in product(*menus):
        homes = {each.task_class: option.option_id for each, option in zip(candidates, options, strict=True)}
        if overruns(problem, chosen_ways(problem, whole(homes)), 0.0):
            continue
        choice = {each.task_class: option for each, option in zip(candidates, options, strict=True)}
        best = min(best, total_usd(scenario, choice, fixed.by_fleet))
    assert result.totals.plan_usd_per_month.value == pytest.approx(best, rel=1e-9)
    assert result.optimality is not None
    assert result.optimality.proven


def test_units_serve_unlike_weeks_one_after_the_other() -> None:
    """Two classes together need fewer boxes than each alone and both added up."""
    scenario = unlike(100)
    box = answering(owned(name="own-box"))
    both = scenario.workload.task_classes[:1] + scenario.workload.task_classes[2:]
    units = [planned_month(scenario, box, those).month.units for those in (both, both[:1], both[1:])]
    together, first, second = (number or 0 for number in units)
    assert max(first, second) <= together < first + second


def test_the_drawn_scenarios_differ_in_their_answer() -> None:
    """The comparison above is worth something only where classes share units, overflow, and stay metered."""
    found = [plan(drawn(seed)) for seed in range(10)]
    assert any(len(load.task_classes) > 1 for each in found for load in each.capacity_loads)
    assert any(not each.capacity_loads for each in found)
    assert any(load.month.overflow_share > 0 for each in found for load in each.capacity_loads)


def test_totals_are_the_sums_of_what_is_shown() -> None:
    _, result = planned()
    totals = result.totals
    parts = ("edge", "datacenter", "capacity", "fleet", "quality")
    for whole_, prefix in ((totals.plan_usd_per_month, ""), (totals.base_usd_per_month, "base_")):
        shown = math.fsum(getattr(totals, f"{prefix}{each}_usd_per_month") for each in parts)
        assert whole_.value == pytest.approx(shown, rel=1e-12)
    assert totals.capacity_usd_per_month > 0
    assert totals.base_case == BASE_CASE
    assert totals.base_capacity_usd_per_month == 0


def test_where_nothing_is_metered_the_base_case_is_on_the_capacity_as_well() -> None:
    scenario = shared_scenario(answering(owned(name="own-box")))
    scenario = scenario.model_copy(update={"fleets": ()})
    floors = scenario.model_copy(update={"prices": scenario.prices.model_copy(update={"offers": ()})})
    result = plan(floors)
    assert result.totals.base_usd_per_month == result.totals.plan_usd_per_month
    assert result.totals.base_capacity_usd_per_month == result.totals.capacity_usd_per_month > 0
    assert result.totals.saving_usd_per_month.value == 0
    view = horizon_of(floors, result)
    assert view.base.effective_usd == view.plan.effective_usd


@pytest.mark.parametrize("scale", [0.3, 1.0])
def test_month_1_of_the_horizon_is_the_plan_and_the_units_grow_with_the_classes(scale: float) -> None:
    scenario, result = planned(scale)
    view = horizon_of(scenario, result)
    first = [math.fsum(line.effective_usd[1] for line in each.lines) for each in (view.plan, view.base)]
    assert first == pytest.approx([result.totals.plan_usd_per_month.value, result.totals.base_usd_per_month.value])
    growing = with_class(scenario, "chat", growth_per_year=3.0)
    later = horizon_of(growing, plan(growing))
    hardware = [line for line in later.plan.lines if line.kind in {"hardware", "rented capacity"}]
    if any(each.chosen and each.chosen.capacity for each in plan(growing).placements if each.task_class == "chat"):
        assert max(hardware[0].effective_usd) > hardware[0].effective_usd[1]


def test_the_cost_verb_shows_the_months_of_the_plan() -> None:
    scenario, result = planned()
    costs = true_costs(scenario)
    in_use = {load.capacity: load.month for load in result.capacity_loads}
    for month in costs.capacities:
        capacity = next(each for each in scenario.capacities if each.name == month.capacity)
        assert month == in_use.get(month.capacity, capacity_month(scenario, capacity, DAY))
    for target in costs.targets:
        if target.side == "capacity":
            assert target.note
            assert target.utilization is not None


def test_the_focus_rows_of_a_capacity_in_use_are_chosen_and_sum_to_its_month() -> None:
    scenario, result = planned()
    rows = list(csv.DictReader(io.StringIO(focus_csv(scenario).lstrip("\ufeff"), newline="")))
    for load in result.capacity_loads:
        mine = [row for row in rows if row["ResourceId"] == load.capacity]
        assert {row["x_Role"] for row in mine} == {"chosen"}
        assert load.month.effective_usd_per_month is not None
        paid = math.fsum(float(row["EffectiveCost"]) for row in mine)
        assert paid == pytest.approx(load.month.effective_usd_per_month.value)
    unused = {each.name for each in scenario.capacities} - {load.capacity for load in result.capacity_loads}
    assert all(row["x_Role"] == "alternative" for row in rows if row["ResourceId"] in unused)


def test_spare_units_are_bought_as_soon_as_anything_is_there() -> None:
    def boxes(spare: int) -> int:
        result = plan(shared_scenario(answering(owned(name="own-box", price_usd="2000"), spare=spare)))
        (load,) = result.capacity_loads
        assert load.month.spare_units == spare
        return load.month.units or 0

    assert boxes(2) == boxes(0) + 2


def test_nothing_asked_buys_nothing() -> None:
    """Volume → 0 buys no capex (economics.md §7)."""
    result = plan(shared_scenario(scale=1e-6))
    assert not result.capacity_loads
    assert result.totals.capacity_usd_per_month == 0


def test_a_class_that_asks_nothing_of_capacity_alone_is_left_out_in_words() -> None:
    """Nothing is bought for nothing: not a class without a feasible option, whose constraint could be loosened."""
    alone = capacity_scenario(answering(rented()))
    alone = alone.model_copy(update={"fleets": (), "prices": alone.prices.model_copy(update={"offers": ()})})
    for name in ("archive", "chat", "notes"):
        alone = with_class(alone, name, requests_per_day=0.0, may_leave_device=True, quality_floors=())
    result = plan(alone)
    assert result.totals.plan_usd_per_month.value == 0
    assert "No option is feasible" not in result.sentence
    assert result.sentence.startswith("Nothing is asked, and nothing bought, for ")
    assert {doubt.kind for doubt in result.doubts} >= {"AsksNothing"}
    assert "NoFeasibleOption" not in {doubt.kind for doubt in result.doubts}
    said = {violation.sentence for each in result.placements for one in each.options for violation in one.violations}
    assert any("asks nothing, and nothing is bought for nothing" in sentence for sentence in said)
    assert not any("no tokens" in sentence for sentence in said)


def test_a_box_on_premises_that_says_not_where_is_doubted_once_for_all_classes_bound_to_places() -> None:
    """On premises meets any residency, but which law binds there is not known."""

    def doubts(**changes: object) -> list[str]:
        bound = capacity_scenario(answering(owned(), **changes))
        bound = bound.model_copy(update={"fleets": (), "prices": bound.prices.model_copy(update={"offers": ()})})
        for name in ("archive", "chat"):
            bound = with_class(bound, name, residency=("EU",), quality_floors=())
        result = plan(bound)
        assert sum(each.chosen is not None for each in result.placements) >= 2
        return [doubt.advice for doubt in result.doubts if doubt.kind == "PlaceUnknown"]

    assert doubts() == ["Say where it stands, in its residency."]
    assert doubts(residency=("EU",)) == []


def test_the_reason_names_what_leaving_would_cost() -> None:
    _, result = planned()
    for placement in result.placements:
        if placement.chosen and placement.chosen.capacity:
            assert "its share of a month" in placement.reason
            assert placement.runner_up is not None
            assert placement.runner_up_extra_usd_per_month is not None
            assert placement.runner_up_extra_usd_per_month >= 0
            assert placement.runner_up.option_id != placement.chosen.option_id


def test_an_unpriced_capacity_is_no_option_and_says_why() -> None:
    scenario = shared_scenario(answering(reserved(name="units-year", term_months=36)))
    option = options_of(scenario, "chat")[UNITS]
    assert {violation.constraint for violation in option.violations} == {"unpriced"}
    assert "request only" in option.violations[0].sentence


def test_a_class_bears_its_share_by_busy_hours() -> None:
    scenario, result = planned()
    load = result.capacity_loads[0]
    capacity = next(each for each in scenario.capacities if each.name == load.capacity)
    month = months_of(scenario, {each.task_class: each.chosen for each in result.placements})[capacity.name]
    assert month.speed is not None
    shares = [class_share(scenario, capacity, month.speed, month.load, each) for each in month.classes]
    assert math.fsum(shares) == pytest.approx(1)
    assert load.month.utilization is not None
    assert load.month.utilization.basis in set(Basis)


def test_a_plan_without_capacity_says_nothing_of_it() -> None:
    plain = capacity_scenario().model_copy(update={"capacities": (), "rate_cards": ()})
    result = plan(plain)
    assert not result.capacity_loads
    assert (result.totals.capacity_usd_per_month, result.totals.base_capacity_usd_per_month) == (0, 0)
