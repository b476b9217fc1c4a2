"""Many usages at one price in one vectorised call: whole numbers of a small enough coin, so nothing is ever rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from planner.errors import PriceError
from planner.prices.choice import chosen_price, residency_factor
from planner.prices.offers import Quote, TokenOffer, TokenPrice, TokenRates, Variant
from planner.prices.usage import TOKENS_PRICED, TokenUsage, refuse_impossible, token_counts

Counts: TypeAlias = NDArray[np.int64]
Coins: TypeAlias = NDArray[Any]  # int64, or Python's own whole numbers where that is too narrow

MOST_COUNT = 10**15  # of tokens or requests in one usage; far beyond any, and sums of four still fit int64
MOST_DIGITS = 40  # decimals of a price; more is a slip
WIDEST = 2**63 - 1
HALF = 31  # bits


@dataclass(frozen=True)
class UsageColumns:
    """One array for every count of `TokenUsage`, all of one length; None: no usage has any (requests: one each)."""

    input_tokens: Counts
    output_tokens: Counts
    cached_tokens: Counts | None = None
    written_tokens: Counts | None = None
    written_1h_tokens: Counts | None = None
    reasoning_tokens: Counts | None = None
    requests: Counts | None = None

    def usage(self, index: int) -> TokenUsage:
        """One of them."""
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        return TokenUsage(**{name: int(column[index]) for name, column in columns.items() if column is not None})


@dataclass(frozen=True)
class BulkCosting:
    """What each usage costs, in whole coins of 10^`exponent` USD."""

    coins: Coins
    exponent: int

    def usd(self, index: int) -> Decimal:
        """One cost, exactly."""
        return Decimal(int(self.coins[index])).scaleb(self.exponent)

    @property
    def total_usd(self) -> Decimal:
        """The sum of all, exactly, however large."""
        if self.coins.dtype == object:
            total = int(self.coins.sum())
        else:  # the two halves apart, since the sum of all may not fit 64 bits
            total = (int((self.coins >> HALF).sum()) << HALF) + int((self.coins & (2**HALF - 1)).sum())
        return Decimal(total).scaleb(self.exponent)

    def as_floats(self) -> NDArray[np.float64]:
        """USD as floats, each the nearest to its exact cost but for one rounding: for charts, not for bills."""
        return self.coins.astype(np.float64) / 10.0**-self.exponent


def price_usages(
    offer: TokenOffer,
    usages: UsageColumns,
    *,
    on: date,
    variant: Variant = Variant.STANDARD,
    at: time | None = None,
    residency: str | None = None,
    quotes: Sequence[Quote] = (),
) -> BulkCosting:
    """`price_usage` of every usage, to the same last digit; the coin is the largest that every price is a multiple of.

    64-bit whole numbers where the dearest usage fits them, else Python's own, ten times slower and as exact.
    """
    columns = _columns(offer.sku, usages)
    price = chosen_price(offer, on=on, variant=variant, at=at, quotes=quotes).price
    factor = residency_factor(offer, residency)
    every = [price.rates, *(tier.rates for tier in price.tiers)]
    fee, least = (usd or Decimal(0) for usd in (price.usd_per_request, price.minimum_usd_per_request))
    rates = [[rate * factor / TOKENS_PRICED for rate in _six(each)] for each in every]
    exponent = min(_exponent(usd) for usd in (fee, least, *(rate for row in rates for rate in row)))
    if exponent < -MOST_DIGITS:
        raise PriceError("its price has too many decimals to be counted in coins", where=offer.sku)
    thresholds = np.array([tier.above_input_tokens for tier in price.tiers], dtype=np.int64)
    reached = np.searchsorted(thresholds, columns["input_tokens"], side="left")  # thresholds strictly below
    _refuse_unpriced_hours(offer, usages, price, columns["written_1h_tokens"], reached)
    in_coins = [[_coins(rate, exponent) for rate in row] for row in rates]
    counts = _counts(columns)
    dearest = sum(int(count.max(initial=0)) * max(row[at_] for row in in_coins) for at_, count in enumerate(counts))
    dearest = max(dearest + _coins(fee, exponent), _coins(least, exponent)) * int(columns["requests"].max(initial=1))
    kind: Any = np.int64 if dearest <= WIDEST else object
    table = np.array(in_coins, dtype=kind)
    one: Coins = np.full(len(reached), _coins(fee, exponent), dtype=kind)
    for at_, count in enumerate(counts):
        one = one + count.astype(kind) * table[reached, at_]
    return BulkCosting(np.maximum(one, _coins(least, exponent)) * columns["requests"].astype(kind), exponent)


def _columns(sku: str, usages: UsageColumns) -> dict[str, Counts]:
    """Every count as an array, refused where no request can have it."""
    length = len(usages.input_tokens)
    columns: dict[str, Counts] = {}
    for field in fields(usages):
        given: Counts | None = getattr(usages, field.name)
        column = np.full(length, int(field.name == "requests"), dtype=np.int64) if given is None else given
        if column.dtype != np.int64 or column.shape != (length,):
            raise PriceError(f"{field.name} must be {length:,} whole numbers of 64 bits", where=sku)
        columns[field.name] = column
    wrong = np.zeros(length, dtype=bool)
    for column in columns.values():
        wrong |= (column < 0) | (column > MOST_COUNT)
    parts = columns["cached_tokens"] + columns["written_tokens"] + columns["written_1h_tokens"]
    wrong |= (parts > columns["input_tokens"]) | (columns["reasoning_tokens"] > columns["output_tokens"])
    wrong |= columns["requests"] < 1
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        refuse_impossible(sku, usages.usage(first))
        raise PriceError(f"usage {first} has more than {MOST_COUNT:,} of something", where=sku)
    return columns


def _counts(columns: dict[str, Counts]) -> tuple[Counts, ...]:
    """Tokens by the price they pay, in the order of `_six`."""
    cached, written, kept = (columns[name] for name in ("cached_tokens", "written_tokens", "written_1h_tokens"))
    thought = columns["reasoning_tokens"]
    plain = columns["input_tokens"] - cached - written - kept
    return plain, cached, written, kept, columns["output_tokens"] - thought, thought


def _six(rates: TokenRates) -> list[Decimal]:
    """Per million: input, cached, written, written for an hour, output, reasoning; as `price_usage` charges them."""
    asked = TokenUsage(input_tokens=0, output_tokens=0)
    return [rate for _, _, rate in token_counts("", rates, asked)]


def _refuse_unpriced_hours(
    offer: TokenOffer, usages: UsageColumns, price: TokenPrice, kept: Counts, reached: NDArray[np.intp]
) -> None:
    """Where shorter caching has a price and an hour of it has none, the first usage that needs it is refused."""
    for tier, rates in enumerate((price.rates, *(each.rates for each in price.tiers))):
        if rates.cache_write_1h_usd_per_mtok is None and rates.cache_write_usd_per_mtok is not None:
            needing = np.flatnonzero((reached == tier) & (kept > 0))
            if len(needing):
                token_counts(offer.sku, rates, usages.usage(int(needing[0])))


def _exponent(usd: Decimal) -> int:
    found = usd.normalize().as_tuple().exponent
    assert isinstance(found, int)
    return min(found, 0)


def _coins(usd: Decimal, exponent: int) -> int:
    return int(usd.scaleb(-exponent))
