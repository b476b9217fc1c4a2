"""What `edgewise queue` says where less urgent work shares the servers."""

from __future__ import annotations

from typing import Any

from planner.cli.console import say, say_json, say_pairs
from planner.service.queues.answer import Queue
from planner.service.queues.priority_simulation import ClassWait, SharedQueue, priority_answer
from planner.service.queues.simulation import CUSTOMERS, Simulated
from planner.service.queues.single_server import ServiceClass
from planner.text import seconds, share, significant

URGENT, LATER = "interactive", "batch"
PER_CENT = 100


def show_shared(
    queue: Queue, later: ServiceClass, percentile: float, slo_s: float | None, told: dict[str, Any], *, as_json: bool
) -> None:
    """Print waits of those who go first and of those who come after them; an SLO is that of the first."""
    urgent = ServiceClass(queue.arrivals_per_s, queue.service_s, queue.service_scv)
    shared = SharedQueue((urgent, later), queue.servers, (queue.arrival_scv, 1.0))
    first, second = priority_answer(shared, percentile)
    if as_json:
        answers = {URGENT: _as_json(first, urgent), LATER: _as_json(second, later)}
        kept = None if slo_s is None else _keeps(first, slo_s)
        say_json(
            {"utilization": shared.load, "servers": queue.servers, "percentile": percentile, "method": "simulation"}
            | answers
            | {"slo_s": slo_s, "slo_kept": kept}
            | told
        )
        return
    at = f"p{significant(percentile * PER_CENT, 4)}"
    rows = [("utilization", share(shared.load))]
    for name, found in ((URGENT, first), (LATER, second)):
        rows += [
            (f"{name}: wait, mean", _words(found.wait_mean, found)),
            (f"{name}: wait, {at}", _words(found.wait, found)),
            (f"{name}: response, {at}", _words(found.response, found)),
        ]
    rows.append(
        ("method", f"simulation of {CUSTOMERS:,} requests, 95 % intervals; what has begun is never interrupted")
    )
    say_pairs(rows)
    if slo_s is not None:
        said = "stays within" if _keeps(first, slo_s) else "does not stay within"
        say("")
        say(f"{at} of the {URGENT} response {said} {seconds(slo_s)} while {LATER} work shares the servers.")


def _keeps(found: ClassWait, slo_s: float) -> bool:
    return found.response is not None and found.response.high_s <= slo_s


def _words(figure: Simulated | None, found: ClassWait) -> str:
    if figure is None:
        return f"unknown: {found.reason}" if found.reason else "unknown"
    return f"{seconds(figure.value_s)} ({seconds(figure.low_s)} … {seconds(figure.high_s)})"


def _as_json(found: ClassWait, asked: ServiceClass) -> dict[str, Any]:
    def figure(value: Simulated | None) -> dict[str, float] | None:
        return None if value is None else {"value": value.value_s, "low": value.low_s, "high": value.high_s}

    return {
        "arrivals_per_s": asked.arrivals_per_s,
        "service_s": asked.mean_s,
        "wait_mean_s": figure(found.wait_mean),
        "wait_percentile_s": figure(found.wait),
        "response_percentile_s": figure(found.response),
        "reason": found.reason,
    }
