"""Scenarios on disk: one JSON document that holds everything a plan depends on."""

from __future__ import annotations

from pathlib import Path

from planner.documents import read_document, save_document
from planner.scenario import Scenario
from planner.scenario_names import require_known_names


def load_scenario(path: Path) -> Scenario:
    """Read a scenario strictly; a name in it that names nothing is refused with those there are."""
    scenario = load_draft(path)
    require_known_names(scenario, str(path))
    return scenario


def load_draft(path: Path) -> Scenario:
    """Read a scenario whose prices are about to change: what it names may yet be brought in."""
    return read_document(path, Scenario)


def save_scenario(path: Path, scenario: Scenario) -> None:
    """Save a scenario atomically, keeping backups of what stood there."""
    save_document(path, scenario)
