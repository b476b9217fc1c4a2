"""The buffers of Windows' Energy Meter Interface, and which channels are read."""

import struct
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis
from planner.measurement.energy.channels import MeterFaultError, Source
from planner.measurement.energy.emi import (
    GET_MEASUREMENT,
    GET_METADATA,
    GET_METADATA_SIZE,
    GET_VERSION,
    EmiChannel,
    find_emi,
    parse_measurement,
    parse_metadata,
)
from planner.measurement.energy.emi_calls import EmiError, open_meters
from planner.measurement.energy.figures import MeterProblem, MeterScope

RAPL = ("RAPL_Package0_PKG", "RAPL_Package0_PP0", "RAPL_Package0_PP1", "RAPL_Package0_DRAM")


def wide(word, size=None):
    encoded = f"{word}\0".encode("utf-16-le")
    return encoded if size is None else encoded.ljust(size, b"\0")


def metadata_v2(names, unit=0):
    channels = b"".join(struct.pack("<IH", unit, len(wide(name))) + wide(name) for name in names)
    return wide("Microsoft", 32) + wide("RAPL", 32) + struct.pack("<HH", 1, len(names)) + channels


def metadata_v1(name):
    return (
        struct.pack("<I", 0)
        + wide("Maxim", 32)
        + wide("MAX34407", 32)
        + struct.pack("<HH", 1, len(wide(name)))
        + wide(name)
    )


class Device:
    """A device of the interface that answers like the driver."""

    def __init__(self, names, version=2, unit=0):
        self.energies = dict.fromkeys(names, 10**9)
        self.closed = False
        self.gone = False
        self._version = version
        self._metadata = metadata_v1(names[0]) if version == 1 else metadata_v2(names, unit)

    def ask(self, code, most_bytes):
        if self.gone:
            raise EmiError("it refused")
        told = {
            GET_VERSION: struct.pack("<H", self._version),
            GET_METADATA_SIZE: struct.pack("<I", len(self._metadata)),
            GET_METADATA: self._metadata,
            GET_MEASUREMENT: b"".join(struct.pack("<QQ", each, 77) for each in self.energies.values()),
        }[code]
        assert len(told) <= most_bytes
        return told

    def close(self):
        self.closed = True


def test_the_control_codes_are_those_of_the_header():
    """CTL_CODE(FILE_DEVICE_UNKNOWN, n, METHOD_BUFFERED, FILE_READ_ACCESS)."""
    codes = (GET_VERSION, GET_METADATA_SIZE, GET_METADATA, GET_MEASUREMENT)
    assert codes == tuple(0x22 << 16 | 1 << 14 | number << 2 for number in range(4))


def test_descriptions_of_both_versions():
    assert parse_metadata(metadata_v2(RAPL), 2) == tuple(EmiChannel(name, 0) for name in RAPL)
    assert parse_metadata(metadata_v1("SYSTEM"), 1) == (EmiChannel("SYSTEM", 0),)
    with pytest.raises(EmiError, match="version 3"):
        parse_metadata(metadata_v2(RAPL), 3)


def test_measurements_of_all_channels():
    assert parse_measurement(struct.pack("<QQQQ", 5, 1, 6, 1) + b"rest") == (5, 6)


@given(st.binary(max_size=200), st.integers(0, 4))
def test_bytes_that_are_no_description_are_refused(noise, version):
    try:
        channels = parse_metadata(noise, version)
    except (struct.error, EmiError):
        return
    assert all(isinstance(channel, EmiChannel) for channel in channels)


def test_packages_and_memory_are_read_in_picowatt_hours():
    device = Device(RAPL)
    source = find_emi(cpu_vendor="Intel", devices=lambda: [device])
    assert isinstance(source, Source)
    assert source.meter.name == "RAPL_Package0_PKG + RAPL_Package0_DRAM"
    assert (source.meter.scope, source.meter.basis) == (MeterScope.CPU_AND_MEMORY, Basis.MEASURED)
    for channel in source.channels:
        channel.take()
    device.energies["RAPL_Package0_PKG"] += 10**10  # 36 J
    device.energies["RAPL_Package0_DRAM"] += 10**9
    assert sum(point.joules for channel in source.channels for point in channel.take()) == pytest.approx(39.6)
    source.close()
    assert device.closed


def test_memory_that_counts_nothing_is_left_out_and_amd_is_a_model():
    device = Device(RAPL)
    device.energies["RAPL_Package0_DRAM"] = 0
    meter = find_emi(cpu_vendor="AMD", devices=lambda: [device]).meter
    assert (meter.name, meter.scope, meter.basis) == ("RAPL_Package0_PKG", MeterScope.CPU_PACKAGE, Basis.ESTIMATED)


@pytest.mark.parametrize(
    ("devices", "name", "scope"),
    [
        ([Device(("CPU_CLUSTER_0", "CPU_CLUSTER_1", "GPU", "SYS"))], "SYS", MeterScope.WHOLE_DEVICE),
        ([Device(("CPU_CLUSTER_0", "CPU_CLUSTER_1", "GPU"))], "CPU_CLUSTER_0 + CPU_CLUSTER_1 + GPU", MeterScope.CHIP),
        ([Device(("SYSTEM",), version=1)], "SYSTEM", MeterScope.WHOLE_DEVICE),
        ([Device(("RAPL_Package0_PKG",)), Device(("WLAN",), 1)], "RAPL_Package0_PKG", MeterScope.CPU_PACKAGE),
    ],
)
def test_the_widest_scope_is_chosen(devices, name, scope):
    meter = find_emi(cpu_vendor="Qualcomm", devices=lambda: devices).meter
    assert (meter.name, meter.scope) == (name, scope)


def test_a_device_that_goes_away_is_a_fault():
    device = Device(RAPL)
    source = find_emi(cpu_vendor="Intel", devices=lambda: [device])
    device.gone = True
    with pytest.raises(MeterFaultError):
        source.channels[0].take()


def test_unknown_names_and_units_are_told_and_closed():
    device = Device(("WLAN", "PANEL"))
    problem = find_emi(cpu_vendor="Intel", devices=lambda: [device])
    assert isinstance(problem, MeterProblem)
    assert "(WLAN, PANEL)" in problem.sentence
    assert device.closed
    assert isinstance(find_emi(cpu_vendor="Intel", devices=lambda: [Device(RAPL, unit=1)]), MeterProblem)


def test_one_broken_device_does_not_hide_another():
    broken = Device(RAPL)
    broken.gone = True
    assert find_emi(cpu_vendor="Intel", devices=lambda: [broken, Device(RAPL)]).meter.name.startswith(
        "RAPL_Package0_PKG"
    )
    assert "no meter answers" in find_emi(cpu_vendor="Intel", devices=lambda: [broken]).sentence


def test_why_the_devices_could_not_be_opened_is_told():
    def denied():
        raise EmiError("its meters may not be read by this user", "Run the program as administrator.")

    problem = find_emi(cpu_vendor="Intel", devices=denied)
    assert "may not be read by this user" in problem.sentence
    assert problem.remedy == "Run the program as administrator."


@pytest.mark.skipif(sys.platform == "win32", reason="there it may find meters")
def test_elsewhere_there_is_no_such_interface():
    with pytest.raises(EmiError, match="Windows only"):
        open_meters()
