"""`edgewise cache`: what the built models occupy, and how to get that space back."""

from __future__ import annotations

from typing import Annotated

import typer

from planner import text
from planner.cli.console import Column, say, say_json, say_table, tell
from planner.model.model_cache import CAP_VARIABLE, clear, trim, usage
from planner.units import BYTES_PER_GIB

COLUMNS = (Column("Model", whole=True), Column("Size", numeric=True), Column("Last used", numeric=True))


def command(
    *,
    clear_all: Annotated[bool, typer.Option("--clear", help="Delete every built model.")] = False,
    cap_gib: Annotated[
        float | None,
        typer.Option(
            "--cap",
            metavar="GIB",
            min=0,
            help=f"Delete the models unused for longest until the rest fits; {CAP_VARIABLE} sets the cap for good.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is left as JSON on stdout.")] = False,
) -> None:
    """Show the models that were built for measuring: where they are, their size, and the most they may hold.

    A built model is made again when it is needed; nothing is lost but minutes. EDGEWISE_MODEL_CACHE names another
    folder, EDGEWISE_MODEL_CACHE_GIB another cap. Models of your own in that folder are neither counted nor deleted.
    """
    if clear_all and cap_gib is not None:
        raise typer.BadParameter("--clear leaves nothing to fit a --cap; type one of them")
    if clear_all:
        tell(f"{text.size(clear())} freed")
    elif cap_gib is not None:
        tell(f"{text.size(trim(round(cap_gib * BYTES_PER_GIB)))} freed")
    held = usage()
    if as_json:
        say_json(held)
        return
    if held.models:
        say_table(
            COLUMNS, [(one.name, text.size(one.size_bytes), text.day(one.last_used.date())) for one in held.models]
        )
    count = f"{len(held.models)} model{'' if len(held.models) == 1 else 's'}" if held.models else "no models"
    say(f"{held.folder}: {count}, {text.size(held.size_bytes)} of at most {text.size(held.cap_bytes)}")
