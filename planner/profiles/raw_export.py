"""Raw data of runs for other programs: every timed sample and reading as CSV, or the documents themselves as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from planner.csv_cells import Cell, csv_text
from planner.documents import Frozen, save_text, to_json
from planner.errors import PlannerError
from planner.measurement.contention_record import TurnKind
from planner.measurement.contentions import Contention
from planner.measurement.runs import Round, Run
from planner.measurement.soak_windows import SoakWindow
from planner.measurement.soaks import Soak
from planner.profiles.raw_columns import BURST_COLUMNS, READING_COLUMNS, SAMPLE_COLUMNS, WINDOW_COLUMNS
from planner.profiles.run_history import Measured, id_of

ExportFormat = Literal["csv", "json"]


class RunsExport(Frozen):
    """Documents as they are kept in a device profile, without the device."""

    format: Literal["edgewise.runs"] = "edgewise.runs"
    version: Literal[1] = 1
    runs: tuple[Run, ...]
    soaks: tuple[Soak, ...] = ()
    contentions: tuple[Contention, ...] = ()


def export_runs(
    place: Path,
    runs: Sequence[Run],
    export_format: ExportFormat,
    *,
    soaks: Sequence[Soak] = (),
    contentions: Sequence[Contention] = (),
) -> tuple[Path, ...]:
    """Write the raw data of runs, soaks and measurements of contention and return the files, each replaced in one step.

    JSON is one file. CSV is one of the runs' samples (`place`), beside it `…-readings.csv`, where there is anything
    but runs `…-windows.csv`, and of contention `…-bursts.csv`. In a folder the first is called `runs.csv`.
    """
    if not (runs or soaks or contentions):
        raise PlannerError("there is nothing to export", where=str(place), remedy="Measure first.")
    path = place / f"runs.{export_format}" if place.is_dir() else place
    if export_format == "json":
        document = RunsExport(runs=tuple(runs), soaks=tuple(soaks), contentions=tuple(contentions))
        save_text(path, to_json(document))
        return (path,)
    tables = {path: sample_rows(runs), beside(path, "readings"): reading_rows((*runs, *soaks, *contentions))}
    if soaks or contentions:
        tables[beside(path, "windows")] = window_rows(soaks, contentions)
    if contentions:
        tables[beside(path, "bursts")] = burst_rows(contentions)
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


def reading_rows(measured: Iterable[Measured]) -> Iterator[Sequence[Cell]]:
    """A head and one row a reading."""
    yield tuple(READING_COLUMNS)
    for each in measured:
        rounds = [(one.number, one.readings) for one in each.rounds] if isinstance(each, Run) else [(1, each.readings)]
        for number, readings in rounds:
            for reading in readings:
                yield (id_of(each), number, *reading.model_dump().values())


def window_rows(soaks: Iterable[Soak], contentions: Iterable[Contention] = ()) -> Iterator[Sequence[Cell]]:
    """A head and one row a window of work."""
    yield tuple(WINDOW_COLUMNS)
    for soak in soaks:
        for window in soak.windows:
            yield (*_worked(soak), window.turn, TurnKind.MODEL.value, *_window(window))
    for contention in contentions:
        for turn in contention.turns:
            for window in turn.windows:
                yield (*_worked(contention), turn.number, turn.kind.value, *_window(window))


def burst_rows(contentions: Iterable[Contention]) -> Iterator[Sequence[Cell]]:
    """A head and one row a burst of the foreground load."""
    yield tuple(BURST_COLUMNS)
    for contention in contentions:
        for turn in contention.turns:
            of_turn = (contention.contention_id, turn.number, turn.kind.value, turn.begin_s)
            for burst in turn.bursts:
                yield (*of_turn, burst.due_s, burst.waited_s, burst.worked_s)


def _worked(each: Soak | Contention) -> tuple[Cell, ...]:
    settings = each.settings
    of_settings = (settings.execution_provider, settings.runtime, settings.threads)
    return (id_of(each), each.model.name, each.weight_format, *of_settings)


def _window(one: SoakWindow) -> tuple[Cell, ...]:
    return (one.at_s, one.wall_s, one.decode_tokens, one.decode_s, one.prefill_tokens, one.prefill_s)


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
