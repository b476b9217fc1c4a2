"""Runs whose rounds differ as told, for tests of the history of runs and of two compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from planner.measurement.readings import Reading
from planner.measurement.runs import DecodeSample, PrefillSample, Round, RoundState, Run
from planner.measurement.slice_runs import DepthSlices
from tests.support.profiles import NOON, run

STEPS = 4


def round_of(number: int, decode_tok_s: float, *, tokens: Sequence[int] = (128, 512), **changes: Any) -> Round:
    """A round that decodes at this speed whatever the context, and reads prompts ten times as fast."""
    figures: dict[str, Any] = {
        "number": number,
        "started_at": NOON + timedelta(minutes=number),
        "state": RoundState.CLEAN,
        "load_s": 0.25,
        "first_run_s": 0.5,
        "prefill": tuple(
            PrefillSample(prompt_tokens=length, duration_s=length / (10 * decode_tok_s), began_s=1.0)
            for length in tokens
        ),
        "decode": tuple(
            DecodeSample(
                context_tokens=length,
                token_times_s=tuple(step / decode_tok_s for step in range(1, STEPS + 1)),
                began_s=2.0,
            )
            for length in tokens
        ),
        "peak_memory_bytes": 300_000_000 + number,
        "foreign_cpus": 0.01,
        **changes,
    }
    return Round(**figures)


def run_of(
    decode_tok_s: Sequence[float],
    run_id: str = "20261123T120000Z-aaaaaa",
    *,
    hours: float = 0.0,
    readings: Sequence[Reading] = (),
    tokens: Sequence[int] = (128, 512),
    **changes: Any,
) -> Run:
    """A run with a round of each speed."""
    rounds = tuple(
        round_of(number, speed, tokens=tokens, readings=tuple(readings)) for number, speed in enumerate(decode_tok_s, 1)
    )
    return run(run_id, hours=hours).model_copy(update={"rounds": rounds, **changes})


def slices_of(decode_tok_s: Sequence[float] = (400, 404, 396), *, hours: float = 0.0) -> DepthSlices:
    """Slices of 2 and 10 layers; the deep one takes five times as long for everything."""
    shallow = run_of(decode_tok_s, "20261123T140000Z-shallow", hours=hours, tokens=(128, 512, 2048))
    deep = run_of([speed / 5 for speed in decode_tok_s], "20261123T140000Z-zdeep", hours=hours)
    return DepthSlices(
        shallow=shallow.model_copy(update={"model": shallow.model.model_copy(update={"layers": 2})}),
        deep=deep.model_copy(update={"model": deep.model.model_copy(update={"layers": 10})}),
    )
