"""The `data.json` of genai-prices: dated prices with tiers, hours and variants, read as the installed package's are."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    StartDateConstraint,
    Tier,
    TieredPrices,
    TimeOfDateConstraint,
)
from pydantic import ValidationError

from planner.errors import PriceError
from planner.prices.dated import Confidence
from planner.prices.importing.findings import Findings
from planner.prices.importing.foreign import Table, amount, plain, rows, table, words
from planner.prices.list_rows import not_priced_here, residency_multipliers, token_prices
from planner.prices.offers import TokenOffer

MOST_TIERS = 100
MOST_ROWS = 1000
REFUSALS = (PriceError, ValidationError, ValueError, ArithmeticError)

Constraint = StartDateConstraint | TimeOfDateConstraint


def providers_of(raw: object) -> list[Any]:
    """The providers of the document: version 1 and 2 are a list of them, version 3 holds one beside its units."""
    held = table(raw)
    return rows(held.get("providers")) if held is not None else rows(raw)


def read_genai_data(raw: object, findings: Findings, *, file: str, as_of: date) -> None:
    """Every text model of the document as an offer with all its dated prices."""
    taken: set[str] = set()
    for number, each in enumerate(providers_of(raw)):
        provider = table(each)
        vendor = words(provider.get("id")) if provider is not None else ""
        if provider is None or not vendor:
            findings.refuse(f"provider {number}", "it has no id")
            continue
        for place, one in enumerate(rows(provider.get("models"))):
            model = table(one)
            name = words(model.get("id")) if model is not None else ""
            if model is None or not name:
                findings.refuse(f"provider {vendor}, model {place}", "it has no id")
                continue
            sku = f"{vendor}/{name}"
            if not findings.wants(sku):
                continue
            if sku in taken:
                findings.refuse(f"model {sku}", "it stands twice", "The first is taken.", sku=sku)
                continue
            taken.add(sku)
            try:
                findings.offers.append(_offer(provider, model, sku, file, as_of))
            except REFUSALS as error:
                findings.refuse_for(error, f"model {sku}", sku=sku)


def _offer(provider: Table, model: Table, sku: str, file: str, as_of: date) -> TokenOffer:
    info = _model(model)
    multipliers, notes = residency_multipliers(info)
    apart = [key.rsplit("_", 1)[0].replace("_", " ") for key in not_priced_here(info)]
    remarks = (
        f"Charged apart and in no price here: {', '.join(apart)}." if apart else "",
        *notes,
        words(model.get("price_comments")),
        words(provider.get("price_comments")),
    )
    urls = [words(each) for each in rows(provider.get("pricing_urls"))]
    return TokenOffer(
        sku=sku,
        vendor=words(provider.get("name")) or sku.split("/", 1)[0],
        title=words(model.get("name")) or info.id,
        prices=token_prices(sku, info, as_of=as_of),
        residency_multipliers=multipliers,
        context_tokens=info.context_window,
        source=f"genai-prices data ({file})",
        source_url=next((url for url in urls if url.startswith(("https://", "http://"))), ""),
        confidence=Confidence.SECONDARY,
        as_of=as_of,
        note=" ".join(" ".join(remark.split()) for remark in remarks if remark),
    )


def _model(raw: Table) -> ModelInfo:
    stated = raw.get("prices")
    whole = table(stated)
    conditions = rows(stated)
    if whole is None and not conditions:
        raise ValueError("it states no prices")
    if len(conditions) > MOST_ROWS:
        raise ValueError(f"more than {MOST_ROWS} dated prices")
    name = words(raw.get("id"))
    context = raw.get("context_window")
    return ModelInfo(
        id=name,
        match=ClauseEquals(equals=name),
        name=words(raw.get("name")) or None,
        context_window=context if isinstance(context, int) and not isinstance(context, bool) and context > 0 else None,
        prices=_price(whole) if whole is not None else [_conditional(each) for each in conditions],
        price_variants=[_variant(each) for each in rows(raw.get("price_variants"))] or None,
    )


def _conditional(raw: object) -> ConditionalPrice:
    held = table(raw)
    if held is None:
        raise ValueError("a dated price must be an object")
    return ConditionalPrice(_constraint(held.get("constraint")), prices=_price(held.get("prices")))


def _variant(raw: object) -> PriceVariant:
    held = table(raw)
    when = table(held.get("when")) if held is not None else None
    if held is None or when is None:
        raise ValueError("a variant must say when it holds")
    return PriceVariant(dict(when), _price(held.get("prices")), _constraint(held.get("constraint")))


def _constraint(raw: object) -> Constraint | None:
    if raw is None:
        return None
    held = table(raw) or {}
    if "start_date" in held:
        return StartDateConstraint(date.fromisoformat(words(held["start_date"])))
    if "start_time" in held and "end_time" in held:
        start, end = (time.fromisoformat(words(held[key])) for key in ("start_time", "end_time"))
        return TimeOfDateConstraint(start, end)
    raise ValueError("a price holds under a condition that this program does not read")


def _price(raw: object) -> ModelPrice:
    held = table(raw)
    if held is None:
        raise ValueError("prices must be an object")
    return ModelPrice(**{key: _figure(value) for key, value in held.items() if value is not None})


def _figure(raw: object) -> Decimal | TieredPrices:
    held = table(raw)
    if held is None:
        return plain(amount(raw))
    tiers = [table(each) for each in rows(held.get("tiers"))]
    if "base" not in held or len(tiers) > MOST_TIERS:
        raise ValueError("a tiered price needs a base and a sane number of tiers")
    return TieredPrices(plain(amount(held["base"])), [_tier(each) for each in tiers])


def _tier(raw: Table | None) -> Tier:
    start = None if raw is None else raw.get("start")
    if raw is None or not isinstance(start, int) or isinstance(start, bool):
        raise ValueError("a tier must say after how many tokens it starts")
    return Tier(start, plain(amount(raw.get("price"))))
