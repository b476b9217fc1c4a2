"""A laptop's battery under Linux: what its gauge says is left falls by what the whole device draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.basis import Basis
from planner.device.linux_power import SUPPLIES
from planner.device.system import System
from planner.measurement.energy.channels import Channel, CounterChannel, PowerChannel, Source
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterProblem, MeterScope

READ_EVERY_S = 0.5
_PERIOD_S = 1.0  # the kernel asks the gauge no more than once a second; many renew their figures far more rarely
_J_PER_UWH = 3600e-6
_MICRO = 1e-6


def find_battery(system: System) -> Source | MeterProblem:
    """The batteries that discharge, or why they cannot be read as a meter."""
    folders = [f"{SUPPLIES}/{name}" for name in system.entries(SUPPLIES) or ()]
    batteries = [
        folder
        for folder in folders
        if (system.line(f"{folder}/type") or "").lower() == "battery"
        and (system.line(f"{folder}/scope") or "").lower() != "device"  # of a mouse or a pen
    ]
    if not batteries:
        return _problem(f"no battery under {SUPPLIES}", "")
    if not any(_discharges(system, folder) for folder in batteries):
        return _problem("it does not discharge, since the device runs on mains", "Unplug the device and measure again.")
    found = _channel(_Gauges(system, batteries))
    if found is None:
        return _problem(f"{SUPPLIES} tells neither energy, charge nor power of every battery", "")
    channel, told = found
    meter = EnergyMeter(
        kind=MeterKind.BATTERY,
        name=" + ".join(folder.rpartition("/")[2] for folder in batteries),
        scope=MeterScope.WHOLE_DEVICE,
        provenance=f"{SUPPLIES}: {told}, as the battery's gauge tells it",
        basis=Basis.MEASURED,
        period_s=_PERIOD_S,
    )
    return Source(meter, [channel], READ_EVERY_S)


def _discharges(system: System, folder: str) -> bool:
    return (system.line(f"{folder}/status") or "").lower() == "discharging"


class _Gauges:
    """All batteries as one, since two are emptied one after the other; None where one of them does not tell."""

    def __init__(self, system: System, folders: Sequence[str]) -> None:
        self._system = system
        self._folders = folders
        # The voltage falls while the charge does; the one at the start keeps the counter from going back.
        self._volts = {folder: self._number(folder, "voltage_now") for folder in folders}

    def energy_drawn_uwh(self) -> int | None:
        """Minus what is left, so that it rises."""
        return _minus(self._total(lambda folder: self._number(folder, "energy_now")))

    def charge_drawn_uwh(self) -> int | None:
        """The same from charge."""
        return _minus(self._total(lambda folder: _times(self._number(folder, "charge_now"), self._volts[folder])))

    def power_w(self) -> float | None:
        """Watts drawn, as the gauges tell them."""
        return self._watts(lambda folder: self._number(folder, "power_now"))

    def current_w(self) -> float | None:
        """Watts drawn, from current and voltage."""
        return self._watts(
            lambda folder: _times(self._number(folder, "current_now"), self._number(folder, "voltage_now"))
        )

    def _watts(self, microwatts: Callable[[str], int | None]) -> float | None:
        if not any(_discharges(self._system, folder) for folder in self._folders):
            return None  # plugged in meanwhile: the figure is now what flows in
        total = self._total(microwatts, size=True)
        return None if total is None else total * _MICRO

    def _total(self, worth: Callable[[str], int | None], *, size: bool = False) -> int | None:
        """The sum; `size`: some drivers give power a minus sign while the battery discharges."""
        values = [worth(folder) for folder in self._folders]
        known = [abs(value) if size else value for value in values if value is not None]
        return sum(known) if len(known) == len(values) else None

    def _number(self, folder: str, name: str) -> int | None:
        return self._system.number(f"{folder}/{name}")


def _channel(gauges: _Gauges) -> tuple[Channel, str] | None:
    """What is read, and its name: counters, which miss nothing between two looks, before power."""
    for drawn, told in (
        (gauges.energy_drawn_uwh, "energy_now"),
        (gauges.charge_drawn_uwh, "charge_now times voltage_now at the start"),
    ):
        if drawn() is not None:
            return CounterChannel(drawn, unit_j=_J_PER_UWH, period_s=_PERIOD_S), told
    for watts, told in ((gauges.power_w, "power_now"), (gauges.current_w, "current_now times voltage_now")):
        if watts() is not None:
            return PowerChannel(watts, period_s=_PERIOD_S), f"{told}, integrated"
    return None


def _minus(left: int | None) -> int | None:
    return None if left is None else -left


def _times(value: int | None, microvolts: int | None) -> int | None:
    """µAh · µV to µWh, µA · µV to µW."""
    return None if value is None or microvolts is None else round(value * microvolts * _MICRO)


def _problem(why: str, remedy: str) -> MeterProblem:
    return MeterProblem(kind=MeterKind.BATTERY, sentence=f"Battery: {why}.", remedy=remedy)
