"""The scenario's own fields and the files of older versions (CONVENTION, file versions)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from planner.documents import from_plain, to_json
from planner.errors import DocumentError
from planner.planning import plan
from planner.scenario import VERSION, Policy, Scenario, contention_cap
from planner.scenario_files import load_scenario
from tests.support.scenarios import scenario

DATA = Path(__file__).parents[1] / "data"


def test_a_scenario_of_version_2_is_read_and_plans_as_it_did() -> None:
    """Its capacities state no speed of answering, so nothing that has a bound may run there."""
    found = load_scenario(DATA / "scenario-v2.json")
    assert found.version == VERSION == 3
    assert [each.name for each in found.capacities] == ["on-demand", "units-year", "own-box"]
    assert found.policy.budget_usd_per_month is None
    assert all(contention_cap(found, fleet) == found.policy.device_contention_cap for fleet in found.fleets)
    result = plan(found)
    assert result.totals.plan_usd_per_month.value == pytest.approx(1733.8612345679012)  # what version 2 came to
    assert result.totals.base_usd_per_month.value == pytest.approx(2269.8666666666663)
    assert not result.capacity_loads
    assert from_plain(json.loads(to_json(found)), Scenario, where="again") == found


@pytest.mark.parametrize("version", [0, 4, True, "3"])
def test_another_version_is_refused(version: object) -> None:
    raw = json.loads(to_json(scenario())) | {"version": version}
    with pytest.raises(DocumentError, match="version"):
        from_plain(raw, Scenario, where="s.json")


def test_a_fleet_may_have_a_cap_of_its_own() -> None:
    given = scenario()
    (fleet,) = given.fleets
    own = fleet.model_copy(update={"contention_cap": 0.05})
    assert contention_cap(given, fleet) == given.policy.device_contention_cap
    assert contention_cap(given, own) == 0.05
    with pytest.raises(ValidationError):
        type(fleet)(profile=fleet.profile, count=1, contention_cap=0.0)
    with pytest.raises(ValidationError):
        Policy(budget_usd_per_month="-1")  # pyright: ignore[reportArgumentType]
