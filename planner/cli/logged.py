"""What a request log says, in words."""

from __future__ import annotations

from pathlib import Path

from planner.cli.console import say, say_pairs
from planner.errors import DocumentError
from planner.text import seconds, significant
from planner.workload.log_figures import LEAST_BINS, LogFigures, TokenFigures, log_figures
from planner.workload.request_log import load_request_log


def figures_of(path: Path) -> LogFigures:
    """The figures of a log; refused where it holds no rate."""
    figures = log_figures(load_request_log(path))
    if figures is None:
        raise DocumentError("all requests arrive in the same instant: there is no rate", where=str(path))
    return figures


def show_log(figures: LogFigures) -> None:
    """Rates, tokens, peaks and burstiness, one a line."""
    failed = f", {figures.failed:,} failed left out" if figures.failed else ""
    say_pairs(
        [
            ("requests", f"{figures.requests:,} in {seconds(figures.duration_s)}{failed}"),
            ("requests a day", f"{significant(figures.requests_per_day)} at the log's mean rate"),
            ("input tokens", _tokens(figures.input_tokens)),
            ("output tokens", _tokens(figures.output_tokens)),
            ("busiest hour / mean", _peak(figures.peak_hour_to_mean, "hours")),
            ("busiest minute / mean", _peak(figures.peak_minute_to_mean, "minutes")),
            ("burstiness, ca² of gaps", significant(figures.arrival_scv)),
            ("variance / mean of a minute", _dispersion(figures)),
        ]
    )
    say("")


def _tokens(figures: TokenFigures) -> str:
    p50, p95, p99 = (significant(each) for each in (figures.p50, figures.p95, figures.p99))
    return f"mean {significant(figures.mean)}, p50 {p50}, p95 {p95}, p99 {p99}"


def _peak(value: float | None, bins: str) -> str:
    return f"unknown: the log has fewer than {LEAST_BINS} whole {bins}" if value is None else significant(value)


def _dispersion(figures: LogFigures) -> str:
    if figures.minute_dispersion is None:
        return f"unknown: the log has fewer than {LEAST_BINS} whole minutes"
    words = significant(figures.minute_dispersion)
    if figures.comes_in_waves:
        words += " (requests come in waves that the gaps do not show)"
    return words
