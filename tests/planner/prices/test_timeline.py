"""Two accounts of a price in one timeline: no row is lost, the past keeps its price, and twice is once."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.prices.dated import Provenance, require_apart, row_on
from planner.prices.offers import DailyHours, TokenPrice, TokenRates, Variant
from planner.prices.timeline import clipped, joined, same_terms
from tests.support.token_offers import rates

DAY = date(2026, 11, 25)
HELD_BY = Provenance(source="what was held", retrieved=date(2026, 11, 1))


def price(usd: str, start: date | None = None, end: date | None = None, **more: object) -> TokenPrice:
    return TokenPrice.model_validate({"rates": rates(usd, "6"), "effective_from": start, "effective_to": end, **more})


def now(held: list[TokenPrice], read: list[TokenPrice], *, history: bool = False) -> tuple[TokenPrice, ...]:
    return joined(held, read, DAY, tells_history=history, held_by=HELD_BY)


def spans(rows: tuple[TokenPrice, ...]) -> list[tuple[date | None, date | None, Decimal]]:
    return [(row.effective_from, row.effective_to, row.rates.input_usd_per_mtok) for row in rows]


def test_a_new_price_closes_the_old_row_on_its_day() -> None:
    """Rows are never changed, only closed and replaced (prices.md)."""
    rows = now([price("1")], [price("2")])
    assert spans(rows) == [(None, DAY, Decimal(1)), (DAY, None, Decimal(2))]
    assert rows[0].provenance == HELD_BY
    assert rows[1].provenance is None


def test_the_same_price_stays_one_row_and_is_confirmed() -> None:
    rows = now([price("1", date(2026, 1, 1))], [price("1.00")])
    assert spans(rows) == [(date(2026, 1, 1), None, Decimal(1))]
    assert rows[0].provenance is None  # the offer's own, which is now the newer source


def test_a_snapshot_leaves_what_is_announced() -> None:
    later = date(2027, 1, 1)
    rows = now([price("1", None, later, introductory=True), price("4", later)], [price("2")])
    assert spans(rows) == [(None, DAY, Decimal(1)), (DAY, later, Decimal(2)), (later, None, Decimal(4))]
    assert not rows[0].introductory  # it did not end on the day it promised


def test_a_snapshot_says_nothing_of_days_before_it() -> None:
    rows = now([price("1", date(2026, 10, 14))], [price("2")])
    assert spans(rows) == [(date(2026, 10, 14), DAY, Decimal(1)), (DAY, None, Decimal(2))]


def test_a_source_with_history_corrects_the_past_where_it_names_a_day() -> None:
    since = date(2026, 6, 1)
    rows = now([price("1")], [price("9", None, since), price("2", since)], history=True)
    assert spans(rows) == [(None, since, Decimal(1)), (since, None, Decimal(2))]


def test_a_source_with_history_ends_what_it_does_not_announce_any_more() -> None:
    later = date(2027, 1, 1)
    rows = now([price("1", None, later), price("4", later)], [price("1")], history=True)
    assert spans(rows) == [(None, None, Decimal(1))]


def test_variants_nobody_speaks_of_stay() -> None:
    batch = price("0.5", variant=Variant.BATCH)
    rows = now([price("1"), batch], [price("2")])
    assert [row.variant for row in rows] == [Variant.STANDARD, Variant.STANDARD, Variant.BATCH]
    assert rows[2].provenance == HELD_BY


def test_other_hours_of_the_day_take_the_whole_variant() -> None:
    night = price("1", hours=DailyHours(start=time(0), end=time(6)))
    morning = price("2", hours=DailyHours(start=time(3), end=time(9)))
    rows = now([night, price("3")], [morning, price("4")], history=True)
    assert spans(rows) == [
        (None, DAY, Decimal(1)),
        (None, DAY, Decimal(3)),
        (DAY, None, Decimal(2)),
        (DAY, None, Decimal(4)),
    ]


def test_a_part_of_a_row() -> None:
    row = price("1", date(2026, 1, 1), date(2026, 12, 1))
    part = clipped(row, date(2026, 2, 1), None)
    assert part is not None
    assert (part.effective_from, part.effective_to) == (date(2026, 2, 1), date(2026, 12, 1))
    assert clipped(row, date(2026, 12, 1), None) is None


DAYS = st.integers(min_value=-60, max_value=60).map(lambda days: DAY + timedelta(days=days))


@st.composite
def timelines(draw: st.DrawFn) -> list[TokenPrice]:
    cuts = sorted(draw(st.sets(DAYS, max_size=4)))
    bounds = [draw(st.sampled_from([None, *cuts[:1]])), *cuts, None]
    rows = [
        price(str(draw(st.integers(min_value=1, max_value=3))), start, end)
        for start, end in pairwise(bounds)
        if start != end and draw(st.booleans())
    ]
    return rows or [price("1")]


@settings(max_examples=60)
@given(timelines(), timelines(), st.booleans())
def test_any_two_timelines(held: list[TokenPrice], read: list[TokenPrice], history: bool) -> None:
    """Rows never overlap, twice is once, and on every day the price is that of one of the two sources."""
    if not history:
        read = [price("2")]  # all that a source without days can say
    once = joined(held, read, DAY, tells_history=history, held_by=HELD_BY)
    require_apart(once, "the joined rows")
    twice = joined(once, read, DAY, tells_history=history, held_by=HELD_BY)
    assert spans(twice) == spans(once)
    for day in (DAY + timedelta(days=days) for days in range(-70, 70, 7)):
        found, old, new = row_on(once, day), row_on(held, day), row_on(read, day)
        assert found is None or any(each is not None and same_terms(found, each) for each in (old, new))
        if old is not None and day < DAY:
            assert found is not None  # the past keeps a price
        if new is not None and history and day >= DAY:
            assert found is not None
            assert same_terms(found, new)


def test_terms_do_not_depend_on_who_says_them() -> None:
    assert same_terms(price("1"), price("1.0", DAY, note="somebody").model_copy(update={"provenance": HELD_BY}))
    assert not same_terms(price("1"), price("1", usd_per_request=Decimal("0.1")))
    assert not same_terms(
        price("1"), TokenPrice(rates=TokenRates(input_usd_per_mtok=Decimal(1), output_usd_per_mtok=Decimal(7)))
    )
