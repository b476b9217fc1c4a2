"""plan(): from one frozen scenario to one frozen plan, the engine's table of contents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from planner.documents import to_json
from planner.placement.enumeration import known_of, options_of, requests_per_month
from planner.placement.fleets import fixed_costs, fleet_load
from planner.placement.options import Option, Placement
from planner.placement.plan import FleetLoad, Plan, PlanTotals, SavedPlan
from planner.placement.reasons import flips, reason, rival_of, sureness
from planner.placement.selection import Candidates, fleets_of, select, true_usd_per_month
from planner.placement.totals import decision_sentence, totals
from planner.placement.warnings import plan_doubts
from planner.scenario import Scenario
from planner.version import __version__

__all__ = ["FleetLoad", "Plan", "PlanTotals", "SavedPlan", "plan"]


def plan(scenario: Scenario) -> Plan:
    """Place every task class: pure, so the same scenario gives the same plan, byte for byte.

    Every option of every class is judged and costed. For every subset of the fleets the cheapest feasible option of
    each class is taken, and classes leave devices whose hours they would overrun together; the cheapest subset wins.
    """
    known = known_of(scenario)
    candidates = [Candidates(each.name, options_of(scenario, each, known)) for each in scenario.workload.task_classes]
    fixed = fixed_costs(scenario, [option for each in candidates for option in each.options])
    chosen, moved = select(candidates, fixed, scenario.policy.device_contention_cap)
    placements = _placements(scenario, candidates, chosen, moved)
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
    )


def _placements(
    scenario: Scenario,
    candidates: Sequence[Candidates],
    chosen: Mapping[str, Option | None],
    moved: Mapping[str, Option],
) -> tuple[Placement, ...]:
    in_use = fleets_of(chosen.values())
    return tuple(
        _placement(scenario, each, chosen[each.task_class], moved.get(each.task_class), in_use) for each in candidates
    )


def _placement(
    scenario: Scenario, candidates: Candidates, chosen: Option | None, left: Option | None, in_use: frozenset[str]
) -> Placement:
    task_class = next(each for each in scenario.workload.task_classes if each.name == candidates.task_class)
    runner_up = next((option for option in candidates.feasible(in_use) if option not in (chosen, left)), None)
    extra = None if chosen is None or runner_up is None else true_usd_per_month(runner_up) - true_usd_per_month(chosen)
    rival = rival_of(chosen, candidates.options)
    return Placement(
        task_class=task_class.name,
        title=task_class.title,
        requests_per_month=requests_per_month(scenario, task_class),
        chosen=chosen,
        reason=reason(chosen, rival, candidates.options, left),
        runner_up=runner_up,
        runner_up_extra_usd_per_month=extra,
        flips=flips(chosen, rival, candidates.options),
        sureness=sureness(chosen, rival),
        doubts=() if chosen is None else chosen.doubts,
        options=candidates.options,
    )
