"""Ten thousand damaged price documents, TOML and JSON: read or refused with a PlannerError, never anything else."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from planner.documents import Frozen, from_json, from_toml, to_json
from planner.errors import PlannerError
from planner.prices.card_checks import card_doubts
from planner.prices.freshness import profile_doubts
from planner.prices.offers import PriceProfile
from planner.prices.rate_card import RateCard
from planner.prices.tariffs import energy_choices
from tests.support.rate_cards import as_toml, every_offer, plain_card, token

SEED = 20261125
CHUNKS = 20
IN_A_CHUNK = 500
ON, END = date(2026, 11, 25), date(2029, 11, 25)
Place = tuple[str | int, ...]

ODD: tuple[Any, ...] = (
    *(True, False, 0, 1, -1, 0.5, 700, 9999, 1e308, -1e308, 5e-324, 10**30, 2**63),
    *(
        "",
        "x",
        "0",
        "-3",
        "700",
        "9999",
        "NaN",
        "-Infinity",
        "sNaN",
        "1e999999999",
        "1e-999999999",
        "0x10",
        "1_000",
        "٣",
    ),
    *("2026-13-40", "2026-02-29", "0000-00-00", "9999-12-31", "0001-01-01", "2026-01-01T00:00:00Z", "24:00", "EUR"),
    *("\u202e", "\u0000", "a\nb", "\ufeff", "💶" * 40, "a" * 5000, "/" * 200, "../../x"),
    *([], {}, [[]], [{}], {"a": {"b": []}}, {"kind": "token"}, [1, "2", 3.0]),
)
OTHER_WORDS = ("kind", "sku", "usd", "offers", "région", "prices ", "USD_PER_H", "misspelled")


def profile() -> dict[str, Any]:
    """A price profile with a quote of each kind and a history."""
    quoted = {
        "sku": "acme/mini",
        "author": "Ada",
        "date": "2026-01-10",
        "reason": "contract",
        "valid_until": "2026-06-01",
    }
    return {
        "format": "edgewise.price-profile",
        "version": 2,
        "profile_id": "acme",
        "title": "Acme",
        "data_source": "a list",
        "data_as_of": "2026-11-10",
        "offers": [token(), token(sku="acme/maxi")],
        "quotes": [
            quoted | {"price": token()["prices"][0]},
            quoted | {"sku": "h100x8", "usd_per_h": "18", "option": "on_demand"},
            quoted | {"sku": "units", "usd_per_unit_month": "200"},
        ],
        "replaced": [{"replaced_on": "2026-10-01", "by": "import of a.json", "offer": token()}],
    }


def places(node: Any, at: Place = ()) -> Iterator[Place]:
    if at:
        yield at
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in parts:
        yield from places(value, (*at, key))


def nested(depth: int) -> Any:
    inner: Any = "0.40"
    for level in range(depth):
        inner = [inner] if level % 2 else {"a": inner}
    return inner


def damage(document: Any, everywhere: list[Place], chance: random.Random) -> None:
    """One thing wrong somewhere: gone, of another kind, huge, misspelled, twice, swapped with another, or deep."""
    at = chance.choice(everywhere)
    parent = document
    try:
        for key in at[:-1]:
            parent = parent[key]
        value = parent[at[-1]]
    except (KeyError, IndexError, TypeError):  # an earlier damage took it away
        return
    if not isinstance(parent, (dict, list)):
        return
    match chance.randrange(8):
        case 0:
            del parent[at[-1]]
        case 1 if isinstance(parent, dict):
            parent[chance.choice(OTHER_WORDS)] = parent.pop(at[-1])
        case 2 if isinstance(value, (int, float)) and not isinstance(value, bool):
            parent[at[-1]] = value * chance.choice((-1, 0, 10**6, 10**30, 1e-30))
        case 3 if isinstance(value, list):
            parent[at[-1]] = value * 2
        case 4 if isinstance(parent, dict) and len(parent) > 1:
            other = chance.choice(list(parent))
            parent[at[-1]], parent[other] = parent[other], value
        case 5:
            parent[at[-1]] = nested(chance.choice((2, 20, 70, 90)))
        case 6 if isinstance(value, str):
            parent[at[-1]] = value + chance.choice((" ", "0", "e9", "é", "\u00a0", "-"))
        case _:
            parent[at[-1]] = copy.deepcopy(chance.choice(ODD))


def scrawl(text: str, chance: random.Random) -> str:
    """Damage to the text itself: cut off, a piece gone or doubled, a character too many, a line written twice."""
    at, length = chance.randrange(len(text)), chance.randrange(1, 60)
    match chance.randrange(6):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + text[at + length :]
        case 2:
            return text[:at] + text[at : at + length] + text[at:]
        case 3:
            return text[:at] + chance.choice('{}[]",:=#\\\x00\x1b\n\u2028é9.-e') + text[at:]
        case 4:
            return (
                text[:at]
                + chance.choice(("[" * 300, '{"a":' * 300, "9" * 5000, "'''", '"""', "\ud800", "[[offers]]\n"))
                + text[at:]
            )
        case _:
            line = chance.choice(text.splitlines(keepends=True))
            return text.replace(line, line * 2, 1)


# A card of each kind alone (small, so that ten thousand take seconds), one of all kinds, and a price profile.
DOCUMENTS: tuple[tuple[type[Frozen], dict[str, Any]], ...] = (
    *((RateCard, plain_card(offer)) for offer in every_offer()),
    (RateCard, plain_card()),
    (PriceProfile, profile()),
)
EVERYWHERE = [list(places(plain)) for _, plain in DOCUMENTS]
SOUND = [json.dumps(plain) for _, plain in DOCUMENTS]  # parsing a copy is quicker than making one
TOML_SHARE = 0.3  # it is slow to parse


def damaged(chance: random.Random) -> tuple[type[Frozen], str, bytes]:
    """A kind of document, its ending, and its bytes with one to three things wrong."""
    which = chance.randrange(len(DOCUMENTS))
    kind, plain = DOCUMENTS[which][0], json.loads(SOUND[which])
    in_text = chance.random() < 0.3
    for _ in range(0 if in_text else chance.choice((1, 1, 2, 3))):
        damage(plain, EVERYWHERE[which], chance)
    is_toml = chance.random() < TOML_SHARE
    text = as_toml(plain) if is_toml else json.dumps(plain, ensure_ascii=chance.random() < 0.5)
    if in_text:
        text = scrawl(text, chance)
    return kind, "toml" if is_toml else "json", text.encode("utf-8", errors="surrogatepass")


def read_and_use(kind: type[Frozen], ending: str, data: bytes) -> None:
    """Read the document; what is read can be used and written without another error."""
    where = f"mutated.{ending}"
    document = from_toml(data, kind, where=where) if ending == "toml" else from_json(data, kind, where=where)
    if isinstance(document, RateCard):
        card_doubts(document, ON, END)
        energy_choices(ON, [document])
    elif isinstance(document, PriceProfile):
        list(profile_doubts(document, ON))
    written = to_json(document)
    assert from_json(written, kind, where=where) == document


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_ten_thousand_damaged_documents_are_read_or_refused(chunk: int) -> None:
    chance = random.Random(SEED + chunk)
    refusals: list[str] = []
    for _ in range(IN_A_CHUNK):
        try:
            read_and_use(*damaged(chance))
        except PlannerError as error:
            refusals.append(error.sentence)
    assert all(each.startswith(("mutated.json: ", "mutated.toml: ")) and "\n" not in each for each in refusals)
    assert IN_A_CHUNK / 2 < len(refusals) < IN_A_CHUNK  # most damage is seen, and the sound part is read


@pytest.mark.parametrize(("kind", "plain"), DOCUMENTS)
def test_undamaged_they_are_read(kind: type[Frozen], plain: dict[str, Any]) -> None:
    """Or nothing above proves anything."""
    read_and_use(kind, "json", json.dumps(plain).encode())
    read_and_use(kind, "toml", as_toml(plain).encode())
