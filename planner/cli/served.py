"""A served model as a terminal or a program reads it: batches, limits, the largest rate, prices, doubts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from planner import text
from planner.basis import Quantity
from planner.cli.console import Column, say, say_heading, say_pairs, say_table
from planner.cli.predicted import signed
from planner.cost.per_mtok import CONVENTIONS
from planner.cost.served_answer import ServedAnswer
from planner.cost.served_tokens import ServedTokens
from planner.service.hosted.closed_loop import TTFT_ERROR
from planner.service.hosted.constants import Constants, Known
from planner.service.hosted.replica import BatchPoint, BusySpeeds
from planner.service.hosted.replica_capacity import ReplicaCapacity, Slo
from planner.service.hosted.served_constants import ServedConstants

MOST_MACHINES = 4  # named below the price
KNOWN_WORDS = {
    Known.OWN: "your own sweep",
    Known.FITTED: "fitted to published throughput of this accelerator and engine",
    Known.PRECISION: "fitted at another precision",
    Known.ENGINE: "fitted under other engines",
    Known.MAKER: "of other accelerators of its maker",
    Known.ALL: "of other makers' accelerators",
}


def show_refit(fitted: ServedConstants) -> None:
    """The sweep beside what the fitted constants make of it."""
    say_heading(f"Sweep of {len(fitted.sweep)} steady states")
    columns = ("In flight", "Input", "Output", "tok/s", "fitted", "Error", "TPOT", "fitted", "TTFT", "fitted")
    say_table(
        [Column(title, numeric=True) for title in columns],
        [
            (
                text.significant(row.concurrency),
                text.significant(row.input_tokens),
                text.significant(row.output_tokens),
                text.significant(row.output_tok_s),
                text.significant(row.fitted_tok_s),
                signed(row.error),
                text.seconds(row.tpot_s),
                text.seconds(row.fitted_tpot_s),
                text.seconds(row.ttft_s),
                text.seconds(row.fitted_ttft_s),
            )
            for row in fitted.sweep
        ],
    )
    say("")


def show_answer(answer: ServedAnswer) -> None:
    """The sentence, the batches, the largest rate, the price, the doubts."""
    serving, found = answer.serving, answer.replica
    say(_sentence(answer))
    if found.why_not:
        _show_doubts(answer)
        return
    say_heading("Constants")
    say_pairs(_constants(found.constants))
    say_heading(f"{serving.input_tokens:,} input and {serving.output_tokens:,} output tokens, closed loop")
    columns = ("In flight", "Output", "from … to", "TPOT", "from … to", "TTFT, a range", "Prompts take")
    say_table([Column(title, numeric=True) for title in columns], [_point(point) for point in found.points])
    say_pairs([("cache", _cache(answer)), ("most in flight", f"{found.most_in_flight:,}")])
    if answer.capacity is not None:
        say_heading("Largest rate of one replica")
        say_pairs(_capacity(answer, answer.capacity))
    _show_price(answer)
    _show_doubts(answer)


def _sentence(answer: ServedAnswer) -> str:
    found, capacity = answer.replica, answer.capacity
    what = f"{found.model} {found.weight_format} on {found.accelerators} × {found.accelerator} under {found.engine}"
    if capacity is None:
        return f"{what} cannot be served. {found.why_not}"
    if not capacity.rate_per_s or answer.output_tok_s is None:
        return f"{what} misses the SLO at any rate: {capacity.reasons[0]}."
    words = f"{what}: up to {_rate(capacity.rate_per_s)}, {text.rate(answer.output_tok_s.value)} of output"
    full = next((cost for cost in answer.costs if cost.utilization == 1.0), None)
    if full is None:
        return f"{words}; no price: {answer.no_cost}."
    least = answer.costs[0]
    at = f"{text.money_per_mtok(least.usd_per_mtok_out.value)} at {text.share(least.utilization)} use, "
    return f"{words}; {at if least is not full else ''}{text.money_per_mtok(full.usd_per_mtok_out.value)} at 100 %."


def _constants(known: Constants) -> list[tuple[str, str]]:
    rows = f"{known.rows:,} rows"
    error = "" if known.median_error is None else f", missed by {text.share(known.median_error)} in the median"
    return [
        ("of the bandwidth", text.based(known.eta_m)),
        ("of the peak", text.based(known.eta_c)),
        ("overhead of a pass", text.based(known.t0_s)),
        ("synchronisation", text.based(known.tau_s)),
        ("known from", f"{KNOWN_WORDS[known.known]}: {rows}{error}"),
        ("source", f"{known.source}, {text.day(known.as_of)}"),
    ]


def _point(point: BatchPoint) -> tuple[str, ...]:
    return (
        f"{point.in_flight:,}",
        text.rate(point.throughput_tok_s.value),
        _ends(point.throughput_tok_s),
        text.seconds(point.tpot_s.value),
        _ends(point.tpot_s),
        _ends(point.ttft_s),
        text.share(point.prefill_share),
    )


def _ends(figure: Quantity) -> str:
    low, high = (text.in_unit(end, figure.unit) for end in figure.bounds)
    return f"{low} … {high}"


def _cache(answer: ServedAnswer) -> str:
    kv = answer.replica.kv
    low, value, high = (text.size(max(0.0, each)) for each in kv.pool_bytes)
    return (
        f"{value} ({low} … {high}) for {kv.requests:,} requests ({kv.requests_low:,} … {kv.requests_high:,}), "
        f"{kv.tokens:,} tokens"
    )


def _capacity(answer: ServedAnswer, capacity: ReplicaCapacity) -> list[tuple[str, str]]:
    load = capacity.load
    ends = f" ({text.significant(capacity.low_per_s)} … {text.significant(capacity.high_per_s)})"
    lines = [
        ("bounds", _slo(answer.serving.slo)),
        ("arrivals", f"burstiness ca² {text.significant(answer.serving.stream.arrival_scv)}"),
        ("rate", f"{_rate(capacity.rate_per_s)}{ends}" if capacity.rate_per_s else "none"),
        ("why no more", f"{capacity.bound.value}: {capacity.reasons[0]}"),
        ("without a pause", _rate(capacity.full_per_s)),
    ]
    if capacity.rate_per_s:
        tpot = "" if load.tpot is None else f", TPOT {text.seconds(load.tpot.value_s)}"
        lines += [
            (
                f"{_percentile(answer.serving.slo)} there",
                f"TTFT {_range(load.ttft.value_s)}{tpot}, E2E {text.seconds(load.e2e.value_s)}",
            ),
            (
                "decoded together",
                f"{text.significant(load.mean_batch)} on average, busy {text.share(load.utilization)}",
            ),
        ]
    if answer.speeds is not None:
        lines.append(
            (
                "busy with one thing",
                _alone(answer.speeds),
            )
        )
    if answer.replicas is not None and answer.serving.asked_per_s is not None:
        used = "" if answer.utilization is None else f", {text.share(answer.utilization)} used"
        lines.append(
            ("replicas for the log", f"{answer.replicas:,} for {_rate(answer.serving.asked_per_s)} on average{used}")
        )
    return lines


def _alone(speeds: BusySpeeds) -> str:
    return (
        f"prompts {text.quantity(speeds.prefill_tok_s)}, answers {text.quantity(speeds.decode_tok_s)} "
        f"at {speeds.in_flight:,} in flight"
    )


def _slo(slo: Slo) -> str:
    bounds = (("TTFT", slo.ttft_s), ("TPOT", slo.tpot_s), ("E2E", slo.e2e_s))
    at = _percentile(slo)
    words = [f"{at} of {name} ≤ {text.seconds(most)}" for name, most in bounds if most is not None]
    return ", ".join(words) or "none: name --ttft-p95, --tpot-p95 or --e2e-p95"


def _percentile(slo: Slo) -> str:
    return f"p{text.significant(slo.percentile * 100, 4)}"


def _range(ttft_s: float) -> str:
    """No model knows a first token better than that, so it never stands as a single figure."""
    return f"{text.seconds(ttft_s * (1 - TTFT_ERROR))} … {text.seconds(ttft_s * (1 + TTFT_ERROR))}"


def _rate(per_s: float) -> str:
    return f"{text.significant(per_s)} requests/s"


def _show_price(answer: ServedAnswer) -> None:
    say_heading("Price")
    hour = answer.hour
    if hour.usd_per_h is None:
        say(f"Unknown: {hour.reason}. Name yours with --price, or a machine with --sku.")
        return
    day = "" if hour.usd_per_h.as_of is None else f", {text.day(hour.usd_per_h.as_of)}"
    usd = hour.usd_per_h
    low, high = (text.money(end) for end in usd.bounds)
    spread = "" if low == high else f" ({low} … {high})"
    say(f"An accelerator's hour costs {text.money(usd.value)}{spread} · {usd.basis.value}: {usd.source}{day}.")
    for words in hour.machines[:MOST_MACHINES]:
        say(f"· {words}")
    if len(hour.machines) > MOST_MACHINES:
        say(f"· and {len(hour.machines) - MOST_MACHINES} more, up to the dearest: {hour.machines[-1]}")
    if answer.no_cost:
        say(f"No price per Mtok: {answer.no_cost}.")
        return
    columns = ("Of the largest rate", "All on output /Mtok", "from … to", "Input by time /Mtok", "Output by time /Mtok")
    say_table([Column(title, numeric=True) for title in columns], [_cost(cost) for cost in answer.costs])
    say(f"All on output: {CONVENTIONS['all_on_output']}. By time: {CONVENTIONS['apart']}.")


def _cost(cost: ServedTokens) -> tuple[str, ...]:
    low, high = (text.money(end) for end in cost.usd_per_mtok_out.bounds)
    return (
        text.share(cost.utilization),
        text.money(cost.usd_per_mtok_out.value),
        f"{low} … {high}",
        text.money(cost.usd_per_mtok_in_by_time.value),
        text.money(cost.usd_per_mtok_out_by_time.value),
    )


def _show_doubts(answer: ServedAnswer) -> None:
    if answer.doubts:
        say_heading(f"Doubts ({len(answer.doubts)})")
        for doubt in answer.doubts:
            say(f"· {doubt.sentence} {doubt.advice}")


def as_json(answer: ServedAnswer, fitted: ServedConstants | None) -> dict[str, Any]:
    """Every figure; None where there is none, with the reason beside it."""
    serving, capacity = answer.serving, answer.capacity
    return {
        "replica": answer.replica.model_dump(mode="json", exclude={"doubts"}),
        "slo": asdict(serving.slo),
        "arrival_scv": serving.stream.arrival_scv,
        "capacity": None if capacity is None else asdict(capacity),
        "busy_alone": None if answer.speeds is None else answer.speeds.model_dump(mode="json"),
        "service": None if answer.service is None else answer.service.model_dump(mode="json"),
        "service_per_s": answer.service_per_s,
        "output_tok_s": _plain(answer.output_tok_s),
        "prefill_share": answer.prefill_share,
        "asked_per_s": serving.asked_per_s,
        "replicas": answer.replicas,
        "utilization": answer.utilization,
        "accelerator_hour": {
            "usd_per_h": _plain(answer.hour.usd_per_h),
            "reason": answer.hour.reason or None,
            "machines": answer.hour.machines,
        },
        "usd_per_mtok": [
            {
                "utilization": cost.utilization,
                "all_on_output": _plain(cost.usd_per_mtok_out),
                "input_by_time": _plain(cost.usd_per_mtok_in_by_time),
                "output_by_time": _plain(cost.usd_per_mtok_out_by_time),
            }
            for cost in answer.costs
        ],
        "no_cost": answer.no_cost or None,
        "fitted": None if fitted is None else fitted.model_dump(mode="json", exclude={"doubts"}),
        "doubts": [doubt.model_dump(mode="json") for doubt in answer.doubts],
    }


def _plain(figure: Quantity | None) -> dict[str, Any] | None:
    return None if figure is None else figure.model_dump(mode="json")
