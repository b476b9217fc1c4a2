"""`edgewise queue`: one queue asked, answered with its method (economics.md §1)."""

from __future__ import annotations

import json

import pytest

from planner.cli.main import main


def test_m_m_1_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "--rate", "30/min", "--service", "1000ms", "--slo", "20s", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["utilization"] == pytest.approx(0.5)
    assert said["wait_mean_s"] == {"value": pytest.approx(1.0)}  # a formula has no interval
    assert said["formula_holds"] is True
    assert said["largest_rate_per_s"] == pytest.approx(1 - 2.9957 / 20, rel=1e-3)


def test_a_sentence_with_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "--rate", "120/h", "--service", "4.2s", "--burstiness", "2", "--slo", "30s"]) == 0
    words = capsys.readouterr().out
    assert "At 120 requests/h of 4.2 s the server is busy 14 % of the time" in words
    assert "no formula holds" in words
    assert "p95 stays within 30 s up to" in words


def test_overload_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "--rate", "120/h", "--service", "40s", "--servers", "1", "--slo", "1s"]) == 0
    words = capsys.readouterr().out
    assert "no more than 90 requests/h can be served" in words
    assert "cannot be met at any rate" in words


def test_overload_in_json_is_none_with_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "--rate", "1/s", "--service", "2s", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["response_percentile_s"] is None
    assert said["reason"]


@pytest.mark.parametrize(
    ("rate", "service"), [("120", "1s"), ("0/h", "1s"), ("1/h", "soon"), ("1/h", "0s"), ("-1/h", "1s"), ("1/h", "nan")]
)
def test_what_is_not_a_rate_or_a_time_is_refused(rate: str, service: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", f"--rate={rate}", f"--service={service}"]) == 2
    assert "Write" in capsys.readouterr().err
