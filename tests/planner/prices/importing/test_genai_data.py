"""The data.json of genai-prices: the same rows as the installed package's own data give."""

from __future__ import annotations

import contextlib
import json
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from genai_prices.data import providers
from genai_prices.types import ModelInfo, ModelPrice, Provider, TieredPrices

from planner.errors import PriceError
from planner.prices.importing.files import FileFormat, read_prices
from planner.prices.list_prices import list_offer
from planner.prices.offers import TokenOffer, Variant

DATA = Path(__file__).parents[3] / "data" / "prices" / "genai-data.json"
DAY = date(2026, 11, 20)
READ = read_prices(DATA, as_of=DAY)
OFFERS = {offer.sku: offer for offer in READ.offers if isinstance(offer, TokenOffer)}


def test_it_is_recognised_and_tells_history() -> None:
    assert READ.report.file_format == FileFormat.GENAI_PRICES.value
    assert READ.tells_history
    assert sorted(OFFERS) == [
        "anthropic/claude-haiku-4-5",
        "anthropic/claude-sonnet-4-6",
        "deepseek/deepseek-chat",
    ]
    assert OFFERS["anthropic/claude-haiku-4-5"].source_url == "https://www.anthropic.com/pricing"


def test_plain_prices_with_both_cache_writes_and_what_is_charged_apart() -> None:
    offer = OFFERS["anthropic/claude-haiku-4-5"]
    rates = offer.prices[0].rates
    assert rates.input_usd_per_mtok == Decimal(1)
    assert rates.cache_write_usd_per_mtok == Decimal("1.25")
    assert rates.cache_write_1h_usd_per_mtok == Decimal(2)
    assert "web searches" in offer.note


def test_dated_prices_close_each_other_and_tiers_end_with_them() -> None:
    offer = OFFERS["anthropic/claude-sonnet-4-6"]
    before, after = offer.price_on(date(2026, 3, 12)), offer.price_on(date(2026, 3, 13))
    assert before is not None
    assert after is not None
    assert before.effective_to == after.effective_from == date(2026, 3, 13)
    assert before.rates_at(200_001)[0].output_usd_per_mtok == Decimal("22.5")
    assert not after.tiers
    batch = offer.price_on(DAY, Variant.BATCH)
    assert batch is not None
    assert batch.rates.output_usd_per_mtok == Decimal("7.5")


def test_hours_of_the_day_in_utc() -> None:
    offer = OFFERS["deepseek/deepseek-chat"]
    cheap, dear = offer.price_on(DAY, at=time(12, 0)), offer.price_on(DAY, at=time(20, 0))
    assert cheap is not None
    assert dear is not None
    assert (cheap.rates.input_usd_per_mtok, dear.rates.input_usd_per_mtok) == (Decimal("0.135"), Decimal("0.27"))


def test_refusals_name_the_model_and_the_reason() -> None:
    said = {each.sku: each.reason for each in READ.report.refused}
    assert "no output price" in said["deepseek/embeds"]
    assert "zero" in said["deepseek/nothing"]
    assert "condition that this program does not read" in said["deepseek/from-mars"]
    assert len(said) == len(READ.report.refused) == 3


def test_version_3_holds_the_providers_beside_its_units(tmp_path: Path) -> None:
    """Known members of a later version are read; a price of an unknown shape refuses its model only."""
    providers = json.loads(DATA.read_text())
    providers[0]["models"][0]["prices"]["cache_read_mtok"] = {"type": "future", "value": 99}
    path = tmp_path / "data.json"
    path.write_text(json.dumps({"units": {}, "later": {}, "providers": providers}))
    read = read_prices(path, as_of=DAY)
    assert {offer.sku for offer in read.offers} == {"anthropic/claude-sonnet-4-6", "deepseek/deepseek-chat"}
    assert "anthropic/claude-haiku-4-5" in {each.sku for each in read.report.refused}


def test_read_from_a_file_the_installed_data_give_the_same_offers(tmp_path: Path) -> None:
    """The package's own data are the oracle: written out as its data.json is, every fifth model reads the same."""
    sampled = [
        (provider, provider.models[place]) for provider in providers for place in range(0, len(provider.models), EVERY)
    ]
    raw = [raw_provider(provider, [model for owner, model in sampled if owner is provider]) for provider in providers]
    path = tmp_path / "data.json"
    path.write_text(json.dumps(raw))
    read = {offer.sku: offer for offer in read_prices(path, as_of=DAY).offers if isinstance(offer, TokenOffer)}
    listed: dict[str, TokenOffer] = {}
    for provider, model in sampled:
        with contextlib.suppress(PriceError):
            sku = f"{provider.id}/{model.id}"
            listed[sku] = list_offer(sku, DAY)
    assert read.keys() == listed.keys()
    assert len(read) > 100
    for sku, offer in listed.items():
        same = {"source": read[sku].source, "source_url": read[sku].source_url}
        assert offer.model_copy(update=same) == read[sku]


EVERY = 5


def raw_provider(provider: Provider, models: list[ModelInfo]) -> dict[str, Any]:
    return {
        "id": provider.id,
        "name": provider.name,
        "price_comments": provider.price_comments,
        "models": [raw_model(model) for model in models],
    }


def raw_model(model: ModelInfo) -> dict[str, Any]:
    dated = model.prices if isinstance(model.prices, list) else []
    return {
        "id": model.id,
        "name": model.name,
        "context_window": model.context_window,
        "price_comments": model.price_comments,
        "prices": raw_price(model.prices)
        if isinstance(model.prices, ModelPrice)
        else [{"constraint": raw_constraint(each.constraint), "prices": raw_price(each.prices)} for each in dated],
        "price_variants": [
            {"when": each.when, "constraint": raw_constraint(each.constraint), "prices": raw_price(each.prices)}
            for each in model.price_variants or ()
        ],
    }


def raw_price(price: ModelPrice) -> dict[str, Any]:
    return {key: raw_figure(value) for key, value in vars(price).items() if value is not None}


def raw_figure(value: Any) -> Any:
    if not isinstance(value, TieredPrices):
        return float(value)
    return {"base": float(value.base), "tiers": [{"start": t.start, "price": float(t.price)} for t in value.tiers]}


def raw_constraint(constraint: Any) -> dict[str, str] | None:
    return None if constraint is None else {key: value.isoformat() for key, value in vars(constraint).items()}
