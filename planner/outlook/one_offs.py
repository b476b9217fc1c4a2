"""What is paid once: which choice needs it, and when the inference it serves has cost as much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from planner.cost.cash_flow import Flows, months_of
from planner.cost.one_off import Crossing, passing_month, payments
from planner.horizon import OneOff
from planner.outlook.calendar import Calendar
from planner.outlook.flows import Flow
from planner.outlook.horizon_view import ClassCrossing, OneOffOutlook
from planner.placement.options import Option
from planner.scenario import Scenario

Choice = Mapping[str, Option]
"""The option of every placed class."""


def one_off_flows(calendar: Calendar, choice: Choice) -> dict[str, tuple[Flow, ...]]:
    """The one-offs this choice needs, by name of the flow."""
    return {
        f"one-off:{number}": (_flow(one_off, calendar.months),)
        for number, one_off in enumerate(calendar.horizon.one_offs)
        if served_by(one_off, choice)
    }


def served_by(one_off: OneOff, choice: Choice) -> tuple[str, ...]:
    """The classes of the choice that the one-off serves; none: this choice does not need it."""
    return tuple(
        name
        for name, option in choice.items()
        if one_off.side in ("both", option.side.value) and (not one_off.task_classes or name in one_off.task_classes)
    )


def one_off_outlooks(
    scenario: Scenario, plan: Choice, base: Choice, inference: Mapping[str, Flows]
) -> tuple[OneOffOutlook, ...]:
    """Every one-off against the inference bills of the plan, `inference` by class (months 0 …)."""
    return tuple(_outlook(scenario, one_off, plan, base, inference) for one_off in scenario.horizon.one_offs)


def _outlook(
    scenario: Scenario, one_off: OneOff, plan: Choice, base: Choice, inference: Mapping[str, Flows]
) -> OneOffOutlook:
    once = payments(one_off, months_of(scenario.horizon.years))
    served = served_by(one_off, plan)
    titles = {each.name: each.title for each in scenario.workload.task_classes}
    none = Crossing(month=None, reason="the plan does not need it")
    return OneOffOutlook(
        name=one_off.name,
        kind=one_off.kind,
        side=one_off.side,
        total_usd=float(once.sum()),
        times=int(np.count_nonzero(once)),
        in_plan=bool(served),
        in_base=bool(served_by(one_off, base)),
        passes=passing_month(once, _together(inference, served)) if served else none,
        by_class=tuple(
            ClassCrossing(task_class=name, title=titles[name], passes=passing_month(once, inference[name]))
            for name in served
        ),
    )


def _together(inference: Mapping[str, Flows], names: Sequence[str]) -> Flows:
    return sum((inference[name] for name in names[1:]), inference[names[0]])


def _flow(one_off: OneOff, months: int) -> Flow:
    flows = np.tile(payments(one_off, months), (3, 1))
    return Flow("one-offs", flows, flows, once=True)
