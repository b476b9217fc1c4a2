"""LiteLLM's map: prices per token to the last digit, tiers and variants from the keys, and what is no price refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.prices.dated import Confidence
from planner.prices.importing.files import FileFormat, read_prices
from planner.prices.importing.foreign import usd_per_mtok
from planner.prices.importing.litellm import sku_of
from planner.prices.offers import TokenOffer, Variant

DATA = Path(__file__).parents[3] / "data" / "prices" / "litellm.json"
DAY = date(2026, 11, 20)
READ = read_prices(DATA, as_of=DAY)
OFFERS = {offer.sku: offer for offer in READ.offers if isinstance(offer, TokenOffer)}
REFUSED = {each.where: each.reason for each in READ.report.refused}


def test_it_is_recognised_and_says_what_it_took_and_what_not() -> None:
    assert READ.report.file_format == FileFormat.LITELLM.value
    assert not READ.tells_history
    assert READ.report.accepted == len(OFFERS) == 9
    assert len(READ.report.refused) == 6
    assert READ.report.as_of == DAY


def test_floats_per_token_are_exact_dollars_per_million() -> None:
    """CONVENTION §7: 7.5e-08 is 0.075, and 5.46875e-07 keeps every digit."""
    rates = OFFERS["aws/amazon.nova-2-lite-v1:0"].prices[0].rates
    assert [rates.input_usd_per_mtok, rates.output_usd_per_mtok] == [Decimal("0.3"), Decimal("2.5")]
    assert str(rates.cached_input_usd_per_mtok) == "0.075"
    odd = OFFERS["aws/amazon.nova-2-pro-preview-20251202-v1:0"].prices[0].rates
    assert str(odd.cached_input_usd_per_mtok) == "0.546875"
    assert str(odd.output_usd_per_mtok) == "17.5"


@given(st.decimals(min_value="0.000001", max_value="1000", places=6))
def test_any_price_a_vendor_states_survives_the_float(usd: Decimal) -> None:
    """A price per Mtok of at most six places, divided by a million and printed as JSON does, comes back exactly."""
    per_token = Decimal(repr(float(usd) / 1e6))
    assert usd_per_mtok(per_token)[0] == usd


def test_context_tiers_and_both_cache_writes() -> None:
    """§8: strictly above 200,000 tokens the whole request pays the tier; what it does not state stays."""
    price = OFFERS["anthropic/claude-sonnet-4-5"].prices[0]
    assert price.rates.cache_write_usd_per_mtok == Decimal("3.75")
    assert price.rates.cache_write_1h_usd_per_mtok == Decimal(6)
    rates, threshold = price.rates_at(200_001)
    assert threshold == 200_000
    assert rates.output_usd_per_mtok == Decimal("22.5")
    assert rates.cache_write_usd_per_mtok == Decimal("7.5")
    assert rates.cache_write_1h_usd_per_mtok == Decimal(6)
    assert price.rates_at(200_000) == (price.rates, None)


def test_variants_carry_explicit_rates_and_say_what_they_inherit() -> None:
    offer = OFFERS["openai/gpt-5.4"]
    by_variant = {price.variant: price for price in offer.prices}
    assert set(by_variant) == {Variant.STANDARD, Variant.BATCH, Variant.PRIORITY}
    batch, priority = by_variant[Variant.BATCH], by_variant[Variant.PRIORITY]
    assert batch.rates.input_usd_per_mtok == Decimal("1.25")
    assert batch.rates.cached_input_usd_per_mtok == Decimal("0.25")
    assert "cached input" in batch.note
    tier, _ = priority.rates_at(300_000)
    assert (tier.input_usd_per_mtok, tier.output_usd_per_mtok) == (Decimal(10), Decimal(30))
    assert tier.cached_input_usd_per_mtok == Decimal(1)
    assert any(doubt.kind == "FlatVariant" for doubt in READ.report.warnings)


def test_tiers_given_as_a_list_of_ranges() -> None:
    price = OFFERS["dashscope/qwen3-max"].prices[0]
    assert price.rates.input_usd_per_mtok == Decimal("1.2")
    assert [tier.above_input_tokens for tier in price.tiers] == [32_000]


def test_fee_reasoning_and_source() -> None:
    assert OFFERS["perplexity/sonar"].prices[0].usd_per_request == Decimal("0.005")
    gemini = OFFERS["google/gemini-2.5-flash"]
    assert gemini.prices[0].rates.reasoning_usd_per_mtok == Decimal("2.5")
    assert gemini.source_url == "https://ai.google.dev/gemini-api/docs/pricing"
    assert gemini.confidence is Confidence.SECONDARY
    assert gemini.as_of == DAY
    assert "search context cost per query" in OFFERS["anthropic/claude-sonnet-4-5"].note


def test_noise_of_binary_fractions_is_rounded_and_said() -> None:
    assert str(OFFERS["groq/noisy"].prices[0].rates.input_usd_per_mtok) == "0.06"
    assert OFFERS["groq/noisy"].prices[0].rates.cached_input_usd_per_mtok is None
    said = {doubt.kind: doubt.subject for doubt in READ.report.warnings}
    assert said["RoundedPrice"] == said["ZeroPrice"] == "groq/noisy"


def test_a_remark_that_the_split_is_assumed_makes_it_an_estimate() -> None:
    """CONVENTION §4: a computed figure has the weakest basis of its inputs."""
    offer = OFFERS["nscale/meta-llama/Llama-3.1-8B-Instruct"]
    assert offer.confidence is Confidence.ESTIMATE
    assert "Assumed 50/50 split" in offer.note
    assert any(doubt.kind == "EstimatedPrice" for doubt in READ.report.warnings)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("text-embedding-3-small", "for embedding"),
        ("free-model", "zero"),
        ("gone", "ended it on 2025-01-01"),
        ("negative", "negative"),
        ("images-only", "no price per token of input"),
        ("openai/gpt-5.4", "same name here as entry gpt-5.4"),
    ],
)
def test_what_is_no_price_is_refused_with_its_reason(entry: str, why: str) -> None:
    assert why in REFUSED[f"entry {entry}"]


@pytest.mark.parametrize(
    ("key", "provider", "sku"),
    [
        ("gpt-4.1", "openai", "openai/gpt-4.1"),
        ("gemini/gemini-2.5-pro", "gemini", "google/gemini-2.5-pro"),
        ("groq/llama-3.1-8b-instant", "groq", "groq/llama-3.1-8b-instant"),
        ("xai/grok-4", "xai", "x-ai/grok-4"),
        ("anthropic.claude-v2", "bedrock", "aws/anthropic.claude-v2"),
    ],
)
def test_names_meet_those_of_our_price_data(key: str, provider: str, sku: str) -> None:
    assert sku_of(key, provider) == sku


def test_only_what_is_named_is_taken() -> None:
    read = read_prices(DATA, as_of=DAY, only=("openai/", "google/*flash"))
    assert {offer.sku for offer in read.offers} == {"openai/gpt-5.4", "google/gemini-2.5-flash"}
    assert all(each.sku.startswith("openai/") for each in read.report.refused)
    assert read.report.left_out == 8
