"""What a usage costs at an offer's dated prices: exact decimal arithmetic, one row for every price used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow, localcontext

from planner import text
from planner.basis import Doubt
from planner.errors import PriceError
from planner.prices.choice import PriceChosen, chosen_price, residency_factor
from planner.prices.costing import Costing, CostingRow, CostingStatus
from planner.prices.offers import Quote, TokenOffer, TokenRates, Variant

EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow])
"""Far beyond any sane rate times any token count; what would still have to be rounded is refused."""

TOKENS_PRICED = 1_000_000  # rates are per so many tokens


@dataclass(frozen=True)
class TokenUsage:
    """What one request uses, and how many requests are alike (CONVENTION §8).

    `input_tokens` is all input; tokens read from a prompt cache and written to one (for five minutes, or for an hour)
    are part of it. Reasoning tokens are part of `output_tokens`.
    """

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    written_tokens: int = 0
    written_1h_tokens: int = 0
    reasoning_tokens: int = 0
    requests: int = 1


def price_usage(
    offer: TokenOffer,
    usage: TokenUsage,
    *,
    on: date,
    variant: Variant = Variant.STANDARD,
    at: time | None = None,
    residency: str | None = None,
    quotes: Sequence[Quote] = (),
) -> Costing:
    """The exact price of the usage on a day (economics.md §2, metered request): the rows sum to the total, undivided.

    `at` is an hour in UTC, needed only where the price depends on it; a quote of the user's goes before list prices.
    Where the vendor names no price for reading or writing a cache, those tokens pay the input price, and a warning says
    so when that makes the request dearer than a reader expects; but where he names one for five minutes and none for an
    hour, an hour has no price. Refused with a PriceError, never priced at zero: a variant, day, hour or place without a
    price, and impossible counts.
    """
    refuse_impossible(offer.sku, usage)
    chosen = chosen_price(offer, on=on, variant=variant, at=at, quotes=quotes)
    factor = residency_factor(offer, residency)
    try:
        with localcontext(EXACT):
            rows = _rows(offer, chosen, usage, factor, residency)
            total = sum((row.effective_usd for row in rows), Decimal(0))
    except (Inexact, InvalidOperation, Overflow) as error:
        raise PriceError(
            "its price has so many digits that the total cannot be stated exactly", where=offer.sku
        ) from error
    rates, _ = chosen.price.rates_at(usage.input_tokens)
    uncached = usage.cached_tokens > 0 and rates.cached_input_usd_per_mtok is None
    return Costing(
        billed_usd=total,
        effective_usd=total,
        status=CostingStatus.PRICED,
        rows=rows,
        warnings=(_uncached(offer),) if uncached else (),
    )


def token_counts(sku: str, rates: TokenRates, usage: TokenUsage) -> tuple[tuple[str, int, Decimal], ...]:
    """What is charged for, how many tokens of one request, and the rate per million; every token once."""
    written = 0 if rates.cache_write_1h_usd_per_mtok is None else usage.written_1h_tokens
    if usage.written_1h_tokens and not written and rates.cache_write_usd_per_mtok is not None:
        raise PriceError(
            "it names no price for cache writes that are kept an hour, only for shorter ones",
            where=sku,
            remedy="Price them as ordinary writes, or choose an offer that names both.",
        )
    plain = usage.input_tokens - usage.cached_tokens - usage.written_tokens - usage.written_1h_tokens
    thought = 0 if rates.reasoning_usd_per_mtok is None else usage.reasoning_tokens
    tokens_in, tokens_out = rates.input_usd_per_mtok, rates.output_usd_per_mtok
    return (
        ("input", plain, tokens_in),
        ("cached input", usage.cached_tokens, _or(rates.cached_input_usd_per_mtok, tokens_in)),
        ("cache write", usage.written_tokens, _or(rates.cache_write_usd_per_mtok, tokens_in)),
        ("cache write, 1 hour", usage.written_1h_tokens, _or(rates.cache_write_1h_usd_per_mtok, tokens_in)),
        ("output", usage.output_tokens - thought, tokens_out),
        ("reasoning", thought, _or(rates.reasoning_usd_per_mtok, tokens_out)),
    )


def refuse_impossible(sku: str, usage: TokenUsage) -> None:
    """Refuse counts that no request can have."""
    if min(getattr(usage, field.name) for field in fields(usage)) < 0:
        raise PriceError("token counts cannot be negative", where=sku)
    if usage.requests < 1:
        raise PriceError("there must be at least one request", where=sku)
    written = usage.written_tokens + usage.written_1h_tokens
    if usage.cached_tokens + written > usage.input_tokens:
        raise PriceError(
            f"{usage.cached_tokens:,} cached and {written:,} written tokens are more than the "
            f"{usage.input_tokens:,} input tokens they are part of",
            where=sku,
            remedy="Count cached and written tokens as part of the input.",
        )
    if usage.reasoning_tokens > usage.output_tokens:
        raise PriceError(
            f"{usage.reasoning_tokens:,} reasoning tokens are more than the {usage.output_tokens:,} output tokens "
            "they are part of",
            where=sku,
            remedy="Count reasoning tokens as part of the output.",
        )


def _rows(
    offer: TokenOffer, chosen: PriceChosen, usage: TokenUsage, factor: Decimal, residency: str | None
) -> tuple[CostingRow, ...]:
    price = chosen.price
    rates, _ = price.rates_at(usage.input_tokens)
    place = "" if factor == 1 or residency is None else f" ({residency} ×{text.exact(factor)})"
    rows = [
        _row(offer, chosen, f"{what}{place}", count * usage.requests, rate * factor, per=TOKENS_PRICED)
        for what, count, rate in token_counts(offer.sku, rates, usage)
        if count
    ]
    if price.usd_per_request is not None:
        rows.append(_row(offer, chosen, "request fee", usage.requests, price.usd_per_request))
    if price.minimum_usd_per_request is not None:
        one = sum((row.effective_usd for row in rows), Decimal(0)) / usage.requests
        if one < price.minimum_usd_per_request:
            up = price.minimum_usd_per_request - one
            rows.append(_row(offer, chosen, "up to the minimum charge", usage.requests, up))
    return tuple(rows)


def _row(
    offer: TokenOffer, chosen: PriceChosen, what: str, quantity: int, unit_price_usd: Decimal, *, per: int = 1
) -> CostingRow:
    """A row of tokens (priced by the million) or of requests (priced one by one)."""
    usd = unit_price_usd * quantity / per
    return CostingRow(
        sku=offer.sku,
        what=what,
        quantity=Decimal(quantity),
        unit="request" if per == 1 else "token",
        unit_price_usd=unit_price_usd,
        unit_price_per=per,
        billed_usd=usd,
        effective_usd=usd,
        effective_from=chosen.price.effective_from,
        confidence=chosen.confidence,
        source=chosen.source,
        source_url=chosen.source_url,
    )


def _or(stated: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if stated is None else stated


def _uncached(offer: TokenOffer) -> Doubt:
    return Doubt(
        kind="NoCachePrice",
        sentence=f"{offer.title} names no price for cached input, so cached tokens pay the full input price.",
        advice="Expect no saving from a prompt cache there, or choose an offer that prices cached input.",
        subject=offer.sku,
    )
