"""How long one pass over the model takes on an accelerator or several: decode step and prefill."""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner.service.hosted.served_model import ServedModel

EXPONENT = 3.0  # of the smooth maximum of memory and compute time


@dataclass(frozen=True)
class Rates:
    """What a replica reaches: specified figures times the fitted shares, all its accelerators together."""

    bytes_s: float  # n·BW·η_m
    flops: float  # n·F·η_c, in operations a second
    overhead_s: float  # t0 of every pass
    accelerators: int = 1  # n, one tensor-parallel group
    sync_s: float = 0.0  # τ of one all-reduce of two accelerators


def rates(
    *,
    accelerators: int,
    bandwidth_bytes_s: float,
    flops: float,
    eta_m: float,
    eta_c: float,
    t0_s: float,
    tau_s: float,
) -> Rates:
    """The rates of n accelerators: specified bandwidth (bytes/s) and peak (operations/s) of one, and the constants."""
    return Rates(
        bytes_s=accelerators * bandwidth_bytes_s * eta_m,
        flops=accelerators * flops * eta_c,
        overhead_s=t0_s,
        accelerators=accelerators,
        sync_s=tau_s,
    )


def synchronisation_s(model: ServedModel, reached: Rates) -> float:
    """Tensor-parallel latency of a pass in s: two all-reduces a layer, [n > 1]·2·L·τ·log2(n)."""
    if reached.accelerators == 1:
        return 0.0
    return 2.0 * model.layers * reached.sync_s * math.log2(reached.accelerators)


def step_s(model: ServedModel, reached: Rates, sequences: float, context_tokens: float) -> float:
    """Seconds of one decode step of N sequences at a mean context (service.md).

    (((W + N·ctx·KB)/(n·BW·η_m))³ + ((2·P·N + 4·L·q·N·ctx)/(n·F·η_c))³)^(1/3) + t0 + [n > 1]·2·L·τ·log2(n), where W is
    what a step of N tokens reads of the weights.
    """
    read = model.weight_bytes_read(sequences) + sequences * model.kv_bytes(context_tokens)
    memory_s = read / reached.bytes_s
    compute_s = sequences * model.decode_operations(context_tokens) / reached.flops
    busy_s = (memory_s**EXPONENT + compute_s**EXPONENT) ** (1.0 / EXPONENT)
    return busy_s + reached.overhead_s + synchronisation_s(model, reached)


def chunk_s(model: ServedModel, reached: Rates, tokens: float, done_tokens: float = 0.0) -> float:
    """Seconds that `tokens` of a prompt add to a pass, `done_tokens` of the prompt being read already."""
    return model.prefill_operations(tokens, done_tokens) / reached.flops


def prefill_s(model: ServedModel, reached: Rates, tokens: float) -> float:
    """Seconds to read a prompt of S tokens alone: (2·P·S + 2·L·q·S²)/(n·F·η_c) + t0 (service.md)."""
    return chunk_s(model, reached, tokens) + reached.overhead_s
