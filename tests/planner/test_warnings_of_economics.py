"""Every warning economics.md §6 asks for: the smallest change of a bundled scenario that raises it, and not before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest

from planner.basis import Basis, Doubt, Quantity
from planner.horizon import Horizon, OneOff
from planner.outlook.break_even import break_even
from planner.outlook.break_even_view import By
from planner.outlook.horizon import horizon_of
from planner.outlook.true_costs import true_costs
from planner.placement.plan import Plan
from planner.planning import plan
from planner.prices.kinds.instance import (
    Commitment,
    CommitmentCategory,
    InstanceOffer,
    InstancePrice,
    PurchaseOption,
)
from planner.prices.offers import TokenOffer
from planner.samples.catalog import sample, sample_names
from planner.scenario import Scenario, UnknownQuality
from planner.units import Unit
from planner.workload.task_classes import Slo

OFFICE, CLINIC, SUPPORT = "office-assistant", "clinic-notes", "support-center"
LAPTOP = "Copilot+ laptop, Snapdragon X Elite, 16 GB"
RENTED, OWNED = "rented-l40s", "owned-l40s"
RENTED_TITLE, OWNED_TITLE = (
    "Llama 3.1 8B on rented L40S, Nebius eu-north1",
    "Llama 3.1 8B on a box of one's own with an L40S",
)
SKU = "groq/openai/gpt-oss-20b"  # chosen in every sample by some class

Change = Callable[[Scenario], Scenario]
Where = Callable[[Scenario], tuple[Doubt, ...]]


def figure(value: float, unit: Unit, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, unit=unit, basis=Basis.ASSUMED, low=low, high=high, source="test")


@cache
def bundled(name: str) -> tuple[Scenario, Plan]:
    scenario = sample(name)
    return scenario, plan(scenario)


def planned(scenario: Scenario) -> Plan:
    known = [made for given, made in (bundled(name) for name in sample_names()) if given is scenario]
    return known[0] if known else plan(scenario)


def in_plan(scenario: Scenario) -> tuple[Doubt, ...]:
    return planned(scenario).doubts


def in_costs(scenario: Scenario) -> tuple[Doubt, ...]:
    return true_costs(scenario).doubts


def in_horizon(scenario: Scenario) -> tuple[Doubt, ...]:
    return horizon_of(scenario, planned(scenario)).doubts


def in_break_even(by: By) -> Where:
    return lambda scenario: break_even(scenario, by, plan=planned(scenario)).doubts


def with_(scenario: Scenario, **parts: object) -> Scenario:
    return Scenario.model_validate(dict(scenario) | parts)


def with_workload(scenario: Scenario, **parts: object) -> Scenario:
    return with_(scenario, workload=scenario.workload.model_copy(update=parts))


def with_class(scenario: Scenario, name: str, **parts: object) -> Scenario:
    classes = tuple(
        type(each).model_validate(dict(each) | parts) if each.name == name else each
        for each in scenario.workload.task_classes
    )
    return with_workload(scenario, task_classes=classes)


def with_capacity(scenario: Scenario, name: str, **parts: object) -> Scenario:
    capacities = tuple(each.model_copy(update=parts) if each.name == name else each for each in scenario.capacities)
    return with_(scenario, capacities=capacities)


def with_policy(scenario: Scenario, **parts: object) -> Scenario:
    return with_(scenario, policy=scenario.policy.model_copy(update=parts))


def with_ownership(scenario: Scenario, **parts: object) -> Scenario:
    (fleet,) = scenario.fleets
    owned = fleet.profile.ownership.model_copy(update=parts)
    profile = fleet.profile.model_copy(update={"ownership": owned})
    return with_(scenario, fleets=(fleet.model_copy(update={"profile": profile}),))


def with_horizon(scenario: Scenario, **parts: object) -> Scenario:
    return with_(scenario, horizon=Horizon.model_validate(dict(scenario.horizon) | parts))


def with_machine(scenario: Scenario, *prices: InstancePrice) -> Scenario:
    """The rented machine at other prices."""
    (card,) = scenario.rate_cards
    (offer,) = card.offers
    assert isinstance(offer, InstanceOffer)
    return with_(scenario, rate_cards=(card.model_copy(update={"offers": (_repriced(offer, *prices),)}),))


def _repriced(offer: InstanceOffer, *prices: InstancePrice) -> InstanceOffer:
    return InstanceOffer.model_validate(dict(offer) | {"prices": prices})


def machine(scenario: Scenario) -> InstancePrice:
    (price,) = (price for card in scenario.rate_cards for offer in card.offers for price in offer.prices)
    assert isinstance(price, InstancePrice)
    return price


def idle_class_alone_on_it(scenario: Scenario) -> Scenario:
    return with_class(
        with_capacity(scenario, RENTED, task_classes=("customer-chat",)), "customer-chat", requests_per_day=0.0
    )


def busy_laptops(scenario: Scenario) -> Scenario:
    """A hundred times the notes, evenly over the day and in no hurry, on laptops that may be busy all the time."""
    flat = with_workload(scenario, peak_to_mean=figure(1, "count"))
    (note,) = (each for each in flat.workload.task_classes if each.name == "visit-note")
    busy = with_class(flat, "visit-note", requests_per_day=110 * note.requests_per_day, slo=Slo())
    return with_policy(busy, device_contention_cap=1.0)


def machines_by_the_active_hour(scenario: Scenario) -> Scenario:
    """Given back outside active hours and filled to the brim, with enough work that comes evenly."""
    (chat,) = (each for each in scenario.workload.task_classes if each.name == "customer-chat")
    more = with_class(scenario, "customer-chat", requests_per_day=1.3 * chat.requests_per_day)
    flat = with_workload(more, peak_to_mean=figure(1, "count"))
    (rented,) = (each for each in flat.capacities if each.name == RENTED)
    how = rented.how.model_copy(update={"hours": "active"})
    return with_capacity(flat, RENTED, how=how, headroom=1.0, spare=0)


def old_prices(days: int) -> Change:
    return lambda scenario: with_(scenario, as_of=scenario.prices.data_as_of + timedelta(days=days))


def introductory_tokens(scenario: Scenario) -> Scenario:
    until = date(2027, 6, 1)
    offers: list[TokenOffer] = []
    for offer in scenario.prices.offers:
        if offer.sku != SKU:
            offers.append(offer)
            continue
        first, *others = offer.prices
        now = first.model_copy(update={"introductory": True, "effective_to": until})
        later = first.model_copy(update={"effective_from": until})
        offers.append(TokenOffer.model_validate(dict(offer) | {"prices": (now, later, *others)}))
    return with_(scenario, prices=scenario.prices.model_copy(update={"offers": tuple(offers)}))


def introductory_machine(scenario: Scenario) -> Scenario:
    until, price = date(2027, 6, 1), machine(scenario)
    now = price.model_copy(update={"introductory": True, "effective_to": until})
    return with_machine(scenario, now, price.model_copy(update={"effective_from": until}))


def promised_machine(scenario: Scenario) -> Scenario:
    """The same model on the same machine, promised for a year."""
    price = machine(scenario)
    term = Commitment(category=CommitmentCategory.USAGE, term_months=12)
    promise = price.model_copy(
        update={"option": PurchaseOption.COMMITMENT, "commitment": term, "usd_per_h": Decimal("1.10")}
    )
    both = with_machine(scenario, price, promise)
    (rented,) = (each for each in both.capacities if each.name == RENTED)
    how = rented.how.model_copy(update={"option": PurchaseOption.COMMITMENT, "term_months": 12})
    promised = rented.model_copy(update={"name": "promised", "title": "Promised", "how": how})
    return with_(both, capacities=(*both.capacities, promised))


def another_card(factor: int) -> Change:
    """The machine on a second card, at so many times the price."""

    def changed(scenario: Scenario) -> Scenario:
        (card,) = scenario.rate_cards
        (offer,) = card.offers
        assert isinstance(offer, InstanceOffer)
        price = machine(scenario)
        other = card.model_copy(
            update={
                "profile_id": "second-card",
                "title": "Second card",
                "offers": (_repriced(offer, price.model_copy(update={"usd_per_h": factor * (price.usd_per_h or 0)})),),
            }
        )
        return with_(scenario, rate_cards=(card, other))

    return changed


def repeats(**shares: object) -> Change:
    return lambda scenario: with_class(scenario, "chat", **shares)


RETRIES = {"retry_share": figure(0.05, "share")}
ESCALATIONS = {"escalation_share": figure(0.05, "share"), "escalates_to": SKU}


def paid_once(scenario: Scenario) -> Scenario:
    """Integration of one class on laptops, that the base case does without: so much that it takes over two years."""
    once = OneOff(
        name="Integration", kind="integration", usd=Decimal(1000), side="edge", task_classes=("mail-summary",)
    )
    return with_horizon(scenario, one_offs=(once,))


def cheap_machine_for_anyone(usd_per_h: str) -> Change:
    """At this price, and with metered tokens to be weighed against: every class may be processed anywhere."""

    def changed(scenario: Scenario) -> Scenario:
        classes = tuple(each.model_copy(update={"residency": ()}) for each in scenario.workload.task_classes)
        price = machine(scenario).model_copy(update={"usd_per_h": Decimal(usd_per_h)})
        return with_machine(with_workload(scenario, task_classes=classes), price)

    return changed


@dataclass(frozen=True)
class Row:
    """A warning, where it is said and of what, the change that raises it, and changes that must not."""

    kind: str
    name: str
    where: Where
    change: Change
    subject: str = ""
    harmless: tuple[Change, ...] = ()


ROWS = (
    Row("UtilizationUnknown", SUPPORT, in_costs, idle_class_alone_on_it, RENTED_TITLE),
    Row("HighUtilization", CLINIC, in_plan, busy_laptops, LAPTOP),
    Row("HighUtilization", SUPPORT, in_costs, machines_by_the_active_hour, RENTED_TITLE),
    Row(
        "PowerOffNameplate",
        OFFICE,
        in_plan,
        lambda given: with_ownership(given, active_w=figure(30, "W"), nameplate_w=figure(65, "W")),
        LAPTOP,
        (lambda given: with_ownership(given, active_w=figure(30, "W"), nameplate_w=figure(38, "W")),),
    ),
    Row("StalePrices", OFFICE, in_plan, old_prices(61), harmless=(old_prices(60),)),
    Row("IntroductoryEnds", OFFICE, in_horizon, introductory_tokens, SKU),
    Row("IntroductoryEnds", SUPPORT, in_costs, introductory_machine),
    Row("OnDemandAgainstCommitted", SUPPORT, in_costs, promised_machine, "Promised"),
    Row(
        "SinglePointDecline",
        SUPPORT,
        in_horizon,
        lambda given: with_horizon(given, token_price_change_per_year=figure(-0.3, "share")),
        "token prices",
    ),
    Row(
        "QualityUnmeasured",
        OFFICE,
        in_plan,
        lambda given: with_policy(given, unknown_quality=UnknownQuality.FLAG),
    ),
    Row("HorizonBeyondLife", CLINIC, in_horizon, lambda given: with_horizon(given, years=5.0), LAPTOP),
    Row(
        "HorizonBeyondLife",
        SUPPORT,
        in_horizon,
        lambda given: with_horizon(given, years=5.0),
        OWNED_TITLE,
        (lambda given: with_horizon(given, years=4.0),),
    ),
    Row("BreakEvenBeyond24Months", OFFICE, in_horizon, paid_once),
    Row("BreakEvenBeyond24Months", OFFICE, in_break_even("months"), paid_once),
    Row(
        "BreakEvenOutOfReach",
        SUPPORT,
        in_break_even("utilization"),
        cheap_machine_for_anyone("0.40"),
        harmless=(cheap_machine_for_anyone("0.04"), cheap_machine_for_anyone("1.50")),
    ),
    Row("ContradictingPrices", SUPPORT, in_plan, another_card(2), harmless=(another_card(1),)),
    Row(
        "StackedShares",
        OFFICE,
        in_plan,
        repeats(**RETRIES, **ESCALATIONS),
        "chat",
        (repeats(**RETRIES), repeats(**ESCALATIONS)),
    ),
    Row(
        "BatchingUnused",
        SUPPORT,
        in_costs,
        lambda given: with_capacity(given, RENTED, decode_tok_s=figure(10_000, "tok/s")),
        RENTED,
        (lambda given: with_capacity(given, RENTED, decode_tok_s=figure(6_000, "tok/s")),),
    ),
)


def raised(row: Row, scenario: Scenario) -> list[Doubt]:
    return [
        doubt
        for doubt in row.where(scenario)
        if doubt.kind == row.kind and (not row.subject or row.subject in doubt.subject)
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.name}")
def test_a_warning_is_raised_by_its_cause_and_not_without_it(row: Row) -> None:
    scenario, _ = bundled(row.name)
    assert not raised(row, scenario)
    for change in row.harmless:
        assert not raised(row, change(scenario))
    found = raised(row, row.change(scenario))
    assert found
    for doubt in found:
        assert doubt.sentence.endswith(".")
        assert doubt.advice.endswith((".", "--soak."))
        assert "None" not in doubt.sentence


@pytest.mark.parametrize("name", sample_names())
def test_a_blended_price_is_always_at_the_class_s_own_ratio(name: str) -> None:
    """So there is nothing to warn of: no option knows another ratio."""
    scenario, result = bundled(name)
    classes = result.classes_of(scenario)
    compared = 0
    for placement in result.placements:
        asked = classes[placement.task_class]
        for option in placement.options:
            if option.cost is not None:
                assert option.cost.blended_ratio == pytest.approx(asked.input_tokens / asked.output_tokens, rel=1e-12)
                compared += 1
    assert compared
