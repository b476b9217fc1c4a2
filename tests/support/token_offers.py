"""Token offers for tests of prices: plain rates, dated rows, hours, residency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from planner.prices.offers import TokenOffer, TokenPrice, TokenRates

DAY = date(2026, 11, 23)


def rates(
    tokens_in: str = "1.5",
    tokens_out: str = "6",
    cached: str | None = "0.15",
    write: str | None = "1.875",
    *,
    write_1h: str | None = None,
    reasoning: str | None = None,
) -> TokenRates:
    def usd(words: str | None) -> Decimal | None:
        return None if words is None else Decimal(words)

    return TokenRates(
        input_usd_per_mtok=Decimal(tokens_in),
        output_usd_per_mtok=Decimal(tokens_out),
        cached_input_usd_per_mtok=usd(cached),
        cache_write_usd_per_mtok=usd(write),
        cache_write_1h_usd_per_mtok=usd(write_1h),
        reasoning_usd_per_mtok=usd(reasoning),
    )


def offer(*prices: TokenPrice, **changes: object) -> TokenOffer:
    """An offer with these prices; one plain price where none is named."""
    values: dict[str, object] = {
        "sku": "vendor/model",
        "vendor": "Vendor",
        "title": "Model",
        "prices": prices or (TokenPrice(rates=rates()),),
        "source": "a test",
        "as_of": DAY,
    }
    return TokenOffer.model_validate({**values, **changes})
