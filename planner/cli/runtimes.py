"""`edgewise runtimes`: other onnxruntime environments to measure with, since their wheels exclude each other."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.console import Column, say, say_json, say_table, tell
from planner.device.runtimes import KNOWN, runtimes_folder
from planner.measurement.runtimes import RuntimeState, add_existing, install, plan_installation, remove, states

COLUMNS = (
    Column("Name", whole=True),
    Column("onnxruntime", whole=True),
    Column("Usable execution providers"),
    Column("Folder"),
)


class Action(StrEnum):
    """What to do with a runtime."""

    ADD = "add"
    REMOVE = "remove"


def command(
    action: Annotated[Action | None, typer.Argument(help="Without it: list what is registered.")] = None,
    name: Annotated[
        str | None,
        typer.Argument(help=f"{', '.join(one.name for one in KNOWN)}; with --python any name of small letters."),
    ] = None,
    python: Annotated[
        Path | None,
        typer.Option(
            "--python",
            metavar="PATH",
            help="With add: register this interpreter, which has onnxruntime, numpy and psutil; install nothing.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is registered as JSON on stdout.")] = False,
) -> None:
    """List, add or remove environments that hold another onnxruntime: OpenVINO, DirectML, CUDA or QNN.

    «add NAME» makes a Python environment of its own in this program's data folder and downloads the wheel into it;
    EDGEWISE_RUNTIMES names another folder.
    """
    if action is not None and name is None:
        raise typer.BadParameter(f"say which runtime to {action.value}, for example «{action.value} openvino»")
    if python is not None and action is not Action.ADD:
        raise typer.BadParameter("--python goes with «add NAME»")
    if action is Action.ADD and name is not None:
        _add(name, python)
    elif action is Action.REMOVE and name is not None:
        tell(f"{name} is removed: {remove(name)}")
    else:
        _list(as_json=as_json)


def _add(name: str, python: Path | None) -> None:
    if python is not None:
        runtime = add_existing(name, python)
    else:
        installation = plan_installation(name)
        tell(installation.sentence)
        runtime = install(installation)
    providers = ", ".join(runtime.execution_providers)
    tell(f"{name} is added: onnxruntime {runtime.onnxruntime} with {providers}. «edgewise runtimes» tries them.")


def _list(*, as_json: bool) -> None:
    found = states()
    if as_json:
        say_json([one.model_dump(mode="json") for one in found])
        return
    if not found:
        say(f"No runtimes are registered in {runtimes_folder()}. Known, to be added with «edgewise runtimes add NAME»:")
        for one in KNOWN:
            places = " and ".join(f"{system} {architecture}" for system, architecture in one.platforms)
            say(f"· {one.name}: {one.requirement}, for {places}; it needs {one.needs}")
        return
    say_table(COLUMNS, [_row(one) for one in found])
    for one in found:
        for provider, reason in one.unusable.items():
            say(f"· {one.name}: {provider} is not usable: {reason}")


def _row(one: RuntimeState) -> tuple[str, ...]:
    usable = one.problem or ", ".join(one.usable) or "none"
    return one.name, one.onnxruntime or "unknown", usable, str(one.folder)
