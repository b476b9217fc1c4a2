"""Every row of the catalogue has the number of parameters its publisher states, and names are found or refused."""

from __future__ import annotations

import pytest

from planner.errors import UnknownNameError
from planner.model import synthesis
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architecture, architectures
from planner.model.footprint import parameters
from planner.model.synthesis import check_buildable
from planner.model.weight_formats import weight_formats

ROUNDING = 500_000  # counts are published to the million

REQUIRED = {
    "smollm2-135m",
    "smollm2-360m",
    "smollm2-1.7b",
    "qwen2.5-0.5b",
    "qwen2.5-1.5b",
    "qwen2.5-3b",
    "qwen2.5-7b",
    "qwen2.5-14b",
    "qwen3-0.6b",
    "qwen3-1.7b",
    "qwen3-4b",
    "qwen3-8b",
    "llama-3.2-1b",
    "llama-3.2-3b",
    "llama-3.1-8b",
    "phi-3.5-mini",
    "phi-4-mini",
    "mistral-7b-v0.3",
    "tinyllama-1.1b",
    "gemma-2-2b",
    "gemma-3-1b",
    "granite-3.1-1b-a400m",
    "olmoe-1b-7b",
    "qwen3-30b-a3b",
}


def test_at_least_forty_architectures_and_all_that_were_asked_for() -> None:
    names = [known.name for known in architectures()]
    assert len(names) >= 40
    assert names == sorted(set(names))
    assert not REQUIRED - set(names)


@pytest.mark.parametrize(
    "known", [known for known in architectures() if known.published_parameters], ids=lambda known: known.name
)
def test_the_shape_has_the_published_number_of_parameters(known: ModelArchitecture) -> None:
    assert known.published_parameters is not None
    assert abs(parameters(known) - known.published_parameters) <= ROUNDING


def test_few_rows_go_unchecked() -> None:
    unchecked = {known.name for known in architectures() if known.published_parameters is None}
    assert unchecked == {"gemma-3-4b", "qwen3-32b"}


@pytest.mark.parametrize("known", architectures(), ids=lambda known: known.name)
def test_rows_have_a_source_and_can_be_built(known: ModelArchitecture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesis.metadata, "version", lambda _package: "1.32.0")
    assert known.source.startswith("https://")
    assert known.licence
    for stored in weight_formats():
        if stored.synthesisable:
            check_buildable(known, stored)


def test_a_misspelt_name_meets_its_neighbours() -> None:
    with pytest.raises(UnknownNameError, match=r"no model is called 'llama3\.2-1b'.*llama-3\.2-1b"):
        architecture("llama3.2-1b")
    with pytest.raises(UnknownNameError, match=r"Known: .*smollm2-135m"):
        architecture("zzz")
