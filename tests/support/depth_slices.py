"""Depth slices whose times follow a known law, for tests of what is foretold from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.measurement.runs import DecodeSample, ModelSource, PrefillSample, Round, RoundState, Run
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.slices import DEEP_TOKENS, SHALLOW_TOKENS
from tests.support.profiles import run

STEPS = 3
Noise = Callable[[int, int], float]  # (number of the pair, layers) → factor of every time of that start


@dataclass(frozen=True)
class Law:
    """h + L·(a·x + b·y): seconds of a decode step (x = 1, y = context) and of a prefill (x = n, y = n²)."""

    decode: tuple[float, float, float] = (8e-3, 1.2e-3, 4e-7)
    prefill: tuple[float, float, float] = (5e-2, 4e-5, 2e-9)

    def step_s(self, layers: int, context: float) -> float:
        """Seconds of one decode step."""
        head_s, layer_s, growth_s = self.decode
        return head_s + layers * (layer_s + growth_s * context)

    def prefill_s(self, layers: int, tokens: float) -> float:
        """Seconds of one prefill."""
        head_s, layer_s, growth_s = self.prefill
        return head_s + layers * (layer_s * tokens + growth_s * tokens**2)


def exact(pair: int, layers: int) -> float:
    """No noise."""
    return 1.0


def slices_after(
    law: Law,
    *,
    model: str = "smollm2-135m",
    layers: tuple[int, int] = (2, 15),
    pairs: int = 4,
    noise: Noise = exact,
    peaks: tuple[int, int] = (180_000_000, 260_000_000),
    file_bytes: tuple[int, int] = (20_000_000, 50_000_000),
    hours: float = 0.0,
) -> DepthSlices:
    """Slices of two depths whose every start follows the law, times its noise."""

    def of(place: int, tokens: Sequence[int]) -> Run:
        depth = layers[place]
        whole = run(f"{model}-{depth}-layers", model=model, hours=hours)
        rounds = tuple(
            _round(law, pair, depth, factor=noise(pair, depth), tokens=tokens, peak_bytes=peaks[place])
            for pair in range(1, pairs + 1)
        )
        identity = whole.model.model_copy(
            update={"layers": depth, "file_bytes": file_bytes[place], "source": ModelSource.SYNTHESISED}
        )
        return whole.model_copy(update={"rounds": rounds, "model": identity})

    return DepthSlices(shallow=of(0, SHALLOW_TOKENS), deep=of(1, DEEP_TOKENS))


def _round(law: Law, number: int, layers: int, *, factor: float, tokens: Sequence[int], peak_bytes: int) -> Round:
    return Round(
        number=number,
        started_at=run().started_at,
        state=RoundState.CLEAN,
        load_s=0.25,
        first_run_s=0.5,
        prefill=tuple(
            PrefillSample(prompt_tokens=each, duration_s=law.prefill_s(layers, each) * factor) for each in tokens
        ),
        decode=tuple(
            DecodeSample(
                context_tokens=each,
                token_times_s=tuple(law.step_s(layers, each) * factor * step for step in range(1, STEPS + 1)),
            )
            for each in tokens
        ),
        peak_memory_bytes=peak_bytes,
        foreign_cpus=0.0,
    )
