"""Watts that a user states in place of a meter, labelled as what they are (CONVENTION §4)."""

import pytest

from planner.basis import Basis
from planner.measurement.energy.channels import Source, TypedWatts
from planner.measurement.energy.figures import MeterKind, MeterProblem, MeterScope
from planner.measurement.energy.typed import assumed_watts, wall_meter


@pytest.mark.parametrize(
    ("state", "kind", "basis"),
    [(wall_meter, MeterKind.WALL_METER, Basis.ESTIMATED), (assumed_watts, MeterKind.ASSUMED, Basis.ASSUMED)],
)
def test_stated_watts_carry_their_label(state, kind, basis):
    source = state(42.5, 8.0)
    assert isinstance(source, Source)
    assert source.typed == TypedWatts(42.5, 8.0)
    assert (source.meter.kind, source.meter.basis, source.meter.scope) == (kind, basis, MeterScope.WALL)
    assert "42.5 W while a model runs, 8 W at rest" in source.meter.provenance
    assert source.meter.period_s is None


def test_rest_may_be_unknown():
    assert "rest unknown" in wall_meter(42.5, None).meter.provenance


@pytest.mark.parametrize("state", [wall_meter, assumed_watts])
def test_nothing_stated_is_a_problem_with_the_remedy(state):
    problem = state(None, 8.0)
    assert isinstance(problem, MeterProblem)
    assert "-w" in problem.remedy


@pytest.mark.parametrize(("active_w", "idle_w"), [(5.0, 5.0), (5.0, 80.0)])
def test_less_at_work_than_at_rest_is_refused(active_w, idle_w):
    assert isinstance(wall_meter(active_w, idle_w), MeterProblem)
