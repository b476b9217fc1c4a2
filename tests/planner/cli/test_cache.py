"""`edgewise cache` tells what built models occupy and gives the space back, never touching anything else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from planner.cli.cache import command
from planner.model.model_cache import built_model
from planner.model.weight_formats import weight_format
from planner.units import BYTES_PER_GIB
from tests.support.architectures import TINY


def typed(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the verb by itself."""
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(command)
    ended = CliRunner().invoke(app, list(arguments))
    return ended.exit_code, ended.stdout, ended.stderr


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models, the first unused for long."""
    monkeypatch.setenv("EDGEWISE_MODEL_CACHE", str(tmp_path))
    old = built_model(TINY, weight_format("int4"))
    os.utime(old, (1_000_000_000, 1_000_000_000))
    built_model(TINY, weight_format("int8"))
    return tmp_path


def test_models_folder_size_and_cap_are_shown(cache: Path) -> None:
    code, out, _ = typed()
    assert code == 0
    lines = out.splitlines()
    assert [line.split()[0].rpartition("-")[0] for line in lines[1:3]] == ["tiny-int8-2l", "tiny-int4-2l"]
    assert "9 Sep 2001" in lines[2] or "2001-09-09" in lines[2]
    assert lines[-1].startswith(f"{cache}: 2 models, ")
    assert lines[-1].endswith("of at most 12 GiB")


def test_json_is_the_same_in_bytes(cache: Path) -> None:
    _, out, _ = typed("--json")
    told = json.loads(out)
    assert told["folder"] == str(cache)
    assert told["cap_bytes"] == 12 * BYTES_PER_GIB
    assert told["size_bytes"] == sum(model["size_bytes"] for model in told["models"])
    held = sum(file.stat().st_size for file in cache.rglob("*") if file.is_file())
    assert told["size_bytes"] == held


def test_clearing_frees_everything_and_says_how_much(cache: Path) -> None:
    code, out, err = typed("--clear")
    assert code == 0
    assert "freed" in err
    assert ": no models, 0 KiB of at most" in out
    assert list(cache.iterdir()) == []


def test_a_cap_takes_the_model_unused_for_longest(cache: Path) -> None:
    whole = json.loads(typed("--json")[1])
    _, out, _ = typed("--cap", str((whole["size_bytes"] - 1) / BYTES_PER_GIB), "--json")
    assert [model["name"] for model in json.loads(out)["models"]] == [whole["models"][0]["name"]]


def test_contradictory_words_are_refused(cache: Path) -> None:
    code, _, _ = typed("--clear", "--cap", "1")
    assert code == 2
    assert typed("--cap", "-1")[0] == 2
    assert len(list(cache.iterdir())) == 2
