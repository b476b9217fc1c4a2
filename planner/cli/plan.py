"""`edgewise plan`: the whole job, from this machine or a scenario to a decision and its report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.console import say, say_json, tell
from planner.cli.decision import show_plan
from planner.cli.failures import INTERRUPTED
from planner.cli.measuring import Choices, measure_here
from planner.cli.moments import DAY_HINT, day_of
from planner.cli.names import format_of, is_file_name, profile_named, require_writable, scenario_named
from planner.device.probe import probe
from planner.errors import MeasurementError, ScenarioError
from planner.placement.plan import SavedPlan
from planner.plan_files import load_plan, reopen_plan
from planner.planning import plan
from planner.profiles.profile import DeviceProfile
from planner.report.files import PLAN_FILE, REPORT_FILE, write_report
from planner.repricing import scenario_priced_on
from planner.samples.catalog import scenario_for
from planner.scenario import Fleet, Scenario
from planner.scenario_names import require_known_offers
from planner.workload.files import load_workload
from planner.workload.task_classes import Workload

PROFILE_FILE = "device-profile.json"
SAVED_PLAN_FORMAT = "edgewise.saved-plan"
AskedWorkload = tuple[Workload, str]  # and the file it stands in


def command(
    *,
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="[SCENARIO]",
            show_default=False,
            help="A scenario file, a sample («edgewise samples») or a saved plan.json, recomputed and checked. "
            "Without it, this machine is probed and quickly measured, and the bundled workload is planned on it.",
        ),
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            "--profile",
            "-p",
            metavar="FILE|NAME",
            help="Plan for this device, one a seat: a profile file or a reference device; may be repeated.",
        ),
    ] = None,
    workload: Annotated[
        Path | None,
        typer.Option(
            "--workload",
            "-w",
            metavar="FILE",
            help="Plan for this workload (.toml or .json) in place of the scenario's.",
        ),
    ] = None,
    prices_on: Annotated[
        str | None,
        typer.Option(
            "--prices-on",
            metavar=DAY_HINT,
            help="Plan at the prices of this day; offers without a known price of then are named and left out.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help=f"Write {REPORT_FILE} and {PLAN_FILE} into this folder."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print scenario and plan as JSON on stdout.")] = False,
) -> None:
    """Decide which task classes run on the device and which in the data center, what each costs, and why."""
    if out is not None:
        require_writable(out / REPORT_FILE)
        require_writable(out / PLAN_FILE)
    asked = None if workload is None else (load_workload(workload), str(workload))
    on = day_of(prices_on, "--prices-on")
    saved, remark = _planned(scenario, _named(profile or ()), asked, out, on)
    # Written before anything is shown: a reader that closes the pipe early does not cost the files.
    written = () if out is None else write_report(out, saved.plan, saved.scenario)
    if as_json:
        say_json(saved)
    else:
        show_plan(saved.plan)
        say("")
    if remark:
        tell(remark)
    for path in written:
        tell(f"Written: {path}")
    if not written and not remark:
        tell("Nothing was written; add --out DIR to keep the plan and its report.")


def _named(names: Sequence[str]) -> list[DeviceProfile]:
    profiles = [profile_named(name) for name in names]
    ids = [each.profile_id for each in profiles]
    for name, profile_id in zip(names, ids, strict=True):
        if ids.count(profile_id) > 1:
            raise ScenarioError(
                f"two of the devices named have the same profile_id {profile_id!r}",
                where=f"--profile {name}",
                remedy="Name each device once.",
            )
    return profiles


def _planned(
    name: str | None, profiles: list[DeviceProfile], workload: AskedWorkload | None, out: Path | None, on: date | None
) -> tuple[SavedPlan, str]:
    """The plan asked for, and what must be said about how it came about."""
    if name is None:
        profiles = profiles or [_measured_here(out)]
        return _plan(_changed(scenario_for(tuple(profiles), date.today()), profiles, workload), on)
    if is_file_name(name) and format_of(Path(name)) == SAVED_PLAN_FORMAT:
        if not profiles and workload is None and on is None:
            return reopen_plan(Path(name)), f"{name}: recomputed from its scenario, the same bytes."
        return _plan(_changed(load_plan(Path(name)).scenario, profiles, workload), on)
    return _plan(_changed(scenario_named(name), profiles, workload), on)


def _plan(scenario: Scenario, on: date | None) -> tuple[SavedPlan, str]:
    """At the prices of a day, where one is named, and what to doubt about them."""
    if on is None:
        return SavedPlan(scenario=scenario, plan=plan(scenario)), ""
    then = scenario_priced_on(scenario, on)
    remark = " ".join(f"{doubt.sentence} {doubt.advice}" for doubt in then.doubts)
    return SavedPlan(scenario=then.scenario, plan=plan(then.scenario)), remark


def _changed(scenario: Scenario, profiles: list[DeviceProfile], asked: AskedWorkload | None) -> Scenario:
    """The scenario with another workload and on other devices, one a seat; itself where neither is named."""
    parts = dict(scenario)
    workload = None
    if asked is not None:
        workload, where = asked
        require_known_offers(scenario, workload, where)
        parts |= {"workload": workload, "title": f"{scenario.title}: {workload.title}"}
    if profiles:
        seats = (workload or scenario.workload).seats
        parts["fleets"] = tuple(Fleet(profile=profile, count=seats) for profile in profiles)
    return Scenario.model_validate(parts)


def _measured_here(out: Path | None) -> DeviceProfile:
    """Probe and quickly measure this machine; a user who stops it wants no plan, but keeps the rounds."""
    kept = None if out is None else out / PROFILE_FILE
    measured = measure_here(probe(), Choices(quick=True), kept)
    if measured.stopped:
        tell(f"Stopped before planning. Finished rounds: {kept}." if kept else "Stopped before planning.")
        raise typer.Exit(INTERRUPTED)
    if not measured.profile.runs:
        raise MeasurementError(
            "none of the default models could be measured on this machine",
            remedy="Plan with a reference device: «edgewise plan --profile NAME», names by «edgewise profiles».",
        )
    if kept:
        tell(f"Written: {kept}")
    return measured.profile
