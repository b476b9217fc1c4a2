"""A replica before anybody asks it anything: the memory it has left, and what it refuses."""

from __future__ import annotations

import pytest

from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.deployment import deployment
from planner.units import BYTES_PER_GIB

LLAMA_8B, BF16 = architecture("llama-3.1-8b"), weight_format("bf16")


def test_the_cache_of_a_measured_engine() -> None:
    """vLLM 0.9 on one H100 (llm-d-planner): Llama 3.1 8B in bf16 leaves 51.4 GiB for the cache."""
    limit = deployment(LLAMA_8B, BF16, "H100", 1).kv_limit(1024, 256)
    assert limit.pool_bytes[1] / BYTES_PER_GIB == pytest.approx(51.38, rel=0.05)


def test_more_accelerators_than_kv_heads_hold_the_cache_twice() -> None:
    eight, sixteen = (deployment(LLAMA_8B, BF16, "H100", count) for count in (8, 16))
    assert sixteen.model.kv_layer_bytes == 2 * eight.model.kv_layer_bytes


def test_weights_alone_may_fit_and_still_leave_no_room() -> None:
    """70B in 8 bits takes 67.7 of an H100's 79.6 GiB, and buffers of activations take the rest."""
    placed = deployment(architecture("llama-3.1-70b"), weight_format("fp8"), "H100", 1)
    assert placed.model.stored_bytes < placed.spec.memory_bytes
    assert "no room for a cache" in placed.why_not(placed.kv_limit(1024, 256))


def test_one_request_may_be_too_long() -> None:
    placed = deployment(architecture("llama-2-13b"), BF16, "L40S", 1)
    assert placed.why_not(placed.kv_limit(1024, 256)) == ""
    assert "one request needs" in placed.why_not(placed.kv_limit(10**6, 256))
