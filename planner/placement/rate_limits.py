"""How many requests and tokens a minute an offer serves, and what classes ask of it in their busiest hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner import text
from planner.cost.escalation import ESCALATION, goes_to, offer_of
from planner.placement.optimizer.problem import Limit
from planner.placement.options import Option, Side, Violation
from planner.prices.offers import TokenOffer
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass
from planner.workload.week_shape import busiest_hour

MINUTES_PER_HOUR = 60


@dataclass(frozen=True)
class _Asked:
    """What one class asks of one offer a minute, in its busiest hour."""

    sku: str
    requests: float
    tokens: float


def rate_limits(scenario: Scenario) -> tuple[Limit, ...]:
    """Every rate an offer of the scenario states."""
    return tuple(
        Limit(_name(offer.sku, what), amount) for offer in scenario.prices.offers for what, amount in _stated(offer)
    )


def rate_uses(scenario: Scenario, task_class: TaskClass, option: Option) -> dict[str, float]:
    """What the class on this option asks of every stated rate, by the limit's name."""
    uses: dict[str, float] = {}
    for asked, what, _ in _asked_of_limits(scenario, task_class, _own_sku(option)):
        name = _name(asked.sku, what)
        uses[name] = uses.get(name, 0.0) + getattr(asked, what)
    return uses


def too_many(scenario: Scenario, task_class: TaskClass, own_sku: str | None) -> tuple[Violation, ...]:
    """What the class alone asks beyond a rate; what overflows from capacity is not counted."""
    return tuple(
        Violation(
            constraint="capacity",
            sentence=(
                f"{task_class.title} asks {text.significant(getattr(asked, what))} {what} a minute of {asked.sku} in "
                f"the busiest hour; its limit is {text.significant(amount)}."
            ),
        )
        for asked, what, amount in _asked_of_limits(scenario, task_class, own_sku)
        if getattr(asked, what) > amount
    )


def _asked_of_limits(
    scenario: Scenario, task_class: TaskClass, own_sku: str | None
) -> Iterator[tuple[_Asked, str, float]]:
    if not any(offer.requests_per_minute or offer.tokens_per_minute for offer in scenario.prices.offers):
        return
    for asked in _asked(scenario, task_class, own_sku):
        offer = offer_of(scenario, asked.sku)
        for what, amount in () if offer is None else _stated(offer):
            yield asked, what, amount


def _asked(scenario: Scenario, task_class: TaskClass, own_sku: str | None) -> Iterator[_Asked]:
    """Every run of the option's own, a share of them escalated, every request judged."""
    workload = scenario.workload
    per_minute = busiest_hour(workload, task_class).value / (workload.active_hours_per_day * MINUTES_PER_HOUR)
    tokens = task_class.input_tokens + task_class.output_tokens
    runs = task_class.runs_per_day * per_minute
    if own_sku is not None:
        yield _Asked(own_sku, runs, runs * tokens)
    share = task_class.escalation_share
    for sku, what in goes_to(task_class, own_sku):
        asked = task_class.requests_per_day * per_minute
        judge = task_class.judge
        if what == ESCALATION:
            asked *= share.value if share else 0.0
            yield _Asked(sku, asked, asked * tokens)
        elif judge is not None:
            yield _Asked(sku, asked, asked * (judge.input_tokens + judge.output_tokens))


def _stated(offer: TokenOffer) -> list[tuple[str, float]]:
    found = (("requests", offer.requests_per_minute), ("tokens", offer.tokens_per_minute))
    return [(what, amount) for what, amount in found if amount is not None]


def _own_sku(option: Option) -> str | None:
    return option.model if option.side is Side.DATACENTER and option.capacity is None else None


def _name(sku: str, what: str) -> str:
    return f"rate:{sku}:{what}"


def uses_by_option(
    scenario: Scenario, options: Mapping[str, tuple[Option, ...]]
) -> dict[tuple[str, str], dict[str, float]]:
    """`rate_uses` of all options, by class and option; none where no offer states a rate."""
    if not rate_limits(scenario):
        return {}
    classes = {each.name: each for each in scenario.workload.task_classes}
    return {
        (name, option.option_id): uses
        for name, those in options.items()
        for option in those
        if (uses := rate_uses(scenario, classes[name], option))
    }
