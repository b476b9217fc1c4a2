"""plan(): from one frozen scenario to one frozen plan, the engine's table of contents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from planner.documents import to_json
from planner.placement.enumeration import known_of, options_of, requests_per_month
from planner.placement.fleets import fixed_costs, fleet_load
from planner.placement.forced import Forced, forced_alternatives
from planner.placement.optimality import optimality_of
from planner.placement.options import Option, Placement
from planner.placement.plan import FleetLoad, Plan, PlanTotals, SavedPlan
from planner.placement.reasons import flips, reason, rival_of, sureness
from planner.placement.selection import Selection, fleets_of, select
from planner.placement.shadow import shadow_prices
from planner.placement.shared import Candidates, FixedCosts, rank, true_usd_per_month
from planner.placement.totals import decision_sentence, totals
from planner.placement.warnings import plan_doubts
from planner.scenario import Scenario
from planner.version import __version__

__all__ = ["FleetLoad", "Plan", "PlanTotals", "SavedPlan", "plan"]


def plan(scenario: Scenario) -> Plan:
    """Place every task class: pure, so the same scenario gives the same plan, byte for byte.

    Every option of every class is judged and costed. Of all choices of feasible options the cheapest is taken whose
    classes fit their devices' hours and memory together, fixed costs of fleets and models paid.
    """
    candidates, fixed = candidates_of(scenario)
    cap = scenario.policy.device_contention_cap
    selection = select(candidates, fixed, cap)
    forced = forced_alternatives(candidates, fixed, cap, selection)
    placements = _placements(scenario, candidates, selection, forced)
    loads = tuple(fleet_load(scenario, fleet, placements) for fleet in scenario.fleets)
    money = totals(scenario, placements)
    return Plan(
        engine=f"edgewise {__version__}",
        scenario_sha256=hashlib.sha256(to_json(scenario).encode()).hexdigest(),
        title=scenario.title,
        as_of=scenario.as_of,
        sentence=decision_sentence(placements, loads, money),
        placements=placements,
        fleet_loads=loads,
        totals=money,
        doubts=plan_doubts(scenario, placements, loads),
        optimality=optimality_of(selection.solution),
        shadow_prices=shadow_prices(candidates, fixed, cap, selection),
    )


def candidates_of(scenario: Scenario) -> tuple[list[Candidates], FixedCosts]:
    """Every option of every class, judged and costed, and what is paid beside them."""
    known = known_of(scenario)
    candidates = [Candidates(each.name, options_of(scenario, each, known)) for each in scenario.workload.task_classes]
    return candidates, fixed_costs(scenario, [option for each in candidates for option in each.options])


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
    runner_up = _runner_up(candidates, chosen, in_use)
    extra = None if chosen is None or runner_up is None else true_usd_per_month(runner_up) - true_usd_per_month(chosen)
    rival = rival_of(chosen, candidates.options)
    return Placement(
        task_class=task_class.name,
        title=task_class.title,
        requests_per_month=requests_per_month(scenario, task_class),
        chosen=chosen,
        reason=reason(chosen, rival, candidates.options, selection.moved.get(candidates.task_class)),
        runner_up=runner_up,
        runner_up_extra_usd_per_month=extra,
        flips=flips(chosen, rival, candidates.options),
        sureness=sureness(chosen, rival),
        doubts=() if chosen is None else chosen.doubts,
        options=candidates.options,
        other_side=forced.sentence,
        regret_usd_per_year=forced.regret_usd_per_year,
        conflict=forced.conflict,
    )


def _runner_up(candidates: Candidates, chosen: Option | None, in_use: frozenset[str]) -> Option | None:
    """The next feasible option on the fleets in use; a cheaper one did not fit the whole plan and is none."""
    if chosen is None:
        return None
    dearer = (option for option in candidates.feasible(in_use) if rank(option) > rank(chosen))
    return next(dearer, None)
