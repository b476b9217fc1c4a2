"""The engine's verbs as the window calls them; importing this loads the engine, so it happens off the GUI thread."""

from __future__ import annotations

from pathlib import Path

from planner import text
from planner.comparison import compare_profiles
from planner.device.facts import DeviceFacts
from planner.device.probe import probe
from planner.device.summary import fact_rows
from planner.errors import PlannerError
from planner.measurement.doubts import doubts
from planner.measurement.statistics import decode_rates, summarise
from planner.measurement.supervisor import measure
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architectures
from planner.model.footprint import resident_bytes
from planner.model.synthesis import check_buildable
from planner.model.weight_formats import WeightFormat, weight_format, weight_formats
from planner.placement.plan import Plan
from planner.plan_files import save_plan
from planner.planning import plan
from planner.profiles.assembly import profile_from
from planner.profiles.catalog import reference_profiles
from planner.profiles.files import load_profile, save_profile
from planner.profiles.performance import performances
from planner.report.document import build_report
from planner.report.files import PLAN_FILE, REPORT_FILE, write_html, write_report
from planner.report.html import render_html
from planner.samples.catalog import default_sample, sample, sample_names
from planner.scenario import Scenario
from planner.workload.files import save_workload
from planner.workload.presets import preset, preset_names
from planner.workload.task_classes import Workload
from ui.bound_device_verbs import DEVICE_VERBS
from ui.bound_outlook_verbs import OUTLOOK_VERBS
from ui.bound_price_verbs import PRICE_VERBS
from ui.verbs import ModelChoice, Verbs

CONTEXT_TOKENS = 1024  # prompt and answer of the measurement's longest point


def measurable_formats() -> tuple[str, ...]:
    """Weight formats that a model can be built in here."""
    return tuple(known.name for known in weight_formats() if known.synthesisable)


def model_choices(facts: DeviceFacts | None, format_name: str) -> tuple[ModelChoice, ...]:
    """Every architecture that can be built in this format, smallest first; those too large say so."""
    chosen = weight_format(format_name)
    choices = [(resident_bytes(known, chosen, CONTEXT_TOKENS).value, known) for known in architectures()]
    return tuple(
        ModelChoice(
            name=known.name,
            title=known.title,
            memory_words=f"about {text.size(needed)} of memory",
            refusal=_refusal(known, chosen, needed, facts),
        )
        for needed, known in sorted(choices, key=lambda choice: choice[0])
    )


def _refusal(known: ModelArchitecture, chosen: WeightFormat, needed: float, facts: DeviceFacts | None) -> str | None:
    try:
        check_buildable(known, chosen)
    except PlannerError as error:
        return error.sentence
    free = facts.memory.available_bytes.value if facts is not None else None
    if free is not None and needed > free:
        return f"needs about {text.size(needed)}, {text.size(free)} is free"
    return None


def workload_presets() -> tuple[Workload, ...]:
    """Every bundled workload."""
    return tuple(preset(name) for name in preset_names())


def report_html(made: Plan, scenario: Scenario) -> str:
    """The report of a plan as one HTML file's text."""
    return render_html(build_report(made, scenario))


def write_files(folder: Path, made: Plan, scenario: Scenario, names: tuple[str, ...]) -> tuple[Path, ...]:
    """Write those of the plan's files that are named; returns their paths."""
    report_file, plan_file = folder / REPORT_FILE, folder / PLAN_FILE
    if {REPORT_FILE, PLAN_FILE} <= set(names):
        return write_report(folder, made, scenario)
    if REPORT_FILE in names:
        write_html(report_file, made, scenario)
        return (report_file,)
    save_plan(plan_file, scenario, made)
    return (plan_file,)


VERBS = Verbs(
    plan=plan,
    sample=sample,
    sample_names=sample_names,
    default_sample=default_sample,
    probe=probe,
    measure=measure,
    profile_from=profile_from,
    load_profile=load_profile,
    save_profile=save_profile,
    reference_profiles=reference_profiles,
    performances=performances,
    summarise=summarise,
    decode_rates=decode_rates,
    doubts=doubts,
    compare=compare_profiles,
    fact_rows=fact_rows,
    measurable_formats=measurable_formats,
    workload_presets=workload_presets,
    save_workload=save_workload,
    report_html=report_html,
    report_files=(REPORT_FILE, PLAN_FILE),
    write_report=write_files,
    model_choices=model_choices,
    device=DEVICE_VERBS,
    prices=PRICE_VERBS,
    outlook=OUTLOOK_VERBS,
)
