"""Days a price holds: the first day counts, the last does not, and no two prices of one thing share a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.basis import Basis
from planner.prices.dated import Confidence, DatedRow, Provenance, require_apart, row_on

NEW_YEAR = date(2026, 1, 1)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1))


def row(start: date | None = None, end: date | None = None) -> DatedRow:
    return DatedRow(effective_from=start, effective_to=end)


def test_the_first_day_counts_and_the_last_does_not() -> None:
    held = row(NEW_YEAR, date(2026, 2, 1))
    assert not held.in_force(NEW_YEAR - timedelta(days=1))
    assert held.in_force(NEW_YEAR)
    assert held.in_force(date(2026, 1, 31))
    assert not held.in_force(date(2026, 2, 1))
    assert row().in_force(date.min)


def test_a_price_ends_after_it_began_and_an_introductory_one_ends() -> None:
    with pytest.raises(ValidationError, match="before effective_to"):
        row(NEW_YEAR, NEW_YEAR)
    with pytest.raises(ValidationError, match="when it ends"):
        DatedRow(introductory=True)
    assert DatedRow(introductory=True, effective_to=NEW_YEAR).introductory


@given(st.lists(st.tuples(DAYS, st.integers(1, 900) | st.none()), min_size=1, max_size=5), DAYS)
def test_rows_that_stand_apart_name_at_most_one_price_a_day(spans: list[tuple[date, int | None]], on: date) -> None:
    rows = [row(start, None if days is None else start + timedelta(days=days)) for start, days in spans]
    try:
        require_apart(rows, "it")
    except ValueError:
        assert any(one.overlaps(other) for index, one in enumerate(rows) for other in rows[index + 1 :])
        return
    assert sum(each.in_force(on) for each in rows) <= 1
    found = row_on(rows, on)
    assert (found is None) == (not any(each.in_force(on) for each in rows))


@given(DAYS, st.integers(1, 400), DAYS, st.integers(1, 400))
def test_two_rows_overlap_where_they_share_a_day(one: date, long: int, other: date, short: int) -> None:
    first, second = row(one, one + timedelta(days=long)), row(other, other + timedelta(days=short))
    shared = max(one, other) < min(one + timedelta(days=long), other + timedelta(days=short))
    assert first.overlaps(second) == second.overlaps(first) == shared


def test_an_estimate_is_estimated_and_a_copy_of_a_list_is_published() -> None:
    """CONVENTION §4."""
    assert Confidence.ESTIMATE.basis is Basis.ESTIMATED
    assert {each.basis for each in (Confidence.QUOTED, Confidence.SECONDARY)} == {Basis.PUBLISHED}


@pytest.mark.parametrize("address", ["ftp://example.com", "example.com", "https://", "https://a b"])
def test_a_source_is_an_address_or_none(address: str) -> None:
    with pytest.raises(ValidationError):
        Provenance(source="x", source_url=address, retrieved=NEW_YEAR)
    assert Provenance(source="x", retrieved=NEW_YEAR).source_url == ""
