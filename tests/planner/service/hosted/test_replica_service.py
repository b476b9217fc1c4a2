"""A replica's service at a load spans p5 to p95 as a vendor's figure does (§13), and its own error beyond."""

from __future__ import annotations

import numpy as np
import pytest

from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.batching import Scheduler, simulate
from planner.service.hosted.closed_loop import TTFT_ERROR, TTFT_FLOOR_S
from planner.service.hosted.deployment import deployment
from planner.service.hosted.replica_service import replica_service
from planner.service.hosted.request_stream import Tokens, drawn

PLACED = deployment(architecture("llama-3.1-8b"), weight_format("fp8"), "H100", 1)
SCHEDULER = Scheduler(cache_tokens=900_000)
STREAM = drawn(Tokens(256), Tokens(32), count=600)


def test_an_idle_replica_answers_as_one_request_alone() -> None:
    """Nobody waits, so the median and the slow percentile are the same first token, widened by what is not known."""
    found = replica_service(PLACED, SCHEDULER, STREAM, 0.01)
    assert found is not None
    ttft = found.ttft_s
    assert ttft.bounds == pytest.approx((ttft.value * (1 - TTFT_ERROR), ttft.value * (1 + TTFT_ERROR)))
    assert ttft.value > TTFT_FLOOR_S


def test_the_ends_hold_every_percentile_between() -> None:
    found = replica_service(PLACED, SCHEDULER, STREAM, 60.0)
    assert found is not None
    served = simulate(PLACED.model, PLACED.reached.value, SCHEDULER, STREAM.at(60.0))
    slow_s = float(np.quantile(served.tpot_s, 0.95))
    assert found.decode_tok_s.bounds[0] < 1 / slow_s < found.decode_tok_s.value < found.decode_tok_s.bounds[1]
    assert found.ttft_s.bounds[1] > float(np.quantile(served.ttft_s, 0.95)) + TTFT_FLOOR_S


def test_more_load_is_slower_at_every_point() -> None:
    calm, busy = (replica_service(PLACED, SCHEDULER, STREAM, rate) for rate in (5.0, 80.0))
    assert calm is not None
    assert busy is not None
    assert busy.ttft_s.value >= calm.ttft_s.value
    assert busy.decode_tok_s.value < calm.decode_tok_s.value


def test_single_tokens_have_no_speed() -> None:
    assert replica_service(PLACED, SCHEDULER, drawn(Tokens(256), Tokens(1), count=600), 5.0) is None
