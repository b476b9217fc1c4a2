"""What a replica's doubts say: how its constants were come by, and what the model leaves out."""

from __future__ import annotations

import pytest

from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.replica import Replica, replica
from planner.text import rate

LLAMA_8B = architecture("llama-3.1-8b")
BF16, FP8, AWQ = weight_format("bf16"), weight_format("fp8"), weight_format("awq")


def kinds(served: Replica) -> set[str]:
    return {doubt.kind for doubt in served.doubts}


def test_doubts_name_what_the_constants_do_not_know() -> None:
    assert "AcceleratorBySpecs" in kinds(replica(LLAMA_8B, BF16, "L40S", 1))
    assert "AcceleratorBySpecs" not in kinds(replica(LLAMA_8B, BF16, "H100", 1))
    assert "EngineNotFitted" in kinds(replica(LLAMA_8B, BF16, "H100", 1, "sglang"))
    assert "WeightsWidened" in kinds(replica(LLAMA_8B, AWQ, "H100", 1))
    assert "WeightsWidened" in kinds(replica(LLAMA_8B, FP8, "A100", 1))
    assert "MoreAcceleratorsThanFitted" in kinds(replica(LLAMA_8B, BF16, "GH200", 8))
    assert "MoreAcceleratorsThanFitted" not in kinds(replica(LLAMA_8B, BF16, "A100", 4))
    assert "BatchBeyondFit" in kinds(replica(LLAMA_8B, BF16, "H100", 1))
    assert "BatchBeyondFit" not in kinds(replica(LLAMA_8B, BF16, "H100", 1, max_in_flight=64))
    assert "OldSoftware" in kinds(replica(LLAMA_8B, BF16, "H100", 1))
    assert "OldSoftware" not in kinds(replica(LLAMA_8B, FP8, "H100", 1))
    assert "PrecisionNotFitted" in kinds(replica(LLAMA_8B, BF16, "B200", 1))
    assert "NotModelled" in kinds(replica(LLAMA_8B, BF16, "H100", 1))


def test_a_cache_in_16_bits_holds_half_as_many() -> None:
    """served_model keeps the cache in 8 bits beside fp8 weights, and that is said."""
    small, large = replica(LLAMA_8B, FP8, "H100", 1), replica(LLAMA_8B, FP8, "H100", 1, kv_bytes=2)
    assert large.kv.requests == pytest.approx(small.kv.requests / 2, abs=1)
    assert "CacheInEightBits" in kinds(small)
    assert "CacheInEightBits" not in kinds(large)


def test_constants_of_old_software_can_be_left_out() -> None:
    """Rows of 16 bits on NVIDIA are of 2024; what newer rows would say stands in the doubt and can be asked for."""
    old = replica(LLAMA_8B, BF16, "H100", 1)
    new = replica(LLAMA_8B, BF16, "H100", 1, since=2025)
    assert (old.constants.year, new.constants.year) == (2024, 2025)
    assert new.constants.known == "precision"
    sentence = next(doubt.sentence for doubt in old.doubts if doubt.kind == "OldSoftware")
    assert rate(new.points[-1].throughput_tok_s.value) in sentence
    assert rate(old.points[-1].throughput_tok_s.value) in sentence
