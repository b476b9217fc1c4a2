"""A name in a scenario file that names nothing is refused with the names there are; elsewhere it is doubted."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner.errors import UnknownNameError
from planner.horizon import Horizon, OneOff
from planner.placement.user_groups import by_user_group
from planner.planning import plan
from planner.samples.catalog import sample, sample_names
from planner.scenario import Fleet, Scenario
from planner.scenario_files import load_draft, load_scenario, save_scenario
from planner.scenario_names import class_name_doubts, require_known_offers, strange_names
from planner.workload.task_classes import Judge
from tests.support.capacities import owned
from tests.support.engine import device, quantity, scenario, task_class

TO_NOBODY: dict[str, Any] = {"escalation_share": quantity(0.1, "share"), "escalates_to": "acme/smal"}


def _capacity(**changes: Any) -> Scenario:
    return scenario(capacities=(owned().model_copy(update=changes),))


def _one_off() -> Scenario:
    tuning = OneOff(name="Tuning", kind="fine_tuning", usd=Decimal(1), task_classes=("mial",))
    return scenario(horizon=Horizon(one_offs=(tuning,)))


CASES = {
    "user_classes": (
        scenario(fleets=(Fleet(profile=device(), count=100, user_classes=("mial",)),)),
        "fleets.testbook.user_classes: no task class is called 'mial'. Did you mean mail?",
    ),
    "capacity": (_capacity(task_classes=("mial",)), "task_classes: no task class is called 'mial'. Did you mean mail?"),
    "one-off": (_one_off(), "horizon.one_offs.Tuning.task_classes: no task class is called 'mial'"),
    "overflow": (
        _capacity(overflow_sku="acme/smal"),
        "overflow_sku: no token offer is called 'acme/smal'. Did you mean acme/small",
    ),
    "judge": (
        scenario(task_class(judge=Judge(sku="x", input_tokens=1, output_tokens=1))),
        "workload.task_classes.mail.judge.sku: no token offer is called 'x'. There are: acme/large, acme/small.",
    ),
    "escalation": (
        scenario(task_class(**TO_NOBODY)),
        "workload.task_classes.mail.escalates_to: no token offer is called 'acme/smal'. Did you mean acme/small",
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_a_file_is_refused_with_the_place_and_the_nearest_names(what: str, tmp_path: Path) -> None:
    given, sentence = CASES[what]
    path = tmp_path / "s.json"
    save_scenario(path, given)
    with pytest.raises(UnknownNameError) as refused:
        load_scenario(path)
    assert refused.value.sentence.startswith(f"{path}: ")
    assert sentence in refused.value.sentence
    assert load_draft(path) == given  # prices that it lacks may still be brought in


@pytest.mark.parametrize("what", ["user_classes", "capacity", "one-off"])
def test_what_is_changed_step_by_step_is_doubted_in_the_plan(what: str) -> None:
    (doubt,) = [each for each in plan(CASES[what][0]).doubts if each.kind == "UnknownClass"]
    assert "names mial, a task class that the workload does not have" in doubt.sentence


def test_further_names_are_counted() -> None:
    both = scenario(task_class(**TO_NOBODY, judge=Judge(sku="x", input_tokens=1, output_tokens=1)))
    with pytest.raises(UnknownNameError, match=r"\(and 1 more such name\)"):
        require_known_offers(both, both.workload, "w.toml")


def test_without_any_offer_the_name_is_to_go() -> None:
    (strange,) = strange_names(scenario(task_class(**TO_NOBODY), offers=()))
    assert strange.remedy == "The scenario has no token offer at all; take the name out."


@pytest.mark.parametrize("name", sample_names())
def test_every_sample_names_what_there_is(name: str) -> None:
    assert strange_names(sample(name)) == ()


def test_names_of_user_groups_are_names() -> None:
    """By user group, `mail` becomes `mail--a` and `mail--b` wherever it is named."""
    fleets = tuple(Fleet(profile=device(name), count=seats, seats=seats) for name, seats in (("a", 30), ("b", 70)))
    told = by_user_group(scenario(fleets=fleets, capacities=(owned().model_copy(update={"task_classes": ("mail",)}),)))
    assert told.capacities[0].task_classes == ("mail--a", "mail--b")
    assert class_name_doubts(told) == strange_names(told) == ()
