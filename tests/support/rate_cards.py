"""A rate card with one offer of every kind as plain data, and plain data as TOML."""

from __future__ import annotations

import json
from typing import Any

from planner.documents import from_plain
from planner.prices.rate_card import RateCard

READ_ON = "2026-11-10"
Plain = dict[str, Any]


def read(confidence: str = "quoted", retrieved: str = READ_ON) -> Plain:
    return {
        "source": "the vendor's price page",
        "source_url": "https://example.com/prices",
        "retrieved": retrieved,
        "confidence": confidence,
    }


def plain_card(*offers: Plain, **changes: Any) -> Plain:
    """These offers, or one of every kind, in a card that nothing is to be said against."""
    return {
        "format": "edgewise.rate-card",
        "version": 1,
        "profile_id": "acme-cloud",
        "title": "Acme Cloud",
        "vendor": {"service": "Acme Compute", "host": "Acme", "channel": "neocloud"},
        "currency": "USD",
        "provenance": read(),
        "locality": {"region": "north", "residency": ["SE"], "sla_uptime": 0.999},
        "exchange_rates": [
            {"currency": "EUR", "usd": "1.2", "as_of": READ_ON, "source": "a central bank", "source_url": ""}
        ],
        "offers": list(offers) or every_offer(),
        "commitments": [],
        "notes": "",
    } | changes


def card(*offers: Plain, **changes: Any) -> RateCard:
    return from_plain(plain_card(*offers, **changes), RateCard, where="test")


def every_offer() -> list[Plain]:
    return [token(), instance(), bare_host(), provisioned(), request(), egress(), storage(), energy(), edge_device()]


def token(**changes: Any) -> Plain:
    return {
        "kind": "token",
        "sku": "acme/mini",
        "vendor": "Acme",
        "title": "Acme Mini",
        "currency": "USD",
        "prices": [
            {
                "rates": {"input_usd_per_mtok": "0.40", "output_usd_per_mtok": "1.60"},
                "tiers": [
                    {
                        "above_input_tokens": 200_000,
                        "rates": {"input_usd_per_mtok": "0.80", "output_usd_per_mtok": "3.20"},
                    }
                ],
            }
        ],
        "source": "the vendor's price page",
        "as_of": READ_ON,
    } | changes


def instance(*prices: Plain, **changes: Any) -> Plain:
    """An H100 machine on demand, as spot and committed; or with these prices."""
    return {
        "kind": "instance",
        "sku": "h100x8",
        "title": "Eight H100",
        "region": "north",
        "accelerator": {"name": "H100", "count": 8, "memory_gib": 80, "custom_silicon": False},
        "vcpus": 96,
        "memory_gib": 1024,
        "host_included": True,
        "billing": {"granularity_s": 1, "minimum_s": 60},
        "prices": list(prices) or [on_demand(), spot(), committed()],
    } | changes


def on_demand(usd_per_h: str = "24.00", **changes: Any) -> Plain:
    return {"option": "on_demand", "usd_per_h": usd_per_h, "effective_from": "2026-01-01"} | changes


def spot(usd_per_h: str = "9.00", **changes: Any) -> Plain:
    return {
        "option": "spot",
        "usd_per_h": usd_per_h,
        "effective_from": "2026-01-01",
        "interruption": {"share_low": 0.05, "share_high": 0.1, "notice_s": 120},
    } | changes


def committed(usd_per_h: str = "15.00", **changes: Any) -> Plain:
    return {
        "option": "commitment",
        "usd_per_h": usd_per_h,
        "effective_from": "2026-01-01",
        "commitment": {"category": "Usage", "term_months": 12, "payment": "no_upfront", "upfront_share": 0.0},
    } | changes


def bare_host(**changes: Any) -> Plain:
    return {
        "kind": "instance",
        "sku": "host-96",
        "region": "north",
        "vcpus": 96,
        "prices": [on_demand("2.00")],
    } | changes


def provisioned(*prices: Plain, **changes: Any) -> Plain:
    return {
        "kind": "provisioned",
        "sku": "units",
        "region": "north",
        "unit_name": "PTU",
        "min_units": 15,
        "step_units": 5,
        "overflow": "spillover",
        "models": [{"model": "mini", "throughput_per_unit": 3000, "basis": "input_tok_per_min", "output_weight": 4}],
        "prices": list(prices) or [{"term_months": 0, "usd_per_unit_h": "1.00"}],
    } | changes


def request(*prices: Plain, **changes: Any) -> Plain:
    return {
        "kind": "request",
        "sku": "search",
        "prices": list(prices) or [{"usd_per_1000": "14", "free_per_month": 5000}],
    } | changes


def egress(*prices: Plain, **changes: Any) -> Plain:
    tiers = [{"up_to_gb": 10_240.0, "usd_per_gb": "0.09"}, {"usd_per_gb": "0.05"}]
    return {
        "kind": "egress",
        "sku": "internet",
        "region": "north",
        "prices": list(prices) or [{"free_gb_per_month": 100.0, "tiers": tiers}],
    } | changes


def storage(*prices: Plain, **changes: Any) -> Plain:
    return {"kind": "storage", "sku": "cache", "prices": list(prices) or [{"usd_per_mtok_h": "1.00"}]} | changes


def energy(*prices: Plain, **changes: Any) -> Plain:
    return {
        "kind": "energy",
        "sku": "SE/household",
        "title": "Sweden",
        "region": "SE",
        "customer": "household",
        "band": "household, band DC",
        "prices": list(prices) or [tariff()],
        "gco2e_per_kwh": 40.7,
        "carbon_year": 2023,
        "carbon_provenance": read(),
    } | changes


def tariff(usd_per_kwh: str = "0.30", **changes: Any) -> Plain:
    return {
        "usd_per_kwh": usd_per_kwh,
        "published": {"currency": "EUR", "per_kwh": "0.25"},
        "taxes": "included",
        "period": "2025-S2",
    } | changes


def edge_device(*prices: Plain, **changes: Any) -> Plain:
    return {
        "kind": "edge_device",
        "sku": "laptop",
        "life_years": 4,
        "prices": list(prices) or [{"usd": "1200", "resale_usd": "150"}],
    } | changes


def as_toml(plain: Plain) -> str:
    """Plain data without nulls as TOML: one line a key, everything below it inline."""
    return "".join(f"{key} = {_inline(value)}\n" for key, value in plain.items() if value is not None)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_key(key)} = {_inline(each)}" for key, each in value.items() if each is not None) + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_inline(each) for each in value if each is not None) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else json.dumps(key)
