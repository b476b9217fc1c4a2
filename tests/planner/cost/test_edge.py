"""What a request costs on an owned device (CONVENTION §14)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis
from planner.cost.edge import EdgeCost, Surroundings, edge_cost
from planner.cost.edge_energy import DeviceUse
from planner.cost.hardware import incremental_usd_per_device_month
from planner.profiles.profile import Ownership
from planner.scenario import HardwarePolicy, Policy, Scenario
from tests.support.engine import assumptions, ownership, quantity, scenario

BUSY = quantity(2.5, "s", 2.0, 3.0)
USE = DeviceUse(busy_s=BUSY, prefill_s=0.5, input_tokens=512, output_tokens=101)
ACTIVE_S_PER_YEAR = 20 * 12 * 8 * 3600


def under(policy: HardwarePolicy) -> Scenario:
    return scenario(policy=Policy(hardware=policy))


def cost_of(one: Scenario, owned: Ownership, use: DeviceUse = USE, *, runs: float = 1.0, devices: int = 1) -> EdgeCost:
    around = Surroundings(devices=devices)
    return edge_cost(one, owned, use, requests_per_month=1000, runs_per_month=1000 * runs, around=around)


def test_electricity_is_net_watts_times_time_times_tariff() -> None:
    energy = cost_of(under(HardwarePolicy.SUNK), ownership()).parts[0]
    assert energy.name == "electricity"
    assert energy.usd_per_request == pytest.approx(20 * 2.5 / 3.6e6 * 0.30)
    assert energy.low_usd == pytest.approx(20 * 2.0 / 3.6e6 * 0.2)
    assert energy.high_usd == pytest.approx(20 * 3.0 / 3.6e6 * 0.4)
    assert energy.driver == "tariff"
    assert energy.input_share == pytest.approx(0.5 / 2.5)


def test_sunk_hardware_is_a_visible_zero() -> None:
    cost = cost_of(under(HardwarePolicy.SUNK), ownership())
    assert [(part.name, part.usd_per_request) for part in cost.parts[1:]] == [("hardware (sunk)", 0.0)]


def test_full_share_charges_busy_time_of_active_hours() -> None:
    cost = cost_of(under(HardwarePolicy.FULL_SHARE), ownership())
    annual_usd = (1200 - 200 / 1.1**4) * 0.1 * 1.1**4 / (1.1**4 - 1)
    per_request = annual_usd * 2.5 / ACTIVE_S_PER_YEAR
    assert cost.parts[1].usd_per_request == pytest.approx(per_request)
    assert cost.hardware_views[2].usd_per_month == pytest.approx(per_request * 1000)


def test_capital_carries_the_intervals_of_rate_life_and_busy_time() -> None:
    unsure = assumptions().model_copy(
        update={
            "discount_rate_per_year": quantity(0.1, "share", 0.0, 0.2),
            "device_life_years": quantity(4, "years", 2, 5),
        }
    )
    one = under(HardwarePolicy.FULL_SHARE).model_copy(update={"assumptions": unsure})
    part = cost_of(one, ownership(life_years=None, resale_usd=None)).parts[1]
    assert part.low_usd == pytest.approx(1200 / 5 * 2.0 / ACTIVE_S_PER_YEAR)
    assert part.high_usd == pytest.approx(1200 * 0.2 * 1.2**2 / (1.2**2 - 1) * 3.0 / ACTIVE_S_PER_YEAR)
    added = incremental_usd_per_device_month(ownership(), unsure)
    assert added is not None
    assert added.bounds[0] == pytest.approx(120 / 4 / 12)  # the profile states its own life of four years


def test_three_policies_stand_side_by_side_whichever_is_chosen() -> None:
    for policy in HardwarePolicy:
        views = cost_of(under(policy), ownership()).hardware_views
        assert [view.policy for view in views] == ["sunk", "incremental", "full_share"]
        assert views == cost_of(under(HardwarePolicy.SUNK), ownership()).hardware_views


def test_the_incremental_view_puts_the_whole_fleet_on_the_class() -> None:
    view = cost_of(under(HardwarePolicy.SUNK), ownership(), devices=40).hardware_views[1]
    per_device = 120 * 0.1 * 1.1**4 / (1.1**4 - 1) / 12
    assert view.usd_per_month == pytest.approx(40 * per_device)
    assert view.usd_per_request == pytest.approx(40 * per_device / 1000)
    assert "here by this class alone" in view.reason


def test_repeats_use_the_device_again() -> None:
    once, again = (cost_of(under(HardwarePolicy.SUNK), ownership(), runs=runs) for runs in (1.0, 1.5))
    usd = [cost.hardware_views[2].usd_per_request for cost in (once, again)]
    assert usd[0] is not None
    assert usd[1] == pytest.approx(1.5 * usd[0])


def test_an_unknown_price_is_missing_and_never_zero() -> None:
    cost = cost_of(under(HardwarePolicy.FULL_SHARE), Ownership(active_w=quantity(20, "W")))
    assert cost.missing == ("the profile states no price",)
    assert cost.hardware_views[2].usd_per_request is None
    assert cost.full_share is None
    assert incremental_usd_per_device_month(Ownership(), assumptions()) is None


def test_the_profile_s_own_tariff_counts_before_the_scenario_s() -> None:
    own = ownership(tariff_usd_per_kwh=quantity(0.60, "USD/kWh"))
    ours = cost_of(under(HardwarePolicy.SUNK), own).parts[0].usd_per_request
    theirs = cost_of(under(HardwarePolicy.SUNK), ownership()).parts[0].usd_per_request
    assert ours == pytest.approx(2 * theirs)


def test_the_basis_of_a_cost_is_the_weakest_of_its_inputs() -> None:
    assumed = DeviceUse(
        busy_s=BUSY.model_copy(update={"basis": Basis.ASSUMED}), prefill_s=0.5, input_tokens=1, output_tokens=1
    )
    assert cost_of(under(HardwarePolicy.SUNK), ownership(), assumed).parts[0].basis is Basis.ASSUMED


def test_what_is_not_charged_is_said() -> None:
    told = cost_of(under(HardwarePolicy.SUNK), ownership()).not_charged
    lacking = "no price of a pack, no cycles it lasts, no capacity, no share of use on battery"
    assert told == (
        f"battery wear: the profile states {lacking}",
        "time of users who wait for a slower device: the scenario states no value of it",
    )


@given(price=st.integers(0, 5000), resale=st.integers(0, 5000), added=st.integers(0, 5000), busy_s=st.floats(0.01, 99))
def test_sunk_never_costs_more_than_another_policy(price: int, resale: int, added: int, busy_s: float) -> None:
    owned = ownership(price_usd=Decimal(price), resale_usd=Decimal(min(price, resale)), incremental_usd=Decimal(added))
    use = DeviceUse(busy_s=quantity(busy_s, "s"), prefill_s=0.0, input_tokens=5, output_tokens=5)
    sunk, incremental, full = (
        view.usd_per_request for view in cost_of(under(HardwarePolicy.SUNK), owned, use).hardware_views
    )
    assert sunk is not None
    assert incremental is not None
    assert full is not None
    assert sunk == 0 <= min(incremental, full)


@given(tariff=st.floats(0.01, 2), rise=st.floats(1, 10))
def test_a_dearer_tariff_is_never_cheaper(tariff: float, rise: float) -> None:
    low, high = (
        cost_of(under(HardwarePolicy.SUNK), ownership(tariff_usd_per_kwh=quantity(usd, "USD/kWh"))).parts[0]
        for usd in (tariff, tariff * rise)
    )
    assert low.usd_per_request <= high.usd_per_request
