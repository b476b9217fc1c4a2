"""How fast a model would run on a device known by its spec sheet alone: bandwidth and compute times class shares.

Decode: t = (weight bytes + heads/kv_heads × KV bytes) / (share × bandwidth) + layers × overhead. Every query head
reads the keys and values it needs, so grouped-query attention saves memory but less traffic than its cache is smaller.
Prefill: t = operations / (share × compute), and never less than one decode step, which reads the weights as well.
The form and the shares are cross-validated over devices by tests/benchmarks/validate_spec_sheet.py.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from planner.basis import Basis, Quantity
from planner.documents import Frozen
from planner.model.architecture import ModelArchitecture
from planner.model.footprint import bytes_read_per_token, matmul_parameters, resident_bytes, table_parameters
from planner.model.weight_formats import WeightFormat
from planner.prediction.device_classes import ClassConstants, DeviceClass, moe_spread
from planner.units import Unit


class SpecSheet(Frozen):
    """What a maker states of a device, and which class's shares apply to it."""

    title: str
    constants: ClassConstants
    memory_bandwidth_bytes_s: float = Field(gt=0, le=1e18)  # as specified, not as measured
    compute_flops: float | None = Field(default=None, gt=0, le=1e18)  # of the kind `constants.compute` names
    memory_bytes: int | None = Field(default=None, gt=0)  # that the model may take
    source: str  # of bandwidth and compute

    @property
    def device_class(self) -> DeviceClass:
        """The class whose shares apply."""
        return self.constants.device_class


class SpecPrediction(Frozen):
    """What a spec sheet says of one model, every figure estimated with its 90 % interval; unknown with the reason."""

    decode_tok_s: Quantity
    prefill_tok_s: Quantity | None
    ttft_s: Quantity | None
    memory_bytes: Quantity
    fits: bool | None  # whether memory suffices; None: the sheet does not say how much there is
    unknown_because: str | None  # why prefill and time to first token are unknown
    cautions: tuple[str, ...] = ()  # what lies outside the figures the shares were fitted to


def predict_from_spec(
    sheet: SpecSheet,
    architecture: ModelArchitecture,
    weight_format: WeightFormat,
    *,
    prompt_tokens: int,
    context_tokens: int,
) -> SpecPrediction:
    """Decode at a mean context, prefill of a prompt, time to first token and memory, all estimated.

    `ttft_s` is the prefill of `prompt_tokens` alone: no queue, no network, no load. Speeds hold where the model fits.
    """
    constants = sheet.constants
    besides = moe_spread() if architecture.experts else 1.0
    decode_s = decode_step_s(sheet, architecture, weight_format, context_tokens)
    source = _source(sheet, constants.decode.devices, constants.decode.rows)
    memory = resident_bytes(
        architecture, weight_format, max(prompt_tokens, context_tokens), kv_bytes=constants.kv_bytes
    )
    prefill_s = prefill_time_s(sheet, architecture, weight_format, prompt_tokens)
    prefill_tok_s = ttft_s = None
    if prefill_s is not None and constants.prefill is not None:
        spread = constants.prefill.spread * besides
        told = _source(sheet, constants.prefill.devices, constants.prefill.rows)
        prefill_tok_s = _estimated(prompt_tokens / prefill_s, "tok/s", spread, told, constants.as_of)
        ttft_s = _estimated(prefill_s, "s", spread, told, constants.as_of)
    return SpecPrediction(
        decode_tok_s=_estimated(1 / decode_s, "tok/s", constants.decode.spread * besides, source, constants.as_of),
        prefill_tok_s=prefill_tok_s,
        ttft_s=ttft_s,
        memory_bytes=memory,
        fits=None if sheet.memory_bytes is None else memory.value <= sheet.memory_bytes,
        unknown_because=_why_no_prefill(sheet),
        cautions=_cautions(constants, architecture, weight_format),
    )


def decode_step_s(
    sheet: SpecSheet, architecture: ModelArchitecture, weight_format: WeightFormat, context_tokens: int
) -> float:
    """Seconds of one decode step at that context: bytes over the reached bandwidth, and the layers' overhead."""
    weights = bytes_read_per_token(architecture, weight_format, 0, sheet.constants.kv_bytes)
    everything = bytes_read_per_token(architecture, weight_format, context_tokens, sheet.constants.kv_bytes)
    traffic_bytes = weights + (everything - weights) * architecture.heads / architecture.kv_heads
    reached_bytes_s = sheet.constants.decode.median * sheet.memory_bandwidth_bytes_s
    return traffic_bytes / reached_bytes_s + architecture.layers * sheet.constants.overhead_per_layer_s


def prefill_time_s(
    sheet: SpecSheet, architecture: ModelArchitecture, weight_format: WeightFormat, prompt_tokens: int
) -> float | None:
    """Seconds of the prefill of a prompt: the longer of computing it and reading the weights; None without compute."""
    share = sheet.constants.prefill
    if share is None or sheet.compute_flops is None:
        return None
    computing_s = prefill_operations(architecture, prompt_tokens) / (share.median * sheet.compute_flops)
    return max(computing_s, decode_step_s(sheet, architecture, weight_format, 0))


def prefill_operations(architecture: ModelArchitecture, prompt_tokens: int) -> float:
    """Operations (2 per multiply and add) of one prefill: layers for every token, output layer for the last one.

    Causal attention multiplies queries by keys and weights by values over half of n² pairs: 2 × n² × query width
    a layer; a sliding layer over its window.
    """
    table = table_parameters(architecture)
    products = 2.0 * (matmul_parameters(architecture) - table) * prompt_tokens + 2.0 * table
    attention = 0.0
    for layer in range(architecture.layers):
        window = min(prompt_tokens, architecture.sliding_window or 0) if architecture.slides(layer) else prompt_tokens
        pairs = prompt_tokens * window - window**2 / 2
        attention += 4.0 * pairs * architecture.query_width
    return products + attention


def _estimated(value: float, unit: Unit, spread: float, source: str, as_of: date) -> Quantity:
    return Quantity(
        value=value,
        low=value / spread,
        high=value * spread,
        unit=unit,
        basis=Basis.ESTIMATED,
        source=source,
        as_of=as_of,
    )


def _source(sheet: SpecSheet, devices: int, rows: int) -> str:
    constants = sheet.constants
    machines = "1 device" if devices == 1 else f"{devices} devices"
    return (
        f"spec sheet of {sheet.title} ({sheet.source}) × what {constants.title} reach: "
        f"{rows} published rows of {machines}, {constants.source}"
    )


def _why_no_prefill(sheet: SpecSheet) -> str | None:
    constants = sheet.constants
    if constants.prefill is None:
        return f"no published figures tell which share of its compute {constants.title} reach in prefill"
    if sheet.compute_flops is None:
        kind = "FP32 throughput" if constants.compute == "fp32" else "int8 throughput"
        return f"the {kind} of {sheet.title} is not known"
    return None


def _cautions(
    constants: ClassConstants, architecture: ModelArchitecture, weight_format: WeightFormat
) -> tuple[str, ...]:
    said: list[str] = []
    if constants.note:
        said.append(constants.note)
    if architecture.experts:
        said.append(
            "a mixture of experts: none is among the published rows behind the shares, so the interval is wider"
        )
    if weight_format.runtime not in {constants.runtime, "any"}:
        said.append(
            f"{weight_format.title} is a format of {weight_format.runtime}; the shares are those of {constants.runtime}"
        )
    return tuple(said)
