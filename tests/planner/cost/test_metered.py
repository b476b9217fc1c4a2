"""A request at a per-token price as cost parts: by day, hour and place (CONVENTION §7, §8)."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from planner.basis import Basis
from planner.cost.metered import metered_request, metered_usage
from planner.errors import PriceError
from planner.planning import plan
from planner.prices.offers import DailyHours, Quote, ResidencyMultiplier, TokenOffer, TokenPrice, Variant
from planner.prices.usage import TokenUsage
from planner.workload.task_classes import Slo
from tests.support import engine
from tests.support.token_offers import DAY, offer, rates

PEAK = DailyHours(start=time(6), end=time(12))
HOURLY = offer(
    TokenPrice(rates=rates("1", "4", None, None)), TokenPrice(hours=PEAK, rates=rates("3", "12", None, None))
)
ASKED = engine.task_class(input_tokens=1_000_000, output_tokens=250_000)  # $2 off the peak, $6 in it


def test_parts_are_the_rows_and_say_what_bears_them() -> None:
    plain = offer(TokenPrice(rates=rates(), usd_per_request=Decimal("0.5")))
    metered = metered_request(plain, engine.task_class(input_tokens=1000, output_tokens=100, cached_share=0.4), DAY)
    assert [(part.name, part.usd_per_request, part.input_share) for part in metered.parts] == [
        ("input", pytest.approx(600 * 1.5e-6), 1.0),
        ("cached input", pytest.approx(400 * 0.15e-6), 1.0),
        ("output", pytest.approx(100 * 6e-6), 0.0),
        ("request fee", 0.5, None),
    ]
    assert {part.driver for part in metered.parts} == {"token_price"}
    assert {part.basis for part in metered.parts} == {Basis.PUBLISHED}
    assert metered.usd_per_request == pytest.approx(0.5 + 0.00156)


def test_a_cheaper_variant_is_never_chosen_in_silence() -> None:
    both = offer(TokenPrice(rates=rates("2")), TokenPrice(variant=Variant.BATCH, rates=rates("1")))
    assert metered_usage(both, TokenUsage(1_000_000, 0), DAY).usd_per_request == pytest.approx(2.0)
    with pytest.raises(PriceError, match="no standard price"):
        metered_usage(offer(TokenPrice(variant=Variant.BATCH, rates=rates())), TokenUsage(5, 0), DAY)


@pytest.mark.parametrize(
    ("active_h", "low", "high"),
    [
        (6, 2.0, 6.0),  # all inside the peak or all outside it
        (12, 2.0, 4.0),  # six of twelve hours at most, none at least
        (20, 2 + 4 * 2 / 20, 2 + 4 * 6 / 20),  # at least two hours of the peak
        (24, 3.0, 3.0),
    ],
)
def test_a_price_by_the_hour_is_the_mean_of_the_day_between_cheapest_and_dearest_hours(
    active_h: float, low: float, high: float
) -> None:
    metered = metered_request(HOURLY, ASKED, DAY, active_hours_per_day=active_h)
    assert metered.usd_per_request == pytest.approx(2 + 4 * 6 / 24)
    assert sum(part.low_usd for part in metered.parts) == pytest.approx(low)
    assert sum(part.high_usd for part in metered.parts) == pytest.approx(high)
    expected = Basis.PUBLISHED if active_h == 24 else Basis.ESTIMATED
    assert {part.basis for part in metered.parts} == {expected}
    (doubt,) = metered.warnings
    assert (doubt.kind, doubt.subject) == ("PriceByHour", "vendor/model")
    assert "06:00 to 12:00 UTC" in doubt.sentence


def test_a_quote_makes_the_hour_irrelevant() -> None:
    quote = Quote(sku="vendor/model", author="a", date=DAY, reason="r", price=TokenPrice(rates=rates("1", "1")))
    metered = metered_request(HOURLY, ASKED, DAY, quotes=(quote,), active_hours_per_day=8)
    assert metered.usd_per_request == pytest.approx(1.25)
    assert metered.warnings == ()


def test_a_class_is_priced_in_the_cheapest_place_it_allows() -> None:
    near = offer(
        residency_multipliers=tuple(
            ResidencyMultiplier(residency=place, multiplier=Decimal(factor))
            for place, factor in (("EU", "1.1"), ("CH", "1.3"))
        )
    )

    def usd(*places: str) -> float:
        asked = engine.task_class(input_tokens=1_000_000, output_tokens=1, residency=places)
        return metered_request(near, asked, DAY).usd_per_request

    assert usd("CH", "EU") == pytest.approx(1.1 * usd())
    assert usd("CH") == pytest.approx(1.3 * usd())
    with pytest.raises(PriceError, match="in JP is not stated"):
        usd("JP")


def options_of(given: TokenOffer, **changes: object) -> list[str]:
    """What rules the offer out in a plan; nothing where it may be taken."""
    asked = engine.task_class(**changes)
    (placement,) = plan(engine.scenario(asked, offers=(given,))).placements
    (option,) = [each for each in placement.options if each.option_id.startswith("datacenter:")]
    return [violation.sentence for violation in option.violations]


def test_an_offer_without_a_stated_speed_is_ruled_out_by_a_bound_and_only_by_one() -> None:
    silent = engine.offer().model_copy(update={"service": None})
    (sentence,) = options_of(silent, slo=Slo(ttft_p95_s=1, e2e_p95_s=9))
    assert sentence == (
        "Nobody stated how fast acme/small answers, so the first token within 1 s and the last token within 9 s cannot "
        "be promised; enter its measured speed, or drop the bound."
    )
    assert options_of(silent) == []


def test_an_offer_without_a_price_of_the_day_is_ruled_out_in_words() -> None:
    later = engine.offer().model_copy(update={"prices": (TokenPrice(rates=rates(), effective_from=date(2027, 1, 1)),)})
    assert options_of(later) == ["The cost of acme/small is unknown: it has no known standard price on 23 Nov 2026."]
