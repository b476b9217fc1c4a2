"""`edgewise schema`: the list, a schema to stdout or to a file, and a name that does not exist."""

from __future__ import annotations

import json
from pathlib import Path

from planner.schemas import KINDS, schema_of


def test_without_a_kind_it_lists_them(edgewise) -> None:
    ended = edgewise("schema")
    assert ended.code == 0
    assert all(kind in ended.out for kind in KINDS)
    listed = json.loads(edgewise("schema", "--json").out)
    assert [each["kind"] for each in listed] == list(KINDS)
    assert {each["kind"] for each in listed if each["is_document"]} >= {"rate-card", "plan"}


def test_a_schema_goes_to_stdout_and_nothing_else(edgewise) -> None:
    ended = edgewise("schema", "rate-card")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == schema_of("rate-card")


def test_a_schema_goes_to_a_file(edgewise, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "energy.schema.json"
    ended = edgewise("schema", "energy", "--out", out)
    assert (ended.code, ended.out) == (0, "")
    assert str(out) in ended.err
    assert json.loads(out.read_text(encoding="utf-8")) == schema_of("energy")


def test_what_does_not_exist_is_refused_in_a_sentence(edgewise, tmp_path: Path) -> None:
    ended = edgewise("schema", "ratecard")
    assert ended.code == 2
    assert "Did you mean rate-card" in ended.err
    assert edgewise("schema", "--out", tmp_path / "x.json").code == 2
    assert edgewise("schema", "plan", "--out", tmp_path).code == 2
