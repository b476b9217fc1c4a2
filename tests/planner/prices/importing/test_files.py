"""Which format a file has; our own documents come back as they went; hostile files give refusals and nothing else."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from planner.documents import save_document, to_json
from planner.errors import DocumentError, PlannerError, PriceError
from planner.prices.importing.files import FileFormat, read_prices
from planner.prices.importing.foreign import MOST_DIGITS, amount, foreign_json
from planner.prices.managed import price_profile
from planner.prices.rate_cards import rate_card
from tests.support.scenarios import prices

FOLDER = Path(__file__).parents[3] / "data" / "prices"
FILES = ("litellm.json", "genai-data.json", "skypilot-nebius.csv", "skypilot-google.csv", "skypilot-odd.csv")
MUTATIONS = 200


def test_our_own_profile_comes_back_whole(tmp_path: Path) -> None:
    profile = price_profile()
    save_document(tmp_path / "p.json", profile)
    read = read_prices(tmp_path / "p.json")
    assert read.report.file_format == FileFormat.OWN.value
    assert read.offers == profile.offers
    assert read.report.as_of == profile.data_as_of
    assert read.tells_history


def test_our_own_card_comes_back_whole(tmp_path: Path) -> None:
    card = rate_card("nebius")
    save_document(tmp_path / "c.json", card)
    read = read_prices(tmp_path / "c.json")
    assert read.card == card
    assert read.offers == card.offers
    assert "SecondarySource" in {doubt.kind for doubt in read.report.warnings}


def test_a_wrong_document_of_ours_is_refused_whole_naming_the_place(tmp_path: Path) -> None:
    raw = json.loads(to_json(prices()))
    raw["offers"][0]["prices"][0]["rates"]["input_usd_per_mtok"] = 0.4
    path = tmp_path / "p.json"
    path.write_text(json.dumps(raw))
    with pytest.raises(DocumentError, match=r"offers\.0.*input_usd_per_mtok"):
        read_prices(path)
    path.write_text(json.dumps({"format": "edgewise.scenario"}))
    with pytest.raises(DocumentError, match=r"neither edgewise\.price-profile"):
        read_prices(path)


def test_the_day_of_foreign_data_is_the_files_own_unless_stated() -> None:
    path = FOLDER / "litellm.json"
    own = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()
    assert read_prices(path).report.as_of == own
    assert read_prices(path, as_of=date(2026, 1, 2)).report.as_of == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("[]", "no price format"),
        ("{}", "no price format"),
        ("3", "no price format"),
        ('{"a": {"litellm_provider": "x"}', "not valid JSON"),
        ('{"a": {"litellm_provider": "x", "input_cost_per_token": NaN}}', "not valid JSON"),
        ('{"a": {}, "a": {}}', "stands twice"),
        ("[" * 100_000, "not valid JSON"),
        ('{"a":' * 200 + "1" + "}" * 200, "nested too deeply"),
    ],
)
def test_what_is_no_price_file_is_refused(tmp_path: Path, words: str, why: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(words)
    with pytest.raises(DocumentError, match=why):
        read_prices(path)


def test_a_named_format_is_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="lists no providers"):
        read_prices(FOLDER / "litellm.json", file_format=FileFormat.GENAI_PRICES)
    with pytest.raises(DocumentError, match="an object of models"):
        read_prices(FOLDER / "genai-data.json", file_format=FileFormat.LITELLM)
    with pytest.raises(DocumentError, match="no such file"):
        read_prices(tmp_path / "nowhere.json")


def test_nothing_of_that_name_is_an_error_and_no_empty_import() -> None:
    with pytest.raises(PriceError, match="nothing in it is called nobody/"):
        read_prices(FOLDER / "litellm.json", only=("nobody/",))


@pytest.mark.parametrize("number", ["1e999999999", "-0.1", "9" * (MOST_DIGITS + 1), "1e-400"])
def test_numbers_beyond_reason_are_refused(number: str) -> None:
    value = foreign_json(f"[{number}]".encode(), where="x")[0]
    with pytest.raises(ValueError, match="price"):
        amount(value)


@pytest.mark.parametrize("name", FILES)
def test_mutated_files_give_offers_or_refusals_and_never_an_accident(tmp_path: Path, name: str) -> None:
    """Bytes flipped, cut and doubled, and values replaced by hostile ones: only PlannerErrors."""
    good = (FOLDER / name).read_bytes()
    path = tmp_path / name
    accepted = refused = 0
    for seed in range(MUTATIONS):
        path.write_bytes(mutated(good, random.Random(seed)))
        with contextlib.suppress(PlannerError):
            read = read_prices(path, as_of=date(2026, 11, 20))
            accepted += read.report.accepted
            refused += len(read.report.refused)
            assert all(each.reason for each in read.report.refused)
    assert accepted > 0
    assert refused > 0


@pytest.mark.parametrize("name", ["litellm.json", "genai-data.json"])
def test_values_of_any_shape_in_any_place(tmp_path: Path, name: str) -> None:
    good = (FOLDER / name).read_text()
    path = tmp_path / name
    for seed in range(MUTATIONS):
        raw = json.loads(good)
        chance = random.Random(seed)
        for _ in range(chance.randint(1, 4)):
            replace_somewhere(raw, chance)
        path.write_text(json.dumps(raw))
        with contextlib.suppress(PlannerError):
            read_prices(path, as_of=date(2026, 11, 20))


HOSTILE: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, 1e-300, "", "NaN", "1e5", "\x00", "2026-13-01", "25:00", [], {}, [[]], {"base": 1},
    {"base": 1, "tiers": [{"start": -5, "price": 1}]}, {"base": 1, "tiers": [{"start": 10**40, "price": 1}]},
    {"start_date": "0001-01-01"}, {"start_date": "9999-12-31"}, {"start_time": "00:00", "end_time": "00:00"},
    {"when": {}}, [{"range": [5], "input_cost_per_token": 1}], "a b", "/" * 50,
)  # fmt: skip


def replace_somewhere(raw: Any, chance: random.Random) -> None:
    while isinstance(raw, (dict, list)) and raw:
        key = chance.choice(sorted(raw)) if isinstance(raw, dict) else chance.randrange(len(raw))
        if chance.random() < 0.3 or not isinstance(raw[key], (dict, list)) or not raw[key]:
            raw[key] = copy.deepcopy(chance.choice(HOSTILE))
            return
        raw = raw[key]


def mutated(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(found))
        match chance.randrange(4):
            case 0:
                found[place] = chance.randrange(256)
            case 1:
                found[place : place + chance.randint(1, 40)] = b""
            case 2:
                found[place:place] = found[place : place + chance.randint(1, 60)]
            case _:
                found[place:place] = chance.choice([b"-", b"e9", b"0", b'"', b",", b"\n", b"\x00", b"700", b"null"])
        if not found:
            break
    return bytes(found)
