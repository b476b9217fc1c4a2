"""`edgewise measure`: what this machine does with a language model, as raw runs and a profile."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.console import say_json, tell
from planner.cli.failures import INTERRUPTED
from planner.cli.measured import show_performance
from planner.cli.measuring import Choices, measure_here
from planner.cli.names import earlier_profile, scenario_named
from planner.cli.providers import ALL, chosen_providers, show_providers
from planner.cli.suite import run_suite
from planner.cli.sustained import show_contention, show_soak
from planner.cli.sustaining import contend_here, soak_here
from planner.device.probe import probe
from planner.measurement.energy.figures import MOST_W
from planner.measurement.request import DEFAULT_MODELS
from planner.profiles.assembly import profile_from
from planner.profiles.profile import DeviceProfile
from planner.samples.catalog import DEFAULT as DEFAULT_SCENARIO
from planner.scenario import quantized_models

SUSTAINED_MODEL = "llama-3.2-1b"
SOAK_S = 600.0


def command(
    *,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME|FOLDER|FILE",
            help="A bundled architecture («edgewise models»), a folder holding an ONNX decoder, or a .gguf file or "
            f"config.json that names one; may be repeated. Default: {', '.join(DEFAULT_MODELS)}, as memory allows.",
        ),
    ] = None,
    weight_format: Annotated[str, typer.Option("--weight-format", help="How the weights are stored.")] = "int4",
    quick: Annotated[
        bool, typer.Option("--quick", help="Stop at a 10 % half-width or one minute a model, not at 3 % or ten.")
    ] = False,
    prompt: Annotated[
        list[int] | None, typer.Option("--prompt", min=1, help="Tokens to prefill; may be repeated. Default: 128, 512.")
    ] = None,
    context: Annotated[
        list[int] | None,
        typer.Option("--context", min=1, help="Tokens in the cache to decode at; may be repeated. Default: 128, 512."),
    ] = None,
    ep: Annotated[
        str | None,
        typer.Option(
            "--ep",
            metavar="NAME|all",
            help="Execution provider («edgewise probe» lists them), or every usable one side by side. Default: CPU.",
        ),
    ] = None,
    suite: Annotated[
        bool,
        typer.Option(
            "--suite",
            help="Depth slices instead of whole models: of those named, else of every local model of the scenario.",
        ),
    ] = False,
    scenario: Annotated[
        str, typer.Option("--scenario", metavar="FILE|NAME", help="Whose models --suite takes.")
    ] = DEFAULT_SCENARIO,
    soak: Annotated[
        bool, typer.Option("--soak", help="Keep one model busy and watch its throughput, burst against sustained.")
    ] = False,
    contend: Annotated[
        bool, typer.Option("--contend", help="One model beside a scripted office load: what each costs the other.")
    ] = False,
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="How long --soak lasts.")] = SOAK_S,
    wall_active_w: Annotated[
        float | None,
        typer.Option("--wall-active-w", min=0, max=MOST_W, help="A wall meter's watts while a model runs."),
    ] = None,
    wall_idle_w: Annotated[
        float | None, typer.Option("--wall-idle-w", min=0, max=MOST_W, help="The same at rest.")
    ] = None,
    assume_active_w: Annotated[
        float | None,
        typer.Option(
            "--assume-active-w", min=0, max=MOST_W, help="Watts while a model runs that nobody read; labelled assumed."
        ),
    ] = None,
    assume_idle_w: Annotated[
        float | None, typer.Option("--assume-idle-w", min=0, max=MOST_W, help="The same at rest.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Keep the device profile here, saved after every round; one of this device that is there is extended.",
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help="Threads; default: a short trial chooses.")
    ] = None,
    ignore_memory_check: Annotated[
        bool, typer.Option("--ignore-memory-check", help="Try even where the model does not seem to fit.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the device profile as JSON on stdout.")] = False,
) -> None:
    """Measure how fast this machine loads, prefills and decodes language models, in a child process.

    Ctrl+C stops within two seconds and keeps every finished round.
    """
    lengths = (*(prompt or ()), *(context or ()))
    _check_mode(suite=suite, soak=soak, contend=contend, models=model or (), ep=ep, lengths=lengths)
    watts = _watts(
        wall_active_w=wall_active_w,
        wall_idle_w=wall_idle_w,
        assumed_active_w=assume_active_w,
        assumed_idle_w=assume_idle_w,
    )
    facts = probe()
    choices = Choices(
        models=tuple(model or ()),
        weight_format=weight_format,
        quick=quick,
        threads=threads,
        ignore_memory_check=ignore_memory_check,
        prompt_tokens=tuple(prompt or ()),
        context_tokens=tuple(context or ()),
        providers=chosen_providers(ep, facts),
        watts=watts,
    )
    known = earlier_profile(out, facts)
    request = choices.request((model or [SUSTAINED_MODEL])[0], *choices.providers[0])
    if suite:
        named = tuple((name, weight_format) for name in model or ()) or quantized_models(scenario_named(scenario))
        profile, stopped = run_suite(profile_from(facts, previous=known), named, out, threads=threads)
    elif soak:
        profile, soaked, stopped = soak_here(profile_from(facts, previous=known), request, seconds, out)
        if not as_json:
            show_soak(soaked)
    elif contend:
        profile, contended, stopped = contend_here(profile_from(facts, previous=known), request, out)
        if not as_json:
            show_contention(contended)
    else:
        measured = measure_here(facts, choices, out, known)
        profile, stopped = measured.profile, measured.stopped
    if as_json:
        say_json(profile)
    elif not (soak or contend):
        show_performance(profile)
        show_providers(profile)
    _tell_where(profile, out, stopped=stopped)
    if stopped:
        raise typer.Exit(INTERRUPTED)


def _check_mode(
    *, suite: bool, soak: bool, contend: bool, models: Sequence[str], ep: str | None, lengths: Sequence[int]
) -> None:
    """Refuse what a kind of measurement would have to leave out in silence."""
    if suite + soak + contend > 1:
        raise typer.BadParameter("--suite, --soak and --contend are measurements of their own; type one of them")
    if (soak or contend) and (len(models) > 1 or (ep or "").lower() == ALL):
        raise typer.BadParameter("--soak and --contend take one model on one execution provider")
    if suite and ep is not None:
        raise typer.BadParameter("--suite slices on the CPU provider; type it without --ep")
    if (suite or soak or contend) and lengths:
        raise typer.BadParameter(
            "--suite, --soak and --contend have lengths of their own; leave --prompt and --context"
        )


def _watts(**typed: float | None) -> dict[str, float]:
    """Those that were typed, by the names they have in a request."""
    told = {name: watts for name, watts in typed.items() if watts is not None}
    if any(math.isnan(watts) for watts in told.values()):  # which is in every range, as comparisons go
        raise typer.BadParameter("watts are numbers")
    return told


def _tell_where(profile: DeviceProfile, out: Path | None, *, stopped: bool) -> None:
    if stopped:
        rounds = sum(len(run.rounds) for run in profile.runs)
        tell(f"Stopped; {rounds} finished {'round is' if rounds == 1 else 'rounds are'} kept.")
    if out is None:
        tell("Nothing was written; add --out FILE to keep the profile.")
    elif profile.roofline or profile.runs or profile.slices or profile.soaks or profile.contentions:
        tell(f"Profile: {out}")
    else:
        tell(f"{out} was not written, since no round was finished.")
