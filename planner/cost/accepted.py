"""From the parts of a request's bill to the true cost of an accepted result (economics.md §2)."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.special import betaincinv  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.cost.ends import ends, sure
from planner.cost.figures import Cost, CostPart, Driver, HardwareView
from planner.cost.part_sums import joint_input_share, running, scaled, sum_of, total
from planner.cost.token_views import OnDevice, Unused, at_utilization, convention, in_and_out
from planner.units import TOKENS_PER_MTOK
from planner.workload.task_classes import TaskClass


def acceptance_of(task_class: TaskClass, model: str, weight_format: str | None, assumed: Quantity) -> Quantity:
    """The accepted share of this model's results: the user's own evaluation, else the scenario's assumption.

    Own evaluation: accepted/of with the 95 % interval of Beta(accepted + 1, rejected + 1).
    """
    for row in task_class.acceptances:
        if (row.model, row.weight_format) == (model, weight_format):
            share = row.accepted / row.of
            low, high = (
                float(betaincinv(row.accepted + 1, row.of - row.accepted + 1, tail))  # pyright: ignore[reportUnknownArgumentType]
                for tail in (0.025, 0.975)
            )
            return Quantity(
                value=share,
                unit="share",
                basis=Basis.MEASURED,
                low=min(low, share),
                high=max(high, share),
                source=row.source or f"own evaluation, {row.accepted} of {row.of}",
            )
    return assumed


def retry_parts(parts: Sequence[CostPart], task_class: TaskClass) -> tuple[CostPart, ...]:
    """Each part again for the share of requests that run a second time, one line for each price they follow."""
    retried = task_class.retry_share
    if retried is None or retried.bounds[1] == 0:
        return ()
    by_driver: dict[Driver, list[CostPart]] = {}
    for part in parts:
        if part.high_usd:
            by_driver.setdefault(part.driver, []).append(part)
    found: list[CostPart] = []
    for driver, same in by_driver.items():
        usd = sum_of(same) * ends(retried)
        names = ", ".join(part.name for part in same)
        found.append(
            CostPart(
                name="retries" if len(by_driver) == 1 else f"retries ({names})",
                usd_per_request=usd.value,
                low_usd=usd.low,
                high_usd=usd.high,
                basis=weakest(retried.basis, *(part.basis for part in same)),
                how=f"{text.share(retried.value)} of requests run again: {names}",
                driver=driver,
                input_share=joint_input_share(same),
            )
        )
    return tuple(found)


def quality_parts(task_class: TaskClass, acceptance: Quantity) -> tuple[CostPart, ...]:
    """Review of results and the cost of rejected ones, per request; absent where the class names no price."""
    parts: list[CostPart] = []
    if task_class.review_usd is not None:
        review = float(task_class.review_usd)
        checked = task_class.review_share
        usd = sure(review) if checked is None else sure(review) * ends(checked)
        parts.append(
            CostPart(
                name="review",
                usd_per_request=usd.value,
                low_usd=usd.low,
                high_usd=usd.high,
                basis=Basis.ASSUMED,
                how=f"{text.money(review)} a result"
                + ("" if checked is None else f", {text.share(checked.value)} of them checked"),
            )
        )
    if task_class.failure_usd is not None:
        failure = float(task_class.failure_usd)
        low, high = acceptance.bounds
        parts.append(
            CostPart(
                name="rejected results",
                usd_per_request=failure * (1 - acceptance.value),
                low_usd=failure * (1 - high),
                high_usd=failure * (1 - low),
                basis=weakest(Basis.ASSUMED, acceptance.basis),
                how=f"{text.share(1 - acceptance.value)} rejected at {text.money(failure)} each",
            )
        )
    return tuple(parts)


def cost_of(
    parts: Sequence[CostPart],
    missing: Sequence[str],
    *,
    acceptance: Quantity,
    task_class: TaskClass,
    requests_per_month: float,
    hardware_views: tuple[HardwareView, ...] = (),
    further: Sequence[CostPart] = (),
    device: OnDevice | None = None,
    not_charged: Sequence[str] = (),
) -> Cost:
    """Totals of one option; none at all where a part is missing (CONVENTION §3).

    `parts` are those of one run; retries repeat them, and `further` are escalations and judges. Per accepted result =
    (inference + retries + escalations + review + (1 − a)·failure)/a with a the accepted share (economics.md §2, true
    cost); unknown where a is 0.
    """
    extra = quality_parts(task_class, acceptance)
    tokens = task_class.input_tokens + task_class.output_tokens
    priced = not missing
    every = (*parts, *retry_parts(parts, task_class), *further)
    bill = total(every) if priced else None
    accepted = _per_accepted(total((*every, *extra)), acceptance) if priced else None
    apart = in_and_out(every, task_class) if priced else (None, None)
    unused = at_utilization(every, task_class, device) if priced else Unused(reason="the cost is unknown")
    return Cost(
        parts=every,
        quality_parts=extra,
        missing=tuple(missing),
        usd_per_request=bill,
        usd_per_accepted=accepted,
        usd_per_month=None if bill is None else scaled(bill, requests_per_month, "USD/month"),
        true_usd_per_month=None if accepted is None else scaled(accepted, requests_per_month, "USD/month"),
        usd_per_mtok=None if bill is None else scaled(bill, TOKENS_PER_MTOK / tokens, "USD/Mtok"),
        blended_ratio=task_class.input_tokens / task_class.output_tokens,
        acceptance=acceptance,
        hardware_views=tuple(_whole(view, every, extra, acceptance, tokens) for view in hardware_views)
        if priced
        else hardware_views,
        usd_per_mtok_in=apart[0],
        usd_per_mtok_out=apart[1],
        convention=convention(every),
        utilization=None if device is None else device.utilization,
        usd_per_mtok_at_utilization=unused.at_utilization,
        usd_per_mtok_at_full_utilization=unused.at_full,
        utilization_reason=unused.reason,
        not_charged=tuple(not_charged),
    )


def _per_accepted(true: Quantity, acceptance: Quantity) -> Quantity | None:
    """What a request costs over the share of results accepted; None where none is."""
    if acceptance.value <= 0:
        return None
    low_a, high_a = acceptance.bounds
    value = true.value / acceptance.value
    return Quantity(
        value=value,
        unit="USD/request",
        basis=weakest(true.basis, acceptance.basis),
        low=min(value, true.bounds[0] / high_a),
        high=max(value, true.bounds[1] / low_a) if low_a > 0 else max(value, true.bounds[1] / acceptance.value),
    )


def _whole(
    view: HardwareView, parts: Sequence[CostPart], extra: Sequence[CostPart], acceptance: Quantity, tokens: int
) -> HardwareView:
    """The view with what the whole option costs under its policy: the bill's hardware replaced by the view's."""
    if view.usd_per_request is None:
        return view
    hardware = CostPart(
        name="hardware",
        usd_per_request=view.usd_per_request,
        low_usd=view.usd_per_request if view.low_usd is None else view.low_usd,
        high_usd=view.usd_per_request if view.high_usd is None else view.high_usd,
        basis=view.basis,
        how=view.reason,
    )
    bill = (*running(parts), hardware)
    return view.model_copy(
        update={
            "usd_per_accepted": _per_accepted(total((*bill, *extra)), acceptance),
            "usd_per_mtok": scaled(total(bill), TOKENS_PER_MTOK / tokens, "USD/Mtok"),
        }
    )
