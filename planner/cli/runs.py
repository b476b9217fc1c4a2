"""`edgewise runs`: what was measured on a device, two runs compared, and the raw data for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from planner.cli.console import say_json, tell
from planner.cli.history import show_comparison, show_history
from planner.cli.names import profile_named
from planner.comparison.runs import compare_runs
from planner.measurement.contentions import Contention
from planner.measurement.runs import Run
from planner.measurement.soaks import Soak
from planner.profiles.profile import DeviceProfile
from planner.profiles.raw_export import ExportFormat, export_runs
from planner.profiles.run_history import Measured, every_run, find_measured, find_run, id_of, run_history

NAMES = "an id, the beginning of one, «last» or «previous»"


def command(
    profile: Annotated[
        str,
        typer.Argument(metavar="FILE|NAME", show_default=False, help="A device profile («edgewise measure --out»)."),
    ],
    *,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option("--compare", metavar="RUN_A RUN_B", help=f"B's figures over A's, with intervals: each {NAMES}."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="OUT.csv|OUT.json",
            help="Write the raw data: every timed sample, and beside it OUT-readings.csv (of soaks and contention "
            "OUT-windows.csv and OUT-bursts.csv too); or the documents themselves as JSON.",
        ),
    ] = None,
    run: Annotated[
        list[str] | None,
        typer.Option("--run", metavar="ID", help=f"Only this one ({NAMES}); may be given several times."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON on stdout.")] = False,
) -> None:
    """Show earlier measurements, newest first: speed, conditions, doubts. Or compare two, or export raw data."""
    if compare is not None and (export is not None or run):
        raise typer.BadParameter("--compare names its two runs; type it without --export and --run")
    known = profile_named(profile)
    if compare is not None:
        comparison = compare_runs(*(find_run(known, name) for name in compare))
        if as_json:
            say_json(comparison)
        else:
            show_comparison(comparison)
        return
    chosen = [find_measured(known, name) for name in run or ()]
    if export is not None:
        _export(known, chosen, export, as_json=as_json)
        return
    ids = {id_of(each) for each in chosen}
    rows = [row for row in run_history(known) if not chosen or ids & set(row.run_ids)]
    if as_json:
        say_json({"profile_id": known.profile_id, "measurements": [row.model_dump(mode="json") for row in rows]})
    else:
        show_history(known.title, rows, in_full=bool(chosen))


def _export(known: DeviceProfile, chosen: Sequence[Measured], place: Path, *, as_json: bool) -> None:
    measured = chosen or (*every_run(known), *known.soaks, *known.contentions)
    files = export_runs(
        place,
        [each for each in measured if isinstance(each, Run)],
        _format(place),
        soaks=[each for each in measured if isinstance(each, Soak)],
        contentions=[each for each in measured if isinstance(each, Contention)],
    )
    if as_json:
        say_json({"files": [str(file) for file in files]})
    for file in files:
        tell(f"Written: {file}")


def _format(place: Path) -> ExportFormat:
    ending = place.suffix.lower().removeprefix(".")
    if ending not in get_args(ExportFormat):
        raise typer.BadParameter(f"{place}: the ending says the format; name a file that ends in .csv or .json")
    return cast("ExportFormat", ending)
