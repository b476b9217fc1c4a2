"""The bundled prices of electricity, egress, caches and searches: what they cover and what cannot be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from planner.prices.dated import Confidence
from planner.prices.kinds.charges import EgressOffer, RequestOffer, StorageOffer
from planner.prices.kinds.local import EnergyOffer
from planner.prices.rate_cards import all_rate_cards, rate_card
from planner.prices.tariffs import carbon, energy_choices, energy_offer, tariff

ON = date(2026, 11, 25)
EU = {
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IT",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
}
OTHERS = {"GB", "NO", "CH", "IS", "TR", "US", "CA", "JP", "KR", "AU", "IN", "BR", "CN", "SG", "NZ", "ZA", "TW"}


def countries(customer: str) -> set[str]:
    return {
        each.offer.region[:2]
        for each in energy_choices(ON)
        if each.offer.customer == customer and each.price is not None
    }


def test_households_of_more_than_thirty_countries_have_a_tariff_and_carbon() -> None:
    """At least 30 countries with band and year; here all of the European Union and the larger rest."""
    assert countries("household") >= EU | OTHERS
    for region in EU | OTHERS:
        chosen = energy_offer(region, "household", ON)
        assert chosen.offer.band
        assert tariff(chosen).source
        intensity = carbon(chosen)
        assert intensity is not None
        assert chosen.offer.carbon_year in {2022, 2023}


def test_firms_of_the_whole_union_and_of_the_united_states_have_one() -> None:
    assert countries("non_household") >= EU
    assert {"US"} <= countries("commercial") & countries("industrial")
    bands = {each.offer.band for each in energy_choices(ON) if each.offer.customer == "non_household"}
    assert bands == {"non-household, band IC: 500 to 2,000 MWh a year"}


def test_firms_pay_less_than_households_where_both_are_taxed_as_usual() -> None:
    """Household and industrial tariffs are 2 to 4 times apart (prices.md §5); not where households are subsidised."""
    cheaper = [
        region
        for region in EU
        if tariff(energy_offer(region, "non_household", ON)).value < tariff(energy_offer(region, "household", ON)).value
    ]
    assert len(cheaper) > 20
    assert "HU" not in cheaper  # households pay a price held down by the state
    for each in energy_choices(ON):
        if each.price is not None:
            assert Decimal("0.02") < each.price.usd_per_kwh < Decimal("0.55"), each.name


def test_germany_is_what_eurostat_published() -> None:
    """nrg_pc_204, DC, I_TAX, 2025-S2: 0.3869 EUR; nrg_pc_205, IC, X_VAT: 0.2264 EUR."""
    house, firm = energy_offer("DE", "household", ON), energy_offer("DE", "non_household", ON)
    assert house.price is not None
    assert firm.price is not None
    assert house.price.published is not None
    assert (house.price.published.currency, house.price.published.per_kwh) == ("EUR", Decimal("0.3869"))
    assert firm.price.published is not None
    assert firm.price.published.per_kwh == Decimal("0.2264")
    assert (house.price.taxes, firm.price.taxes) == ("included", "vat_excluded")
    assert house.price.usd_per_kwh == Decimal("0.4335")  # at 1.1204 USD of 2026-10-05


def test_grids_are_as_clean_as_they_are_known_to_be() -> None:
    intensity = {each.offer.region: each.offer.gco2e_per_kwh for each in energy_choices(ON) if each.offer.gco2e_per_kwh}
    assert intensity["NO"] < intensity["FR"] < intensity["DE"] < intensity["PL"]
    assert intensity["US-WA"] < intensity["US-TX"] < intensity["US-OH"]
    assert intensity["US-CA"] == pytest.approx(394.769 * 0.45359237, abs=0.05)  # eGRID states pounds a MWh


def test_every_exchange_rate_is_of_one_day_and_consistent() -> None:
    rates: dict[str, set[Decimal]] = {}
    for card in all_rate_cards():
        for rate in card.exchange_rates:
            assert rate.as_of == date(2026, 10, 5)
            rates.setdefault(rate.currency, set()).add(rate.usd)
    assert all(len(each) == 1 for each in rates.values())
    assert rates["EUR"] == {Decimal("1.1204")}


def test_nothing_read_in_a_copy_passes_for_the_source() -> None:
    for name in ("energy-eurostat", "energy-national", "egress-aws", "egress-azure", "gemini-caches-and-search"):
        card = rate_card(name)
        found = {card.provenance_of(row).confidence for offer in card.offers for row in offer.prices}
        assert Confidence.QUOTED not in found, name


def test_egress_of_the_hyperscalers_falls_with_volume_and_neoclouds_charge_none() -> None:
    offers = {
        (card.profile_id, offer.sku): offer
        for card in all_rate_cards()
        for offer in card.offers
        if isinstance(offer, EgressOffer)
    }
    for key in (
        ("egress-aws", "internet"),
        ("egress-azure", "internet"),
        ("egress-google-cloud", "internet-premium"),
        ("egress-google-cloud", "internet-standard"),
    ):
        tiers = [tier.usd_per_gb for tier in offers[key].prices[0].tiers]
        assert tiers == sorted(tiers, reverse=True)
        assert len(tiers) >= 3
    assert offers["egress-aws", "internet"].prices[0].tiers[0].usd_per_gb == Decimal("0.09")
    for vendor in ("coreweave", "lambda"):
        (row,) = offers["egress-neoclouds", f"{vendor}/internet"].prices
        assert row.free
        assert {tier.usd_per_gb for tier in row.tiers} == {Decimal(0)}


def test_cache_rent_and_search_fees_are_there() -> None:
    card = rate_card("gemini-caches-and-search")
    rent = {offer.model: offer.prices[0].usd_per_mtok_h for offer in card.offers if isinstance(offer, StorageOffer)}
    assert rent["gemini-2.5-pro"] == Decimal("4.50")
    assert rent["gemini-3.5-flash"] == Decimal("1.00")
    fees = {
        offer.sku: offer.prices[0].usd_per_1000
        for name in ("gemini-caches-and-search", "web-search-fees")
        for offer in rate_card(name).offers
        if isinstance(offer, RequestOffer)
    }
    assert fees["anthropic/web-search"] == fees["openai/web-search"] == Decimal(10)
    assert fees["grounding-google-search/gemini-3"] == Decimal(14)


def test_a_country_without_tariff_says_why() -> None:
    silent = [each.offer for each in energy_choices(ON) if not each.offer.prices]
    assert silent
    assert all(isinstance(offer, EnergyOffer) and offer.reason and offer.gco2e_per_kwh for offer in silent)
