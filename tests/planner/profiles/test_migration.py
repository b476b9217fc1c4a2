"""CONVENTION §9: older versions are migrated step by step, newer ones refused, samples of each version kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planner.documents import to_json
from planner.errors import DocumentError
from planner.profiles.files import load_profile
from planner.profiles.migration import to_current
from planner.profiles.profile import VERSION
from planner.scenario import Fleet
from planner.scenario_files import load_scenario
from tests.support.engine import scenario
from tests.support.profiles import full_profile
from tests.support.whole_profile import version_2_profile, whole_profile

SAMPLES = Path(__file__).parents[2] / "data"


def rename(document: dict[str, Any]) -> dict[str, Any]:
    document["title"] = document.pop("name")
    return document


def add_notes(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "notes": f"was {document['title']}"}


STEPS = {1: rename, 2: add_notes}


def migrated(raw: object, current: int = 3) -> dict[str, Any]:
    return to_current(raw, where="old.json", document_format="x", current=current, steps=STEPS)


def test_each_step_is_taken_in_order() -> None:
    raw = {"format": "x", "version": 1, "name": "Old"}
    assert migrated(raw) == {"format": "x", "version": 3, "title": "Old", "notes": "was Old"}
    assert raw == {"format": "x", "version": 1, "name": "Old"}  # the input is left alone


def test_a_current_document_passes_as_it_is() -> None:
    assert migrated({"format": "x", "version": 3, "title": "New"}) == {"format": "x", "version": 3, "title": "New"}


def test_a_newer_version_is_refused_with_what_to_do() -> None:
    with pytest.raises(DocumentError) as refusal:
        migrated({"format": "x", "version": 4})
    assert "newer release" in refusal.value.sentence
    assert "old.json" in refusal.value.sentence
    assert "Update" in str(refusal.value.remedy)


def test_a_version_without_its_step_is_refused() -> None:
    with pytest.raises(DocumentError, match="can no longer be read"):
        migrated({"format": "x", "version": 3}, current=4)


@pytest.mark.parametrize("version", [0, -1, 1.0, True, "1", None])
def test_a_version_that_is_none_is_refused(version: object) -> None:
    with pytest.raises(DocumentError, match="version: expected a whole number"):
        migrated({"format": "x", "version": version})


@pytest.mark.parametrize("raw", [{"version": 1}, {"format": "edgewise.scenario", "version": 1}, [], "text", None])
def test_a_document_of_another_kind_is_refused_before_its_version_is_read(raw: object) -> None:
    with pytest.raises(DocumentError) as refusal:
        to_current(raw, where="other.json")
    assert refusal.value.where == "other.json"
    assert "device profile" in str(refusal.value.remedy)


def test_there_is_a_sample_of_every_version() -> None:
    saved = {1: full_profile(), 2: version_2_profile(), 3: whole_profile()}
    assert set(saved) == set(range(1, VERSION + 1))
    for version, profile in saved.items():
        assert load_profile(SAMPLES / f"device-profile-v{version}.json") == profile


def test_the_sample_of_the_current_version_is_spelled_as_today() -> None:
    sample = SAMPLES / f"device-profile-v{VERSION}.json"
    assert sample.read_text(encoding="utf-8") == to_json(whole_profile())


def test_what_version_1_did_not_know_is_unknown_and_not_zero() -> None:
    old = load_profile(SAMPLES / "device-profile-v1.json")
    assert old.version == VERSION
    assert (old.roofline, old.slices, old.soaks, old.contentions) == (None, (), (), ())
    for one in old.runs:
        assert (one.energy, one.nodes) == (None, ())
        for part in one.rounds:
            assert (part.is_warm, part.readings, part.energy, part.read_bandwidth_bytes_s) == (None, (), None, None)


def test_what_version_2_did_not_know_is_unknown_and_not_zero() -> None:
    owned = load_profile(SAMPLES / "device-profile-v2.json").ownership
    assert (owned.nameplate_w, owned.wall_efficiency) == (None, None)
    assert (owned.battery_price_usd, owned.battery_cycles, owned.battery_wh, owned.battery_share) == (None,) * 4


def test_a_scenario_may_hold_a_profile_of_version_1(tmp_path: Path) -> None:
    """The scenario's own version did not change with that of the profiles in it."""
    document = json.loads(to_json(scenario(fleets=(Fleet(profile=full_profile(), count=3),))))
    fleet = document["fleets"][0]
    fleet["profile"] = json.loads((SAMPLES / "device-profile-v1.json").read_text(encoding="utf-8"))
    assert fleet["profile"]["version"] == 1
    path = tmp_path / "old.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert load_scenario(path).fleets[0].profile == full_profile()


@pytest.mark.parametrize("version", [0, VERSION + 1, True, 1.5, "1", None])
def test_a_scenario_with_a_profile_of_no_known_version_is_refused(tmp_path: Path, version: object) -> None:
    document = json.loads(to_json(scenario()))
    document["fleets"][0]["profile"]["version"] = version
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DocumentError) as refusal:
        load_scenario(path)
    assert "fleets.0.profile.version" in refusal.value.sentence


def test_a_profile_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.json"
    path.write_text(
        to_json(whole_profile()).replace(f'"version": {VERSION}', f'"version": {VERSION + 1}', 1), encoding="utf-8"
    )
    with pytest.raises(DocumentError, match="newer release"):
        load_profile(path)
