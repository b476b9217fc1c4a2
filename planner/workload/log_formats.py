"""The request logs that are understood: which columns name the arrival and the tokens, and how each is spelled."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

_T = TypeVar("_T")

MOST_TOKENS = 10**9  # of one request
MOST_TIME_S = 1e11  # after 1970 or after the start of a trace: the year 5138


@dataclass(frozen=True)
class LoggedRequest:
    """One line of a log; `answered` is false where the log says that the request failed."""

    arrival_s: float
    input_tokens: int
    output_tokens: int
    answered: bool = True


@dataclass(frozen=True)
class LogFormat:
    """A format: the fields that tell it apart, and those that are read."""

    name: str
    told_by: frozenset[str]
    arrival: str
    input_tokens: str
    output_tokens: str
    time_s: Callable[[object], float]
    zero_output_failed: bool = False

    def requests(self, fields: Mapping[str, Any]) -> Iterator[LoggedRequest]:
        """The one request of a line from its fields; a ValueError says which field is wrong."""
        arrival_s = named(self.arrival, self.time_s, fields)
        given = named(self.input_tokens, count, fields)
        answer = named(self.output_tokens, count, fields)
        yield LoggedRequest(arrival_s, given, answer, answered=not (self.zero_output_failed and answer == 0))


def named(name: str, read: Callable[[object], _T], fields: Mapping[str, Any]) -> _T:
    """A field read; a ValueError names it where it is missing or wrong."""
    if fields.get(name) is None:
        raise ValueError(f"«{name}» is missing")
    try:
        return read(fields[name])
    except (ValueError, OverflowError) as error:
        raise ValueError(f"«{name}» {error}") from None


def count(value: object) -> int:
    """A whole number of tokens; text only where it is plain digits, so that nothing is rounded or guessed."""
    if isinstance(value, str) and value.isascii() and value.strip().isdigit() and len(value) <= len(str(MOST_TOKENS)):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("is not a whole number of tokens")
    if not 0 <= value <= MOST_TOKENS:
        raise ValueError(f"is not between 0 and {MOST_TOKENS:,} tokens")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("is not a number of seconds")
    try:
        time_s = float(value)
    except ValueError:
        raise ValueError("is not a number of seconds") from None
    if not (math.isfinite(time_s) and 0 <= time_s <= MOST_TIME_S):
        raise ValueError("is not a time from 0 on")
    return time_s


def _milliseconds(value: object) -> float:
    return _seconds(value) / 1000


def moment(value: object) -> float:
    """An ISO 8601 moment in seconds since 1970; one without a zone is taken as UTC, only differences count."""
    try:
        when = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("is not a date and time as 2023-11-16 18:15:46.68") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


# Several JSONL formats share fields: the one told by more of them stands first.
FORMATS = (
    LogFormat(
        "Azure LLM trace",
        frozenset({"TIMESTAMP", "ContextTokens", "GeneratedTokens"}),
        "TIMESTAMP",
        "ContextTokens",
        "GeneratedTokens",
        moment,
    ),
    LogFormat(
        "BurstGPT",
        frozenset({"Timestamp", "Request tokens", "Response tokens"}),
        "Timestamp",
        "Request tokens",
        "Response tokens",
        _seconds,
        zero_output_failed=True,
    ),
    LogFormat(
        "Qwen-Bailian",
        frozenset({"chat_id", "timestamp", "input_length", "output_length"}),
        "timestamp",
        "input_length",
        "output_length",
        _seconds,
    ),
    LogFormat(
        "Mooncake",
        frozenset({"timestamp", "input_length", "output_length"}),
        "timestamp",
        "input_length",
        "output_length",
        _milliseconds,
    ),
    LogFormat(
        "LiteLLM spend log",
        frozenset({"startTime", "prompt_tokens", "completion_tokens"}),
        "startTime",
        "prompt_tokens",
        "completion_tokens",
        moment,
    ),
)


def format_of(fields: frozenset[str]) -> LogFormat | None:
    """The format that a header, or the first JSON line, is written in."""
    return next((each for each in FORMATS if each.told_by <= fields), None)
