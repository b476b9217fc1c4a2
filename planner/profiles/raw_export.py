"""Raw data of runs for other programs: every timed sample and reading as CSV, or the documents themselves as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from planner.csv_cells import Cell, csv_text
from planner.documents import Frozen, save_text, to_json
from planner.errors import PlannerError
from planner.measurement.runs import Round, Run
from planner.measurement.soak import Soak

ExportFormat = Literal["csv", "json"]

SAMPLE_COLUMNS: Mapping[str, str] = {
    "run_id": "the run; a run of depth slices stands apart by its layers",
    "model": "catalogue name, or the folder's name",
    "layers": "of a depth slice; empty: the whole model",
    "weight_format": "how the weights were stored",
    "execution_provider": "ONNX Runtime back end",
    "runtime": "name and version",
    "threads": "that the runtime was told to use",
    "round": "process start, from 1",
    "round_started_at": "ISO 8601, UTC",
    "state": "clean, disturbed or partial; no round is left out",
    "kind": "load, first_run, prefill or decode",
    "sample": "of this kind in this round, from 1; a decode sample has one row a token",
    "tokens": "of the prompt (prefill), or in the KV cache before the sample's first step (decode)",
    "began_s": "when the sample began, seconds after the round's start; empty: not told",
    "duration_s": "seconds, of load, first run and prefill",
    "token_index": "of a decode sample's tokens, from 1",
    "token_time_s": "when that token came out, seconds after the sample began",
}
"""Columns of the samples and what they hold; an empty cell is unknown, or has no meaning for this kind."""

READING_COLUMNS: Mapping[str, str] = {
    "run_id": "the run or soak",
    "round": "process start, from 1; a soak has one",
    "at_s": "seconds after the round's start; CPU use, steal, swap-in and faults are means since the reading before",
    "own_cpus": "CPUs kept busy by the program and its child",
    "foreign_cpus": "CPUs kept busy by everything else",
    "steal_share": "of the machine's CPU time, taken by the hypervisor, 0 to 1",
    "frequency_mhz": "mean clock of the fastest cores, as many as threads",
    "temperature_c": "hottest sensor of the processor, °C",
    "headroom_c": "least distance to a sensor's own limit, °C",
    "throttle_count": "times a core was throttled since boot",
    "throttled": "true where firmware or kernel held the clock down",
    "available_memory_bytes": "free memory",
    "swap_used_bytes": "memory swapped out",
    "swapped_in_bytes_s": "read back from swap by the whole machine, bytes a second",
    "major_faults_s": "pages a second that the child had to wait for",
    "battery_percent": "charge",
    "on_battery": "true or false",
    "power_mode": "as the system names it",
    "load_average_1min": "programs that ran or waited",
}
"""Columns of the readings: a reading's own fields after run and round; an empty cell is unknown."""

WINDOW_COLUMNS: Mapping[str, str] = {
    "soak_id": "the soak",
    "model": "catalogue name, or the folder's name",
    "weight_format": "how the weights were stored",
    "execution_provider": "ONNX Runtime back end",
    "runtime": "name and version",
    "threads": "that the runtime was told to use",
    "at_s": "when the window began, seconds after the child's start",
    "wall_s": "its length, seconds",
    "decode_tokens": "put out in it",
    "decode_s": "seconds spent on them",
    "prefill_tokens": "prompt tokens read in it",
    "prefill_s": "seconds spent on them",
}
"""Columns of the windows of soaks."""


class RunsExport(Frozen):
    """Documents as they are kept in a device profile, without the device."""

    format: Literal["edgewise.runs"] = "edgewise.runs"
    version: Literal[1] = 1
    runs: tuple[Run, ...]
    soaks: tuple[Soak, ...] = ()


def export_runs(
    place: Path, runs: Sequence[Run], export_format: ExportFormat, *, soaks: Sequence[Soak] = ()
) -> tuple[Path, ...]:
    """Write the raw data and return the files, each replaced in one step.

    JSON is one file. CSV is one of samples (`place`), beside it `…-readings.csv`, and `…-windows.csv` where there are
    soaks. In a folder the first is called `runs.csv` or `runs.json`.
    """
    if not runs and not soaks:
        raise PlannerError("there is nothing to export", where=str(place), remedy="Name runs that exist.")
    path = place / f"runs.{export_format}" if place.is_dir() else place
    if export_format == "json":
        save_text(path, to_json(RunsExport(runs=tuple(runs), soaks=tuple(soaks))))
        return (path,)
    tables = {path: sample_rows(runs), beside(path, "readings"): reading_rows(runs, soaks)}
    if soaks:
        tables[beside(path, "windows")] = window_rows(soaks)
    for file, rows in tables.items():
        save_text(file, csv_text(rows))
    return tuple(tables)


def beside(path: Path, what: str) -> Path:
    """«out-readings.csv» of «out.csv»."""
    return path.with_name(f"{path.stem}-{what}{path.suffix}")


def sample_rows(runs: Iterable[Run]) -> Iterator[Sequence[Cell]]:
    """A head and one row a timed thing, in the order of the columns."""
    yield tuple(SAMPLE_COLUMNS)
    for run in runs:
        settings = run.settings
        of_run: tuple[Cell, ...] = (
            run.run_id,
            run.model.name,
            run.model.layers,
            run.weight_format,
            settings.execution_provider,
            settings.runtime,
            settings.threads,
        )
        for one in run.rounds:
            of_round = (*of_run, one.number, one.started_at.isoformat(), one.state.value)
            for row in _timed(one):
                yield (*of_round, *row)


def reading_rows(runs: Iterable[Run], soaks: Iterable[Soak] = ()) -> Iterator[Sequence[Cell]]:
    """A head and one row a reading."""
    yield tuple(READING_COLUMNS)
    rounds = [(run.run_id, one.number, one.readings) for run in runs for one in run.rounds]
    for name, number, readings in [*rounds, *((soak.soak_id, 1, soak.readings) for soak in soaks)]:
        for reading in readings:
            yield (name, number, *reading.model_dump().values())


def window_rows(soaks: Iterable[Soak]) -> Iterator[Sequence[Cell]]:
    """A head and one row a window of every soak."""
    yield tuple(WINDOW_COLUMNS)
    for soak in soaks:
        settings = soak.settings
        for one in soak.windows:
            yield (
                soak.soak_id,
                soak.model.name,
                soak.weight_format,
                settings.execution_provider,
                settings.runtime,
                settings.threads,
                one.at_s,
                one.wall_s,
                one.decode_tokens,
                one.decode_s,
                one.prefill_tokens,
                one.prefill_s,
            )


def _timed(one: Round) -> Iterator[Sequence[Cell]]:
    """Kind, sample, tokens, began, duration, token index and token time, in the order of the round."""
    for kind, duration_s in (("load", one.load_s), ("first_run", one.first_run_s)):
        if duration_s is not None:
            yield (kind, 1, None, None, duration_s, None, None)
    for number, timed in enumerate(one.prefill, 1):
        yield ("prefill", number, timed.prompt_tokens, timed.began_s, timed.duration_s, None, None)
    for number, series in enumerate(one.decode, 1):
        for index, time_s in enumerate(series.token_times_s, 1):
            yield ("decode", number, series.context_tokens, series.began_s, None, index, time_s)
