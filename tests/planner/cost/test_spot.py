"""prices.md §2: effective spot = spot·(1 + restarts·lost/run) + fallback·on-demand, for an hour of work served."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.cost.spot import ASSUMED_RESTARTS, restarts_per_run, spot_usd_per_h
from planner.prices.kinds.instance import Interruption
from planner.workload.deferral import is_deferrable
from planner.workload.task_classes import Slo, TaskClass
from tests.support.capacities import busy_workload
from tests.support.scenarios import published


def _share(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, low=low, high=high, unit="share", basis=Basis.ASSUMED)


def test_worked_example() -> None:
    """Spot at $16 interrupted 0.2 times with half of the work lost, 10 % of the hours at $55 on demand."""
    found = spot_usd_per_h(
        published(16, "USD/h"), published(55, "USD/h"), published(0.2, "count"), _share(0.5), _share(0.1)
    )
    assert found.value == pytest.approx(0.9 * 16 * 1.1 + 0.1 * 55)
    fallback_per_spot_hour = 0.1 / 0.9  # the formula as prices.md writes it, for one hour on spot
    assert found.value == pytest.approx((16 * (1 + 0.2 * 0.5) + fallback_per_spot_hour * 55) / (1 + 0.1 / 0.9))


@given(st.floats(0.1, 50), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.5, 10))
def test_between_its_parts_and_linear_in_money(
    spot: float, restarts: float, lost: float, fallback: float, factor: float
) -> None:
    on_demand = spot * 3

    def hour(scale: float) -> float:
        return spot_usd_per_h(
            published(spot * scale, "USD/h"),
            published(on_demand * scale, "USD/h"),
            published(restarts, "count"),
            _share(lost),
            _share(fallback),
        ).value

    worked = spot * (1 + restarts * lost)
    assert min(worked, on_demand) * (1 - 1e-9) <= hour(1) <= max(worked, on_demand) * (1 + 1e-9)
    assert hour(factor) == pytest.approx(factor * hour(1))
    assert hour(1) >= spot * (1 - 1e-9)


def test_the_interval_holds_every_corner() -> None:
    spot = Quantity(value=16, low=12, high=24, unit="USD/h", basis=Basis.PUBLISHED)
    restarts = restarts_per_run(Interruption(share_low=0.05, share_high=0.1, notice_s=120))
    found = spot_usd_per_h(spot, published(55, "USD/h"), restarts, _share(0.5, 0, 1), _share(0.1, 0, 0.3))
    low, high = found.bounds
    for price in (12, 24):
        for lost in (0, 1):
            for fallback in (0, 0.3):
                for rate in (0.05, 0.1):
                    corner = (1 - fallback) * price * (1 + rate * lost) + fallback * 55
                    assert low - 1e-9 <= corner <= high + 1e-9
    assert found.basis is Basis.ASSUMED


def test_restarts_come_from_the_vendors_bucket_or_are_assumed_and_say_so() -> None:
    found = restarts_per_run(Interruption(share_low=0.1, share_high=0.15, notice_s=120))
    assert (found.value, found.bounds, found.basis) == (pytest.approx(0.125), (0.1, 0.15), Basis.PUBLISHED)
    assert restarts_per_run(None) is ASSUMED_RESTARTS
    assert ASSUMED_RESTARTS.basis is Basis.ASSUMED


@pytest.mark.parametrize(
    ("slo", "may_wait"),
    [
        (Slo(), True),
        (Slo(e2e_p95_s=86_400), True),
        (Slo(e2e_p95_s=600), False),
        (Slo(ttft_p95_s=100_000), False),
    ],
)
def test_only_classes_that_may_wait_are_deferrable(slo: Slo, may_wait: bool) -> None:
    task_class: TaskClass = busy_workload().task_classes[0].model_copy(update={"slo": slo})
    assert is_deferrable(task_class) is may_wait
