"""The whole answer about a replica: its figures agree with each other; what is absent has its reason (§3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from planner.cost.accelerator_hour import AcceleratorHour, own_hour
from planner.cost.served_answer import HEADROOM, Serving, served_answer
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.replica_capacity import Slo
from planner.service.hosted.request_stream import Tokens, drawn

HOUR = own_hour(3.0, date(2026, 11, 25))
SERVING = Serving(
    architecture=architecture("llama-3.1-8b"),
    weight_format=weight_format("fp8"),
    accelerator="H100",
    accelerators=1,
    engine="vllm",
    stream=drawn(Tokens(128), Tokens(16), count=500),
    slo=Slo(ttft_s=0.5),
)


def test_price_and_rate_are_one_bill() -> None:
    """Dollars an hour over the tokens of an hour at the largest rate."""
    found = served_answer(SERVING, HOUR)
    assert found.capacity is not None
    assert found.output_tok_s is not None
    assert found.output_tok_s.value == pytest.approx(found.capacity.rate_per_s * 16)
    full = found.costs[-1]
    assert full.utilization == 1.0
    assert full.usd_per_mtok_out.value == pytest.approx(3e6 / (3600 * found.output_tok_s.value))
    assert found.service_per_s == found.capacity.rate_per_s


def test_without_an_slo_service_is_that_of_a_planned_capacity() -> None:
    """Capacities are planned to a headroom of 80 % (CONVENTION §24), so that is where their service is simulated."""
    found = served_answer(replace(SERVING, slo=Slo()), HOUR)
    assert found.capacity is not None
    assert HEADROOM == 0.8
    assert found.service_per_s == pytest.approx(0.8 * found.capacity.rate_per_s)
    assert "SimulatedCapacity" not in {doubt.kind for doubt in found.doubts}


@pytest.mark.parametrize(("asked", "stated", "expected"), [(None, None, [0.3, 0.6, 1.0]), (None, (0.5,), [0.5, 1.0])])
def test_a_price_never_stands_without_its_utilization(
    asked: float | None, stated: tuple[float, ...] | None, expected: list[float]
) -> None:
    found = served_answer(replace(SERVING, asked_per_s=asked), HOUR, stated)
    assert [cost.utilization for cost in found.costs] == expected


def test_an_asked_rate_needs_whole_replicas() -> None:
    alone = served_answer(SERVING, HOUR).capacity
    assert alone is not None
    found = served_answer(replace(SERVING, asked_per_s=2.5 * alone.rate_per_s), HOUR)
    assert found.replicas == 3
    assert found.utilization == pytest.approx(2.5 / 3)
    assert [cost.utilization for cost in found.costs] == [found.utilization, 1.0]


def test_an_unknown_price_has_its_reason() -> None:
    found = served_answer(SERVING, AcceleratorHour(None, reason="nobody sells it"))
    assert (found.costs, found.no_cost) == ((), "nobody sells it")
    assert found.capacity is not None


def test_what_the_engine_is_started_with_bounds_the_batch() -> None:
    few = served_answer(replace(SERVING, most_sequences=8), HOUR)
    many = served_answer(SERVING, HOUR)
    assert few.replica.most_in_flight == 8
    assert few.speeds is not None
    assert few.speeds.in_flight == 8
    assert few.capacity is not None
    assert many.capacity is not None
    assert few.capacity.full_per_s < many.capacity.full_per_s


def test_what_does_not_fit_is_not_simulated() -> None:
    steps: list[str] = []
    found = served_answer(replace(SERVING, architecture=architecture("llama-3.1-70b")), HOUR, on_step=steps.append)
    assert not steps
    assert (found.capacity, found.speeds, found.output_tok_s, found.costs) == (None, None, None, ())
    assert found.no_cost == found.replica.why_not
