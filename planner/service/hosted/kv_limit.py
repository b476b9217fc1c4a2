"""How many requests a replica's memory holds at once: what weights, activations and libraries leave for the cache."""

from __future__ import annotations

from dataclasses import dataclass

from planner.service.hosted.served_model import ServedModel
from planner.units import BYTES_PER_GIB

MEMORY_SHARE = 0.9  # of the accelerator's memory an engine takes (vLLM's gpu_memory_utilization)
# GiB of one accelerator: least, value, most over eight measured vLLM pools on H100 (llm-d-planner, empirical memory).
ACTIVATION_DENSE = (4.8, 5.5, 5.7)
ACTIVATION_MIXTURE = (6.5, 7.4, 7.4)
OUTSIDE_ONE, OUTSIDE_SEVERAL = 0.13, 0.55  # CUDA context and communication buffers, outside the allocator


@dataclass(frozen=True)
class KvLimit:
    """The cache's pool of one replica and what it holds; low, value, high where activations are not known better."""

    pool_bytes: tuple[float, float, float]  # zero or less: the weights do not fit
    request_bytes: float  # cache of one request on average over its life
    tokens: int  # of cache at the value
    requests: int  # N_max at the value
    requests_low: int
    requests_high: int

    @property
    def fits(self) -> bool:
        """Whether at least one request can be served."""
        return self.requests >= 1


def kv_limit(
    model: ServedModel, memory_bytes: float, accelerators: int, input_tokens: float, output_tokens: float
) -> KvLimit:
    """N_max = (n·(0.9·VRAM − activation − outside) − weights)/KV(I + O/2) (service.md).

    Activations and libraries are those of every accelerator: so measured on one and two H100.
    """
    activation = ACTIVATION_MIXTURE if model.is_mixture else ACTIVATION_DENSE
    outside = OUTSIDE_ONE if accelerators == 1 else OUTSIDE_SEVERAL
    high, value, low = (
        accelerators * (MEMORY_SHARE * memory_bytes - (gib + outside) * BYTES_PER_GIB) - model.stored_bytes
        for gib in activation
    )
    mean_tokens = input_tokens + output_tokens / 2.0
    each = model.kv_bytes(mean_tokens)

    def held(pool_bytes: float) -> int:
        return max(0, int(pool_bytes / each))

    return KvLimit(
        pool_bytes=(low, value, high),
        request_bytes=each,
        tokens=max(0, int(value / each * mean_tokens)),
        requests=held(value),
        requests_low=held(low),
        requests_high=held(high),
    )
