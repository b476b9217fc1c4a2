"""What the Prices page is made of, without a window: words, quotes, weighed capacity, imports and findings."""

import dataclasses
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from planner.basis import Basis, Doubt
from planner.documents import from_plain
from planner.errors import PlannerError
from planner.prices.differences import ChangeKind, difference
from planner.prices.importing.findings import Imported, ImportReport, Refused
from planner.prices.kinds.instance import PurchaseOption
from planner.prices.offers import PriceProfile, TokenOffer, Variant
from planner.prices.shelf import Shelved, shelf
from tests.support import capacities, rate_cards, scenarios, token_offers
from ui.charts.steps import Step, StepLine
from ui.pages.import_columns import CHANGE_COLUMNS, change_rows, report_sections, report_sentence, taken_changes
from ui.pages.offer_columns import OfferRow, matching, offer_rows, price_sentence
from ui.pages.offer_details import chart_finding, price_lines
from ui.pages.price_words import age_words, amounts_words, day_range, percent_words, priced_words
from ui.pages.quoting import QuoteTerms, hour_quote, is_quotable, quote_words, token_price, token_quote
from ui.pages.weighing import Speed, Weighed, capacity_of, free_name, purchases
from ui.price_verbs import ImportPreview

TODAY = scenarios.DAY
TERMS = QuoteTerms("Ada", TODAY, "framework  contract")
SCENARIO = capacities.capacity_scenario(capacities.rented())


def shelved(sku: str) -> Shelved:
    every = shelf(TODAY, SCENARIO.prices, SCENARIO.rate_cards)
    return next(each for each in every if each.offer.sku == sku)


def weighed(**changes: object) -> Weighed:
    speed = Speed("2500 (2000 … 3000)", Basis.MEASURED, "own test")
    plain = Weighed(
        title="H100, rented",
        model="llama-3.3-70b",
        purchase=purchases(shelved(capacities.MACHINE), TODAY)[0],
        prefill=speed,
        decode=speed,
    )
    return dataclasses.replace(plain, **changes)


@pytest.mark.parametrize(
    ("what", "usd", "unit", "words"),
    [
        ("an hour", "55.040", "USD/h", "$55.04/h"),
        ("up to 10 GB", "0.09", "USD/GB", "$0.09/GB"),
        ("a thousand requests", "14", "USD", "$14 a thousand requests"),
        ("a unit's month", None, "USD/month", "not public"),
    ],
)
def test_an_amount_is_told_with_what_it_is_charged_by(what: str, usd: str | None, unit: str, words: str) -> None:
    assert priced_words(what, None if usd is None else Decimal(usd), unit) == words


def test_days_ages_and_changes_in_words() -> None:
    first, last = date(2026, 8, 1), date(2027, 1, 1)
    assert day_range(first, None) == "from 1 Aug 2026"
    assert day_range(None, last) == "until 1 Jan 2027"
    assert day_range(first, last) == "1 Aug 2026 – 1 Jan 2027"
    assert day_range(None, None) == "not dated"
    assert (age_words(13, stale=False), age_words(108, stale=True)) == ("13 d", "▲ stale, 108 d")
    assert (percent_words(-20.0), percent_words(None)) == ("−20.0 %", "")
    assert amounts_words(()) == "not public"


def test_rows_are_found_by_every_word_and_those_bought_from_count_as_used() -> None:
    rows = offer_rows(shelf(TODAY, SCENARIO.prices, SCENARIO.rate_cards), SCENARIO, None)
    assert [row.shelved.offer.sku for row in matching(rows, "H100 compute")] == [capacities.MACHINE]
    assert [row.shelved.offer.sku for row in matching(rows, "", only_used=True)] == [capacities.MACHINE]
    assert matching(rows, "", kind="energy") == ()
    assert price_sentence(rows).startswith(f"{len(rows)} offers from ")
    assert "1 is used in this plan" in price_sentence(rows)


def test_a_quote_needs_an_author_a_reason_and_an_end_after_its_beginning() -> None:
    price = token_price(Variant.STANDARD, _rates("0.3", "1"), None, keep_tiers=True)
    assert token_quote("a/b", TERMS, price).reason == "framework contract"
    for change, said in (
        ({"author": " "}, "needs its author"),
        ({"reason": ""}, "needs its reason"),
        ({"valid_until": TODAY}, "must end after"),
    ):
        with pytest.raises(PlannerError, match=said):
            token_quote("a/b", dataclasses.replace(TERMS, **change), price)


def test_a_quote_for_tokens_states_both_prices_and_a_zero_is_meant() -> None:
    with pytest.raises(PlannerError, match="needs its output price"):
        token_price(Variant.STANDARD, _rates("0.3", None), None, keep_tiers=True)
    assert token_price(Variant.STANDARD, _rates("0", "1"), None, keep_tiers=True).free
    assert not token_price(Variant.STANDARD, _rates("0.1", "1"), None, keep_tiers=True).free


def test_context_tiers_of_the_list_stay_only_where_they_are_kept() -> None:
    listed = from_plain(rate_cards.token(), TokenOffer, where="test").prices[0]
    assert listed.tiers
    assert token_price(Variant.STANDARD, _rates("0.3", "1"), listed, keep_tiers=True).tiers == listed.tiers
    assert token_price(Variant.STANDARD, _rates("0.3", "1"), listed, keep_tiers=False).tiers == ()


def test_quotes_in_words() -> None:
    quote = hour_quote("p5", TERMS, Decimal("40.00"), "on_demand")
    assert quote_words(quote) == "$40/h on demand by Ada, from 23 Nov 2026"
    assert is_quotable(shelved(capacities.MACHINE).offer)
    energy = rate_cards.card().offers[-2]
    assert energy.kind == "energy"
    assert not is_quotable(energy)


def test_every_way_to_buy_on_the_day_can_be_weighed_once() -> None:
    found = purchases(shelved(capacities.MACHINE), TODAY)
    assert [(each.option, each.term_months) for each in found] == [
        (PurchaseOption.ON_DEMAND, None),
        (PurchaseOption.SPOT, None),
        (PurchaseOption.COMMITMENT, 12),
        (PurchaseOption.COMMITMENT, 36),
        (PurchaseOption.CAPACITY_BLOCK, None),
    ]
    assert found[0].words == "on demand · $55.04/h", "the price of the day, not the one announced"
    assert [each.term_months for each in purchases(shelved("ptu"), TODAY)] == [0, 1, 12, 36]


def test_capacity_keeps_basis_source_and_interval_of_its_speeds() -> None:
    made = capacity_of(shelved(capacities.MACHINE), weighed(), SCENARIO)
    assert made.name == "h100-rented"
    assert made.decode_tok_s is not None
    assert made.decode_tok_s.bounds == (2000, 3000)
    assert (made.decode_tok_s.basis, made.decode_tok_s.source) == (Basis.MEASURED, "own test")
    assert made.decode_tok_s.as_of == TODAY


def test_only_spot_states_what_an_interruption_costs() -> None:
    ways = purchases(shelved(capacities.MACHINE), TODAY)
    told = {"lost_work": "10", "fallback": ""}
    spot = capacity_of(shelved(capacities.MACHINE), weighed(purchase=ways[1], **told), SCENARIO).how
    assert spot.kind == "instance"
    assert spot.lost_work_share is not None
    assert spot.lost_work_share.value == pytest.approx(0.1)
    assert spot.fallback_share is None, "unknown stays unknown"
    rented = capacity_of(shelved(capacities.MACHINE), weighed(**told), SCENARIO).how
    assert rented.kind == "instance"
    assert rented.lost_work_share is None


def test_units_name_a_model_and_need_no_speed() -> None:
    ways = purchases(shelved("ptu"), TODAY)
    units = weighed(purchase=ways[2], prefill=None, decode=None, unit_model="mini")
    made = capacity_of(shelved("ptu"), units, SCENARIO)
    assert made.how.kind == "provisioned"
    assert (made.how.unit_model, made.how.term_months) == ("mini", 12)
    assert made.prefill_tok_s is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decode": Speed("", Basis.PUBLISHED, "page")}, "the decode throughput of one machine is needed"),
        ({"prefill": Speed("5000", Basis.PUBLISHED, " ")}, "needs its source"),
        ({"prefill": Speed("fast", Basis.PUBLISHED, "page")}, "is not a number"),
        ({"model": " "}, "a model cannot be empty"),
    ],
)
def test_what_makes_no_capacity_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(PlannerError, match=said):
        capacity_of(shelved(capacities.MACHINE), weighed(**changes), SCENARIO)


def test_names_for_documents_are_short_and_free() -> None:
    assert free_name("H100 × 8, us-east-1", ()) == "h100-8-us-east-1"
    assert free_name("Box", ("box", "box-2")) == "box-3"
    assert free_name("×", ()) == "capacity"


def test_what_a_foreign_file_adds_is_not_ticked_and_ours_is() -> None:
    held = scenarios.prices("Ours")
    first = held.offers[0]
    price = first.prices[0]
    dearer = price.rates.model_copy(update={"input_usd_per_mtok": price.rates.input_usd_per_mtok * 3})
    changed = first.model_copy(update={"prices": (price.model_copy(update={"rates": dearer}),)})
    read = (changed, token_offers.offer(sku="acme/new"))
    foreign, own = (_preview(held, read, file_format) for file_format in ("litellm", "own"))
    rows = change_rows(foreign)
    assert [(row.what.kind, row.taken) for row in rows if not hasattr(row.what, "author")] == [
        (ChangeKind.CHANGED, True),
        (ChangeKind.ADDED, False),
    ]
    assert [change.sku for change in taken_changes(rows)] == [first.sku]
    assert all(row.taken for row in change_rows(own))
    assert rows[0].largest == pytest.approx(200)
    assert "(+200.0 %)" in _cell("Old → new")(rows[0])
    assert report_sentence(foreign).endswith("1 would change, 1 would be added.")
    assert "1 refused" in report_sentence(foreign)
    told = [line for section in report_sections(foreign) for line in section.lines]
    assert "✕ It has no price. Look it up. line 3" in told
    assert any("changes by more than 50 %" in str(line) for line in told), "LargePriceChange"


def test_a_step_is_a_change_only_where_one_price_follows_the_other() -> None:
    day, later = date(2025, 1, 1), date(2026, 10, 5)
    followed = StepLine("spot", (Step(None, day, 9, "$9/h"), Step(day, None, 8, "$8/h")))
    gap = StepLine("block", (Step(None, day, 9, "$9/h"), Step(later, None, 8, "$8/h")))
    assert chart_finding((followed,)) == "Spot fell from $9/h to $8/h on 1 Jan 2025"
    assert chart_finding((gap,)) == "Block: $9/h until 1 Jan 2025, $8/h from 5 Oct 2026"
    own = StepLine("spot, quoted", (Step(TODAY, None, 7, "$7/h"),), dashed=True)
    assert chart_finding((followed, own)) == "Your spot price is $7/h, the list's $8/h"
    assert chart_finding(()) == "No price of it is public"


def test_an_unpublished_price_is_drawn_as_nothing() -> None:
    assert price_lines(OfferRow(shelved(capacities.MACHINE), used=False, words=""), ()) == ()


def _rates(tokens_in: str, tokens_out: str | None) -> dict[str, Decimal | None]:
    return {
        "input_usd_per_mtok": Decimal(tokens_in),
        "output_usd_per_mtok": None if tokens_out is None else Decimal(tokens_out),
    }


def _cell(title: str) -> Callable[..., str]:
    return next(column.text for column in CHANGE_COLUMNS if column.title == title)


def _preview(held: PriceProfile, offers: tuple[TokenOffer, ...], file_format: str) -> ImportPreview:
    report = ImportReport(
        file="prices.json",
        file_format=file_format,
        source="LiteLLM price map",
        as_of=TODAY,
        accepted=len(offers),
        refused=(Refused(where="line 3", reason="it has no price", remedy="Look it up."),),
        warnings=(Doubt(kind="RoundedPrice", sentence="It is rounded.", advice="Nothing is lost."),),
    )
    imported = Imported(report=report, tells_history=False, offers=offers)
    return ImportPreview(imported, difference(held, imported, TODAY), None, is_new_card=False)
