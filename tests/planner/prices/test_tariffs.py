"""Electricity to choose from: by country and customer, as it holds on a day, ready for a scenario."""

from __future__ import annotations

from datetime import date

import pytest

from planner.basis import Basis
from planner.errors import PriceError, UnknownNameError
from planner.prices.tariffs import carbon, energy_choices, energy_offer, tariff
from tests.support import rate_cards as raw
from tests.support.rate_cards import card, read

ON = date(2026, 11, 25)
PAST = {"effective_from": "2025-01-01", "effective_to": "2026-01-01"}
NOW = {"effective_from": "2026-01-01"}


def test_the_tariff_of_the_day_is_a_figure_with_its_source() -> None:
    rows = (
        raw.tariff("0.60", published=None, **PAST),
        raw.tariff(usd_per_kwh_low="0.28", usd_per_kwh_high="0.35", **NOW),
    )
    held = card(raw.energy(*rows))
    today, earlier, before = (
        energy_offer("se", "household", on, [held]) for on in (ON, date(2025, 6, 1), date(2024, 1, 1))
    )
    figure = tariff(today)
    assert (figure.value, figure.low, figure.high, figure.unit) == (0.30, 0.28, 0.35, "USD/kWh")
    assert (figure.basis, figure.as_of) == (Basis.PUBLISHED, date(2026, 11, 10))
    assert "Sweden, household, band DC, 2025-S2" in figure.source
    assert "https://example.com/prices" in figure.source
    assert tariff(earlier).value == 0.60
    with pytest.raises(PriceError, match="no tariff holds on that day"):
        tariff(before)


def test_carbon_travels_with_its_year_and_may_be_unknown() -> None:
    held = card(raw.energy())
    found = carbon(energy_offer("SE", "household", ON, [held]))
    assert found is not None
    assert (found.value, found.unit) == (40.7, "gCO2e/kWh")
    assert "2023" in found.source
    bare = card(raw.energy() | {"gco2e_per_kwh": None, "carbon_year": None, "carbon_provenance": None})
    assert carbon(energy_offer("SE", "household", ON, [bare])) is None


def test_an_estimate_stays_an_estimate() -> None:
    held = card(raw.energy(raw.tariff(provenance=read("estimate"))))
    assert tariff(energy_offer("SE", "household", ON, [held])).basis is Basis.ESTIMATED


def test_a_country_without_tariff_says_why() -> None:
    held = card(raw.energy() | {"prices": [], "reason": "No figure is published."})
    with pytest.raises(PriceError, match=r"No figure is published\. Enter your own"):
        tariff(energy_offer("SE", "household", ON, [held]))


def test_what_is_not_known_is_refused_with_what_is_near() -> None:
    held = card(raw.energy())
    with pytest.raises(UnknownNameError, match="There is SE/household"):
        energy_offer("SE", "industrial", ON, [held])
    with pytest.raises(UnknownNameError, match="no electricity tariff is known for XX/household"):
        energy_offer("XX", "household", ON, [])


def test_the_bundled_choices_are_in_one_order_and_unique() -> None:
    found = energy_choices(ON)
    names = [each.name for each in found]
    assert [each.offer.region for each in found] == sorted(each.offer.region for each in found)
    assert len(set(names)) == len(names)
    assert energy_offer("DE", "non_household", ON) in found
