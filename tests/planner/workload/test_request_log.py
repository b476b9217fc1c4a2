"""Request logs in their published formats: strict, with line numbers, and what they say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from planner.errors import DocumentError
from planner.workload import request_log
from planner.workload.log_figures import log_figures
from planner.workload.request_log import load_request_log

AZURE = """TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:15:46.6805900,374,44
2023-11-16 18:15:50.9951690,396,109
2023-11-16 18:15:51.2224670,879,55
"""
BURST = """Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type
5,,1,ChatGPT,472,18,490,Conversation log
45,,2,ChatGPT,1087,0,1087,Conversation log
118,,2,GPT-4,417,276,693,API log
120,,2,GPT-4,10,6,16,API log
"""
MOONCAKE = "".join(
    json.dumps({"timestamp": at, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1]}) + "\n"
    for at in (0, 3000, 1000)
)
BAILIAN = MOONCAKE.replace('{"timestamp"', '{"chat_id": 1, "parent_chat_id": -1, "timestamp"')
LITELLM = "".join(
    json.dumps({"startTime": f"2025-01-02T03:04:0{at}+00:00", "prompt_tokens": 10, "completion_tokens": 3}) + "\n"
    for at in (1, 2, 4)
)


def written(folder: Path, words: str) -> Path:
    path = folder / "requests.log"
    path.write_text(words, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("words", "name", "gaps"),
    [
        (AZURE, "Azure LLM trace", [4.314579, 0.227298]),
        (BURST, "BurstGPT", [113, 2]),
        (MOONCAKE, "Mooncake", [1, 2]),
        (BAILIAN, "Qwen-Bailian", [1000, 2000]),
        (LITELLM, "LiteLLM spend log", [1, 2]),
    ],
)
def test_each_format_is_told_by_its_fields(tmp_path: Path, words: str, name: str, gaps: list[float]) -> None:
    log = load_request_log(written(tmp_path, words))
    assert log.format_name == name
    assert np.diff(log.arrivals_s) == pytest.approx(np.array(gaps), abs=1e-6)


def test_a_failed_request_is_counted_and_left_out(tmp_path: Path) -> None:
    log = load_request_log(written(tmp_path, BURST))
    assert log.failed == 1
    assert log.input_tokens.tolist() == [472, 417, 10]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (AZURE.replace("396", "-396"), "line 3: «ContextTokens»"),
        (AZURE.replace("396", "3.5"), "line 3: «ContextTokens»"),
        (AZURE.replace("396", "9" * 5000), "line 3: «ContextTokens»"),
        (AZURE.replace("396,", ""), "line 3: 2 cells"),
        (AZURE.replace("2023-11-16 18:15:50.9951690", "yesterday"), "line 3: «TIMESTAMP»"),
        (AZURE.replace("TIMESTAMP", "When"), "no request log"),
        (AZURE.replace("396", '"396'), "is not CSV"),
        (MOONCAKE.replace("3000", "NaN"), "line 2: «timestamp»"),
        (MOONCAKE.replace("3000", "true"), "line 2: «timestamp»"),
        (MOONCAKE + "[1]\n", "line 4: is not a JSON object"),
        (MOONCAKE + "{\n", "line 4: is not JSON"),
        (MOONCAKE + "{}\n", "line 4: «timestamp» is missing"),
        ("", "fewer than 3"),
        ("\n".join(AZURE.splitlines()[:3]), "fewer than 3"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, words: str, said: str) -> None:
    with pytest.raises(DocumentError) as refused:
        load_request_log(written(tmp_path, words))
    assert said in refused.value.sentence


def test_what_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DocumentError, match="no such file"):
        load_request_log(tmp_path / "absent.csv")
    with pytest.raises(DocumentError, match="regular file"):
        load_request_log(tmp_path)
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DocumentError, match="UTF-8"):
        load_request_log(binary)
    path = written(tmp_path, AZURE)
    monkeypatch.setattr(request_log, "MOST_LINE", 30)
    with pytest.raises(DocumentError, match="longer than 30"):
        load_request_log(path)
    monkeypatch.setattr(request_log, "MOST_BYTES", 10)
    with pytest.raises(DocumentError, match="more than the 10"):
        load_request_log(path)


def test_figures_of_a_poisson_log_are_those_of_poisson(tmp_path: Path) -> None:
    arrivals = np.cumsum(np.random.default_rng(2).exponential(10, 20_000))
    rows = "".join(f"{at:.6f},{n % 100 + 1},7\n" for n, at in enumerate(arrivals))
    figures = log_figures(load_request_log(written(tmp_path, "Timestamp,Request tokens,Response tokens\n" + rows)))
    assert figures is not None
    assert figures.requests_per_day == pytest.approx(8640, rel=0.02)
    assert figures.arrival_scv == pytest.approx(1, abs=0.05)
    assert figures.minute_dispersion == pytest.approx(1, abs=0.1)
    assert figures.input_tokens.mean == pytest.approx(50.5)
    assert figures.output_tokens.p99 == 7
    assert figures.peak_hour_to_mean is not None
    assert 1 < figures.peak_hour_to_mean < 1.3


def test_a_log_too_short_for_a_peak_has_none(tmp_path: Path) -> None:
    figures = log_figures(load_request_log(written(tmp_path, AZURE)))
    assert figures is not None
    assert (figures.peak_hour_to_mean, figures.minute_dispersion) == (None, None)


def test_a_log_of_one_instant_has_no_rate(tmp_path: Path) -> None:
    same = MOONCAKE.replace("3000", "0").replace("1000", "0")
    assert log_figures(load_request_log(written(tmp_path, same))) is None
