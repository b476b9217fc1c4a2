"""Documents on disk: strict, capped, canonical, atomic (CONVENTION §2, §9)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import documents
from planner.documents import Frozen, Money, from_json, from_toml, read_document, save_document, save_text, to_json
from planner.errors import DocumentError, WriteError
from planner.placement.plan import SavedPlan
from planner.scenario import Scenario


class Page(Frozen):
    name: str
    price: Money
    when: date | None = None
    rates: tuple[float, ...] = ()


PAGE = Page(name="größer", price=Decimal("0.40"), when=date(2026, 11, 23), rates=(0.1, 2.0))


def test_saved_and_reopened_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    save_document(path, PAGE)
    again = read_document(path, Page)
    assert again == PAGE
    assert to_json(again).encode() == path.read_bytes()


@given(price=st.decimals(allow_nan=False, allow_infinity=False), rate=st.floats(allow_nan=False, allow_infinity=False))
def test_every_decimal_and_float_survives(price: Decimal, rate: float) -> None:
    page = Page(name="x", price=price, rates=(rate,))
    again = from_json(to_json(page), Page, where="memory")
    assert to_json(again) == to_json(page)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"name": "x", "price": 0.4}', "decimal string"),
        ('{"name": "x", "price": "NaN"}', "finite"),
        ('{"name": "x", "price": "1", "colour": "red"}', "colour: unknown key"),
        ('{"name": "x", "price": "1", "rates": [NaN]}', "NaN"),
        ('{"name": "x", "price": "1", "rates": [Infinity]}', "Infinity"),
        ('{"name": "x", "price": "1", "rates": [1e999]}', "NaN or infinite"),
        ('{"name": 3, "price": "1"}', "name"),
        ('{"name": "x"}', "price"),
        ("[1, 2", "not valid JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 200 + "]" * 200, "nested too deeply"),
        ("\xff", "not valid JSON"),
    ],
)
def test_bad_json_is_one_sentence_naming_file_and_place(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_document(path, Page)
    assert complaint in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["a\\nb", "a\\u2028b", "a\\u001b[31mb", "a\\r\\nb", "a\\u0000b"])
def test_a_complaint_stays_on_one_line_whatever_the_key(key: str) -> None:
    with pytest.raises(DocumentError) as caught:
        from_json(f'{{"name": "x", "price": "1", "{key}": 1}}', Page, where="t")
    assert str(caught.value).isprintable()


def test_toml_is_read_as_strictly() -> None:
    assert from_toml(b'name = "x"\nprice = "1"\nwhen = 2026-11-23', Page, where="t").when == date(2026, 11, 23)
    for bad in (b"name = ", b'name = "x"\nprice = 1.0', b'name = "x"\nprice = "1"\nrates = [nan]', b"\xff"):
        with pytest.raises(DocumentError):
            from_toml(bad, Page, where="t")


def test_missing_files_folders_and_giants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DocumentError, match="no such file"):
        read_document(tmp_path / "none.json", Page)
    with pytest.raises(DocumentError, match="folder"):
        read_document(tmp_path, Page)
    giant = tmp_path / "giant.json"
    giant.write_bytes(b" " * 100)
    with pytest.raises(DocumentError, match="larger than"):
        documents.read_bytes_capped(giant, limit_bytes=99)


def test_backups_rotate_and_the_newest_is_bak1(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    for number in range(6):
        save_document(path, Page(name=str(number), price=Decimal(number)))
    names = [json.loads((tmp_path / f"page.json.bak{n}").read_text())["name"] for n in (1, 2, 3)]
    assert names == ["4", "3", "2"]
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "page.json",
        "page.json.bak1",
        "page.json.bak2",
        "page.json.bak3",
    ]


def test_a_failed_save_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    save_document(path, PAGE)
    before = path.read_bytes()

    def fail(temporary: Path) -> None:
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(WriteError, match="No space left on device"):
        documents.save_with(path, fail)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["page.json"]


def test_an_unwritable_place_is_a_write_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WriteError, match="cannot be written"):
        save_text(tmp_path / "file" / "below.json", "{}")


def test_a_document_of_another_format_says_what_it_is_and_what_is_wanted() -> None:
    for kind, wanted in ((SavedPlan, "edgewise.saved-plan"), (Scenario, "edgewise.scenario")):
        with pytest.raises(DocumentError) as refused:
            from_json('{"format": "edgewise.other", "notes": 1}', kind, where="plan.json")
        said = "plan.json: this is a document of the format 'edgewise.other'. "
        assert refused.value.sentence == f"{said}Name one of the format '{wanted}' here."
