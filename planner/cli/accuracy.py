"""`edgewise accuracy`: how good the predictions made on this machine turned out to be."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.cli.console import say_json, tell
from planner.cli.predicted import show_accuracy
from planner.prediction.accuracy import judged, scores
from planner.prediction.accuracy_file import accuracy_file, load_accuracy


def command(
    *,
    device: Annotated[
        str | None, typer.Option("--device", metavar="ID", help="Only predictions for this device profile's id.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print scores and every figure as JSON on stdout.")] = False,
) -> None:
    """Show every prediction that was later measured, and its error. Nothing is ever taken out of this log."""
    log = load_accuracy()
    every = [each for each in judged(log) if device in {None, each.device}]
    found = scores(every)
    if as_json:
        say_json(
            {
                "file": str(accuracy_file()),
                "scores": [each.model_dump(mode="json") for each in found],
                "judged": [each.model_dump(mode="json") for each in every],
            }
        )
        return
    waiting = [
        entry
        for entry in log.entries
        if entry.decode is None and entry.prefill is None and device in {None, entry.prediction.device}
    ]
    show_accuracy(every, found, len(waiting))
    tell(f"Log: {accuracy_file()}")
