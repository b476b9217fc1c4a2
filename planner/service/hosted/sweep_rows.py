"""What the result files of vLLM bench serve, guidellm and AIPerf say of one run: load, tokens and speeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from planner.errors import DocumentError

MOST_FAILED = 0.05  # of all requests; beyond, what was measured is another load than was asked for
MOST = 1e15  # of anything
MS = 1e-3
SECONDS = {"ms": MS, "s": 1.0, "sec": 1.0, "us": 1e-6, "ns": 1e-9}
VLLM, GUIDELLM, AIPERF = "vLLM bench serve", "guidellm", "AIPerf"


@dataclass(frozen=True)
class SweepRow:
    """One steady load: means over its requests."""

    place: str  # file, and where in it
    tool: str
    model: str  # as the tool was told; empty where it says nothing
    concurrency: float  # requests in flight
    from_rate: bool  # the load was a rate: concurrency is rate × time in the system (Little)
    requests: float  # answered
    input_tokens: float
    output_tokens: float
    output_tok_s: float  # of the whole server
    tpot_s: float | None  # without the first token; None: not streamed, or one token
    ttft_s: float | None


@dataclass(frozen=True)
class LeftOut:
    """A run that says nothing of a steady load, and why; or a file of a folder that is no result at all."""

    place: str
    reason: str
    is_run: bool = True


@dataclass(frozen=True)
class Node:
    """A part of a JSON document, and where it stands."""

    raw: object
    file: str
    place: str = ""

    def at(self, *keys: str) -> Node | None:
        """The part below these keys; None where there is none."""
        raw, place = self.raw, self.place
        for key in keys:
            if not isinstance(raw, dict) or key not in raw:
                return None
            raw = cast("dict[str, object]", raw)[key]
            place = f"{place}.{key}" if place else key
        return Node(raw, self.file, place)

    @property
    def parts(self) -> tuple[Node, ...]:
        """The entries of a list; nothing of anything else."""
        if not isinstance(self.raw, list):
            return ()
        entries = cast("list[object]", self.raw)
        return tuple(Node(each, self.file, f"{self.place}[{number}]") for number, each in enumerate(entries))

    def first(self, *paths: Sequence[str]) -> float | None:
        """The first of these figures that is there and is one: not below zero, and not beyond all sense."""
        for path in paths:
            found = self.at(*path)
            raw = None if found is None else found.raw
            if isinstance(raw, (int, float)) and not isinstance(raw, bool) and 0 <= raw <= MOST:
                return float(raw)
        return None

    def need(self, *paths: Sequence[str]) -> float:
        """The first of these figures that is there; refused where it is missing, no number, or not above zero."""
        found = self.first(*paths)
        if found:
            return found
        name = ".".join(paths[0])
        place = f"{self.place}.{name}" if self.place else name
        said = next((node.raw for path in paths if (node := self.at(*path)) is not None), None)
        what = f"{place} is missing" if said is None else f"{place} is {str(said)[:40]!r}, not a figure above zero"
        raise DocumentError(
            what, where=self.file, remedy="Save the result again with the tool's own option, and leave it unedited."
        )

    def words(self, *paths: Sequence[str]) -> str:
        """The first of these that is a text; empty where none is; `()` is the part itself."""
        for path in paths:
            found = self.at(*path)
            if found is not None and isinstance(found.raw, str):
                return found.raw
        return ""

    @property
    def title(self) -> str:
        """«sweep.json, benchmarks[2]»."""
        return f"{self.file}, {self.place}" if self.place else self.file


def is_vllm(run: Node) -> bool:
    """A result of `vllm bench serve`, or of SGLang's bench_serving, which keeps its names."""
    return run.at("output_throughput") is not None and run.at("total_output_tokens") is not None


def is_guidellm(run: Node) -> bool:
    """One benchmark of a guidellm report."""
    return run.at("metrics", "output_tokens_per_second") is not None


def is_aiperf(run: Node) -> bool:
    """A summary of AIPerf, or of GenAI-Perf before it."""
    return run.at("output_token_throughput", "avg") is not None or run.at("inter_token_latency", "avg") is not None


def vllm_row(run: Node) -> SweepRow | LeftOut:
    """`completed`, `total_*_tokens`, `output_throughput`, `mean_ttft_ms`, `mean_tpot_ms`; load by `max_concurrency`.

    TPOT there is (latency − TTFT)/(tokens − 1). Where a rate was asked for, the cap says little of what was in flight.
    """
    answered = run.first(("completed",)) or 0.0
    unusable = _unusable(run, answered, run.first(("failed",)) or 0.0)
    if unusable is not None:
        return unusable
    output_tokens = run.need(("total_output_tokens",)) / answered
    ttft_s = _scaled(run.first(("mean_ttft_ms",)), MS)
    tpot_s = _scaled(run.first(("mean_tpot_ms",)), MS)
    cap, rate = run.first(("max_concurrency",)), run.first(("request_rate",))
    in_flight = None
    if rate is None and cap:
        in_flight = min(cap, run.first(("num_prompts",)) or cap)
    elif rate is not None:
        in_flight = _little(run.need(("request_throughput",)), ttft_s, tpot_s, output_tokens)
    if in_flight is None:
        why = "all requests were sent at once" if rate is None else "requests came at a rate and were not timed"
        return LeftOut(run.title, f"{why}; run it with --max-concurrency")
    return SweepRow(
        place=run.title,
        tool=VLLM,
        model=run.words(("model_id",), ("model",)),
        concurrency=in_flight,
        from_rate=rate is not None,
        requests=answered,
        input_tokens=run.need(("total_input_tokens",)) / answered,
        output_tokens=output_tokens,
        output_tok_s=run.need(("output_throughput",)),
        tpot_s=_after_the_first(tpot_s, output_tokens),
        ttft_s=ttft_s,
    )


def guidellm_row(run: Node) -> SweepRow | LeftOut:
    """`metrics.*.successful.mean`; its `inter_token_latency_ms` is TPOT, its `time_per_output_token_ms` holds the TTFT.

    Concurrency is the streams asked for, else the mean measured.
    """
    totals = (
        run.at("metrics", "request_totals")
        or run.at("scheduler_metrics", "requests_made")
        or run.at("run_stats", "requests_made")
        or Node({}, run.file)
    )
    counted = ("metrics", "output_token_count", "successful", "count")
    answered = totals.first(("successful",)) if totals.raw else run.first(counted)
    unusable = _unusable(run, answered or 0.0, totals.first(("errored",)) or 0.0)
    if unusable is not None:
        return unusable

    def mean(name: str) -> tuple[str, ...]:
        return ("metrics", name, "successful", "mean")

    strategies = (run.at("config", "strategy"), run.at("args", "strategy"), run.at("scheduler", "strategy"))
    strategy = next((each for each in strategies if each is not None), Node({}, run.file))
    kind = strategy.words(("type_",), ()) or "concurrent"
    asked = {"synchronous": 1.0, "concurrent": strategy.first(("streams",))}.get(kind)
    output_tokens = run.need(mean("output_token_count"))
    return SweepRow(
        place=run.title,
        tool=GUIDELLM,
        model=run.words(("config", "backend", "model"), ("worker", "backend_model")),
        concurrency=asked or run.need(mean("request_concurrency")),
        from_rate=kind in {"constant", "poisson"},
        requests=answered or 0.0,
        input_tokens=run.need(mean("prompt_token_count")),
        output_tokens=output_tokens,
        output_tok_s=run.need(mean("output_tokens_per_second")),
        tpot_s=_after_the_first(_scaled(run.first(mean("inter_token_latency_ms")), MS), output_tokens),
        ttft_s=_scaled(run.first(mean("time_to_first_token_ms")), MS),
    )


def aiperf_row(run: Node) -> SweepRow | LeftOut:
    """`<metric>.avg` with its unit; concurrency of the profiling phase, of `loadgen`, or of GenAI-Perf's stimulus."""
    cancelled = run.at("was_cancelled")
    if cancelled is not None and cancelled.raw is True:
        return LeftOut(run.title, "it was cancelled")
    answered = run.first(("request_count", "avg"), ("output_sequence_length", "count"))
    failed = run.first(("error_request_count", "avg")) or 0.0
    unusable = _unusable(run, 1.0 if answered is None else answered, failed)
    if unusable is not None:
        return unusable
    output_tokens = run.need(("output_sequence_length", "avg"))
    ttft_s, tpot_s = _timed(run, "time_to_first_token"), _timed(run, "inter_token_latency")
    asked = _aiperf_concurrency(run)
    rate = run.first(("request_throughput", "avg"))
    in_flight = asked or (None if rate is None else _little(rate, ttft_s, tpot_s, output_tokens))
    if in_flight is None:
        return LeftOut(run.title, "how many requests were in flight is not said; run it with --concurrency")
    model = next((node for each in _AIPERF_MODELS if (node := run.at("input_config", *each)) is not None), None)
    names = () if model is None else model.parts
    return SweepRow(
        place=run.title,
        tool=AIPERF,
        model=names[0].words(("name",), ()) if names else "",
        concurrency=in_flight if asked is None or answered is None else min(asked, answered),
        from_rate=asked is None,
        requests=answered or 0.0,
        input_tokens=run.need(("input_sequence_length", "avg")),
        output_tokens=output_tokens,
        output_tok_s=run.need(("output_token_throughput", "avg")),
        tpot_s=_after_the_first(tpot_s, output_tokens),
        ttft_s=ttft_s,
    )


_AIPERF_MODELS = (("models", "items"), ("endpoint", "model_names"), ("model_names",))


def _aiperf_concurrency(run: Node) -> float | None:
    phases = run.at("input_config", "phases")
    profiling = [each for each in (phases.parts if phases else ()) if each.words(("name",), ("type",)) != "warmup"]
    named = [each for each in profiling if each.words(("name",)) == "profiling"] or profiling
    found = named[0].first(("concurrency",)) if named else None
    return found or run.first(
        ("input_config", "loadgen", "concurrency"),
        ("input_config", "perf_analyzer", "stimulus", "concurrency"),
        ("input_config", "concurrency"),
    )


def _timed(run: Node, metric: str) -> float | None:
    """A mean time in s, whatever unit the metric names; ms where it names none."""
    unit = run.words((metric, "unit")) or "ms"
    if unit not in SECONDS:
        raise DocumentError(
            f"{metric}.unit is {unit[:40]!r}, not a time", where=run.file, remedy="Export the result again."
        )
    return _scaled(run.first((metric, "avg")), SECONDS[unit])


def _unusable(run: Node, answered: float, failed: float) -> LeftOut | None:
    if answered < 1:
        return LeftOut(run.title, "no request was answered")
    if failed > MOST_FAILED * (answered + failed):
        return LeftOut(run.title, f"{failed:,.0f} of {answered + failed:,.0f} requests failed")
    return None


def _scaled(value: float | None, unit: float) -> float | None:
    return value * unit if value else None  # tools write 0 for what they could not time


def _after_the_first(tpot_s: float | None, output_tokens: float) -> float | None:
    return tpot_s if output_tokens > 1 else None


def _little(rate: float, ttft_s: float | None, tpot_s: float | None, output_tokens: float) -> float | None:
    """Requests in flight on average: rate × time in the system."""
    if ttft_s is None or tpot_s is None:
        return None
    return rate * (ttft_s + (output_tokens - 1) * tpot_s)


def known_layout(run: Node) -> Callable[[Node], SweepRow | LeftOut] | None:
    """The reader of a run's layout; None where no tool writes such."""
    readers = ((is_vllm, vllm_row), (is_guidellm, guidellm_row), (is_aiperf, aiperf_row))
    return next((reader for fits, reader in readers if fits(run)), None)
