"""What the data center charges per token: dated prices of every variant, and the profile a scenario carries with it."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema

from planner.documents import Frozen, Money
from planner.prices.dated import Confidence, DatedRow, require_apart, row_on
from planner.ranges import StreamSpeed, Tokens, Usd, Wait

RatePerMinute = Annotated[float, Field(gt=0, le=1e12)]


class TokenRates(Frozen):
    """Prices per million tokens; None means the vendor does not name that price."""

    input_usd_per_mtok: Usd
    output_usd_per_mtok: Usd
    cached_input_usd_per_mtok: Usd | None = None
    cache_write_usd_per_mtok: Usd | None = None  # kept for five minutes, or for as long as the vendor keeps it
    cache_write_1h_usd_per_mtok: Usd | None = None
    reasoning_usd_per_mtok: Usd | None = None  # None: at the output price


class ContextTier(Frozen):
    """Rates for the whole request, output included, once total input is strictly above the threshold."""

    above_input_tokens: Tokens
    rates: TokenRates


class Variant(StrEnum):
    """How a request is asked to be processed."""

    STANDARD = "standard"
    BATCH = "batch"  # within a day
    FLEX = "flex"  # slower, may be refused
    PRIORITY = "priority"
    FAST = "fast"  # faster decoding at a premium


class DailyHours(Frozen):
    """Hours of the day (UTC) from `start` until before `end`, over midnight where the end is earlier."""

    start: time
    end: time

    @field_validator("start", "end")
    @classmethod
    def _without_offset(cls, moment: time) -> time:
        if moment.tzinfo is not None:
            raise ValueError("hours are in UTC and state no offset of their own")
        return moment

    def hold(self, at: time) -> bool:
        """Whether this moment lies inside."""
        if self.end <= self.start:
            return at >= self.start or at < self.end
        return self.start <= at < self.end

    def meet(self, other: DailyHours) -> bool:
        """Whether some moment lies inside both."""
        return self.hold(other.start) or other.hold(self.start)


class TokenPrice(DatedRow):
    """Explicit rates of one variant in its days and hours; rows without hours hold whenever no other does."""

    variant: Variant = Variant.STANDARD
    hours: DailyHours | None = None
    rates: TokenRates
    tiers: tuple[ContextTier, ...] = ()
    usd_per_request: Usd | None = None  # a fee on top of the tokens
    minimum_usd_per_request: Usd | None = None  # a request costs no less than this

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        thresholds = [tier.above_input_tokens for tier in self.tiers]
        if sorted(set(thresholds)) != thresholds:
            raise ValueError("context tiers must ascend")
        if not self.free and any(_has_zero(each) for each in (self.rates, *(tier.rates for tier in self.tiers))):
            raise ValueError("a price of zero more often means unknown than free; mark the row `free = true` if it is")
        return self

    def rates_at(self, input_tokens: int) -> tuple[TokenRates, int | None]:
        """The rates of a request with this much total input, and the threshold it passed (CONVENTION §8).

        A tier applies once total input is strictly above its threshold, and then to the whole request, output included.
        """
        reached = [tier for tier in self.tiers if input_tokens > tier.above_input_tokens]
        return (reached[-1].rates, reached[-1].above_input_tokens) if reached else (self.rates, None)


def _has_zero(rates: TokenRates) -> bool:
    """Writing to a cache may well cost nothing; reading tokens or making them hardly ever does."""
    needed = (rates.input_usd_per_mtok, rates.output_usd_per_mtok)
    named = (rates.cached_input_usd_per_mtok, rates.reasoning_usd_per_mtok)
    return not all(needed) or any(usd is not None and not usd for usd in named)


class ResidencyMultiplier(Frozen):
    """What keeping requests in one place multiplies every token price by."""

    residency: str
    multiplier: Money = Field(ge=Decimal("0.01"), le=100)


class RemoteService(Frozen):
    """How the offer answers: time to first token without network and queue of ours, and the speed of one stream."""

    ttft_s: Wait
    decode_tok_s: StreamSpeed


class TokenOffer(Frozen):
    """One managed model at one vendor, with every price that is known of it, past and announced."""

    kind: Literal["token"] = "token"
    sku: str = Field(pattern=r"^[^/\s]+/\S+$")  # "openai/gpt-4.1-mini": vendor/model as genai-prices names them
    vendor: str
    title: str
    currency: Literal["USD"] = "USD"
    prices: tuple[TokenPrice, ...] = Field(min_length=1)
    context_tokens: Tokens | None = None
    residency: tuple[str, ...] = ()  # where requests may be processed, as the vendor states it; empty: not stated
    residency_multipliers: tuple[ResidencyMultiplier, ...] = ()
    service: RemoteService | None = None  # None: nobody stated how fast it answers
    requests_per_minute: RatePerMinute | None = None  # the account's limits; None: not stated
    tokens_per_minute: RatePerMinute | None = None  # input and output together
    source: str
    source_url: str = ""
    confidence: Confidence = Confidence.QUOTED  # of rows that state no provenance of their own
    as_of: date  # the day the price data was taken
    note: str = ""  # what the source remarks, and what else the vendor charges for

    @property
    def model(self) -> str:
        """The model's own name."""
        return self.sku.split("/", 1)[1]

    @property
    def stated_places(self) -> tuple[str, ...]:
        """Where its vendor states that requests may be processed, at whatever price."""
        return tuple(dict.fromkeys((*self.residency, *(each.residency for each in self.residency_multipliers))))

    def price_on(self, on: date, variant: Variant = Variant.STANDARD, at: time | None = None) -> TokenPrice | None:
        """The price in force on this day (and hour, where prices depend on it); None where there is none."""
        rows = [row for row in self.prices if row.variant is variant]
        timed = [row for row in rows if row.hours is not None and at is not None and row.hours.hold(at)]
        return row_on(timed, on) or row_on([row for row in rows if row.hours is None], on)

    def variants_on(self, on: date) -> tuple[Variant, ...]:
        """The variants with a price on this day, in the order of `Variant`."""
        priced = {row.variant for row in self.prices if row.in_force(on)}
        return tuple(variant for variant in Variant if variant in priced)

    def hourly_prices_on(self, on: date, variant: Variant = Variant.STANDARD) -> tuple[TokenPrice, ...]:
        """The rows that hold in some hours of this day only; none where the hour does not matter."""
        return tuple(
            row for row in self.prices if row.variant is variant and row.hours is not None and row.in_force(on)
        )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ways: dict[tuple[Variant, DailyHours | None], list[TokenPrice]] = {}
        for row in self.prices:
            ways.setdefault((row.variant, row.hours), []).append(row)
        for (variant, _), rows in ways.items():
            require_apart(rows, f"{self.sku} ({variant.value})")
        for one, other in combinations([row for row in self.prices if row.hours is not None], 2):
            if _clash(one, other):
                raise ValueError(f"two prices of {self.sku} ({one.variant.value}) hold in the same hour of a day")
        return self


def _clash(one: TokenPrice, other: TokenPrice) -> bool:
    """Two rows of one variant in unlike hours that meet on some day."""
    if one.variant is not other.variant or one.hours is None or other.hours is None or one.hours == other.hours:
        return False
    return one.hours.meet(other.hours) and one.overlaps(other)


class _OfferOfVersion1(Frozen):
    """Price profiles of version 1 held one undated rate an offer, and repeated the model's name."""

    kind: Literal["token"] = "token"
    sku: str
    vendor: str
    model: str
    title: str
    currency: Literal["USD"] = "USD"
    rates: TokenRates
    tiers: tuple[ContextTier, ...] = ()
    context_tokens: Tokens | None = None
    residency: tuple[str, ...] = ()
    service: RemoteService
    source: str
    source_url: str = ""
    as_of: date

    def current(self) -> TokenOffer:
        """The same offer today; that version took a price of zero only from rows marked as free."""
        free = any(_has_zero(each) for each in (self.rates, *(tier.rates for tier in self.tiers)))
        kept = {name: value for name, value in self if name not in {"model", "rates", "tiers"}}
        return TokenOffer(**kept, prices=(TokenPrice(rates=self.rates, tiers=self.tiers, free=free),))


def _version_of(raw: object) -> str:
    """Which of the two a plain offer is; a value in memory is of today."""
    return "version 1" if isinstance(raw, dict) and "rates" in raw and "prices" not in raw else "token"


def _current(read: TokenOffer | _OfferOfVersion1) -> TokenOffer:
    return read if isinstance(read, TokenOffer) else read.current()


if TYPE_CHECKING:
    ReadOffer = TokenOffer
else:  # chosen by shape, so that each is still read strictly from JSON, which a validator before it would undo
    ReadOffer = Annotated[
        Annotated[TokenOffer, Tag("token")] | Annotated[SkipJsonSchema[_OfferOfVersion1], Tag("version 1")],
        Discriminator(_version_of),
        AfterValidator(_current),
    ]


class Quote(Frozen):
    """A user's own price for a sku: it goes before every list price from its day on."""

    sku: str = Field(min_length=1)
    author: str = Field(min_length=1)
    date: date
    reason: str = Field(min_length=1)
    price: TokenPrice | None = None  # of a token offer
    usd_per_h: Usd | None = None  # of an instance, bought as `option` says
    option: str = ""
    usd_per_unit_month: Usd | None = None  # of a provisioned unit
    valid_until: date | None = None  # the first day on which it no longer holds

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        stated = [each for each in (self.price, self.usd_per_h, self.usd_per_unit_month) if each is not None]
        if len(stated) != 1:
            raise ValueError("a quote states exactly one price")
        return self


class Replaced(Frozen):
    """An offer as it was before an import, a refresh or a hand replaced it."""

    replaced_on: date
    by: str  # «import of FILE», «genai-prices 0.2.4»
    offer: TokenOffer


class PriceProfile(Frozen):
    """The token offers a scenario may choose from, the user's quotes over them, and what they replaced."""

    format: Literal["edgewise.price-profile"] = "edgewise.price-profile"
    version: Literal[2] = 2
    profile_id: str
    title: str
    data_source: str  # "genai-prices 0.2.3"
    data_as_of: date
    offers: tuple[ReadOffer, ...]
    quotes: tuple[Quote, ...] = ()  # oldest first; of every kind of offer, by sku
    replaced: tuple[Replaced, ...] = ()  # oldest first

    @field_validator("version", mode="before")
    @classmethod
    def _from_version_1(cls, version: object) -> object:
        """Version 1 had undated offers, which `TokenOffer` reads, and no quotes."""
        return 2 if version == 1 and version is not True else version
