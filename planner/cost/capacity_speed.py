"""How fast one unit of a capacity is: as the machine was measured, or as the vendor states the throughput of a unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.capacities import Capacity, OwnedBox, RentedMachine, ReservedUnits
from planner.cost.month_load import TokenLoad, busy_machine_hours
from planner.cost.provisioned import throughput_per_s, unit_model, weights_of
from planner.errors import ScenarioError
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.kinds.provisioned import ProvisionedOffer
from planner.prices.rate_card import RateCard
from planner.scenario import Scenario
from planner.service.curves import Edge
from planner.units import SECONDS_PER_HOUR


@dataclass(frozen=True)
class Speed:
    """Tokens per second of one unit busy with one kind alone, and from where; cached tokens may take part of it."""

    prefill_tok_s: Quantity
    decode_tok_s: Quantity
    cached_tok_s: Quantity | None = None  # None: cached tokens take nothing

    def busy_hours(self, load: TokenLoad, edge: Edge) -> float:
        """Hours one unit would be busy with the month, at one end of its speeds."""
        hours = busy_machine_hours(load, _at(self.prefill_tok_s, edge), _at(self.decode_tok_s, edge))
        if self.cached_tok_s is None:
            return hours
        return hours + load.cached_tokens / _at(self.cached_tok_s, edge) / SECONDS_PER_HOUR

    @property
    def basis(self) -> Basis:
        """The weaker of the two."""
        return weakest(self.prefill_tok_s.basis, self.decode_tok_s.basis)


def speed_of(scenario: Scenario, capacity: Capacity) -> Speed | None:
    """The speed of one unit of this capacity; None where nothing says it."""
    how = capacity.how
    match how:
        case ReservedUnits():
            card, offer = sold(scenario, how)
            return reserved_speed(card, offer, how.unit_model)[0] if offer.kind == "provisioned" else None
        case RentedMachine() | OwnedBox():
            return machine_speed(capacity)
        case _:
            assert_never(how)


def sold(scenario: Scenario, how: RentedMachine | ReservedUnits) -> tuple[RateCard, InstanceOffer | ProvisionedOffer]:
    """The offer that is bought, with its rate card."""
    for card in scenario.rate_cards:
        for offer in card.offers:
            is_sold = offer.kind in {"instance", "provisioned"} and card.profile_id == how.rate_card
            if is_sold and (offer.kind, offer.sku, getattr(offer, "region", "")) == (how.kind, how.sku, how.region):
                return card, offer  # pyright: ignore[reportReturnType]
    raise ScenarioError(f"no {how.kind} offer {how.sku!r} in {how.rate_card!r}", remedy="Add its rate card.")


def machine_speed(capacity: Capacity) -> Speed | None:
    """As the capacity states it."""
    if capacity.prefill_tok_s is None or capacity.decode_tok_s is None:
        return None
    return Speed(capacity.prefill_tok_s, capacity.decode_tok_s)


def reserved_speed(card: RateCard, offer: ProvisionedOffer, name: str) -> tuple[Speed | None, tuple[str, ...]]:
    """A unit's throughput over each weight: how fast it is with that kind of token alone."""
    model = unit_model(offer, name)
    weights, unit_tok_s = weights_of(model), throughput_per_s(model)
    reasons = tuple(each for each in (weights, unit_tok_s) if isinstance(each, str))
    if isinstance(weights, str) or isinstance(unit_tok_s, str):
        return None, reasons
    provenance = card.provenance

    def speed(weight: float) -> Quantity | None:
        if weight <= 0:
            return None
        return Quantity(
            value=unit_tok_s / weight,
            unit="tok/s",
            basis=provenance.confidence.basis,
            source=f"{text.exact(model.throughput_per_unit)} a unit, weight {text.exact(weight)}: {provenance.source}",
            as_of=provenance.retrieved,
        )

    prefill, decode = speed(weights.input_weight), speed(weights.output_weight)
    if prefill is None or decode is None:
        return None, (f"{name} weighs tokens with nothing, so no unit is ever full",)
    return Speed(prefill, decode, speed(weights.cached_weight)), ()


def _at(figure: Quantity, edge: Edge) -> float:
    low, high = figure.bounds
    return {"low": max(low, figure.value / 10), "value": figure.value, "high": high}[edge]
