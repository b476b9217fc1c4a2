"""genai-prices' own arithmetic as the oracle: every model of the data, sampled usages, days, hours and variants.

Where the two differ on purpose, and only there:
- genai-prices takes the standard price for a variant that the model does not have (yet); we refuse (CONVENTION §3).
- It charges an hour's caching at the price of shorter caching where only that is stated; we refuse.
- It prices models without a price per output token (embeddings) at nothing for output; we refuse.
- It counts searches, images and sound where a usage reports them; a text request has none.
"""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, localcontext

import pytest
from genai_prices import Usage
from genai_prices.data import providers
from genai_prices.types import ModelInfo, Provider

from planner.errors import PriceError
from planner.prices.list_prices import list_offer
from planner.prices.list_rows import CONTEXTS, start_days
from planner.prices.offers import TokenOffer, Variant
from planner.prices.usage import EXACT, TokenUsage, price_usage

DATA_DAY = date(2026, 11, 10)
SHARDS = 4
USAGES_PER_MODEL = 2
NOT_BY_THE_TOKEN = "not sold by the token"
REFUSALS = {
    NOT_BY_THE_TOKEN,
    "it has no known … price",
    "it names no price for cache writes that are kept an hour, only for shorter ones",
}
MODELS = [(provider, model) for provider in providers for model in provider.models]


def sampled_usage(random_: random.Random, offer: TokenOffer) -> TokenUsage:
    """Sizes from nothing to a million, and often right at a context tier."""
    edges = [tier.above_input_tokens + step for row in offer.prices for tier in row.tiers for step in (-1, 0, 1)]
    total = random_.choice(edges) if edges and random_.random() < 0.7 else int(10 ** random_.uniform(0, 6))
    parts = [0, 0, 0]
    for at in range(3):
        if random_.random() < 0.5:
            parts[at] = random_.randint(0, total - sum(parts))
    output = int(10 ** random_.uniform(0, 5)) - 1
    return TokenUsage(total, output, *parts, reasoning_tokens=random_.randint(0, output))


def sampled_day(random_: random.Random, model: ModelInfo) -> date:
    """The eve and the morning of every change, and days far away."""
    near = [date.fromordinal(day.toordinal() + step) for day in start_days(model) for step in (-1, 0)]
    return random_.choice([date(2024, 1, 1), DATA_DAY, date(2028, 2, 29), *near])


def theirs(provider: Provider, model: ModelInfo, usage: TokenUsage, moment: datetime, words: dict[str, str]) -> Decimal:
    told = Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_tokens,
        cache_write_tokens=usage.written_tokens + usage.written_1h_tokens,
        cache_write_1h_tokens=usage.written_1h_tokens,
        output_tokens=usage.output_tokens,
        output_reasoning_tokens=usage.reasoning_tokens,
    )
    with localcontext(EXACT):
        return model.calc_price(told, provider, genai_request_timestamp=moment, price_context=words).total_price


def words_of(model: ModelInfo, variant: Variant) -> dict[str, str]:
    stated = [each.when for each in model.price_variants or ()]
    return next((words for words in CONTEXTS.get(variant, ()) if words in stated), {})


def compare(provider: Provider, model: ModelInfo, random_: random.Random) -> list[str]:
    """Price sampled usages both ways; what was done, or why not."""
    try:
        offer = list_offer(f"{provider.id}/{model.id}", DATA_DAY)
    except PriceError:
        price = model.get_prices(datetime(2026, 11, 10, tzinfo=UTC))
        assert price.input_mtok is None or price.output_mtok is None
        return [NOT_BY_THE_TOKEN]
    done: list[str] = []
    for _ in range(USAGES_PER_MODEL):
        usage, day = sampled_usage(random_, offer), sampled_day(random_, model)
        variant = random_.choice(sorted({row.variant for row in offer.prices}))
        at = time(random_.randrange(24), random_.choice((0, 30)))
        try:
            ours = price_usage(offer, usage, on=day, variant=variant, at=at).billed_usd
        except PriceError as refused:
            done.append(re.sub(r" on \d+ \w+ \d+$", "", refused.what).replace(variant.value, "…"))
            continue
        moment = datetime.combine(day, at, tzinfo=UTC)
        assert ours == theirs(provider, model, usage, moment, words_of(model, variant)), (offer.sku, usage, moment)
        done.append(variant.value)
    return done


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_model_costs_the_same_to_the_last_digit(shard: int) -> None:
    random_ = random.Random(20261110 + shard)
    done = [what for provider, model in MODELS[shard::SHARDS] for what in compare(provider, model, random_)]
    assert set(done) <= {*Variant, *REFUSALS}, set(done)
    assert done.count("standard") > 800
    for variant in ("batch", "priority", "flex", "fast"):
        assert done.count(variant) > 0


def test_residency_of_a_gateway_costs_what_its_route_does() -> None:
    provider, model = next(pair for pair in MODELS if pair[1].id == "mistralai/mistral-large-4-0")
    offer = list_offer(f"{provider.id}/{model.id}", DATA_DAY)
    usage = TokenUsage(100_001, 777, cached_tokens=3)
    for day in (date(2026, 11, 2), date(2026, 11, 3)):
        moment = datetime.combine(day, time(12), tzinfo=UTC)
        ours = price_usage(offer, usage, on=day, residency="EU").billed_usd
        assert ours == theirs(provider, model, usage, moment, {"route": "mistral/eu"})


def test_hours_of_the_day_cost_the_same_in_every_half_hour() -> None:
    timed = [
        (provider, model)
        for provider, model in MODELS
        if provider.id == "deepseek" and list_offer(f"deepseek/{model.id}", DATA_DAY).hourly_prices_on(DATA_DAY)
    ]
    assert timed
    for provider, model in timed:
        offer = list_offer(f"deepseek/{model.id}", DATA_DAY)
        for half_hours in range(48):
            at = time(half_hours // 2, 30 * (half_hours % 2))
            usage = TokenUsage(1_000, 100, cached_tokens=10)
            moment = datetime.combine(DATA_DAY, at, tzinfo=UTC)
            ours = price_usage(offer, usage, on=DATA_DAY, at=at).billed_usd
            assert ours == theirs(provider, model, usage, moment, {})


def test_a_variant_the_data_do_not_have_yet_is_refused_where_genai_prices_takes_the_standard_price() -> None:
    provider, model = next(pair for pair in MODELS if pair[0].id == "openai" and pair[1].id == "gpt-4.1-mini")
    offer, usage, day = list_offer("openai/gpt-4.1-mini", DATA_DAY), TokenUsage(1_000, 100), date(2026, 10, 13)
    moment = datetime.combine(day, time(12), tzinfo=UTC)
    batch = theirs(provider, model, usage, moment, {"processing": "batch"})
    assert batch == theirs(provider, model, usage, moment, {})
    with pytest.raises(PriceError, match="no known batch price on 13 Oct 2026"):
        price_usage(offer, usage, on=day, variant=Variant.BATCH)
