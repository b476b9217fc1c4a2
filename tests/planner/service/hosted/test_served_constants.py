"""The document of one's own constants: which ends hold for which use, and what another use is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.documents import to_json
from planner.errors import DocumentError
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.constants import Known
from planner.service.hosted.deployment import Deployment, deployment
from planner.service.hosted.refit import refit
from planner.service.hosted.served_constants import (
    ServedConstants,
    beyond_sweep,
    constants_for_use,
    load_served_constants,
    save_served_constants,
)
from planner.service.hosted.served_model import Precision
from tests.support.served_sweeps import FP16, LLAMA, MADE_UP, measured


def fitted() -> ServedConstants:
    return refit(measured(), LLAMA, FP16, **MADE_UP)


def placed(model: str = "llama-3.1-8b", stored: str = "fp16", **changes: Any) -> Deployment:
    asked: dict[str, Any] = {"accelerator": "H100", "count": 1, "engine": "vllm"} | changes
    return deployment(architecture(model), weight_format(stored), **asked)


def test_the_document_survives_a_round_trip(tmp_path: Path) -> None:
    """CONVENTION §2, §9: one spelling, a format and a version."""
    found = fitted()
    save_served_constants(tmp_path / "h100.json", found)
    again = load_served_constants(tmp_path / "h100.json")
    assert to_json(again) == to_json(found)
    assert (again.format, again.version) == ("edgewise.served-constants", 1)
    assert "c16.json" not in to_json(found)  # no paths of the user's machine


def test_constants_are_of_one_accelerator_and_engine() -> None:
    found = fitted()
    with pytest.raises(DocumentError, match="of H100 under vllm, not of H200 under vllm"):
        constants_for_use(found, placed(accelerator="H200"), 1024, 256)
    with pytest.raises(DocumentError, match="not of H100 under sglang"):
        constants_for_use(found, placed(engine="sglang"), 1024, 256)


@pytest.mark.parametrize(
    ("changes", "shape", "said"),
    [
        ({}, (8192, 256), "The sweep was of 1,020 input tokens:"),
        ({}, (1024, 64), "The sweep was of 256 output tokens:"),
        ({"model": "qwen3-8b"}, (1024, 256), "The sweep was of llama-3.1-8b fp16 on 1 × H100:"),
        ({"count": 2}, (1024, 256), "The sweep was of llama-3.1-8b fp16 on 1 × H100:"),
    ],
)
def test_another_use_takes_each_constants_own_ends(
    changes: dict[str, object], shape: tuple[int, int], said: str
) -> None:
    found = fitted()
    own, (doubt,) = constants_for_use(found, placed(**changes), *shape)
    assert own == found.elsewhere
    assert doubt.sentence.startswith(said)
    assert own.eta_m.bounds[0] < found.constants.eta_m.bounds[0]


def test_more_in_flight_than_was_swept_is_doubted() -> None:
    found = fitted()
    assert not beyond_sweep(found, 192)
    (doubt,) = beyond_sweep(found, 256)
    assert doubt.sentence == "The sweep went to 96 in flight; figures up to 256 are carried on from there."


def test_another_precision_is_wider_and_says_so() -> None:
    """FP8 products are another arithmetic: as far as bundled constants have it, 35 %."""
    found = fitted()
    other, doubts = constants_for_use(found, placed(stored="fp8"), 1024, 256)
    assert (other.known, other.precision) == (Known.PRECISION, Precision.FP8)
    low, high = other.eta_c.bounds
    assert low <= other.eta_c.value * 0.65
    assert high >= min(1.0, other.eta_c.value / 0.65)
    assert [doubt.kind for doubt in doubts] == ["UnlikeTheSweep"]
