"""How a runnable model is made from an architecture alone: exact in shape, random in weight, reproducible."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
from pydantic import Field

from planner.documents import Frozen
from planner.errors import ModelError
from planner.model.architecture import ModelArchitecture
from planner.model.footprint import weight_bytes
from planner.model.genai_config import genai_config
from planner.model.graph import DecoderGraph
from planner.model.random_weights import WeightFile
from planner.model.weight_formats import WeightFormat, weight_formats

GRAPH_VERSION = 1  # raise it whenever the bytes of a built model change
DEFAULT_CONTEXT_TOKENS = 8192  # length of the rotary tables; no model is measured beyond it unless asked

HEAD_DIM_STEP = 16  # GroupQueryAttention in onnxruntime 1.32 refuses other head sizes
QUANTIZED_EXPERTS_SINCE = (1, 31)  # onnxruntime's QMoE before cannot say how blocks are laid out and multiplied

OnProgress = Callable[[float], None]


class BuiltModel(Frozen):
    """A synthesised model on disk, and what determined its bytes."""

    folder: Path
    architecture: str
    weight_format: str
    layers: int = Field(gt=0)
    seed: int
    max_context_tokens: int = Field(gt=0)
    graph_version: int
    file_bytes: int = Field(gt=0)


def build(
    architecture: ModelArchitecture,
    weight_format: WeightFormat,
    folder: Path,
    *,
    seed: int = 0,
    layers: int | None = None,
    max_context_tokens: int | None = None,
    on_progress: OnProgress | None = None,
) -> BuiltModel:
    """Write `model.onnx`, `model.onnx.data` and `genai_config.json` into a new folder.

    The files appear at once: they are built beside `folder` and renamed, so a half-built model is never seen.
    `layers` builds fewer layers than the architecture has (a depth slice). `on_progress` gets the share done, 0…1.
    """
    check_buildable(architecture, weight_format, layers)
    depth = layers or architecture.layers
    context = max_context_tokens or min(architecture.context_tokens, DEFAULT_CONTEXT_TOKENS)
    if folder.exists():
        raise ModelError("this folder already exists", where=str(folder), remedy="Name a new folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
        try:
            _write_model(
                unfinished,
                architecture,
                weight_format,
                layers=depth,
                context=context,
                seed=seed,
                on_progress=on_progress,
            )
            unfinished.chmod(0o755)
            unfinished.rename(folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except OSError as error:
        raise ModelError(
            f"the model could not be written: {error.strerror}",
            where=str(folder),
            remedy="Free some disk space, or choose a folder you may write to.",
        ) from error
    return BuiltModel(
        folder=folder,
        architecture=architecture.name,
        weight_format=weight_format.name,
        layers=depth,
        seed=seed,
        max_context_tokens=context,
        graph_version=GRAPH_VERSION,
        file_bytes=sum(file.stat().st_size for file in folder.iterdir()),
    )


def check_buildable(architecture: ModelArchitecture, weight_format: WeightFormat, layers: int | None = None) -> None:
    """Refuse what the graph here could not represent faithfully."""
    if not weight_format.synthesisable:
        known = ", ".join(known.name for known in weight_formats() if known.synthesisable)
        raise ModelError(
            f"{weight_format.title} belongs to {weight_format.runtime} and cannot be built here",
            where=architecture.name,
            remedy=f"Choose one of {known}.",
        )
    _check_experts(architecture, weight_format)
    if architecture.head_dim % HEAD_DIM_STEP:
        raise ModelError(
            f"heads of {architecture.head_dim} features; the attention operator wants a multiple of {HEAD_DIM_STEP}",
            where=architecture.name,
            remedy="Choose another model.",
        )
    if layers is not None and not 0 < layers <= architecture.layers:
        raise ModelError(
            f"{layers} layers asked of a model that has {architecture.layers}",
            where=architecture.name,
            remedy=f"Ask for 1 to {architecture.layers} layers.",
        )


def _check_experts(architecture: ModelArchitecture, weight_format: WeightFormat) -> None:
    """What onnxruntime's MoE and QMoE ask for on a CPU, as its operator documentation and kernels have it."""
    if architecture.experts is None:
        return
    if architecture.activation != "silu":
        raise ModelError(
            "the mixture-of-experts operator knows experts gated by SiLU only, on a CPU",
            where=architecture.name,
            remedy="Choose another model.",
        )
    block, installed = weight_format.block_size, _runtime_version()
    if block is not None and installed is not None and installed < QUANTIZED_EXPERTS_SINCE:
        here, wanted = (".".join(map(str, version)) for version in (installed, QUANTIZED_EXPERTS_SINCE))
        raise ModelError(
            f"onnxruntime {here} does not run experts quantized in blocks",
            where=architecture.name,
            remedy=f"Install onnxruntime {wanted} or newer, or choose fp16 or fp32.",
        )
    if block is not None and (architecture.hidden % block or architecture.ffn % block):
        raise ModelError(
            f"experts of {architecture.hidden} × {architecture.ffn} cannot be cut into blocks of {block} weights",
            where=architecture.name,
            remedy="Choose a weight format with smaller blocks.",
        )


def _runtime_version() -> tuple[int, int] | None:
    """Major and minor of the installed onnxruntime; None where it does not say (a frozen program brings its own)."""
    try:
        major, minor = metadata.version("onnxruntime").split(".")[:2]
        return int(major), int(minor)
    except (metadata.PackageNotFoundError, ValueError):
        return None


def expected_bytes(architecture: ModelArchitecture, weight_format: WeightFormat, layers: int | None = None) -> int:
    """Size of the built files, from the footprint formulas; a few per cent may come on top for padding and tables."""
    shallower = architecture.model_copy(update={"layers": layers or architecture.layers})
    return weight_bytes(shallower, weight_format)


def _write_model(
    folder: Path,
    architecture: ModelArchitecture,
    weight_format: WeightFormat,
    *,
    layers: int,
    context: int,
    seed: int,
    on_progress: OnProgress | None,
) -> None:
    expected = expected_bytes(architecture, weight_format, layers)
    written = 0

    def count(size: int) -> None:
        nonlocal written
        written += size
        if on_progress is not None:
            on_progress(min(written / expected, 1.0))

    float_type = np.dtype(np.float16) if weight_format.name == "fp16" else np.dtype(np.float32)
    with WeightFile(folder / "model.onnx.data", seed=seed, float_type=float_type, on_bytes=count) as weights:
        model = DecoderGraph(architecture, weight_format, weights, context).build(layers)
    config = genai_config(architecture, layers=layers, max_context_tokens=context)
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    (folder / "genai_config.json").write_text(config, encoding="utf-8", newline="\n")
    for file in folder.iterdir():
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
