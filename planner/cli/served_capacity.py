"""A served model's speeds as the `[[capacities]]` of a scenario, so that a plan rests on the model, not on typing."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any, cast

from planner import text
from planner.basis import Quantity
from planner.cost.served_answer import ServedAnswer
from planner.errors import PlannerError, PriceError
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.offers import RemoteService
from planner.prices.rate_card import RateCard
from planner.prices.rate_cards import all_rate_cards

Fields = dict[str, Any]


def capacity_fields(answer: ServedAnswer, sku: str | None, region: str | None) -> Fields:
    """The fields of a `Capacity`, `how` only where a machine is named; refused where nothing can be served.

    Speeds are those of one machine: a machine that holds several replicas does their work together.
    """
    found, speeds = answer.replica, answer.speeds
    if speeds is None:
        raise PlannerError(found.why_not, remedy="Take more accelerators, larger ones, or a smaller weight format.")
    fields: Fields = {
        "name": re.sub(
            r"[^a-z0-9]+", "-", f"{found.model}-{found.weight_format}-{found.accelerators}x{found.accelerator}".lower()
        ),
        "title": f"{answer.serving.architecture.title} on {found.accelerators} × {found.accelerator}, {found.engine}",
        "model": found.model,
        "weight_format": found.weight_format,
    }
    replicas = 1
    if sku is not None:
        card, offer = _machine(sku, region)
        replicas = _replicas(offer, found.accelerators)
        fields["how"] = {
            "kind": "instance",
            "rate_card": card.profile_id,
            "sku": offer.sku,
            "region": offer.region,
            "option": "on_demand",
        }
    fields["prefill_tok_s"] = _figure(speeds.prefill_tok_s, replicas)
    fields["decode_tok_s"] = _figure(speeds.decode_tok_s, replicas)
    if answer.service is not None:
        fields["service"] = _service(answer.service)
    headroom = _headroom(answer)
    if headroom is not None:
        fields["headroom"] = headroom
    return fields


def as_toml(fields: Fields, answer: ServedAnswer) -> str:
    """The fields as TOML to paste into a scenario, with a line on what they rest on."""
    found, at_per_s = answer.replica, answer.service_per_s
    shape = f"{found.input_tokens:,} + {found.output_tokens:,} tokens"
    rate = "" if at_per_s is None else f"; service at {text.significant(at_per_s)} requests/s a replica"
    lines = [f"# «edgewise serve-model»: {shape}{rate}. Estimated; a load test of your own goes before it."]
    if "how" not in fields:
        lines.append("# Name the machine in `how`, or let --sku do it: a kind, rate_card, sku, region and option.")
    lines.append("[[capacities]]")
    lines += [f"{name} = {_toml(value)}" for name, value in fields.items()]
    return "\n".join(lines)


def _headroom(answer: ServedAnswer) -> float | None:
    """Largest utilization that keeps the SLO: its rate times a request's seconds; None where no SLO is stated."""
    capacity, speeds = answer.capacity, answer.speeds
    if capacity is None or speeds is None or not capacity.rate_per_s or not answer.serving.has_slo:
        return None
    stream = answer.serving.stream
    busy_s = stream.mean_input / speeds.prefill_tok_s.value + stream.mean_output / speeds.decode_tok_s.value
    return min(1.0, capacity.rate_per_s * busy_s)


def _machine(sku: str, region: str | None) -> tuple[RateCard, InstanceOffer]:
    for card in all_rate_cards():
        for offer in card.offers:
            if isinstance(offer, InstanceOffer) and offer.sku == sku and region in (None, offer.region):
                return card, offer
    raise PriceError(f"no machine is called {sku!r}", where="--sku")


def _replicas(offer: InstanceOffer, accelerators: int) -> int:
    held = 0.0 if offer.accelerator is None else offer.accelerator.count
    if held < accelerators:
        raise PriceError(
            f"{offer.sku} holds {held:g} accelerators, and one replica takes {accelerators}",
            where="--sku",
            remedy="Name a larger machine, or lower --count.",
        )
    return int(held // accelerators)


def _figure(figure: Quantity, replicas: int) -> Fields:
    low, high = figure.bounds
    source = figure.source if replicas == 1 else f"{replicas} replicas, each: {figure.source}"
    return _quantity(
        figure.model_copy(
            update={
                "value": figure.value * replicas,
                "low": low * replicas,
                "high": high * replicas,
                "source": source,
            }
        )
    )


def _service(service: RemoteService) -> Fields:
    return {"ttft_s": _quantity(service.ttft_s), "decode_tok_s": _quantity(service.decode_tok_s)}


def _quantity(figure: Quantity) -> Fields:
    return figure.model_dump(mode="json", exclude_none=True)


def _toml(value: object) -> str:
    """A value in one line of TOML; the day of a figure is a date there, not a text."""
    if isinstance(value, dict):
        parts = [f"{key} = {_toml_field(key, each)}" for key, each in cast("dict[str, object]", value).items()]
        return "{ " + ", ".join(parts) + " }"
    return json.dumps(value, ensure_ascii=False)


def _toml_field(key: str, value: object) -> str:
    if key == "as_of" and isinstance(value, str):
        return date.fromisoformat(value).isoformat()
    return _toml(value)
