"""One model on accelerators under an engine: what of it is read and computed, how fast, and how much memory is left."""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner import text
from planner.model.architecture import ModelArchitecture
from planner.model.weight_formats import WeightFormat
from planner.service.hosted.accelerators import AcceleratorSpec, accelerator_spec
from planner.service.hosted.constants import Constants, RatesRange, constants_for, engine_name, rates_range
from planner.service.hosted.kv_limit import KvLimit, kv_limit
from planner.service.hosted.served_model import ServedModel, served_model

MAX_IN_FLIGHT = 256  # requests an engine runs at once unless told otherwise (vLLM's max_num_seqs)


@dataclass(frozen=True)
class Deployment:
    """A replica before anybody asks it anything: n accelerators that hold the model together (tensor-parallel)."""

    model: ServedModel
    weight_format: WeightFormat
    spec: AcceleratorSpec
    accelerators: int
    engine: str
    constants: Constants
    reached: RatesRange
    kv_bytes: int  # of one cached element
    refusal: str = ""  # why it cannot be split so; "" where it can

    def kv_limit(self, input_tokens: float, output_tokens: float) -> KvLimit:
        """How many requests of that shape its memory holds."""
        return kv_limit(self.model, self.spec.memory_bytes, self.accelerators, input_tokens, output_tokens)

    def why_not(self, limit: KvLimit) -> str:
        """Why nothing can be served; "" where at least one request can."""
        if self.refusal or limit.fits:
            return self.refusal
        memory = self.accelerators * self.spec.memory_bytes
        rest = limit.pool_bytes[1]
        what = (
            f"they leave no room for a cache (short of {text.size(-rest)})"
            if rest <= 0
            else f"one request needs {text.size(limit.request_bytes)} of cache, and {text.size(rest)} are left"
        )
        return (
            f"The weights of {self.model.name} in {self.model.weight_format} take {text.size(self.model.stored_bytes)} "
            f"of the {text.size(memory)} of {self.accelerators} × {self.spec.name}: {what}."
        )


def deployment(
    architecture: ModelArchitecture,
    weight_format: WeightFormat,
    accelerator: str | AcceleratorSpec,
    count: int,
    engine: str = "vllm",
    *,
    constants: Constants | None = None,
    since: int | None = None,
    kv_bytes: int | None = None,
) -> Deployment:
    """The replica; `constants` of one's own go before the bundled ones, `kv_bytes` are of one cached element.

    `since` takes bundled constants of no older software than of that year.
    """
    spec = accelerator if isinstance(accelerator, AcceleratorSpec) else accelerator_spec(accelerator)
    model = served_model(architecture, weight_format, kv_bytes)
    # With more accelerators than KV heads each keeps a whole head, so the cache is held several times.
    element_bytes = model.kv_layer_bytes // (2 * architecture.kv_width)
    copies = max(1.0, count / architecture.kv_heads)
    model = replace(model, kv_layer_bytes=round(model.kv_layer_bytes * copies))
    known = constants_for(spec, engine, model.precision, since=since) if constants is None else constants
    refusal = ""
    if architecture.heads % count:
        refusal = f"{architecture.title} has {architecture.heads} attention heads, which {count} cannot share evenly."
    return Deployment(
        model=model,
        weight_format=weight_format,
        spec=spec,
        accelerators=count,
        engine=engine_name(engine),
        constants=known,
        reached=rates_range(spec, known, model, count),
        kv_bytes=element_bytes,
        refusal=refusal,
    )
