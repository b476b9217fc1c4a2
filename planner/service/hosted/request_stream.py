"""Requests to simulate: gaps of mean 1 and tokens, drawn from a seed or taken from a log, the same at every rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.errors import PlannerError
from planner.workload.request_log import RequestLog

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Tokens:
    """How long prompts or answers are: a mean, and the coefficient of variation of a lognormal around it."""

    mean: float
    cv: float = 0.0  # 0: all alike


@dataclass(frozen=True, eq=False)
class Requests:
    """Requests in order of arrival, in s from any moment; at least one token each way."""

    arrivals_s: Floats
    input_tokens: Ints
    output_tokens: Ints

    def __len__(self) -> int:
        return len(self.arrivals_s)


@dataclass(frozen=True, eq=False)
class RequestStream:
    """Requests at no rate yet: common random numbers, so that two rates differ by nothing but their rate."""

    gaps: Floats  # mean 1 in the long run; the one before the first request included
    input_tokens: Ints
    output_tokens: Ints

    def at(self, rate_per_s: float) -> Requests:
        """The same requests, `rate_per_s` of them a second."""
        return Requests(np.cumsum(self.gaps) / rate_per_s, self.input_tokens, self.output_tokens)

    def at_once(self, least: int = 0) -> Requests:
        """All of them waiting from the start, over again until `least`: a replica that never lacks work."""
        count = max(least, len(self.gaps))
        return Requests(np.zeros(count), np.resize(self.input_tokens, count), np.resize(self.output_tokens, count))

    @property
    def mean_input(self) -> float:
        """Tokens of a prompt."""
        return float(np.mean(self.input_tokens))

    @property
    def mean_output(self) -> float:
        """Tokens of an answer."""
        return float(np.mean(self.output_tokens))

    @property
    def arrival_scv(self) -> float:
        """ca² of the gaps as drawn or logged."""
        return float(np.var(self.gaps) / np.mean(self.gaps) ** 2)


def drawn(given: Tokens, answer: Tokens, *, arrival_scv: float = 1.0, count: int, seed: int = 1) -> RequestStream:
    """Gamma renewals with that ca² (1 is Poisson, 0 a clock); tokens lognormal around their means, independent."""
    arriving, reading, answering = np.random.default_rng(seed).spawn(3)
    gaps = arriving.gamma(1 / arrival_scv, arrival_scv, count) if arrival_scv else np.ones(count)
    return RequestStream(gaps, _lengths(reading, given, count), _lengths(answering, answer, count))


def logged(log: RequestLog) -> tuple[RequestStream, float]:
    """A log's own gaps and tokens, and the rate (1/s) at which they came.

    What a log says had no tokens counts as one: every request is read and answered.
    """
    gaps_s = np.diff(log.arrivals_s)
    mean_s = float(np.mean(gaps_s))
    if mean_s <= 0:
        raise PlannerError("all requests arrive in the same instant: there is no rate", where=log.name)
    gaps = np.concatenate(([0.0], gaps_s / mean_s))
    return RequestStream(gaps, np.maximum(log.input_tokens, 1), np.maximum(log.output_tokens, 1)), 1.0 / mean_s


def _lengths(generator: np.random.Generator, tokens: Tokens, count: int) -> Ints:
    """Whole tokens: σ² = ln(1 + cv²), μ = ln(mean) − σ²/2; rounding moves the mean by less than half a token."""
    if not tokens.cv:
        return np.full(count, max(1, round(tokens.mean)), dtype=np.int64)
    sigma = math.sqrt(math.log1p(tokens.cv**2))
    lengths = generator.lognormal(math.log(tokens.mean) - sigma**2 / 2, sigma, count)
    return np.maximum(np.rint(lengths), 1).astype(np.int64)
