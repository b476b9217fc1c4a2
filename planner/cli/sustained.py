"""How a soak and a contention measurement are shown: what was found in sentences, a table, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner import text
from planner.basis import Doubt, Quantity
from planner.cli.console import Column, say, say_heading, say_table
from planner.measurement.contention_doubts import contention_doubts
from planner.measurement.contention_summary import ContentionSummary, summarise_contention
from planner.measurement.contentions import Contention, ContentionProgress
from planner.measurement.soak_doubts import soak_doubts
from planner.measurement.soak_fit import Course
from planner.measurement.soak_summary import Minute, SoakSummary, Witness, minutes, summarise_soak
from planner.measurement.soaks import Soak, SoakProgress

MINUTE_COLUMNS = (
    Column("Minute", numeric=True),
    Column("Decode", numeric=True),
    Column("Prefill", numeric=True),
    Column("Clock", numeric=True),
    Column("Temperature", numeric=True),
    Column("Other programs", numeric=True),
)
COST_COLUMNS = (
    Column("Measured"),
    Column("Alone", numeric=True),
    Column("Beside the other", numeric=True),
    Column("Beside / alone", numeric=True),
    Column("95 % interval", numeric=True),
)
FAST_TAU_S = 1.0  # a fall quicker than a window is a step
_NAMES = {"frequency_mhz": "clock", "temperature_c": "temperature"}
_TURNS = {"model": "the model alone", "foreground": "the foreground load alone", "both": "both together"}


def show_soak(soak: Soak) -> None:
    """The soak in sentences, minute by minute, and its doubts."""
    summary = summarise_soak(soak)
    for sentence in soak_sentences(soak, summary):
        say(sentence)
    told = minutes(soak)
    if told:
        say_heading("Minute by minute")
        say_table(MINUTE_COLUMNS, [_minute_row(one) for one in told])
    _show_doubts(soak_doubts(soak, summary))


def show_contention(contention: Contention) -> None:
    """Contention in sentences, as a table of both alone and together, and its doubts."""
    summary = summarise_contention(contention)
    for sentence in contention_sentences(contention, summary):
        say(sentence)
    say_heading("Alone and together")
    say_table(COST_COLUMNS, list(_cost_rows(summary)))
    _show_doubts(contention_doubts(contention, summary))


def soak_sentences(soak: Soak, summary: SoakSummary) -> Iterator[str]:
    """What was found, one statement a sentence, each with unit, interval and basis or the reason it is unknown."""
    yield (
        f"{soak.model.name} {soak.weight_format} worked for {text.seconds(soak.lasted_s)}, reading "
        f"{soak.prompt_tokens:,} tokens and answering {soak.answer_tokens:,} over and over "
        f"({soak.settings.runtime}, {_threads(soak.settings.threads)})."
    )
    yield f"Burst (median of the first 30 s): {_known(summary.burst_tok_s, summary.sustained_reason)}."
    yield f"Sustained (mean of the final third): {_known(summary.sustained_tok_s, summary.sustained_reason)}."
    if summary.sustained_tok_s is None and summary.last_tok_s is not None:
        share = text.quantity(summary.last_share)
        yield f"The final third of this soak: {text.based(summary.last_tok_s)}, {share} of the burst."
    if summary.retained_share is not None:
        yield f"Retained share of the burst: {text.based(summary.retained_share)}."
    yield from _curve_sentences(summary)
    yield from (f"{words}." for each in summary.witnesses if (words := _witness_words(each)))


def contention_sentences(contention: Contention, summary: ContentionSummary) -> Iterator[str]:
    """What each costs the other."""
    yield (
        f"{contention.model.name} {contention.weight_format} ({contention.settings.runtime}, "
        f"{_threads(contention.settings.threads)}) and a scripted office load (one thread, a short burst every 50 to "
        f"100 ms), alone and together in turns of {text.seconds(contention.turn_s)}, "
        f"{summary.rounds_used} of {contention.rounds_planned} rounds whole."
    )
    kept = _known(summary.decode_kept_share, "no round has the model's turns alone and beside the load")
    yield f"Share of its decode throughput that the model keeps beside the load: {kept}."
    if summary.latency_p50_ratio is None or summary.latency_p95_ratio is None:
        yield "What the model costs the load is unknown: no round has its turns alone and beside the model."
    else:
        yield (
            f"Beside the model a burst takes {_times(summary.latency_p50_ratio)} as long at the median and "
            f"{_times(summary.latency_p95_ratio)} at the 95th percentile · measured."
        )
    if summary.load_busy_share is not None:
        yield f"Alone the load is at work {text.share(summary.load_busy_share)} of the time."


def soak_line(event: SoakProgress) -> str:
    """«smollm2-135m · soak · 41 tok/s»: what a live line shows; `share` and `eta_s` are the event's own."""
    speed = f" · {text.rate(event.tok_s)}" if event.tok_s is not None else ""
    return f"{event.model} · {event.phase}{speed}"


def contention_line(event: ContentionProgress) -> str:
    """«smollm2-135m · both together»."""
    return f"{event.model} · {_TURNS.get(event.phase, event.phase)}"


def _curve_sentences(summary: SoakSummary) -> Iterator[str]:
    if summary.course is Course.LEVEL:
        yield "No decline: throughput stayed level."
        return
    if summary.course is Course.RISES:
        yield "Throughput rose: something held it back at first."
        return
    if summary.course is None:
        yield f"Whether it declines is unknown: {summary.curve_reason}."
        return
    if summary.knee_s is not None:
        yield f"Knee: it stays slower from {text.quantity(summary.knee_s)} on · measured."
    else:
        yield f"No knee: {summary.knee_reason}."
    if summary.r0_tok_s is None or summary.r_inf_tok_s is None or summary.tau_s is None:
        yield f"No curve: {summary.curve_reason}."
        return
    how = "at once" if summary.tau_s.value < FAST_TAU_S else f"with a time constant of {text.quantity(summary.tau_s)}"
    yield (
        f"Curve: from {text.quantity(summary.r0_tok_s)} towards {text.quantity(summary.r_inf_tok_s)}, {how} "
        "· fitted to measured windows."
    )


def _witness_words(witness: Witness) -> str:
    """«Clock: 3.1 GHz in the burst, 2.2 GHz in the final third (rank correlation with throughput 0.91)»."""
    if witness.name not in _NAMES:
        return ""
    name = _NAMES[witness.name].capitalize()
    if witness.at_first is None and witness.at_last is None:
        return f"{name}: unknown, since it cannot be read here"
    beside = f" (rank correlation with throughput {text.number(witness.correlation, 2)})"
    return (
        f"{name}: {_gauge(witness.name, witness.at_first)} in the burst, "
        f"{_gauge(witness.name, witness.at_last)} in the final third{beside if witness.correlation is not None else ''}"
    )


def _gauge(name: str, value: float | None) -> str:
    if value is None:
        return text.UNKNOWN
    return f"{text.number(value / 1000)} GHz" if name == "frequency_mhz" else f"{text.number(value)} °C"


def _minute_row(minute: Minute) -> tuple[str, ...]:
    others = minute.foreign_cpus
    return (
        str(minute.number),
        text.rate(minute.decode_tok_s),
        "none read" if minute.prefill_tok_s is None else text.rate(minute.prefill_tok_s),
        _gauge("frequency_mhz", minute.frequency_mhz),
        _gauge("temperature_c", minute.temperature_c),
        text.UNKNOWN if others is None else f"{text.number(others, 2)} CPUs",
    )


def _cost_rows(summary: ContentionSummary) -> Iterator[tuple[str, ...]]:
    rows = (
        ("decode", summary.decode_alone_tok_s, summary.decode_beside_tok_s, summary.decode_kept_share),
        ("burst, median", summary.latency_p50_alone_s, summary.latency_p50_beside_s, summary.latency_p50_ratio),
        ("burst, p95", summary.latency_p95_alone_s, summary.latency_p95_beside_s, summary.latency_p95_ratio),
    )
    for name, alone, beside, ratio in rows:
        yield (
            name,
            text.quantity(alone, interval=False),
            text.quantity(beside, interval=False),
            text.quantity(ratio, interval=False),
            _ends(ratio),
        )


def _ends(figure: Quantity | None) -> str:
    if figure is None or figure.low is None or figure.high is None:
        return ""
    return f"{text.in_unit(figure.low, figure.unit)} … {text.in_unit(figure.high, figure.unit)}"


def _times(ratio: Quantity) -> str:
    ends = f" ({_ends(ratio)})" if ratio.low is not None else ""
    return f"{text.number(ratio.value)} times{ends}"


def _known(figure: Quantity | None, why: str) -> str:
    return f"{text.UNKNOWN} ({why})" if figure is None else text.based(figure)


def _threads(count: int) -> str:
    return f"{count} {'thread' if count == 1 else 'threads'}"


def _show_doubts(doubts: Sequence[Doubt]) -> None:
    if not doubts:
        return
    say_heading(f"Doubts ({len(doubts)})")
    for doubt in doubts:
        say(f"· {doubt.subject}: {doubt.sentence} {doubt.advice}")
