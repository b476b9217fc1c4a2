"""`edgewise break-even`: pure JSON that reads back, a table for people, refusals with what to name."""

import json

import pytest

from planner.cli.main import main
from planner.outlook.break_even_view import BreakEvenView

SAMPLE = "office-assistant"


@pytest.mark.parametrize("by", ["volume", "utilization", "seats", "months", "tariff", "price"])
def test_json_is_the_view_and_nothing_else(by: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["break-even", SAMPLE, "--by", by, "--class", "chat", "--json"]) == 0
    view = BreakEvenView.model_validate_json(capsys.readouterr().out)
    assert view.by == by
    assert view.task_class == "chat"
    assert all(pair.task_classes == ("chat",) for pair in view.pairs)


def test_people_get_sentences_a_table_and_what_was_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["break-even", SAMPLE, "--by", "volume"]) == 0
    said = capsys.readouterr().out
    assert "costs less than" in said
    assert "Intervals by volume (requests a day)" in said
    assert "Left out" in said
    assert "today, at 66,500 requests a day" in said


def test_against_a_named_offer(capsys: pytest.CaptureFixture[str]) -> None:
    sku = "openai/gpt-4.1-mini"
    assert main(["break-even", SAMPLE, "--by", "price", "--class", "chat", "--against", sku, "--json"]) == 0
    pairs = json.loads(capsys.readouterr().out)["pairs"]
    assert [pair["theirs"] for pair in pairs] == [sku]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--by", "volume", "--class", "nobody"], "no task class 'nobody'"),
        (["--by", "price", "--against", "nobody/nothing"], "no offer and no capacity 'nobody/nothing'"),
        (["--by", "weather"], "weather"),
        ([], "--by"),
    ],
)
def test_what_is_unknown_is_refused(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["break-even", SAMPLE, *arguments]) == 2
    assert words in capsys.readouterr().err
