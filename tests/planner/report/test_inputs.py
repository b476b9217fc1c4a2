"""The table of prices in the report: those of the plan's day, whose word they are, and what else decides them."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from planner.basis import Basis
from planner.prices.offers import DailyHours, Quote, TokenOffer, TokenPrice
from planner.report.blocks import Paragraph, Section, Table
from planner.report.inputs import prices_section, workload_section
from planner.scenario import Scenario
from planner.workload.week import Week
from tests.support import engine
from tests.support.token_offers import offer, rates


def priced_row(given: TokenOffer, quotes: tuple[Quote, ...] = ()) -> list[tuple[str, str]]:
    scenario = engine.scenario(offers=(given,))
    prices = scenario.prices.model_copy(update={"quotes": quotes})
    section: Section = prices_section(scenario.model_copy(update={"prices": prices}))
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    (row,) = table.rows
    return [(cell.text, cell.detail) for cell in row]


def test_hours_fees_and_the_end_of_a_price_are_told() -> None:
    peak = DailyHours(start=time(1), end=time(4))
    hourly = offer(
        TokenPrice(rates=rates(), effective_to=date(2027, 1, 1), introductory=True, usd_per_request=Decimal("0.0125")),
        TokenPrice(rates=rates("3", "12"), hours=peak),
    )
    (title, detail), given_in, _, _, ttft, *_ = priced_row(hourly)
    assert (title, given_in[0], ttft[0]) == ("Model", "$1.5/Mtok", "unknown")
    assert detail == (
        "vendor/model · 01:00 to 04:00 UTC: $3/Mtok in, $12/Mtok out; 0.0125 USD a request on top; "
        "introductory, until 1 Jan 2027"
    )


def test_a_price_that_is_not_known_on_the_day_is_said_to_be_unknown() -> None:
    (_, detail), *prices, _, _, _ = priced_row(offer(TokenPrice(rates=rates(), effective_from=date(2027, 1, 1))))
    assert detail == "vendor/model · no known price on 23 Nov 2026"
    assert {words for words, _ in prices} == {"unknown"}


def test_a_quote_is_shown_with_its_author() -> None:
    quote = Quote(
        sku="vendor/model", author="Ada", date=engine.DAY, reason="deal", price=TokenPrice(rates=rates("1", "2"))
    )
    cells = priced_row(offer(), (quote,))
    assert cells[1][0] == "$1/Mtok"
    assert cells[-1][0].startswith("own quote, Ada, 23 Nov 2026: deal")


def test_stated_hours_are_told_with_their_source_and_nothing_where_none_are() -> None:
    week = Week(weights=(1.0,) * 168, basis=Basis.MEASURED, source="requests.csv")
    plain = engine.scenario(engine.task_class(), engine.task_class("night", week=week, defer_h=8.0))
    stated = plain.model_copy(update={"workload": plain.workload.model_copy(update={"week": week})})

    def words(scenario: Scenario) -> str:
        about = workload_section(scenario).blocks[0]
        assert isinstance(about, Paragraph)
        return about.text

    assert "Requests come in the hours of a stated week (measured: requests.csv)." in words(stated)
    assert "In hours of their own come Night (measured: requests.csv). May wait for their turn: Night 8 h." in words(
        plain
    )
    assert "week" not in words(engine.scenario())
