"""How a managed API would serve a task class, network included, at the 95th percentile."""

from __future__ import annotations

from typing import Protocol

from planner.basis import Quantity, weakest
from planner.prices.offers import RemoteService
from planner.service.figures import Service
from planner.workload.task_classes import TaskClass


class Remote(Protocol):
    """A token offer, or capacity paid for by the month."""

    @property
    def service(self) -> RemoteService | None:
        """How it answers; None: nobody stated it."""
        ...


def remote_service(offer: Remote, task_class: TaskClass, network_rtt_s: Quantity) -> Service | None:
    """TTFT = RTT + vendor's TTFT, E2E = TTFT + (OSL − 1)·TPOT (CONVENTION §13); None where nobody stated the speed.

    The interval of a vendor's figure spans its p5 to p95, so each part is taken at its slow end; the sum of the
    parts' p95 is an upper bound of the p95 of the sum. `low` is the same sum at the parts' typical values.
    """
    if offer.service is None:
        return None
    ttft, decode = offer.service.ttft_s, offer.service.decode_tok_s
    basis = weakest(ttft.basis, decode.basis, network_rtt_s.basis)
    steps = task_class.output_tokens - 1
    typical_ttft_s = network_rtt_s.value + ttft.value
    slow_ttft_s = network_rtt_s.bounds[1] + ttft.bounds[1]
    slow_tpot_s = 1 / decode.bounds[0]

    def at_p95(slow_s: float, typical_s: float) -> Quantity:
        return Quantity(value=slow_s, unit="s", basis=basis, low=typical_s, high=slow_s, source=ttft.source)

    typical_e2e_s = typical_ttft_s + steps / decode.value
    slow_e2e_s = slow_ttft_s + steps * slow_tpot_s
    return Service(
        ttft_p95_s=at_p95(slow_ttft_s, typical_ttft_s),
        e2e_p95_s=at_p95(slow_e2e_s, typical_e2e_s),
        tpot_s=None if steps == 0 else at_p95(slow_tpot_s, 1 / decode.value),
        service_s=at_p95(slow_e2e_s, typical_e2e_s),
        wait_p95_s=0.0,
        utilization=None,
        peak_utilization=None,
    )
