"""How predictions and their later judgement are shown."""

from __future__ import annotations

from collections.abc import Sequence

from planner import text
from planner.basis import Quantity
from planner.cli.console import Column, say, say_heading, say_pairs, say_table
from planner.cli.measured import interval_words
from planner.prediction.accuracy import Judged, Score
from planner.prediction.prediction import Method, Prediction

WORDS = {Method.DEPTH_SLICES: "depth slices", Method.SPEC_SHEET: "spec sheet"}

JUDGED_COLUMNS = (
    Column("Measured"),
    Column("Model"),
    Column("Phase"),
    Column("Tokens", numeric=True),
    Column("From"),
    Column("Predicted", numeric=True),
    Column("90 % interval", numeric=True),
    Column("Measured", numeric=True),
    Column("Error", numeric=True),
    Column("Inside"),
)
SCORE_COLUMNS = (
    Column("From"),
    Column("Phase"),
    Column("Figures", numeric=True),
    Column("Median error", numeric=True),
    Column("Worst", numeric=True),
    Column("Inside 90 %", numeric=True),
)


def show_prediction(told: Prediction) -> None:
    """Every figure with its interval, what it rests on, and what to be careful of."""
    fits = {True: "fits", False: "does not fit", None: "whether it fits is unknown"}[told.fits]
    say(f"{told.model} {told.weight_format} on {told.device}: estimated from its {WORDS[told.method]}, not run here.")
    say_pairs(
        [
            (f"decode at {told.context_tokens:,} tokens", _figure(told.decode_tok_s)),
            (f"prefill of {told.prompt_tokens:,} tokens", _figure(told.prefill_tok_s)),
            ("time to first token", f"{_figure(told.ttft_s)}, without queue, network and load"),
            ("peak memory", f"{_figure(told.peak_memory_bytes)}; {fits}"),
            ("runtime", f"{told.runtime}, {told.execution_provider}{_threads(told.threads)}"),
            ("basis", f"{told.decode_tok_s.basis.value}, 90 % intervals"),
            ("source", told.decode_tok_s.source),
        ]
    )
    notes = [*told.cautions, *([f"Prefill is unknown: {told.unknown_because}"] if told.unknown_because else [])]
    if notes:
        say_heading("Mind")
        for note in notes:
            say(f"· {note}")


def show_accuracy(judgements: Sequence[Judged], scores: Sequence[Score], waiting: int) -> None:
    """The scores, then every figure beside what was measured."""
    if not judgements:
        say("No prediction was measured on this device yet.")
    else:
        say_table(SCORE_COLUMNS, [_score(each) for each in scores])
        say_heading(f"Every prediction that was measured ({len(judgements)})")
        say_table(JUDGED_COLUMNS, [_judged(each) for each in judgements])
    if waiting:
        are = "1 prediction waits" if waiting == 1 else f"{waiting} predictions wait"
        say(f"\n{are} to be measured: «edgewise measure --model NAME --prompt N --context N».")


def signed(error: float) -> str:
    """«+3.2 %»: how much too high a prediction was."""
    return f"{'+' if error >= 0 else '−'}{text.share(abs(error))}"


def _figure(figure: Quantity | None) -> str:
    if figure is None:
        return text.UNKNOWN
    words = text.quantity(figure, interval=False)
    return words if figure.low is None else f"{words} ({interval_words(figure)})"


def _threads(count: int | None) -> str:
    return "" if count is None else f", {count} thread{'s' if count != 1 else ''}"


def _judged(one: Judged) -> tuple[str, ...]:
    return (
        text.day(one.measured_at.date()),
        f"{one.model} {one.weight_format}",
        one.phase,
        f"{one.tokens:,}",
        WORDS[one.method],
        text.quantity(one.predicted, interval=False),
        interval_words(one.predicted),
        text.quantity(one.measured, interval=False),
        signed(one.error),
        {True: "yes", False: "no", None: "no interval"}[one.inside],
    )


def _score(one: Score) -> tuple[str, ...]:
    return (
        WORDS[one.method],
        one.phase,
        str(one.count),
        text.share(one.median_error),
        text.share(one.worst_error),
        text.share(one.inside_share),
    )
