"""Two real request logs replayed through continuous batching, beside Poisson arrivals of the same rate. Run by hand.

`python -m tests.benchmarks.replay_traces FOLDER` with azure_llm_2023_conv.csv and …_code.csv in FOLDER:
Azure LLM inference traces 2023, CC-BY-4.0, Patel et al., «Splitwise» (ISCA 2024). Accelerators are H100 SXM at the
constants fitted to Argonne's vLLM runs (fp16; fp8 at twice the peak). Prints three tables: percentiles under the log's
own arrivals, its tokens at Poisson arrivals, and its gaps in another order; how many replicas each needs, requests
dealt to them in turn, for TTFT p95 ≤ 1 s and TPOT p95 ≤ 50 ms; and the simulation with N always in flight against
`closed_loop` and, for a single request, against `prefill_s` and `step_s`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from planner.cli.console import say
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.batching import Scheduler, Served, simulate
from planner.service.hosted.closed_loop import TTFT_FLOOR_S, closed_loop
from planner.service.hosted.kv_limit import kv_limit
from planner.service.hosted.request_stream import Requests, RequestStream, Tokens, drawn, logged
from planner.service.hosted.served_model import Precision, ServedModel, served_model
from planner.service.hosted.step_time import Rates, prefill_s, rates, step_s
from planner.units import BYTES_PER_GIB
from planner.workload.request_log import load_request_log

H100_BYTES_S, H100_FLOPS, H100_MEMORY = 3.35e12, 989e12, 79.18 * BYTES_PER_GIB
MEMORY_SHARE, COMPUTE_SHARE, OVERHEAD_S, SYNC_S = 0.8499, 0.1782, 3.3797e-3, 13.4886e-6  # accelerator_constants.csv
SERVED = (("llama-3.1-8b", "fp8", 1), ("llama-3.3-70b", "fp8", 4), ("llama-3.3-70b", "bf16", 4))
TTFT_S, TPOT_S, PERCENTILE = 1.0, 0.05, 0.95
MOST_REPLICAS = 32
ARRIVALS = 3  # of which tables tell
IDLE = 1e-4  # of the log's rate: requests meet nobody
LOOPS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def replica(name: str, weights: str, count: int) -> tuple[ServedModel, Rates]:
    """A model and what so many H100 reach with it."""
    model = served_model(architecture(name), weight_format(weights))
    peak = H100_FLOPS * (2 if model.precision is Precision.FP8 else 1)
    reached = rates(
        accelerators=count,
        bandwidth_bytes_s=H100_BYTES_S,
        flops=peak,
        eta_m=MEMORY_SHARE,
        eta_c=COMPUTE_SHARE,
        t0_s=OVERHEAD_S,
        tau_s=SYNC_S,
    )
    return model, reached


def arrivals(stream: RequestStream, rate: float) -> Iterator[tuple[str, Requests]]:
    """The log's own, the same gaps in another order, and Poisson: the same tokens, the same rate."""
    shuffled = replace(stream, gaps=np.random.default_rng(1).permutation(stream.gaps))
    poisson = replace(stream, gaps=drawn(Tokens(1), Tokens(1), count=len(stream.gaps)).gaps)
    yield "log", stream.at(rate)
    yield "gaps shuffled", shuffled.at(rate)
    yield "Poisson", poisson.at(rate)


def dealt(requests: Requests, replicas: int) -> Iterator[Requests]:
    """Requests dealt to replicas in turn, as a balancer that looks at nothing does."""
    for first in range(replicas):
        each = slice(first, None, replicas)
        yield Requests(requests.arrivals_s[each], requests.input_tokens[each], requests.output_tokens[each])


def percentiles(parts: list[Served]) -> tuple[float, float, float]:
    """p95 of TTFT, TPOT and E2E over all replicas, as a client sees them."""
    joined = (
        np.concatenate(each) for each in zip(*((one.ttft_s, one.tpot_s, one.e2e_s) for one in parts), strict=True)
    )
    ttft, tpot, e2e = (float(np.quantile(each, PERCENTILE)) for each in joined)
    return ttft + TTFT_FLOOR_S, tpot, e2e + TTFT_FLOOR_S


def replay(stream: RequestStream, rate: float, model: ServedModel, reached: Rates, scheduler: Scheduler) -> None:
    """Percentiles at each number of replicas until all arrivals meet the SLO."""
    alone = percentiles([simulate(model, reached, scheduler, stream.at(rate * IDLE))])
    say(f"  alone: TTFT {alone[0]:.3f} s, TPOT {alone[1] * 1000:.2f} ms, E2E {alone[2]:.2f} s")
    if alone[0] > TTFT_S or alone[1] > TPOT_S:
        say("  no number of replicas is enough: requests that meet nobody miss the SLO")
        return
    need: dict[str, int] = {}
    replicas = 1
    while len(need) < ARRIVALS and replicas <= MOST_REPLICAS:
        for words, requests in arrivals(stream, rate):
            begun = time.perf_counter()
            parts = [simulate(model, reached, scheduler, each) for each in dealt(requests, replicas)]
            took_s = time.perf_counter() - begun
            ttft, tpot, e2e = percentiles(parts)
            if ttft <= TTFT_S and tpot <= TPOT_S:
                need.setdefault(words, replicas)
            busy = float(np.mean([each.utilization for each in parts]))
            batch = float(np.mean([each.mean_batch for each in parts]))
            refused = sum(each.refused for each in parts)
            say(
                f"  {replicas:2} replicas, {words:13}: TTFT {ttft:8.3f} s, TPOT {tpot * 1000:7.2f} ms, "
                f"E2E {e2e:8.2f} s, busy {busy:.2f}, batch {batch:5.1f}, refused {refused} ({took_s:.2f} s to simulate)"
            )
        replicas += 1
    say("  needed: " + ", ".join(f"{words} {count}" for words, count in need.items()))


def loops(name: str, weights: str, count: int) -> None:
    """The simulation with N always in flight against the closed loop's formula, 1,024 in and 256 out."""
    model, reached = replica(name, weights, count)
    say(f"{name} {weights} on {count} H100, 1,024 in, 256 out, N always in flight: simulated / formula − 1")
    for lengths, cv in (("constant", 0.0), ("lognormal cv 0.5", 0.5)):
        errors: list[str] = []
        for in_flight in LOOPS:
            stream = drawn(Tokens(1024, cv), Tokens(256, cv), count=max(400, 20 * in_flight))
            served = simulate(model, reached, Scheduler(10**9, in_flight), stream.at_once())
            loop = closed_loop(model, reached, in_flight, stream.mean_input, stream.mean_output)
            per_s = served.settled_per_s[1]
            errors.append(
                f"{in_flight}: {per_s / loop.output_tok_s - 1:+.1%} ({per_s * loop.tpot_s / in_flight - 1:+.1%})"
            )
        say(f"  {lengths}: " + ", ".join(errors))
    say("  in brackets: against N/TPOT, without the TTFT formula and its 66 ms")
    alone = simulate(model, reached, Scheduler(10**9), Requests(np.zeros(1), np.array([1024]), np.array([256])))
    formula_s = prefill_s(model, reached, 1024) + 255 * step_s(model, reached, 1, 1024 + 128)
    say(
        f"  one request: {alone.e2e_s[0]:.9f} s, by formula {formula_s:.9f} s, "
        f"off by {alone.e2e_s[0] / formula_s - 1:.1e}"
    )


def main(folder: Path) -> None:
    """Both logs through every replica, then the closed loops."""
    for log_name in ("conv", "code"):
        stream, rate = logged(load_request_log(folder / f"azure_llm_2023_{log_name}.csv"))
        say(f"{log_name}: {len(stream.gaps):,} requests, {rate:.3g}/s, ca² {stream.arrival_scv:.3g}")
        say(f"  mean {stream.mean_input:.0f} in, {stream.mean_output:.0f} out")
        for name, weights, count in SERVED:
            model, reached = replica(name, weights, count)
            held = kv_limit(model, H100_MEMORY, count, stream.mean_input, stream.mean_output)
            say(f" {name} {weights} on {count} H100: cache of {held.tokens:,} tokens")
            replay(stream, rate, model, reached, Scheduler(held.tokens))
    for name, weights, count in SERVED:
        loops(name, weights, count)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
