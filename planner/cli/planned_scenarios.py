"""The scenario a look at costs, months or reasons begins with: a file's, a sample's, or that of a saved plan."""

from __future__ import annotations

from pathlib import Path

from planner.cli.names import format_of, is_file_name, scenario_named
from planner.plan_files import load_plan
from planner.scenario import Scenario

SAVED_PLAN_FORMAT = "edgewise.saved-plan"
HELP = "A scenario file, a sample («edgewise samples») or a saved plan.json."


def scenario_of(words: str) -> Scenario:
    """A scenario by file or by the name of a bundled sample; of a saved plan the scenario it came from."""
    if is_file_name(words) and format_of(Path(words)) == SAVED_PLAN_FORMAT:
        return load_plan(Path(words)).scenario
    return scenario_named(words)
