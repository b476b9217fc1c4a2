"""Training against inference: the closed form of economics.md §2 and month-by-month simulation agree."""

from __future__ import annotations

from decimal import Decimal
from itertools import count, islice

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.cost.cash_flow import Flows, growth_path, monthly_rate
from planner.cost.one_off import crossing_month, passing_month, payments
from planner.horizon import OneOff


def once(usd: float, months: int, at: int = 0) -> Flows:
    flows = np.zeros(months + 1)
    flows[at] = usd
    return flows


def inference(first: float, growth_per_year: float, months: int) -> Flows:
    return np.concatenate([[0.0], first * growth_path(growth_per_year, months)])


def tuned(**changes: object) -> OneOff:
    values: dict[str, object] = {"name": "tuning", "kind": "fine_tuning", "usd": Decimal(1000)}
    return OneOff.model_validate({**values, **changes})


def test_a_level_bill_passes_after_cost_over_bill() -> None:
    assert crossing_month(1200, 100, 0.0).month == 12


def test_a_growing_bill_passes_sooner() -> None:
    # 100 + 110 + 121 + … = 1,000 after ln(2)/ln(1.1) = 7.27 months.
    assert crossing_month(1000, 100, 0.1).month == pytest.approx(7.2725, abs=1e-4)


def test_a_bill_that_shrinks_too_fast_never_does() -> None:
    # 100 + 90 + 81 + … approaches 1,000 and does not reach it.
    found = crossing_month(1000, 100, -0.1)
    assert found.month is None
    assert found.reason.startswith("never: ")
    assert "$1,000" in found.reason
    assert crossing_month(999, 100, -0.1).month is not None


def test_nothing_to_pass_and_nothing_that_passes() -> None:
    assert crossing_month(0, 100, 0.1).month == 0
    assert crossing_month(100, 0, 0.1).month is None
    assert crossing_month(1e12, 1e-12, 0.0).month is None  # a crossing in a billion years is none


@given(
    cost=st.floats(1, 1e6),
    first=st.floats(1, 1e6),
    growth=st.floats(-0.5, 0.5).filter(lambda g: g == 0 or abs(g) > 1e-6),
)
def test_the_formula_is_the_simulation(cost: float, first: float, growth: float) -> None:
    """By the end of the month the formula names, and not before, the months so far have reached the cost."""
    found = crossing_month(cost, first, growth)
    bills = (first * (1 + growth) ** month for month in count())
    if found.month is None:
        assert sum(islice(bills, 3000)) <= cost * (1 + 1e-9) or cost / first > 10_000
        return
    assume(found.month < 3000)
    whole = int(np.ceil(found.month * (1 - 1e-6)))
    sums = np.cumsum([0.0, *islice(bills, whole + 1)])
    assert sums[whole] >= cost * (1 - 1e-5)
    assert whole == 0 or sums[whole - 1] <= cost * (1 + 1e-5)


@given(cost=st.floats(1, 1e5), first=st.floats(1, 1e5), growth=st.floats(-0.9, 3.0), months=st.integers(2, 120))
def test_month_by_month_finds_the_month_of_the_formula(cost: float, first: float, growth: float, months: int) -> None:
    exact = crossing_month(cost, first, monthly_rate(growth))
    found = passing_month(once(cost, months), inference(first, growth, months))
    if exact.month is None:
        assert found.month is None
    elif found.month is not None and found.month <= months and found.month == round(found.month):
        assert exact.month - 1e-6 <= found.month <= exact.month + 1 + 1e-6
    elif found.month is None:
        assert exact.month > 1000
    else:
        assert found.month == pytest.approx(exact.month, rel=1e-6)
        assert "beyond the horizon" in found.reason


def test_a_one_off_that_repeats_is_paid_again() -> None:
    flows = payments(tuned(month=3, repeats_every_months=12), 36)
    assert np.flatnonzero(flows).tolist() == [3, 15, 27]
    assert flows.sum() == 3000
    assert np.flatnonzero(payments(tuned(), 36)).tolist() == [0]
    assert not payments(tuned(month=40), 36).any()


def test_a_repeat_can_put_inference_behind_again() -> None:
    spent = payments(tuned(repeats_every_months=12), 24)
    found = passing_month(spent, inference(100, 0.0, 24))
    assert found.month == 10
    assert "falls behind again in month 12" in found.reason


def test_a_horizon_without_the_one_off_has_nothing_to_pass() -> None:
    assert passing_month(np.zeros(13), inference(100, 0.0, 12)).month is None


def test_inference_before_the_one_off_counts() -> None:
    found = passing_month(once(1000, 36, at=12), inference(100, 0.0, 36))
    assert found.month == 12
