"""The price of a usage: exact decimals, rows that sum to the total, refusals instead of zero (CONVENTION §7, §8)."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import PriceError
from planner.prices.costing import CostingStatus
from planner.prices.managed import price_profile
from planner.prices.offers import (
    ContextTier,
    DailyHours,
    Quote,
    ResidencyMultiplier,
    TokenOffer,
    TokenPrice,
    TokenRates,
    Variant,
)
from planner.prices.usage import TokenUsage, price_usage
from tests.support.token_offers import DAY, offer, rates

MTOK = 1_000_000
OFFERS = {each.sku: each for each in price_profile().offers}
TOKENS = st.integers(min_value=0, max_value=3_000_000)
USAGES = st.builds(
    lambda plain, cached, written, hour, out, thought, requests: TokenUsage(
        input_tokens=plain + cached + written + hour,
        cached_tokens=cached,
        written_tokens=written,
        written_1h_tokens=hour,
        output_tokens=out + thought,
        reasoning_tokens=thought,
        requests=requests,
    ),
    *[TOKENS] * 6,
    st.integers(min_value=1, max_value=10**6),
)
FULL = TokenPrice(
    rates=rates(write_1h="3", reasoning="7"),
    tiers=(
        ContextTier(above_input_tokens=1000, rates=rates("3", "12", "0.3", "3.75", write_1h="6", reasoning="14")),
        ContextTier(above_input_tokens=2000, rates=rates("6", "24", "0.6", "7.5", write_1h="12", reasoning="28")),
    ),
    usd_per_request=Decimal("0.005"),
)


def usd(of: TokenOffer, usage: TokenUsage, on: date = DAY, **how: object) -> Decimal:
    costing = price_usage(of, usage, on=on, **how)  # type: ignore[arg-type]
    assert costing.billed_usd == costing.effective_usd
    assert costing.billed_usd is not None
    return costing.billed_usd


def test_worked_example() -> None:
    # 1,000 in of which 400 cached and 100 written, 200 out, at 1.5 / 0.15 / 1.875 / 6 $ per million:
    # (500 × 1.5 + 400 × 0.15 + 100 × 1.875 + 200 × 6) / 10⁶ = 2,197.5 / 10⁶.
    usage = TokenUsage(1000, 200, cached_tokens=400, written_tokens=100)
    costing = price_usage(offer(), usage, on=DAY)
    assert costing.billed_usd == Decimal("0.0021975")
    assert costing.status is CostingStatus.PRICED
    assert [(row.what, row.quantity, row.unit, row.unit_price_usd) for row in costing.rows] == [
        ("input", 500, "token", Decimal("1.5")),
        ("cached input", 400, "token", Decimal("0.15")),
        ("cache write", 100, "token", Decimal("1.875")),
        ("output", 200, "token", Decimal(6)),
    ]
    assert costing.warnings == ()


def test_rows_name_source_and_day() -> None:
    (row,) = price_usage(OFFERS["openai/gpt-4.1-mini"], TokenUsage(7, 0), on=DAY, variant=Variant.BATCH).rows
    assert row.effective_from == date(2026, 10, 14)
    assert row.source.startswith("genai-prices ")
    assert row.source_url.startswith("https://")
    assert row.confidence == "secondary"
    assert row.unit_price_per == MTOK


def test_tier_applies_strictly_above_and_to_the_whole_request() -> None:
    tiered = offer(FULL.model_copy(update={"usd_per_request": None}))
    assert usd(tiered, TokenUsage(1000, 500, cached_tokens=1000)) == (1000 * Decimal("0.15") + 500 * 6) / MTOK
    assert usd(tiered, TokenUsage(1001, 500, cached_tokens=1001)) == (1001 * Decimal("0.3") + 500 * 12) / MTOK
    assert usd(tiered, TokenUsage(2001, 500)) == (2001 * Decimal(6) + 500 * 24) / MTOK


def test_a_tier_is_chosen_by_one_request_not_by_all() -> None:
    tiered = offer(FULL)
    assert usd(tiered, TokenUsage(900, 10, requests=7)) == 7 * usd(tiered, TokenUsage(900, 10))


def test_one_hour_writes_and_reasoning_pay_their_own_price() -> None:
    one = price_usage(offer(FULL), TokenUsage(900, 100, written_1h_tokens=900, reasoning_tokens=60), on=DAY)
    assert [(row.what, row.quantity, row.unit_price_usd) for row in one.rows] == [
        ("cache write, 1 hour", 900, Decimal(3)),
        ("output", 40, Decimal(6)),
        ("reasoning", 60, Decimal(7)),
        ("request fee", 1, Decimal("0.005")),
    ]


def test_reasoning_is_output_where_no_price_of_its_own_is_named() -> None:
    assert usd(offer(), TokenUsage(10, 100, reasoning_tokens=60)) == usd(offer(), TokenUsage(10, 100))


def test_an_hour_of_caching_without_a_price_is_refused_where_shorter_has_one() -> None:
    with pytest.raises(PriceError, match="kept an hour") as refused:
        usd(offer(), TokenUsage(10, 1, written_1h_tokens=5))
    assert refused.value.remedy
    automatic = offer(TokenPrice(rates=rates(write=None)))  # a vendor that does not charge for writing at all
    assert usd(automatic, TokenUsage(10, 1, written_1h_tokens=5)) == usd(automatic, TokenUsage(10, 1))


def test_no_price_for_cached_input_charges_the_input_price_and_says_so() -> None:
    ours = offer(TokenPrice(rates=rates(cached=None)))
    cached = price_usage(ours, TokenUsage(1000, 0, cached_tokens=1000), on=DAY)
    assert cached.billed_usd == usd(ours, TokenUsage(1000, 0))
    (warning,) = cached.warnings
    assert (warning.kind, warning.subject) == ("NoCachePrice", ours.sku)
    assert "full input price" in warning.sentence
    assert price_usage(ours, TokenUsage(1000, 0), on=DAY).warnings == ()


def test_a_request_costs_no_less_than_the_minimum() -> None:
    dear = offer(TokenPrice(rates=rates(), minimum_usd_per_request=Decimal("0.01")))
    costing = price_usage(dear, TokenUsage(1000, 0, requests=3), on=DAY)
    assert costing.billed_usd == Decimal("0.03")
    assert [row.what for row in costing.rows] == ["input", "up to the minimum charge"]
    assert costing.rows[1].unit_price_usd == Decimal("0.0085")
    assert usd(dear, TokenUsage(10_000, 0)) == Decimal("0.015")


def test_residency_multiplies_every_token_price_and_no_fee() -> None:
    near = offer(FULL, residency=("US", "EU"), residency_multipliers=(
        ResidencyMultiplier(residency="EU", multiplier=Decimal("1.1")),
    ))  # fmt: skip
    plain = price_usage(near, TokenUsage(900, 100), on=DAY)
    here = price_usage(near, TokenUsage(900, 100), on=DAY, residency="eu")
    assert here.billed_usd is not None
    assert plain.billed_usd is not None
    assert here.billed_usd - Decimal("0.005") == Decimal("1.1") * (plain.billed_usd - Decimal("0.005"))
    assert here.rows[0].what == "input (eu ×1.1)"
    assert usd(near, TokenUsage(900, 100), residency="US") == plain.billed_usd
    with pytest.raises(PriceError, match="in Japan is not stated") as refused:
        usd(near, TokenUsage(900, 100), residency="Japan")
    assert refused.value.remedy == "Stated: EU, US."


def test_a_quote_goes_before_the_list_price_on_its_days_and_for_its_variant() -> None:
    quote = Quote(
        sku="vendor/model",
        author="A. Buyer",
        date=date(2026, 11, 1),
        reason="framework contract",
        price=TokenPrice(rates=rates("1", "2")),
        valid_until=date(2026, 12, 1),
    )
    ours = offer(TokenPrice(rates=rates()), TokenPrice(variant=Variant.BATCH, rates=rates("0.75", "3")))
    usage = TokenUsage(MTOK, 0)
    costing = price_usage(ours, usage, on=DAY, quotes=(quote,))
    assert costing.billed_usd == 1
    assert costing.rows[0].source == "own quote, A. Buyer, 1 Nov 2026: framework contract"
    assert usd(ours, usage, date(2026, 10, 31), quotes=(quote,)) == Decimal("1.5")
    assert usd(ours, usage, date(2026, 12, 1), quotes=(quote,)) == Decimal("1.5")
    assert usd(ours, usage, variant=Variant.BATCH, quotes=(quote,)) == Decimal("0.75")


def test_a_price_by_the_hour_needs_the_hour() -> None:
    peak = DailyHours(start=time(22), end=time(4))
    hourly = offer(TokenPrice(rates=rates()), TokenPrice(hours=peak, rates=rates("3", "12")))
    with pytest.raises(PriceError, match="22:00 to 04:00 UTC") as refused:
        usd(hourly, TokenUsage(10, 0))
    assert "hour" in str(refused.value.remedy)
    for at, price in ((time(21, 59), "1.5"), (time(22), "3"), (time(3, 59), "3"), (time(4), "1.5")):
        assert usd(hourly, TokenUsage(MTOK, 0), at=at) == Decimal(price)


def test_a_variant_or_day_without_a_price_is_refused_and_says_what_there_is() -> None:
    ours = offer(TokenPrice(rates=rates(), effective_from=date(2026, 1, 1), effective_to=date(2027, 1, 1)))
    with pytest.raises(PriceError, match="no batch price") as refused:
        usd(ours, TokenUsage(1, 1), variant=Variant.BATCH)
    assert refused.value.remedy == "It is sold as: standard."
    with pytest.raises(PriceError, match="31 Dec 2025") as refused:
        usd(ours, TokenUsage(1, 1), date(2025, 12, 31))
    assert refused.value.remedy == "The first known holds from 1 Jan 2026."
    with pytest.raises(PriceError, match="1 Jan 2027") as refused:
        usd(ours, TokenUsage(1, 1), date(2027, 1, 1))
    assert refused.value.remedy == "The last before it ended on 1 Jan 2027."


def test_what_cannot_be_stated_exactly_is_refused() -> None:
    endless = offer(TokenPrice(rates=rates("0." + "3" * 250)))
    with pytest.raises(PriceError, match="exactly"):
        usd(endless, TokenUsage(7, 0))


@pytest.mark.parametrize(
    "usage",
    [
        TokenUsage(-1, 0),
        TokenUsage(1, -1),
        TokenUsage(10, 0, cached_tokens=11),
        TokenUsage(10, 0, cached_tokens=6, written_tokens=3, written_1h_tokens=2),
        TokenUsage(1, 10, reasoning_tokens=11),
        TokenUsage(1, 1, requests=0),
    ],
)
def test_impossible_counts_are_refused(usage: TokenUsage) -> None:
    with pytest.raises(PriceError) as refused:
        usd(offer(), usage)
    assert refused.value.where == "vendor/model"


@given(usage=USAGES)
def test_rows_sum_to_the_total_to_the_last_digit(usage: TokenUsage) -> None:
    costing = price_usage(offer(FULL), usage, on=DAY)
    assert costing.billed_usd == sum((row.billed_usd for row in costing.rows), Decimal(0))
    counted = sum(row.quantity for row in costing.rows if row.unit == "token")
    assert counted == (usage.input_tokens + usage.output_tokens) * usage.requests
    for row in costing.rows:
        assert row.billed_usd == row.quantity * row.unit_price_usd / row.unit_price_per


@given(usage=USAGES, factor=st.integers(min_value=1, max_value=1000))
def test_linear_in_money_and_in_requests(usage: TokenUsage, factor: int) -> None:
    def times(given_rates: TokenRates) -> TokenRates:
        return TokenRates(**{name: None if price is None else price * factor for name, price in given_rates})

    dearer = FULL.model_copy(
        update={
            "rates": times(FULL.rates),
            "tiers": tuple(tier.model_copy(update={"rates": times(tier.rates)}) for tier in FULL.tiers),
            "usd_per_request": Decimal("0.005") * factor,
        }
    )
    one = usd(offer(FULL), usage)
    assert usd(offer(dearer), usage) == factor * one
    many = TokenUsage(**{**vars(usage), "requests": usage.requests * factor})
    assert usd(offer(FULL), many) == factor * one


@given(usage=USAGES, more=st.sampled_from(["input_tokens", "output_tokens", "requests"]))
def test_more_tokens_never_cost_less(usage: TokenUsage, more: str) -> None:
    grown = TokenUsage(**{**vars(usage), more: getattr(usage, more) + 1})
    assert usd(offer(FULL), usage) < usd(offer(FULL), grown)


@pytest.mark.parametrize("sku", sorted(OFFERS))
@given(input_tokens=TOKENS, output_tokens=TOKENS)
def test_more_tokens_never_cost_less_at_any_bundled_offer(sku: str, input_tokens: int, output_tokens: int) -> None:
    for variant in OFFERS[sku].variants_on(DAY):
        one = usd(OFFERS[sku], TokenUsage(input_tokens, output_tokens), variant=variant)
        assert one <= usd(OFFERS[sku], TokenUsage(input_tokens + 1, output_tokens), variant=variant)
        assert one < usd(OFFERS[sku], TokenUsage(input_tokens, output_tokens + 1), variant=variant)
