"""A user's own price: before every list price, with author, day and reason; a plan differs by exactly that money."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from planner.errors import PriceError
from planner.planning import plan
from planner.prices.kinds.instance import InstanceOffer, PurchaseOption
from planner.prices.kinds.provisioned import ProvisionedOffer
from planner.prices.offers import DailyHours, PriceProfile, Quote, TokenPrice, Variant
from planner.prices.quotes import (
    instance_usd_per_h,
    offers_in_force,
    price_in_force,
    unit_usd,
    with_quote,
    without_quote,
)
from planner.prices.rate_cards import rate_card
from planner.samples.catalog import sample
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass
from tests.support.token_offers import offer, rates

DAY = date(2026, 11, 23)
LIST = TokenPrice(rates=rates("1.5", "6"))


def quote(usd: str = "1", on: date = DAY, until: date | None = None, **price: object) -> Quote:
    return Quote(
        sku="vendor/model",
        author="Ada",
        date=on,
        reason="framework contract",
        price=TokenPrice.model_validate({"rates": rates(usd, "4"), **price}),
        valid_until=until,
    )


def profile(*quotes: Quote, prices: tuple[TokenPrice, ...] = (LIST,)) -> PriceProfile:
    return PriceProfile(
        profile_id="test", title="Test", data_source="test", data_as_of=DAY, offers=(offer(*prices),), quotes=quotes
    )


def in_force(of: PriceProfile, on: date = DAY, **how: object) -> Decimal:
    found = price_in_force(of, "vendor/model", on, **how)  # type: ignore[arg-type]
    return found.price.rates.input_usd_per_mtok


def test_a_quote_goes_before_the_list_from_its_day_until_its_end() -> None:
    """Precedence: user quote > imported > bundled (prices.md §4)."""
    quoted = with_quote(profile(), quote(until=date(2026, 12, 1)))
    assert in_force(quoted, date(2026, 11, 22)) == Decimal("1.5")
    assert in_force(quoted, DAY) == Decimal(1)
    assert in_force(quoted, date(2026, 11, 30)) == Decimal(1)
    assert in_force(quoted, date(2026, 12, 1)) == Decimal("1.5")
    found = price_in_force(quoted, "vendor/model", DAY)
    assert found.quote is not None
    assert found.quote.author == "Ada"


def test_a_quote_is_for_one_variant() -> None:
    prices = (LIST, TokenPrice(rates=rates("0.75", "3"), variant=Variant.BATCH))
    quoted = with_quote(profile(prices=prices), quote())
    assert in_force(quoted, variant=Variant.BATCH) == Decimal("0.75")
    with pytest.raises(PriceError, match="no flex price"):
        in_force(quoted, variant=Variant.FLEX)


def test_earlier_quotes_stay_as_history_and_the_newest_holds() -> None:
    first, second = quote("1", date(2026, 10, 1)), quote("0.8", date(2026, 11, 1))
    quoted = with_quote(with_quote(profile(), second), first)
    assert quoted.quotes == (first, second)
    assert in_force(quoted) == Decimal("0.8")
    assert in_force(quoted, date(2026, 10, 15)) == Decimal(1)


def test_a_correction_of_the_same_day_takes_the_place_of_the_slip() -> None:
    quoted = with_quote(with_quote(profile(), quote("100")), quote("1"))
    assert [in_force(quoted), len(quoted.quotes)] == [Decimal(1), 1]
    assert without_quote(quoted, quoted.quotes[0]) == profile()
    with pytest.raises(PriceError, match="no such quote"):
        without_quote(profile(), quote())


def test_a_quote_for_what_nobody_sells_is_refused_with_the_names_near_it() -> None:
    slip = quote().model_copy(update={"sku": "vendor/modell"})
    with pytest.raises(PriceError, match="Did you mean vendor/model"):
        with_quote(profile(), slip)
    with pytest.raises(PriceError, match="no such offer"):
        price_in_force(profile(), "nobody/nothing", DAY)


def hourly(option: str, usd: str = "30", sku: str = "p5.48xlarge", on: date = DAY) -> Quote:
    return Quote(sku=sku, author="Ada", date=on, reason="private offer", usd_per_h=Decimal(usd), option=option)


def test_a_quote_by_the_hour_is_for_one_way_of_buying() -> None:
    card = rate_card("aws-ec2")
    machine = next(each for each in card.offers if isinstance(each, InstanceOffer) and each.sku == "p5.48xlarge")
    rows = {row.option: row for row in machine.prices}
    quotes = with_quote(with_quote(profile(), hourly("on_demand"), [card]), hourly("on_demand", "29"), [card]).quotes
    assert len(quotes) == 1
    full = instance_usd_per_h(card, machine, rows[PurchaseOption.ON_DEMAND], quotes, DAY)
    assert (full.usd, full.per, full.quote) == (Decimal(29), "hour", quotes[0])
    assert "Ada" in full.source
    spot = instance_usd_per_h(card, machine, rows[PurchaseOption.SPOT], quotes, DAY)
    assert (spot.usd, spot.quote) == (rows[PurchaseOption.SPOT].usd_per_h, None)
    before = instance_usd_per_h(card, machine, rows[PurchaseOption.ON_DEMAND], quotes, date(2026, 11, 22))
    assert before.quote is None


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (hourly("on_demand", sku="p5.48xlargee"), "Did you mean p5.48xlarge"),
        (hourly("rented"), "It is sold as"),
        (hourly(""), "how the machine is bought"),
    ],
)
def test_hours_of_a_machine_nobody_sells_so_are_refused(wrong: Quote, why: str) -> None:
    with pytest.raises(PriceError, match=why):
        with_quote(profile(), wrong, [rate_card("aws-ec2")])


def test_a_quote_for_a_unit() -> None:
    card = rate_card("azure-ptu")
    units = next(each for each in card.offers if isinstance(each, ProvisionedOffer))
    row = next(each for each in units.prices if each.usd_per_unit_h is not None)
    listed = unit_usd(card, units, row, (), DAY)
    assert (listed.usd, listed.per) == (row.usd_per_unit_h, "hour")
    own = Quote(sku=units.sku, author="Ada", date=DAY, reason="contract", usd_per_unit_month=Decimal(200))
    quoted = with_quote(profile(), own, [card])
    found = unit_usd(card, units, row, quoted.quotes, DAY)
    assert (found.usd, found.per) == (Decimal(200), "month")


def test_offers_say_what_is_quoted_and_who_said_so() -> None:
    quoted = with_quote(profile(), quote(until=date(2026, 12, 24)))
    laid = offers_in_force(quoted, DAY)[0]
    row = laid.price_on(DAY)
    assert row is not None
    assert row.provenance is not None
    assert row.provenance.source == "own quote, Ada, 23 Nov 2026: framework contract"
    for day in (date(2026, 11, 1), DAY, date(2026, 12, 23), date(2026, 12, 24)):
        listed = laid.price_on(day)
        assert listed is not None
        assert listed.rates.input_usd_per_mtok == in_force(quoted, day)
    assert offers_in_force(quoted, date(2026, 11, 22)) == profile().offers  # not yet given


def test_a_quote_lies_over_prices_by_the_hour_as_well() -> None:
    night = TokenPrice(rates=rates("0.7", "3"), hours=DailyHours(start=time(0), end=time(6)))
    quoted = with_quote(profile(prices=(LIST, night)), quote())
    laid = offers_in_force(quoted, DAY)[0]
    assert not laid.hourly_prices_on(DAY)
    assert laid.hourly_prices_on(date(2026, 11, 22))


def paid(scenario: Scenario) -> dict[tuple[str, str], float]:
    """What a month of each class costs at each offer."""
    return {
        (placement.task_class, option.model): option.cost.usd_per_request.value * placement.requests_per_month
        for placement in plan(scenario).placements
        for option in placement.options
        if option.cost is not None and option.cost.usd_per_request is not None
    }


def test_a_plan_differs_by_exactly_the_quoted_money() -> None:
    """Everything else is left as it was: tokens times the difference of the rates, and nothing more."""
    before = sample("office-assistant").model_copy(update={"fleets": ()})  # no device takes part in this
    sku = "openai/gpt-5.4-nano"
    listed = price_in_force(before.prices, sku, before.as_of).price
    half = listed.rates.model_copy(
        update={
            "input_usd_per_mtok": listed.rates.input_usd_per_mtok / 2,
            "output_usd_per_mtok": listed.rates.output_usd_per_mtok / 2,
        }
    )
    own = Quote(sku=sku, author="Ada", date=before.as_of, reason="half price", price=TokenPrice(rates=half))
    after = before.model_copy(update={"prices": with_quote(before.prices, own)})
    old, new = paid(before), paid(after)
    assert old.keys() == new.keys()
    classes = {task_class.name: task_class for task_class in before.workload.task_classes}
    for (name, model), usd in old.items():
        saved = saved_usd_per_request(classes[name], listed, own) * requests(before, classes[name])
        assert usd - new[name, model] == pytest.approx(saved if model == sku else 0.0, rel=1e-9)
    assert sum(model == sku for _, model in old) == len(classes)


def saved_usd_per_request(task_class: TaskClass, listed: TokenPrice, own: Quote) -> float:
    assert own.price is not None
    cached = round(task_class.input_tokens * task_class.cached_share)
    was, now = listed.rates, own.price.rates
    per_mtok = (
        (task_class.input_tokens - cached) * (was.input_usd_per_mtok - now.input_usd_per_mtok)
        + cached * ((was.cached_input_usd_per_mtok or 0) - (now.cached_input_usd_per_mtok or 0))
        + task_class.output_tokens * (was.output_usd_per_mtok - now.output_usd_per_mtok)
    )
    return float(per_mtok) / 1e6


def requests(scenario: Scenario, task_class: TaskClass) -> float:
    return task_class.requests_per_day * scenario.workload.active_days_per_month
