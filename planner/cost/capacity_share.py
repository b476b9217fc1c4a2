"""What one class costs on a capacity it shares with others: its share of the busy hours, down to an accepted result."""

from __future__ import annotations

from planner.basis import Quantity, weakest
from planner.capacities import Capacity
from planner.cost.accepted import acceptance_of, cost_of
from planner.cost.capacity_figures import CapacityCost
from planner.cost.capacity_unit import Speed
from planner.cost.escalation import further_parts
from planner.cost.figures import Cost, CostPart
from planner.cost.token_load import TokenLoad, accepted_load
from planner.scenario import Scenario
from planner.units import SECONDS_PER_HOUR
from planner.workload.task_classes import TaskClass


def class_share(scenario: Scenario, capacity: Capacity, speed: Speed, together: TokenLoad, one: TaskClass) -> float:
    """The class's share of the hours that all classes together keep the capacity busy."""
    return speed.busy_hours(accepted_load(scenario, capacity, (one,)), "value") / speed.busy_hours(together, "value")


def class_cost(
    scenario: Scenario,
    capacity: Capacity,
    one: TaskClass,
    *,
    month: CapacityCost,
    speed: Speed | None,
    together: TokenLoad,
) -> Cost | None:
    """The class's share of the month by busy hours, per request and per accepted result (economics.md §2).

    Every line of the month is split alike, so that the classes' shares, repeats until accepted included, sum to it;
    parts are of one run, and retries repeat them; escalations and judges are paid beside. `together` and the month
    count accepted loads. None where the month has no price or the class asks nothing.
    """
    load = accepted_load(scenario, capacity, (one,))
    if month.effective_usd_per_month is None or speed is None or load.requests <= 0:
        return None
    hours = speed.busy_hours(load, "value")
    share = class_share(scenario, capacity, speed, together, one)
    prefill_hours = hours - load.output_tokens / speed.decode_tok_s.value / SECONDS_PER_HOUR
    parts = tuple(
        CostPart(
            name=part.name,
            usd_per_request=part.usd_per_month * share / load.runs,
            low_usd=part.low_usd * share / load.runs,
            high_usd=part.high_usd * share / load.runs,
            basis=weakest(part.basis, speed.basis),
            how=part.how,
            driver=part.driver,
            input_share=prefill_hours / hours,
        )
        for part in month.parts
    )
    acceptance: Quantity = acceptance_of(one, capacity.model, capacity.weight_format, scenario.assumptions.acceptance)
    further = further_parts(scenario, one, capacity.model)
    return cost_of(
        parts,
        further.missing,
        acceptance=acceptance,
        task_class=one,
        requests_per_month=load.requests,
        further=further.parts,
    )
