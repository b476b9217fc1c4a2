"""Windows' Energy Meter Interface: channels of energy in picowatt-hours, as emi.h describes their buffers.

Windows 11 shows RAPL this way (RAPL_Package0_PKG, …_DRAM); some devices have meters of their own on a board's rails.
Layouts: learn.microsoft.com/windows/win32/api/emi.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from planner.basis import Basis
from planner.measurement.energy.channels import Channel, CounterChannel, Source
from planner.measurement.energy.emi_calls import EmiError, open_meters
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterProblem, MeterScope

GET_VERSION, GET_METADATA_SIZE, GET_METADATA, GET_MEASUREMENT = 0x224000, 0x224004, 0x224008, 0x22400C
J_PER_PWH = 3600e-12
READ_EVERY_S = 0.1
_PERIOD_S = 0.1
_PICOWATT_HOURS = 0
_WRAPS_AT = 2**64
_V1, _V2 = 1, 2
_NAME_BYTES = 16 * 2  # EMI_NAME_MAX wide characters
_V1_NAME = struct.Struct(f"<I{_NAME_BYTES}s{_NAME_BYTES}sHH")  # unit, OEM, model, revision, bytes of the name after it
_V2_HEAD = struct.Struct(f"<{_NAME_BYTES}s{_NAME_BYTES}sHH")  # OEM, model, revision, channels
_V2_CHANNEL = struct.Struct("<IH")  # unit, bytes of the name after it
_MEASUREMENT = struct.Struct("<QQ")  # energy, time in 100 ns
_MOST_BYTES = 64 * 1024


class Meter(Protocol):
    """One device of the interface, open: what it answers to a control code, or an EmiError."""

    def ask(self, code: int, most_bytes: int) -> bytes: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class EmiChannel:
    """A channel as its device describes it."""

    name: str
    unit: int


@dataclass(frozen=True)
class _Place:
    """Where a channel is read: which of how many its device measures at once."""

    meter: Meter
    index: int
    channels: int
    channel: EmiChannel

    @property
    def name(self) -> str:
        return self.channel.name

    def reading(self) -> int | None:
        """Picowatt-hours now; None where the device does not answer."""
        try:
            told = parse_measurement(self.meter.ask(GET_MEASUREMENT, self.channels * _MEASUREMENT.size))
        except EmiError:
            return None
        return told[self.index] if self.index < len(told) else None


_SCOPES: tuple[tuple[re.Pattern[str], MeterScope], ...] = (
    (re.compile(r"SYS|SYSTEM|PLATFORM|BATTERY", re.IGNORECASE), MeterScope.WHOLE_DEVICE),
    (re.compile(r"RAPL_Package\d+_(PKG|DRAM)", re.IGNORECASE), MeterScope.CPU_PACKAGE),
    (re.compile(r"CPU_CLUSTER_\d+|GPU|NPU", re.IGNORECASE), MeterScope.CHIP),
)
"""Which channels belong together, the widest first. PP0 and PP1 are parts of PKG and would count twice."""


def find_emi(*, cpu_vendor: str | None, devices: Callable[[], Sequence[Meter]] = open_meters) -> Source | MeterProblem:
    """The channels that cover most, or why none can be read."""
    try:
        meters = devices()
    except EmiError as error:
        return _problem(str(error), error.remedy)
    found: list[_Place] = []
    for meter in meters:
        try:
            channels = describe(meter)
        except EmiError:
            continue  # one meter of several that does not answer
        found += [_Place(meter, index, len(channels), channel) for index, channel in enumerate(channels)]
    chosen, scope = _choose(found)
    if not chosen:
        for meter in meters:
            meter.close()
        names = ", ".join(place.name for place in found)
        why = f"its channels have names this program does not know ({names})" if names else "no meter answers"
        return _problem(why, "Windows 11 shows the processor's counters here; on Windows 10 few devices have meters.")

    def close() -> None:
        for meter in meters:
            meter.close()

    return Source(
        _meter([place.name for place in chosen], scope, cpu_vendor), _channels(chosen), READ_EVERY_S, close=close
    )


def describe(meter: Meter) -> tuple[EmiChannel, ...]:
    """The channels of one device: its version, how long its description is, then the description."""
    try:
        (version,) = struct.unpack_from("<H", meter.ask(GET_VERSION, 2))
        (length,) = struct.unpack_from("<I", meter.ask(GET_METADATA_SIZE, 4))
        told = meter.ask(GET_METADATA, min(length, _MOST_BYTES))
        return parse_metadata(told, version)
    except struct.error as error:
        raise EmiError("a meter answered with too few bytes") from error


def parse_metadata(told: bytes, version: int) -> tuple[EmiChannel, ...]:
    """EMI_METADATA_V1 (one channel) or EMI_METADATA_V2 (several); too few bytes are a struct.error."""
    if version == _V1:
        unit, _, _, _, name_bytes = _V1_NAME.unpack_from(told)
        return (EmiChannel(_text(told, _V1_NAME.size, name_bytes), unit),)
    if version != _V2:
        raise EmiError(f"version {version} of the interface is not known to this program")
    *_, count = _V2_HEAD.unpack_from(told)
    channels: list[EmiChannel] = []
    place = _V2_HEAD.size
    for _ in range(count):
        unit, name_bytes = _V2_CHANNEL.unpack_from(told, place)
        channels.append(EmiChannel(_text(told, place + _V2_CHANNEL.size, name_bytes), unit))
        place += _V2_CHANNEL.size + name_bytes
    return tuple(channels)


def parse_measurement(told: bytes) -> tuple[int, ...]:
    """Picowatt-hours of each channel, in the order of the description."""
    whole = len(told) - len(told) % _MEASUREMENT.size
    return tuple(energy for energy, _ in _MEASUREMENT.iter_unpack(told[:whole]))


def _choose(found: Sequence[_Place]) -> tuple[list[_Place], MeterScope]:
    """The channels of the widest scope there is; memory that counts nothing is left out."""
    for pattern, scope in _SCOPES:
        chosen = [place for place in found if pattern.fullmatch(place.name) and place.channel.unit == _PICOWATT_HOURS]
        if chosen and scope is MeterScope.WHOLE_DEVICE:
            return chosen[:1], scope  # two of them would count the device twice
        memory = [place for place in chosen if place.name.upper().endswith("DRAM")]
        others = [place for place in chosen if place not in memory]
        if others:
            counting = [place for place in memory if place.reading()]
            return [*others, *counting], MeterScope.CPU_AND_MEMORY if counting else scope
    return [], MeterScope.CPU_PACKAGE


def _channels(chosen: Sequence[_Place]) -> list[Channel]:
    return [CounterChannel(place.reading, unit_j=J_PER_PWH, period_s=_PERIOD_S, wraps_at=_WRAPS_AT) for place in chosen]


def _meter(names: Sequence[str], scope: MeterScope, cpu_vendor: str | None) -> EnergyMeter:
    modelled = scope in {MeterScope.CPU_PACKAGE, MeterScope.CPU_AND_MEMORY} and cpu_vendor != "Intel"
    how = "RAPL, which this processor models rather than measures" if modelled else "as the meter counts them"
    return EnergyMeter(
        kind=MeterKind.EMI,
        name=" + ".join(names),
        scope=scope,
        provenance=f"Windows Energy Meter Interface, channels {', '.join(names)}: {how}",
        basis=Basis.ESTIMATED if modelled else Basis.MEASURED,
        period_s=_PERIOD_S,
    )


def _text(told: bytes, start: int, length: int) -> str:
    return told[start : start + length].decode("utf-16-le", errors="replace").partition("\x00")[0]


def _problem(why: str, remedy: str) -> MeterProblem:
    return MeterProblem(kind=MeterKind.EMI, sentence=f"Windows Energy Meter Interface: {why}.", remedy=remedy)
