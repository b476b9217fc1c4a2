"""What the data center charges per token: dated prices of every variant, and the profile a scenario carries with it."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Self, cast

from pydantic import Field, field_validator, model_validator

from planner.documents import Frozen, Money
from planner.prices.dated import DatedRow, require_apart, row_on
from planner.ranges import StreamSpeed, Tokens, Usd, Wait


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


class DailyHours(Frozen):
    """Hours of the day (UTC) from `start` until before `end`, over midnight where the end is earlier."""

    start: time
    end: time

    def hold(self, at: time) -> bool:
        """Whether this moment lies inside."""
        if self.end <= self.start:
            return at >= self.start or at < self.end
        return self.start <= at < self.end


class TokenPrice(DatedRow):
    """Explicit rates of one variant in its days and hours; rows without hours hold whenever no other does."""

    variant: Variant = Variant.STANDARD
    hours: DailyHours | None = None
    rates: TokenRates
    tiers: tuple[ContextTier, ...] = ()
    usd_per_request: Usd | None = None  # a fee on top of the tokens
    minimum_usd_per_request: Usd | None = None  # a request costs no less than this
    free: bool = False  # zero on purpose; otherwise zero means unknown

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        thresholds = [tier.above_input_tokens for tier in self.tiers]
        if sorted(set(thresholds)) != thresholds:
            raise ValueError("context tiers must ascend")
        every = (self.rates, *(tier.rates for tier in self.tiers))
        if not self.free and not all(each.input_usd_per_mtok and each.output_usd_per_mtok for each in every):
            raise ValueError("a price of zero more often means unknown than free; mark the row `free = true` if it is")
        return self


class ResidencyMultiplier(Frozen):
    """What keeping requests in one place multiplies every token price by."""

    residency: str
    multiplier: Money = Field(gt=0, le=100)


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
    source: str
    source_url: str = ""
    as_of: date  # the day the price data was taken

    @property
    def model(self) -> str:
        """The model's own name."""
        return self.sku.split("/", 1)[1]

    def price_on(self, on: date, variant: Variant = Variant.STANDARD, at: time | None = None) -> TokenPrice | None:
        """The price in force on this day (and hour, where prices depend on it); None where there is none."""
        rows = [row for row in self.prices if row.variant is variant]
        timed = [row for row in rows if row.hours is not None and at is not None and row.hours.hold(at)]
        return row_on(timed, on) or row_on([row for row in rows if row.hours is None], on)

    @model_validator(mode="before")
    @classmethod
    def _from_version_1(cls, raw: Any) -> Any:
        """Price profiles of version 1 held one undated rate and repeated the model's name."""
        if not isinstance(raw, dict) or "prices" in raw or "rates" not in raw:
            return cast("Any", raw)
        old = dict(cast("dict[str, Any]", raw))
        old.pop("model", None)
        rates, tiers = old.pop("rates"), old.pop("tiers", ())
        is_free = Decimal(0) in {Decimal(str(rates[key])) for key in ("input_usd_per_mtok", "output_usd_per_mtok")}
        return old | {"prices": [{"rates": rates, "tiers": tiers, "free": is_free}]}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ways: dict[tuple[Variant, DailyHours | None], list[TokenPrice]] = {}
        for row in self.prices:
            ways.setdefault((row.variant, row.hours), []).append(row)
        for (variant, _), rows in ways.items():
            require_apart(rows, f"{self.sku} ({variant.value})")
        return self


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
    offers: tuple[TokenOffer, ...]
    quotes: tuple[Quote, ...] = ()  # oldest first; of every kind of offer, by sku
    replaced: tuple[Replaced, ...] = ()  # oldest first

    @field_validator("version", mode="before")
    @classmethod
    def _from_version_1(cls, version: object) -> object:
        """Version 1 had undated offers, which `TokenOffer` reads, and no quotes."""
        return 2 if version == 1 and version is not True else version
