"""A plan's month as FOCUS charges: the tokens it buys, and every capacity beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.cost.escalation import goes_to
from planner.cost.figures import CostPart
from planner.cost.focus import Charge, focus_text
from planner.errors import PriceError
from planner.outlook.focus_capacities import REQUESTS, capacity_charges
from planner.placement.options import Option, Placement, Side
from planner.placement.user_groups import by_user_group
from planner.planning import Plan, plan
from planner.prices.costing import CostingRow
from planner.prices.offers import TokenOffer
from planner.prices.usage import TokenUsage, price_usage
from planner.scenario import Scenario
from planner.units import TOKENS_PER_MTOK

TOKENS = "1000000 Tokens"


def focus_csv(scenario: Scenario) -> str:
    """The month that begins on the scenario's day as FOCUS 1.2 CSV.

    Rows of role «chosen» are what the plan buys: tokens, and the capacities in use with the classes placed there, what
    they repeat until it is accepted included. Rows of role «alternative» are the scenario's other capacities, each
    with all its classes on it, and are in no total of the plan. What runs on devices is no vendor's charge. A capacity
    without a price is left out, since a cost may not be empty.
    """
    scenario = by_user_group(scenario)
    made = plan(scenario)
    return focus_text([*_chosen(scenario, made), *capacity_charges(scenario, made.capacity_loads)])


def _chosen(scenario: Scenario, made: Plan) -> Iterator[Charge]:
    """Every line of a metered class; of one on a capacity or a device what it asks of other offers."""
    offers = {offer.sku: offer for offer in scenario.prices.offers}
    classes = {each.name: each for each in scenario.workload.task_classes}
    for placement in made.placements:
        option = placement.chosen
        if option is None or option.cost is None:
            continue
        is_metered = option.side is Side.DATACENTER and option.capacity is None
        sold_by = {what: sku for sku, what in goes_to(classes[placement.task_class], option.model)}
        for part in option.cost.parts:
            sku = sold_by.get(part.name, option.model if is_metered else None)
            if sku in offers:
                yield _token_charge(scenario, placement, option, offers[sku], part)


def _token_charge(
    scenario: Scenario, placement: Placement, option: Option, offer: TokenOffer, part: CostPart
) -> Charge:
    """A line of the class's bill with its tokens where it has a rate, else by the request; the money is the plan's."""
    paid, listed = (_rate(scenario, placement, offer, part, quoted=quoted) for quoted in (True, False))
    usd = part.usd_per_request * placement.requests_per_month
    quantity, unit = placement.requests_per_month, REQUESTS
    contracted: float | None = part.usd_per_request
    list_usd: float | None = part.usd_per_request
    if paid is not None:
        quantity, unit = float(paid.quantity) * placement.requests_per_month / TOKENS_PER_MTOK, TOKENS
        contracted = float(paid.unit_price_usd)
        if quantity and not math.isclose(contracted * quantity, usd):
            contracted = usd / quantity  # the class names a place, and the vendor multiplies its prices there
        list_usd = None if listed is None else float(listed.unit_price_usd)
    return Charge(
        provider=offer.vendor,
        service=f"{offer.vendor} API",
        category="AI and Machine Learning",
        sku=offer.sku,
        description=f"{placement.title}: {part.name}, {part.how}",
        billed_usd=usd,
        effective_usd=usd,
        on=scenario.as_of,
        quantity=quantity,
        unit=unit,
        list_usd=list_usd,
        contracted_usd=contracted,
        resource=option.option_id,
        task_classes=(placement.task_class,),
        basis=part.basis,
        source=offer.source,
    )


def _rate(
    scenario: Scenario, placement: Placement, offer: TokenOffer, part: CostPart, *, quoted: bool
) -> CostingRow | None:
    """The token price behind a line, with the user's quotes or without; None for retries, fees and hourly prices."""
    task_class = next(each for each in scenario.workload.task_classes if each.name == placement.task_class)
    usage = TokenUsage(
        input_tokens=task_class.input_tokens,
        cached_tokens=round(task_class.input_tokens * task_class.cached_share),
        output_tokens=task_class.output_tokens,
    )
    quotes = scenario.prices.quotes if quoted else ()
    try:
        rows = price_usage(offer, usage, on=scenario.as_of, quotes=quotes).rows
    except PriceError:
        return None
    return next((row for row in rows if row.what == part.name and row.unit == "token"), None)
