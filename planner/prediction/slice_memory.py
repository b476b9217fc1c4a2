"""How much memory a whole model takes, from its slices' peaks: the footprint model with the factors they show."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from planner.basis import Basis, Quantity
from planner.measurement.runs import Round, RoundState, Run
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.slices import slice_grid
from planner.model.architecture import ModelArchitecture
from planner.model.footprint import RUNTIME_BYTES, kv_bytes_per_token, weight_bytes
from planner.model.weight_formats import weight_format

MODEL_SHARE = 0.08  # half-width of the 90 % interval: allocator and activation buffers are not modelled to the byte
FLOAT_BYTES = 4
LEAST_FACTOR, MOST_FACTOR = 1.0, 3.5
MOST_ACTIVATIONS = 8.0


def foretell_memory(slices: DepthSlices, shape: ModelArchitecture, tokens: int) -> Quantity | None:
    """Peak bytes of the child with all layers when `tokens` were prefilled, or None where no slice told its peak.

    peak = runtime + factor × weights + KV cache + ratio × activations. The deep slice, whose prompts are short, gives
    the factor of prepacked weights; the shallow one, whose prompt is long, the ratio of activations.
    """
    deep_peak, shallow_peak = _peak_bytes(slices.deep.rounds), _peak_bytes(slices.shallow.rounds)
    if deep_peak is None or shallow_peak is None or not slices.deep.model.file_bytes:
        return None
    stored_as = weight_format(slices.deep.weight_format)
    kv_bytes = FLOAT_BYTES if slices.deep.settings.kv_format == "fp32" else FLOAT_BYTES // 2
    deep_tokens, shallow_tokens = slice_grid(deep=True).max_tokens, slice_grid(deep=False).max_tokens

    def held(run: Run, at: int) -> float:
        """KV cache of a slice."""
        return kv_bytes_per_token(_of_depth(shape, run), kv_bytes) * at

    ratio, factor = 1.0, 1.0
    for _ in range(3):  # each needs the other; three turns settle them
        rest = RUNTIME_BYTES + held(slices.deep, deep_tokens) + ratio * activation_bytes(shape, deep_tokens)
        factor = min(max((deep_peak - rest) / slices.deep.model.file_bytes, LEAST_FACTOR), MOST_FACTOR)
        rest = RUNTIME_BYTES + held(slices.shallow, shallow_tokens) + factor * slices.shallow.model.file_bytes
        ratio = min(max((shallow_peak - rest) / activation_bytes(shape, shallow_tokens), 0.0), MOST_ACTIVATIONS)
    # The file holds what the footprint does not count (rotary tables, padding); the deep slice says by how much.
    padding = slices.deep.model.file_bytes / weight_bytes(_of_depth(shape, slices.deep), stored_as)
    whole = weight_bytes(shape, stored_as) * min(max(padding, 1.0), 1.1)
    value = (
        RUNTIME_BYTES
        + factor * whole
        + kv_bytes_per_token(shape, kv_bytes) * tokens
        + ratio * activation_bytes(shape, tokens)
    )
    return Quantity(
        value=value,
        low=value * (1 - MODEL_SHARE),
        high=value * (1 + MODEL_SHARE),
        unit="B",
        basis=Basis.ESTIMATED,
        source=f"depth slices {slices.shallow.run_id} and {slices.deep.run_id}: weights × {factor:.2f}",
        as_of=slices.deep.finished_at.date(),
    )


def activation_bytes(shape: ModelArchitecture, tokens: int) -> float:
    """Floats alive at once in one layer's prefill: streams of hidden, qkv and feed-forward width, attention scores."""
    streams = tokens * (4 * shape.hidden + shape.qkv_width + 3 * shape.ffn)
    scores = shape.heads * tokens**2
    return float(FLOAT_BYTES * (streams + scores))


def _peak_bytes(rounds: Sequence[Round]) -> float | None:
    peaks = [
        one.peak_memory_bytes
        for one in rounds
        if one.state is not RoundState.PARTIAL and one.peak_memory_bytes is not None
    ]
    return statistics.median(peaks) if peaks else None


def _of_depth(shape: ModelArchitecture, run: Run) -> ModelArchitecture:
    return shape.model_copy(update={"layers": run.model.layers or shape.layers})
