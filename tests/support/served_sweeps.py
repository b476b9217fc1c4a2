"""A load test as a made-up H100 would give it, so that what made it is known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.accelerators import accelerator_spec
from planner.service.hosted.closed_loop import closed_loop
from planner.service.hosted.served_model import Precision, served_model
from planner.service.hosted.step_time import rates
from planner.service.hosted.sweep_files import Sweep
from planner.service.hosted.sweep_rows import SweepRow

LLAMA = architecture("llama-3.1-8b")
FP16 = weight_format("fp16")
ETA_M, ETA_C, T0_S = 0.80, 0.45, 2e-3  # of a made-up H100
MADE_UP: dict[str, Any] = {"accelerator": "H100", "accelerators": 1, "engine": "vllm", "as_of": date(2026, 11, 25)}
LOADS = (1, 2, 4, 8, 16, 32, 64, 96)


def measured(loads: Sequence[float] = LOADS, *, noise: float = 0.01, input_tokens: float = 1024) -> Sweep:
    """A sweep that a server with those constants would give, with a little noise."""
    spec, model = accelerator_spec("H100"), served_model(LLAMA, FP16)
    reached = rates(
        accelerators=1,
        bandwidth_bytes_s=spec.bandwidth_bytes_s,
        flops=spec.peak_flops(Precision.FP16),
        eta_m=ETA_M,
        eta_c=ETA_C,
        t0_s=T0_S,
        tau_s=0.0,
    )
    chance = random.Random(7)
    rows: list[SweepRow] = []
    for load in loads:
        loop = closed_loop(model, reached, load, input_tokens, 256)
        rows.append(
            SweepRow(
                place=f"c{load}.json",
                tool="guidellm",
                model="meta-llama/Llama-3.1-8B-Instruct",
                concurrency=load,
                from_rate=False,
                requests=10 * load,
                input_tokens=input_tokens,
                output_tokens=256,
                output_tok_s=loop.output_tok_s * (1 + chance.gauss(0, noise)),
                tpot_s=loop.tpot_s,
                ttft_s=loop.ttft_s,
            )
        )
    return Sweep(tuple(rows), ())


def vllm_result(row: SweepRow) -> dict[str, Any]:
    """The row as `vllm bench serve --save-result` writes it."""
    assert row.ttft_s is not None
    assert row.tpot_s is not None
    return {
        "date": "20261125-101500",
        "backend": "vllm",
        "model_id": row.model,
        "num_prompts": row.requests,
        "request_rate": "inf",
        "burstiness": 1.0,
        "max_concurrency": row.concurrency,
        "duration": row.requests * row.output_tokens / row.output_tok_s,
        "completed": row.requests,
        "total_input_tokens": row.requests * row.input_tokens,
        "total_output_tokens": row.requests * row.output_tokens,
        "request_throughput": row.output_tok_s / row.output_tokens,
        "output_throughput": row.output_tok_s,
        "mean_ttft_ms": 1000 * row.ttft_s,
        "mean_tpot_ms": 1000 * row.tpot_s,
    }
