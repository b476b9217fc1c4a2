"""How much memory a model takes on a device while it serves one request of a class."""

from __future__ import annotations

from planner.basis import Basis, Quantity
from planner.errors import UnknownNameError
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architectures
from planner.model.footprint import kv_bytes_per_token, resident_bytes, weight_bytes
from planner.model.weight_formats import weight_format
from planner.profiles.performance import ModelPerformance

KV_BYTES = 2  # of a cached element: fp16, the common choice; a measured peak carries its own


def known_architecture(performance: ModelPerformance) -> ModelArchitecture | None:
    """The catalogue's architecture behind a performance, or None for a model it does not know."""
    wanted = performance.architecture or performance.model
    return next((each for each in architectures() if each.name == wanted), None)


def memory_needed(performance: ModelPerformance, context_tokens: int) -> Quantity | None:
    """Peak memory at this context in bytes: the measured or published peak, its cache grown to the context.

    Requests take turns, whatever their class, so a model holds one cache: that of its largest request. Where no peak
    is known it is estimated from the architecture's footprint; None where that is unknown as well.
    """
    architecture = known_architecture(performance)
    peak = performance.peak_memory_bytes
    if peak is None:
        return None if architecture is None else _footprint(architecture, performance.weight_format, context_tokens)
    seen_tokens = max((point.tokens or 0 for point in (*performance.prefill, *performance.decode)), default=0)
    if architecture is None or context_tokens <= seen_tokens:
        return peak
    grown = kv_bytes_per_token(architecture, KV_BYTES) * (context_tokens - seen_tokens)
    low, high = peak.bounds
    return Quantity(
        value=peak.value + grown,
        low=low + grown,
        high=high + grown,
        unit="B",
        basis=Basis.ESTIMATED,
        source=f"{peak.source}, cache grown to {context_tokens:,} tokens",
        as_of=peak.as_of,
    )


def file_bytes(performance: ModelPerformance) -> Quantity | None:
    """What every device downloads: the measured files, else the footprint's weights; None where neither is known."""
    if performance.file_bytes is not None:
        return performance.file_bytes
    architecture = known_architecture(performance)
    if architecture is None:
        return None
    try:
        size = weight_bytes(architecture, weight_format(performance.weight_format))
    except UnknownNameError:
        return None
    return Quantity(value=size, unit="B", basis=Basis.ESTIMATED, source="weights at the format's bits each")


def _footprint(architecture: ModelArchitecture, name: str, context_tokens: int) -> Quantity | None:
    try:
        known = weight_format(name)
    except UnknownNameError:
        return None
    return resident_bytes(architecture, known, context_tokens, kv_bytes=KV_BYTES)
