"""What one request costs at a per-token price, as cost parts."""

from __future__ import annotations

from planner import text
from planner.basis import Basis
from planner.cost.figures import CostPart
from planner.prices.offers import TokenOffer
from planner.prices.usage import PricedRequest, price_request
from planner.workload.task_classes import TaskClass


def metered_request(offer: TokenOffer, task_class: TaskClass) -> PricedRequest:
    """One request of the class at the offer's rates, exact in Decimal (CONVENTION §7, §8)."""
    return price_request(
        offer,
        input_tokens=task_class.input_tokens,
        cached_tokens=round(task_class.input_tokens * task_class.cached_share),
        output_tokens=task_class.output_tokens,
    )


def metered_parts(priced: PricedRequest) -> tuple[CostPart, ...]:
    """One part per price row; list prices are exact, so the interval has no width."""
    return tuple(
        CostPart(
            name=row.what,
            usd_per_request=float(row.usd),
            low_usd=float(row.usd),
            high_usd=float(row.usd),
            basis=Basis.PUBLISHED,
            how=f"{row.tokens:,} tokens at {text.money_per_mtok(float(row.usd_per_mtok))}",
            driver="token_price",
        )
        for row in priced.rows
    )
