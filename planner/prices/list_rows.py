"""How the price data of one model read as dated rows: days, hours and variants taken apart, nothing guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from genai_prices.types import (
    ModelInfo,
    ModelPrice,
    PriceVariant,
    StartDateConstraint,
    Tier,
    TieredPrices,
    TimeOfDateConstraint,
)

from planner.errors import PriceError
from planner.prices import list_hours
from planner.prices.offers import ContextTier, DailyHours, ResidencyMultiplier, TokenPrice, TokenRates, Variant

Context = dict[str, str]
Price = Decimal | TieredPrices | None

CONTEXTS: dict[Variant, tuple[Context, ...]] = {
    Variant.BATCH: ({"processing": "batch"},),
    Variant.FLEX: ({"service_tier": "flex"},),
    Variant.PRIORITY: ({"service_tier": "priority"},),
    Variant.FAST: ({"service_tier": "fast"}, {"speed": "fast"}),
}
"""What a request says to be processed as a variant, in the words of genai-prices."""

RESIDENCES = {"mistral/eu": "EU"}  # routes of a gateway that keep requests in one place
FEE = "requests_kcount"
UNREAD = {"cache_write_5m_mtok"}  # of a text request, though nobody states it yet
WORDS = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cached input",
    "cache_write_mtok": "cache writes",
    "cache_write_1h_mtok": "1-hour cache writes",
    "output_reasoning_mtok": "reasoning",
    FEE: "the fee per request",
}
"""The prices of a text request, in the words of a note."""


@dataclass(frozen=True)
class _Span:
    """Days on which nothing changes; None: no day known."""

    start: date | None
    end: date | None
    day: date  # any day inside


@dataclass(frozen=True)
class _Piece:
    """What a request pays in one span of days, in some hours of the day or in all others."""

    span: _Span
    hours: DailyHours | None
    price: ModelPrice
    inherited: tuple[str, ...]


def token_prices(sku: str, model: ModelInfo, *, as_of: date, free: bool = False) -> tuple[TokenPrice, ...]:
    """Every price of a text request that the data know of the model, oldest first within a variant.

    A variant that states only some prices takes the others from the standard ones, as genai-prices itself does; its
    note says which. A row that is announced (as of the day of the data) to give way to a dearer one is introductory.
    """
    ways: list[tuple[Variant, Context | None]] = [(Variant.STANDARD, None)]
    ways += [
        (variant, context)
        for variant, contexts in CONTEXTS.items()
        for context in contexts
        if any(_speaks_of_text(each) for each in _for_context(model, context))
    ]
    rows: list[TokenPrice] = []
    for variant, context in ways:
        pieces = list(_pieces(model, context))
        for hours in dict.fromkeys(piece.hours for piece in pieces):
            same = [_row(sku, variant, piece, free=free) for piece in pieces if piece.hours == hours]
            rows += _introductory(_joined(same), as_of)
    return tuple(rows)


def residency_multipliers(model: ModelInfo) -> tuple[tuple[ResidencyMultiplier, ...], tuple[str, ...]]:
    """What a route that keeps requests in one place multiplies every price by, and notes on those that do not.

    Taken only where one exact factor holds for every price on every day.
    """
    found: list[ResidencyMultiplier] = []
    notes: list[str] = []
    for route, residency in RESIDENCES.items():
        if not _for_context(model, {"route": route}):
            continue
        factors = {
            factor
            for piece in _pieces(model, {"route": route})
            for factor in _factors(_standard(model, piece), piece.price)
        }
        only = next(iter(factors)) if len(factors) == 1 else None
        if only is None:
            notes.append(f"{residency} (route {route}) is priced apart, by no single factor, and is not read.")
        else:
            found.append(ResidencyMultiplier(residency=residency, multiplier=only))
    return tuple(found), tuple(notes)


def not_priced_here(model: ModelInfo) -> tuple[str, ...]:
    """The keys of what the vendor charges for besides a text request: searches, images, sound."""
    keys = {key for price in _all_prices(model) for key in _stated(price)}
    return tuple(sorted(keys - WORDS.keys()))


def start_days(model: ModelInfo) -> tuple[date, ...]:
    """The days on which some price of the model begins."""
    return tuple(sorted({each.start_date for each in _constraints(model) if isinstance(each, StartDateConstraint)}))


def _pieces(model: ModelInfo, context: Context | None) -> Iterator[_Piece]:
    """In order of days; hours only where the price differs from that of the rest of the day."""
    for span in _spans(start_days(model)):
        atoms = [
            (hours, _resolved(model, span.day, hours, context)) for hours in list_hours.hours_apart(_windows(model))
        ]
        base = next((found for hours, found in atoms if hours is None), None)
        if base is not None:
            yield _Piece(span, None, *base)
        for hours, found in list_hours.merged([(hours, found) for hours, found in atoms if hours is not None]):
            if found is not None and (base is None or found[0] != base[0]):
                yield _Piece(span, hours, *found)


def _resolved(
    model: ModelInfo, day: date, hours: DailyHours | None, context: Context | None
) -> tuple[ModelPrice, tuple[str, ...]] | None:
    """What genai-prices takes at that moment, and which prices a variant left to the standard; None: not named yet."""
    at = list_hours.outside(_windows(model)) if hours is None else hours.start
    moment = datetime.combine(day, at, tzinfo=UTC)
    price = model.get_prices(moment, context)
    if context is None:
        return price, ()
    active = [
        each for each in _for_context(model, context) if each.constraint is None or each.constraint.active(moment)
    ]
    if not active:
        return None
    named = {key for each in active for key in _stated(each.prices)}
    return price, tuple(key for key in WORDS if key in _stated(price) and key not in named)


def _spans(starts: Sequence[date]) -> Iterator[_Span]:
    if not starts:
        yield _Span(None, None, date(2026, 1, 1))
        return
    yield _Span(None, starts[0], starts[0] - timedelta(days=1))
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        yield _Span(start, end, start)


def _row(sku: str, variant: Variant, piece: _Piece, *, free: bool) -> TokenPrice:
    price = piece.price
    thresholds = sorted(
        {tier.start for key in WORDS for tier in _tiers(getattr(price, key))}  # every price may have its own
    )
    fee = price.requests_kcount
    if isinstance(fee, TieredPrices):
        raise PriceError("its fee per request depends on the tokens, which this program does not read", where=sku)
    inherited = [WORDS[key] for key in piece.inherited]
    return TokenPrice(
        effective_from=piece.span.start,
        effective_to=piece.span.end,
        variant=variant,
        hours=piece.hours,
        rates=_rates(sku, price, 0, free=free),
        tiers=tuple(
            ContextTier(above_input_tokens=start, rates=_rates(sku, price, start + 1, free=free))
            for start in thresholds
        ),
        usd_per_request=None if fee is None else fee.scaleb(-3),
        free=free,
        note=f"{variant.value} prices not stated, standard ones taken: {', '.join(inherited)}." if inherited else "",
    )


def _rates(sku: str, price: ModelPrice, input_tokens: int, *, free: bool) -> TokenRates:
    """The rates of a request with this much input; all parts of a request pay the tier its total input reaches."""
    if unread := sorted(key for key in _stated(price) if key in UNREAD or ("_text_" in key and key.endswith("_mtok"))):
        raise PriceError(f"its price data state {', '.join(unread)}, which this program does not read", where=sku)
    tokens_in, tokens_out = _at(price.input_mtok, input_tokens), _at(price.output_mtok, input_tokens)
    if tokens_in is None or tokens_out is None:
        missing = "input" if tokens_in is None else "output"
        raise PriceError(
            f"the price data state no {missing} price per token", where=sku, remedy="Choose another model."
        )
    cached = _at(price.cache_read_mtok, input_tokens)
    reasoning = _at(price.output_reasoning_mtok, input_tokens)
    if not free and any(usd is not None and not usd for usd in (tokens_in, tokens_out, cached, reasoning)):
        raise PriceError(
            "its price is zero, which more often means unknown than free",
            where=sku,
            remedy="Mark the offer `free = true` if the vendor really charges nothing.",
        )
    return TokenRates(
        input_usd_per_mtok=tokens_in,
        output_usd_per_mtok=tokens_out,
        cached_input_usd_per_mtok=cached,
        cache_write_usd_per_mtok=_at(price.cache_write_mtok, input_tokens),
        cache_write_1h_usd_per_mtok=_at(price.cache_write_1h_mtok, input_tokens),
        reasoning_usd_per_mtok=reasoning,
    )


def _at(price: Price, input_tokens: int) -> Decimal | None:
    if not isinstance(price, TieredPrices):
        return price
    reached = [tier.price for tier in price.tiers if input_tokens > tier.start]
    return reached[-1] if reached else price.base


def _tiers(price: Price) -> list[Tier]:
    return price.tiers if isinstance(price, TieredPrices) else []


def _joined(rows: Sequence[TokenPrice]) -> list[TokenPrice]:
    """Rows of following days that say the same as one."""
    joined: list[TokenPrice] = []
    for row in rows:
        last = joined[-1] if joined else None
        if last is not None and last.effective_to == row.effective_from and _same_terms(last, row):
            joined[-1] = last.model_copy(update={"effective_to": row.effective_to})
        else:
            joined.append(row)
    return joined


def _same_terms(one: TokenPrice, other: TokenPrice) -> bool:
    days = {"effective_from": None, "effective_to": None}
    return one.model_copy(update=days) == other.model_copy(update=days)


def _introductory(rows: Sequence[TokenPrice], as_of: date) -> Iterator[TokenPrice]:
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        announced = row.effective_to is not None and row.effective_to > as_of
        dearer = after is not None and (
            after.rates.input_usd_per_mtok > row.rates.input_usd_per_mtok
            or after.rates.output_usd_per_mtok > row.rates.output_usd_per_mtok
        )
        yield row.model_copy(update={"introductory": True}) if announced and dearer else row


def _for_context(model: ModelInfo, context: Context) -> list[PriceVariant]:
    return [each for each in model.price_variants or () if each.when == context]


def _speaks_of_text(variant: PriceVariant) -> bool:
    return bool(_stated(variant.prices) & WORDS.keys())


def _standard(model: ModelInfo, piece: _Piece) -> ModelPrice:
    at = list_hours.outside(_windows(model)) if piece.hours is None else piece.hours.start
    return model.get_prices(datetime.combine(piece.span.day, at, tzinfo=UTC))


def _factors(standard: ModelPrice, routed: ModelPrice) -> Iterator[Decimal | None]:
    """The exact factor of every price, tier by tier; None where there is none."""
    thresholds = {0} | {tier.start + 1 for key in WORDS for tier in _tiers(getattr(standard, key))}
    for key in WORDS.keys() - {FEE}:
        for input_tokens in thresholds:
            plain, apart = _at(getattr(standard, key), input_tokens), _at(getattr(routed, key), input_tokens)
            if plain is None and apart is None:
                continue
            factor = apart / plain if plain and apart else None
            yield factor.normalize() if factor is not None and plain is not None and factor * plain == apart else None


def _stated(price: ModelPrice) -> set[str]:
    return {key for key, value in vars(price).items() if value is not None and not key.startswith("_")}


def _all_prices(model: ModelInfo) -> list[ModelPrice]:
    plain = [model.prices] if isinstance(model.prices, ModelPrice) else [each.prices for each in model.prices]
    return plain + [each.prices for each in model.price_variants or ()]


def _windows(model: ModelInfo) -> list[tuple[time, time]]:
    """The daily windows of all constraints, in UTC; one that ends where it begins never holds in genai-prices."""
    found = [
        (list_hours.in_utc(each.start_time), list_hours.in_utc(each.end_time))
        for each in _constraints(model)
        if isinstance(each, TimeOfDateConstraint)
    ]
    return [window for window in found if window[0] != window[1]]


def _constraints(model: ModelInfo) -> list[StartDateConstraint | TimeOfDateConstraint | None]:
    plain = [] if isinstance(model.prices, ModelPrice) else [each.constraint for each in model.prices]
    return plain + [each.constraint for each in model.price_variants or ()]
