"""What there is to choose from: price, source, age and basis of every kind of offer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from planner.basis import Basis
from planner.prices.managed import price_profile
from planner.prices.offers import PriceProfile, Quote, TokenPrice
from planner.prices.quotes import with_quote
from planner.prices.rate_card import RateCard
from planner.prices.rate_cards import all_rate_cards, rate_card
from planner.prices.shelf import Shelved, cards_in_force, found, shelf
from tests.support.token_offers import rates

DAY = date(2026, 11, 25)


def shelved(on: date = DAY, profile: PriceProfile | None = None) -> tuple[Shelved, ...]:
    return shelf(on, profile or price_profile(), all_rate_cards())


def test_every_bundled_offer_has_a_source_and_a_day() -> None:
    everything = shelved()
    assert {each.offer.kind for each in everything} >= {"token", "instance", "provisioned", "egress", "energy"}
    assert all(each.source for each in everything)
    assert all(each.read_on <= DAY for each in everything)
    assert all(each.age_days == (DAY - each.read_on).days for each in everything)


def test_a_stale_price_is_marked_after_sixty_days() -> None:
    """prices.md §3: warn when older than 60 days."""
    read_on = price_profile().data_as_of
    for days, stale in ((60, False), (61, True)):
        on = date.fromordinal(read_on.toordinal() + days)
        (nano,) = found(shelf(on, price_profile(), ()), words="gpt-5.4-nano")
        assert (nano.age_days, nano.is_stale) == (days, stale)


def test_a_quote_is_shown_in_place_of_the_list_price() -> None:
    own = Quote(sku="openai/gpt-5.4-nano", author="Ada", date=DAY, reason="c", price=TokenPrice(rates=rates("0.1")))
    profile = with_quote(price_profile(), own)
    (nano,) = found(shelved(profile=profile), words="gpt-5.4-nano")
    assert nano.quote == own
    assert nano.figures[0] == ("input", Decimal("0.1"), "USD/Mtok")
    assert (nano.age_days, nano.is_stale, nano.basis) == (0, False, Basis.PUBLISHED)
    (before,) = found(shelved(date(2026, 11, 24), profile), words="gpt-5.4-nano")
    assert before.quote is None


def test_a_quote_for_an_hour_is_for_one_way_of_buying() -> None:
    spot = Quote(sku="p5.48xlarge", author="Ada", date=DAY, reason="c", usd_per_h=Decimal(9), option="spot")
    full = spot.model_copy(update={"option": "on_demand"})
    for own, taken in ((spot, False), (full, True)):
        profile = with_quote(price_profile(), own, all_rate_cards())
        machines = list(found(shelved(profile=profile), kind="instance", words="p5.48xlarge us-east-1"))
        assert [each.quote is not None for each in machines] == [taken]


def test_searching_by_kind_vendor_and_words() -> None:
    everything = shelved()
    machines = list(found(everything, kind="instance", words="h100 US-EAST-1"))
    assert machines
    assert all("H100" in f"{each.offer}" and each.region == "us-east-1" for each in machines)
    assert all(each.vendor == "Anthropic" for each in found(everything, vendor="anthropic"))
    assert not list(found(everything, words="no such thing"))


def test_a_users_own_card_takes_the_place_of_the_bundled_one() -> None:
    """prices.md §4: user-refreshed before bundled."""
    own: RateCard = rate_card("nebius").model_copy(update={"title": "Nebius, mine"})
    cards = cards_in_force((own,), all_rate_cards())
    assert [card.title for card in cards if card.profile_id == "nebius"] == ["Nebius, mine"]
    assert len(cards) == len(all_rate_cards())
