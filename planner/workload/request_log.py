"""A request log read line by line into arrivals and tokens; strict, with a cap on its size."""

from __future__ import annotations

import csv
import json
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, cast

import numpy as np
from numpy.typing import NDArray

from planner.errors import DocumentError
from planner.workload.log_formats import FORMATS, LogFormat, LoggedRequest, format_of
from planner.workload.opentelemetry_log import TelemetryFormat, telemetry_format

MOST_BYTES = 1024**3
MOST_LINE = 64 * 1024**2  # characters; one line of OpenTelemetry holds the spans of a batch, prompts and all
MOST_REQUESTS = 5_000_000
LEAST_REQUESTS = 3  # two gaps: the fewest that can differ


@dataclass(frozen=True)
class RequestLog:
    """Answered requests in order of arrival (s), with their tokens; failed ones are only counted."""

    name: str
    format_name: str
    arrivals_s: NDArray[np.float64]
    input_tokens: NDArray[np.int64]
    output_tokens: NDArray[np.int64]
    failed: int


def load_request_log(path: Path) -> RequestLog:
    """Read a log in one of the known formats, told by its header or its first JSON line."""
    if path.exists() and not path.is_file():  # a pipe or device could keep us waiting for ever
        raise DocumentError("this is not a regular file", where=str(path), remedy="Save it as a file first.")
    try:
        size_bytes = path.stat().st_size
        if size_bytes > MOST_BYTES:
            raise DocumentError(
                f"the log has {size_bytes:,} bytes, more than the {MOST_BYTES:,} that are read",
                where=str(path),
                remedy="Cut it into parts; a few weeks say enough.",
            )
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return _read(path, stream)
    except UnicodeDecodeError:
        raise DocumentError("the log is not text in UTF-8", where=str(path)) from None
    except FileNotFoundError:
        raise DocumentError("no such file", where=str(path), remedy="Check the spelling and the folder.") from None
    except OSError as error:
        raise DocumentError(f"cannot be read ({error.strerror})", where=str(path)) from None


def _read(path: Path, stream: TextIO) -> RequestLog:
    first = stream.readline(MOST_LINE)
    stream.seek(0)
    lines = _lines(path, stream)
    rows = _json_rows(path, lines) if first.lstrip().startswith("{") else _csv_rows(path, lines)
    kind: LogFormat | TelemetryFormat | None = None
    arrivals, given, answers = array("d"), array("q"), array("q")
    failed = 0
    for line, fields in rows:
        kind = kind or _kind(path, fields)
        for request in _requests(kind, fields, f"{path}, line {line}"):
            if not request.answered:
                failed += 1
                continue
            arrivals.append(request.arrival_s)
            given.append(request.input_tokens)
            answers.append(request.output_tokens)
        if len(arrivals) > MOST_REQUESTS:
            raise DocumentError(f"more than {MOST_REQUESTS:,} requests", where=str(path), remedy="Cut it into parts.")
    if kind is None or len(arrivals) < LEAST_REQUESTS:
        raise DocumentError(f"fewer than {LEAST_REQUESTS} answered requests say nothing of arrivals", where=str(path))
    times = np.frombuffer(arrivals, dtype=np.float64)
    order = np.argsort(times, kind="stable")  # several servers write one log: lines need not be in order
    return RequestLog(
        name=path.name,
        format_name=kind.name,
        arrivals_s=times[order],
        input_tokens=np.frombuffer(given, dtype=np.int64)[order],
        output_tokens=np.frombuffer(answers, dtype=np.int64)[order],
        failed=failed,
    )


def _requests(kind: LogFormat | TelemetryFormat, fields: Mapping[str, Any], where: str) -> list[LoggedRequest]:
    try:
        return list(kind.requests(fields))
    except ValueError as error:
        raise DocumentError(str(error), where=where) from None


def _kind(path: Path, fields: Mapping[str, Any]) -> LogFormat | TelemetryFormat:
    if kind := format_of(frozenset(fields)) or telemetry_format(fields):
        return kind
    known = ", ".join((*(each.name for each in FORMATS), TelemetryFormat.name))
    raise DocumentError(
        "is no request log that is understood", where=str(path), remedy=f"Known: {known}, by the names of their fields."
    )


def _lines(path: Path, stream: TextIO) -> Iterator[str]:
    number = 0
    while line := stream.readline(MOST_LINE):
        number += 1
        if len(line) == MOST_LINE:
            raise DocumentError(f"a line longer than {MOST_LINE:,} characters", where=f"{path}, line {number}")
        yield line


def _csv_rows(path: Path, lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, cast("list[str]", []))
        if len(set(header)) < len(header):
            raise DocumentError("two columns have the same name", where=f"{path}, line 1")
        for row in reader:
            if len(row) == len(header):
                yield reader.line_num, dict(zip(header, row, strict=True))
            elif row:
                raise DocumentError(
                    f"{len(row)} cells where the header has {len(header)}", where=f"{path}, line {reader.line_num}"
                )
    except csv.Error as error:
        raise DocumentError(f"is not CSV ({error})", where=f"{path}, line {reader.line_num}") from None


def _json_rows(path: Path, lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            raise DocumentError("is not JSON", where=f"{path}, line {number}") from None
        if not isinstance(fields, dict):
            raise DocumentError("is not a JSON object", where=f"{path}, line {number}")
        yield number, cast("dict[str, Any]", fields)
