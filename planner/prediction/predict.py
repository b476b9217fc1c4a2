"""What a catalogue model would do on a device: from its depth slices where there are any, else from a spec sheet."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from planner.basis import Basis, Quantity
from planner.device.facts import DeviceFacts
from planner.errors import UnknownNameError
from planner.measurement.intervals import FEWEST_REPLICATES
from planner.measurement.slice_runs import DepthSlices
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architecture
from planner.model.footprint import resident_bytes
from planner.model.weight_formats import weight_format
from planner.prediction.depth_slices import PRIOR, Foretold, ModelTerm, foretell_decode, foretell_prefill, interval
from planner.prediction.prediction import Method, Prediction
from planner.prediction.slice_memory import foretell_memory
from planner.prediction.spec_facts import spec_sheet_of
from planner.prediction.spec_sheet import predict_from_spec
from planner.units import Unit

CACHED_TIMES = 4  # a shallow slice smaller than so many last-level caches may be read from the cache
FAR_BEYOND = 2.0  # tokens beyond the longest prompt of the slices, from which on a prediction says so


def predict_from_slices(
    slices: DepthSlices,
    facts: DeviceFacts,
    *,
    device: str,
    prompt_tokens: int,
    context_tokens: int,
    terms: Mapping[str, ModelTerm] = PRIOR,
) -> Prediction:
    """The whole model from its slices; `terms` are the model terms as the accuracy log of the device has them."""
    deep = slices.deep
    shape = architecture(deep.model.architecture or deep.model.name)
    source = f"depth slices of {slices.shallow.model.layers} and {deep.model.layers} of {shape.layers} layers"
    step = foretell_decode(slices, shape.layers, context_tokens)
    prefill = foretell_prefill(slices, shape.layers, prompt_tokens)

    def estimated(foretold: Foretold, term: ModelTerm, unit: Unit, per: float | None) -> Quantity:
        """The time itself, or `per` over it."""
        low_s, high_s = interval(foretold, term)
        value, low, high = foretold.seconds, low_s, high_s
        if per is not None:
            value, low, high = per / foretold.seconds, per / high_s, per / low_s
        return Quantity(
            value=value,
            low=low,
            high=high,
            unit=unit,
            basis=Basis.ESTIMATED,
            source=f"{source}, {len(deep.rounds)} pairs of rounds, {deep.settings.runtime}",
            as_of=deep.finished_at.date(),
        )

    tokens = max(prompt_tokens, context_tokens)
    memory = foretell_memory(slices, shape, tokens) or resident_bytes(shape, weight_format(deep.weight_format), tokens)
    return Prediction(
        prediction_id=new_id(),
        made_at=datetime.now(UTC),
        device=device,
        model=shape.name,
        weight_format=deep.weight_format,
        runtime=deep.settings.runtime,
        execution_provider=deep.settings.execution_provider,
        threads=deep.settings.threads,
        method=Method.DEPTH_SLICES,
        slices=(slices.shallow.run_id, deep.run_id),
        prompt_tokens=prompt_tokens,
        context_tokens=context_tokens,
        decode_tok_s=estimated(step, terms["decode"], "tok/s", 1.0),
        prefill_tok_s=estimated(prefill, terms["prefill"], "tok/s", float(prompt_tokens)),
        ttft_s=estimated(prefill, terms["prefill"], "s", None),
        peak_memory_bytes=memory,
        fits=_fits(memory, facts),
        cautions=_cautions(slices, facts, shape, tokens),
    )


def predict_from_facts(
    facts: DeviceFacts,
    *,
    device: str,
    model: str,
    weight_format_name: str,
    prompt_tokens: int,
    context_tokens: int,
    execution_provider: str = "CPUExecutionProvider",
    runtime: str = "onnxruntime",
) -> Prediction:
    """The model from what is stated of the device; refused where nothing that decides is stated."""
    shape, stored_as = architecture(model), weight_format(weight_format_name)
    sheet = spec_sheet_of(facts, execution_provider, runtime)
    if sheet.value is None:
        raise UnknownNameError(
            f"nothing can be foretold from the spec sheet of {device}: {sheet.reason}",
            remedy="Run «edgewise measure» or «edgewise predict» without --profile on the device itself.",
        )
    told = predict_from_spec(sheet.value, shape, stored_as, prompt_tokens=prompt_tokens, context_tokens=context_tokens)
    return Prediction(
        prediction_id=new_id(),
        made_at=datetime.now(UTC),
        device=device,
        model=shape.name,
        weight_format=stored_as.name,
        runtime=runtime,
        execution_provider=execution_provider,
        method=Method.SPEC_SHEET,
        prompt_tokens=prompt_tokens,
        context_tokens=context_tokens,
        decode_tok_s=told.decode_tok_s,
        prefill_tok_s=told.prefill_tok_s,
        ttft_s=told.ttft_s,
        peak_memory_bytes=told.memory_bytes,
        fits=told.fits,
        unknown_because=told.unknown_because or "",
        cautions=told.cautions,
    )


def new_id() -> str:
    """A name for a prediction that says when it was made."""
    return f"p{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def _fits(memory: Quantity, facts: DeviceFacts) -> bool | None:
    known = [one.value for one in (facts.memory.limit_bytes, facts.memory.total_bytes) if one.value is not None]
    return memory.value <= min(known) if known else None


def _cautions(slices: DepthSlices, facts: DeviceFacts, shape: ModelArchitecture, tokens: int) -> tuple[str, ...]:
    found: list[str] = []
    if len(slices.deep.rounds) < FEWEST_REPLICATES:
        found.append("Only one pair of rounds was timed, so the intervals lack the scatter between starts.")
    cache = max((one.size_bytes for one in facts.cpu.caches.value or () if one.kind != "instruction"), default=0)
    if slices.shallow.model.file_bytes < CACHED_TIMES * cache:
        found.append("The shallow slice partly fits the processor's cache, so its speed says less of memory.")
    longest = slices.shallow.rounds[0].prefill[-1].prompt_tokens if slices.shallow.rounds[0].prefill else 0
    if tokens > FAR_BEYOND * longest:
        found.append(f"{tokens:,} tokens lie far beyond the {longest:,} that the slices were timed at.")
    if shape.sliding_window is not None and tokens > shape.sliding_window:
        found.append("Beyond its sliding window the model's attention grows more slowly than foretold.")
    return tuple(found)
