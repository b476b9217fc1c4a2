"""Published steady states of data-center throughput as the service model sees them, and why others are left out."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from planner.errors import PlannerError
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.accelerators import AcceleratorSpec, accelerator_spec
from planner.service.hosted.constants import engine_name
from planner.service.hosted.fitting import SteadyState
from planner.service.hosted.kv_limit import kv_limit
from planner.service.hosted.served_model import ServedModel, served_model

DATA = Path(__file__).parents[3] / "shared" / "data" / "calibration"
FORMATS = {"fp16": "bf16", "bf16": "bf16", "fp8": "fp8", "fp4": "nvfp4"}
ARGONNE, INFERENCEX, TENSORRT, MLPERF, SPLITWISE = "Argonne", "InferenceX", "TensorRT-LLM", "MLPerf", "Splitwise"
INFERENCEX_LENGTHS = 0.9  # lengths are uniform in 0.8 … 1.0 of the nominal
CATALOGUED = {
    "Llama-2-7B": "llama-2-7b",
    "Llama-2-13B": "llama-2-13b",
    "Llama-3-8B": "llama-3-8b",
    "Llama-3-70B": "llama-3.1-70b",
    "Llama-3.1-70B": "llama-3.1-70b",
    "Llama-3.3-70B": "llama-3.1-70b",
    "Mistral-7B": "mistral-7b-v0.1",
    "Mixtral-8x7B": "mixtral-8x7b",
    "Qwen3-30B-A3B": "qwen3-30b-a3b",
}
# Layers, hidden, heads, KV heads, head, feed-forward, vocabulary, experts, active, window, global_every.
SHAPES: dict[str, tuple[int, ...]] = {
    "Llama-2-70B": (80, 8192, 64, 8, 128, 28672, 32000, 0, 0, 0, 0),
    "Qwen2-72B": (80, 8192, 64, 8, 128, 29568, 152064, 0, 0, 0, 0),
    "Llama-3.1-405B": (126, 16384, 128, 8, 128, 53248, 128256, 0, 0, 0, 0),
    "Qwen3-235B-A22B": (94, 4096, 64, 4, 128, 1536, 151936, 128, 8, 0, 0),
    "gpt-oss-120b": (36, 2880, 64, 8, 64, 2880, 201088, 128, 4, 128, 2),
    "Bloom-176B": (70, 14336, 112, 112, 128, 38229, 250880, 0, 0, 0, 0),  # two matrices of 57,344 written as three
}


@dataclass(frozen=True)
class Row:
    """One published steady state with what was published beside its throughput."""

    source: str
    spec: AcceleratorSpec
    engine: str
    precision: str
    model: str
    state: SteadyState
    tpot_s: float | None = None
    ttft_s: float | None = None

    @property
    def group(self) -> tuple[str, str, str, str]:
        """Accelerator, engine, precision and source: what has constants of its own."""
        return self.spec.name, self.engine, self.precision, self.source

    @property
    def family(self) -> tuple[str, str, str]:
        """The same whatever the precision."""
        return self.spec.name, self.engine, self.source


@cache
def served(model: str, precision: str) -> ServedModel:
    """The published model in its weight format."""
    if model in CATALOGUED:
        shape = architecture(CATALOGUED[model])
    else:
        layers, hidden, heads, kv_heads, head_dim, ffn, vocab, experts, active, window, every = SHAPES[model]
        shape = ModelArchitecture(
            name=model.lower(),
            title=model,
            family="published",
            layers=layers,
            hidden=hidden,
            heads=heads,
            kv_heads=kv_heads,
            head_dim=head_dim,
            ffn=ffn,
            vocab=vocab,
            context_tokens=131_072,
            tied_embeddings=False,
            experts=experts or None,
            active_experts=active or None,
            sliding_window=window or None,
            global_every=every or None,
            licence="as published",
            source="the model's card",
            as_of=date(2026, 11, 25),
        )
    return served_model(shape, weight_format(FORMATS[precision]))


def published_rows(data: Path = DATA) -> tuple[list[Row], Counter[str]]:
    """Rows of fixed requests in flight that the model can be held against, and the reasons of the others."""
    left_out: Counter[str] = Counter()
    records = _records(data / "datacenter_throughput.csv")
    beside = {
        (record["repo_commit_or_page"], record["metric"]): float(record["value"])
        for record in records
        if record["source"].startswith(INFERENCEX)
    }
    rows: list[Row] = []
    for record in records:
        if record["metric"] != "output_tok_s":
            continue
        reason = why_left_out(record)
        if reason:
            left_out[reason] += 1
            continue
        rows.append(_row(record, beside))
    return rows, left_out


def why_left_out(record: dict[str, str]) -> str:
    """Why a row of throughput is no steady state the model speaks of; "" where it is one."""
    source = record["source"]
    if not source.startswith((ARGONNE, INFERENCEX)):
        return f"{source.split(' ')[0]}: requests in flight are not stated"
    if record["model"] not in CATALOGUED and record["model"] not in SHAPES:
        return f"{record['model']}: latent attention or a shape that is not modelled"
    if record["precision"] not in FORMATS:
        return f"{record['precision']}: no such weight format"
    if source.startswith(INFERENCEX) and not record["notes"].startswith("dp 1;"):
        return "several replicas behind one figure"
    return ""


def _row(record: dict[str, str], beside: dict[tuple[str, str], float]) -> Row:
    """With more requests than the cache holds, the rest waits: as many are in flight as it holds."""
    static = record["source"].startswith(ARGONNE)
    scale = 1.0 if static else INFERENCEX_LENGTHS
    tpot_ms = beside.get((record["repo_commit_or_page"], "tpot_ms"))
    ttft_ms = beside.get((record["repo_commit_or_page"], "ttft_ms"))
    spec, model, accelerators = accelerator_spec(record["hardware"]), record["model"], int(record["n_accel"])
    input_tokens, output_tokens = float(record["input_len"]) * scale, float(record["output_len"]) * scale
    at_its_end = 2.0 if static else 1.0  # all sequences of a static batch are longest at once
    held = kv_limit(
        served(model, record["precision"]), spec.memory_bytes, accelerators, input_tokens, at_its_end * output_tokens
    )
    return Row(
        source=ARGONNE if static else INFERENCEX,
        spec=spec,
        engine=engine_name(record["engine"]),
        precision=record["precision"],
        model=model,
        state=SteadyState(
            model=served(model, record["precision"]),
            accelerators=accelerators,
            in_flight=min(float(record["batch_or_concurrency"]), max(1.0, held.requests)),
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            output_tok_s=float(record["value"]),
            static_batch=static,
        ),
        tpot_s=None if static or tpot_ms is None else tpot_ms / 1e3,
        ttft_s=None if static or ttft_ms is None else ttft_ms / 1e3,
    )


@dataclass(frozen=True)
class BestCase:
    """A vendor's largest throughput: as many requests as memory holds, so they are in flight by assumption."""

    source: str
    spec: AcceleratorSpec
    engine: str
    precision: str
    model: str
    accelerators: int  # of one replica
    replicas: int
    input_tokens: float
    output_tokens: float
    output_tok_s: float  # of one replica


def best_cases(data: Path = DATA) -> Iterator[BestCase]:
    """TensorRT-LLM at an infinite request rate and MLPerf Offline, of models whose shape is known."""
    for record in _records(data / "datacenter_throughput.csv"):
        source, mode = record["source"].split(" ")[0], record["load_mode"]
        if mode not in ("offline_max", "mlperf_Offline") or source not in (TENSORRT, MLPERF):
            continue
        known = record["model"] in CATALOGUED or record["model"] in SHAPES
        if not known or record["precision"] not in FORMATS or not record["input_len"].isdigit():
            continue
        try:
            spec = accelerator_spec(record["hardware"])
        except PlannerError:
            continue
        total = int(record["n_accel"])
        each = int(record["tp"]) if record["tp"] else _fewest(spec, record["model"], record["precision"], total)
        yield BestCase(
            source=source,
            spec=spec,
            engine="tensorrt-llm" if "TensorRT" in record["engine"] else engine_name(record["engine"]),
            precision=record["precision"],
            model=record["model"],
            accelerators=each,
            replicas=total // each,
            input_tokens=float(record["input_len"]),
            output_tokens=float(record["output_len"]),
            output_tok_s=float(record["value"]) / (total // each),
        )


def _fewest(spec: AcceleratorSpec, model: str, precision: str, total: int) -> int:
    """Accelerators of one replica where nobody says: the fewest whose memory is half free of weights."""
    count = 1
    while count < total and served(model, precision).stored_bytes > spec.memory_bytes * count / 2:
        count *= 2
    return count


@dataclass(frozen=True)
class TokenTime:
    """Decode step and prefill of one batch, as Splitwise measured them (vLLM of 2023, fp16)."""

    accelerator: str
    model: str
    accelerators: int
    batch: int
    input_tokens: int
    output_tokens: int
    step_s: float
    prompt_s: float


def splitwise_times(data: Path = DATA) -> Iterator[TokenTime]:
    """Every uncapped row, repeats included."""
    names = {"a100-80gb": "A100-80GB", "h100-80gb": "H100"}
    models = {"llama2-70b": "Llama-2-70B", "bloom-176b": "Bloom-176B"}
    for record in _records(data / "splitwise_perf_model_a100_h100.csv"):
        if record["hardware"] in names:
            yield TokenTime(
                accelerator=names[record["hardware"]],
                model=models[record["model"]],
                accelerators=int(record["tensor_parallel"]),
                batch=int(record["batch_size"]),
                input_tokens=int(record["prompt_size"]),
                output_tokens=int(record["token_size"]),
                step_s=float(record["token_time"]) / 1e3,
                prompt_s=float(record["prompt_time"]) / 1e3,
            )


@dataclass(frozen=True)
class CleanTime:
    """One pass on one H100, first-hand: clean to 1 %."""

    model: str
    prefill: bool
    batch: int
    tokens: int  # context of a step, or length of a prompt
    time_s: float


def clean_times(data: Path = DATA) -> list[CleanTime]:
    """Decode steps and prefills of three models in plain PyTorch with CUDA graphs."""
    return [
        CleanTime(
            model=record["model"],
            prefill=record["phase"] == "prefill",
            batch=int(record["batch"]),
            tokens=int(record["context_or_prompt_tokens"]),
            time_s=float(record["step_ms"]) / 1e3,
        )
        for record in _records(data / "h100_step_times.csv")
    ]


def _records(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
