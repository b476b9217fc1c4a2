"""prices.md §2 (provisioned): weights, minimum and step, throughput basis; no public price is a reason, never zero."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planner.cost.bought import Bought, Unpriced
from planner.cost.capacity_terms import capacity_terms
from planner.cost.capacity_unit import capacity_unit
from planner.cost.provisioned import reserved_unit, throughput_per_s, unit_model, weights_of
from planner.cost.token_load import TokenLoad
from planner.errors import UnknownNameError
from planner.prices.kinds.provisioned import UnitModel
from planner.prices.offers import Quote
from tests.support.capacities import DAY, capacity_scenario, cards, reserved, unit_offer
from tests.support.scenarios import published

CARD = cards()[1]


def _steady(per_minute: tuple[int, int, int], hours: float = 730) -> TokenLoad:
    """So many input, cached and output tokens in every minute, with no peak."""
    minutes = hours * 60
    input_tokens, cached, output = per_minute
    return TokenLoad(
        requests=minutes,
        input_tokens=input_tokens * minutes,
        cached_tokens=cached * minutes,
        output_tokens=output * minutes,
        active_hours_per_month=hours,
        peak_to_mean=published(1.0, "count"),
    )


def test_azure_counts_one_output_token_as_four_and_cached_ones_not_at_all() -> None:
    """provisioned-throughput-onboarding: 14,900 input TPM per PTU of gpt-4.1-mini, output × 4, cached − 100 %.

    600,000 TPM of input, 200,000 of them cached, and 40,000 of output: (400,000 + 160,000)/14,900 = 37.6 PTUs, 40 sold.
    """
    capacity = reserved().model_copy(update={"headroom": 1.0})
    terms = capacity_terms(capacity_scenario(capacity), capacity, _steady((600_000, 200_000, 40_000)), DAY)
    assert terms.economics is not None
    assert 1 / terms.economics.volume_per_unit == pytest.approx(560_000 / 14_900)
    assert terms.economics.units_for(1.0) == 40


def test_google_burns_tokens_per_second() -> None:
    """Vertex AI: throughput per second = (inputs + outputs × rate) × queries per second, over the GSU's throughput.

    3,360 a second per GSU of gemini-2.0-flash, output × 4: 10 queries of 1,000 input and 300 output tokens a second are
    22,000 burndown tokens a second, so 7 GSUs.
    """
    model = UnitModel(
        model="gemini-2.0-flash", throughput_per_unit=3_360, basis="weighted_tok_per_s", output_weight=4, min_units=1
    )
    weights = weights_of(model)
    assert not isinstance(weights, str)
    per_query = 1_000 * weights.input_weight + 300 * weights.output_weight
    assert 10 * per_query / float(throughput_per_s(model)) == pytest.approx(22_000 / 3_360)


def test_the_least_number_of_units_is_bought_for_any_load() -> None:
    capacity = reserved()
    terms = capacity_terms(capacity_scenario(capacity), capacity, _steady((100, 0, 10)), DAY)
    assert terms.economics is not None
    assert terms.economics.units_for(1.0) == 15


def test_without_a_cached_weight_cached_tokens_count_as_input() -> None:
    weights = weights_of(UnitModel(model="x", basis="input_tok_per_min", throughput_per_unit=1, output_weight=3))
    assert not isinstance(weights, str)
    assert weights.cached_weight == weights.input_weight


@pytest.mark.parametrize(
    ("term", "month", "upfront", "recurring"),
    [(0, 730.0, 0.0, 730.0), (1, 260.0, 0.0, 260.0), (12, 221.0, 2652.0, 0.0)],
)
def test_hour_month_and_year(term: float, month: float, upfront: float, recurring: float) -> None:
    found = reserved_unit(CARD, unit_offer(), term, DAY)
    assert isinstance(found, Bought)
    assert found.effective_usd_per_month.value == pytest.approx(month)
    assert (found.upfront_usd, found.recurring_usd_per_month) == (pytest.approx(upfront), pytest.approx(recurring))
    assert found.upfront_usd + max(term, 1) * found.recurring_usd_per_month == pytest.approx(max(term, 1) * month)


def test_a_price_that_is_not_public_is_the_vendors_reason() -> None:
    found = reserved_unit(CARD, unit_offer(), 36, DAY)
    assert isinstance(found, Unpriced)
    assert found.reasons == ("one PTU of ptu: the vendor answers on request only",)
    missing = reserved_unit(CARD, unit_offer(), 24, DAY)
    assert isinstance(missing, Unpriced)
    assert "24 months" in missing.reasons[0]


def test_a_quote_of_a_units_month_prices_what_has_no_list_price() -> None:
    quote = Quote(sku="ptu", author="Kim", date=DAY, reason="mail", usd_per_unit_month=Decimal(199))
    found = reserved_unit(CARD, unit_offer(), 36, DAY, (quote,))
    assert isinstance(found, Bought)
    assert found.effective_usd_per_month.value == 199
    assert "Kim" in found.effective_usd_per_month.source


def test_an_unknown_throughput_is_said() -> None:
    capacity = reserved(unit_model="secret")
    unit = capacity_unit(capacity_scenario(capacity), capacity, DAY)
    assert unit.missing == ("the throughput of one unit of secret is not public",)
    lacking = weights_of(UnitModel(model="x", basis="input_tok_per_min", throughput_per_unit=1))
    assert lacking == "the weight of output tokens of x is not public"


def test_an_unknown_model_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(UnknownNameError, match="mini, secret"):
        unit_model(unit_offer(), "maxi")
