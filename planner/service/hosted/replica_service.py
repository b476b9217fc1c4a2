"""How a replica answers at a load: first token and speed of one stream, from the fast to the slow end (§13)."""

from __future__ import annotations

import numpy as np

from planner.basis import Basis, Quantity
from planner.prices.offers import RemoteService
from planner.service.hosted.batching import Scheduler, simulate
from planner.service.hosted.closed_loop import TTFT_ERROR, TTFT_FLOOR_S
from planner.service.hosted.deployment import Deployment
from planner.service.hosted.replica import batch_point
from planner.service.hosted.request_stream import Floats, RequestStream
from planner.text import significant

ENDS = (0.05, 0.5, 0.95)  # the percentiles a vendor's figure spans


def replica_service(
    placed: Deployment, scheduler: Scheduler, stream: RequestStream, rate_per_s: float
) -> RemoteService | None:
    """The simulated service at a rate: the median, from p5 to p95, each end widened by what the model does not know.

    TTFT by its own error of 40 %, the speed by both corners of the constants. None where nearly every answer is a
    single token, which has no speed.
    """
    served = simulate(placed.model, placed.reached.value, scheduler, stream.at(rate_per_s))
    if not len(served.tpot_s):
        return None
    batch = max(1, round(served.mean_batch))
    tpot = batch_point(placed, batch, stream.mean_input, stream.mean_output).tpot_s
    faster, slower = (end / tpot.value for end in tpot.bounds)
    first, middle_s, last = _spread(served.ttft_s + TTFT_FLOOR_S)
    fast_s, tpot_s, slow_s = _spread(served.tpot_s)
    source = (
        f"simulation of {len(stream.gaps):,} requests at {significant(rate_per_s)}/s on {placed.accelerators} × "
        f"{placed.spec.name}, {placed.engine}; constants: {placed.constants.source}"
    )
    return RemoteService(
        ttft_s=Quantity(
            value=middle_s,
            low=first * (1 - TTFT_ERROR),
            high=last * (1 + TTFT_ERROR),
            unit="s",
            basis=Basis.ESTIMATED,
            source=source,
            as_of=placed.constants.as_of,
        ),
        decode_tok_s=Quantity(
            value=1 / tpot_s,
            low=1 / (slow_s * slower),
            high=1 / (fast_s * faster),
            unit="tok/s",
            basis=Basis.ESTIMATED,
            source=source,
            as_of=placed.constants.as_of,
        ),
    )


def _spread(times_s: Floats) -> tuple[float, float, float]:
    low, middle, high = np.quantile(times_s, ENDS)
    return float(low), float(middle), float(high)
