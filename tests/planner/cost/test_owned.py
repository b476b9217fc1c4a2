"""An owned machine by the hour (economics.md §2: owned box-hour; CONVENTION §6)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.basis import Basis, Quantity
from planner.capacities import OwnedBox
from planner.cost.owned import OwnedHour, owned_usd_per_h
from planner.scenario import Assumptions
from planner.units import Unit
from tests.support.engine import assumptions, quantity


def box(**changes: object) -> OwnedBox:
    values: dict[str, object] = {
        "price_usd": Decimal(200_000),
        "resale_usd": Decimal(20_000),
        "life_years": quantity(4, "years", 3, 5),
        "active_w": quantity(8000, "W", 7000, 10_000),
        "idle_w": quantity(2000, "W", 1500, 2500),
        "pue": 1.5,
        "availability": quantity(0.9, "share", 0.8, 1.0),
        "colocation_usd_per_month": quantity(1000, "USD/month", 900, 1200),
        "maintenance_share_per_year": quantity(0.05, "share", 0.03, 0.08),
        "staff_usd_per_month": quantity(730, "USD/month"),
        "software_usd_per_month": quantity(365, "USD/month"),
        "spares_share": quantity(0.1, "share"),
    }
    return OwnedBox.model_validate({**values, **changes})


def unsure() -> Assumptions:
    return assumptions().model_copy(update={"discount_rate_per_year": quantity(0.1, "share", 0.08, 0.12)})


def usd_per_h(hour: OwnedHour, name: str) -> Quantity:
    return next(part.usd_per_h for part in hour.parts if part.name == name)


def crf(rate: float, years: float) -> float:
    return rate * (1 + rate) ** years / ((1 + rate) ** years - 1)


def test_capital_is_recovered_over_the_hours_it_can_be_used() -> None:
    hour = owned_usd_per_h(box(), unsure(), 0.5)
    annual = (200_000 - 20_000 / 1.1**4) * crf(0.1, 4)
    assert usd_per_h(hour, "capital").value == pytest.approx(annual / (8760 * 0.9))
    assert hour.usable_h_per_month == pytest.approx(730 * 0.9)


def test_power_mixes_idle_and_active_watts_by_utilization() -> None:
    for used in (0.0, 0.25, 1.0):
        hour = owned_usd_per_h(box(), unsure(), used)
        kilowatts = (used * 8000 + (1 - used) * 2000) / 1000
        assert usd_per_h(hour, "electricity").value == pytest.approx(kilowatts * 1.5 * 0.30)


def test_fees_and_shares_of_the_price() -> None:
    hour = owned_usd_per_h(box(), unsure(), 0.5)
    monthly = {part.name: part.usd_per_month.value for part in hour.parts}
    assert monthly["colocation"] == pytest.approx(1000)
    assert monthly["staff"] == pytest.approx(730)
    assert monthly["software"] == pytest.approx(365)
    assert monthly["maintenance"] == pytest.approx(200_000 * 0.05 / 12)
    assert monthly["spares"] == pytest.approx(0.1 * 200_000 * crf(0.1, 4) / 12)
    assert usd_per_h(hour, "staff").value == pytest.approx(1 / 0.9)


def test_each_end_is_one_consistent_case() -> None:
    hour = owned_usd_per_h(box(), unsure(), 0.5)
    cheapest = (200_000 - 20_000 / 1.08**5) * crf(0.08, 5) / 8760
    dearest = (200_000 - 20_000 / 1.12**3) * crf(0.12, 3) / (8760 * 0.8)
    assert usd_per_h(hour, "capital").bounds == (pytest.approx(cheapest), pytest.approx(dearest))
    watts = usd_per_h(hour, "electricity").bounds
    assert watts == (pytest.approx(4.25 * 1.5 * 0.2), pytest.approx(6.25 * 1.5 * 0.4))
    assert hour.usd_per_h.bounds[0] == pytest.approx(sum(part.usd_per_h.bounds[0] for part in hour.parts))
    assert hour.usd_per_h.bounds[1] == pytest.approx(sum(part.usd_per_h.bounds[1] for part in hour.parts))


def test_totals_are_the_sum_of_their_parts() -> None:
    hour = owned_usd_per_h(box(), unsure(), 0.37)
    assert hour.usd_per_h.value == sum(part.usd_per_h.value for part in hour.parts)
    assert hour.usd_per_month.value == sum(part.usd_per_month.value for part in hour.parts)
    assert hour.usd_per_month.value == pytest.approx(hour.usd_per_h.value * hour.usable_h_per_month)


def test_what_nobody_states_is_not_charged_and_named() -> None:
    bare = box(
        colocation_usd_per_month=None,
        maintenance_share_per_year=None,
        staff_usd_per_month=None,
        software_usd_per_month=None,
        spares_share=None,
    )
    hour = owned_usd_per_h(bare, unsure(), 0.5)
    assert [part.name for part in hour.parts] == ["capital", "electricity"]
    assert hour.not_charged == ("spares", "maintenance", "colocation", "staff", "software")
    assert owned_usd_per_h(box(), unsure(), 0.5).not_charged == ()


def test_the_box_s_own_tariff_counts_before_the_scenario_s() -> None:
    own = owned_usd_per_h(box(tariff_usd_per_kwh=quantity(0.60, "USD/kWh")), unsure(), 0.5)
    theirs = owned_usd_per_h(box(), unsure(), 0.5)
    assert usd_per_h(own, "electricity").value == pytest.approx(2 * usd_per_h(theirs, "electricity").value)


def test_the_basis_is_the_weakest_of_its_inputs() -> None:
    guessed = Quantity(value=0.9, unit="share", basis=Basis.ASSUMED)
    assert owned_usd_per_h(box(), unsure(), 0.5).usd_per_h.basis is Basis.PUBLISHED
    assert owned_usd_per_h(box(availability=guessed), unsure(), 0.5).usd_per_h.basis is Basis.ASSUMED


def test_a_resale_above_the_price_and_a_utilization_above_one_are_refused() -> None:
    with pytest.raises(ValidationError, match="resale_usd is more than price_usd"):
        box(resale_usd=Decimal(200_001))
    with pytest.raises(ValueError, match="between 0 and 1"):
        owned_usd_per_h(box(), unsure(), 1.01)


MONEY = ("colocation_usd_per_month", "staff_usd_per_month", "software_usd_per_month")


def times(figure: Quantity | None, factor: float) -> Quantity:
    assert figure is not None
    low, high = figure.bounds
    return quantity(figure.value * factor, figure.unit, low * factor, high * factor)


@given(factor=st.floats(0.01, 50), used=st.floats(0, 1))
def test_all_money_times_k_is_cost_times_k(factor: float, used: float) -> None:
    """economics.md §7: linearity in money."""
    plain = box()
    scaled_box = box(
        price_usd=Decimal(200_000 * factor),
        resale_usd=Decimal(20_000 * factor),
        **{name: times(getattr(plain, name), factor) for name in MONEY},
    )
    dear = unsure().model_copy(update={"tariff_usd_per_kwh": times(unsure().tariff_usd_per_kwh, factor)})
    ours, theirs = owned_usd_per_h(scaled_box, dear, used).usd_per_h, owned_usd_per_h(plain, unsure(), used).usd_per_h
    assert ours.value == pytest.approx(factor * theirs.value)
    assert ours.bounds == pytest.approx(tuple(factor * end for end in theirs.bounds))


@given(
    name=st.sampled_from(["active_w", "idle_w", "tariff_usd_per_kwh", *MONEY, "maintenance_share_per_year"]),
    rise=st.floats(1, 5),
    used=st.floats(0, 1),
)
def test_nothing_gets_cheaper_by_costing_more(name: str, rise: float, used: float) -> None:
    plain = box(tariff_usd_per_kwh=quantity(0.3, "USD/kWh", 0.2, 0.4))
    dearer = box(**{"tariff_usd_per_kwh": plain.tariff_usd_per_kwh, name: _raised(getattr(plain, name), rise)})
    ours, theirs = owned_usd_per_h(dearer, unsure(), used).usd_per_h, owned_usd_per_h(plain, unsure(), used).usd_per_h
    assert all(a >= b - 1e-12 for a, b in zip((ours.value, *ours.bounds), (theirs.value, *theirs.bounds), strict=True))


def _raised(figure: Quantity, factor: float) -> Quantity:
    most: dict[Unit, float] = {"share": 1.0}
    limit = most.get(figure.unit, float("inf"))
    low, value, high = (min(each * factor, limit) for each in (figure.bounds[0], figure.value, figure.bounds[1]))
    return quantity(value, figure.unit, low, high)
