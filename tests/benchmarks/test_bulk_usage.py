"""How long 10^5 usages take in one call (target: under a second). Run by hand: see README.md."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from planner.prices.bulk_usage import BulkCosting, UsageColumns, price_usages
from planner.prices.list_prices import list_offer
from planner.prices.offers import ResidencyMultiplier
from planner.prices.usage import price_usage

MANY, FEW = 100_000, 100
DAY = date(2026, 11, 25)
TIERED = list_offer("openai/gpt-6.1-terra", DAY)


def usages(most_requests: int) -> UsageColumns:
    random = np.random.default_rng(1)
    total = random.integers(1, 500_000, MANY)
    return UsageColumns(
        input_tokens=total,
        output_tokens=random.integers(1, 20_000, MANY),
        cached_tokens=total // 3,
        written_tokens=total // 5,
        requests=random.integers(1, most_requests, MANY),
    )


@pytest.mark.parametrize("most_requests", [FEW, 10**14], ids=["int64", "beyond-int64"])
def test_many_usages_in_one_call(benchmark: Any, most_requests: int) -> None:
    near = (ResidencyMultiplier(residency="EU", multiplier=Decimal("1.1")),)
    offer = TIERED.model_copy(update={"residency_multipliers": near})
    columns = usages(most_requests)
    costing: BulkCosting = benchmark(price_usages, offer, columns, on=DAY, residency="EU")
    assert (costing.coins.dtype == np.int64) is (most_requests == FEW)
    for at in range(0, MANY, 9_973):
        assert costing.usd(at) == price_usage(offer, columns.usage(at), on=DAY, residency="EU").billed_usd
