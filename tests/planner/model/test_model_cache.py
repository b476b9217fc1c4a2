"""Built models are found again, make room for each other, and never fill the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from planner.errors import ModelError
from planner.model import model_cache
from planner.model.architecture import ModelArchitecture
from planner.model.model_cache import built_model, cache_cap_bytes, cache_folder, cache_key, clear, trim, usage
from planner.model.weight_formats import weight_format
from planner.units import BYTES_PER_GIB
from tests.support import architectures

TINY = architectures.TINY.model_copy(update={"ffn": 128, "vocab": 2000, "context_tokens": 64})
INT4 = weight_format("int4")


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def test_the_second_request_builds_nothing(tmp_path: Path) -> None:
    shares: list[float] = []
    first = built_model(TINY, INT4, folder=tmp_path, on_progress=shares.append)
    built = len(shares)
    assert built > 0
    assert built_model(TINY, INT4, folder=tmp_path, on_progress=shares.append) == first
    assert len(shares) == built
    assert (first / "model.onnx.data").is_file()


def test_whatever_changes_the_bytes_changes_the_place(tmp_path: Path) -> None:
    def place(shape: ModelArchitecture = TINY, stored: str = "int4", **changes: int) -> str:
        values = {"seed": 0, "layers": 2, "max_context_tokens": 64} | changes
        return cache_key(shape, weight_format(stored), **values)

    others = [
        place(TINY.model_copy(update={"ffn": 256})),
        place(TINY.model_copy(update={"rope_theta": 5e5})),
        place(stored="int4-b64"),
        place(seed=1),
        place(layers=1),
        place(max_context_tokens=32),
    ]
    assert len({place(), *others}) == 1 + len(others)
    assert place(TINY.model_copy(update={"title": "Renamed", "licence": "MIT"})) == place()


def test_a_new_graph_version_leaves_old_models_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = built_model(TINY, INT4, folder=tmp_path)
    monkeypatch.setattr(model_cache, "GRAPH_VERSION", model_cache.GRAPH_VERSION + 1)
    assert built_model(TINY, INT4, folder=tmp_path) != old


def test_the_least_recently_used_makes_room(tmp_path: Path) -> None:
    first, second = (built_model(TINY, INT4, folder=tmp_path, seed=seed) for seed in (1, 2))
    one = usage(tmp_path).size_bytes // 2
    os.utime(first, (1_000_000, 1_000_000))
    os.utime(second, (500_000, 500_000))
    built_model(TINY, INT4, folder=tmp_path, seed=1)  # used again, so the second goes
    third = built_model(TINY, INT4, folder=tmp_path, seed=3, cap_bytes=round(2.5 * one))
    assert first.is_dir()
    assert third.is_dir()
    assert not second.exists()
    assert len(usage(tmp_path).models) == 2


def test_a_model_larger_than_the_cap_is_refused_with_both_figures(tmp_path: Path) -> None:
    kept = built_model(TINY, INT4, folder=tmp_path)
    with pytest.raises(ModelError, match=r"needs .* KiB, the cache may hold 10 KiB"):
        built_model(TINY, INT4, folder=tmp_path, seed=1, cap_bytes=10 * 1024)
    assert kept.is_dir()


def test_a_full_disk_is_noticed_before_building(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_cache.shutil, "disk_usage", lambda _path: Disk(2**30, 2**30 - 1000, 1000))
    with pytest.raises(ModelError, match=r"on disk, .* are free.*EDGEWISE_MODEL_CACHE"):
        built_model(TINY, INT4, folder=tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_clear_frees_what_usage_counted_and_touches_nothing_else(tmp_path: Path) -> None:
    built_model(TINY, INT4, folder=tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / ".tiny.x.part").mkdir()
    held = usage(tmp_path)
    assert len(held.models) == 1
    assert held.size_bytes > 50_000
    assert clear(tmp_path) == held.size_bytes
    assert usage(tmp_path).models == ()
    assert [entry.name for entry in tmp_path.iterdir()] == ["notes.txt"]


def test_a_model_folder_of_the_user_is_neither_counted_nor_deleted(tmp_path: Path) -> None:
    # EDGEWISE_MODEL_CACHE may name a folder where the user keeps exported models.
    own = tmp_path / "my-phi-4"
    own.mkdir()
    (own / "model.onnx").write_bytes(b"mine")
    built_model(TINY, INT4, folder=tmp_path)
    assert [model.name for model in usage(tmp_path).models] != [own.name]
    assert trim(0, tmp_path) > 0
    assert clear(tmp_path) == 0
    assert [entry.name for entry in tmp_path.iterdir()] == [own.name]


def test_trimming_keeps_what_was_used_last(tmp_path: Path) -> None:
    old, new = (built_model(TINY, INT4, folder=tmp_path, seed=seed) for seed in (1, 2))
    os.utime(old, (1_000_000, 1_000_000))
    held = usage(tmp_path)
    assert [model.name for model in held.models] == [new.name, old.name]
    assert trim(held.size_bytes, tmp_path) == 0
    assert trim(held.size_bytes - 1, tmp_path) == held.models[1].size_bytes
    assert [model.name for model in usage(tmp_path).models] == [new.name]


def test_the_cap_can_be_set_and_must_be_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_cap_bytes() == 12 * BYTES_PER_GIB
    monkeypatch.setenv("EDGEWISE_MODEL_CACHE_GIB", "0.5")
    assert usage(tmp_path).cap_bytes == cache_cap_bytes() == BYTES_PER_GIB // 2
    monkeypatch.setenv("EDGEWISE_MODEL_CACHE_GIB", "0.00001")
    with pytest.raises(ModelError, match=r"may hold 10\.5 KiB.*EDGEWISE_MODEL_CACHE_GIB"):
        built_model(TINY, INT4, folder=tmp_path)
    for wrong in ("plenty", "-1", "0", "nan", "inf"):
        monkeypatch.setenv("EDGEWISE_MODEL_CACHE_GIB", wrong)
        with pytest.raises(ModelError, match="is not a size in GiB"):
            cache_cap_bytes()


def test_fields_that_keep_their_default_do_not_change_the_place() -> None:
    # A field added to the architecture later leaves the models built before where they are.
    decisive = {"weight_format": weight_format("int4"), "seed": 0, "layers": 2, "max_context_tokens": 64}
    stated = TINY.model_validate(TINY.model_dump())  # every field is set explicitly
    assert cache_key(stated, **decisive) == cache_key(TINY, **decisive)


def test_an_empty_cache_is_no_error(tmp_path: Path) -> None:
    assert usage(tmp_path / "nowhere").size_bytes == 0
    assert clear(tmp_path / "nowhere") == 0


def test_the_place_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_MODEL_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("EDGEWISE_MODEL_CACHE")
    assert cache_folder().name == "models"
    assert "edgewise" in str(cache_folder()).lower()
