"""Worked by hand from prices that vendors state on their own pages, or where such a page was quoted; each cites it."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from planner.prices.list_prices import list_offer
from planner.prices.offers import Variant
from planner.prices.usage import TokenUsage, price_usage

DATA_DAY = date(2026, 11, 10)
DAY = date(2026, 11, 25)

EXAMPLES: dict[str, tuple[str, TokenUsage, dict[str, object], str]] = {
    # https://platform.claude.com/docs/en/models/opus-5/overview: input $5, 5m cache write $6.25, 1h cache write $10,
    # cache read $0.50, output $25 a million tokens.
    # 10,000 × 5 + 50,000 × 6.25 + 20,000 × 10 + 20,000 × 0.5 + 1,000 × 25 = 597,500.
    "Anthropic, all five prices": (
        "anthropic/claude-opus-5",
        TokenUsage(100_000, 1_000, cached_tokens=20_000, written_tokens=50_000, written_1h_tokens=20_000),
        {},
        "0.5975",
    ),
    # The same page: «Batch API: 50% discount on input and output»; caching multipliers apply on top.
    "Anthropic, batch": (
        "anthropic/claude-opus-5",
        TokenUsage(100_000, 1_000, cached_tokens=20_000, written_tokens=50_000, written_1h_tokens=20_000),
        {"variant": Variant.BATCH},
        "0.29875",
    ),
    # https://platform.claude.com/docs/en/about-claude/pricing: Claude Fable 5.1 cache hits $0.25, a fortieth of input.
    # 1,000 × 10 + 99,000 × 0.25 + 500 × 50 = 59,750.
    "Anthropic, cache hits": (
        "anthropic/claude-fable-5-1",
        TokenUsage(100_000, 500, cached_tokens=99_000),
        {},
        "0.05975",
    ),
    # https://deploybase.ai/articles/gemini-2.5-pricing works out a 50,000-token document with a 2,000-token summary at
    # $1.25 and $10: $0.0825.
    "Google, below the tier": ("google/gemini-2.5-pro", TokenUsage(50_000, 2_000), {}, "0.0825"),
    # https://deploybase.ai/articles/gemini-api-pricing: $2.50 and $15 for prompts of more than 200,000 tokens.
    # Exactly 200,000 is not above: 200,000 × 1.25 + 1,000 × 10 = 260,000; one more doubles it.
    "Google, at the tier": ("google/gemini-2.5-pro", TokenUsage(200_000, 1_000), {}, "0.26"),
    "Google, above the tier": ("google/gemini-2.5-pro", TokenUsage(200_001, 1_000), {}, "0.5150025"),
    # https://community.openai.com/t/1099176/2 on o1: (prompt − cached) × 15 + cached × 7.50 + completion × 60, with
    # cached tokens inside the prompt's and reasoning inside the completion's: 1,024 × 15 + 3,072 × 7.5 + 2,000 × 60.
    "OpenAI, cached and reasoning": (
        "openai/o1",
        TokenUsage(4_096, 2_000, cached_tokens=3_072, reasoning_tokens=1_900),
        {},
        "0.1584",
    ),
    # https://hivebook.wiki/wiki/gemini-2-5-google-s-multimodal-flagship-family on OpenAI's long context: above 272,000
    # tokens input doubles and output costs half as much again; GPT-5.4 is $2.50 and $15.
    # 272,001 × 5 + 1,000 × 22.5 = 1,382,505.
    "OpenAI, long context": ("openai/gpt-5.4", TokenUsage(272_001, 1_000), {}, "1.382505"),
    # https://docs.mistral.ai/studio-api/conversations/advanced/prompt-caching: cached tokens at 10 % of input ($0.70).
    # 1,000 × 0.7 + 9,000 × 0.07 + 100 × 2.1 = 1,540.
    "Mistral, cached": ("mistral/mistral-large-4", TokenUsage(10_000, 100, cached_tokens=9_000), {}, "0.00154"),
    # DeepSeek V3 in 2025 (https://www.deepseek-apk.com/blogs/125 quotes its page): $0.07 hit, $0.27 miss and $1.10 from
    # 00:30 to 16:30 UTC, half of each at night. 300 × 0.27 + 700 × 0.07 + 500 × 1.1 = 680.
    "DeepSeek, by day": (
        "deepseek/deepseek-chat",
        TokenUsage(1_000, 500, cached_tokens=700),
        {"at": time(0, 30)},
        "0.00068",
    ),
    "DeepSeek, by night": (
        "deepseek/deepseek-chat",
        TokenUsage(1_000, 500, cached_tokens=700),
        {"at": time(16, 30)},
        "0.00034",
    ),
    # Google's introductory rates of Gemini 3.8 Flash end with 2026 (https://ai.google.dev/gemini-api/docs/pricing):
    # $0.75 and $3.75, then twice that. 1,000,000 × 0.75 + 100,000 × 3.75 = 1,125,000.
    "Google, introductory": (
        "google/gemini-3.8-flash",
        TokenUsage(1_000_000, 100_000),
        {"on": date(2026, 12, 31)},
        "1.125",
    ),
    "Google, afterwards": ("google/gemini-3.8-flash", TokenUsage(1_000_000, 100_000), {"on": date(2027, 1, 1)}, "2.25"),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_costs_what_was_worked_out_by_hand(example: str) -> None:
    sku, usage, how, usd = EXAMPLES[example]
    costing = price_usage(list_offer(sku, DATA_DAY), usage, **{"on": DAY, **how})  # type: ignore[arg-type]
    assert costing.billed_usd == Decimal(usd)
