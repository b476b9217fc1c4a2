"""How old prices are: sixty days are fine, sixty-one are not; a quote ends on its day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from planner.documents import from_plain
from planner.prices.freshness import (
    STALE_DAYS,
    age_days,
    card_age_doubts,
    is_stale,
    offer_read_on,
    profile_doubts,
    quote_doubts,
    quote_holds,
)
from planner.prices.offers import Quote
from tests.support import rate_cards as raw
from tests.support.rate_cards import card, read
from tests.support.scenarios import prices

ON = date(2026, 11, 25)


def quote(**changes: Any) -> Quote:
    plain = {"sku": "h100x8", "author": "Ada", "date": "2026-01-10", "reason": "contract", "usd_per_h": "18"}
    return from_plain(plain | changes, Quote, where="quote")


def test_age_is_in_whole_days_and_sixty_are_still_fresh() -> None:
    assert STALE_DAYS == 60  # prices.md §3
    assert age_days(date(2026, 11, 1), ON) == 24
    assert not is_stale(ON - timedelta(days=60), ON)
    assert is_stale(ON - timedelta(days=61), ON)
    assert not is_stale(ON + timedelta(days=400), ON)  # a plan of the past with newer prices


def test_the_oldest_price_that_holds_dates_an_offer() -> None:
    rows = [
        {"usd_per_1000": "3", "effective_to": "2026-01-01", "provenance": read(retrieved="2020-01-01")},
        {"usd_per_1000": "2", "effective_from": "2026-01-01", "provenance": read(retrieved="2026-02-01")},
    ]
    held = card(raw.request(*rows), raw.token(), raw.egress())
    assert [offer_read_on(held, offer, ON) for offer in held.offers] == [
        date(2026, 2, 1),
        date(2026, 11, 10),
        date(2026, 11, 10),
    ]
    carbon_only = raw.energy() | {
        "prices": [],
        "reason": "not published",
        "carbon_provenance": read(retrieved="2025-05-05"),
    }
    held = card(carbon_only)
    assert offer_read_on(held, held.offers[0], ON) == date(2025, 5, 5)


def test_a_card_is_doubted_once_for_the_offers_that_are_used() -> None:
    old = {"usd_per_1000": "2", "provenance": read(retrieved="2026-02-01")}
    held = card(raw.request(old), raw.request(old, sku="other"), raw.egress())
    (doubt,) = card_age_doubts(held, held.offers, ON)
    assert (doubt.kind, doubt.subject) == ("StalePrices", "Acme Cloud")
    assert "search, other were read, the oldest 297 days ago" in doubt.sentence
    (one,) = card_age_doubts(held, held.offers[:1], ON)
    assert "the price of search was read 297 days ago (on 1 Feb 2026)" in one.sentence
    assert list(card_age_doubts(held, held.offers[2:], ON)) == []


@pytest.mark.parametrize(
    ("given", "on", "holds"),
    [
        ({}, date(2026, 1, 9), False),
        ({}, date(2026, 1, 10), True),
        ({}, date(2036, 1, 10), True),
        ({"valid_until": "2026-06-01"}, date(2026, 5, 31), True),
        ({"valid_until": "2026-06-01"}, date(2026, 6, 1), False),
    ],
)
def test_a_quote_holds_from_its_day_until_its_last(given: dict[str, str], on: date, holds: bool) -> None:
    assert quote_holds(quote(**given), on) is holds


def test_an_ended_quote_is_doubted_unless_another_took_its_place() -> None:
    ended = quote(valid_until="2026-06-01")
    (doubt,) = quote_doubts([ended], ON)
    assert (doubt.kind, doubt.subject) == ("ExpiredQuote", "h100x8")
    assert "Ada's quote for h100x8 ended on 1 Jun 2026" in doubt.sentence
    assert list(quote_doubts([ended], date(2026, 5, 31))) == []
    assert list(quote_doubts([ended, quote(date="2026-06-01")], ON)) == []
    assert [each.kind for each in quote_doubts([ended, quote(option="spot")], ON)] == ["ExpiredQuote"]
    assert [each.kind for each in quote_doubts([ended, quote(date="2027-01-01")], ON)] == ["ExpiredQuote"]


def test_a_profile_is_doubted_for_its_age_and_for_its_quotes() -> None:
    fresh = prices()
    on = fresh.data_as_of
    assert list(profile_doubts(fresh, on + timedelta(days=60))) == []
    (doubt,) = profile_doubts(fresh, on + timedelta(days=61))
    assert doubt.kind == "StalePrices"
    assert "61 days old" in doubt.sentence
    quoted = fresh.model_copy(update={"quotes": (quote(valid_until="2026-01-11"),)})
    assert "ExpiredQuote" in [each.kind for each in profile_doubts(quoted, max(on, ON))]
