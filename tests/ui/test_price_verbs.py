"""What the Prices page asks of the engine: the shelf, quotes, imports into cards, and capacity with its card."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from planner.documents import save_document
from planner.errors import PlannerError, PriceError
from planner.prices.differences import ChangeKind
from planner.prices.offers import Quote
from planner.prices.rate_cards import rate_card
from planner.scenario import Scenario
from tests.support import capacities, rate_cards, scenarios
from ui.bound_price_verbs import PRICE_VERBS

TODAY = scenarios.DAY
PLAIN = scenarios.scenario("Plain")
HEADS = "InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Price,SpotPrice,Region,AvailabilityZone"
CATALOG = f"{HEADS}\ng6.48xlarge,192.0,768.0,L4,8.0,,12.5,4.2,us-east-1,us-east-1a\n"


def hourly(usd: str, option: str = "on_demand", sku: str = "g6.48xlarge") -> Quote:
    return Quote(sku=sku, author="Ada", date=TODAY, reason="contract", usd_per_h=Decimal(usd), option=option)


def rented() -> Scenario:
    """A plain scenario that weighs a machine of a bundled card."""
    how = capacities.rented().how.model_copy(
        update={"rate_card": "aws-ec2", "sku": "g6.48xlarge", "region": "us-east-1"}
    )
    return PRICE_VERBS.with_capacity(PLAIN, capacities.rented().model_copy(update={"how": how}))


def test_the_shelf_holds_the_scenarios_offers_and_every_bundled_card() -> None:
    kinds = {each.offer.kind for each in PRICE_VERBS.shelf(PLAIN)}
    assert kinds >= {"token", "instance", "provisioned", "request", "egress", "storage", "energy"}
    mine = PLAIN.model_copy(update={"rate_cards": (rate_card("aws-ec2"),)})
    assert len(PRICE_VERBS.shelf(mine)) == len(PRICE_VERBS.shelf(PLAIN)), (
        "a card of its own takes the bundled one's place"
    )


def test_a_quote_for_a_machine_is_in_force_told_in_its_past_and_taken_out_again() -> None:
    quoted = PRICE_VERBS.with_quote(PLAIN, hourly("10"))
    (found,) = [each for each in PRICE_VERBS.shelf(quoted) if each.quote is not None]
    assert found.figures == (("an hour", Decimal(10), "USD/h"),)
    assert any(row.standing.value == "quote" for row in PRICE_VERBS.history(quoted, found))
    assert PRICE_VERBS.without_quote(quoted, hourly("10")) == PLAIN
    with pytest.raises(PriceError, match="says how the machine is bought"):
        PRICE_VERBS.with_quote(PLAIN, hourly("10", option="by the moon"))


def test_doubts_of_one_offer_are_about_that_offer() -> None:
    stale = next(each for each in PRICE_VERBS.shelf(PLAIN) if each.is_stale and each.offer.kind == "instance")
    found = PRICE_VERBS.doubts(PLAIN, stale)
    assert "StalePrices" in {doubt.kind for doubt in found}
    assert all(stale.offer.sku in doubt.sentence for doubt in found)


def test_a_new_rate_card_is_added_with_the_offers_that_were_ticked(tmp_path: Path) -> None:
    save_document(tmp_path / "acme.json", rate_cards.card())
    imported = PRICE_VERBS.read_import(PLAIN, tmp_path / "acme.json")
    shown = PRICE_VERBS.preview(PLAIN, imported, None)
    assert (shown.card, shown.is_new_card, shown.cards) == ("acme-cloud", True, ())
    assert {change.kind for change in shown.difference.changes} == {ChangeKind.ADDED}
    assert len(shown.difference.changes) == len(rate_cards.card().offers)
    ticked = tuple(change for change in shown.difference.changes if change.offer_kind == "instance")
    (card,) = PRICE_VERBS.take_over(PLAIN, shown, ticked, ()).rate_cards
    assert {offer.kind for offer in card.offers} == {"instance"}


def test_machines_of_a_catalog_go_into_the_card_that_sells_them_or_another(tmp_path: Path) -> None:
    (tmp_path / "vms.csv").write_text(CATALOG, encoding="utf-8")
    imported = PRICE_VERBS.read_import(PLAIN, tmp_path / "vms.csv")
    shown = PRICE_VERBS.preview(PLAIN, imported, None)
    assert shown.card == "aws-ec2"
    assert ("lambda", rate_card("lambda").title) in shown.cards
    (change,) = shown.difference.changes
    after = PRICE_VERBS.take_over(PLAIN, shown, (change,), ())
    sold = next(offer for offer in after.rate_cards[0].offers if offer.sku == "g6.48xlarge")
    assert any(getattr(row, "usd_per_h", None) == Decimal("12.5") for row in sold.prices)
    assert rate_card("aws-ec2") not in after.rate_cards, "the bundled card itself stays as it is"
    other = PRICE_VERBS.preview(PLAIN, imported, "lambda")
    assert {each.kind for each in other.difference.changes} == {ChangeKind.ADDED}
    with pytest.raises(PriceError, match="there is no rate card"):
        PRICE_VERBS.preview(PLAIN, imported, "nobody")


def test_a_capacity_brings_its_bundled_card_and_takes_it_away_again() -> None:
    weighed = rented()
    assert weighed.rate_cards == (rate_card("aws-ec2"),)
    (cost,) = PRICE_VERBS.capacity_costs(weighed)
    assert cost.effective_usd_per_month is not None
    assert PRICE_VERBS.without_capacity(weighed, weighed.capacities[0].name) == PLAIN
    twice = PRICE_VERBS.with_capacity(weighed, weighed.capacities[0].model_copy(update={"name": "second"}))
    assert PRICE_VERBS.without_capacity(twice, "second").rate_cards == (rate_card("aws-ec2"),), "still bought from"


def test_a_card_of_the_users_own_stays_without_any_capacity() -> None:
    own = capacities.capacity_scenario(capacities.rented())
    assert PRICE_VERBS.without_capacity(own, "rented").rate_cards == own.rate_cards


def test_a_capacity_that_nobody_sells_is_refused_in_a_sentence() -> None:
    with pytest.raises(PlannerError, match="would not hold together"):
        PRICE_VERBS.with_capacity(PLAIN, capacities.rented())


def test_another_day_says_what_to_doubt() -> None:
    found = PRICE_VERBS.priced_on(PLAIN, date(2026, 6, 1))
    assert found.scenario.as_of == date(2026, 6, 1)
    assert {doubt.kind for doubt in found.doubts} == {"UndatedPrice"}
