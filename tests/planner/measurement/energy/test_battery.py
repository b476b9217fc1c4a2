"""Batteries as meters: what falls while they discharge, and why they are no meter on mains."""

import pytest

from planner.measurement.energy.battery import find_battery
from planner.measurement.energy.channels import MeterFaultError, Source
from planner.measurement.energy.figures import MeterProblem, MeterScope

SUPPLY = "/sys/class/power_supply"


def battery(name="BAT0", status="Discharging", **told):
    return {f"{SUPPLY}/{name}/{key}": value for key, value in {"type": "Battery", "status": status, **told}.items()}


def joules(source, files, later):
    (channel,) = source.channels
    channel.take()
    files(later)
    return [point.joules for point in channel.take()]


def test_energy_that_is_left_falls_by_what_is_drawn(files):
    source = find_battery(files(battery(energy_now=50_000_000, power_now=9_000_000)))
    assert isinstance(source, Source)
    assert (source.meter.name, source.meter.scope) == ("BAT0", MeterScope.WHOLE_DEVICE)
    assert "energy_now" in source.meter.provenance
    assert joules(source, files, battery(energy_now=49_990_000)) == [pytest.approx(36.0)]


def test_charge_counts_at_the_voltage_of_the_start(files):
    source = find_battery(files(battery(charge_now=4_000_000, voltage_now=12_000_000)))
    later = battery(charge_now=3_999_000, voltage_now=11_000_000)
    assert joules(source, files, later) == [pytest.approx(0.001 * 12 * 3600)]


def test_two_batteries_are_one_meter_since_one_of_them_rests(files):
    source = find_battery(files(battery(energy_now=20_000_000) | battery("BAT1", "Unknown", energy_now=30_000_000)))
    assert source.meter.name == "BAT0 + BAT1"
    assert joules(source, files, battery("BAT1", energy_now=29_990_000)) == [pytest.approx(36.0)]


@pytest.mark.parametrize(
    "told", [{"power_now": 9_000_000}, {"power_now": -9_000_000}, {"current_now": 750_000, "voltage_now": 12_000_000}]
)
def test_power_is_integrated_whatever_its_sign_until_the_device_is_plugged_in(files, told):
    source = find_battery(files(battery(**told)))
    assert "integrated" in source.meter.provenance
    (channel,) = source.channels
    assert channel.take()
    assert channel._watts == pytest.approx(9.0)
    files(battery(status="Charging", **told))
    with pytest.raises(MeterFaultError):
        channel.take()


def test_being_charged_meanwhile_is_a_hole(files):
    source = find_battery(files(battery(energy_now=50_000_000)))
    (channel,) = source.channels
    channel.take()
    files(battery(energy_now=50_010_000))
    assert [point.whole for point in channel.take()] == [False]


@pytest.mark.parametrize(
    ("told", "words", "remedy"),
    [
        ({}, "no battery", ""),
        (battery(scope="Device"), "no battery", ""),
        (battery(status="Full", energy_now=1), "runs on mains", "Unplug"),
        (battery(status="Charging", energy_now=1), "runs on mains", "Unplug"),
        (battery(capacity=80), "neither energy, charge nor power", ""),
        (battery(energy_now=1) | battery("BAT1"), "neither energy, charge nor power of every battery", ""),
    ],
)
def test_problems_are_named(files, told, words, remedy):
    problem = find_battery(files(told))
    assert isinstance(problem, MeterProblem)
    assert words in problem.sentence
    assert remedy in problem.remedy
