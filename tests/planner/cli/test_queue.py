"""`edgewise queue`: one queue asked, answered with its method (economics.md §1)."""

from __future__ import annotations

import json
from pathlib import Path

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


@pytest.fixture
def log(tmp_path: Path) -> str:
    """Sixteen minutes in pairs, 20 s apart, 80 s to the next: mean gap 48 s, ca² about 0.4."""
    path = tmp_path / "log.csv"
    times = [at for pair in range(10) for at in (pair * 100, pair * 100 + 20)]
    rows = "".join(f"{at},100,7\n" for at in times)
    path.write_text("Timestamp,Request tokens,Response tokens\n" + rows, encoding="utf-8")
    return str(path)


def test_a_log_alone_says_what_it_holds(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "--log", log]) == 0
    words = capsys.readouterr().out
    assert "20 in 15 min 20 s" in words
    assert "fewer than 10 whole hours" in words


def test_a_log_gives_rate_and_burstiness(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "--log", log, "--service", "2s", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["arrivals_per_s"] == pytest.approx(19 / 920)
    assert said["arrival_scv"] == said["log"]["arrival_scv"] == pytest.approx(0.405, abs=0.01)
    assert main(["queue", "--log", log, "--service", "2s", "--rate", "1/min", "--burstiness", "3", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["arrivals_per_s"], said["arrival_scv"]) == (1 / 60, 3)


@pytest.mark.parametrize(
    ("words", "said"),
    [([], "--service"), (["--service", "1s"], "--rate"), (["--log", "LOG", "--slo", "1s"], "--slo")],
)
def test_what_is_missing_is_named(words: list[str], said: str, log: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", *(log if word == "LOG" else word for word in words)]) == 2
    assert said in capsys.readouterr().err


def test_waves_in_a_log_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Ten minutes with a request every 2 s, ten with one every 6 s: gaps alone look calmer than Poisson.
    times = [*range(0, 600, 2), *range(600, 1200, 6)]
    path = tmp_path / "waves.csv"
    rows = "".join(f"{at},1,1\n" for at in times)
    path.write_text("Timestamp,Request tokens,Response tokens\n" + rows, encoding="utf-8")
    assert main(["queue", "--log", str(path), "--service", "1s"]) == 0
    assert "come in waves that ca² leaves out" in capsys.readouterr().out
    assert main(["queue", "--log", str(path), "--service", "1s", "--burstiness", "9"]) == 0
    assert "come in waves that ca² leaves out" not in capsys.readouterr().out


SHARED = ["queue", "--rate", "120/h", "--service", "4s", "--batch-rate", "20/h", "--batch-service", "1min"]


def test_batch_behind_interactive_has_percentiles_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHARED, "--slo", "30s", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["utilization"] == pytest.approx((120 * 4 + 20 * 60) / 3600)
    # Cobham 1954: W0/(1 − σ1) and W0/((1 − σ1)·(1 − σ1 − σ2)), W0 = Σ λ·E[S²]/2, services exponential.
    residual_s = (120 * 4**2 + 20 * 60**2) / 3600
    first, both = 120 * 4 / 3600, (120 * 4 + 20 * 60) / 3600
    for name, mean_s in (
        ("interactive", residual_s / (1 - first)),
        ("batch", residual_s / ((1 - first) * (1 - both))),
    ):
        found = said[name]["wait_mean_s"]
        assert found["low"] <= mean_s <= found["high"]
        assert said[name]["wait_percentile_s"]["value"] > mean_s
    assert said["slo_kept"] is False


def test_batch_behind_interactive_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHARED, "--slo", "1h"]) == 0
    words = capsys.readouterr().out
    assert "p95 of the interactive response stays within 60 min while batch work shares the servers" in words
    assert "batch: wait, p95" in words


def test_batch_that_is_left_no_time_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    busy = ["queue", "--rate", "120/h", "--service", "4s", "--batch-rate", "1/min", "--batch-service", "1min"]
    assert main(busy) == 0
    assert "unknown: work arrives at least as fast as the more urgent leave time for it" in capsys.readouterr().out


def test_batch_needs_a_rate_and_a_service_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "--rate", "120/h", "--service", "4s", "--batch-rate", "1/min"]) == 2
    assert "--batch-service" in capsys.readouterr().err
