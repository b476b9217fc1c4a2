"""Which exact architecture a user's own file names: a GGUF file, or the config.json of a Hugging Face model."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import Field

from planner.documents import Frozen
from planner.errors import ModelError
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architectures
from planner.model.config_architecture import DecoderConfig, architecture_of_config, read_config
from planner.model.folder_config import GENAI_CONFIG_FILE, OPTIMUM_CONFIG_FILE
from planner.model.footprint import parameters
from planner.model.gguf_architecture import TABLES, architecture_of_gguf
from planner.model.gguf_header import GgufHeader, is_gguf, read_gguf_header
from planner.model.weight_formats import weight_formats

GGUF_SUFFIX = ".gguf"
LONGEST_NAME = 64
ALIKE = 0.5  # of two names, by difflib

# What decides neither size nor speed: words, and values that only change results.
NOT_SHAPE = {
    *("name", "title", "family", "context_tokens", "rope_theta", "local_rope_theta", "norm_eps", "routing_normalised"),
    *("published_parameters", "notes", "licence", "source", "as_of"),
}

# `general.file_type` of a GGUF file (llama.cpp, enum llama_ftype): what its publisher calls the mixture of types.
FILE_TYPES = (
    "F32 F16 Q4_0 Q4_1 - - - Q8_0 Q5_0 Q5_1 Q2_K Q3_K_S Q3_K_M Q3_K_L Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K IQ2_XXS "
    "IQ2_XS Q2_K_S IQ3_XS IQ3_XXS IQ1_S IQ4_NL IQ3_S IQ3_M IQ2_S IQ2_M IQ4_XS IQ1_M BF16 - - - TQ1_0 TQ2_0 MXFP4"
)
RETIRED = "-"


class NamedByFile(Frozen):
    """The architecture a file names, and how that file stores its weights."""

    path: Path
    architecture: ModelArchitecture  # the catalogue's own entry where the shape is exactly one of them
    in_catalogue: bool
    parameters: int = Field(gt=0)  # all of them: counted in a GGUF file, computed from the shape otherwise
    stored_as: str | None  # the file's own quantization as its publisher calls it: "Q4_K_M", "bfloat16", "awq 4-bit"
    stored_bits_per_weight: float | None  # of its matrices, counted; None: config.json holds no weights
    weight_format: str | None  # the nearest format built here by bits per weight; None: the file does not suggest one
    notes: tuple[str, ...] = ()


def names_an_architecture(path: Path) -> bool:
    """Whether a path is a file this module reads: GGUF, config.json, or a folder with config.json and no ONNX graph."""
    if path.is_dir():
        return _config_in(path) is not None
    return path.suffix.lower() == GGUF_SUFFIX or (path.suffix.lower() == ".json" and path.is_file()) or is_gguf(path)


def named_by_file(path: Path) -> NamedByFile:
    """Read the exact architecture out of a GGUF file, a config.json, or a folder that holds one and no ONNX graph.

    Only heads are read: no weight is loaded, nothing is executed, and whatever is malformed is refused with its place.
    """
    config = _config_in(path) if path.is_dir() else path
    if config is None:
        raise ModelError(
            f"no {OPTIMUM_CONFIG_FILE} here that names a model without its ONNX graph",
            where=str(path),
            remedy="Name a .gguf file, a config.json or a folder of a Hugging Face model.",
        )
    if config.suffix.lower() == GGUF_SUFFIX or is_gguf(config):
        return _by_gguf(config)
    return _by_config(config)


def _config_in(folder: Path) -> Path | None:
    """The config.json of a folder that holds no runnable graph."""
    config = folder / OPTIMUM_CONFIG_FILE
    has_graph = (folder / GENAI_CONFIG_FILE).exists() or any(folder.glob("*.onnx")) or any(folder.glob("onnx/*.onnx"))
    return config if config.is_file() and not has_graph else None


def _by_gguf(path: Path) -> NamedByFile:
    header = read_gguf_header(path)
    title = _text(header, "general.name") or path.stem
    stated = architecture_of_gguf(header, name=_slug(title), title=title, as_of=_day(path), where=str(path))
    shape, in_catalogue = _catalogued(stated, title)
    bits = _bits_per_weight(header)
    nearest = _nearest_format(bits)
    notes = [] if shape.notes in ("", stated.notes) else [shape.notes]
    if bits is not None and nearest is not None:
        built = next(known for known in weight_formats() if known.name == nearest)
        notes.append(
            f"the file stores {bits:.2f} bits a weight, {nearest} as built here {built.bits_per_weight:g}; "
            "llama.cpp, reading the file itself, has another speed"
        )
    return NamedByFile(
        path=path,
        architecture=shape,
        in_catalogue=in_catalogue,
        parameters=parameters(shape),
        stored_as=_stored_as(header),
        stored_bits_per_weight=bits,
        weight_format=nearest,
        notes=tuple(notes),
    )


def _by_config(path: Path) -> NamedByFile:
    config = read_config(path)
    own_name = config.name_or_path.rstrip("/").rpartition("/")[2] or _name_by_place(path.resolve())
    stated = architecture_of_config(config, name=_slug(own_name), title=own_name, as_of=_day(path), where=str(path))
    shape, in_catalogue = _catalogued(stated, own_name)
    return NamedByFile(
        path=path,
        architecture=shape,
        in_catalogue=in_catalogue,
        parameters=parameters(shape),
        stored_as=_config_stored_as(config),
        stored_bits_per_weight=None,
        weight_format=None,
    )


def _name_by_place(path: Path) -> str:
    """The name of a model whose config.json does not tell it: of its folder, or what its own file name tells."""
    if path.name != OPTIMUM_CONFIG_FILE:
        return path.stem.removesuffix("config").rstrip("-_. ") or path.stem
    folder = path.parent
    # The hub's cache: models--OWNER--NAME/snapshots/COMMIT/config.json
    named = folder.parent.parent if folder.parent.name == "snapshots" else folder
    return named.name.rpartition("--")[2]


def _catalogued(stated: ModelArchitecture, own_name: str) -> tuple[ModelArchitecture, bool]:
    """The catalogue's entry of exactly this shape, nearest by name; else the file's own under a name of its own."""
    wanted = stated.model_dump(exclude=NOT_SHAPE)
    alike = [known for known in architectures() if known.model_dump(exclude=NOT_SHAPE) == wanted]
    if not alike:
        taken = {known.name for known in architectures()}
        name = f"{stated.name}-own" if stated.name in taken else stated.name
        return stated.model_copy(update={"name": name}), False

    def nearness(known: ModelArchitecture) -> tuple[bool, float, int]:
        """The same context first, then a like name; where nothing is alike, the plainest name."""
        similar = difflib.SequenceMatcher(None, known.name, _slug(own_name)).ratio()
        return known.context_tokens == stated.context_tokens, similar if similar > ALIKE else 0.0, -len(known.name)

    return max(alike, key=nearness), True


def _slug(words: str) -> str:
    """A name an architecture may have, from a file's name."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", words.lower())[:LONGEST_NAME].strip("-._")
    return plain or "own-model"


def _day(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()


def _text(header: GgufHeader, key: str) -> str | None:
    found = header.metadata.get(key)
    return found if isinstance(found, str) else None


def _bits_per_weight(header: GgufHeader) -> float | None:
    """Of the matrices, counted; None where a type is not known."""
    matrices = [tensor for tensor in header.tensors.values() if len(tensor.shape) > 1 and tensor.name not in TABLES]
    sizes = [tensor.size_bytes for tensor in matrices]
    held = sum(tensor.weights for tensor in matrices)
    if not held or None in sizes:
        return None
    return 8 * sum(size for size in sizes if size is not None) / held


def _stored_as(header: GgufHeader) -> str | None:
    """The publisher's word for the mixture, else the type that holds most weights."""
    stated, words = header.metadata.get("general.file_type"), FILE_TYPES.split()
    if isinstance(stated, int) and 0 <= stated < len(words) and words[stated] != RETIRED:
        return words[stated]
    held: Counter[str | None] = Counter()
    for tensor in header.tensors.values():
        held[tensor.type_name] += tensor.weights
    return held.most_common(1)[0][0] if held else None


def _nearest_format(bits_per_weight: float | None) -> str | None:
    """Decode speed follows the bytes read (measurement.md §3), so the nearest in bits is the nearest in speed."""
    if bits_per_weight is None:
        return None
    built = [known for known in weight_formats() if known.synthesisable]
    return min(built, key=lambda known: abs(known.bits_per_weight - bits_per_weight)).name


def _config_stored_as(config: DecoderConfig) -> str | None:
    quantized = config.quantization_config
    if quantized is not None and quantized.quant_method:
        return f"{quantized.quant_method} {quantized.bits}-bit" if quantized.bits else quantized.quant_method
    return config.dtype or config.torch_dtype
