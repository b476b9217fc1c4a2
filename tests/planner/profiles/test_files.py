"""Device profiles on disk: the same bytes again, one complaint with file and place, nothing lost by a bad write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from planner.documents import to_json
from planner.errors import DocumentError, WriteError
from planner.profiles.files import load_profile, parse_profile, save_profile
from tests.support.profiles import profile
from tests.support.whole_profile import whole_profile


def test_saved_and_loaded_is_the_same_value_and_the_same_bytes(tmp_path: Path) -> None:
    path, again = tmp_path / "device.json", tmp_path / "again.json"
    save_profile(path, whole_profile())
    loaded = load_profile(path)
    assert loaded == whole_profile()
    save_profile(again, loaded)
    assert again.read_bytes() == path.read_bytes()


def test_saving_keeps_what_stood_there_as_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "device.json"
    save_profile(path, profile(title="First"))
    save_profile(path, profile(title="Second"))
    assert load_profile(path).title == "Second"
    assert load_profile(tmp_path / "device.json.bak1").title == "First"


def test_authored_toml_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "device.toml"
    reasons = '{ reason = "not asked" }'
    groups = {
        "facts": ("machine", "os", "kernel", "virtualised", "hypervisor"),
        "facts.cpu": (
            *("model", "vendor", "architecture", "physical_cores", "logical_cores"),
            *("usable_cores", "max_mhz", "instruction_sets", "caches"),
        ),
        "facts.memory": ("total_bytes", "available_bytes", "limit_bytes", "swap_bytes", "read_bandwidth_bytes_s"),
        "facts.power": ("source", "battery_percent", "battery_wh", "mode"),
    }
    lines = ['format = "edgewise.device-profile"', "version = 1", 'profile_id = "bare"', 'title = "Bare"']
    for group, names in groups.items():
        lines.append(f"[{group}]")
        lines += [f"{name} = {reasons}" for name in names]
        if group == "facts":
            lines += ["probed_at = 2026-11-23T00:00:00Z", "accelerators = []", "execution_providers = []"]
    path.write_text("\n".join(lines), encoding="utf-8")
    loaded = load_profile(path)
    assert loaded.title == "Bare"
    assert loaded.facts.cpu.model.value is None
    assert loaded.facts.cpu.model.reason == "not asked"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"title": "Testbook 14"', '"title": "Testbook 14", "colour": "grey"', "colour: unknown key"),
        ('"price_usd": "1299.00"', '"price_usd": 1299.5', "ownership.price_usd"),
        ('"life_years": 4.0', '"life_years": -4.0', "ownership.life_years"),
        ('"life_years": 4.0', '"life_years": NaN', "NaN"),
        ('"unit": "W"', '"unit": "horses"', "ownership.idle_w.unit"),
        ('"basis": "published"', '"basis": "measured"', "measured"),
        ('"threads": 1,', '"threads": 0,', "roofline.points.0.threads"),
        ('"unit": "FLOP/s"', '"unit": "B/s"', "FLOP/s"),
        ('"layers": 2,', '"layers": 16,', "slices.0"),
        ('"planned_s": 600.0', '"planned_s": -600.0', "soaks.0.planned_s"),
        ('"kind": "foreground"', '"kind": "somebody"', "contentions.0.turns"),
        ('"is_warm": true', '"is_warm": "yes"', "is_warm"),
        ('"idle_reason": ""', '"idle_reason": "", "idle_w": 3.0', "energy.idle_w: unknown key"),
        ('"profile_id": "testbook-14"', '"profile_id": "Testbook 14"', "profile_id"),
    ],
)
def test_a_wrong_value_is_refused_with_file_and_place(old: str, new: str, complaint: str) -> None:
    text = to_json(whole_profile())
    assert old in text
    with pytest.raises(DocumentError) as refusal:
        parse_profile(text.replace(old, new).encode(), where="my-device.json")
    assert refusal.value.where == "my-device.json"
    assert complaint in refusal.value.sentence
    assert refusal.value.remedy


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"\xff\xfe", b'{"format": "edgewise.device-profile"}'])
def test_what_is_no_profile_is_refused_without_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "device.json"
    path.write_bytes(content)
    with pytest.raises(DocumentError) as refusal:
        load_profile(path)
    assert str(path) in refusal.value.sentence
    assert refusal.value.remedy


def test_malformed_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "device.toml"
    path.write_text("title = ", encoding="utf-8")
    with pytest.raises(DocumentError, match="not valid TOML"):
        load_profile(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no such file"):
        load_profile(tmp_path / "absent.json")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(WriteError):
            save_profile(tmp_path / "device.json", profile())
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(WriteError) as refusal:
        save_profile(tmp_path / "taken" / "device.json", profile())
    assert refusal.value.remedy
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "a file"
