"""Price data of one model as dated rows: every day, hour and variant costs what genai-prices itself takes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    StartDateConstraint,
    Tier,
    TieredPrices,
    TimeOfDateConstraint,
)
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import PriceError
from planner.prices.list_hours import hours_apart, merged
from planner.prices.list_rows import not_priced_here, residency_multipliers, token_prices
from planner.prices.offers import DailyHours, TokenOffer, TokenPrice, Variant
from tests.support.token_offers import offer

DAY = date(2026, 11, 10)
JUNE, JULY, NEW_YEAR = date(2026, 6, 1), date(2026, 7, 1), date(2027, 1, 1)


def at(tokens_in: str, tokens_out: str = "8", **others: Decimal | TieredPrices) -> ModelPrice:
    return ModelPrice(input_mtok=Decimal(tokens_in), output_mtok=Decimal(tokens_out), **others)


def model(
    *prices: tuple[StartDateConstraint | TimeOfDateConstraint | None, ModelPrice],
    variants: tuple[PriceVariant, ...] = (),
) -> ModelInfo:
    return ModelInfo(
        id="m",
        match=ClauseEquals("m"),
        prices=[ConditionalPrice(constraint, prices=price) for constraint, price in prices],
        price_variants=list(variants),
    )


def rows(of: ModelInfo) -> tuple[TokenPrice, ...]:
    return token_prices("v/m", of, as_of=DAY)


def days(found: tuple[TokenPrice, ...], variant: Variant = Variant.STANDARD) -> list[tuple[object, ...]]:
    return [
        (row.effective_from, row.effective_to, str(row.rates.input_usd_per_mtok), row.introductory)
        for row in found
        if row.variant is variant
    ]


def starting(day: date) -> StartDateConstraint:
    return StartDateConstraint(day)


def test_each_price_is_closed_by_the_next_and_only_an_announced_rise_is_introductory() -> None:
    found = rows(model((None, at("1")), (starting(JUNE), at("2")), (starting(NEW_YEAR), at("3"))))
    assert days(found) == [(None, JUNE, "1", False), (JUNE, NEW_YEAR, "2", True), (NEW_YEAR, None, "3", False)]
    falling = rows(model((None, at("3")), (starting(NEW_YEAR), at("2"))))
    assert [row.introductory for row in falling] == [False, False]


def test_a_start_that_changes_nothing_is_no_new_row() -> None:
    assert days(rows(model((None, at("1")), (starting(JUNE), at("1"))))) == [(None, None, "1", False)]


def test_a_variant_begins_with_its_own_day_and_follows_the_standard_where_it_is_silent() -> None:
    batch = PriceVariant({"processing": "batch"}, ModelPrice(input_mtok=Decimal("0.5")), starting(JUNE))
    found = rows(
        model((None, at("1", cache_read_mtok=Decimal("0.1"))), (starting(JULY), at("2", "16")), variants=(batch,))
    )
    assert days(found, Variant.BATCH) == [(JUNE, JULY, "0.5", False), (JULY, None, "0.5", False)]
    first, second = (row for row in found if row.variant is Variant.BATCH)
    assert (first.rates.output_usd_per_mtok, second.rates.output_usd_per_mtok) == (8, 16)
    assert first.note == "batch prices not stated, standard ones taken: output, cached input."
    assert second.note == "batch prices not stated, standard ones taken: output."


def test_the_first_of_two_variants_with_the_same_words_wins_price_by_price() -> None:
    late = PriceVariant({"service_tier": "flex"}, ModelPrice(input_mtok=Decimal("0.7")), starting(JULY))
    early = PriceVariant({"service_tier": "flex"}, at("0.5", "4"))
    found = rows(model((None, at("1")), variants=(late, early)))
    assert days(found, Variant.FLEX) == [(None, JULY, "0.5", False), (JULY, None, "0.7", False)]
    assert {row.rates.output_usd_per_mtok for row in found if row.variant is Variant.FLEX} == {4}


def test_variants_that_change_no_price_of_text_are_none() -> None:
    plain = PriceVariant({"service_tier": "default"}, ModelPrice())
    search = PriceVariant({"search_type": "fast"}, ModelPrice(web_searches_kcount=Decimal(1)))
    sound = PriceVariant({"processing": "batch"}, ModelPrice(input_audio_mtok=Decimal(1)))
    assert {row.variant for row in rows(model((None, at("1")), variants=(plain, search, sound)))} == {Variant.STANDARD}


def test_both_words_for_fast_are_read() -> None:
    for words in ({"service_tier": "fast"}, {"speed": "fast"}):
        found = rows(model((None, at("1")), variants=(PriceVariant(words, at("2")),)))
        assert days(found, Variant.FAST) == [(None, None, "2", False)]


def test_hours_are_cut_from_the_day_and_read_in_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    peak = TimeOfDateConstraint(time(2, tzinfo=berlin), time(5, tzinfo=berlin))
    found = rows(model((None, at("1")), (peak, at("2"))))
    assert [(row.hours, str(row.rates.input_usd_per_mtok)) for row in found] == [
        (None, "1"),
        (DailyHours(start=time(1), end=time(4)), "2"),
    ]


def test_the_last_of_two_windows_that_meet_wins() -> None:
    found = rows(
        model(
            (None, at("1")),
            (TimeOfDateConstraint(time(1), time(5)), at("2")),
            (TimeOfDateConstraint(time(4), time(8)), at("3")),
        )
    )
    windows = [(row.hours.start, row.hours.end, str(row.rates.input_usd_per_mtok)) for row in found if row.hours]
    assert windows == [(time(1), time(4), "2"), (time(4), time(8), "3")]


def test_windows_around_the_whole_day_leave_no_other_hours() -> None:
    found = rows(
        model(
            (None, at("1")),
            (TimeOfDateConstraint(time(0), time(12)), at("2")),
            (TimeOfDateConstraint(time(12), time(0)), at("3")),
        )
    )
    assert [(row.hours, str(row.rates.input_usd_per_mtok)) for row in found] == [
        (DailyHours(start=time(0), end=time(12)), "2"),
        (DailyHours(start=time(12), end=time(0)), "3"),
    ]


def test_every_price_may_have_its_own_tiers() -> None:
    price = ModelPrice(
        input_mtok=TieredPrices(Decimal(1), [Tier(100, Decimal(2)), Tier(300, Decimal(3))]),
        output_mtok=TieredPrices(Decimal(8), [Tier(200, Decimal(9))]),
        cache_read_mtok=Decimal("0.1"),
    )
    (row,) = rows(model((None, price)))
    assert [
        (tier.above_input_tokens, tier.rates.input_usd_per_mtok, tier.rates.output_usd_per_mtok) for tier in row.tiers
    ] == [(100, 2, 8), (200, 2, 9), (300, 3, 9)]
    assert all(tier.rates.cached_input_usd_per_mtok == Decimal("0.1") for tier in row.tiers)


def test_a_fee_for_a_thousand_requests_is_one_per_request() -> None:
    (row,) = rows(model((None, at("1", requests_kcount=Decimal(14)))))
    assert row.usd_per_request == Decimal("0.014")


def test_what_this_program_does_not_read_of_a_text_request_is_refused() -> None:
    for key in ("cache_write_5m_mtok", "input_text_mtok"):
        with pytest.raises(PriceError, match=key):
            rows(model((None, at("1", **{key: Decimal(1)}))))
    with pytest.raises(PriceError, match="fee per request"):
        rows(model((None, at("1", requests_kcount=TieredPrices(Decimal(1), [Tier(5, Decimal(2))])))))


def test_what_is_charged_besides_text_is_named() -> None:
    image = PriceVariant({"processing": "batch"}, ModelPrice(input_image_mtok=Decimal(1)))
    assert not_priced_here(model((None, at("1", web_searches_kcount=Decimal(10))), variants=(image,))) == (
        "input_image_mtok",
        "web_searches_kcount",
    )


def test_a_route_is_a_residency_only_where_one_factor_holds_for_every_price() -> None:
    european = PriceVariant({"route": "mistral/eu"}, at("1.1", "8.8"))
    (found,), notes = residency_multipliers(model((None, at("1")), variants=(european,)))
    assert (found.residency, found.multiplier, notes) == ("EU", Decimal("1.1"), ())
    uneven = PriceVariant({"route": "mistral/eu"}, at("1.1", "9"))
    found_none, (note,) = residency_multipliers(model((None, at("1")), variants=(uneven,)))
    assert found_none == ()
    assert "no single factor" in note


TIMES = st.times().map(lambda moment: moment.replace(minute=0, second=0, microsecond=0))
CONSTRAINTS = st.one_of(
    st.dates(date(2026, 1, 1), date(2026, 1, 20)).map(StartDateConstraint),
    st.builds(TimeOfDateConstraint, TIMES, TIMES),
)
PRICES = st.sampled_from([at("1"), at("2"), at("3"), at("2", "9")])
VARIANTS = st.lists(
    st.builds(
        PriceVariant,
        st.sampled_from([{"processing": "batch"}, {"service_tier": "flex"}, {"service_tier": "fast"}]),
        st.sampled_from([at("0.5"), ModelPrice(input_mtok=Decimal("0.25")), ModelPrice(output_mtok=Decimal(4))]),
        st.one_of(st.none(), CONSTRAINTS),
    ),
    max_size=3,
)
WORDS = {Variant.BATCH: {"processing": "batch"}, Variant.FLEX: {"service_tier": "flex"}}


@given(
    conditions=st.lists(st.tuples(CONSTRAINTS, PRICES), max_size=5),
    variants=VARIANTS,
    day=st.dates(date(2025, 12, 30), date(2026, 1, 25)),
    hour=st.times(),
)
def test_rows_say_what_genai_prices_takes_at_every_moment(
    conditions: list[tuple[StartDateConstraint | TimeOfDateConstraint, ModelPrice]],
    variants: list[PriceVariant],
    day: date,
    hour: time,
) -> None:
    made = model((None, at("1")), *conditions, variants=tuple(variants))
    ours: TokenOffer = offer(*rows(made))
    moment = datetime.combine(day, hour, tzinfo=UTC)
    for variant, words in ((Variant.STANDARD, None), *WORDS.items()):
        theirs = made.get_prices(moment, words)
        named = words is None or any(
            each.when == words and (each.constraint is None or each.constraint.active(moment)) for each in variants
        )
        row = ours.price_on(day, variant, hour)
        if not named:
            assert row is None  # genai-prices would take the standard price; we know of none (CONVENTION §3)
        else:
            assert row is not None
            assert row.rates.input_usd_per_mtok == theirs.input_mtok
            assert row.rates.output_usd_per_mtok == theirs.output_mtok


@given(windows=st.lists(st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1]), max_size=4), moment=st.times())
def test_hours_apart_cover_every_window_once_and_nothing_else(windows: list[tuple[time, time]], moment: time) -> None:
    inside = any(DailyHours(start=start, end=end).hold(moment) for start, end in windows)
    holding = [hours for hours in hours_apart(windows) if hours is not None and hours.hold(moment)]
    assert len(holding) == inside
    joined = merged([(hours, "same") for hours in hours_apart(windows) if hours is not None])
    assert sum(hours.hold(moment) for hours, _ in joined) == inside
