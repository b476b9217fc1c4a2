"""List prices out of genai-prices: exact ids, every dated price of a model, and no zero taken for a price."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from genai_prices.data import providers
from genai_prices.types import ClauseEquals, ModelInfo, ModelPrice

from planner.errors import PriceError
from planner.prices import list_prices
from planner.prices.list_prices import (
    data_source,
    data_version,
    list_offer,
    list_price,
    listed_skus,
    newest_price_day,
)
from planner.prices.offers import TokenPrice, Variant

DAY = date(2026, 11, 10)


def price_on(sku: str, on: date) -> TokenPrice:
    price = list_offer(sku, DAY).price_on(on)
    assert price is not None
    return price


def test_rates_of_a_known_model_are_exact_decimals() -> None:
    rates = price_on("openai/gpt-4.1-mini", DAY).rates
    assert rates.input_usd_per_mtok == Decimal("0.4")
    assert rates.output_usd_per_mtok == Decimal("1.6")
    assert rates.cached_input_usd_per_mtok == Decimal("0.1")
    assert rates.cache_write_usd_per_mtok is None
    assert list_price("openai/gpt-4.1-mini", DAY).vendor == "OpenAI"


def test_price_data_name_their_version() -> None:
    assert re.fullmatch(r"genai-prices \d+\.\d+\.\d+.*", data_source())
    assert data_source().endswith(data_version())


def test_an_offer_is_a_copy_by_others_and_says_so() -> None:
    offer = list_offer("openai/gpt-4.1-mini", DAY)
    assert (offer.confidence, offer.service, offer.as_of) == ("secondary", None, DAY)
    assert offer.source == data_source()
    assert offer.source_url.startswith("https://")


def test_what_is_charged_apart_is_named() -> None:
    assert list_price("openai/gpt-4.1-mini", DAY).note.startswith(
        "Charged apart and in no price here: storage searches, web searches."
    )


def test_an_introductory_price_ends_on_the_day_the_data_announce() -> None:
    # Google: "introductory rates apply through 2026-12-31"; the standard ones are twice as high.
    before = price_on("google/gemini-3.8-flash", date(2026, 12, 31))
    after = price_on("google/gemini-3.8-flash", date(2027, 1, 1))
    assert (before.introductory, before.effective_to) == (True, date(2027, 1, 1))
    assert (after.introductory, after.effective_to) == (False, None)
    assert after.rates.input_usd_per_mtok == 2 * before.rates.input_usd_per_mtok


def test_newest_price_day_ignores_prices_that_start_later() -> None:
    assert newest_price_day(DAY) <= DAY
    assert newest_price_day(date(2027, 6, 1)) > newest_price_day(DAY)


def test_context_tiers_carry_all_rates() -> None:
    price = price_on("openai/gpt-6.1-terra", DAY)
    (tier,) = price.tiers
    assert tier.above_input_tokens == 272_000
    assert tier.rates.input_usd_per_mtok == 2 * price.rates.input_usd_per_mtok
    assert tier.rates.output_usd_per_mtok == Decimal("1.5") * price.rates.output_usd_per_mtok
    assert tier.rates.cached_input_usd_per_mtok is not None


def test_misspelled_model_is_refused_with_near_matches() -> None:
    with pytest.raises(PriceError) as refused:
        list_price("openai/gpt-4.1-mimi", DAY)
    assert "openai/gpt-4.1-mini" in str(refused.value)
    assert refused.value.where == "openai/gpt-4.1-mimi"


def test_nothing_like_it_is_refused_with_the_way_to_name_one() -> None:
    with pytest.raises(PriceError) as refused:
        list_price("zzzz/0000", DAY)
    assert "vendor/model" in str(refused.value)


def test_loose_match_of_the_price_data_is_not_taken() -> None:
    # genai-prices itself prices this name as gpt-4.1-mini; a misspelling must not pass for a model.
    with pytest.raises(PriceError):
        list_price("openai/gpt-4.1-mini-2025-04-14", DAY)


def test_zero_is_refused_unless_marked_free(monkeypatch: pytest.MonkeyPatch) -> None:
    # No model of today's data has a price of zero; a later release may.
    vendor = providers[0]
    gift = ModelInfo(
        id="gift", match=ClauseEquals("gift"), prices=ModelPrice(input_mtok=Decimal(0), output_mtok=Decimal(0))
    )
    monkeypatch.setattr(list_prices, "_models", lambda: {"vendor/gift": (vendor, gift)})
    with pytest.raises(PriceError, match="zero") as refused:
        list_price("vendor/gift", DAY)
    assert "free = true" in str(refused.value)
    (price,) = list_price("vendor/gift", DAY, free=True).prices
    assert (price.free, price.rates.input_usd_per_mtok) == (True, 0)


def test_model_without_token_prices_is_refused() -> None:
    sku = next(
        f"{provider.id}/{model.id}"
        for provider in providers
        for model in provider.models
        if not isinstance(model.prices, list) and model.prices.input_mtok is None and not model.prices.requests_kcount
    )
    with pytest.raises(PriceError, match="no input price"):
        list_price(sku, DAY)


def test_every_text_model_of_the_data_has_an_offer_and_none_is_priced_at_zero() -> None:
    refused: dict[str, int] = {}
    offers: list[list_prices.TokenOffer] = []
    for sku in listed_skus():
        try:
            offers.append(list_offer(sku, DAY))
        except PriceError as error:
            refused[error.what] = refused.get(error.what, 0) + 1
    # Embeddings, speech and images: no price per token of input, or none of output.
    assert set(refused) == {
        "the price data state no input price per token",
        "the price data state no output price per token",
    }
    assert len(offers) > 1900
    for offer in offers:
        for price in offer.prices:
            for rates in (price.rates, *(tier.rates for tier in price.tiers)):
                assert min(rates.input_usd_per_mtok, rates.output_usd_per_mtok) > 0
    variants = {variant for offer in offers for price in offer.prices for variant in (price.variant,)}
    assert variants == set(Variant)
