"""List prices from the installed package: nothing changes where it is the one in use, and stale rows are found."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from planner.errors import PriceError
from planner.prices.differences import ChangeKind, apply_difference, difference
from planner.prices.list_prices import data_source
from planner.prices.managed import data_day, price_profile
from planner.prices.offers import TokenOffer, TokenPrice
from planner.prices.refresh import installed_prices
from tests.support.token_offers import offer, rates


def test_the_bundled_profile_is_up_to_date_with_the_installed_package() -> None:
    profile = price_profile()
    read = installed_prices(profile)
    assert read.report.source == data_source()
    found = difference(profile, read, data_day())
    assert found.is_empty
    assert found.same == len(profile.offers)


def test_an_outdated_profile_is_brought_up_to_date_and_keeps_how_fast_each_answers() -> None:
    profile = price_profile()
    old: TokenOffer = profile.offers[0]
    stale = TokenOffer.model_validate(
        {
            **dict(old),
            "prices": (TokenPrice(rates=rates("99")),),
            "as_of": date(2026, 1, 1),
            "source": "genai-prices 0.1",
        }
    )
    outdated = profile.model_copy(update={"offers": (stale, *profile.offers[1:])})
    found = difference(outdated, installed_prices(outdated), data_day())
    (change,) = found.of(ChangeKind.CHANGED)
    assert change.sku == old.sku
    after = apply_difference(outdated, found)
    assert after.offers[0].service == old.service
    now = after.offers[0].price_on(data_day())
    assert now is not None
    assert now.rates == old.prices[0].rates or now.rates.input_usd_per_mtok != Decimal(99)
    assert after.replaced[0].offer == stale


def test_other_models_by_name_and_offers_it_does_not_know() -> None:
    profile = price_profile()
    read = installed_prices(profile, only=("openai/gpt-4o",))
    assert "openai/gpt-4o" in {each.sku for each in read.offers}
    own = profile.model_copy(update={"offers": (*profile.offers, offer())})
    doubts = installed_prices(own).report.warnings
    assert [(doubt.kind, doubt.subject) for doubt in doubts] == [("NotListed", "vendor/model")]
    with pytest.raises(PriceError, match="knows none"):
        installed_prices(profile, only=("nobody/",))
