"""The real child soaks a real tiny decoder: windows of its own steps and prompts, for as long as it was told."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.documents import from_json, to_json
from planner.measurement import contention
from planner.measurement.contention import contend
from planner.measurement.request import MeasurementRequest
from planner.measurement.runs import RunOutcome
from planner.measurement.soak import soak
from planner.measurement.soaks import Soak
from planner.model.synthesis import build
from planner.model.weight_formats import weight_format
from tests.support.architectures import TINY
from tests.support.measuring import machine


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    longer = TINY.model_copy(update={"context_tokens": 512})  # a soak reads 256 tokens and answers 128
    home = tmp_path_factory.mktemp("models") / "tiny"
    return build(longer, weight_format("int4"), home, max_context_tokens=512).folder


def test_a_real_decoder_is_kept_busy(tiny: Path) -> None:
    one = soak(MeasurementRequest(model=str(tiny), threads=1), machine(), seconds=1.5)
    assert one.outcome is RunOutcome.COMPLETE
    assert one.settings.runtime.startswith("onnxruntime ")
    assert one.lasted_s >= 1.5
    assert any(window.prefill_tokens for window in one.windows)
    for window in one.windows:
        assert window.decode_s + window.prefill_s <= window.wall_s
    assert from_json(to_json(one), Soak, where="test") == one


def test_a_real_decoder_takes_turns_with_the_real_load(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "LEAD_S", 1.5)
    one = contend(MeasurementRequest(model=str(tiny), threads=1), machine(), rounds=1, turn_s=1.0)
    assert (one.outcome, one.message) == (RunOutcome.COMPLETE, "")
    assert sum(bool(turn.windows) for turn in one.turns) == 2
    assert len(one.turns) == 3
