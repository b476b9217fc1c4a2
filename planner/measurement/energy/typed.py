"""Watts in place of a meter: read from a wall meter and typed in, or assumed; one figure for all that a run does."""

from __future__ import annotations

from planner import text
from planner.basis import Basis
from planner.measurement.energy.channels import Source, TypedWatts
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterProblem, MeterScope


def wall_meter(active_w: float | None, idle_w: float | None) -> Source | MeterProblem:
    """Two readings of a wall meter: while a model runs, and at rest.

    The basis is estimated: the meter was real, but its figure is one moment's, and stands for prefill and decode alike.
    """
    told = _checked(MeterKind.WALL_METER, active_w, idle_w)
    if isinstance(told, MeterProblem):
        return told
    return Source(
        EnergyMeter(
            kind=MeterKind.WALL_METER,
            name="wall meter",
            scope=MeterScope.WALL,
            provenance=f"read from a wall meter and typed in: {_words(told)}; the same in prefill and decode",
            basis=Basis.ESTIMATED,
        ),
        typed=told,
    )


def assumed_watts(active_w: float | None, idle_w: float | None) -> Source | MeterProblem:
    """Watts that nobody read from anything."""
    told = _checked(MeterKind.ASSUMED, active_w, idle_w)
    if isinstance(told, MeterProblem):
        return told
    return Source(
        EnergyMeter(
            kind=MeterKind.ASSUMED,
            name="assumed watts",
            scope=MeterScope.WALL,
            provenance=f"assumed: {_words(told)}; the same in prefill and decode",
            basis=Basis.ASSUMED,
        ),
        typed=told,
    )


_OPTIONS = {
    MeterKind.WALL_METER: (
        "Wall meter: no reading was typed in.",
        "Read a wall meter at rest and while a model runs, and give both with --wall-idle-w and --wall-active-w.",
    ),
    MeterKind.ASSUMED: (
        "Assumed watts: none were stated.",
        "State them with --assume-idle-w and --assume-active-w; the energy then counts as assumed.",
    ),
}


def _checked(kind: MeterKind, active_w: float | None, idle_w: float | None) -> TypedWatts | MeterProblem:
    if active_w is None:
        sentence, remedy = _OPTIONS[kind]
        return MeterProblem(kind=kind, sentence=sentence, remedy=remedy)
    if idle_w is not None and idle_w >= active_w:
        more = f"{text.in_unit(idle_w, 'W')} at rest is not below {text.in_unit(active_w, 'W')} while a model runs"
        return MeterProblem(kind=kind, sentence=f"The watts stated cannot be right: {more}.", remedy="Correct them.")
    return TypedWatts(active_w, idle_w)


def _words(told: TypedWatts) -> str:
    rest = "rest unknown" if told.idle_w is None else f"{text.in_unit(told.idle_w, 'W')} at rest"
    return f"{text.in_unit(told.active_w, 'W')} while a model runs, {rest}"
