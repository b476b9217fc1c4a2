"""Requests in OpenTelemetry's GenAI spans and log records, as an OTLP file or as one record a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from planner.workload.log_formats import MOST_TIME_S, LoggedRequest, count, moment, named

# What holds what in a line of an OTLP file (opentelemetry-specification, JSON File serialization).
_HOLDERS = {
    "resourceSpans": ("scopeSpans", "spans"),
    "resourceLogs": ("scopeLogs", "logRecords"),
}
FLAT = "attributes"
# A span begins where the request was sent; a log record only says when it was written, mostly at the answer's end.
_TIMES = (
    "startTimeUnixNano",
    "start_time_unix_nano",
    "start_time",
    "timeUnixNano",
    "time_unix_nano",
    "observedTimeUnixNano",
    "timestamp",
)
_OPERATION = "gen_ai.operation.name"
# One call of a model each; agents' spans add up what the calls inside them used, embeddings answer nothing.
_CALLS = frozenset({"chat", "text_completion", "generate_content"})
# As named since version 1.27 of the semantic conventions, and before.
_INPUT = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
_OUTPUT = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
_ERRORS = frozenset({2, "2", "STATUS_CODE_ERROR", "ERROR"})
NANOSECONDS = 1_000_000_000
MOST_NANOSECONDS = int(MOST_TIME_S) * NANOSECONDS


@dataclass(frozen=True)
class TelemetryFormat:
    """A file of one signal, as the specification has it: spans and logs of the same requests would count twice."""

    signal: str
    name: str = "OpenTelemetry GenAI"

    def requests(self, fields: Mapping[str, Any]) -> Iterator[LoggedRequest]:
        """The calls of a model in one line; a ValueError says what is wrong with the line."""
        if self.signal != FLAT and self.signal not in fields:
            raise ValueError(f"«{self.signal}» is missing: a file holds spans or logs, not both")
        for record in _records(fields, self.signal):
            attributes = _attributes(record)
            operation = attributes.get(_OPERATION)
            if operation in _CALLS or (operation is None and any(each in attributes for each in _INPUT + _OUTPUT)):
                yield _request(record, attributes)


def telemetry_format(fields: Mapping[str, Any]) -> TelemetryFormat | None:
    """The format of a file whose first line has these fields, or None where it is no telemetry."""
    for signal in _HOLDERS:
        if signal in fields:
            return TelemetryFormat(signal)
    flat = FLAT in fields or any(each.startswith("gen_ai.") for each in fields)
    return TelemetryFormat(FLAT) if flat and any(each in fields for each in _TIMES) else None


def _records(fields: Mapping[str, Any], signal: str) -> Iterator[Mapping[str, Any]]:
    if signal == FLAT:
        yield fields
        return
    scopes, records = _HOLDERS[signal]
    for resource in _objects(fields, signal):
        for scope in _objects(resource, scopes):
            yield from _objects(scope, records)


def _objects(holder: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    held: object = holder.get(name, [])
    if not isinstance(held, list):
        raise ValueError(f"«{name}» is not a list")
    for each in cast("list[object]", held):
        if not isinstance(each, dict):
            raise ValueError(f"«{name}» holds what is not an object")
        yield cast("dict[str, Any]", each)


def _attributes(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Attributes by name: a list of keys with typed values as OTLP has it, a plain object, or the record itself."""
    held: object = record.get(FLAT, record)
    if isinstance(held, dict):
        return cast("dict[str, Any]", held)
    return {str(each.get("key")): _value(each.get("value")) for each in _objects(record, FLAT)}


def _value(value: object) -> object:
    """What a typed value such as {"intValue": "12"} holds; 64-bit integers are text in OTLP's JSON."""
    if not isinstance(value, dict):
        return value
    typed = cast("dict[str, object]", value)
    return next(iter(typed.values()), None)


def _request(record: Mapping[str, Any], attributes: Mapping[str, Any]) -> LoggedRequest:
    told = next((each for each in _TIMES if _given(record.get(each))), None)
    if told is None:
        raise ValueError(f"«{_TIMES[0]}» is missing")
    arrival_s = named(told, _time_s, record)
    if _failed(record, attributes):
        return LoggedRequest(arrival_s, 0, 0, answered=False)
    given, answer = (
        named(next((each for each in names if each in attributes), names[0]), count, attributes)
        for names in (_INPUT, _OUTPUT)
    )
    return LoggedRequest(arrival_s, given, answer)


def _given(value: object) -> bool:
    return value not in (None, 0, "0")  # OTLP's zero is «unknown»


def _failed(record: Mapping[str, Any], attributes: Mapping[str, Any]) -> bool:
    status: object = record.get("status")
    if isinstance(status, dict):
        told = cast("dict[str, object]", status)
        status = told.get("code", told.get("status_code"))
    return (isinstance(status, int | str) and status in _ERRORS) or "error.type" in attributes


def _time_s(value: object) -> float:
    """Nanoseconds since 1970, as a number or as its digits, or a moment in ISO 8601."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        return moment(value)
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > len(str(MOST_NANOSECONDS)):
        raise ValueError("is not a number of nanoseconds")
    time_s = int(value) / NANOSECONDS
    if not 0 <= time_s <= MOST_TIME_S:
        raise ValueError("is not a time from 1970 on")
    return time_s
