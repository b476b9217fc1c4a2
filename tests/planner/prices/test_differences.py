"""What an import would change: shown with old, new and per cent, applied on consent, and twice is once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from planner.documents import from_json, to_json
from planner.errors import PriceError
from planner.prices.costing import Costing
from planner.prices.dated import Confidence
from planner.prices.differences import ChangeKind, PriceDifference, apply_difference, difference
from planner.prices.importing.files import read_prices
from planner.prices.importing.findings import Imported, ImportReport
from planner.prices.kinds.instance import InstanceOffer, PurchaseOption
from planner.prices.offers import PriceProfile, Quote, TokenOffer, TokenPrice
from planner.prices.rate_card import Offer, RateCard
from planner.prices.rate_cards import rate_card
from planner.prices.usage import TokenUsage, price_usage
from tests.support.token_offers import offer, rates

HELD_ON, READ_ON = date(2026, 11, 10), date(2026, 11, 25)
FOLDER = Path(__file__).parents[2] / "data" / "prices"


def imported(*offers: Offer, history: bool = False, as_of: date = READ_ON, quotes: tuple[Quote, ...] = ()) -> Imported:
    report = ImportReport(file="x", file_format="litellm", source="a map", as_of=as_of, accepted=len(offers))
    return Imported(report=report, tells_history=history, offers=offers, quotes=quotes)


def profile(*offers: TokenOffer) -> PriceProfile:
    return PriceProfile(profile_id="t", title="T", data_source="test", data_as_of=HELD_ON, offers=offers)


def held() -> PriceProfile:
    return profile(offer(as_of=HELD_ON, note="kept"), offer(sku="vendor/other", as_of=HELD_ON))


def read(tokens_in: str = "3", **changes: object) -> TokenOffer:
    price = TokenPrice(rates=rates(tokens_in, "6"))
    return offer(price, **{"title": "model", "source": "a map", "as_of": READ_ON, **changes})


def usd(of: PriceProfile, on: date) -> Decimal | None:
    found: Costing = price_usage(of.offers[0], TokenUsage(input_tokens=1_000_000, output_tokens=0), on=on)
    return found.billed_usd


def test_a_changed_price_is_shown_with_old_new_and_per_cent() -> None:
    found = difference(held(), imported(read()), READ_ON)
    (change,) = found.changes
    assert (change.kind, change.sku) == (ChangeKind.CHANGED, "vendor/model")
    (step,) = change.steps
    assert (step.what, step.before, step.after, step.percent) == ("standard, input", Decimal("1.5"), Decimal(3), 100.0)
    assert found.absent == ("vendor/other",)
    assert [doubt.kind for doubt in found.doubts] == ["LargePriceChange"]


def test_showing_a_difference_changes_nothing_and_applying_keeps_history() -> None:
    before = held()
    found = difference(before, imported(read()), READ_ON)
    assert before == held()
    after = apply_difference(before, found)
    assert (usd(after, date(2026, 11, 24)), usd(after, READ_ON)) == (Decimal("1.5"), Decimal(3))
    (replaced,) = after.replaced
    assert (replaced.replaced_on, replaced.by, replaced.offer) == (READ_ON, "a map", before.offers[0])
    assert [each.sku for each in after.offers] == ["vendor/model", "vendor/other"]
    assert after.data_as_of == HELD_ON  # of the offer nobody looked up again
    assert after.data_source == "a map, a test"


def test_a_past_day_still_names_its_own_source() -> None:
    after = apply_difference(held(), difference(held(), imported(read()), READ_ON))
    rows = {row.effective_to: row for row in after.offers[0].prices}
    assert rows[READ_ON].provenance is not None
    assert rows[READ_ON].provenance.source == "a test"
    assert rows[READ_ON].provenance.retrieved == HELD_ON


def test_what_only_the_old_offer_knows_stays() -> None:
    after = apply_difference(held(), difference(held(), imported(read()), READ_ON))
    assert (after.offers[0].title, after.offers[0].note, after.offers[0].source) == ("Model", "kept", "a map")


@pytest.mark.parametrize("history", [False, True])
def test_twice_is_once(history: bool) -> None:
    what = imported(read(), read(sku="vendor/new"), history=history)
    once = apply_difference(held(), difference(held(), what, READ_ON))
    again = difference(once, what, READ_ON)
    assert again.is_empty
    assert again.same == 2
    assert apply_difference(once, again) == once


def test_the_same_price_read_later_is_confirmed_and_not_replaced() -> None:
    found = difference(held(), imported(read("1.5")), READ_ON)
    assert [change.kind for change in found.changes] == [ChangeKind.CONFIRMED]
    after = apply_difference(held(), found)
    assert (after.offers[0].as_of, after.replaced) == (READ_ON, ())
    assert after.offers[0].prices == held().offers[0].prices
    older = difference(held(), imported(read("1.5", as_of=date(2026, 1, 1))), READ_ON)
    assert older.is_empty
    assert older.same == 1


def test_new_offers_are_added_only_if_wanted_and_nothing_is_removed() -> None:
    what = imported(read(sku="vendor/new"))
    left = difference(held(), what, READ_ON, add=False)
    assert (left.is_empty, left.not_added, left.absent) == (True, 1, ("vendor/model", "vendor/other"))
    after = apply_difference(held(), difference(held(), what, READ_ON))
    assert [each.sku for each in after.offers] == ["vendor/model", "vendor/other", "vendor/new"]


def test_older_data_that_disagree_are_doubted() -> None:
    found = difference(held(), imported(read("1.6", as_of=date(2026, 1, 1))), READ_ON)
    assert [doubt.kind for doubt in found.doubts] == ["OlderPriceData"]


def test_an_estimate_over_a_quoted_price_is_doubted_and_confirms_nothing() -> None:
    guessed = {"confidence": Confidence.ESTIMATE}
    found = difference(held(), imported(read("1.6", **guessed)), READ_ON)
    assert [doubt.kind for doubt in found.doubts] == ["WeakerSource"]
    assert difference(held(), imported(read("1.5", **guessed)), READ_ON).is_empty


def test_a_later_price_is_shown_with_its_day() -> None:
    later = date(2027, 1, 1)
    announced = offer(
        TokenPrice(rates=rates(), effective_to=later), TokenPrice(rates=rates("2"), effective_from=later), as_of=READ_ON
    )
    found = difference(held(), imported(announced, history=True), READ_ON)
    (step,) = found.changes[0].steps
    assert (step.from_day, step.before, step.after) == (later, Decimal("1.5"), Decimal(2))


def test_a_difference_is_not_applied_to_another_document() -> None:
    found = difference(held(), imported(read()), READ_ON)
    with pytest.raises(PriceError, match="has changed since"):
        apply_difference(apply_difference(held(), found), found)


def test_quotes_come_along_with_our_own_documents() -> None:
    own = Quote(sku="vendor/model", author="Ada", date=READ_ON, reason="contract", price=TokenPrice(rates=rates("1")))
    what = imported(quotes=(own,))
    after = apply_difference(held(), difference(held(), what, READ_ON))
    assert after.quotes == (own,)
    assert difference(after, what, READ_ON).is_empty


def test_machines_do_not_go_into_a_price_profile() -> None:
    machines = read_prices(FOLDER / "skypilot-nebius.csv", as_of=READ_ON)
    found = difference(held(), machines, READ_ON)
    assert found.is_empty
    assert all("a price profile holds token offers" in each.reason for each in found.refused)
    assert len(found.refused) == 3


def nebius() -> tuple[RateCard, PriceDifference, RateCard]:
    card = rate_card("nebius")
    found = difference(card, read_prices(FOLDER / "skypilot-nebius.csv", as_of=READ_ON), READ_ON)
    return card, found, apply_difference(card, found)


def machine(card: RateCard, sku: str) -> InstanceOffer:
    return next(each for each in card.offers if isinstance(each, InstanceOffer) and each.sku == sku)


def test_a_rate_card_closes_its_rows_and_keeps_them() -> None:
    card, found, after = nebius()
    sku = "gpu-h100-sxm_8gpu-128vcpu-1600gb"
    (change,) = [each for each in found.changes if each.sku == sku]
    assert change.kind is ChangeKind.CHANGED
    old = {row.option: row for row in machine(card, sku).prices if row.in_force(READ_ON)}
    rows = [row for row in machine(after, sku).prices if row.option is PurchaseOption.ON_DEMAND]
    assert [row.usd_per_h for row in rows if row.in_force(READ_ON)] == [Decimal("23.60")]
    (closed,) = [row for row in rows if row.effective_to == READ_ON]
    assert closed.usd_per_h == old[PurchaseOption.ON_DEMAND].usd_per_h
    assert closed.provenance is not None
    assert {each.sku for each in card.offers} <= {each.sku for each in after.offers}


def test_a_rate_card_twice_is_once_and_comes_back_from_its_file() -> None:
    _, _, after = nebius()
    again = difference(after, read_prices(FOLDER / "skypilot-nebius.csv", as_of=READ_ON), READ_ON)
    assert again.is_empty
    assert from_json(to_json(after), RateCard, where="x") == after


def test_another_machine_under_the_same_name_is_refused() -> None:
    card = rate_card("nebius")
    theirs = machine(card, "gpu-h100-sxm_8gpu-128vcpu-1600gb")
    assert theirs.accelerator is not None
    other = theirs.model_copy(update={"accelerator": theirs.accelerator.model_copy(update={"count": 4})})
    found = difference(card, imported(other), READ_ON)
    assert found.is_empty
    assert "not the same machine" in found.refused[0].reason


def test_our_own_card_into_itself_changes_nothing() -> None:
    card = rate_card("aws-ec2")
    own = imported(*card.offers, history=True).model_copy(update={"card": card})
    assert difference(card, own, READ_ON).is_empty
