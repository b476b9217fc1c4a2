"""The exported JSON Schemas: strict, money as decimal strings, and every bundled document fits its own."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.documents import to_json
from planner.errors import UnknownNameError
from planner.planning import SavedPlan, plan
from planner.prices.managed import price_profile
from planner.prices.rate_cards import CARDS
from planner.profiles.catalog import reference_profiles
from planner.samples.catalog import sample
from planner.schemas import DIALECT, DOCUMENTS, KINDS, MONEY_PATTERN, OFFERS, schema_of
from planner.service.hosted.refit import refit
from planner.workload.presets import preset
from tests.support.json_schema import CHECKS, complaints
from tests.support.rate_cards import as_toml, every_offer, plain_card
from tests.support.served_sweeps import FP16, LLAMA, MADE_UP, measured

BUNDLED = sorted(CARDS.glob("*.toml"))


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for each in schema.values():
            yield from nodes(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from nodes(each)


def test_there_is_a_schema_for_every_document_and_every_kind_of_offer() -> None:
    documents = {"rate-card", "price-profile", "scenario", "workload", "device-profile", "served-constants", "plan"}
    assert set(DOCUMENTS) == documents
    kinds = {each["kind"] for each in every_offer()}
    assert set(OFFERS) == kinds
    assert len(kinds) == 8


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_strict_and_names_itself(kind: str) -> None:
    schema = schema_of(kind)
    assert schema["$schema"] == DIALECT
    assert schema["$id"].startswith(f"urn:edgewise:schema:{kind}:")
    json.dumps(schema, allow_nan=False)
    objects = [each for each in nodes(schema) if each.get("type") == "object"]
    assert objects
    # A map with free keys says so by the schema of its values; every other object refuses unknown keys.
    assert all(each.get("additionalProperties") is not None for each in objects)
    assert all(each["additionalProperties"] is False for each in objects if "properties" in each)


@pytest.mark.parametrize("kind", OFFERS)
def test_an_offers_schema_fixes_its_kind(kind: str) -> None:
    assert schema_of(kind)["properties"]["kind"]["const"] == kind


def test_the_offers_of_a_rate_card_are_told_apart_by_their_kind() -> None:
    told = schema_of("rate-card")["properties"]["offers"]["items"]["discriminator"]
    assert told["propertyName"] == "kind"
    assert set(told["mapping"]) == set(OFFERS)


def test_money_is_a_decimal_string_and_a_day_a_date() -> None:
    """CONVENTION §7: no price is a JSON number."""
    definitions = schema_of("rate-card")["$defs"]
    money = [
        (name, key, each)
        for name, definition in definitions.items()
        for key, each in definition.get("properties", {}).items()
        if "usd" in key.split("_")
    ]
    assert len(money) > 20
    for name, key, each in money:
        allowed = [option for option in each.get("anyOf", [each]) if option.get("type") != "null"]
        assert [option.get("pattern") for option in allowed] == [MONEY_PATTERN], f"{name}.{key}"
    day = definitions["Provenance"]["properties"]["retrieved"]
    assert (day["type"], day["format"]) == ("string", "date")


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_every_bundled_card_fits_the_exported_schema(path: Path) -> None:
    assert complaints(tomllib.loads(path.read_text(encoding="utf-8")), schema_of("rate-card")) == []


def test_an_offer_of_every_kind_fits_its_own_schema_and_the_cards() -> None:
    assert complaints(tomllib.loads(as_toml(plain_card())), schema_of("rate-card")) == []
    for each in every_offer():
        assert complaints(each, schema_of(each["kind"])) == []


def test_what_the_program_writes_fits_the_schema() -> None:
    scenario = sample("office-assistant")
    saved = SavedPlan(scenario=scenario, plan=plan(scenario))
    written = {
        "price-profile": price_profile(),
        "scenario": scenario,
        "workload": preset("office-assistant"),
        "device-profile": reference_profiles()[0],
        "served-constants": refit(measured(), LLAMA, FP16, **MADE_UP),
        "plan": saved,
    }
    for kind, document in written.items():
        assert complaints(json.loads(to_json(document)), schema_of(kind)) == [], kind


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"colour": "red"}, "unknown key"),
        ({"currency": "EUR"}, "is not USD"),
        ({"version": 2}, "is not 1"),
        ({"offers": []}, "fewer entries"),
        ({"profile_id": "Acme Cloud"}, "does not match"),
        ({"provenance": {"source": "x", "retrieved": "2026-13-40"}}, "is no date"),
        ({"offers": [every_offer()[4] | {"prices": [{"usd_per_1000": 14}]}]}, "fits 0 of 8 kinds"),
    ],
)
def test_the_schema_refuses_what_the_program_refuses(change: dict[str, Any], complaint: str) -> None:
    """The validator of these tests is no rubber stamp."""
    found = complaints(plain_card(**change), schema_of("rate-card"))
    assert any(complaint in each for each in found), found


def test_the_validator_knows_every_keyword_our_schemas_use() -> None:
    """It raises KeyError for others; `complaints` over all kinds above would then fail, not pass."""
    with pytest.raises(KeyError):
        complaints({}, {"unevaluatedProperties": False})
    assert "oneOf" in CHECKS


def test_an_unknown_kind_is_refused_with_the_names_near_it() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean rate-card"):
        schema_of("rate_cards")
    with pytest.raises(UnknownNameError, match="There are: rate-card, price-profile"):
        schema_of("x")
