"""`edgewise price`: every digit, the rows used, and a refusal in one sentence instead of a zero."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.documents import save_document
from planner.prices.offers import PriceProfile, Quote, TokenPrice, Variant
from planner.prices.rate_card import RateCard
from tests.support.token_offers import DAY, offer, rates

DATA = Path(__file__).parents[2] / "data"
MINI = ("--sku", "openai/gpt-4.1-mini", "--on", "2026-11-25")


def own_card(folder: Path) -> Path:
    """A user's own rate card with one token offer."""
    raw = {
        "profile_id": "mine",
        "title": "Mine",
        "vendor": {"service": "Mine", "host": "Mine", "channel": "first_party"},
        "provenance": {"source": "contract", "retrieved": "2026-11-01"},
        "offers": [json.loads(offer(TokenPrice(rates=rates())).model_dump_json())],
    }
    path = folder / "mine.json"
    save_document(path, RateCard.model_validate_json(json.dumps(raw)))
    return path


def test_json_states_every_digit_with_rows_days_and_sources(edgewise) -> None:
    ended = edgewise("price", *MINI, "--input", "7", "--cached", "3", "--output", "1", "--batch", "--json")
    assert ended.code == 0
    answer = json.loads(ended.out)
    # 4 × 0.2 + 3 × 0.1 + 1 × 0.8 millionths; batch caching is at the standard price.
    assert answer["total_usd"] == "0.0000019"
    assert answer["costing"]["billed_usd"] == "0.0000019"
    assert sum(Decimal(row["billed_usd"]) for row in answer["costing"]["rows"]) == Decimal("0.0000019")
    (first, *_) = answer["costing"]["rows"]
    assert (first["quantity"], first["unit_price_usd"], first["billed_usd"]) == ("4", "0.2", "0.0000008")
    assert (first["effective_from"], first["confidence"]) == ("2026-10-14", "secondary")
    assert first["source_url"].startswith("https://")
    assert answer["price"]["note"].endswith("cached input.")
    assert (answer["variant"], answer["on"], answer["as_of"]) == ("batch", "2026-11-25", "2026-11-10")


def test_words_show_the_rows_and_the_price_that_lies_ahead(edgewise) -> None:
    ended = edgewise(
        *("price", "--sku", "google/gemini-3.8-flash", "--input", "100000", "--cached", "40000"),
        *("--output", "2000", "--on", "2026-11-25"),
    )
    assert ended.code == 0
    words = " ".join(ended.out.split())
    assert words.startswith("$0.0555 at Gemini 3.8 Flash (google/gemini-3.8-flash), standard price of 25 Nov 2026.")
    assert "cached input 40,000 tokens $0.075/Mtok 0.003" in words
    assert "until 1 Jan 2027 (introductory). Source: genai-prices" in words
    assert "From 1 Jan 2027 the same usage costs $0.111." in words


def test_a_context_tier_is_told(edgewise) -> None:
    ended = edgewise("price", "--sku", "openai/gpt-6.1-terra", "--input", "272001", "--on", "2026-11-25")
    assert "The whole request pays the rates above 272,000 input tokens." in ended.out
    assert ended.out.startswith("$0.544002 ")


def test_the_hour_decides_where_the_price_depends_on_it(edgewise) -> None:
    asked = ("price", "--sku", "deepseek/deepseek-flash", "--input", "1000000", "--on", "2026-11-25")
    ended = edgewise(*asked)
    assert (ended.code, ended.out) == (2, "")
    assert "depends on the hour of the day" in ended.err
    assert edgewise(*asked, "--at", "02:30").out.startswith("$0.3 ")
    assert edgewise(*asked, "--at", "05:00").out.startswith("$0.15 ")


def test_requests_variants_and_places(edgewise) -> None:
    many = edgewise("price", *MINI, "--input", "1000", "--requests", "1000", "--variant", "priority", "--json")
    assert json.loads(many.out)["total_usd"] == "0.7"
    near = edgewise(
        *("price", "--sku", "openrouter/mistralai/mistral-large-4-0", "--input", "1000", "--residency", "EU"),
        *("--on", "2026-11-25", "--json"),
    )
    assert json.loads(near.out)["total_usd"] == "0.00077"


def test_an_offer_of_a_rate_card_file_needs_no_name_where_it_is_the_only_one(edgewise, tmp_path: Path) -> None:
    path = own_card(tmp_path)
    ended = edgewise("price", "--rate-card", str(path), "--input", "1000000", "--on", "2026-11-25", "--json")
    answer = json.loads(ended.out)
    assert (answer["sku"], answer["total_usd"]) == ("vendor/model", "1.5")
    assert answer["costing"]["rows"][0]["source"] == "a test, 23 Nov 2026"


def test_a_quote_of_a_price_profile_goes_first(edgewise, tmp_path: Path) -> None:
    quote = Quote(sku="vendor/model", author="A", date=DAY, reason="deal", price=TokenPrice(rates=rates("1")))
    batch = TokenPrice(rates=rates("0.7"), variant=Variant.BATCH)
    prices = PriceProfile(
        profile_id="p",
        title="P",
        data_source="test",
        data_as_of=DAY,
        offers=(offer(TokenPrice(rates=rates()), batch),),
        quotes=(quote,),
    )
    save_document(tmp_path / "p.json", prices)
    asked = ("price", "--rate-card", str(tmp_path / "p.json"), "--input", "1000000")
    assert edgewise(*asked, "--on", "2026-11-25").out.startswith(
        "$1 at Model (vendor/model), own quote of 25 Nov 2026."
    )
    assert edgewise(*asked, "--on", "2026-11-22").out.startswith("$1.5 ")
    assert edgewise(*asked, "--on", "2026-11-25", "--batch").out.startswith("$0.7 ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sku", "openai/gpt-4.1-mimi", "--input", "1"), "Did you mean openai/gpt-4.1-mini"),
        (("--sku", "openai/text-embedding-3-small", "--input", "1"), "no output price per token"),
        ((*MINI, "--input", "1", "--variant", "flex"), "It is sold as: standard, batch, priority, fast."),
        ((*MINI[:2], "--input", "1", "--batch", "--on", "2026-10-13"), "The first known holds from 14 Oct 2026."),
        ((*MINI, "--input", "1", "--residency", "EU"), "is not stated"),
        ((*MINI, "--input", "5", "--cached", "6"), "more than the 5 input tokens"),
        (("--rate-card", "aws-ec2", "--input", "1"), "holds no token offer"),
        (("--rate-card", "no-such-card", "--input", "1"), "no rate card is called"),
        (("--rate-card", "missing.json", "--input", "1"), "no such file"),
        (("--rate-card", str(DATA / "price-profile-v1.json"), "--input", "1"), "holds several token offers"),
        (("--rate-card", str(DATA / "price-profile-v1.json"), "--sku", "x/y", "--input", "1"), "no token offer 'x/y'"),
        ((*MINI[:2], "--input", "1", "--on", "tomorrow"), "is not a day"),
        ((*MINI, "--input", "1", "--at", "noon"), "is not an hour"),
        ((*MINI, "--input", "1", "--at", "12:00+01:00"), "hours are in UTC"),
        ((*MINI, "--input", "1", "--batch", "--variant", "flex"), "contradict each other"),
        (MINI, "name the tokens to price"),
        (("--input", "1"), "name --sku VENDOR/MODEL"),
        ((*MINI, "--input", "-1"), "Invalid value for '--input'"),
    ],
)
def test_what_has_no_price_is_refused_in_words(edgewise, arguments: tuple[str, ...], said: str) -> None:
    ended = edgewise("price", *arguments, "--json")
    assert (ended.code, ended.out) == (2, "")
    assert said in " ".join(ended.err.split())


def test_a_plan_at_the_prices_of_a_past_day_says_what_it_does_not_know(edgewise) -> None:
    ended = edgewise("plan", "office-assistant", "--prices-on", "2026-06-01", "--json")
    assert ended.code == 0
    saved = json.loads(ended.out)
    assert saved["scenario"]["as_of"] == saved["plan"]["as_of"] == "2026-06-01"
    assert saved["scenario"]["title"].endswith(", at prices of 1 Jun 2026")
    said = " ".join(ended.err.split())
    assert "Left out, because no price is known for 1 Jun 2026: GPT-6 Luna, Claude Haiku 5.5" in said
    assert "do not say since when the price holds" in said
    assert "openai/gpt-6-luna" not in {offer["sku"] for offer in saved["scenario"]["prices"]["offers"]}
    assert edgewise("plan", "office-assistant", "--prices-on", "June").code == 2


def test_a_day_before_anything_was_sold_by_the_token_has_no_price(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["price", "--sku", "openai/gpt-4.1-mini", "--input", "5", "--output", "1", "--on"]
    assert main([*asked, "1999-01-01"]) == 2
    assert "nobody sold a language model by the token on 1 Jan 1999" in capsys.readouterr().err
    assert main([*asked, "2024-01-01", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["kind"] for each in told["costing"]["warnings"]] == ["UndatedPrice"]
    assert main([*asked, told["as_of"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["costing"]["warnings"] == []
