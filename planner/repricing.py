"""A scenario at the prices of another day: the same work, weighed with what was charged then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner import text
from planner.basis import Doubt
from planner.prices.repricing import repriced
from planner.scenario import Scenario


@dataclass(frozen=True)
class RepricedScenario:
    """The scenario as if it were that day, and what to doubt about the prices of then."""

    scenario: Scenario
    doubts: tuple[Doubt, ...]


def scenario_priced_on(scenario: Scenario, on: date) -> RepricedScenario:
    """The scenario judged on this day: token offers as they were sold then, rate cards and quotes by their own days.

    What is left out is said in the description, so that a saved plan and its report tell it too.
    """
    then = repriced(scenario.prices, on)
    told = " ".join(doubt.sentence for doubt in then.doubts)
    changes = {
        "title": f"{scenario.title}, at prices of {text.day(on)}",
        "description": " ".join(filter(None, (scenario.description, told))),
        "as_of": on,
        "prices": then.profile,
    }
    return RepricedScenario(Scenario.model_validate({**dict(scenario), **changes}), then.doubts)
