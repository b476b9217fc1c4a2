"""Two runs of one architecture at two depths, as a document keeps them: what a whole model is foretold from."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from planner.documents import Frozen
from planner.measurement.runs import Run


class DepthSlices(Frozen):
    """Two runs of one architecture that differ in depth alone, their rounds started in turn."""

    shallow: Run
    deep: Run

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        ours, theirs = self.shallow, self.deep
        if ours.model.architecture is None or ours.model.architecture != theirs.model.architecture:
            raise ValueError("two depth slices are of one architecture")
        if _way_to_run(ours) != _way_to_run(theirs):
            raise ValueError("two depth slices have the same weight format, execution provider and threads")
        if ours.model.layers is None or theirs.model.layers is None or ours.model.layers >= theirs.model.layers:
            raise ValueError("two depth slices state their layers, the shallow one fewer")
        if not all(any(one.prefill and one.decode for one in run.rounds) for run in (ours, theirs)):
            raise ValueError("each of two depth slices has timed prefill and decode")
        return self


def _way_to_run(run: Run) -> tuple[str, str, int]:
    return run.weight_format, run.settings.execution_provider, run.settings.threads
