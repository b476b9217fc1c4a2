"""LiteLLM's map of model prices: an undated entry a model, dollars per token, tiers and variants in the keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import ValidationError

from planner.prices.dated import Confidence
from planner.prices.importing.findings import Findings
from planner.prices.importing.foreign import Table, amount, plain, rows, table, usd_per_mtok, words
from planner.prices.offers import ContextTier, TokenOffer, TokenPrice, TokenRates, Variant

SPECIMEN = "sample_spec"  # the map's own explanation of its keys
MODES = frozenset({"chat", "completion", "responses"})
VENDORS = {
    "gemini": "google",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "xai": "x-ai",
    "together_ai": "together",
    "fireworks_ai": "fireworks",
    "cohere_chat": "cohere",
    "azure_ai": "azure",
}
"""Vendors that our price data call by another name; every other keeps LiteLLM's."""

FIELDS = {
    "input_cost_per_token": "input_usd_per_mtok",
    "output_cost_per_token": "output_usd_per_mtok",
    "cache_read_input_token_cost": "cached_input_usd_per_mtok",
    "cache_creation_input_token_cost": "cache_write_usd_per_mtok",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h_usd_per_mtok",
    "output_cost_per_reasoning_token": "reasoning_usd_per_mtok",
}
VARIANTS = {
    None: Variant.STANDARD,
    "batches": Variant.BATCH,
    "flex": Variant.FLEX,
    "priority": Variant.PRIORITY,
    "fast": Variant.FAST,
}
MAY_BE_ZERO = frozenset({"cache_write_usd_per_mtok", "cache_write_1h_usd_per_mtok"})
_NAMES = "|".join(sorted(FIELDS, key=len, reverse=True))
KEY = re.compile(rf"^({_NAMES})(?:_above_(\d{{1,6}})k_tokens)?(?:_(batches|flex|priority|fast))?$")
TEXT_PRICE = re.compile(r"^(input_cost_per_token|output_cost_per_token|cache_(read|creation)_input_token_cost)")
ESTIMATE = re.compile(r"assum|estimat|approximat", re.IGNORECASE)  # remarks such as «assumed 50/50 split»
FEE = "input_cost_per_request"
TIERS = "tiered_pricing"

Rates = dict[str, Decimal]


@dataclass(frozen=True)
class _Entry:
    """One model of the map."""

    key: str
    sku: str
    raw: Table


def read_litellm(raw: Table, findings: Findings, *, file: str, as_of: date) -> None:
    """Every text model of the map with a price per token as an offer."""
    taken: dict[str, str] = {}
    for key, value in raw.items():
        if key == SPECIMEN:
            continue
        where = f"entry {key}"
        fields = table(value)
        if fields is None:
            findings.refuse(where, "an entry must be an object")
            continue
        sku = sku_of(key, words(fields.get("litellm_provider")))
        if not findings.wants(sku):
            continue
        try:
            offer = _offer(_Entry(key, sku, fields), findings, file, as_of)
        except (ValidationError, ValueError) as error:
            findings.refuse_for(error, where, sku=sku)
            continue
        if sku in taken:
            findings.refuse(where, f"it has the same name here as entry {taken[sku]}", "Import that one.", sku=sku)
            continue
        taken[sku] = key
        findings.offers.append(offer)


def sku_of(key: str, provider: str) -> str:
    """vendor/model as our price data name them: «gemini/gemini-2.5-pro» is google/gemini-2.5-pro."""
    vendor = VENDORS.get(provider, provider)
    for prefix in (f"{provider}/", f"{vendor}/"):
        if key.startswith(prefix):
            return f"{vendor}/{key.removeprefix(prefix)}"
    return f"{vendor}/{key}"


def _offer(entry: _Entry, findings: Findings, file: str, as_of: date) -> TokenOffer:
    raw = entry.raw
    vendor = words(raw.get("litellm_provider"))
    mode = words(raw.get("mode")) or "chat"
    if not vendor:
        raise ValueError("it names no litellm_provider")
    if mode not in MODES:
        raise ValueError(f"it is priced for {mode}, not for text")
    ended = _ended(raw, as_of)
    if ended:
        raise ValueError(f"its vendor ended it on {ended}")
    found, noisy = _rates(entry, findings)
    if noisy:
        findings.warn("RoundedPrice", entry.sku)
    unread = sorted(key for key, value in raw.items() if TEXT_PRICE.match(key) and not KEY.match(key) and value)
    if unread:
        findings.warn("UnreadPrice", entry.sku)
    context = raw.get("max_input_tokens")
    source_url = words(raw.get("source"))
    remark = words((table(raw.get("metadata")) or {}).get("notes"))
    is_estimate = ESTIMATE.search(remark) is not None
    if is_estimate:
        findings.warn("EstimatedPrice", entry.sku)
    return TokenOffer(
        sku=entry.sku,
        vendor=VENDORS.get(vendor, vendor),
        title=entry.sku.split("/", 1)[1],
        prices=tuple(_prices(entry, found, findings)),
        context_tokens=context if isinstance(context, int) and not isinstance(context, bool) and context > 0 else None,
        source=f"LiteLLM's price map ({file})",
        source_url=source_url if re.fullmatch(r"https?://\S+", source_url) else "",
        confidence=Confidence.ESTIMATE if is_estimate else Confidence.SECONDARY,
        as_of=as_of,
        note=_note(raw, unread, remark),
    )


def _ended(raw: Table, as_of: date) -> str:
    try:
        ended = date.fromisoformat(words(raw.get("deprecation_date")))
    except ValueError:
        return ""
    return ended.isoformat() if ended <= as_of else ""


def _rates(entry: _Entry, findings: Findings) -> tuple[dict[tuple[Variant, int], Rates], bool]:
    """Prices per Mtok by variant and threshold (0: none), and whether any had to be rounded."""
    found: dict[tuple[Variant, int], Rates] = {}
    noisy = False
    for place, name, value in _stated(entry.raw):
        per_mtok, rounded = usd_per_mtok(amount(value))
        noisy |= rounded
        if not per_mtok and name not in MAY_BE_ZERO and name not in {"input_usd_per_mtok", "output_usd_per_mtok"}:
            findings.warn("ZeroPrice", entry.sku)
            continue
        found.setdefault(place, {})[name] = per_mtok
    return found, noisy


def _stated(raw: Table) -> Iterator[tuple[tuple[Variant, int], str, object]]:
    for key, value in raw.items():
        named = KEY.match(key)
        if named is not None and value is not None:
            threshold = 1000 * int(named[2]) if named[2] else 0
            if named[2] and not threshold:
                raise ValueError("a context tier begins at zero")
            yield (VARIANTS[named[3]], threshold), FIELDS[named[1]], value
    for each in rows(raw.get(TIERS)):
        tier = table(each)
        bounds = rows(tier.get("range")) if tier is not None else []
        if tier is None or not bounds:
            raise ValueError("its tiered_pricing cannot be read")
        threshold = int(amount(bounds[0]))
        for key, name in FIELDS.items():
            if tier.get(key) is not None:
                yield (Variant.STANDARD, threshold), name, tier[key]


def _prices(entry: _Entry, found: Mapping[tuple[Variant, int], Rates], findings: Findings) -> Iterator[TokenPrice]:
    standard = found.get((Variant.STANDARD, 0), {})
    for name, said in (("input_usd_per_mtok", "input"), ("output_usd_per_mtok", "output")):
        if name not in standard:
            raise ValueError(f"it states no price per token of {said}")
    fee = entry.raw.get(FEE)
    tiered = {variant for variant, threshold in found if threshold}
    for variant in Variant:
        own = found.get((variant, 0), {})
        if not own and variant not in tiered:
            continue
        inherited = sorted(standard.keys() - own.keys())
        base = standard | own
        if Variant.STANDARD in tiered and variant not in tiered:
            findings.warn("FlatVariant", entry.sku)
        yield TokenPrice(
            variant=variant,
            rates=TokenRates(**base),
            tiers=tuple(_tiers(variant, found, base)),
            usd_per_request=plain(amount(fee)) if fee else None,
            note=_inherited(variant, inherited),
        )


def _tiers(variant: Variant, found: Mapping[tuple[Variant, int], Rates], base: Rates) -> Iterator[ContextTier]:
    """A tier takes what it does not state from the one below it."""
    rates = base
    for threshold in sorted(threshold for each, threshold in found if each is variant and threshold):
        rates = rates | found[variant, threshold]
        yield ContextTier(above_input_tokens=threshold, rates=TokenRates(**rates))


def _inherited(variant: Variant, names: list[str]) -> str:
    if variant is Variant.STANDARD or not names:
        return ""
    said = ", ".join(name.removesuffix("_usd_per_mtok").replace("_", " ") for name in names)
    return f"{variant.value} prices not stated, standard ones taken: {said}."


def _note(raw: Table, unread: list[str], remark: str) -> str:
    """What else is charged for and what the map remarks, in its own words."""
    apart = sorted(
        key
        for key, value in raw.items()
        if "cost" in key and not TEXT_PRICE.match(key) and not KEY.match(key) and key != FEE and value
    )
    parts = (
        f"Charged apart and in no price here: {', '.join(key.replace('_', ' ') for key in apart)}." if apart else "",
        f"Not read: {', '.join(unread)}." if unread else "",
        " ".join(remark.split()),
    )
    return " ".join(part for part in parts if part)
