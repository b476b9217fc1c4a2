"""plan(): from one frozen scenario to one frozen plan, the engine's table of contents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.documents import to_json
from planner.placement.capacity_loads import settled, units_of
from planner.placement.capacity_reasons import Elsewhere, capacity_flips, capacity_reason, elsewhere
from planner.placement.enumeration import Known, known_of, options_of, requests_per_month
from planner.placement.fleets import fixed_costs, fleet_load
from planner.placement.forced import Forced, forced_alternatives
from planner.placement.hour_doubts import week_doubts
from planner.placement.optimality import optimality_of
from planner.placement.options import Option, Placement
from planner.placement.plan import CapacityLoad, FleetLoad, Plan, PlanTotals, SavedPlan
from planner.placement.rate_limits import rate_limits, uses_by_option
from planner.placement.reasons import flips, reason, rival_of, sureness
from planner.placement.selection import Selection, fleets_of
from planner.placement.shadow import shadow_prices
from planner.placement.shared import Candidates, FixedCosts, comparable, rank, true_usd_per_month
from planner.placement.shared_device import select_serving
from planner.placement.totals import decision_sentence, totals
from planner.placement.user_groups import by_user_group
from planner.placement.warnings import plan_doubts
from planner.placement.week_checks import week_checks
from planner.scenario import Scenario
from planner.version import __version__

__all__ = ["CapacityLoad", "FleetLoad", "Plan", "PlanTotals", "SavedPlan", "plan"]


def plan(scenario: Scenario) -> Plan:
    """Place every task class: pure, so the same scenario gives the same plan, byte for byte.

    Every option of every class is judged and costed. Of all choices of feasible options the cheapest is taken whose
    classes fit their devices' hours and memory together, fixed costs of fleets and models paid.
    """
    asked, scenario = scenario, by_user_group(scenario)
    candidates, fixed = candidates_of(scenario)
    cap = scenario.policy.device_contention_cap
    selection, fixed = select_serving(scenario, candidates, fixed, cap)
    made = settled(scenario, candidates, selection)
    candidates, selection = made.candidates, made.selection
    forced = forced_alternatives(candidates, fixed, cap, selection)
    placements = _placements(scenario, candidates, selection, forced)
    loads = tuple(fleet_load(scenario, fleet, placements) for fleet in scenario.fleets)
    money = totals(scenario, placements)
    weeks = week_checks(scenario, placements, loads, made.loads)
    return Plan(
        engine=f"edgewise {__version__}",
        scenario_sha256=hashlib.sha256(to_json(asked).encode()).hexdigest(),
        title=scenario.title,
        as_of=scenario.as_of,
        sentence=decision_sentence(placements, loads, money, made.loads),
        placements=placements,
        fleet_loads=loads,
        totals=money,
        doubts=(
            *plan_doubts(scenario, placements, loads, made.loads, money.plan_usd_per_month.value),
            *week_doubts(scenario, weeks),
        ),
        optimality=optimality_of(made.solution),
        shadow_prices=shadow_prices(candidates, fixed, cap, selection),
        capacity_loads=made.loads,
        user_groups=() if scenario is asked else scenario.workload.task_classes,
        week_checks=weeks,
    )


def candidates_of(scenario: Scenario) -> tuple[list[Candidates], FixedCosts]:
    """Every option of every class, judged and costed, and what is paid beside them."""
    known = known_of(scenario)
    candidates = [Candidates(each.name, options_of(scenario, each, known)) for each in scenario.workload.task_classes]
    return candidates, shared_of(scenario, known, candidates)


def shared_of(scenario: Scenario, known: Known, candidates: Sequence[Candidates]) -> FixedCosts:
    """What these options share and pay for together."""
    fixed = fixed_costs(scenario, [option for each in candidates for option in each.options])
    units, loads = units_of(scenario, known.capacities)
    budget_usd = scenario.policy.budget_usd_per_month
    return replace(
        fixed,
        caps={each.profile.profile_id: each.contention_cap for each in scenario.fleets if each.contention_cap},
        units=units,
        loads=loads,
        rates=rate_limits(scenario),
        rate_uses=uses_by_option(scenario, {each.task_class: each.options for each in candidates}),
        budget_usd_per_month=None if budget_usd is None else float(budget_usd),
    )


def _placements(
    scenario: Scenario, candidates: Sequence[Candidates], selection: Selection, forced: Mapping[str, Forced]
) -> tuple[Placement, ...]:
    in_use = fleets_of(selection.chosen.values())
    return tuple(_placement(scenario, each, selection, forced[each.task_class], in_use) for each in candidates)


def _placement(
    scenario: Scenario, candidates: Candidates, selection: Selection, forced: Forced, in_use: frozenset[str]
) -> Placement:
    task_class = next(each for each in scenario.workload.task_classes if each.name == candidates.task_class)
    chosen = selection.chosen[candidates.task_class]
    others = elsewhere(candidates, selection) if selection.problem.units else []
    runner_up, extra = _second(candidates, chosen, in_use, others)
    rival = rival_of(chosen, comparable(chosen, candidates.options))
    shares = chosen is not None and chosen.capacity is not None
    return Placement(
        task_class=task_class.name,
        title=task_class.title,
        requests_per_month=requests_per_month(scenario, task_class),
        chosen=chosen,
        reason=capacity_reason(chosen, others)
        if chosen is not None and shares
        else reason(chosen, rival, candidates.options, selection.moved.get(candidates.task_class)),
        runner_up=runner_up,
        runner_up_extra_usd_per_month=extra,
        flips=capacity_flips(others) if shares else flips(chosen, rival, candidates.options),
        sureness=sureness(chosen, rival),
        doubts=() if chosen is None else chosen.doubts,
        options=candidates.options,
        other_side=forced.sentence,
        regret_usd_per_year=forced.regret_usd_per_year,
        conflict=forced.conflict,
    )


def _second(
    candidates: Candidates, chosen: Option | None, in_use: frozenset[str], others: Sequence[Elsewhere]
) -> tuple[Option | None, float | None]:
    """The runner-up and what it costs more: of the whole plan where units are shared, else of the class."""
    if others:
        return others[0].option, others[0].extra_usd_per_month
    runner_up = _runner_up(candidates, chosen, in_use)
    if chosen is None or runner_up is None:
        return runner_up, None
    return runner_up, true_usd_per_month(runner_up) - true_usd_per_month(chosen)


def _runner_up(candidates: Candidates, chosen: Option | None, in_use: frozenset[str]) -> Option | None:
    """The next feasible option on the fleets in use; a cheaper one did not fit the whole plan and is none."""
    if chosen is None:
        return None
    dearer = (option for option in candidates.feasible(in_use) if rank(option) > rank(chosen))
    return next(dearer, None)
