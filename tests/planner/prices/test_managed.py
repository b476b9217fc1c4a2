"""The bundled price profile: a spread of vendors, resolved for a day, with service figures that name their source."""

from __future__ import annotations

import socket
from datetime import date

import pytest

from planner.documents import to_json
from planner.errors import UnknownNameError
from planner.prices import managed
from planner.prices.managed import price_profile, price_profile_ids
from planner.prices.offers import TokenPrice

TEN = 10
FIVE = 5
DAY = date(2026, 11, 23)


def prices(on: date = DAY) -> dict[str, TokenPrice]:
    """The standard price of every offer on this day."""
    found = {offer.sku: offer.price_on(on) for offer in price_profile().offers}
    return {sku: price for sku, price in found.items() if price is not None}


def test_spread_of_models_and_vendors() -> None:
    offers = price_profile().offers
    assert len(offers) >= TEN
    assert len({offer.vendor for offer in offers}) >= FIVE
    assert len({offer.sku for offer in offers}) == len(offers)
    rates = [price.rates.output_usd_per_mtok for price in prices().values()]
    assert len(rates) == len(offers)
    assert max(rates) > 20 * min(rates)


def test_every_offer_says_where_its_figures_come_from() -> None:
    for offer in price_profile().offers:
        assert offer.source.startswith("genai-prices ")
        assert offer.source_url.startswith("https://")
        assert offer.context_tokens
        assert all(price.rates.input_usd_per_mtok > 0 for price in offer.prices)
        assert offer.service is not None
        for figure in (offer.service.ttft_s, offer.service.decode_tok_s):
            assert figure.basis in {"published", "assumed"}
            assert figure.source
            assert figure.as_of
            assert figure.low is not None
            assert figure.high is not None
            assert 0 < figure.low <= figure.value <= figure.high
            if figure.basis == "published":
                assert "https://" in figure.source


def test_caching_never_makes_input_dearer() -> None:
    for price in (price for offer in price_profile().offers for price in offer.prices):
        for rates in (price.rates, *(tier.rates for tier in price.tiers)):
            cached = rates.cached_input_usd_per_mtok
            assert cached is None or 0 < cached <= rates.input_usd_per_mtok


def test_profile_says_what_day_its_data_are_of() -> None:
    profile = price_profile()
    assert profile.data_source.startswith("genai-prices ")
    assert profile.data_as_of == date(2026, 11, 10)
    assert {offer.as_of for offer in profile.offers} == {profile.data_as_of}


def test_unreviewed_version_is_dated_by_its_newest_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managed, "data_version", lambda: "99.0.0")
    assert price_profile().data_as_of == date(2026, 11, 9)


def test_prices_follow_the_day_asked_for() -> None:
    sku = "google/gemini-3.8-flash"
    before, after = (prices(on)[sku].rates.output_usd_per_mtok for on in (date(2026, 12, 31), date(2027, 1, 1)))
    assert after == 2 * before


def test_no_model_is_priced_before_it_was_sold() -> None:
    sku = "openai/gpt-6-luna"
    assert sku in prices(date(2026, 9, 22))
    assert sku not in prices(date(2026, 9, 21))


def test_same_profile_every_time_and_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("prices are resolved offline")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert to_json(price_profile()) == to_json(price_profile())


def test_unknown_profile_is_refused_with_the_name_meant() -> None:
    assert "managed-apis" in price_profile_ids()
    with pytest.raises(UnknownNameError) as refused:
        price_profile("managed-api")
    assert "managed-apis" in str(refused.value)
