"""prices.md §2: Usage before Spend, largest saving first, use it or lose it; AWS's and Azure's own examples."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.cost.commitments import (
    SpendCommitment,
    UsageCommitment,
    apply_commitments,
    billed_by_month,
    block_usd,
    blocks_covering,
    break_even_utilization,
    least_cost_level,
    upfront_usd,
)

# AWS, Savings Plans user guide, «Understanding how Savings Plans are applied to your usage», pricing example.
ON_DEMAND = {"c5.9xlarge": 4.00, "c5.24xlarge": 10.00, "fargate-vcpu": 1.50, "fargate-gb": 2.00}
COMPUTE = {"c5.9xlarge": 2.00, "c5.24xlarge": 8.00, "fargate-vcpu": 1.00, "fargate-gb": 1.00}
INSTANCE = {"c5.9xlarge": 1.00, "c5.24xlarge": 6.00}
USE = {"c5.9xlarge": [1.0], "c5.24xlarge": [1.0], "fargate-vcpu": [10.0], "fargate-gb": [5.0]}


def test_aws_scenario_1_one_plan_covers_all_usage() -> None:
    """A Compute Savings Plan of $25.00 an hour: «you will pay $25.00 in that hour»."""
    applied = apply_commitments(USE, ON_DEMAND, spend=(SpendCommitment("compute", 25.00, COMPUTE),))
    assert applied.effective_usd == pytest.approx(25.00)
    assert applied.unused_usd == pytest.approx(0)
    assert sum(applied.on_demand_machine_hours.values()) == pytest.approx(0)


def test_aws_rules_largest_saving_first_equal_savings_lower_rate() -> None:
    """$19 an hour: Fargate GB and c5.9xlarge save 50 % (lower rate first), then vCPU 33 %, c5.24xlarge 20 %."""
    applied = apply_commitments(USE, ON_DEMAND, spend=(SpendCommitment("compute", 19.00, COMPUTE),))
    assert list(applied.covered[0].machine_hours) == ["fargate-gb", "c5.9xlarge", "fargate-vcpu", "c5.24xlarge"]
    assert applied.covered[0].machine_hours["c5.24xlarge"] == pytest.approx(2.0 / 8.0)
    assert applied.on_demand_usd == pytest.approx(0.75 * 10.00)
    assert applied.effective_usd == pytest.approx(19.00 + 7.50)


def test_aws_rules_the_narrower_plan_first() -> None:
    """«EC2 Instance Savings Plans are applied before Compute Savings Plans.»"""
    plans = (SpendCommitment("compute", 10.0, COMPUTE), SpendCommitment("instance", 7.0, INSTANCE))
    applied = apply_commitments(USE, ON_DEMAND, spend=plans)
    assert [each.name for each in applied.covered] == ["instance", "compute"]
    assert applied.covered[0].machine_hours == {"c5.9xlarge": pytest.approx(1), "c5.24xlarge": pytest.approx(1)}
    assert applied.on_demand_machine_hours["fargate-vcpu"] == pytest.approx(5)


def test_azure_reservations_before_savings_plans() -> None:
    """«Azure applies reservation benefits first»: the plan's money is left for what no reservation covers."""
    applied = apply_commitments(
        {"vm": [2.0]},
        {"vm": 1.0},
        usage=(UsageCommitment("reservation", "vm", 1, 0.5),),
        spend=(SpendCommitment("plan", 0.65, {"vm": 0.65}),),
    )
    assert [each.name for each in applied.covered] == ["reservation", "plan"]
    assert applied.effective_usd == pytest.approx(0.5 + 0.65)


def test_what_an_hour_leaves_is_lost() -> None:
    applied = apply_commitments({"vm": [0, 3, 1]}, {"vm": 2.0}, usage=(UsageCommitment("ri", "vm", 2, 1.2),))
    assert applied.covered[0].unused_usd == pytest.approx((2 + 0 + 1) * 1.2)
    assert applied.on_demand_usd == pytest.approx(1 * 2.0)
    assert applied.effective_usd == pytest.approx(2 * 3 * 1.2 + 2.0)


hourly = st.lists(st.integers(0, 12), min_size=1, max_size=40)


@given(hourly, st.floats(0, 12), st.floats(0, 20), st.floats(0.1, 1.0), st.floats(0.1, 1.0))
def test_money_adds_up_and_nothing_is_negative(
    running: list[int], machines: float, plan: float, rate: float, plan_rate: float
) -> None:
    applied = apply_commitments(
        {"vm": running},
        {"vm": 1.0},
        usage=(UsageCommitment("ri", "vm", machines, rate),),
        spend=(SpendCommitment("sp", plan, {"vm": plan_rate}),),
    )
    assert applied.unused_usd >= -1e-9
    assert applied.committed_usd == pytest.approx(len(running) * (machines * rate + plan), abs=1e-6)
    covered = sum(sum(each.machine_hours.values()) for each in applied.covered)
    assert covered + applied.on_demand_machine_hours["vm"] == pytest.approx(sum(running), abs=1e-6)
    assert applied.effective_usd >= sum(running) * min(rate, plan_rate) - 1e-6


def test_a_profile_needs_prices_and_one_length() -> None:
    with pytest.raises(ValueError, match="no on-demand price of vm"):
        apply_commitments({"vm": [1]}, {})
    with pytest.raises(ValueError, match="same hours"):
        apply_commitments({"vm": [1], "b": [1, 2]}, {"vm": 1, "b": 1})


@given(hourly, st.floats(0.05, 0.95))
def test_the_level_is_the_best_of_all_whole_numbers(running: list[int], committed: float) -> None:
    found = least_cost_level(running, committed, 1.0)

    def usd(level: float) -> float:
        return sum(level * committed + max(0, use - level) for use in running)

    brute = min(usd(level) for level in range(14))
    assert found.usd == pytest.approx(brute)
    assert found.usd == pytest.approx(usd(found.machines))
    assert found.unused_usd >= 0


@given(hourly, st.floats(0.05, 0.95))
def test_the_level_is_the_newsvendors_quantile(running: list[int], committed: float) -> None:
    """The smallest q used beyond itself in at most committed/on-demand of the hours."""
    found = least_cost_level(running, committed, 1.0, whole=False).machines
    beyond = sum(use > found for use in running) / len(running)
    assert beyond <= committed + 1e-9
    if found > 0:
        lower = max([0, *(use for use in running if use < found)])
        assert sum(use > lower for use in running) / len(running) >= committed - 1e-9


@given(st.floats(0.1, 0.9))
def test_break_even_utilization_is_one_less_the_discount(discount: float) -> None:
    share = break_even_utilization(1 - discount, 1.0)
    assert share == pytest.approx(1 - discount)
    for used, cheaper in ((share + 0.01, True), (share - 0.01, False)):
        hours = 10_000
        running = [1.0] * round(used * hours) + [0.0] * (hours - round(used * hours))
        promised = apply_commitments({"vm": running}, {"vm": 1.0}, usage=(UsageCommitment("x", "vm", 1, 1 - discount),))
        assert (promised.effective_usd < sum(running)) is cheaper


@given(st.floats(1, 1e6), st.integers(1, 60), st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_billed_sums_to_effective_over_the_term(usd_per_month: float, term: int, share: float) -> None:
    billed = billed_by_month(usd_per_month, term, share)
    assert len(billed) == term
    assert sum(billed) == pytest.approx(term * usd_per_month)
    assert billed[0] - billed[-1] == pytest.approx(upfront_usd(usd_per_month, term, share) * (term > 1), rel=1e-6)


def test_blocks_cover_a_window_at_the_fewest_days_paid() -> None:
    sold = (1, 2, 7, 14, 28)
    assert blocks_covering(10, (7, 14)) == (14,)
    assert blocks_covering(30.4, sold) == (28, 2, 1)
    assert blocks_covering(3, (7,)) == (7,)
    assert block_usd(31.44, (7,)) == pytest.approx(31.44 * 24 * 7)
    with pytest.raises(ValueError, match="no block length"):
        blocks_covering(3, ())


@settings(max_examples=40)
@given(st.integers(1, 60), st.lists(st.integers(1, 30), min_size=1, max_size=4))
def test_blocks_always_cover_and_cover_more_days_with_no_fewer(days: int, lengths: list[int]) -> None:
    paid = [sum(blocks_covering(each, lengths)) for each in (days, days + 1)]
    assert paid[0] >= days
    assert all(later >= earlier for earlier, later in pairwise(paid))
    assert set(blocks_covering(days, lengths)) <= set(lengths)
