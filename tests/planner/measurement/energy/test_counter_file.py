"""A counter's file that is held open, and recordings of other machines that must not be mixed up with this one."""

import os

import pytest

from planner.device.system import System
from planner.measurement.energy.counter_file import CounterFile

pytestmark = pytest.mark.skipif(not hasattr(os, "pread"), reason="sysfs is Linux's")


def test_a_file_of_this_machine_is_held_open(tmp_path):
    place = tmp_path / "energy_uj"
    place.write_text("41\n")
    file = CounterFile(System(), str(place))
    assert (file.is_open, file.read()) == (True, 41)
    place.write_text("43\n")
    assert file.read() == 43
    place.write_text("not a number\n")
    assert file.read() is None
    file.close()
    file.close()
    assert not file.is_open


def test_a_recording_is_read_through_its_system(tmp_path):
    (tmp_path / "energy_uj").write_text("41\n")
    file = CounterFile(System(tmp_path), "/energy_uj")
    assert (file.is_open, file.read()) == (False, 41)


def test_a_file_of_that_name_on_this_machine_does_not_stand_for_a_recorded_one(tmp_path):
    here = tmp_path / "energy_uj"
    here.write_text("99\n")
    recorded = tmp_path / "recording"
    (recorded / str(here).lstrip("/")).parent.mkdir(parents=True)
    (recorded / str(here).lstrip("/")).write_text("41\n")
    file = CounterFile(System(recorded), str(here))
    assert (file.is_open, file.read()) == (False, 41)


def test_a_file_that_is_gone_is_unknown(tmp_path):
    assert CounterFile(System(), str(tmp_path / "none")).read() is None
