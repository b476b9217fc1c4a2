"""Traces of three meters with known truth, and what a reader thread does with faults."""

import itertools
import threading

import pytest

from planner.measurement.energy.channels import Source
from planner.measurement.energy.counters import Unknown
from planner.measurement.energy.sampler import Sampler
from tests.planner.measurement.energy.conftest import Drawing, a_meter, play_counters, rows

RANGES = {"package-0": 262143328850, "dram": 65712999613}


def rapl():
    return play_counters(rows("rapl_wraps.csv"), unit_j=1e-6, period_s=0.001, ranges=RANGES)


@pytest.mark.parametrize(
    ("began_s", "ended_s", "watts"),
    [
        (100.1, 102.9, 4.8),  # over the pause of the reader
        (103.0, 104.2, 30.1),  # the package's counter wraps in here
        (104.2, 105.8, 24.0),  # and the memory's here
        (105.9, 108.8, 5.2),
    ],
)
def test_rapl_over_wraps_and_pauses(began_s, ended_s, watts):
    window = rapl().energy_between(began_s, ended_s)
    assert window.resolved
    assert window.joules / window.duration_s == pytest.approx(watts, rel=0.02)


def test_the_traces_do_wrap():
    columns = zip(*((each["package-0"], each["dram"]) for _, each in rows("rapl_wraps.csv")), strict=True)
    assert [sum(late < early for early, late in itertools.pairwise(column)) for column in columns] == [1, 1]


def test_a_window_shorter_than_ten_figures_is_not_resolved():
    """Sampling far below the counter's own period invents power (measurement.md §2)."""
    sampler = rapl()
    assert not sampler.energy_between(103.00, 103.15).resolved
    assert sampler.energy_between(103.00, 103.30).resolved


def test_a_window_that_begins_in_the_readers_pause_needs_to_be_longer():
    sampler = rapl()
    pause_s = max(
        late[0] - early[0] for early, late in zip(rows("rapl_wraps.csv"), rows("rapl_wraps.csv")[1:], strict=False)
    )
    assert pause_s > 0.4
    assert not sampler.energy_between(102.2, 103.9).resolved


@pytest.mark.parametrize(
    ("began_s", "ended_s", "watts", "tolerance"),
    [(2000.5, 2004.9, 107.794, 0.01), (2005.0, 2006.5, 540.0, 0.05), (2006.5, 2009.5, 185.99, 0.05)],
)
def test_nvml_at_its_own_pace(began_s, ended_s, watts, tolerance):
    sampler = play_counters(rows("nvml_h100.csv"), unit_j=1e-3, period_s=0.1)
    window = sampler.energy_between(began_s, ended_s)
    assert window.resolved
    assert window.joules / window.duration_s == pytest.approx(watts, rel=tolerance)


def test_nvml_cannot_see_a_single_prefill():
    sampler = play_counters(rows("nvml_h100.csv"), unit_j=1e-3, period_s=0.1)
    assert not sampler.energy_between(2005.0, 2005.9).resolved


def test_a_battery_tells_minutes_and_not_seconds():
    sampler = play_counters(rows("battery_discharge.csv"), unit_j=3600e-6, period_s=1.0, sign=-1)
    minutes, seconds = sampler.energy_between(570.0, 670.0), sampler.energy_between(570.0, 585.0)
    assert (minutes.resolved, seconds.resolved) == (True, False)
    assert minutes.joules / minutes.duration_s == pytest.approx(27.0, rel=0.02)


def test_what_the_child_timed_on_another_clock_is_unknown():
    assert isinstance(rapl().energy_between(3.0, 4.2), Unknown)


def test_a_fault_keeps_the_trace_and_is_told():
    drawing = Drawing(10.0)
    sampler = Sampler(Source(a_meter(), [drawing]), clock=drawing.clock)
    drawing.let(5.0)
    sampler.read_once()
    drawing.broken = OSError("the driver went away")
    sampler.read_once()
    assert sampler.fault == "the driver went away"
    assert sampler.energy_between(1000.0, 1004.0).joules == pytest.approx(40.0)
    later = sampler.energy_between(1000.0, 1400.0)
    assert isinstance(later, Unknown)
    assert "the driver went away" in later.reason


def test_without_a_channel_nothing_is_known():
    assert isinstance(Sampler(Source(a_meter())).energy_between(0.0, 1.0), Unknown)


def test_the_thread_reads_until_it_is_closed_and_gives_the_meter_back():
    drawing, given_back, read_twice = Drawing(10.0), threading.Event(), threading.Event()

    class Counting:
        period_s = 0.01
        reads = 0

        def take(self):
            self.reads += 1
            if self.reads > 1:
                read_twice.set()
            return drawing.take()

    def give_back():
        given_back.set()
        raise OSError("already gone")  # must not reach the measurement either

    sampler = Sampler(Source(a_meter(), [Counting()], read_every_s=0.001, close=give_back), clock=drawing.clock)
    sampler.start()
    assert read_twice.wait(30)
    sampler.close()
    assert given_back.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "energy" and thread is sampler._thread]


def test_waiting_for_a_figure_ends_though_none_comes():
    drawing = Drawing(10.0)
    sampler = Sampler(Source(a_meter(), [drawing], read_every_s=0.0001), clock=drawing.clock)
    began_s, drawing.tick_s = drawing.now_s, 0.1
    sampler.await_after(began_s + 1e6)
    assert 1.0 <= drawing.now_s - began_s < 1.5
