"""How a device would serve a task class: latency at the 95th percentile and the share of its hours it takes."""

from __future__ import annotations

from planner.basis import Basis, Quantity, weakest
from planner.profiles.performance import ModelPerformance
from planner.service.curves import Edge, beyond_grid, prefill_s, tpot_s
from planner.service.figures import Service
from planner.service.queueing import utilization, wait_percentile_s
from planner.units import SECONDS_PER_HOUR
from planner.workload.task_classes import TaskClass, Workload

PERCENTILE = 0.95


def device_service(
    performance: ModelPerformance, task_class: TaskClass, workload: Workload, device_count: int
) -> Service | None:
    """Serve `task_class` alone on `device_count` like devices, one stream each, its requests spread evenly over them.

    None where prefill or decode throughput is unknown. The prompt is prefilled whole: a device is taken to keep no
    prompt cache. Arrivals are those of the busiest hour; tokens are as the class states them (CONVENTION §11, §12).
    """
    prefill = tuple(point for point in performance.prefill if point.tokens)
    if not prefill or not performance.decode:
        return None
    mean_context = task_class.input_tokens + task_class.output_tokens / 2

    steps = task_class.output_tokens - 1

    def times(edge: Edge) -> tuple[float, float, float]:
        """TTFT, TPOT and busy time with every rate at one edge of its interval."""
        ttft_s = prefill_s(prefill, task_class.input_tokens, edge)
        per_token_s = tpot_s(performance.decode, mean_context, edge)
        return ttft_s, per_token_s, ttft_s + steps * per_token_s

    value, fast, slow = times("value"), times("high"), times("low")
    busy_s = value[2]
    load = utilization(arrivals_per_s(task_class, workload, device_count), busy_s)
    peak_load = load * workload.peak_to_mean.value
    wait_s = wait_percentile_s(peak_load, busy_s, PERCENTILE) if peak_load < 1 else None
    basis = _basis(performance, task_class.input_tokens, mean_context)
    waiting = weakest(basis, workload.peak_to_mean.basis) if wait_s else basis  # a queue rests on the busiest hour
    source = f"{performance.model} {performance.weight_format} on {performance.runtime}"

    def figure(which: int, waited_s: float = 0.0) -> Quantity:
        return Quantity(
            value=value[which] + waited_s,
            unit="s",
            basis=waiting if waited_s else basis,
            low=min(fast[which], value[which]) + waited_s,
            high=max(slow[which], value[which]) + waited_s,
            source=source,
        )

    ttft, tpot, busy = range(3)
    return Service(
        ttft_p95_s=figure(ttft, wait_s or 0.0),
        e2e_p95_s=figure(busy, wait_s or 0.0),
        tpot_s=figure(tpot) if steps else None,
        service_s=figure(busy),
        wait_p95_s=wait_s,
        utilization=load,
        peak_utilization=peak_load,
    )


def arrivals_per_s(task_class: TaskClass, workload: Workload, device_count: int) -> float:
    """Runs per second at one device in the mean active hour, requests done again among them."""
    return task_class.runs_per_day / device_count / (workload.active_hours_per_day * SECONDS_PER_HOUR)


def _basis(performance: ModelPerformance, input_tokens: int, mean_context: float) -> Basis:
    """The weakest basis of the grid used; a point far outside the grid is only an estimate."""
    points = (*performance.prefill, *performance.decode)
    basis = weakest(*(point.tok_s.basis for point in points))
    far = beyond_grid(performance.prefill, input_tokens) or beyond_grid(performance.decode, mean_context)
    return weakest(basis, Basis.ESTIMATED) if far else basis
