"""Doubts about a rate card (prices.md §3): each fires on its case and only there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planner.prices.card_checks import card_doubts, prices_of, spread_doubts
from tests.support import rate_cards as raw
from tests.support.rate_cards import card, read

ON = date(2026, 11, 25)  # fifteen days after the card was read
END = date(2029, 11, 25)
INTRO = {"introductory": True, "effective_from": "2026-01-01", "effective_to": "2027-01-01"}


def kinds(*offers: dict[str, Any], on: date = ON, end: date | None = END, **changes: Any) -> list[str]:
    return [doubt.kind for doubt in card_doubts(card(*offers, **changes), on, end)]


def test_a_sound_card_is_not_doubted() -> None:
    assert kinds(raw.token(), raw.instance(), raw.provisioned(), raw.egress(), raw.energy(), raw.edge_device()) == []


CASES: dict[str, list[dict[str, Any]]] = {
    "EstimatedPrice": [raw.request({"usd_per_1000": "1", "provenance": read("estimate")})],
    "SecondarySource": [raw.request({"usd_per_1000": "1", "provenance": read("secondary")})],
    "StalePrices": [raw.request({"usd_per_1000": "1", "provenance": read(retrieved="2026-09-25")})],
    "RegionalSpread": [raw.instance(raw.on_demand("10")), raw.instance(raw.on_demand("16.01"), region="south")],
    "IntroductoryEnds": [raw.request({"usd_per_1000": "1"} | INTRO)],
    "NoOnDemandPrice": [raw.instance(raw.spot())],
    "ZeroPrice": [raw.request({"usd_per_1000": "0"})],
}


@pytest.mark.parametrize("kind", CASES)
def test_each_doubt_fires_on_its_case_alone(kind: str) -> None:
    (doubt,) = card_doubts(card(*CASES[kind]), ON, END)
    assert doubt.kind == kind
    assert doubt.sentence.endswith(".")
    assert doubt.advice
    assert any(offer["sku"] in doubt.sentence + doubt.subject for offer in CASES[kind])


NEAR_MISSES: dict[str, list[dict[str, Any]]] = {
    "exactly 60 days old": [raw.request({"usd_per_1000": "1", "provenance": read(retrieved="2026-09-26")})],
    "1.6 times as dear": [raw.instance(raw.on_demand("10")), raw.instance(raw.on_demand("16"), region="south")],
    "dear, but another machine": [raw.instance(raw.on_demand("10")), raw.instance(raw.on_demand("90"), sku="other")],
    "introductory, ends with the horizon": [raw.request({"usd_per_1000": "1"} | INTRO | {"effective_to": str(END)})],
    "dated, but no introduction": [raw.request({"usd_per_1000": "1", "effective_to": "2027-01-01"})],
    "an estimate that no longer holds": [
        raw.request(
            {"usd_per_1000": "0", "provenance": read("estimate", "2020-01-01"), "effective_to": "2026-01-01"},
            {"usd_per_1000": "1", "effective_from": "2026-01-01"},
        )
    ],
    "zero on purpose": [raw.egress({"free": True, "tiers": [{"usd_per_gb": "0"}]})],
    "a free model": [
        raw.token(prices=[{"free": True, "rates": {"input_usd_per_mtok": "0", "output_usd_per_mtok": "0"}}])
    ],
    "no price, with its reason": [
        raw.provisioned({"term_months": 12, "reason": "on request", "provenance": read("estimate")})
    ],
    "a region dearer as spot only": [
        raw.instance(raw.on_demand("10"), raw.spot("2")),
        raw.instance(raw.on_demand("10"), raw.spot("9"), region="south"),
    ],
}


@pytest.mark.parametrize("case", NEAR_MISSES)
def test_and_not_on_its_neighbour(case: str) -> None:
    assert kinds(*NEAR_MISSES[case]) == []


def test_without_a_horizon_no_introduction_is_doubted() -> None:
    assert kinds(*CASES["IntroductoryEnds"], end=None) == []


def test_an_introduction_says_what_follows() -> None:
    """Google's Gemini 3.8 Flash doubles at the turn of 2026."""
    rows = [
        {"usd_per_1000": "0.75"} | INTRO,
        {"usd_per_1000": "1.50", "effective_from": "2027-01-01"},
    ]
    (known,) = card_doubts(card(raw.request(*rows)), ON, END)
    assert "costs up to 2 times as much" in known.sentence
    (unknown,) = card_doubts(card(raw.request(rows[0])), ON, END)
    assert "no price is known after it" in unknown.sentence
    standard, batch = (
        {"variant": variant, "rates": {"input_usd_per_mtok": price, "output_usd_per_mtok": price}}
        for variant, price in (("standard", "3"), ("batch", "1"))
    )
    prices = [batch | INTRO, standard, batch | {"effective_from": "2027-01-01"}]
    (same,) = card_doubts(card(raw.token(prices=prices)), ON, END)
    assert "costs up to 1 times as much" in same.sentence  # batch is followed by batch, not by standard


def test_on_demand_without_a_public_price_is_missing() -> None:
    unpriced = {"option": "on_demand", "reason": "on request"}
    assert kinds(raw.instance(unpriced, raw.spot())) == ["NoOnDemandPrice"]
    ended = raw.on_demand(effective_to="2026-06-01")
    assert kinds(raw.instance(ended, raw.spot())) == ["NoOnDemandPrice"]


def test_one_doubt_names_all_it_concerns() -> None:
    copies = [raw.request({"usd_per_1000": "1", "provenance": read("secondary")}, sku=f"fee-{n}") for n in range(5)]
    (doubt,) = card_doubts(card(*copies), ON, END)
    assert "fee-0, fee-1, fee-2 and 2 more" in doubt.sentence


def test_regions_of_one_service_are_compared_over_its_cards() -> None:
    north = card(raw.instance(raw.on_demand("10")), profile_id="acme-north")
    south = card(raw.instance(raw.on_demand("30"), region="south"), profile_id="acme-south")
    (doubt,) = spread_doubts([north, south], ON)
    assert (doubt.kind, doubt.subject) == ("RegionalSpread", "h100x8")
    assert "3 times as much in south as in north" in doubt.sentence
    other = south.model_copy(update={"vendor": south.vendor.model_copy(update={"service": "Other"})})
    assert list(spread_doubts([north, other], ON)) == []


def test_prices_are_found_in_rows_of_every_kind() -> None:
    found = {
        offer.kind: [len(prices_of(row)) for row in offer.prices] for offer in card().offers if offer.sku != "host-96"
    }
    assert found == {
        "token": [4],
        "instance": [1, 1, 1],
        "provisioned": [1],
        "request": [1],
        "egress": [2],
        "storage": [1],
        "energy": [1],
        "edge_device": [1],
    }
