"""What powermetrics prints, on Apple chips and Intel Macs, and who may run it."""

import io
import plistlib
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis
from planner.measurement.energy.channels import MeterFaultError, Source
from planner.measurement.energy.figures import MeterProblem, MeterScope
from planner.measurement.energy.powermetrics import TOOL, find_powermetrics, parse_interval
from tests.planner.measurement.energy.conftest import DATA

APPLE = (DATA / "powermetrics_apple.plist").read_bytes()


def interval(**processor):
    return plistlib.dumps({"elapsed_ns": 200_000_000, "processor": processor})


@pytest.mark.parametrize(
    ("document", "duration_s", "joules"),
    [
        (APPLE, 0.10125, 1.935),
        (b"\x00" + APPLE, 0.10125, 1.935),  # a zero byte stands between two lists
        (interval(combined_power=20_000.0), 0.2, 4.0),
        (interval(cpu_power=15_000.0, gpu_power=500), 0.2, 3.1),
        (interval(package_joules=1.7, cpu_power=1.0), 0.2, 1.7),
        (interval(package_watts=8.5), 0.2, 1.7),
    ],
)
def test_every_generation_of_the_tool(document, duration_s, joules):
    assert parse_interval(document) == (pytest.approx(duration_s), pytest.approx(joules))


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"powermetrics must be invoked as the superuser",
        interval(),
        interval(cpu_energy=-5),
        interval(cpu_energy=True),
        plistlib.dumps([1]),
        plistlib.dumps({"processor": {"cpu_energy": 1}}),
        plistlib.dumps({"elapsed_ns": 0, "processor": {"cpu_energy": 1}}),
        plistlib.dumps({"elapsed_ns": 5, "processor": "x"}),
    ],
)
def test_no_energy_is_unknown_and_not_zero(document):
    assert parse_interval(document) is None


@given(st.binary(max_size=80))
def test_no_bytes_upset_the_parser(noise):
    parse_interval(noise)
    parse_interval(APPLE[:400] + noise + APPLE[400:])


class Running(SimpleNamespace):
    def end(self):
        self.ended = True


def test_intervals_become_points_when_they_are_read(files):
    moments = iter((50.1, 50.2, 50.3))
    running = Running(lines=io.BytesIO(APPLE + b"\x00" + APPLE + b"\x00" + interval(idle=1)), ended=False)
    commands = []

    def start(command):
        commands.append(command)
        return running

    source = find_powermetrics(files({TOOL: ""}), root=lambda: True, start=start, clock=lambda: next(moments))
    assert isinstance(source, Source)
    assert (source.meter.basis, source.meter.scope) == (Basis.ESTIMATED, MeterScope.CHIP)
    assert commands[0][0] == TOOL
    source.close()  # ends the tool and joins the listener
    assert running.ended
    (channel,) = source.channels
    assert [(point.at_s, pytest.approx(point.joules)) for point in channel.take()] == [
        (pytest.approx(49.99875), 0.0),
        (50.1, 1.935),
        (50.2, 3.87),
    ]
    with pytest.raises(MeterFaultError, match="ended"):
        channel.take()


def refuse(_):
    raise OSError(13, "Permission denied")


@pytest.mark.parametrize(
    ("has_tool", "is_root", "words", "remedy"),
    [
        (False, True, f"there is no {TOOL}", ""),
        (True, False, "only root may run it", "sudo"),
        (True, True, "did not start (Permission denied)", ""),
    ],
)
def test_problems_are_named(files, has_tool, is_root, words, remedy):
    problem = find_powermetrics(files({TOOL: ""} if has_tool else {}), root=lambda: is_root, start=refuse)
    assert isinstance(problem, MeterProblem)
    assert words in problem.sentence
    assert remedy in problem.remedy
