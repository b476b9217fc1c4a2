"""The Win32 calls behind the Energy Meter Interface: list its devices, open one, ask it by control code."""

from __future__ import annotations

import ctypes
import sys
from typing import Any


class EmiError(Exception):
    """The interface has no device, or a device refused."""

    def __init__(self, why: str, remedy: str = "") -> None:
        self.remedy = remedy
        super().__init__(why)


class _Guid(ctypes.Structure):
    _fields_ = (
        ("data1", ctypes.c_uint32),
        ("data2", ctypes.c_uint16),
        ("data3", ctypes.c_uint16),
        ("data4", ctypes.c_ubyte * 8),
    )


class _InterfaceData(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_uint32),
        ("guid", _Guid),
        ("flags", ctypes.c_uint32),
        ("reserved", ctypes.c_size_t),
    )


# GUID_DEVICE_ENERGY_METER of emi.h
_ENERGY_METER = _Guid(0x45BD8344, 0x7ED6, 0x49CF, (ctypes.c_ubyte * 8)(0xA4, 0x40, 0xC2, 0x76, 0xC9, 0x33, 0xB0, 0x53))
_PRESENT_INTERFACES = 0x2 | 0x10  # DIGCF_PRESENT | DIGCF_DEVICEINTERFACE
_GENERIC_READ = 0x80000000
_SHARE_READ_WRITE = 0x1 | 0x2
_OPEN_EXISTING = 3
_ACCESS_DENIED = 5
_INVALID_HANDLE = ctypes.c_void_p(-1).value
_MOST_METERS = 64
# SP_DEVICE_INTERFACE_DETAIL_DATA_W is a DWORD and then the path; its cbSize is 8 for 64-bit programs and 6 for others.
_DETAIL_SIZE = 8 if ctypes.sizeof(ctypes.c_void_p) == 8 else 6  # noqa: PLR2004
_DETAIL_PATH_AT = 4


class OpenMeter:
    """One device of the interface, open for reading."""

    def __init__(self, kernel: Any, handle: int) -> None:
        self._kernel = kernel
        self._handle = handle

    def ask(self, code: int, most_bytes: int) -> bytes:
        """What the device answers to a control code; an EmiError where it refuses."""
        answer = ctypes.create_string_buffer(most_bytes)
        length = ctypes.c_uint32()
        done = self._kernel.DeviceIoControl(
            ctypes.c_void_p(self._handle), code, None, 0, answer, most_bytes, ctypes.byref(length), None
        )
        if not done:
            raise EmiError(f"a meter refused control code {code:#x} (error {self._kernel.GetLastError()})")
        return answer.raw[: length.value]

    def close(self) -> None:
        """Give the device back."""
        self._kernel.CloseHandle(ctypes.c_void_p(self._handle))


def open_meters() -> list[OpenMeter]:
    """Every energy meter that is present and may be read; an EmiError where there is none."""
    if sys.platform != "win32":
        raise EmiError("it exists under Windows only")
    kernel = ctypes.WinDLL("kernel32", use_last_error=False)
    kernel.CreateFileW.restype = ctypes.c_void_p
    paths = _paths(ctypes.WinDLL("setupapi", use_last_error=False))
    if not paths:
        raise EmiError(
            "no energy meter is present", "Windows 11 has meters of most processors; a virtual machine has none."
        )
    opened: list[OpenMeter] = []
    denied = False
    for path in paths:
        handle = kernel.CreateFileW(path, _GENERIC_READ, _SHARE_READ_WRITE, None, _OPEN_EXISTING, 0, None)
        if handle is None or handle == _INVALID_HANDLE:
            denied = denied or kernel.GetLastError() == _ACCESS_DENIED
        else:
            opened.append(OpenMeter(kernel, handle))
    if not opened:
        why = "its meters may not be read by this user" if denied else "its meters could not be opened"
        raise EmiError(why, "Run the program as administrator." if denied else "")
    return opened


def _paths(setup: Any) -> list[str]:
    """The device paths that SetupAPI lists for the interface."""
    setup.SetupDiGetClassDevsW.restype = ctypes.c_void_p
    found = setup.SetupDiGetClassDevsW(ctypes.byref(_ENERGY_METER), None, None, _PRESENT_INTERFACES)
    if found is None or found == _INVALID_HANDLE:
        return []
    listing = ctypes.c_void_p(found)
    paths: list[str] = []
    try:
        for index in range(_MOST_METERS):
            entry = _InterfaceData(size=ctypes.sizeof(_InterfaceData))
            if not setup.SetupDiEnumDeviceInterfaces(
                listing, None, ctypes.byref(_ENERGY_METER), index, ctypes.byref(entry)
            ):
                break
            path = _path(setup, listing, entry)
            if path:
                paths.append(path)
    finally:
        setup.SetupDiDestroyDeviceInfoList(listing)
    return paths


def _path(setup: Any, listing: ctypes.c_void_p, entry: _InterfaceData) -> str | None:
    """The path of one device: asked once for its length, then for itself."""
    length = ctypes.c_uint32()
    setup.SetupDiGetDeviceInterfaceDetailW(listing, ctypes.byref(entry), None, 0, ctypes.byref(length), None)
    if length.value <= _DETAIL_PATH_AT:
        return None
    detail = ctypes.create_string_buffer(length.value)
    ctypes.c_uint32.from_buffer(detail).value = _DETAIL_SIZE
    done = setup.SetupDiGetDeviceInterfaceDetailW(
        listing, ctypes.byref(entry), detail, length.value, ctypes.byref(length), None
    )
    if not done:
        return None
    return detail.raw[_DETAIL_PATH_AT:].decode("utf-16-le", errors="replace").partition("\x00")[0]
