"""Result files of the load-test tools, with the names and nesting their releases write (service.md: a user's sweep)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import DocumentError
from planner.service.hosted.sweep_files import read_sweep
from planner.service.hosted.sweep_rows import AIPERF, GUIDELLM, VLLM

DATA = Path(__file__).parents[3] / "data" / "sweeps"

# vllm bench serve --save-result, 0.9 to 0.12: one flat object, times in ms, no single requests.
VLLM_RESULT: dict[str, Any] = {
    "date": "20260530-203806",
    "endpoint_type": "vllm",
    "backend": "vllm",
    "label": None,
    "model_id": "meta-llama/Llama-3.1-8B-Instruct",
    "tokenizer_id": "meta-llama/Llama-3.1-8B-Instruct",
    "num_prompts": 320,
    "request_rate": "inf",
    "burstiness": 1.0,
    "max_concurrency": 32,
    "duration": 71.36,
    "completed": 320,
    "failed": 0,
    "total_input_tokens": 327680,
    "total_output_tokens": 81920,
    "request_throughput": 4.484,
    "request_goodput": None,
    "output_throughput": 1148.0,
    "total_token_throughput": 5740.0,
    "max_output_tokens_per_s": 1312.0,
    "max_concurrent_requests": 34,
    "mean_ttft_ms": 214.6,
    "median_ttft_ms": 198.1,
    "std_ttft_ms": 40.2,
    "p99_ttft_ms": 371.0,
    "mean_tpot_ms": 26.9,
    "median_tpot_ms": 26.8,
    "std_tpot_ms": 0.4,
    "p99_tpot_ms": 27.7,
    "mean_itl_ms": 26.9,
    "median_itl_ms": 25.1,
    "std_itl_ms": 6.0,
    "p99_itl_ms": 41.0,
}

# profile_export_aiperf.json of AIPerf 0.10: every metric an object with its unit.
AIPERF_RESULT: dict[str, Any] = {
    "schema_version": "1.3",
    "aiperf_version": "0.10.0",
    "benchmark_id": "f43cfc1c6cce",
    "input_config": {
        "models": {"items": [{"name": "meta-llama/Llama-3.1-8B-Instruct"}]},
        "phases": [{"name": "warmup", "concurrency": 2}, {"name": "profiling", "concurrency": 8}],
    },
    "request_throughput": {"unit": "requests/sec", "avg": 3.293},
    "request_latency": {"unit": "ms", "avg": 2413.5, "p50": 2431.75, "p99": 2439.45, "std": 30.01},
    "request_count": {"unit": "requests", "avg": 80.0},
    "time_to_first_token": {"unit": "ms", "avg": 195.84, "p50": 175.05, "p90": 251.45, "p99": 253.45},
    "inter_token_latency": {"unit": "ms", "avg": 35.2, "p50": 34.73, "p90": 35.95, "p99": 35.96},
    "output_token_throughput": {"unit": "tokens/sec", "avg": 210.8},
    "output_sequence_length": {"unit": "tokens", "avg": 64.0, "count": 80, "sum": 5120.0},
    "input_sequence_length": {"unit": "tokens", "avg": 256.0, "count": 80, "sum": 20480.0},
    "benchmark_duration": {"unit": "sec", "avg": 24.29},
    "was_cancelled": False,
    "error_summary": [],
}


def guidellm_benchmark(strategy: dict[str, Any], in_flight: float, errored: int = 0) -> dict[str, Any]:
    """One entry of `benchmarks` as guidellm 0.5 to 0.8 nests it."""

    def figure(mean: float) -> dict[str, Any]:
        successful = {"mean": mean, "median": mean, "std_dev": 0.0, "count": 120, "percentiles": {"p95": mean}}
        return {"successful": successful, "errored": {"mean": 0.0}, "incomplete": {"mean": 0.0}}

    return {
        "type_": "generative_benchmark",
        "run_index": 0,
        "config": {"strategy": strategy, "backend": {"model": "meta-llama/Llama-3.1-8B-Instruct"}},
        "scheduler_metrics": {"requests_made": {"successful": 120, "errored": errored, "incomplete": 3, "total": 123}},
        "metrics": {
            "request_totals": {"successful": 120, "errored": errored, "incomplete": 3, "total": 123},
            "requests_per_second": figure(3.1),
            "request_concurrency": figure(in_flight),
            "request_latency": figure(3.0),
            "prompt_token_count": figure(512.0),
            "output_token_count": figure(256.0),
            "time_to_first_token_ms": figure(48.0),
            "time_per_output_token_ms": figure(11.9),  # with the first token in it: not what a step takes
            "inter_token_latency_ms": figure(11.7),
            "output_tokens_per_second": figure(660.0),
        },
    }


def guidellm_report(*benchmarks: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"version": 2, "guidellm_version": "0.7.3"}, "config": {}, "benchmarks": list(benchmarks)}


def saved(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def test_vllm_by_its_own_names(tmp_path: Path) -> None:
    (row,) = read_sweep([saved(tmp_path / "c32.json", VLLM_RESULT)]).rows
    assert row.tool == VLLM
    assert (row.concurrency, row.from_rate) == (32, False)
    assert (row.input_tokens, row.output_tokens) == (1024, 256)
    assert row.output_tok_s == 1148.0
    assert (row.ttft_s, row.tpot_s) == pytest.approx((0.2146, 0.0269))
    assert row.model == "meta-llama/Llama-3.1-8B-Instruct"


def test_fewer_prompts_than_concurrency_never_reach_it(tmp_path: Path) -> None:
    (row,) = read_sweep([saved(tmp_path / "c.json", VLLM_RESULT | {"max_concurrency": 1000})]).rows
    assert row.concurrency == 320


def test_a_rate_is_a_concurrency_by_littles_law(tmp_path: Path) -> None:
    """Requests in flight = rate × time in the system, whatever cap stands beside it."""
    (row,) = read_sweep([saved(tmp_path / "r.json", VLLM_RESULT | {"request_rate": 4.5})]).rows
    assert row.from_rate
    assert row.concurrency == pytest.approx(4.484 * (0.2146 + 255 * 0.0269))


def test_all_at_once_is_no_steady_load(tmp_path: Path) -> None:
    burst = saved(tmp_path / "burst.json", VLLM_RESULT | {"max_concurrency": None})
    both = read_sweep([burst, saved(tmp_path / "c.json", VLLM_RESULT)])
    assert len(both.rows) == 1
    assert "--max-concurrency" in both.left_out[0].reason
    with pytest.raises(
        DocumentError, match=r"no steady load was measured: .*burst\.json: all requests were sent at once"
    ):
        read_sweep([burst])


def test_results_appended_line_by_line_and_lists_of_them(tmp_path: Path) -> None:
    runs = [VLLM_RESULT | {"max_concurrency": count} for count in (64, 4, 16)]
    lines = saved(tmp_path / "appended.json", "\n".join(json.dumps(run) for run in runs) + "\n")
    listed = saved(tmp_path / "summary.json", runs)
    for file in (lines, listed):
        assert [row.concurrency for row in read_sweep([file]).rows] == [4, 16, 64]
    assert [row.place.split("appended.json, ")[1] for row in read_sweep([lines]).rows] == ["line 2", "line 3", "line 1"]


def test_a_guidellm_report_is_a_row_for_every_benchmark(tmp_path: Path) -> None:
    report = guidellm_report(
        guidellm_benchmark({"type_": "synchronous"}, 0.98),
        guidellm_benchmark({"type_": "concurrent", "streams": 32, "max_concurrency": 32}, 31.2),
        guidellm_benchmark({"type_": "constant", "rate": 3.0}, 9.4),
        guidellm_benchmark({"type_": "throughput", "max_concurrency": 512}, 240.0),
    )
    rows = read_sweep([saved(tmp_path / "benchmarks.json", report)]).rows
    assert [(row.concurrency, row.from_rate) for row in rows] == [(1, False), (9.4, True), (32, False), (240, False)]
    assert {row.tool for row in rows} == {GUIDELLM}
    assert rows[0].tpot_s == pytest.approx(0.0117)
    assert rows[0].ttft_s == pytest.approx(0.048)
    assert (rows[0].input_tokens, rows[0].output_tokens, rows[0].output_tok_s) == (512, 256, 660)
    assert rows[2].place.endswith("benchmarks[1]")


def test_an_older_guidellm_report_names_its_strategy_elsewhere(tmp_path: Path) -> None:
    older = guidellm_benchmark({}, 4.0)
    del older["config"]
    older["args"] = {"strategy": {"type_": "concurrent", "streams": 4}}
    oldest = guidellm_benchmark({}, 0.99)
    del oldest["config"]
    oldest["scheduler"] = {"strategy": "synchronous"}
    rows = read_sweep([saved(tmp_path / "benchmarks.json", guidellm_report(older, oldest))]).rows
    assert [row.concurrency for row in rows] == [1, 4]


def test_a_report_that_guidellm_wrote() -> None:
    """guidellm 0.3.1 against the same toy server; only the distributions' shapes are cut out."""
    rows = read_sweep([DATA / "guidellm-0.3.1.json"]).rows
    assert [(row.concurrency, row.requests, row.output_tokens, row.model) for row in rows] == [
        (2, 24, 12, "toy"),
        (6, 24, 12, "toy"),
    ]
    assert rows[0].output_tok_s == pytest.approx(113.28, abs=0.01)
    assert (rows[0].ttft_s, rows[0].tpot_s) == pytest.approx((0.08278, 0.01008), abs=1e-5)


def test_a_run_that_mostly_failed_is_left_out(tmp_path: Path) -> None:
    report = guidellm_report(
        guidellm_benchmark({"type_": "concurrent", "streams": 8}, 8.0),
        guidellm_benchmark({"type_": "concurrent", "streams": 64}, 60.0, errored=500),
    )
    found = read_sweep([saved(tmp_path / "benchmarks.json", report)])
    assert len(found.rows) == 1
    assert found.left_out[0].reason == "500 of 620 requests failed"


def test_aiperf_by_its_profiling_phase(tmp_path: Path) -> None:
    (row,) = read_sweep([saved(tmp_path / "profile_export_aiperf.json", AIPERF_RESULT)]).rows
    assert row.tool == AIPERF
    assert (row.concurrency, row.from_rate) == (8, False)
    assert (row.input_tokens, row.output_tokens, row.output_tok_s) == (256, 64, 210.8)
    assert (row.ttft_s, row.tpot_s) == pytest.approx((0.19584, 0.0352))
    assert row.model == "meta-llama/Llama-3.1-8B-Instruct"


def test_a_file_that_aiperf_wrote() -> None:
    """AIPerf 0.13.0 against a toy server that streams a token every 8 ms; times are those of a busy machine."""
    (row,) = read_sweep([DATA / "aiperf-0.13.0.json"]).rows
    assert (row.tool, row.model, row.concurrency, row.requests) == (AIPERF, "toy", 8, 48)
    assert (row.input_tokens, row.output_tokens) == (64, 12)
    assert row.output_tok_s == pytest.approx(197.87, abs=0.01)
    assert (row.ttft_s, row.tpot_s) == pytest.approx((0.13386, 0.02262), abs=1e-5)


def test_a_cancelled_run_is_left_out(tmp_path: Path) -> None:
    files = [
        saved(tmp_path / "whole.json", AIPERF_RESULT),
        saved(tmp_path / "cut.json", AIPERF_RESULT | {"was_cancelled": True}),
    ]
    found = read_sweep(files)
    assert len(found.rows) == 1
    assert found.left_out[0].reason == "it was cancelled"


@pytest.mark.parametrize(
    "config",
    [
        {"loadgen": {"concurrency": 16}, "endpoint": {"model_names": ["llama"]}},  # AIPerf to 0.8
        {"perf_analyzer": {"stimulus": {"concurrency": 16}}, "model_names": ["llama"]},  # GenAI-Perf
        {"concurrency": 16, "model_names": ["llama"]},
    ],
)
def test_older_exports_say_their_concurrency_elsewhere(config: dict[str, Any], tmp_path: Path) -> None:
    (row,) = read_sweep([saved(tmp_path / "export.json", AIPERF_RESULT | {"input_config": config})]).rows
    assert (row.concurrency, row.model) == (16, "llama")


def test_a_unit_is_read_and_not_assumed(tmp_path: Path) -> None:
    seconds = AIPERF_RESULT | {"inter_token_latency": {"unit": "s", "avg": 0.0352}}
    (row,) = read_sweep([saved(tmp_path / "s.json", seconds)]).rows
    assert row.tpot_s == pytest.approx(0.0352)
    strange = AIPERF_RESULT | {"inter_token_latency": {"unit": "fortnights", "avg": 1.0}}
    with pytest.raises(DocumentError, match=r"inter_token_latency\.unit is 'fortnights', not a time"):
        read_sweep([saved(tmp_path / "f.json", strange)])


def test_what_was_not_streamed_has_no_times(tmp_path: Path) -> None:
    """Tools write 0 where they could not time; zero is never a measurement (CONVENTION §3)."""
    plain = VLLM_RESULT | {"mean_ttft_ms": 0.0, "mean_tpot_ms": 0.0}
    (row,) = read_sweep([saved(tmp_path / "plain.json", plain)]).rows
    assert (row.ttft_s, row.tpot_s) == (None, None)


def test_a_folder_is_read_through_and_other_files_are_named(tmp_path: Path) -> None:
    for count in (1, 8):
        saved(tmp_path / f"c{count}" / "result.json", VLLM_RESULT | {"max_concurrency": count})
    saved(tmp_path / "c8" / "inputs.json", {"data": []})
    found = read_sweep([tmp_path])
    assert [row.concurrency for row in found.rows] == [1, 8]
    assert [(each.reason, each.is_run) for each in found.left_out] == [("not the result of a known load test", False)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("{", "not valid JSON"),
        ('{"a": NaN}', "not valid JSON: NaN is not a number"),
        ('{"data": 1}', "not the result of a known load test"),
        ("[1, 2]", "not the result of a known load test"),
        (json.dumps(VLLM_RESULT | {"output_throughput": -3.0}), "output_throughput is '-3.0', not a figure above zero"),
        (
            json.dumps({k: v for k, v in VLLM_RESULT.items() if k != "total_input_tokens"}),
            "total_input_tokens is missi",
        ),
        (json.dumps(VLLM_RESULT | {"total_output_tokens": True}), "total_output_tokens is 'True', not a figure"),
        (json.dumps(guidellm_report({"metrics": {"output_tokens_per_second": 3}})), "no steady load was measured"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(content: str, said: str, tmp_path: Path) -> None:
    file = saved(tmp_path / "bad.json", content)
    with pytest.raises(DocumentError) as refusal:
        read_sweep([file])
    assert said in refusal.value.what
    assert "bad.json" in str(refusal.value.where)
    assert refusal.value.remedy
    assert "\n" not in refusal.value.sentence


def test_a_missing_figure_of_a_benchmark_names_its_place(tmp_path: Path) -> None:
    broken = guidellm_benchmark({"type_": "concurrent", "streams": 8}, 8.0)
    del broken["metrics"]["prompt_token_count"]
    file = saved(tmp_path / "b.json", guidellm_report(broken))
    with pytest.raises(
        DocumentError, match=r"benchmarks\[0\]\.metrics\.prompt_token_count\.successful\.mean is missing"
    ):
        read_sweep([file])


def leaves(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    below = [leaf for key, each in parts for leaf in leaves(each, (*path, key))]
    return [path, *below] if path else below


WHOLE = (
    VLLM_RESULT,
    AIPERF_RESULT,
    guidellm_report(guidellm_benchmark({"type_": "concurrent", "streams": 8}, 8.0)),
)
PLACES = [(document, leaf) for document in WHOLE for leaf in leaves(document)]
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5),
    st.just([]), st.just({}), st.just(10**400), st.just(["x"]), st.just({"mean": "x"}),
)  # fmt: skip


@given(place=st.sampled_from(PLACES), value=VALUES)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_anywhere_is_read_or_refused(
    place: tuple[Any, tuple[Any, ...]], value: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A foreign file is untrusted input: one value of the wrong kind is a sentence, never a traceback or a zero."""
    document, path = json.loads(json.dumps(place[0])), place[1]
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    file = saved(tmp_path_factory.mktemp("any") / "any.json", document)
    try:
        (row,) = read_sweep([file]).rows
    except DocumentError:
        return
    figures = (row.concurrency, row.input_tokens, row.output_tokens, row.output_tok_s)
    assert all(0 < each < math.inf for each in figures)
    assert all(each is None or 0 < each < math.inf for each in (row.tpot_s, row.ttft_s))


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no such file"):
        read_sweep([tmp_path / "nothing.json"])
