"""What a request costs at other managed models: those it escalates to, and those that route or judge it."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.basis import Basis, Doubt, Quantity, weakest
from planner.cost.ends import Ends, ends, sure
from planner.cost.figures import CostPart
from planner.cost.metered import metered_request
from planner.cost.part_sums import joint_input_share, sum_of
from planner.errors import PriceError
from planner.prices.offers import TokenOffer
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass

ESCALATION = "escalation"
JUDGE = "router or judge"


@dataclass(frozen=True)
class Further:
    """Parts beside those of the target itself, and what of them has no price."""

    parts: tuple[CostPart, ...] = ()
    missing: tuple[str, ...] = ()
    warnings: tuple[Doubt, ...] = ()


def further_parts(scenario: Scenario, task_class: TaskClass, own_sku: str | None) -> Further:
    """Escalations and judge of one request of the class on a target (economics.md §2: a cascade pays both).

    A share x of requests is asked again, whole, of another offer, whose price of the same request they also pay. What
    runs there already does not escalate. A judge's tokens are counted for every request.
    """
    found: list[Further] = []
    share = task_class.escalation_share
    if share is not None and share.bounds[1] > 0 and task_class.escalates_to not in {None, own_sku}:
        found.append(_asked(scenario, task_class, str(task_class.escalates_to), ESCALATION, share))
    judge = task_class.judge
    if judge is not None:
        reading = task_class.model_copy(
            update={"input_tokens": judge.input_tokens, "output_tokens": judge.output_tokens, "cached_share": 0.0}
        )
        found.append(_asked(scenario, reading, judge.sku, JUDGE, None))
    return Further(
        parts=tuple(part for each in found for part in each.parts),
        missing=tuple(reason for each in found for reason in each.missing),
        warnings=tuple(doubt for each in found for doubt in each.warnings),
    )


def goes_to(task_class: TaskClass, own_sku: str | None) -> tuple[tuple[str, str], ...]:
    """Where requests of the class also go: the sku of each offer, with what goes there."""
    share = task_class.escalation_share
    places: list[tuple[str, str]] = []
    if task_class.escalates_to is not None and task_class.escalates_to != own_sku and share and share.bounds[1] > 0:
        places.append((task_class.escalates_to, ESCALATION))
    if task_class.judge is not None:
        places.append((task_class.judge.sku, JUDGE))
    return tuple(places)


def offer_of(scenario: Scenario, sku: str) -> TokenOffer | None:
    """The scenario's offer of this name."""
    return next((offer for offer in scenario.prices.offers if offer.sku == sku), None)


def _asked(scenario: Scenario, request: TaskClass, sku: str, name: str, share: Quantity | None) -> Further:
    """One part: a share of requests (None: all of them) at the offer's price of this request."""
    offer = offer_of(scenario, sku)
    if offer is None:
        return Further(missing=(f"the scenario holds no offer {sku} for the {name}",))
    try:
        priced = metered_request(
            offer,
            request,
            scenario.as_of,
            quotes=scenario.prices.quotes,
            active_hours_per_day=scenario.workload.active_hours_per_day,
        )
    except PriceError as error:
        return Further(missing=(f"the {name} at {sku} has no price: {error.what}",))
    rows = priced.parts
    each = sum_of(rows)
    usd: Ends = each * (sure(1.0) if share is None else ends(share))
    who = "every request" if share is None else f"{text.share(share.value)} of requests"
    part = CostPart(
        name=name,
        usd_per_request=usd.value,
        low_usd=usd.low,
        high_usd=usd.high,
        basis=weakest(*(row.basis for row in rows), Basis.PUBLISHED if share is None else share.basis),
        how=f"{who} at {sku}, {text.money(each.value)} each",
        driver="token_price",
        input_share=joint_input_share(rows),
    )
    return Further(parts=(part,), warnings=priced.warnings)
