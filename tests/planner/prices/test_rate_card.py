"""What a rate card refuses (prices.md §3): each rule on its own, with a sentence that names the place."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from planner.documents import from_plain, from_toml, to_json
from planner.errors import DocumentError
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.rate_card import RateCard
from tests.support import rate_cards as raw
from tests.support.rate_cards import as_toml, card, plain_card

OVERLAP = "hold on the same day"


def test_an_offer_of_every_kind_is_read_from_toml_and_json_alike() -> None:
    from_authored = from_toml(as_toml(plain_card()).encode(), RateCard, where="card.toml")
    assert from_authored == card()
    assert len({offer.kind for offer in from_authored.offers}) == 8
    again = from_plain(json.loads(to_json(from_authored)), RateCard, where="card.json")
    assert to_json(again) == to_json(from_authored)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("negative price", raw.request({"usd_per_1000": "-1"}), "between"),
    ("infinite price", raw.request({"usd_per_1000": "Infinity"}), "finite"),
    ("not a number", raw.request({"usd_per_1000": "NaN"}), "finite"),
    ("float money", raw.request({"usd_per_1000": 14.0}), "decimal string"),
    ("integer money", raw.request({"usd_per_1000": 14}), "decimal string"),
    ("beyond all money", raw.edge_device({"usd": "1e13"}), "between"),
    ("overlapping days", raw.request({"usd_per_1000": "1"}, {"usd_per_1000": "2"}), OVERLAP),
    (
        "overlapping days of one term",
        raw.provisioned({"term_months": 1, "usd_per_unit_month": "1"}, {"term_months": 1.0, "usd_per_unit_h": "1"}),
        OVERLAP,
    ),
    ("overlapping tariffs", raw.energy(raw.tariff(), raw.tariff()), OVERLAP),
    ("overlapping on demand", raw.instance(raw.on_demand(), raw.on_demand("25.00")), OVERLAP),
    ("overlapping commitments", raw.instance(raw.committed(), raw.committed("14.00")), OVERLAP),
    ("spot above on demand", raw.instance(raw.on_demand("8.00"), raw.spot("9.00")), "dearer than on demand"),
    (
        "the dearest spot above on demand",
        raw.instance(raw.on_demand("10"), raw.spot("9", usd_per_h_low="8", usd_per_h_high="11")),
        "dearer than on demand",
    ),
    ("sentinel 700", raw.instance(raw.on_demand("700")), "mark for «unknown»"),
    ("sentinel 9999 to the cent", raw.instance(raw.on_demand("9999.00")), "mark for «unknown»"),
    (
        "sentinel as an end of the range",
        raw.instance(raw.spot("9", usd_per_h_low="8", usd_per_h_high="9999")),
        "mark for «unknown»",
    ),
    ("unknown unit", raw.storage({"usd_per_gb_day": "0.10"}), "unknown key"),
    ("another unknown unit", raw.instance({"option": "on_demand", "usd_per_min": "1"}), "unknown key"),
    ("two units", raw.storage({"usd_per_mtok_h": "1", "usd_per_gb_month": "1"}), "one of them"),
    ("no unit", raw.storage({"note": "?"}), "one of them"),
    (
        "two units of one price",
        raw.provisioned({"term_months": 0, "usd_per_unit_h": "1", "usd_per_unit_month": "1"}),
        "not both",
    ),
    (
        "tiers that do not ascend",
        raw.egress(
            {
                "tiers": [
                    {"up_to_gb": 10.0, "usd_per_gb": "1"},
                    {"up_to_gb": 5.0, "usd_per_gb": "1"},
                    {"usd_per_gb": "1"},
                ]
            }
        ),
        "ascend",
    ),
    (
        "a tier inside the free part",
        raw.egress({"free_gb_per_month": 100.0, "tiers": [{"up_to_gb": 50.0, "usd_per_gb": "1"}, {"usd_per_gb": "1"}]}),
        "ascend",
    ),
    ("a last tier with an end", raw.egress({"tiers": [{"up_to_gb": 50.0, "usd_per_gb": "1"}]}), "no end"),
    ("no last tier", raw.egress({"tiers": [{"usd_per_gb": "1"}, {"usd_per_gb": "2"}]}), "no end"),
    ("an accelerator without its host", raw.instance(host_included=False), "name the host_sku"),
    ("a host that is not sold", raw.instance(host_included=False, host_sku="elsewhere"), "has no offer in 'north'"),
    ("a bare host without size", raw.bare_host(vcpus=None), "must state its vcpus"),
    ("no price and no reason", raw.instance({"option": "on_demand"}), "say why"),
    ("no unit price and no reason", raw.provisioned({"term_months": 12}), "say why"),
    ("no tariff and no reason", raw.energy() | {"prices": []}, "say why"),
    ("a commitment without terms", raw.instance({"option": "commitment", "usd_per_h": "1"}), "needs its terms"),
    (
        "terms without a commitment",
        raw.instance(raw.on_demand(commitment=raw.committed()["commitment"])),
        "needs its terms",
    ),
    ("interrupted on demand", raw.instance(raw.on_demand(interruption=raw.spot()["interruption"])), "only spot"),
    ("on demand in blocks", raw.instance(raw.on_demand(block_days=[7])), "only capacity blocks"),
    ("half a range", raw.instance(raw.spot(usd_per_h_low="8")), "both ends"),
    (
        "a range beside its price",
        raw.instance(raw.spot("9", usd_per_h_low="10", usd_per_h_high="11")),
        "contain the price",
    ),
    (
        "a range upside down",
        raw.instance({"option": "spot", "reason": "varies", "usd_per_h_low": "3", "usd_per_h_high": "2"}),
        "contain the price",
    ),
    (
        "shares upside down",
        raw.instance(raw.spot(interruption={"share_low": 0.2, "share_high": 0.1, "notice_s": 120})),
        "above share_high",
    ),
    (
        "upfront that does not match",
        raw.instance(raw.committed(commitment={"category": "Usage", "term_months": 12, "payment": "all_upfront"})),
        "does not go with",
    ),
    (
        "a price without exchange rate",
        raw.energy(raw.tariff(published={"currency": "SEK", "per_kwh": "3"})),
        "no exchange rate of SEK",
    ),
    ("a conversion that is wrong", raw.energy(raw.tariff("0.31")), "0.31 USD is not 0.25 × 1.2"),
    ("carbon without year", raw.energy() | {"carbon_year": None}, "carbon needs its year"),
    ("carbon without source", raw.energy() | {"carbon_provenance": None}, "carbon needs its source"),
    (
        "a zero of tokens",
        raw.token(prices=[{"rates": {"input_usd_per_mtok": "0", "output_usd_per_mtok": "1"}}]),
        "free = true",
    ),
    ("an unknown kind", {"kind": "barter", "sku": "x"}, "barter"),
    ("a model twice", raw.provisioned(models=[{"model": "m", "basis": "input_tok_per_min"}] * 2), "stands twice"),
]


@pytest.mark.parametrize(("offer", "complaint"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_bad_offer_is_refused_in_one_sentence_that_names_its_place(offer: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DocumentError) as refused:
        from_plain(plain_card(offer), RateCard, where="acme.toml")
    assert complaint in refused.value.sentence
    assert refused.value.sentence.startswith("acme.toml: ")
    assert "\n" not in refused.value.sentence


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"currency": "EUR"}, "currency: Input should be 'USD'"),
        ({"offers": [raw.token(currency="EUR")]}, "currency: Input should be 'USD'"),
        ({"offers": [raw.request(), raw.request()]}, "stands twice"),
        ({"offers": []}, "at least 1 entries"),
        ({"provenance": {"retrieved": "2026-11-10"}}, "provenance.source: this key is missing"),
        ({"provenance": {"source": "", "retrieved": "2026-11-10"}}, "provenance.source"),
        ({"provenance": {"source": "x"}}, "provenance.retrieved: this key is missing"),
        (
            {"exchange_rates": [{"currency": "EUR", "usd": "1", "as_of": "2026-01-01", "source": "x"}] * 2},
            "two exchange rates",
        ),
        ({"exchange_rates": [{"currency": "EUR", "usd": "0", "as_of": "2026-01-01", "source": "x"}]}, "greater than 0"),
        ({"profile_id": "../acme"}, "profile_id"),
        ({"version": 2}, "version"),
        ({"licence": "facts"}, "licence: unknown key"),
    ],
)
def test_a_bad_card_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DocumentError) as refused:
        card(**changes)
    assert complaint in refused.value.sentence


def test_spot_may_have_been_dearer_before_on_demand_fell() -> None:
    """Spot is held against the on-demand price of its own days (AWS p5 fell by 44 % in June 2025)."""
    before, after = {"effective_from": "2025-01-01", "effective_to": "2025-06-01"}, {"effective_from": "2025-06-01"}
    rows = [raw.on_demand("98.32", **before), raw.on_demand("55.04", **after)]
    assert card(raw.instance(*rows, raw.spot("60", **before), raw.spot("20", **after)))
    with pytest.raises(DocumentError, match=r"dearer than on demand at 55\.04"):
        card(raw.instance(*rows, raw.spot("60", **after)))


def test_closed_and_new_rows_stand_side_by_side() -> None:
    rows = [
        {"usd_per_1000": "35", "effective_to": "2026-01-01"},
        {"usd_per_1000": "14", "effective_from": "2026-01-01"},
    ]
    (offer,) = card(raw.request(*rows)).offers
    assert len(offer.prices) == 2


def test_a_host_that_is_charged_apart_is_found_in_the_same_region() -> None:
    apart = raw.instance(host_included=False, host_sku="host-96")
    held = card(apart, raw.bare_host(), raw.bare_host(region="south"))
    accelerator, host, _ = held.offers
    assert isinstance(accelerator, InstanceOffer)
    assert isinstance(host, InstanceOffer)
    assert held.host_of(accelerator) == host
    assert held.host_of(host) is None
    with pytest.raises(DocumentError, match="has no offer in 'west'"):
        card(apart | {"region": "west"}, raw.bare_host())


def test_money_is_kept_to_the_last_digit() -> None:
    """CONVENTION §7."""
    (offer,) = card(raw.storage({"usd_per_gb_month": "0.0230000000000000001"})).offers
    assert offer.prices[0].usd_per_gb_month == Decimal("0.0230000000000000001")
    assert '"0.0230000000000000001"' in to_json(card(raw.storage({"usd_per_gb_month": "0.0230000000000000001"})))


def test_a_row_names_its_own_source_or_the_cards() -> None:
    own = {"usd_per_1000": "1", "effective_from": "2026-02-01", "provenance": raw.read("estimate", "2026-02-03")}
    held = card(raw.request({"usd_per_1000": "2", "effective_to": "2026-02-01"}, own))
    first, second = held.offers[0].prices
    assert held.provenance_of(first) == held.provenance
    assert held.provenance_of(second).retrieved == date(2026, 2, 3)


def test_dates_of_toml_are_dates() -> None:
    text = as_toml(plain_card(raw.request())).replace('"2026-11-10"', "2026-11-10")
    assert isinstance(tomllib.loads(text)["provenance"]["retrieved"], date)
    assert from_toml(text.encode(), RateCard, where="x.toml") == card(raw.request())
