"""A price profile on another day: offers as they were sold then, none of them for nothing (CONVENTION §3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from planner.prices.offers import PriceProfile, Replaced, TokenOffer, TokenPrice
from planner.prices.repricing import repriced
from tests.support.token_offers import DAY, offer, rates

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def priced(sku: str, usd: str, start: date | None = None, end: date | None = None) -> TokenOffer:
    return offer(TokenPrice(rates=rates(usd), effective_from=start, effective_to=end), sku=sku, title=sku)


def profile(*offers: TokenOffer, replaced: tuple[Replaced, ...] = ()) -> PriceProfile:
    return PriceProfile(profile_id="p", title="P", data_source="test", data_as_of=DAY, offers=offers, replaced=replaced)


def input_usd(of: PriceProfile, on: date) -> dict[str, Decimal]:
    found = {each.sku: each.price_on(on) for each in of.offers}
    return {sku: price.rates.input_usd_per_mtok for sku, price in found.items() if price is not None}


def test_dated_rows_are_taken_as_they_held_and_what_began_later_is_named_and_left_out() -> None:
    old, new = priced("v/old", "2", MAY), priced("v/new", "1", JULY)
    then = repriced(profile(old, new), JUNE)
    assert input_usd(then.profile, JUNE) == {"v/old": Decimal(2)}
    assert [each.sku for each in then.left_out] == ["v/new"]
    (doubt,) = then.doubts
    assert (doubt.kind, doubt.subject) == ("NoPriceThen", "v/new")
    assert doubt.sentence == "Left out, because no price is known for 1 Jun 2026: v/new."


def test_an_ended_offer_is_left_out_on_days_after_its_end() -> None:
    assert repriced(profile(priced("v/ended", "2", MAY, JUNE)), JUNE).profile.offers == ()


def test_a_price_without_a_first_day_is_doubted_for_days_before_the_data() -> None:
    undated = priced("v/undated", "2")
    (doubt,) = repriced(profile(undated), JUNE).doubts
    assert (doubt.kind, doubt.subject) == ("UndatedPrice", "v/undated")
    assert "nor whether the model was sold by then" in doubt.sentence
    assert repriced(profile(undated), DAY).doubts == ()


def test_an_offer_replaced_since_is_taken_as_it_stood() -> None:
    earlier = Replaced(replaced_on=JUNE, by="import of a.json", offer=priced("v/m", "9"))
    later = Replaced(replaced_on=JULY, by="import of b.json", offer=priced("v/m", "5"))
    now = profile(priced("v/m", "2"), replaced=(earlier, later))
    assert [input_usd(repriced(now, on).profile, on)["v/m"] for on in (MAY, JUNE, JULY)] == [9, 5, 2]


def test_but_an_offer_that_knows_the_day_by_date_goes_before_what_was_known_then() -> None:
    stale = Replaced(replaced_on=JULY, by="import", offer=priced("v/m", "9"))
    now = profile(priced("v/m", "2", MAY), replaced=(stale,))
    assert input_usd(repriced(now, JUNE).profile, JUNE) == {"v/m": Decimal(2)}


def test_an_offer_that_an_import_took_away_is_back_on_days_before() -> None:
    gone = Replaced(replaced_on=JULY, by="import", offer=priced("v/gone", "9"))
    now = profile(priced("v/m", "2"), replaced=(gone,))
    assert set(input_usd(repriced(now, JUNE).profile, JUNE)) == {"v/m", "v/gone"}
    assert set(input_usd(repriced(now, JULY).profile, JULY)) == {"v/m"}
