"""Workload files: what is written is read back the same, in both spellings."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.documents import from_plain
from planner.errors import DocumentError, WriteError
from planner.workload.files import load_workload, save_workload, workload_to_toml
from planner.workload.presets import preset
from planner.workload.task_classes import VERSION, Acceptance, QualityFloor, Slo, TaskClass, Workload
from planner.workload.week import Week

DAY = date(2026, 11, 25)

# Anything a person may type, surrogates left out: a file cannot hold those.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize("ending", [".toml", ".json", ".TOML"])
def test_round_trip(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"workload{ending}"
    save_workload(path, preset("office-assistant"))
    assert load_workload(path) == preset("office-assistant")


def test_a_workload_of_version_1_is_read_and_knows_no_repeats() -> None:
    """CONVENTION §9: one sample of each old version stays."""
    old = load_workload(Path(__file__).parents[2] / "data" / "workload-v1.json")
    assert old.version == VERSION
    assert len(old.task_classes) == 11
    for each in old.task_classes:
        assert (each.retry_share, each.escalation_share, each.escalates_to) == (None, None, None)
        assert (each.review_share, each.judge, each.residency) == (None, None, ())
        assert each.runs_per_day == each.requests_per_day


def test_a_workload_of_version_2_is_read_and_knows_no_week() -> None:
    """CONVENTION §9: one sample of each old version stays."""
    old = load_workload(Path(__file__).parents[2] / "data" / "workload-v2.json")
    assert (old.version, old.week) == (VERSION, None)
    assert old.task_classes[0].retry_share is not None
    assert all((each.week, each.defer_h) == (None, None) for each in old.task_classes)


@pytest.mark.parametrize("ending", [".toml", ".json"])
def test_a_week_is_kept_to_the_last_digit(tmp_path: Path, ending: str) -> None:
    week = Week(weights=tuple(hour / 7 for hour in range(168)), basis=Basis.MEASURED, source="a log", as_of=DAY)
    office = preset("office-assistant")
    own = office.task_classes[0].model_copy(update={"week": week, "defer_h": 12.5})
    told = office.model_copy(update={"week": week, "task_classes": (own, *office.task_classes[1:])})
    path = tmp_path / f"workload{ending}"
    save_workload(path, told)
    assert load_workload(path) == told


@pytest.mark.parametrize("version", [0, VERSION + 1, True, 1.5, "1", None])
def test_a_workload_of_no_known_version_is_refused(tmp_path: Path, version: object) -> None:
    path = tmp_path / "odd.json"
    save_workload(path, preset("office-assistant"))
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "version": version}), encoding="utf-8")
    with pytest.raises(DocumentError, match="version"):
        load_workload(path)


def test_saving_again_writes_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "workload.toml"
    save_workload(path, preset("office-assistant"))
    first = path.read_bytes()
    save_workload(path, load_workload(path))
    assert path.read_bytes() == first


@given(
    title=TEXT,
    notes=TEXT,
    source=TEXT,
    money=st.decimals(min_value=0, max_value=10**6, places=6),
    numbers=st.tuples(st.floats(min_value=0, max_value=1e9), st.floats(min_value=0, max_value=1)),
)
def test_toml_keeps_every_text_and_number(
    title: str, notes: str, source: str, money: Decimal, numbers: tuple[float, float]
) -> None:
    rate, share = numbers
    workload = Workload(
        workload_id="mine",
        title=title,
        seats=3,
        active_days_per_month=20.5,
        active_hours_per_day=8,
        peak_to_mean=Quantity(
            value=2.0, unit="count", basis=Basis.ASSUMED, source=source or "-", as_of=date(2026, 11, 23)
        ),
        task_classes=(
            TaskClass(
                name="a",
                title=title,
                requests_per_day=rate,
                input_tokens=1,
                output_tokens=2,
                cached_share=share,
                slo=Slo(),
                needs_offline=True,
                quality_floors=(QualityFloor(scale="mmlu", minimum=1.0),),
                failure_usd=money,
                acceptances=(Acceptance(model="m", weight_format="int4", accepted=1, of=2, source=source),),
                notes=notes,
            ),
            TaskClass(name="b", title=notes, requests_per_day=0, input_tokens=1, output_tokens=1),
        ),
        notes=notes,
    )
    text = workload_to_toml(workload)
    assert from_plain(tomllib.loads(text), Workload, where="written") == workload


def test_other_endings_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(WriteError) as refused:
        save_workload(tmp_path / "workload.yaml", preset("office-assistant"))
    assert ".toml" in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_misspelled_field_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "workload.toml"
    path.write_text(workload_to_toml(preset("office-assistant")).replace("cached_share", "cache_share", 1))
    with pytest.raises(DocumentError) as refused:
        load_workload(path)
    assert "cache_share" in str(refused.value)
    assert str(path) in str(refused.value)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError):
        load_workload(tmp_path / "none.toml")


def test_two_classes_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "workload.toml"
    path.write_text(workload_to_toml(preset("office-assistant")).replace('"chat"', '"mail-summary"', 1))
    with pytest.raises(DocumentError, match="same name"):
        load_workload(path)
