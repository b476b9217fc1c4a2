"""History over list rows, rows an import replaced, and quotes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from planner.errors import PriceError
from planner.prices.differences import apply_difference, difference
from planner.prices.history import Standing, offer_history, price_history, series
from planner.prices.offers import PriceProfile, Quote, TokenPrice, Variant
from planner.prices.quotes import with_quote
from planner.prices.rate_cards import rate_card
from tests.planner.prices.test_differences import imported
from tests.support.token_offers import offer, rates

FIRST, SECOND, THIRD = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


def three_prices() -> PriceProfile:
    """Held in August, changed by an import in September and by one that tells history in October."""
    held = offer(as_of=date(2026, 8, 1))
    profile = PriceProfile(profile_id="t", title="T", data_source="t", data_as_of=FIRST, offers=(held,))
    for day, usd in ((FIRST, "2"), (SECOND, "3")):
        read = offer(TokenPrice(rates=rates(usd)), as_of=day, source=f"map of {day}")
        profile = apply_difference(profile, difference(profile, imported(read, as_of=day), day))
    return profile


def test_every_price_in_order_with_its_source() -> None:
    rows = price_history(three_prices(), "vendor/model")
    assert [(row.effective_from, row.effective_to) for row in rows] == [(None, FIRST), (FIRST, SECOND), (SECOND, None)]
    assert [row.source for row in rows] == ["a test", "map of 2026-09-01", "map of 2026-10-01"]
    assert [row.retrieved for row in rows] == [date(2026, 8, 1), FIRST, SECOND]
    assert series(rows, "input") == ((None, Decimal("1.5")), (FIRST, Decimal(2)), (SECOND, Decimal(3)))


def test_quotes_stand_beside_the_list() -> None:
    own = Quote(sku="vendor/model", author="Ada", date=THIRD, reason="contract", price=TokenPrice(rates=rates("1")))
    rows = price_history(with_quote(three_prices(), own), "vendor/model")
    assert [row.standing for row in rows] == [Standing.LIST] * 3 + [Standing.QUOTE]
    assert rows[-1].source == "own quote, Ada, 1 Nov 2026: contract"
    assert len(series(rows, "input")) == 3  # a quote is no list price


def test_what_a_correction_of_the_past_took_away_is_still_told() -> None:
    profile = three_prices()
    corrected = offer(TokenPrice(rates=rates("9"), effective_from=date(2026, 9, 15)), as_of=THIRD, source="a history")
    after = apply_difference(profile, difference(profile, imported(corrected, history=True, as_of=THIRD), THIRD))
    rows = price_history(after, "vendor/model")
    gone = [row for row in rows if row.standing is Standing.REPLACED]
    assert [row.figures[0].usd for row in gone] == [Decimal(3)]
    assert "Replaced on 1 Nov 2026 by a map." in gone[0].note
    assert series(rows, "input")[-1] == (date(2026, 9, 15), Decimal(9))


def test_ways_are_told_apart() -> None:
    both = offer(TokenPrice(rates=rates()), TokenPrice(rates=rates("0.7"), variant=Variant.BATCH))
    assert [row.way for row in offer_history(both)] == ["batch", "standard"]


def test_a_machine_of_a_card() -> None:
    card = rate_card("aws-ec2")
    machine = next(each for each in card.offers if each.sku == "p5.48xlarge")
    rows = offer_history(machine, card)
    assert len(rows) == len(machine.prices)
    assert all(row.source and row.source_url for row in rows)


def test_an_unknown_sku_is_refused() -> None:
    with pytest.raises(PriceError, match="Did you mean vendor/model"):
        price_history(three_prices(), "vendor/modle")
