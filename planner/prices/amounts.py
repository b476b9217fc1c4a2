"""The figures of a price row by name and unit, for tables, differences and charts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from planner import text
from planner.prices.choice import hours_words
from planner.prices.dated import DatedRow
from planner.prices.kinds.charges import EgressPrice, RequestPrice, StoragePrice
from planner.prices.kinds.instance import InstancePrice
from planner.prices.kinds.local import DevicePrice, EnergyPrice
from planner.prices.kinds.provisioned import UnitPrice
from planner.prices.offers import TokenPrice, TokenRates

MTOK = "USD/Mtok"

Amount = tuple[str, Decimal | None, str]  # «cached input», 0.05, «USD/Mtok»


def amounts_of(row: DatedRow) -> tuple[Amount, ...]:
    """Every amount of money a row charges by, with what it is for and its unit; None: not public, or not named."""
    match row:
        case TokenPrice():
            found = tuple(_token_amounts(row))
        case InstancePrice():
            found = (("an hour", row.usd_per_h, "USD/h"),)
        case UnitPrice() if row.usd_per_unit_h is not None:
            found = (("a unit's hour", row.usd_per_unit_h, "USD/h"),)
        case UnitPrice():
            found = (("a unit's month", row.usd_per_unit_month, "USD/month"),)
        case RequestPrice():
            found = (("a thousand requests", row.usd_per_1000, "USD"),)
        case EgressPrice():
            found = tuple((_tier_words(tier.up_to_gb), tier.usd_per_gb, "USD/GB") for tier in row.tiers)
        case StoragePrice() if row.usd_per_mtok_h is not None:
            found = (("kept cache", row.usd_per_mtok_h, "USD/Mtok-h"),)
        case StoragePrice():
            found = (("stored", row.usd_per_gb_month, "USD/GB-month"),)
        case EnergyPrice():
            found = (("electricity", row.usd_per_kwh, "USD/kWh"),)
        case DevicePrice():
            found = (("device", row.usd, "USD"), ("resale", row.resale_usd, "USD"))
        case _:
            raise AssertionError(type(row).__name__)
    return found


def way_words(row: DatedRow) -> str:
    """How what the row prices is bought or asked: «batch», «spot», «commitment 36 months, no upfront»."""
    match row:
        case TokenPrice():
            return row.variant.value if row.hours is None else f"{row.variant.value} {hours_words(row.hours)}"
        case InstancePrice():
            bought = row.option.value.replace("_", " ")
            if row.commitment is not None:
                terms = row.commitment
                paid = terms.payment.value.replace("_", " ")
                return f"{bought} {terms.category.value}, {terms.term_months} months, {paid}"
            return f"{bought} of {_lengths(row.block_days)} days" if row.block_days else bought
        case UnitPrice():
            return f"{row.term_months:g} months" if row.term_months else "by the hour"
        case _:
            return ""


def _lengths(days: tuple[int, ...]) -> str:
    return str(days[0]) if len(days) == 1 else f"{min(days)} to {max(days)}"


def _token_amounts(row: TokenPrice) -> Iterator[Amount]:
    yield from _rates(row.rates, "")
    for tier in row.tiers:
        yield from _rates(tier.rates, f" above {tier.above_input_tokens:,} tokens")
    if row.usd_per_request is not None:
        yield "request fee", row.usd_per_request, "USD"
    if row.minimum_usd_per_request is not None:
        yield "minimum of a request", row.minimum_usd_per_request, "USD"


def _rates(rates: TokenRates, where: str) -> Iterator[Amount]:
    yield f"input{where}", rates.input_usd_per_mtok, MTOK
    yield f"output{where}", rates.output_usd_per_mtok, MTOK
    for words, usd in (
        ("cached input", rates.cached_input_usd_per_mtok),
        ("cache write", rates.cache_write_usd_per_mtok),
        ("cache write, 1 hour", rates.cache_write_1h_usd_per_mtok),
        ("reasoning", rates.reasoning_usd_per_mtok),
    ):
        if usd is not None:
            yield f"{words}{where}", usd, MTOK


def _tier_words(up_to_gb: float | None) -> str:
    return "beyond" if up_to_gb is None else f"up to {text.exact(up_to_gb)} GB"
