"""OpenTelemetry's GenAI telemetry as a request log: OTLP files and one record a line, strict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.errors import DocumentError
from planner.workload.request_log import RequestLog, load_request_log

START_NS = 1_700_000_000_000_000_000


def span(at_s: float, given: int, answer: int, **more: Any) -> dict[str, Any]:
    """A chat span as OTLP/JSON has it: 64-bit integers as text, attributes as a list."""
    return {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "name": "chat llama-3.1-8b",
        "kind": 3,
        "startTimeUnixNano": str(START_NS + round(at_s * 1e9)),
        "endTimeUnixNano": str(START_NS + round((at_s + 3) * 1e9)),
        "attributes": listed(
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": "llama-3.1-8b",
                "gen_ai.usage.input_tokens": given,
                "gen_ai.usage.output_tokens": answer,
            }
        ),
        "status": {},
    } | more


def listed(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    def typed(value: object) -> dict[str, object]:
        return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}

    return [{"key": name, "value": typed(value)} for name, value in attributes.items()]


def traces(*spans: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"scope": {}, "spans": list(spans)}]}]}


def loaded(folder: Path, *lines: dict[str, Any]) -> RequestLog:
    path = folder / "telemetry.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    return load_request_log(path)


def check(log: RequestLog) -> None:
    assert log.format_name == "OpenTelemetry GenAI"
    assert np.diff(log.arrivals_s) == pytest.approx(np.array([1.5, 0.5]), abs=1e-6)
    assert log.input_tokens.tolist() == [10, 20, 30]
    assert log.output_tokens.tolist() == [1, 2, 3]


def test_spans_of_an_otlp_file(tmp_path: Path) -> None:
    http = span(0.1, 1, 1, attributes=listed({"http.request.method": "POST"}))
    agent = span(0.0, 60, 6, attributes=listed({"gen_ai.operation.name": "invoke_agent"} | usage(60, 6)))
    embedding = span(0.2, 9, 0, attributes=listed({"gen_ai.operation.name": "embeddings"} | usage(9, 0)))
    found = loaded(tmp_path, traces(http, agent), traces(span(2.0, 30, 3), span(0.0, 10, 1)), traces(span(1.5, 20, 2)))
    check(found)
    assert found.failed == 0
    check(loaded(tmp_path, traces(embedding, span(0.0, 10, 1), span(1.5, 20, 2), span(2.0, 30, 3))))


def usage(given: int, answer: int) -> dict[str, Any]:
    return {"gen_ai.usage.input_tokens": given, "gen_ai.usage.output_tokens": answer}


def test_a_call_that_failed_is_counted(tmp_path: Path) -> None:
    failed = span(1.0, 0, 0, attributes=listed({"gen_ai.operation.name": "chat"}), status={"code": 2})
    typed = span(1.1, 0, 0, attributes=listed({"gen_ai.operation.name": "chat", "error.type": "timeout"}))
    found = loaded(tmp_path, traces(span(0.0, 10, 1), failed, typed, span(1.5, 20, 2), span(2.0, 30, 3)))
    check(found)
    assert found.failed == 2


def test_log_records_of_an_otlp_file(tmp_path: Path) -> None:
    def record(at_s: float, given: int, answer: int) -> dict[str, Any]:
        attributes = listed({"gen_ai.operation.name": "chat"} | usage(given, answer))
        return {"timeUnixNano": str(START_NS + round(at_s * 1e9)), "attributes": attributes}

    message = {"timeUnixNano": "0", "eventName": "gen_ai.user.message", "attributes": listed({"gen_ai.system": "x"})}
    late = record(2.0, 30, 3)
    late["observedTimeUnixNano"] = late.pop("timeUnixNano")
    late["timeUnixNano"] = "0"  # unknown, as the specification has it
    records = [message, record(0.0, 10, 1), record(1.5, 20, 2), late]
    check(loaded(tmp_path, {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}))


def test_one_record_a_line(tmp_path: Path) -> None:
    def flat(at_s: float, given: int, answer: int) -> dict[str, Any]:
        return {"start_time_unix_nano": START_NS + round(at_s * 1e9), "attributes": usage(given, answer)}

    check(loaded(tmp_path, flat(0.0, 10, 1), flat(1.5, 20, 2), flat(2.0, 30, 3)))
    # As Python's console exporter writes it, and with the names before version 1.27 of the conventions.
    old = [
        {"start_time": f"2025-01-02T03:04:{at}Z", "attributes": old_usage(given, answer)}
        for at, given, answer in (("05.000000", 10, 1), ("06.500000", 20, 2), ("07.000000", 30, 3))
    ]
    check(loaded(tmp_path, *old))
    check(
        loaded(
            tmp_path,
            *(
                {"timeUnixNano": each["start_time_unix_nano"]} | each["attributes"]
                for each in (flat(0.0, 10, 1), flat(1.5, 20, 2), flat(2.0, 30, 3))
            ),
        )
    )


def old_usage(given: int, answer: int) -> dict[str, Any]:
    return {"gen_ai.usage.prompt_tokens": given, "gen_ai.usage.completion_tokens": answer}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (traces(span(0, 1, 1, attributes=listed({"gen_ai.operation.name": "chat"}))), "input_tokens» is missing"),
        (traces(span(0, 1, 1, startTimeUnixNano="yesterday")), "«startTimeUnixNano» is not a date"),
        (traces(span(0, 1, 1, startTimeUnixNano=1.5)), "«startTimeUnixNano» is not a number of nanoseconds"),
        (traces(span(0, 1, 1, startTimeUnixNano="9" * 400)), "«startTimeUnixNano» is not a number of nanoseconds"),
        (traces(span(0, 1, 1, startTimeUnixNano="0")), "«startTimeUnixNano» is missing"),
        (traces(span(0, -1, 1)), "«gen_ai.usage.input_tokens»"),
        ({"resourceSpans": {}}, "«resourceSpans» is not a list"),
        ({"resourceSpans": [1]}, "«resourceSpans» holds what is not an object"),
        ({"resourceLogs": []}, "«resourceSpans» is missing: a file holds spans or logs, not both"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, line: dict[str, Any], said: str) -> None:
    with pytest.raises(DocumentError) as refused:
        loaded(tmp_path, traces(), line)
    assert "line 2: " in refused.value.sentence
    assert said in refused.value.sentence
