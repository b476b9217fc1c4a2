"""The Prices page shows every digit and source, and takes quotes, ownership, policy and assumptions."""

from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from planner.basis import Basis
from planner.documents import save_document
from planner.placement.options import Side
from planner.prices.offers import ContextTier, TokenOffer, TokenRates
from planner.samples.catalog import default_sample
from planner.scenario import HardwarePolicy, UnknownQuality
from tests.support.window import FakeAsker, WindowDriver, fake_verbs, nameless_controls
from ui.pages import PAGES
from ui.pages.figure_rows import FigureRow
from ui.pages.offer_columns import OfferRow, offer_sections
from ui.pages.prices import PricesPage
from ui.pages.typed import changed
from ui.tables.table_view import Table


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path) -> WindowDriver:
    pages = tuple(entry for entry in PAGES if entry.title == "Prices")
    return WindowDriver(qtbot, tmp_path, fake_verbs(default_sample=default_sample), pages=pages).start()


@pytest.fixture
def page(driver: WindowDriver) -> PricesPage:
    page = driver.open("Prices")
    assert isinstance(page, PricesPage)
    page.asker = FakeAsker()
    return page


def offer(driver: WindowDriver, sku: str) -> TokenOffer:
    return next(each for each in driver.session.scenario.prices.offers if each.sku == sku)


def row_of(table: Table[OfferRow], sku: str) -> int:
    return next(at for at, row in enumerate(table.rows) if row.offer.sku == sku)


def set_cell(table: Table[FigureRow], name: str, title: str, words: str) -> bool:
    """Commit an edit of one figure's cell."""
    row = next(at for at, each in enumerate(table.rows) if each.kind.name == name)
    column = next(at for at, each in enumerate(table.model.columns) if each.title == title)
    return table.model.setData(table.model.index(row, column), words)


def cell(table: Table[FigureRow], name: str, title: str) -> str:
    heads = [column.title for column in table.model.columns]
    row = next(at for at, each in enumerate(table.rows) if each.kind.name == name)
    return table.grid()[row + 1][heads.index(title)]


def test_the_sentence_counts_offers_vendors_and_those_used(driver: WindowDriver, page: PricesPage) -> None:
    plan = driver.session.plan
    assert plan is not None
    used = {each.chosen.model for each in plan.placements if each.chosen and each.chosen.side is Side.DATACENTER}
    assert page.heading.text() == (
        f"18 offers from 6 vendors, prices as of 10 Nov 2026; {len(used)} are used in this plan."
    )
    page.only_used.setChecked(True)
    assert {row.offer.sku for row in page.offers.rows} == used


def test_search_and_vendor_narrow_the_table_and_nothing_found_is_said(page: PricesPage) -> None:
    QAbstractItemModelTester(page.offers.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    page.search.setText("groq llama")
    assert {row.offer.vendor for row in page.offers.rows} == {"Groq"}
    assert all("Llama" in row.offer.title for row in page.offers.rows)
    page.search.setText("")
    page.vendor.setCurrentText("Mistral")
    assert {row.offer.vendor for row in page.offers.rows} == {"Mistral"}
    page.search.setText("no such model")
    assert page.offers.rows == ()
    assert page.none_found.isVisible()
    assert not page.leave_out.isEnabled()


def test_prices_are_shown_with_every_digit_the_vendor_states(driver: WindowDriver, page: PricesPage) -> None:
    line = page.offers.grid()[row_of(page.offers, "aws/amazon.nova-micro-v1:0") + 1]
    assert line[2:5] == ["0.035", "0.00875", "0.14"]
    line = page.offers.grid()[row_of(page.offers, "groq/llama-3.1-8b-instant") + 1]
    assert line[3] == "not named"


def test_details_name_the_source_of_price_and_service(driver: WindowDriver, page: PricesPage) -> None:
    page.offers.select(0)
    shown = " ".join(page.details.as_text().split())
    first = page.offers.rows[0].offer
    assert first.source_url in shown
    assert first.service is not None
    assert first.service.ttft_s.source in shown
    assert "genai-prices" in shown


def test_context_tiers_are_told(page: PricesPage) -> None:
    row = page.offers.rows[0]
    rates = TokenRates(input_usd_per_mtok=Decimal("0.4"), output_usd_per_mtok=Decimal("2.5"))
    tiers = (ContextTier(above_input_tokens=200_000, rates=rates),)
    tiered = changed(row.offer, prices=(changed(row.offer.prices[0], tiers=tiers),))
    lines = offer_sections(OfferRow(tiered, used=False, today=row.today))[0].lines
    assert (
        "above 200,000 input tokens",
        "input $0.4/Mtok, cached not named, output $2.5/Mtok",
    ) in lines


def test_a_price_typed_in_is_an_own_quote_and_plans_again(driver: WindowDriver, page: PricesPage) -> None:
    sku = "groq/llama-3.3-70b-versatile"
    row = row_of(page.offers, sku)
    assert page.offers.model.setData(page.offers.model.index(row, 2), "0.30")
    edited = offer(driver, sku)
    price = edited.price_on(driver.session.scenario.as_of)
    assert price is not None
    assert price.rates.input_usd_per_mtok == Decimal("0.30")
    assert (edited.source, edited.source_url, edited.as_of) == ("own quote", "", driver.session.scenario.as_of)
    driver.until_planned()
    assert "1 with your own price" in page.heading.text()
    assert page.offers.grid()[row + 1][-1] == "own quote"
    assert driver.session.real_parts.prices


@pytest.mark.parametrize(
    ("column", "words", "said"),
    [(2, "free", "is not a number"), (2, "", "needs this price"), (4, "-1", "0 or more")],
)
def test_a_bad_price_is_refused_below_the_table(
    driver: WindowDriver, page: PricesPage, column: int, words: str, said: str
) -> None:
    before = driver.session.scenario
    assert not page.offers.model.setData(page.offers.model.index(0, column), words)
    assert said in page.offers.problem.text()
    assert driver.session.scenario is before


def test_an_offer_is_left_out_and_brought_back(driver: WindowDriver, page: PricesPage) -> None:
    page.offers.select(row_of(page.offers, "groq/llama-3.3-70b-versatile"))
    page.leave_out.click()
    assert len(driver.session.scenario.prices.offers) == 17
    assert "is left out" in driver.message
    driver.until_planned()
    driver.button("Undo").click()
    assert len(driver.session.scenario.prices.offers) == 18


def test_what_a_device_costs_is_typed_with_its_basis(driver: WindowDriver, page: PricesPage) -> None:
    table = page.ownership
    assert cell(table, "idle_w", "Value") == "unknown"
    assert "are assumed" in cell(table, "idle_w", "While unknown")
    assert set_cell(table, "price_usd", "Value", "1,299.00")
    assert set_cell(table, "price_usd", "Source", "invoice of May")
    assert set_cell(table, "life_years", "Value", "5")
    assert set_cell(table, "idle_w", "Value", "5.5 (5 … 6)")
    assert set_cell(table, "idle_w", "Basis", "measured")
    ownership = driver.session.scenario.fleets[0].profile.ownership
    assert ownership.price_usd == Decimal("1299.00")
    assert ownership.price_source == "invoice of May"
    assert ownership.life_years == 5
    assert ownership.idle_w is not None
    assert (ownership.idle_w.value, ownership.idle_w.bounds) == (5.5, (5, 6))
    assert ownership.idle_w.basis is Basis.MEASURED
    assert ownership.idle_w.as_of == driver.session.scenario.as_of
    assert set_cell(table, "idle_w", "Value", "")
    assert driver.session.scenario.fleets[0].profile.ownership.idle_w is None


def test_an_unknown_figure_has_no_basis_to_choose(driver: WindowDriver, page: PricesPage) -> None:
    before = driver.session.scenario
    assert not set_cell(page.ownership, "active_w", "Basis", "measured")
    assert "has no basis to choose" in page.ownership.problem.text()
    assert driver.session.scenario is before


def test_the_three_policies_stand_side_by_side_and_one_is_chosen(driver: WindowDriver, page: PricesPage) -> None:
    assert page.policies[HardwarePolicy.SUNK].isChecked()
    assert page.hardware.grid()[1][2:] == [
        "$0",
        "the profile states no incremental price",
        "the profile states no price",
    ]
    set_cell(page.ownership, "price_usd", "Value", "1200")
    driver.until_planned()
    full = [row.view(HardwarePolicy.FULL_SHARE) for row in page.hardware.rows]
    assert full
    assert all(view is not None and view.usd_per_month is not None and view.usd_per_month > 0 for view in full)
    page.policies[HardwarePolicy.FULL_SHARE].click()
    assert driver.session.scenario.policy.hardware is HardwarePolicy.FULL_SHARE
    driver.until_planned()
    driver.session.undo()
    assert page.policies[HardwarePolicy.SUNK].isChecked()


def test_where_nothing_runs_on_a_device_that_is_said(driver: WindowDriver, page: PricesPage) -> None:
    page.policies[HardwarePolicy.INCREMENTAL].click()  # the sample's device states no incremental price
    driver.until_planned()
    assert page.hardware.rows == ()
    assert page.no_hardware.isVisible()


def test_assumptions_are_edited_in_the_units_shown(driver: WindowDriver, page: PricesPage) -> None:
    table = page.assumptions
    assert cell(table, "tariff_usd_per_kwh", "Value") == "0.135 (0.085 … 0.26)"
    assert cell(table, "discount_rate_per_year", "Value") == "10 (8 … 12)"
    assert set_cell(table, "discount_rate_per_year", "Value", "7 (5 … 9)")
    rate = driver.session.scenario.assumptions.discount_rate_per_year
    assert (rate.value, rate.low, rate.high, rate.source) == (
        pytest.approx(0.07),
        pytest.approx(0.05),
        pytest.approx(0.09),
        "entered by hand",
    )


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("tariff_usd_per_kwh", "", "the plan needs this assumption"),
        ("tariff_usd_per_kwh", "0.1 (0.2 … 0.3)", "within its interval"),
        ("acceptance", "120", "must be 100 or less"),
        ("active_w", "0", "more than 0"),
        ("idle_w", "-1", "0 or more"),
    ],
)
def test_a_bad_assumption_is_refused(driver: WindowDriver, page: PricesPage, name: str, words: str, said: str) -> None:
    before = driver.session.scenario
    assert not set_cell(page.assumptions, name, "Value", words)
    assert said in page.assumptions.problem.text()
    assert driver.session.scenario is before


def test_policy_fields_change_the_scenario(driver: WindowDriver, page: PricesPage) -> None:
    page.cap.line.setText("0")
    page.cap.line.editingFinished.emit()
    assert "more than 0" in page.cap.problem.text()
    assert page.cap.text == "30"
    page.cap.line.setText("45")
    page.cap.line.editingFinished.emit()
    assert driver.session.scenario.policy.device_contention_cap == pytest.approx(0.45)
    page.unknown_quality.setCurrentIndex(1)
    page.unknown_quality.activated.emit(1)
    assert driver.session.scenario.policy.unknown_quality is UnknownQuality.FLAG


def test_a_price_profile_is_opened_from_a_file(driver: WindowDriver, page: PricesPage, tmp_path: Path) -> None:
    prices = driver.session.scenario.prices
    mine = changed(prices, title="Ours", offers=prices.offers[:3])
    save_document(tmp_path / "ours.json", mine)
    assert isinstance(page.asker, FakeAsker)
    page.asker.answer = tmp_path / "ours.json"
    page.act()
    driver.until(lambda: driver.session.scenario.prices == mine)
    assert page.heading.text().startswith("3 offers from ")


def test_every_control_has_a_name(page: PricesPage) -> None:
    assert list(nameless_controls(page)) == []
