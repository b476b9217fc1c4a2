"""economics.md §2: true cost per accepted result on shared capacity; the classes' shares sum to the month."""

from __future__ import annotations

import pytest

from planner.capacities import Capacity
from planner.cost.capacity import capacity_classes, capacity_cost, load_of
from planner.cost.capacity_share import class_cost
from planner.cost.capacity_unit import capacity_unit
from planner.cost.figures import Cost
from tests.support.capacities import DAY, capacities, capacity_scenario, rented, reserved
from tests.support.scenarios import published


def _shares(capacity: Capacity) -> tuple[float, list[Cost]]:
    scenario = capacity_scenario()
    classes = capacity_classes(scenario, capacity)
    together = load_of(scenario, classes)
    month = capacity_cost(scenario, capacity, together, DAY)
    speed = capacity_unit(scenario, capacity, DAY).speed
    found = [class_cost(scenario, capacity, each, month=month, speed=speed, together=together) for each in classes]
    assert month.effective_usd_per_month is not None
    return month.effective_usd_per_month.value, [each for each in found if each is not None]


@pytest.mark.parametrize("capacity", capacities(), ids=lambda each: each.name)
def test_shares_sum_to_the_month(capacity: Capacity) -> None:
    whole, shares = _shares(capacity)
    assert len(shares) == 2
    assert sum(each.usd_per_month.value for each in shares if each.usd_per_month) == pytest.approx(whole)


@pytest.mark.parametrize("capacity", capacities(), ids=lambda each: each.name)
def test_input_and_output_bear_a_request_together(capacity: Capacity) -> None:
    _, (chat, _) = _shares(capacity)
    assert chat.usd_per_mtok_in is not None
    assert chat.usd_per_mtok_out is not None
    assert chat.usd_per_request is not None
    paid = (1_800 * chat.usd_per_mtok_in.value + 300 * chat.usd_per_mtok_out.value) / 1e6
    assert paid == pytest.approx(chat.usd_per_request.value)


def test_an_accepted_result_costs_the_request_over_the_share_accepted() -> None:
    _, (chat, _) = _shares(capacities()[0])
    assert chat.usd_per_accepted is not None
    assert chat.usd_per_request is not None
    assert chat.usd_per_accepted.value == pytest.approx(chat.usd_per_request.value / 0.9)


def test_no_price_no_share() -> None:
    capacity = reserved(term_months=36)
    scenario = capacity_scenario(capacity)
    chat = scenario.workload.task_classes[0]
    load = load_of(scenario, (chat,))
    month = capacity_cost(scenario, capacity, load, DAY)
    speed = capacity_unit(scenario, capacity, DAY).speed
    assert class_cost(scenario, capacity, chat, month=month, speed=speed, together=load) is None


def test_retries_ask_for_capacity_and_the_shares_still_sum_to_the_month() -> None:
    """A fifth of the chats run again: more busy hours on the same machines, and every request pays for 1.2 runs."""
    capacity = rented()
    scenario = capacity_scenario(capacity)
    chat, archive, notes = scenario.workload.task_classes
    retried = chat.model_copy(update={"retry_share": published(0.2, "share")})
    workload = scenario.workload.model_copy(update={"task_classes": (retried, archive, notes)})
    again = scenario.model_copy(update={"workload": workload})
    together = load_of(again, (retried, archive))
    assert together.requests == load_of(scenario, (chat, archive)).requests
    month, before = (
        capacity_cost(each, capacity, load_of(each, capacity_classes(each, capacity)), DAY)
        for each in (again, scenario)
    )
    assert month.utilization is not None
    assert before.utilization is not None
    assert month.utilization.value > before.utilization.value
    speed = capacity_unit(again, capacity, DAY).speed
    shares = [
        class_cost(again, capacity, each, month=month, speed=speed, together=together) for each in (retried, archive)
    ]
    paid = sum(each.usd_per_month.value for each in shares if each and each.usd_per_month)
    assert month.effective_usd_per_month is not None
    assert paid == pytest.approx(month.effective_usd_per_month.value)


def test_escalations_are_paid_beside_the_capacity() -> None:
    capacity = rented()
    scenario = capacity_scenario(capacity)
    chat = scenario.workload.task_classes[0]
    asks = chat.model_copy(update={"escalation_share": published(0.1, "share"), "escalates_to": "acme/mini"})
    load = load_of(scenario, (chat,))
    month = capacity_cost(scenario, capacity, load, DAY)
    speed = capacity_unit(scenario, capacity, DAY).speed
    alone, beside = (
        class_cost(scenario, capacity, each, month=month, speed=speed, together=load) for each in (chat, asks)
    )
    assert alone is not None
    assert beside is not None
    assert alone.usd_per_request is not None
    assert beside.usd_per_request is not None
    metered = (1_800 * 0.40 + 300 * 1.60) / 1e6
    assert beside.usd_per_request.value - alone.usd_per_request.value == pytest.approx(0.1 * metered)
