"""Continuous batching as simulated, and as the closed loop's formulas have it, against published silicon. Run by hand.

`python -m tests.benchmarks.validate_batching datacenter_throughput.csv`: rows of load tests that keep N requests in
flight (InferenceX through NVIDIA's aiconfigurator-core 0.12.0, Apache-2.0), dense models only. Their loaders send N
requests at once and 10·N in all, prompts and answers of 0.8 to 1.0 times the nominal length: the simulation does the
same, and its mean TTFT therefore holds the burst of the start, which is also where the formula's 10 % for every other
request in flight comes from. Constants are the bundled ones, so this is the error of the whole model, in sample.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from planner.cli.console import say
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.batching import Scheduler, simulate
from planner.service.hosted.closed_loop import TTFT_FLOOR_S, closed_loop
from planner.service.hosted.deployment import Deployment, deployment
from planner.service.hosted.request_stream import Tokens, drawn

MODELS = {"Llama-3.1-70B": "llama-3.1-70b"}
WEIGHTS = {"fp8": "fp8", "fp4": "nvfp4"}
ENGINES = {"vllm": "vllm", "trtllm": "tensorrt-llm"}
LENGTH, LENGTH_CV = 0.9, 0.2 / 12**0.5 / 0.9  # uniform from 0.8 to 1.0 times the nominal
SENT = 10  # times N
METRICS = ("ttft_ms", "tpot_ms", "output_tok_s")


class LoadTest(NamedTuple):
    """One load test as published."""

    hardware: str
    model: str
    precision: str
    engine: str
    accelerators: int
    in_flight: int
    given: int
    answer: int


def load_tests(path: Path) -> Iterator[tuple[LoadTest, Mapping[str, float]]]:
    """Each test that keeps N in flight, with its three figures."""
    found: defaultdict[LoadTest, dict[str, float]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            engine = row["engine"].split()[0]
            if row["load_mode"] != "closed_loop_concurrency" or row["model"] not in MODELS or engine not in ENGINES:
                continue
            if row["precision"] not in WEIGHTS:
                continue
            numbers = (int(float(row[each])) for each in ("tp", "batch_or_concurrency", "input_len", "output_len"))
            test = LoadTest(row["hardware"], row["model"], row["precision"], engine, *numbers)
            found[test][row["metric"]] = float(row["value"])
    yield from ((test, figures) for test, figures in found.items() if set(METRICS) <= set(figures))


def simulated(placed: Deployment, test: LoadTest) -> dict[str, float]:
    """What the simulation says of the same test."""
    given, answer = LENGTH * test.given, LENGTH * test.answer
    stream = drawn(Tokens(given, LENGTH_CV), Tokens(answer, LENGTH_CV), count=SENT * test.in_flight)
    cache = placed.kv_limit(given, answer).tokens
    served = simulate(placed.model, placed.reached.value, Scheduler(cache, test.in_flight), stream.at_once())
    # Each client sends the next request when one is answered: it has waited since then, the first N since the start.
    sent_s = np.concatenate((np.zeros(test.in_flight), np.sort(served.ended_s)))[: len(served.requests)]
    return {
        "ttft_ms": float(np.mean(served.first_s - sent_s) + TTFT_FLOOR_S) * 1000,
        "tpot_ms": float(np.mean(served.tpot_s)) * 1000,
        "output_tok_s": served.output_tok_s,
    }


def by_formula(placed: Deployment, test: LoadTest) -> dict[str, float]:
    """What the closed loop's formulas say."""
    loop = closed_loop(placed.model, placed.reached.value, test.in_flight, LENGTH * test.given, LENGTH * test.answer)
    return {"ttft_ms": loop.ttft_s * 1000, "tpot_ms": loop.tpot_s * 1000, "output_tok_s": loop.output_tok_s}


def main(path: Path) -> None:
    """Median absolute and median signed error of each metric, for each engine and precision."""
    errors: defaultdict[tuple[str, ...], list[list[float]]] = defaultdict(list)
    for test, published in load_tests(path):
        placed = deployment(
            architecture(MODELS[test.model]),
            weight_format(WEIGHTS[test.precision]),
            test.hardware,
            test.accelerators,
            ENGINES[test.engine],
        )
        for method, figures in (("simulated", simulated(placed, test)), ("formula", by_formula(placed, test))):
            off = [figures[each] / published[each] - 1 for each in METRICS]
            errors[(test.hardware, test.engine, test.model, test.precision, method)].append(off)
    for key, rows in sorted(errors.items()):
        table = np.array(rows)
        median, signed = np.median(np.abs(table), axis=0), np.median(table, axis=0)
        words = ", ".join(
            f"{each} {off:.1%} ({way:+.1%})" for each, off, way in zip(METRICS, median, signed, strict=True)
        )
        say(f"{' '.join(key):45} n = {len(rows)}: median error {words}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
