"""Energy of a request: measured joules, else stated watts, else assumed ones (economics.md §2, CONVENTION §14, §19)."""

from __future__ import annotations

import pytest

from planner.basis import Basis
from planner.cost.edge_energy import DeviceUse, RequestEnergy, net_power_w, request_energy
from planner.measurement.energy.figures import MeterKind, MeterScope
from planner.profiles.performance import ModelPerformance
from planner.profiles.profile import Ownership
from tests.support.engine import assumptions, ownership, quantity
from tests.support.metered import measured, meter, performance

BUSY = measured(2.5, "s", 2.0, 3.0)
MEASURED_J = 512 * 0.02 + 100 * 0.5  # the prompt yields the first of 101 tokens


def energy(
    known: ModelPerformance | None, owned: Ownership | None = None, efficiency: float | None = None
) -> RequestEnergy:
    use = DeviceUse(busy_s=BUSY, prefill_s=0.5, input_tokens=512, output_tokens=101, performance=known)
    assumed = assumptions()
    if efficiency is not None:
        assumed = assumed.model_copy(update={"wall_efficiency": quantity(efficiency, "share", 0.8, 1.0)})
    return request_energy(owned or ownership(), assumed, use)


def test_measured_joules_a_token_count_before_stated_watts() -> None:
    found = energy(performance())
    assert found.wall_j.value == pytest.approx(MEASURED_J)
    assert found.basis is Basis.MEASURED
    assert found.input_share == pytest.approx(512 * 0.02 / MEASURED_J)
    assert "0.5 J/tok above idle (measured: rapl" in found.how
    assert tuple(found.wall_j) == pytest.approx((512 * 0.018 + 45, MEASURED_J, 512 * 0.022 + 55))


def test_a_meter_behind_the_power_supply_is_divided_by_its_efficiency() -> None:
    found = energy(performance(), efficiency=0.9)
    assert found.device_j.value == pytest.approx(MEASURED_J)
    assert found.wall_j.value == pytest.approx(MEASURED_J / 0.9)
    assert found.wall_j.high == pytest.approx((512 * 0.022 + 55) / 0.8)
    assert "÷ 90 % from the wall" in found.how


def test_the_device_s_own_efficiency_counts_before_the_scenario_s() -> None:
    own = ownership(wall_efficiency=quantity(0.5, "share"))
    assert energy(performance(), own, 0.9).wall_j.value == pytest.approx(MEASURED_J / 0.5)


def test_an_unknown_efficiency_is_said_and_not_guessed() -> None:
    found = energy(performance())
    assert found.wall_j == found.device_j
    assert "whose loss is not known and not charged" in found.how


def test_a_meter_at_the_wall_is_divided_by_nothing() -> None:
    at_wall = performance(energy_meter=meter(MeterKind.WALL_METER, MeterScope.WALL))
    found = energy(at_wall, efficiency=0.85)
    assert found.wall_j.value == pytest.approx(MEASURED_J)
    assert "at the wall" in found.how


def test_watts_assumed_for_a_run_give_way_to_what_the_owner_states() -> None:
    guessed = performance(energy_meter=meter(MeterKind.ASSUMED, MeterScope.WALL))
    assert energy(guessed).wall_j.value == pytest.approx(20 * 2.5)
    assert energy(guessed, ownership(active_w=None)).wall_j.value == pytest.approx(MEASURED_J)


def test_without_a_meter_stated_watts_count_and_without_those_the_scenario_s() -> None:
    stated, assumed = energy(None), energy(None, Ownership())
    assert stated.wall_j.value == pytest.approx(20 * 2.5)
    assert "(published)" in stated.how
    assert not stated.is_assumed
    assert assumed.wall_j.value == pytest.approx(23 * 2.5)
    assert "(the scenario's assumption)" in assumed.how
    assert assumed.is_assumed


def test_a_phase_the_meter_could_not_tell_takes_watts() -> None:
    found = energy(performance(prefill_j_per_tok=None))
    assert found.wall_j.value == pytest.approx(20 * 0.5 + 100 * 0.5)
    assert found.basis is Basis.PUBLISHED
    assert "prompt 0.5 s at 20 W" in found.how


def test_unknown_idle_charges_gross_joules() -> None:
    gross = performance(
        prefill_j_per_tok=None,
        decode_j_per_tok=None,
        prefill_gross_j_per_tok=measured(0.03, "J/tok"),
        decode_gross_j_per_tok=measured(0.8, "J/tok"),
    )
    found = energy(gross)
    assert found.wall_j.value == pytest.approx(512 * 0.03 + 80)
    assert "with idle, which is not known" in found.how


def test_watts_the_profile_does_not_state_are_assumed_and_said_so() -> None:
    power, assumed = net_power_w(Ownership(), assumptions())
    assert assumed
    assert power.value == pytest.approx(23.0)
    assert power.bounds == (3.0, 61.0)


def test_unknown_idle_watts_charge_the_whole_active_power() -> None:
    power, assumed = net_power_w(ownership(idle_w=None), assumptions())
    assert not assumed
    assert power.value == 25.0
    assert "25 W, idle not known and not deducted" in energy(None, ownership(idle_w=None)).how
