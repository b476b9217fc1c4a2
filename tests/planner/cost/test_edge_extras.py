"""Battery wear and waiting users (economics.md §2, edge; CONVENTION §22)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planner.basis import Basis
from planner.cost.edge_energy import RequestEnergy
from planner.cost.edge_extras import Slowdown, battery_wear, waiting_user
from planner.cost.ends import Ends
from planner.measurement.contention_summary import summarise_contention
from planner.profiles.profile import Ownership
from tests.support.engine import ownership, quantity
from tests.support.sustained import contention_of

ENERGY = RequestEnergy(
    device_j=Ends(3600.0, 7200.0, 10_800.0),
    wall_j=Ends(4000.0, 8000.0, 12_000.0),
    basis=Basis.MEASURED,
    input_share=0.25,
    how="test",
    is_assumed=False,
)
WORN = {
    "battery_price_usd": Decimal(100),
    "battery_cycles": quantity(500, "count", 400, 1000),
    "battery_wh": quantity(50, "Wh"),
    "battery_share": quantity(0.3, "share", 0.2, 0.4),
}
BUSY = quantity(10, "s")
TIME = quantity(60, "USD/h", 30, 90)


def worn(**changes: object) -> Ownership:
    return ownership(**{**WORN, **changes})


def test_a_pack_s_price_is_spread_over_the_watt_hours_of_its_life() -> None:
    part, lacking = battery_wear(worn(), None, ENERGY)
    assert part is not None
    assert part.usd_per_request == pytest.approx(2 * 0.3 * 100 / (500 * 50))
    assert part.low_usd == pytest.approx(1 * 0.2 * 100 / (1000 * 50))
    assert part.high_usd == pytest.approx(3 * 0.4 * 100 / (400 * 50))
    assert (part.input_share, part.basis, lacking) == (0.25, Basis.PUBLISHED, "")


def test_the_probed_capacity_stands_in_for_one_nobody_stated() -> None:
    part, _ = battery_wear(worn(battery_wh=None), quantity(100, "Wh"), ENERGY)
    assert part is not None
    assert part.usd_per_request == pytest.approx(2 * 0.3 * 100 / (500 * 100))


@pytest.mark.parametrize("name", list(WORN))
def test_one_lacking_figure_leaves_wear_uncharged_and_named(name: str) -> None:
    part, lacking = battery_wear(worn(**{name: None}), None, ENERGY)
    assert part is None
    assert lacking.startswith("battery wear: the profile states no ")


def test_a_device_that_never_runs_on_battery_lacks_nothing() -> None:
    assert battery_wear(ownership(battery_share=quantity(0, "share")), None, ENERGY) == (None, "")


def test_a_user_waits_for_what_the_model_takes_from_the_device() -> None:
    summary = summarise_contention(contention_of())
    ratio, share = summary.latency_p50_ratio, summary.load_busy_share
    assert ratio is not None
    assert share is not None
    part, _ = waiting_user(Slowdown(summary, same_model=True), TIME, BUSY, 0.2)
    assert part is not None
    assert part.usd_per_request == pytest.approx(10 * share * (ratio.value - 1) * 60 / 3600)
    assert part.low_usd < part.usd_per_request < part.high_usd
    assert (part.input_share, part.basis) == (0.2, Basis.PUBLISHED)


def test_another_model_s_contention_is_only_an_estimate() -> None:
    part, _ = waiting_user(Slowdown(summarise_contention(contention_of()), same_model=False), TIME, BUSY, 0.2)
    assert part is not None
    assert part.basis is Basis.ESTIMATED
    assert "beside another model" in part.how


def test_a_model_that_slows_nobody_down_costs_nobody_s_time() -> None:
    summary = summarise_contention(contention_of(slower=(1.0, 1.0, 1.0)))
    part, _ = waiting_user(Slowdown(summary, same_model=True), TIME, BUSY, 0.2)
    assert part is not None
    assert part.usd_per_request == pytest.approx(0.0, abs=1e-12)


def test_without_a_measurement_or_a_value_of_time_nothing_is_charged_and_said_so() -> None:
    summary = summarise_contention(contention_of())
    assert waiting_user(None, TIME, BUSY, 0.2)[1].endswith("no contention was measured on this device")
    assert waiting_user(Slowdown(summary, same_model=True), None, BUSY, 0.2)[1].endswith("states no value of it")
