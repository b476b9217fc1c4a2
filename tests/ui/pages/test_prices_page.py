"""The Prices page shows every offer with its past and takes quotes, imports, capacity, ownership and assumptions."""

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from planner.basis import Basis
from planner.documents import save_document
from planner.placement.options import Side
from planner.prices.amounts import amounts_of
from planner.prices.offers import ContextTier, TokenOffer, TokenPrice, TokenRates
from planner.prices.shelf import Shelved
from planner.scenario import HardwarePolicy, UnknownQuality
from tests.support.planned_sample import planned, sample
from tests.support.window import FakeAsker, WindowDriver, fake_verbs, nameless_controls
from ui.dialogs.reprice import RepriceDialog
from ui.pages import PAGES
from ui.pages.figure_rows import FigureRow
from ui.pages.offer_columns import OfferRow
from ui.pages.offer_details import offer_sections
from ui.pages.prices import ASSUMPTIONS, CAPACITY, DEVICE_COST, PricesPage
from ui.pages.quote_dialog import QuoteDialog
from ui.pages.typed import changed
from ui.pages.weigh_dialog import WeighDialog
from ui.tables.table_view import Table

SKU = "groq/llama-3.3-70b-versatile"


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path) -> WindowDriver:
    pages = tuple(entry for entry in PAGES if entry.title == "Prices")
    return WindowDriver(qtbot, tmp_path, fake_verbs(default_sample=sample, plan=planned), pages=pages).start()


@pytest.fixture
def page(driver: WindowDriver) -> PricesPage:
    page = driver.open("Prices")
    assert isinstance(page, PricesPage)
    page.import_button.asker = FakeAsker()
    driver.until(lambda: bool(page.offers.rows) and not page.offers.reading)
    return page


def offer(driver: WindowDriver, sku: str) -> TokenOffer:
    return next(each for each in driver.session.scenario.prices.offers if each.sku == sku)


def row_of(page: PricesPage, sku: str) -> int:
    return next(at for at, row in enumerate(page.offers.table.rows) if row.shelved.offer.sku == sku)


def select(driver: WindowDriver, page: PricesPage, sku: str) -> OfferRow:
    place = row_of(page, sku)
    page.offers.table.select(place)
    driver.until(lambda: not page.offers.reading)
    return page.offers.table.rows[place]


def settled(driver: WindowDriver, page: PricesPage) -> None:
    driver.until_planned()
    driver.until(lambda: not (page.offers.reading or page.capacity.costing or page.import_button.working))


def column_of(table: Table[OfferRow], title: str) -> int:
    return next(at for at, each in enumerate(table.model.columns) if each.title == title)


def shown(page: PricesPage, sku: str, title: str) -> str:
    return page.offers.table.grid()[row_of(page, sku) + 1][column_of(page.offers.table, title)]


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
    rows = page.offers.rows
    vendors = len({row.shelved.vendor for row in rows})
    assert {row.shelved.offer.kind for row in rows} > {"token", "instance", "provisioned", "egress", "energy"}
    assert page.heading.text().startswith(f"{len(rows):,} offers from {vendors} vendors, newest 10 Nov 2026; ")
    assert f"{len(used)} are used in this plan" in page.heading.text()
    page.offers.only_used.setChecked(True)
    assert {row.shelved.offer.sku for row in page.offers.table.rows} == used


def test_search_kind_and_vendor_narrow_the_table_and_nothing_found_is_said(page: PricesPage) -> None:
    tab = page.offers
    QAbstractItemModelTester(tab.table.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    tab.search.setText("groq llama")
    assert {row.shelved.vendor for row in tab.table.rows} == {"Groq"}
    assert all("Llama" in row.shelved.title for row in tab.table.rows)
    tab.search.setText("h100")
    tab.kind.setCurrentText("machine")
    assert len(tab.table.rows) > 5
    assert all(row.shelved.offer.kind == "instance" for row in tab.table.rows)
    tab.kind.setCurrentIndex(0)
    tab.search.setText("")
    tab.vendor.setCurrentText("Mistral")
    assert {row.shelved.vendor for row in tab.table.rows} == {"Mistral"}
    tab.search.setText("no such model")
    assert tab.table.rows == ()
    assert tab.none_found.isVisible()
    assert not tab.quote_button.isEnabled()


def test_prices_are_shown_with_every_digit_the_vendor_states(page: PricesPage) -> None:
    nova = "aws/amazon.nova-micro-v1:0"
    assert [shown(page, nova, title) for title in ("In", "Cached", "Out")] == ["0.035", "0.00875", "0.14"]
    assert shown(page, "groq/llama-3.1-8b-instant", "Cached") == "not named"


def test_a_stale_offer_says_so_with_its_age(page: PricesPage) -> None:
    stale = [row for row in page.offers.rows if row.shelved.is_stale]
    assert stale
    assert f"{len(stale)} are stale" in page.heading.text()
    assert "stale" in shown(page, stale[0].shelved.offer.sku, "Age")


def test_details_name_the_source_of_price_and_service(driver: WindowDriver, page: PricesPage) -> None:
    first = select(driver, page, page.offers.table.rows[0].shelved.offer.sku).shelved.offer
    assert isinstance(first, TokenOffer)
    words = " ".join(page.offers.panel.details.as_text().split())
    assert first.source_url in words
    assert first.service is not None
    assert first.service.ttft_s.source in words
    assert "genai-prices" in words


def test_a_price_that_changed_is_drawn_as_steps_and_told_as_a_table(driver: WindowDriver, page: PricesPage) -> None:
    lowered = ("aws-ec2", "instance", "p5.48xlarge", "us-east-1")  # on 2025-06-01
    page.offers.table.select([row.key for row in page.offers.table.rows].index(lowered))
    driver.until(lambda: not page.offers.reading)
    drawn = page.offers.panel.chart.grid
    assert len(drawn) > 2
    assert any("98.32" in cell for line in drawn for cell in line)


def test_context_tiers_are_told(page: PricesPage) -> None:
    row = page.offers.table.rows[0]
    listed = row.token_price
    assert listed is not None
    rates = TokenRates(input_usd_per_mtok=Decimal("0.4"), output_usd_per_mtok=Decimal("2.5"))
    tiers = (ContextTier(above_input_tokens=200_000, rates=rates),)
    tiered = changed(listed, tiers=tiers)
    told = offer_sections(OfferRow(changed_row(row, tiered), used=False, words=""), ())
    words = " ".join(str(line) for section in told for line in section.lines)
    assert "200,000" in words
    assert "$2.5/Mtok" in words


def changed_row(row: OfferRow, price: TokenPrice) -> Shelved:
    """The same offer with another price in force."""
    return dataclasses.replace(row.shelved, row=price, figures=amounts_of(price))


def test_a_quote_names_its_author_and_plans_again(driver: WindowDriver, page: PricesPage) -> None:
    before = driver.session.plan
    select(driver, page, SKU)
    page.offers.ask_quote()
    dialog = page.offers.findChild(QuoteDialog)
    assert dialog is not None
    dialog.rates["input_usd_per_mtok"].setText("0.30")
    dialog.enter.click()
    assert "needs its author" in dialog.problem.text()
    dialog.author.setText("Ada")
    dialog.reason.setText("framework contract")
    dialog.enter.click()
    settled(driver, page)
    (quote,) = driver.session.scenario.prices.quotes
    assert (quote.sku, quote.author, quote.reason) == (SKU, "Ada", "framework contract")
    assert quote.price is not None
    assert quote.price.rates.input_usd_per_mtok == Decimal("0.30")
    assert offer(driver, SKU).prices[0].rates.input_usd_per_mtok == Decimal("0.59")  # the list price stays
    assert "1 of yours overrides list prices" in page.heading.text()
    assert shown(page, SKU, "In") == "0.3"
    assert driver.session.real_parts.prices
    after = driver.session.plan
    assert before is not None
    assert after is not None
    assert after.totals.plan_usd_per_month.value < before.totals.plan_usd_per_month.value


def test_a_price_typed_into_the_table_is_a_quote_by_who_signed_last(driver: WindowDriver, page: PricesPage) -> None:
    driver.session.signature.author = "Grace"
    table = page.offers.table
    assert table.model.setData(table.model.index(row_of(page, SKU), column_of(table, "Out")), "0.70")
    settled(driver, page)
    (quote,) = driver.session.scenario.prices.quotes
    assert (quote.author, quote.date) == ("Grace", driver.session.scenario.as_of)
    select(driver, page, SKU)
    page.offers.unquote_button.click()
    settled(driver, page)
    assert driver.session.scenario.prices.quotes == ()
    assert shown(page, SKU, "Out") == "0.79"


def test_the_first_price_typed_asks_whose_it_is_and_the_author_is_remembered(
    driver: WindowDriver, page: PricesPage
) -> None:
    table = page.offers.table
    assert table.model.setData(table.model.index(row_of(page, SKU), column_of(table, "Out")), "0.70")
    dialog = page.offers.findChild(QuoteDialog)
    assert dialog is not None
    assert dialog.rates["output_usd_per_mtok"].text() == "0.7"
    assert driver.session.scenario.prices.quotes == ()
    dialog.author.setText("Ada")
    dialog.reason.setText("framework contract")
    dialog.enter.click()
    settled(driver, page)
    assert [quote.author for quote in driver.session.scenario.prices.quotes] == ["Ada"]
    assert driver.settings.author == "Ada"


@pytest.mark.parametrize(
    ("title", "words", "said"),
    [("In", "free", "is not a number"), ("In", "", "needs this price"), ("Out", "-1", "0 or more")],
)
def test_a_bad_price_is_refused_below_the_table(
    driver: WindowDriver, page: PricesPage, title: str, words: str, said: str
) -> None:
    before = driver.session.scenario
    table = page.offers.table
    assert not table.model.setData(table.model.index(0, column_of(table, title)), words)
    assert said in table.problem.text()
    assert driver.session.scenario is before


def test_an_offer_is_left_out_and_brought_back(driver: WindowDriver, page: PricesPage) -> None:
    select(driver, page, SKU)
    page.offers.leave_out.click()
    assert len(driver.session.scenario.prices.offers) == 17
    assert "is left out" in driver.message
    driver.until_planned()
    driver.button("Undo").click()
    assert len(driver.session.scenario.prices.offers) == 18


def test_the_plan_is_priced_at_another_day(driver: WindowDriver, page: PricesPage) -> None:
    page.offers.ask_day()
    dialog = page.offers.findChild(RepriceDialog)
    assert dialog is not None
    dialog.on.show_day(date(2026, 6, 1))
    dialog.accept()
    driver.until(lambda: driver.session.scenario.as_of == date(2026, 6, 1))
    settled(driver, page)
    assert "Planned with the prices of 1 Jun 2026" in driver.message


def test_a_machine_is_weighed_and_removed(driver: WindowDriver, page: PricesPage) -> None:
    select(driver, page, "g6.48xlarge")
    page.offers.weigh_button.click()
    dialog = page.findChild(WeighDialog)
    assert dialog is not None
    dialog.model.setCurrentText("qwen2.5-7b")
    dialog.weigh.click()
    assert "throughput" in dialog.problem.text()
    for field, words in ((dialog.prefill, "15000 (12000 … 18000)"), (dialog.decode, "2500")):
        field.value.setText(words)
        field.source.setText("own test")
    dialog.weigh.click()
    settled(driver, page)
    assert page.tabs.currentIndex() == CAPACITY
    (capacity,) = driver.session.scenario.capacities
    assert capacity.prefill_tok_s is not None
    assert capacity.prefill_tok_s.bounds == (12_000, 18_000)
    (row,) = page.capacity.table.rows
    assert row.cost.effective_usd_per_month is not None
    page.capacity.remove_button.click()
    settled(driver, page)
    assert driver.session.scenario.capacities == ()
    assert driver.session.scenario.rate_cards == ()


def test_what_a_device_costs_is_typed_with_its_basis(driver: WindowDriver, page: PricesPage) -> None:
    page.tabs.setCurrentIndex(DEVICE_COST)
    table = page.device_cost.ownership
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
    page.tabs.setCurrentIndex(DEVICE_COST)
    before = driver.session.scenario
    assert not set_cell(page.device_cost.ownership, "active_w", "Basis", "measured")
    assert "has no basis to choose" in page.device_cost.ownership.problem.text()
    assert driver.session.scenario is before


def test_the_three_policies_stand_side_by_side_and_one_is_chosen(driver: WindowDriver, page: PricesPage) -> None:
    page.tabs.setCurrentIndex(DEVICE_COST)
    assert page.device_cost.policies[HardwarePolicy.SUNK].isChecked()
    assert page.device_cost.hardware.grid()[1][2:] == [
        "$0",
        "the profile states no incremental price",
        "the profile states no price",
    ]
    set_cell(page.device_cost.ownership, "price_usd", "Value", "1200")
    driver.until_planned()
    full = [row.view(HardwarePolicy.FULL_SHARE) for row in page.device_cost.hardware.rows]
    assert full
    assert all(view is not None and view.usd_per_month is not None and view.usd_per_month > 0 for view in full)
    page.device_cost.policies[HardwarePolicy.FULL_SHARE].click()
    assert driver.session.scenario.policy.hardware is HardwarePolicy.FULL_SHARE
    driver.until_planned()
    driver.session.undo()
    assert page.device_cost.policies[HardwarePolicy.SUNK].isChecked()


def test_where_nothing_runs_on_a_device_that_is_said(driver: WindowDriver, page: PricesPage) -> None:
    page.tabs.setCurrentIndex(DEVICE_COST)
    page.device_cost.policies[HardwarePolicy.INCREMENTAL].click()  # the sample's device states no incremental price
    driver.until_planned()
    assert page.device_cost.hardware.rows == ()
    assert page.device_cost.no_hardware.isVisible()


def test_assumptions_are_edited_in_the_units_shown(driver: WindowDriver, page: PricesPage) -> None:
    page.tabs.setCurrentIndex(ASSUMPTIONS)
    table = page.assumptions.assumptions
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
    page.tabs.setCurrentIndex(ASSUMPTIONS)
    before = driver.session.scenario
    assert not set_cell(page.assumptions.assumptions, name, "Value", words)
    assert said in page.assumptions.assumptions.problem.text()
    assert driver.session.scenario is before


def test_policy_fields_change_the_scenario(driver: WindowDriver, page: PricesPage) -> None:
    page.tabs.setCurrentIndex(ASSUMPTIONS)
    page.assumptions.cap.line.setText("0")
    page.assumptions.cap.line.editingFinished.emit()
    assert "more than 0" in page.assumptions.cap.problem.text()
    assert page.assumptions.cap.text == "30"
    page.assumptions.cap.line.setText("45")
    page.assumptions.cap.line.editingFinished.emit()
    assert driver.session.scenario.policy.device_contention_cap == pytest.approx(0.45)
    page.assumptions.unknown_quality.setCurrentIndex(1)
    page.assumptions.unknown_quality.activated.emit(1)
    assert driver.session.scenario.policy.unknown_quality is UnknownQuality.FLAG


def test_an_import_is_shown_and_changes_nothing_until_it_is_applied(
    driver: WindowDriver, page: PricesPage, tmp_path: Path
) -> None:
    before = driver.session.scenario
    cheaper = TokenRates(input_usd_per_mtok=Decimal("0.50"), output_usd_per_mtok=Decimal("0.70"))
    held = offer(driver, SKU)
    mine = changed(held, prices=(changed(held.prices[-1], rates=cheaper),), as_of=before.as_of)
    save_document(tmp_path / "ours.json", changed(before.prices, title="Ours", offers=(mine,), data_as_of=before.as_of))
    asker = page.import_button.asker
    assert isinstance(asker, FakeAsker)
    asker.answer = tmp_path / "ours.json"
    page.act()
    driver.until(lambda: page.import_button.dialog is not None)
    dialog = page.import_button.dialog
    assert dialog is not None
    assert "1 offer accepted" in dialog.sentence.text()
    assert driver.session.scenario is before
    dialog.tick_none.click()
    assert not dialog.apply.isEnabled()
    dialog.tick_all.click()
    dialog.apply.click()
    settled(driver, page)
    assert shown(page, SKU, "In") == "0.5"
    assert [each.offer.sku for each in driver.session.scenario.prices.replaced] == [SKU]
    assert len(driver.session.scenario.prices.offers) == 18
    driver.session.undo()
    assert driver.session.scenario == before


def test_a_file_that_is_no_price_file_is_refused(driver: WindowDriver, page: PricesPage, tmp_path: Path) -> None:
    before = driver.session.scenario
    (tmp_path / "poem.json").write_text('{"roses": "red"}', encoding="utf-8")
    page.import_button.read(tmp_path / "poem.json")
    settled(driver, page)
    assert "poem.json" in driver.message
    assert driver.session.scenario is before


def test_another_price_profile_takes_the_place_of_the_scenario_s(
    driver: WindowDriver, page: PricesPage, tmp_path: Path
) -> None:
    prices = driver.session.scenario.prices
    mine = changed(prices, title="Ours", offers=prices.offers[:3])
    save_document(tmp_path / "ours.json", mine)
    asker = page.import_button.asker
    assert isinstance(asker, FakeAsker)
    asker.answer = tmp_path / "ours.json"
    page.import_button.ask_profile()
    driver.until(lambda: driver.session.scenario.prices == mine)


def test_every_control_has_a_name(page: PricesPage) -> None:
    assert list(nameless_controls(page)) == []
