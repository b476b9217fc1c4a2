"""A hundred thousand usages in one call: equal to `price_usage` to the last digit, whatever the prices and counts."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import PriceError
from planner.prices.bulk_usage import MOST_COUNT, UsageColumns, price_usages
from planner.prices.managed import price_profile
from planner.prices.offers import ContextTier, DailyHours, ResidencyMultiplier, TokenOffer, TokenPrice, Variant
from planner.prices.usage import TokenUsage, price_usage
from tests.support.token_offers import DAY, offer, rates

OFFERS = {each.sku: each for each in price_profile().offers}
TIERED = TokenPrice(
    rates=rates("0.003625", "0.0871", "0.0001", "0.00453125", write_1h="3", reasoning="7"),
    tiers=(
        ContextTier(above_input_tokens=1000, rates=rates("3", "12", None, None)),
        ContextTier(above_input_tokens=2000, rates=rates("6", "24", "0.6", "7.5", write_1h="12")),
    ),
    usd_per_request=Decimal("0.0051"),
    minimum_usd_per_request=Decimal("0.009"),
)
COUNTS = st.integers(min_value=0, max_value=3_000)
USAGES = st.builds(
    lambda plain, cached, written, hour, out, thought, requests: TokenUsage(
        plain + cached + written + hour, out + thought, cached, written, hour, thought, requests
    ),
    *[COUNTS] * 6,
    st.integers(min_value=1, max_value=1000),
)


def columns(usages: list[TokenUsage]) -> UsageColumns:
    names = list(vars(usages[0]))
    return UsageColumns(**{name: np.array([getattr(each, name) for each in usages], np.int64) for name in names})


def check(of: TokenOffer, usages: list[TokenUsage], **how: object) -> None:
    bulk = price_usages(of, columns(usages), on=DAY, **how)  # type: ignore[arg-type]
    exact = [price_usage(of, each, on=DAY, **how).billed_usd for each in usages]  # type: ignore[arg-type]
    assert [bulk.usd(at) for at in range(len(usages))] == exact
    assert bulk.total_usd == sum(filter(None, exact), Decimal(0))
    np.testing.assert_allclose(bulk.as_floats(), [float(each or 0) for each in exact], rtol=1e-15)


@given(usages=st.lists(USAGES, min_size=1, max_size=20))
def test_equal_to_the_exact_price_of_each(usages: list[TokenUsage]) -> None:
    check(offer(TIERED), usages)


@given(usages=st.lists(USAGES, min_size=1, max_size=5))
def test_equal_in_another_place_where_prices_have_more_digits(usages: list[TokenUsage]) -> None:
    near = (ResidencyMultiplier(residency="EU", multiplier=Decimal("1.1")),)
    check(offer(TIERED, residency_multipliers=near), usages, residency="EU")


@pytest.mark.parametrize("sku", sorted(OFFERS))
def test_equal_at_every_bundled_offer_and_variant(sku: str) -> None:
    random = np.random.default_rng(7)
    usages = [
        TokenUsage(int(total), int(out), cached_tokens=int(total * share), requests=int(count))
        for total, out, share, count in zip(
            random.integers(0, 400_000, 40), random.integers(0, 9_000, 40), random.random(40), range(1, 41), strict=True
        )
    ]
    usages += [TokenUsage(272_000, 1), TokenUsage(272_001, 1), TokenUsage(100_000, 1), TokenUsage(100_001, 1)]
    for variant in OFFERS[sku].variants_on(DAY):
        check(OFFERS[sku], usages, variant=variant)


def test_counts_too_large_for_64_bits_are_as_exact() -> None:
    huge = [TokenUsage(MOST_COUNT, MOST_COUNT, requests=10**6), TokenUsage(1, 0)]
    bulk = price_usages(offer(TIERED), columns(huge), on=DAY)
    assert bulk.coins.dtype == object
    check(offer(TIERED), huge)
    many = columns([TokenUsage(10**12, 0)] * 50)
    plain = price_usages(offer(), many, on=DAY)
    assert plain.coins.dtype == np.int64
    assert plain.total_usd == 50 * Decimal("1.5") * 10**6


def test_a_sum_that_passes_64_bits_is_exact() -> None:
    # One usage is 4.5e12 coins of 10^-6 USD at $4.50 a token… times a million requests: 5 × 4.5e18 coins.
    dear = offer(TokenPrice(rates=rates("4500000.000001")))
    bulk = price_usages(dear, columns([TokenUsage(10**6, 0)] * 5), on=DAY)
    assert bulk.coins.dtype == np.int64
    assert bulk.coins.astype(object).sum() > 2**63 - 1
    assert bulk.total_usd == 5 * Decimal("4500000.000001")


def test_no_usages_cost_nothing() -> None:
    empty = np.array([], np.int64)
    assert price_usages(offer(), UsageColumns(empty, empty), on=DAY).total_usd == 0


def test_hours_and_variants_are_refused_as_for_one() -> None:
    few = columns([TokenUsage(5, 5)])
    with pytest.raises(PriceError, match="no batch price"):
        price_usages(offer(), few, on=DAY, variant=Variant.BATCH)
    hourly = offer(TokenPrice(rates=rates(), hours=DailyHours(start=time(1), end=time(2))))
    with pytest.raises(PriceError, match="hour of the day"):
        price_usages(hourly, few, on=DAY)


def test_an_impossible_usage_is_refused() -> None:
    good = TokenUsage(10, 10)
    for bad in (TokenUsage(5, 0, cached_tokens=6), TokenUsage(-1, 0), TokenUsage(1, 0, requests=0)):
        with pytest.raises(PriceError) as one:
            price_usage(offer(), bad, on=DAY)
        with pytest.raises(PriceError) as many:
            price_usages(offer(), columns([good, bad]), on=DAY)
        assert many.value.sentence == one.value.sentence
    with pytest.raises(PriceError, match="usage 1 has more than"):
        price_usages(offer(), columns([good, TokenUsage(MOST_COUNT + 1, 0)]), on=DAY)
    with pytest.raises(PriceError, match="kept an hour"):
        price_usages(offer(), columns([good, TokenUsage(5, 0, written_1h_tokens=5)]), on=DAY)
    with pytest.raises(PriceError, match="64 bits"):
        price_usages(offer(), UsageColumns(np.zeros(2, np.int64), np.zeros(3, np.int64)), on=DAY)
