"""Everything that was ever measured on a device, newest first, and how one of them is named."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from planner.errors import UnknownNameError
from planner.measurement.contentions import Contention
from planner.measurement.runs import Run
from planner.measurement.soaks import Soak
from planner.profiles.history_rows import HistoryRow, contention_row, run_row, slices_row, soak_row
from planner.profiles.profile import DeviceProfile

NEWEST_NAMED = 5  # where no id is like the one typed

Measured = Run | Soak | Contention

M = TypeVar("M", bound=Run | Soak | Contention)

_PLACES = {"last": 1, "previous": 2}


def run_history(profile: DeviceProfile) -> tuple[HistoryRow, ...]:
    """Every run, study of depth slices, soak and measurement of contention of a profile, newest first."""
    rows = [
        *(run_row(run, profile.roofline) for run in profile.runs),
        *(slices_row(each) for each in profile.slices),
        *(soak_row(each) for each in profile.soaks),
        *(contention_row(each) for each in profile.contentions),
    ]
    return tuple(sorted(rows, key=lambda row: (row.started_at, row.run_id), reverse=True))


def id_of(measured: Measured) -> str:
    """What a measurement is named by."""
    match measured:
        case Run():
            return measured.run_id
        case Soak():
            return measured.soak_id
        case Contention():
            return measured.contention_id


def every_run(profile: DeviceProfile) -> tuple[Run, ...]:
    """The profile's runs and those of its depth slices, oldest first."""
    sliced = [run for each in profile.slices for run in (each.shallow, each.deep)]
    return tuple(sorted([*profile.runs, *sliced], key=lambda run: (run.started_at, run.run_id)))


def find_run(profile: DeviceProfile, name: str) -> Run:
    """The run of this name, as in `find_measured` but among runs; what is no run has no rounds, and is refused."""
    if name in _PLACES:
        return _counted_back(profile, name)
    runs = {run.run_id: run for run in every_run(profile)}
    if any(each.startswith(name) for each in runs):
        return _named(runs, name)
    found = find_measured(profile, name)
    raise UnknownNameError(f"{name!r} is no run but a {type(found).__name__.lower()}", remedy="Name a run.")


def find_measured(profile: DeviceProfile, name: str) -> Measured:
    """What has this id, or the only id that begins so; `last` and `previous` are runs of whole models.

    Anything else is an UnknownNameError with the names nearest to it.
    """
    if name in _PLACES:
        return _counted_back(profile, name)
    return _named({id_of(each): each for each in (*every_run(profile), *profile.soaks, *profile.contentions)}, name)


def _named(known: Mapping[str, M], name: str) -> M:
    if name in known:
        return known[name]
    begun = [each for each in known if name and each.startswith(name)]
    match begun:
        case [only]:
            return known[only]
        case []:
            raise _unknown(name, list(known))
        case _:
            several = f"{len(begun)} measurements begin with {name!r}"
            raise UnknownNameError(several, remedy=f"Type more of one of: {', '.join(begun)}.")


def _counted_back(profile: DeviceProfile, name: str) -> Run:
    place = _PLACES[name]
    whole = sorted(profile.runs, key=lambda run: (run.started_at, run.run_id))
    if len(whole) >= place:
        return whole[-place]
    there = "is 1" if len(whole) == 1 else "are none"
    raise UnknownNameError(
        f"there is no {name} run: of whole models there {there} in this profile",
        remedy="Measure again: edgewise measure --out FILE.",
    )


def _unknown(name: str, ids: Sequence[str]) -> UnknownNameError:
    near = difflib.get_close_matches(name, ids, n=3, cutoff=0.6)
    if near:
        remedy = f"Did you mean {' or '.join(near)}?"
    elif ids:
        remedy = f"There are: {', '.join(ids[-NEWEST_NAMED:])}{', …' if len(ids) > NEWEST_NAMED else ''}."
    else:
        remedy = "There is none in this profile: edgewise measure --out FILE adds one."
    return UnknownNameError(f"no measurement is called {name!r}", remedy=remedy)
