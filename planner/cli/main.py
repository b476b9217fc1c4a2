"""The `edgewise` command: every verb in the order of the job, and the way each of them may end."""

from __future__ import annotations

import contextlib
import importlib
import io
import runpy
import sys
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

from planner.child import child_module
from planner.cli import window
from planner.cli.failures import exit_code_of

ABOUT = """\
Which AI task classes should run on this device, which in the data center, what does each choice cost,
and how sure are we?

Start with «edgewise plan --out DIR»: it probes this machine, measures it briefly, plans and writes a report.
"""


class Verb(NamedTuple):
    """Where a verb is written, and its line in the list of verbs."""

    module: str
    function: str
    summary: str


VERBS = {
    "probe": Verb("planner.cli.probe", "command", "What this machine is."),
    "measure": Verb("planner.cli.measure", "command", "How fast it runs language models."),
    "predict": Verb("planner.cli.predict", "command", "How fast it would run a model that was never run."),
    "accuracy": Verb("planner.cli.accuracy", "command", "How good earlier predictions were."),
    "runs": Verb("planner.cli.runs", "command", "Earlier measurements: history, comparison, raw data."),
    "plan": Verb("planner.cli.plan", "command", "What runs where, what it costs, and why."),
    "explain": Verb("planner.cli.explain", "command", "Why a class is where it is, and why not elsewhere."),
    "cost": Verb("planner.cli.cost", "command", "What every target costs, line by line, and at which utilization."),
    "queue": Verb("planner.cli.queue", "command", "How long requests wait, and how many an SLO allows."),
    "week": Verb("planner.cli.week", "command", "When requests come, by a log; a workload that keeps to it."),
    "serve-model": Verb(
        "planner.cli.serve_model", "command", "What an accelerator does with an open model, and $/Mtok."
    ),
    "horizon": Verb("planner.cli.horizon", "command", "Cash flows of the coming years, and when they cross."),
    "break-even": Verb("planner.cli.break_even", "command", "Where one choice becomes cheaper than another, or never."),
    "report": Verb("planner.cli.report", "command", "The readable document of a saved plan."),
    "compare": Verb("planner.cli.compare", "command", "Devices side by side."),
    "price": Verb("planner.cli.price", "command", "What one usage costs, to the last cent."),
    "prices": Verb("planner.cli.prices", "app", "Offers, quotes, imports, history, export."),
    "schema": Verb("planner.cli.schema", "command", "The JSON Schema of a document."),
    "models": Verb("planner.cli.bundled", "models", "Architectures that can be measured."),
    "cache": Verb("planner.cli.cache", "command", "Built models: their size, and clearing them."),
    "runtimes": Verb("planner.cli.runtimes", "command", "Other onnxruntime environments to measure with."),
    "profiles": Verb("planner.cli.bundled", "profiles", "Reference devices that are bundled."),
    "samples": Verb("planner.cli.bundled", "samples", "Sample scenarios that are bundled."),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 1 accident, 2 refused, 130 stopped."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if module := child_module(given):
        # A frozen program starts itself as its own child; see planner.child.
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return 0
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(io.UnsupportedOperation):
                stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows code page lacks − and ×
    typed = next((word for word in given if not word.startswith("-")), None)
    return exit_code_of(lambda: command_line(typed)(args=given, prog_name="edgewise"))


def command_line(typed: str | None) -> typer.Typer:
    """The command line; of the verbs only the typed one is imported, since all together cost seconds."""
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True, help=ABOUT)(_without_verb)
    for name, verb in VERBS.items():
        found = getattr(importlib.import_module(verb.module), verb.function) if name == typed else _listed_only
        if isinstance(found, typer.Typer):  # a verb with verbs of its own
            app.add_typer(found, name=name, short_help=verb.summary)
        else:
            app.command(name, short_help=verb.summary)(found)
    return app


def _listed_only() -> None:
    """Stands for a verb that was not typed."""


def _without_verb(
    context: typer.Context,
    show_version: Annotated[
        bool, typer.Option("--version", help="Show versions and the date of the price data.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --version: as JSON.")] = False,
) -> None:
    """Without a verb: the versions, the window, or what to type where there is none."""
    if show_version:
        importlib.import_module("planner.cli.version").show(as_json=as_json)
        raise typer.Exit
    if as_json:
        raise typer.BadParameter("--json here goes with --version; a verb has its own --json after its name")
    if context.invoked_subcommand is None:
        raise typer.Exit(window.open_or_explain())


if __name__ == "__main__":
    sys.exit(main())
