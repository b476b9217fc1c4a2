"""`edgewise serve-model`: throughput against batch, limits, the largest rate under an SLO, and $/Mtok (service.md)."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from planner.capacities import Capacity
from planner.documents import from_plain
from tests.planner.cli.conftest import Edgewise
from tests.support.served_sweeps import measured, vllm_result

H100 = ("serve-model", "--accelerator", "H100", "--model", "llama-3.1-8b")
FP8 = (*H100, "--count", "1", "--weight-format", "fp8", "--input", "1024", "--output", "256")
DAY = ("--on", "2026-11-25")
SHORT = ("--input", "64", "--output", "8")  # little to simulate


def said(edgewise: Edgewise, *arguments: object) -> dict[str, Any]:
    ended = edgewise(*arguments, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight results of one load test, a file each."""
    folder = tmp_path_factory.mktemp("sweep")
    for row in measured().rows:
        (folder / row.place).write_text(json.dumps(vllm_result(row)), encoding="utf-8")
    return folder


def test_the_example_of_the_readme(edgewise: Edgewise) -> None:
    """Throughput rises with the batch and TPOT with it; the cache of an H100 holds hundreds of such requests."""
    told = said(edgewise, *FP8, *DAY)
    points = told["replica"]["points"]
    rates = [point["throughput_tok_s"]["value"] for point in points]
    assert rates == sorted(rates)
    assert 200 < rates[0] < 350
    assert all(point["ttft_s"]["low"] < point["ttft_s"]["high"] for point in points)
    assert told["replica"]["kv"]["requests"] > 500
    assert told["capacity"]["rate_per_s"] * 256 == pytest.approx(told["output_tok_s"]["value"])
    assert [cost["utilization"] for cost in told["usd_per_mtok"]] == [0.3, 0.6, 1.0]
    full = told["usd_per_mtok"][-1]["all_on_output"]["value"]
    hour = told["accelerator_hour"]["usd_per_h"]["value"]
    assert full == pytest.approx(1e6 * hour / (3600 * told["output_tok_s"]["value"]))
    assert "NotModelled" in {doubt["kind"] for doubt in told["doubts"]}


def test_an_slo_costs_rate(edgewise: Edgewise) -> None:
    free = said(edgewise, *H100, *SHORT, *DAY)
    bound = said(edgewise, *H100, *SHORT, "--tpot-p95", "15ms", *DAY)
    assert bound["slo"]["tpot_s"] == 0.015
    assert bound["capacity"]["rate_per_s"] < free["capacity"]["rate_per_s"]
    assert bound["capacity"]["load"]["tpot"]["high_s"] <= 0.015
    assert bound["busy_alone"]["in_flight"] < free["busy_alone"]["in_flight"]


def test_an_slo_nobody_keeps_has_a_reason_and_no_price(edgewise: Edgewise) -> None:
    told = said(edgewise, *H100, *SHORT, "--ttft-p95", "1ms", *DAY)
    assert told["capacity"]["rate_per_s"] == 0
    assert told["usd_per_mtok"] == []
    assert told["no_cost"] == "the SLO is missed at any rate"
    ended = edgewise(*H100, *SHORT, "--ttft-p95", "1ms", *DAY)
    assert "misses the SLO at any rate: even an idle replica misses it" in ended.out


def test_words_with_figures(edgewise: Edgewise) -> None:
    ended = edgewise(*H100, *SHORT, "--price", "2.5", "--utilization", "0.5", *DAY)
    assert ended.code == 0
    assert "llama-3.1-8b fp16 on 1 × H100 under vllm: up to" in ended.out
    assert "An accelerator's hour costs $2.50 · published: own price, as typed, 25 Nov 2026." in ended.out
    assert "50 %" in ended.out
    assert "Doubts (" in ended.out
    assert ended.err == ""


def test_a_model_too_large_is_told_and_not_simulated(edgewise: Edgewise) -> None:
    told = said(edgewise, "serve-model", "-a", "L4", "-m", "llama-3.1-70b", *DAY)
    assert told["capacity"] is None
    assert told["replica"]["why_not"].startswith("The weights of llama-3.1-70b in fp16 take")
    ended = edgewise("serve-model", "-a", "L4", "-m", "llama-3.1-70b", *DAY)
    assert ended.code == 0
    assert "cannot be served" in ended.out


def test_an_unknown_price_is_said(edgewise: Edgewise) -> None:
    told = said(edgewise, "serve-model", "-a", "Gaudi2", "-m", "llama-3.1-8b", *SHORT, *DAY)
    assert told["accelerator_hour"]["usd_per_h"] is None
    assert "no rate card sells a machine with 1 × Gaudi2" in told["no_cost"]
    assert told["usd_per_mtok"] == []


def test_a_machine_by_name(edgewise: Edgewise) -> None:
    told = said(edgewise, *H100, *SHORT, "--sku", "p5.48xlarge", "--region", "us-east-1", *DAY)
    assert told["accelerator_hour"]["usd_per_h"]["value"] == pytest.approx(55.04 / 8)
    refused = edgewise(*H100, *SHORT, "--sku", "p5.48xlarge", *DAY)
    assert refused.code == 2
    assert "sold in several places" in refused.err


def test_a_log_brings_its_own_arrivals_tokens_and_use(edgewise: Edgewise, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = "".join(f"{number * 0.5},{100 + number % 50},{5 + number % 7}\n" for number in range(900))
    log.write_text("Timestamp,Request tokens,Response tokens\n" + rows, encoding="utf-8")
    told = said(edgewise, *H100, "--log", log, "--ttft-p95", "1s", *DAY)
    assert told["asked_per_s"] == pytest.approx(2.0)
    assert told["replicas"] == 1
    assert told["utilization"] == pytest.approx(2.0 / told["capacity"]["rate_per_s"])
    assert told["usd_per_mtok"][0]["utilization"] == told["utilization"]
    assert told["replica"]["input_tokens"] == pytest.approx(124, abs=2)
    refused = edgewise(*H100, "--log", log, "--ca2", "2")
    assert refused.code == 2
    assert "burstiness of its own" in refused.err


def test_a_long_log_is_cut_and_that_is_said(
    edgewise: Edgewise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.cli.serve_model.LOG_REQUESTS", 500)
    log = tmp_path / "log.csv"
    rows = "".join(f"{number},100,5\n" for number in range(600))
    log.write_text("Timestamp,Request tokens,Response tokens\n" + rows, encoding="utf-8")
    told = said(edgewise, *H100, "--log", log, *DAY)
    cut = [doubt["sentence"] for doubt in told["doubts"] if doubt["kind"] == "LogCut"]
    assert cut == ["Of the log's 600 requests the first 500 are simulated."]


def test_a_sweep_is_fitted_shown_and_kept(edgewise: Edgewise, sweep: Path, tmp_path: Path) -> None:
    kept = tmp_path / "h100.json"
    shape = ("--input", "1024", "--output", "256", *DAY)
    ended = edgewise(*H100, *shape, "--sweep", sweep, "--out", kept)
    assert ended.code == 0, ended.err
    assert "Sweep of 8 steady states" in ended.out
    assert f"Constants: {kept}" in ended.err
    assert "your own sweep: 8 rows" in ended.out
    fitted, again = (said(edgewise, *H100, *shape, *own) for own in (("--sweep", sweep), ("--constants", kept)))
    assert fitted == again
    bundled = said(edgewise, *H100, *shape)
    assert fitted["replica"]["constants"]["known"] == "own"
    assert _width(fitted) < 0.6 * _width(bundled)


def _width(told: dict[str, Any]) -> float:
    figure = told["replica"]["points"][3]["throughput_tok_s"]
    return (figure["high"] - figure["low"]) / figure["value"]


def test_constants_of_another_accelerator_are_refused(edgewise: Edgewise, sweep: Path, tmp_path: Path) -> None:
    kept = tmp_path / "h100.json"
    assert edgewise(*H100, "--sweep", sweep, "--out", kept, *DAY).code == 0
    refused = edgewise("serve-model", "-a", "H200", "-m", "llama-3.1-8b", "--constants", kept)
    assert refused.code == 2
    assert "the constants are of H100 under vllm, not of H200" in refused.err


def test_a_bad_sweep_is_one_sentence(edgewise: Edgewise, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"data": []}', encoding="utf-8")
    refused = edgewise(*H100, "--sweep", bad)
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert "bad.json: not the result of a known load test. Known are: vllm bench serve" in refused.err


def test_the_snippet_is_a_capacity(edgewise: Edgewise) -> None:
    """Pasted into a scenario it reads back strictly, and eight replicas share a machine of eight."""
    ended = edgewise(*H100, *SHORT, "--as-capacity", "--sku", "p5.48xlarge", "--region", "us-east-1", *DAY)
    assert ended.code == 0, ended.err
    (plain,) = tomllib.loads(ended.out)["capacities"]
    capacity = from_plain(plain, Capacity, where="snippet")
    assert capacity.how.kind == "instance"
    assert capacity.how.rate_card == "aws-ec2"
    assert capacity.service is not None
    alone = said(edgewise, *H100, *SHORT, *DAY)["busy_alone"]
    assert capacity.decode_tok_s is not None
    assert capacity.decode_tok_s.value == pytest.approx(8 * alone["decode_tok_s"]["value"])
    assert capacity.decode_tok_s.source.startswith("8 replicas, each: ")
    assert capacity.headroom == 0.8


def test_a_snippet_under_an_slo_carries_its_headroom(edgewise: Edgewise) -> None:
    """The largest rate of the SLO is the largest utilization of the busy hour (CONVENTION §24)."""
    fields = said(edgewise, *H100, *SHORT, "--ttft-p95", "200ms", "--as-capacity", *DAY)
    told = said(edgewise, *H100, *SHORT, "--ttft-p95", "200ms", *DAY)
    alone = told["busy_alone"]
    busy_s = 64 / alone["prefill_tok_s"]["value"] + 8 / alone["decode_tok_s"]["value"]
    assert fields["headroom"] == pytest.approx(min(1.0, told["capacity"]["rate_per_s"] * busy_s))
    assert "how" not in fields


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--price", "2", "--sku", "x"), "two prices"),
        (("--region", "us"), "--sku"),
        (("--out", "x.json"), "--sweep"),
        (("--sweep", "a.json", "--constants", "b.json"), "name one of them"),
        (("--input", "200000"), "are more than the 131,072 of Llama 3.1 8B Instruct"),
        (("--weight-format", "q4_0"), "is a format of llama.cpp"),
        (("--ttft-p95", "soon"), "is not a time"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], complaint: str, edgewise: Edgewise) -> None:
    refused = edgewise(*H100, *arguments)
    assert refused.code == 2
    assert complaint in refused.err


def test_an_unknown_accelerator_is_named_with_its_neighbours(edgewise: Edgewise) -> None:
    refused = edgewise("serve-model", "-a", "H1000", "-m", "llama-3.1-8b")
    assert refused.code == 2
    assert "no accelerator that serves language models is called 'H1000'" in refused.err
