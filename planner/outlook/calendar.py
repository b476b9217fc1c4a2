"""The months a scenario looks ahead: how many, which days they begin on, and what money then is worth today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.cost.cash_flow import months_of
from planner.cost.price_paths import month_starts
from planner.errors import ScenarioError
from planner.horizon import Horizon
from planner.scenario import Scenario

LAST_YEAR = 9900  # calendars end soon after


@dataclass(frozen=True)
class Calendar:
    """The months of one horizon."""

    horizon: Horizon
    months: int
    starts: tuple[date, ...]  # first day of months 1 …, and the day after the last

    @property
    def end(self) -> date:
        """The day after the last month."""
        return self.starts[-1]


def calendar_of(scenario: Scenario) -> Calendar:
    """The months of the scenario's horizon, from its first day or from the day the plan speaks of."""
    first = scenario.horizon.starts or scenario.as_of
    if first.year > LAST_YEAR:
        raise ScenarioError(
            f"the horizon starts in the year {first.year}, where calendars end",
            where="horizon.starts" if scenario.horizon.starts else "as_of",
            remedy="Name an earlier day.",
        )
    months = months_of(scenario.horizon.years)
    return Calendar(horizon=scenario.horizon, months=months, starts=month_starts(first, months))
