"""`edgewise prices`: list, show, quote, import and history as they are typed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.documents import save_document
from planner.prices.offers import PriceProfile
from planner.prices.rate_card import RateCard
from planner.prices.rate_cards import load_rate_card, rate_card
from planner.scenario import Scenario
from planner.scenario_files import load_scenario, save_scenario
from tests.support.scenarios import scenario

FOLDER = Path(__file__).parents[2] / "data" / "prices"
SKU = "acme/mini"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.json"
    save_scenario(path, scenario())
    return path


@pytest.fixture
def prices_map(tmp_path: Path) -> Path:
    entry = {"litellm_provider": "acme", "mode": "chat", "input_cost_per_token": 5e-07, "output_cost_per_token": 2e-06}
    path = tmp_path / "map.json"
    path.write_text(json.dumps({"mini": entry, "maxi": entry, "bad": {"litellm_provider": "acme", "mode": "chat"}}))
    return path


def quote(edgewise: Any, path: Path, *more: str) -> Any:
    return edgewise("prices", "quote", path, "--sku", SKU, "--author", "Ada", "--reason", "contract 4711", *more)


def test_every_part_explains_itself(edgewise) -> None:
    ended = edgewise("prices", "--help")
    assert ended.code == 0
    for verb in ("list", "show", "quote", "import", "history", "energy", "export"):
        assert f"\n  {verb} " in ended.out
        assert edgewise("prices", verb, "--help").code == 0


def test_the_list_has_every_kind_with_source_age_and_basis(edgewise) -> None:
    ended = edgewise("prices", "list", "--json", "--on", "2026-11-25")
    told = json.loads(ended.out)
    assert ended.code == 0
    assert {each["kind"] for each in told["offers"]} >= {"token", "instance", "provisioned", "energy", "egress"}
    assert all(each["source"] and each["basis"] and each["read_on"] for each in told["offers"])
    found = edgewise("prices", "list", "--kind", "instance", "--vendor", "nebius", "--search", "h100")
    assert "gpu-h100-sxm_8gpu-128vcpu-1600gb" in found.out
    assert "p5.48xlarge" not in found.out


def test_a_quote_is_written_and_goes_before_the_list(edgewise, mine: Path) -> None:
    ended = quote(edgewise, mine, "--input", "0.10", "--output", "0.60", "--until", "2027-01-01")
    assert ended.code == 0, ended.err
    (held,) = load_scenario(mine).prices.quotes
    assert (held.author, held.date, held.valid_until) == ("Ada", date(2026, 11, 23), date(2027, 1, 1))
    told = json.loads(edgewise("prices", "list", mine, "--search", SKU, "--json").out)["offers"]
    assert told[0]["prices"][0] == {"what": "input", "usd": "0.10", "unit": "USD/Mtok"}
    assert told[0]["quote"]["reason"] == "contract 4711"
    assert "own quote, Ada" in edgewise("prices", "history", SKU, "--in", mine).out
    assert mine.with_name("mine.json.bak1").exists()


def test_a_quote_after_the_day_of_the_plan_says_so(edgewise, mine: Path) -> None:
    ended = quote(edgewise, mine, "--input", "0.10", "--output", "0.60", "--date", "2026-12-01")
    assert ended.code == 0
    assert "its plan is unchanged" in ended.err


def test_what_the_list_tells_apart_and_the_quote_does_not_is_said(edgewise, tmp_path: Path) -> None:
    words = ["prices", "quote", "office-assistant", "--sku", "openai/gpt-5.4-nano", "--author", "A", "--reason", "r"]
    words += ["--input", "0.1", "--output", "0.5", "--out", tmp_path / "s.json"]
    assert "cached tokens pay the full input price" in edgewise(*words).err
    assert "cached tokens" not in edgewise(*words, "--cached", "0.01").err


def test_a_quote_for_a_rented_machine(edgewise, mine: Path) -> None:
    words = ["prices", "quote", mine, "--author", "Ada", "--reason", "c", "--usd-per-h", "30"]
    assert edgewise(*words, "--sku", "p5.48xlarge").code == 0
    refused = edgewise(*words, "--sku", "p5.48xlarge", "--option", "capacity_block", "--input", "1")
    assert refused.code == 2
    assert edgewise(*words, "--sku", "p6.48xlarge").code == 2


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--input", "0.1"), "needs --input and --output"),
        (("--input", "a lot", "--output", "1"), "no amount of dollars"),
        (("--input", "-1", "--output", "1"), "must be zero or lie between"),
        (("--input", "NaN", "--output", "1"), "no amount of dollars"),
        ((), "exactly one price"),
        (("--input", "1", "--output", "1", "--usd-per-h", "3"), "exactly one price"),
        (("--input", "1", "--output", "1", "--date", "tomorrow"), "is not a day"),
    ],
)
def test_a_quote_that_makes_no_sense_is_refused_and_nothing_written(
    edgewise, mine: Path, more: tuple[str, ...], why: str
) -> None:
    before = mine.read_bytes()
    ended = quote(edgewise, mine, *more)
    assert ended.code == 2
    assert why in ended.err
    assert mine.read_bytes() == before


def test_a_sample_is_never_written(edgewise, tmp_path: Path) -> None:
    words = ["prices", "quote", "office-assistant", "--sku", "openai/gpt-5.4-nano", "--author", "A", "--reason", "r"]
    words += ["--input", "0.1", "--output", "0.5"]
    assert "comes with the program" in edgewise(*words).err
    assert edgewise(*words, "--out", tmp_path / "s.json").code == 0
    assert len(load_scenario(tmp_path / "s.json").prices.quotes) == 1


def test_an_import_is_shown_first_and_applied_on_request_only(edgewise, mine: Path, prices_map: Path) -> None:
    before = mine.read_bytes()
    words = ["prices", "import", prices_map, "--into", mine, "--as-of", "2026-11-20"]
    shown = edgewise(*words)
    assert shown.code == 0
    assert "+25.0" in shown.out
    assert "1 entries refused" in shown.out
    assert "1 offers the document does not hold were left out" in shown.out
    assert "Nothing was changed" in shown.err
    assert mine.read_bytes() == before
    applied = edgewise(*words, "--apply")
    assert applied.code == 0, applied.err
    prices = load_scenario(mine).prices
    assert [str(row.rates.input_usd_per_mtok) for row in prices.offers[0].prices] == ["0.40", "0.5"]
    assert len(prices.replaced) == 1
    again = edgewise(*words, "--apply")
    assert "There is nothing to change." in again.err


def test_new_offers_by_name(edgewise, mine: Path, prices_map: Path) -> None:
    ended = edgewise("prices", "import", prices_map, "--into", mine, "--only", "acme/maxi", "--apply")
    assert ended.code == 0, ended.err
    assert [each.sku for each in load_scenario(mine).prices.offers] == [SKU, "acme/maxi"]


def test_an_import_as_json(edgewise, mine: Path, prices_map: Path) -> None:
    ended = edgewise("prices", "import", prices_map, "--into", mine, "--json", "--as-of", "2026-11-20")
    told = json.loads(ended.out)
    assert told["report"]["accepted"] == 2
    assert told["applied"] is False
    (change,) = told["difference"]["changes"]
    assert change["steps"][0] == {
        "what": "standard, input",
        "unit": "USD/Mtok",
        "from_day": None,
        "before": "0.40",
        "after": "0.5",
        "percent": 25.0,
    }


def test_prices_that_begin_after_the_day_of_the_plan_say_so(edgewise, mine: Path, prices_map: Path) -> None:
    ended = edgewise("prices", "import", prices_map, "--into", mine, "--apply", "--as-of", "2026-12-24")
    assert "do not touch its plan" in ended.err


def test_machines_into_a_card_and_into_a_scenario(edgewise, tmp_path: Path, mine: Path) -> None:
    catalog = FOLDER / "skypilot-nebius.csv"
    out = tmp_path / "nebius.json"
    ended = edgewise("prices", "import", catalog, "--into", "nebius", "--apply", "--out", out)
    assert ended.code == 0, ended.err
    card = load_rate_card(out)
    assert isinstance(card, RateCard)
    assert len(card.offers) > len(rate_card("nebius").offers)
    assert "machines belong in a rate card" in edgewise("prices", "import", catalog, "--into", mine).err
    assert edgewise("prices", "import", catalog, "--into", mine, "--card", "nebius", "--apply").code == 0
    (held,) = load_scenario(mine).rate_cards
    assert held.offers == card.offers
    own = edgewise("prices", "import", out, "--into", mine, "--apply")
    assert "There is nothing to change." in own.err


def test_a_new_card_of_ours_into_a_scenario(edgewise, tmp_path: Path, mine: Path) -> None:
    save_document(tmp_path / "c.json", rate_card("lambda"))
    shown = edgewise("prices", "import", tmp_path / "c.json", "--into", mine)
    assert "is new to the scenario" in shown.out
    assert edgewise("prices", "import", tmp_path / "c.json", "--into", mine, "--apply").code == 0
    assert [card.profile_id for card in load_scenario(mine).rate_cards] == ["lambda"]


def test_the_installed_price_data(edgewise, tmp_path: Path) -> None:
    out = tmp_path / "s.json"
    words = ["prices", "import", "--installed-genai-prices", "--into", "office-assistant"]
    ended = edgewise(*words)
    assert ended.code == 0, ended.err
    assert "0 changed" in ended.out
    assert edgewise(*words, "--apply", "--out", out).code == 0
    assert isinstance(load_scenario(out), Scenario)
    assert edgewise("prices", "import", "--installed-genai-prices", "--into", "nebius").code == 2


def test_import_of_nothing_or_of_two_things_is_refused(edgewise, mine: Path, prices_map: Path) -> None:
    assert edgewise("prices", "import").code == 2
    assert edgewise("prices", "import", prices_map, "--installed-genai-prices", "--into", mine).code == 2
    assert "--apply needs --into" in edgewise("prices", "import", prices_map, "--apply").err
    assert "no such file" in edgewise("prices", "import", mine.with_name("nowhere.json")).err


def test_authored_toml_is_not_rewritten(edgewise, tmp_path: Path) -> None:
    path = tmp_path / "card.toml"
    path.write_bytes((Path("planner") / "prices" / "cards" / "nebius.toml").read_bytes())
    words = ["prices", "import", FOLDER / "skypilot-nebius.csv", "--into", path, "--apply"]
    assert "comments would be lost" in edgewise(*words).err
    assert "written as JSON" in edgewise(*words, "--out", tmp_path / "card2.toml").err
    assert edgewise(*words, "--out", tmp_path / "card.json").code == 0


def test_show_names_one_offer_with_its_rows(edgewise) -> None:
    told = json.loads(edgewise("prices", "show", "p5.48xlarge", "--region", "us-east-1", "--json").out)
    assert len(told) == 1
    assert len(told[0]["rows"]) > 1
    words = edgewise("prices", "show", "openai/gpt-4o").out  # of the whole price data, not only of the catalog
    assert "genai-prices" in words
    refused = edgewise("prices", "show", "openai/gpt-4oo")
    assert refused.code == 2
    assert "Did you mean openai/gpt-4o" in refused.err


def test_electricity(edgewise) -> None:
    assert "DE/household" in edgewise("prices", "energy", "--region", "de").out
    told = json.loads(edgewise("prices", "energy", "--json").out)
    assert len({each["region"] for each in told}) >= 30
    assert edgewise("prices", "energy", "--region", "XX").code == 2


def test_costs_as_a_focus_file(edgewise, tmp_path: Path) -> None:
    path = tmp_path / "focus.csv"
    assert edgewise("prices", "export", "office-assistant", "--focus", path).code == 0
    head = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert {"BilledCost", "EffectiveCost", "ChargeCategory", "PricingCategory"} <= set(head)


def test_a_price_profile_on_its_own(edgewise, tmp_path: Path, prices_map: Path) -> None:
    path = tmp_path / "profile.json"
    save_document(path, scenario().prices)
    assert edgewise("prices", "import", prices_map, "--into", path, "--apply", "--only", "acme/mini").code == 0
    held = PriceProfile.model_validate_json(path.read_text())
    assert len(held.replaced) == 1
