"""How a device would serve a task class: latency at the 95th percentile and the share of its hours it takes."""

from __future__ import annotations

from collections.abc import Mapping

from planner.basis import Basis, Quantity, weakest
from planner.profiles.performance import ModelPerformance
from planner.service.curves import Edge, beyond_grid, prefill_s, tpot_s
from planner.service.figures import Service
from planner.service.queueing import utilization, wait_percentile_s
from planner.units import SECONDS_PER_HOUR
from planner.workload.task_classes import TaskClass, Workload
from planner.workload.week_shape import busiest_hour

PERCENTILE = 0.95

EDGES: tuple[Edge, ...] = ("value", "high", "low")
FRESH: Mapping[Edge, float] = {"value": 1.0, "high": 1.0, "low": 1.0}
"""Of a device's burst speed, an idle one has all."""

Answer = Mapping[Edge, tuple[float, float, float]]
"""TTFT, TPOT and busy time with every rate at one edge of its interval."""


def device_service(
    performance: ModelPerformance, task_class: TaskClass, workload: Workload, device_count: int
) -> Service | None:
    """Serve `task_class` alone on `device_count` like devices, one stream each, its requests spread evenly over them.

    None where prefill or decode throughput is unknown. The prompt is prefilled whole: a device is taken to keep no
    prompt cache. Arrivals are those of the busiest hour; tokens are as the class states them (CONVENTION §11, §12).
    Busy time and queue rest on sustained speed where a soak tells it; only an answer that need not wait, from a
    device that was idle, comes at burst speed (CONVENTION §20).
    """
    prefill = tuple(point for point in performance.prefill if point.tokens)
    if not prefill or not performance.decode:
        return None
    mean_context = task_class.input_tokens + task_class.output_tokens / 2

    steps = task_class.output_tokens - 1

    def times(edge: Edge, kept: Mapping[Edge, float]) -> tuple[float, float, float]:
        """TTFT, TPOT and busy time with every rate at one edge of its interval, at the share of speed kept."""
        ttft_s = prefill_s(prefill, task_class.input_tokens, edge) / kept[edge]
        per_token_s = tpot_s(performance.decode, mean_context, edge) / kept[edge]
        return ttft_s, per_token_s, ttft_s + steps * per_token_s

    retained = performance.retained_share
    idle: Answer = {edge: times(edge, FRESH) for edge in EDGES}
    busy: Answer = idle if retained is None else {edge: times(edge, _kept(retained)) for edge in EDGES}
    busy_s = busy["value"][2]
    load = utilization(arrivals_per_s(task_class, workload, device_count), busy_s)
    peak = busiest_hour(workload, task_class)
    peak_load = load * peak.value
    wait_s = wait_percentile_s(peak_load, busy_s, PERCENTILE) if peak_load < 1 else None
    fresh_basis = _basis(performance, task_class.input_tokens, mean_context)
    busy_basis = fresh_basis if retained is None else weakest(fresh_basis, retained.basis)
    source = f"{performance.model} {performance.weight_format} on {performance.runtime}"

    def figure(at: Answer, which: int, waited_s: float = 0.0) -> Quantity:
        basis = fresh_basis if at is idle else busy_basis
        value = at["value"][which]
        return Quantity(
            value=value + waited_s,
            unit="s",
            basis=weakest(basis, peak.basis) if waited_s else basis,  # a queue rests on that hour
            low=min(at["high"][which], value) + waited_s,
            high=max(at["low"][which], value) + waited_s,
            source=source,
        )

    ttft, tpot, whole = range(3)
    answer = idle if wait_s == 0 else busy
    return Service(
        ttft_p95_s=figure(answer, ttft, wait_s or 0.0),
        e2e_p95_s=figure(answer, whole, wait_s or 0.0),
        tpot_s=figure(answer, tpot) if steps else None,
        service_s=figure(busy, whole),
        wait_p95_s=wait_s,
        utilization=load,
        peak_utilization=peak_load,
        busy_ttft_s=figure(busy, ttft),
        retained_share=retained,
    )


def arrivals_per_s(task_class: TaskClass, workload: Workload, device_count: int) -> float:
    """Runs per second at one device in the mean active hour, requests done again among them."""
    return task_class.runs_per_day / device_count / (workload.active_hours_per_day * SECONDS_PER_HOUR)


def _kept(retained: Quantity) -> Mapping[Edge, float]:
    """The share of speed that is kept at the edges of a rate: the slow edge of both is the slow case."""
    low, high = retained.bounds
    return {"value": retained.value, "high": high, "low": low}


def _basis(performance: ModelPerformance, input_tokens: int, mean_context: float) -> Basis:
    """The weakest basis of the grid used; a point far outside the grid is only an estimate."""
    points = (*performance.prefill, *performance.decode)
    basis = weakest(*(point.tok_s.basis for point in points))
    far = beyond_grid(performance.prefill, input_tokens) or beyond_grid(performance.decode, mean_context)
    return weakest(basis, Basis.ESTIMATED) if far else basis
