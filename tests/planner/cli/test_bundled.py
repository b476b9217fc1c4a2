"""`edgewise models` shows what can be measured: shape, size in each format, licence and source."""

from __future__ import annotations

import json

import pytest

from planner.cli import bundled
from planner.model import synthesis
from planner.model.catalog import architecture, architectures
from planner.model.footprint import weight_bytes
from planner.model.weight_formats import weight_format, weight_formats
from tests.support.architectures import TINY


@pytest.fixture(autouse=True)
def newest_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesis.metadata, "version", lambda _package: "1.32.0")


def test_each_model_has_its_size_in_each_format_its_licence_and_source(edgewise) -> None:
    told = {one["name"]: one for one in json.loads(edgewise("models", "--json").out)}
    assert told.keys() == {one.name for one in architectures()}
    formats = {one.name for one in weight_formats() if one.synthesisable}
    for one in told.values():
        assert one["size_bytes"].keys() == formats
        assert one["cannot_be_built"] == {}
        assert one["source"].startswith("https://")
        assert one["licence"]
    llama = told["llama-3.1-8b"]
    assert (llama["layers"], llama["parameters"], llama["active_parameters"]) == (32, 8_030_261_248, 8_030_261_248)
    assert llama["size_bytes"]["int4"] == weight_bytes(architecture("llama-3.1-8b"), weight_format("int4"))


def test_the_table_tells_active_parameters_of_a_mixture(edgewise) -> None:
    lines = {line.split()[0]: line for line in edgewise("models").out.splitlines()}
    assert "30.5 B, 3.35 B active" in lines["qwen3-30b-a3b"]
    assert " 1.24 B " in lines["llama-3.2-1b"]
    assert "Llama 3.2 Community" in lines["llama-3.2-1b"]


def test_what_cannot_be_built_says_why(edgewise, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = TINY.model_copy(update={"name": "odd", "hidden": 128, "ffn": 96, "experts": 4, "active_experts": 2})
    monkeypatch.setattr(bundled, "architectures", lambda: (odd,))
    told = json.loads(edgewise("models", "--json").out)[0]["cannot_be_built"]
    assert told.keys() == {"int4-b64", "int4-b128"}
    assert "odd cannot be built in int4-b64: experts of 128 × 96 cannot be cut" in edgewise("models").out
