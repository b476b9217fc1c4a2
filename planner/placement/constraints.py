"""What forbids an option: each constraint gives its sentence with the figure and the limit."""

from __future__ import annotations

from planner import text
from planner.basis import Doubt, Quantity
from planner.capacities import Capacity
from planner.cost.escalation import ESCALATION, goes_to, offer_of
from planner.placement.options import Constraint, Violation
from planner.prices.kinds.instance import PurchaseOption
from planner.prices.offers import TokenOffer
from planner.scenario import Scenario
from planner.service.figures import Service
from planner.workload.deferral import is_deferrable
from planner.workload.task_classes import TaskClass


def leaving_the_device(task_class: TaskClass, target: str) -> tuple[Violation, ...]:
    """Privacy and offline needs forbid every target that is not the user's own device."""
    violations: list[Violation] = []
    if not task_class.may_leave_device:
        violations.append(
            Violation(
                constraint="privacy",
                sentence=f"{task_class.title} must not leave the device; {target} is elsewhere.",
            )
        )
    if task_class.needs_offline:
        violations.append(
            Violation(constraint="offline", sentence=f"{task_class.title} must work offline; {target} needs a network.")
        )
    return tuple(violations)


def residency(task_class: TaskClass, offer: TokenOffer, what: str) -> tuple[Violation, ...]:
    """A class that names places goes only where the vendor states that he processes it in one of them."""
    stated = offer.stated_places
    if task_class.may_be_in(stated):
        return ()
    says = f"its vendor states {', '.join(stated)}" if stated else "its vendor states no place"
    sentence = f"{task_class.title} may be processed in {' or '.join(task_class.residency)} only; for {what} {says}."
    return (Violation(constraint="residency", sentence=sentence),)


def capacity_residency(task_class: TaskClass, capacity: Capacity) -> tuple[Violation, ...]:
    """Capacity is where a class may be processed, or on premises: that meets any residency a class names.

    A residency bounds whose place work goes to when it leaves the organisation, and on premises it does not. The law of
    the country the box stands in binds all the same, so one that states no place is doubted (`where_it_stands`).
    """
    if capacity.on_premises or task_class.may_be_in(capacity.residency):
        return ()
    allowed = " or ".join(task_class.residency)
    is_in = f"is in {', '.join(capacity.residency)}" if capacity.residency else "states no place"
    sentence = f"{task_class.title} may be processed in {allowed} only; {capacity.title} {is_in}."
    return (Violation(constraint="residency", sentence=sentence),)


def where_it_stands(task_class: TaskClass, capacity: Capacity) -> tuple[Doubt, ...]:
    """A box on premises that states no place is taken to be in one that a class which names places allows."""
    if not task_class.residency or not capacity.on_premises or capacity.residency:
        return ()
    return (
        Doubt(
            kind="PlaceUnknown",
            subject=capacity.title,
            sentence=(
                f"{capacity.title} is on premises and states no place; classes bound to places are let on it because "
                "nothing leaves the organisation there."
            ),
            advice="Say where it stands, in its residency.",
        ),
    )


def interruptions(task_class: TaskClass, capacity: Capacity) -> tuple[Violation, ...]:
    """A spot machine may be taken away at any time, so only work that can wait goes there."""
    how = capacity.how
    if how.kind != "instance" or how.option is not PurchaseOption.SPOT or is_deferrable(task_class):
        return ()
    sentence = f"{task_class.title} cannot wait while {capacity.title}, on spot, looks for another machine."
    return (Violation(constraint="capacity", sentence=sentence),)


def further_targets(scenario: Scenario, task_class: TaskClass, own_sku: str | None) -> tuple[Violation, ...]:
    """Where an option escalates to, and who judges it, must be allowed what the option itself must be."""
    violations: list[Violation] = []
    for sku, what in goes_to(task_class, own_sku):
        offer = offer_of(scenario, sku)
        if offer is None:
            continue  # its cost is unknown, which forbids the option
        title = f"the {what} at {offer.title}"
        violations += [*leaving_the_device(task_class, title), *residency(task_class, offer, title)]
        if what == ESCALATION:
            violations += context_length(task_class, offer.title, offer.context_tokens)
    return tuple(violations)


def context_length(task_class: TaskClass, model: str, context_tokens: int | None) -> tuple[Violation, ...]:
    """The request must fit the model's context; an unknown context forbids nothing."""
    needed = task_class.input_tokens + task_class.output_tokens
    if context_tokens is None or needed <= context_tokens:
        return ()
    sentence = f"{needed:,} tokens do not fit the {context_tokens:,}-token context of {model}."
    return (Violation(constraint="context", sentence=sentence),)


def latency(task_class: TaskClass, service: Service, target: str) -> tuple[tuple[Violation, ...], tuple[Doubt, ...]]:
    """Both SLO bounds at the 95th percentile; an interval that straddles a bound is a doubt."""
    violations: list[Violation] = []
    doubts: list[Doubt] = []
    checks: tuple[tuple[Constraint, str, Quantity, float | None], ...] = (
        ("ttft_slo", "first token", service.ttft_p95_s, task_class.slo.ttft_p95_s),
        ("e2e_slo", "last token", service.e2e_p95_s, task_class.slo.e2e_p95_s),
    )
    for constraint, what, figure, bound_s in checks:
        if bound_s is None:
            continue
        if figure.value > bound_s:
            sentence = (
                f"{what.capitalize()} after {text.seconds(figure.value)} at p95 on {target}; "
                f"the SLO is {text.seconds(bound_s)}."
            )
            violations.append(Violation(constraint=constraint, sentence=sentence))
        elif figure.bounds[1] > bound_s:
            doubts.append(_margin(task_class, what, figure, bound_s, target))
    return tuple(violations), tuple(doubts)


def unknown_speed(task_class: TaskClass, target: str) -> tuple[Violation, ...]:
    """Where nobody stated how fast a target answers, no bound can be promised; without a bound nothing is forbidden."""
    slo = task_class.slo
    bounds = [
        f"{what} within {text.seconds(bound_s)}"
        for what, bound_s in (("the first token", slo.ttft_p95_s), ("the last token", slo.e2e_p95_s))
        if bound_s is not None
    ]
    if not bounds:
        return ()
    sentence = (
        f"Nobody stated how fast {target} answers, so {' and '.join(bounds)} cannot be promised; "
        "enter its measured speed, or drop the bound."
    )
    return (Violation(constraint="not_measured", sentence=sentence),)


def capacity(service: Service, cap: float, count: int) -> tuple[Violation, ...]:
    """One device may spend at most `cap` of its active hours, and its queue must clear in the busiest hour."""
    if service.utilization is None or service.peak_utilization is None:
        return ()
    if service.peak_utilization >= 1:
        each = "The one device" if count == 1 else f"Each of the {count:,} devices"
        sentence = (
            f"{each} would be asked for {text.share(service.peak_utilization)} of its time in the busiest hour; "
            "the queue never clears."
        )
        return (Violation(constraint="capacity", sentence=sentence),)
    if service.utilization > cap:
        sentence = (
            f"Each device would be busy {text.share(service.utilization)} of its active hours; "
            f"the cap is {text.share(cap)}."
        )
        return (Violation(constraint="capacity", sentence=sentence),)
    return ()


def memory(needed: Quantity | None, limit_bytes: int | None, model: str, target: str) -> tuple[Violation, ...]:
    """The model's peak memory must fit; where either is unknown nothing is forbidden."""
    if needed is None or limit_bytes is None or needed.value <= limit_bytes:
        return ()
    sentence = (
        f"{model} needs {text.size(needed.value)} of memory ({needed.basis.value}); "
        f"{target} has {text.size(limit_bytes)}."
    )
    return (Violation(constraint="memory", sentence=sentence),)


def _margin(task_class: TaskClass, what: str, figure: Quantity, bound_s: float, target: str) -> Doubt:
    return Doubt(
        kind="SloMargin",
        subject=task_class.name,
        sentence=(
            f"{task_class.title}: the {what} on {target} comes after {text.quantity(figure)} at p95; "
            f"the interval reaches beyond the SLO of {text.seconds(bound_s)}."
        ),
        advice=f"Measure it on {target}, or loosen the SLO.",
    )
