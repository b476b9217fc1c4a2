"""JSON Schema (draft 2020-12) of every document the program reads and of every kind of offer in a rate card."""

from __future__ import annotations

import difflib
from typing import Any, NamedTuple

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import DecimalSchema

from planner.documents import Frozen
from planner.errors import UnknownNameError
from planner.placement.plan import SavedPlan
from planner.prices.kinds.charges import EgressOffer, RequestOffer, StorageOffer
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.kinds.local import EdgeDeviceOffer, EnergyOffer
from planner.prices.kinds.provisioned import ProvisionedOffer
from planner.prices.offers import PriceProfile, TokenOffer
from planner.prices.rate_card import RateCard
from planner.profiles.profile import DeviceProfile
from planner.scenario import Scenario
from planner.service.hosted.served_constants import ServedConstants
from planner.workload.task_classes import Workload

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MONEY_PATTERN = r"^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"


class SchemaKind(NamedTuple):
    """A document or a kind of offer, and what it is in a few words."""

    model: type[Frozen]
    about: str


DOCUMENTS = {
    "rate-card": SchemaKind(RateCard, "Offers of one vendor channel, dated and sourced."),
    "price-profile": SchemaKind(
        PriceProfile, "Managed models a scenario may choose from, quotes, and what they replaced."
    ),
    "scenario": SchemaKind(Scenario, "Devices, prices, workload and assumptions: all that decides a plan."),
    "workload": SchemaKind(Workload, "Task classes: what people ask for, how often and how well."),
    "device-profile": SchemaKind(DeviceProfile, "A device: facts, measurements, ownership."),
    "served-constants": SchemaKind(
        ServedConstants,
        "An accelerator's constants from one's own load test, as «edgewise serve-model --out» writes it.",
    ),
    "plan": SchemaKind(SavedPlan, "A plan with its scenario, as «edgewise plan --out» writes it."),
}
OFFERS = {
    "token": SchemaKind(TokenOffer, "A managed model priced per token."),
    "instance": SchemaKind(InstanceOffer, "A rented machine by the hour: on demand, spot, committed, in blocks."),
    "provisioned": SchemaKind(ProvisionedOffer, "Units of reserved throughput."),
    "request": SchemaKind(RequestOffer, "A fee for each call."),
    "egress": SchemaKind(EgressOffer, "Traffic to the internet, in tiers."),
    "storage": SchemaKind(StorageOffer, "A kept prompt cache, or stored bytes."),
    "energy": SchemaKind(EnergyOffer, "Electricity with its carbon."),
    "edge_device": SchemaKind(EdgeDeviceOffer, "A device to buy."),
}
KINDS = DOCUMENTS | OFFERS


class _StrictSchema(GenerateJsonSchema):
    """Money is a decimal string in every document, never a number."""

    def decimal_schema(self, schema: DecimalSchema) -> JsonSchemaValue:
        del schema  # the ranges of amounts are checked on reading, beside the rules between fields
        return {"type": "string", "pattern": MONEY_PATTERN, "description": "money: a decimal string such as «0.40»"}


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind by name; an unknown name is refused with the names nearest to it.

    Ranges and rules between fields (prices.md §3) are the program's own and go beyond what a schema says.
    """
    known = KINDS.get(kind)
    if known is None:
        near = difflib.get_close_matches(kind.lower().replace("_", "-"), KINDS, n=2, cutoff=0.5)
        remedy = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(KINDS)}."
        raise UnknownNameError(f"no schema is called {kind!r}", remedy=remedy)
    version = known.model.model_fields.get("version")
    number = 1 if version is None else version.default
    described = known.model.model_json_schema(schema_generator=_StrictSchema, mode="validation")
    return {"$schema": DIALECT, "$id": f"urn:edgewise:schema:{kind}:{number}"} | described
