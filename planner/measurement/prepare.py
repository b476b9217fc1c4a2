"""Which model a request means: a shape named or in a file is built, a folder is checked, both are described."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from planner.errors import MeasurementError, StoppedError
from planner.measurement.memory_check import check_memory, needed_bytes
from planner.measurement.request import MeasurementRequest, OnEvent, Preparing
from planner.measurement.runs import ModelIdentity, ModelSource
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architecture, architectures
from planner.model.folder import ModelFolder, inspect_folder
from planner.model.footprint import resident_bytes
from planner.model.model_cache import built_model
from planner.model.named_by_file import NamedByFile, named_by_file, names_an_architecture
from planner.model.onnx_file import read_graph_file, tensors
from planner.model.safety import check_model_folder
from planner.model.synthesis import check_buildable
from planner.model.weight_formats import weight_format, weight_formats

UNNAMED_FORMAT = "unknown"
NAMED_AT_LEAST_EVERY = 0.02  # progress of a build is told in steps of this share


@dataclass(frozen=True)
class PreparedModel:
    """A decoder on disk that may be loaded, what it is, and what its weight format is called."""

    folder: ModelFolder
    identity: ModelIdentity
    weight_format: str

    def decoder(self) -> dict[str, object]:
        """What the child's loop must know of the graph (`decoder_loop.DecoderGraph`)."""
        folder = self.folder
        return {
            **folder.names.model_dump(),
            "layers": folder.layers,
            "kv_heads": folder.kv_heads,
            "head_dim": folder.head_dim,
            "vocab": folder.vocab,
            "kv_format": folder.kv_format,
            "logits_format": folder.logits_format,
            "last_logits_only": folder.last_logits_only,
            "share_kv_buffer": folder.can_share_kv_buffer,
        }


def prepare(request: MeasurementRequest, max_tokens: int, on_event: OnEvent, stop: threading.Event) -> PreparedModel:
    """Make the request's model ready to load, refusing one that is unsafe, too short or too large for this machine.

    `max_tokens` is the longest the KV cache will get. `stop` breaks off a build with a StoppedError.
    """
    path = _as_path(request.model)
    if path is not None and not names_an_architecture(path):
        model = _checked(request, path, on_event)
    elif path is not None:
        named = named_by_file(path)
        on_event(Preparing(model=request.model, sentence=_named_sentence(named)))
        model = _built(request, named.architecture, max_tokens, on_event, stop)
    else:
        model = _built(request, architecture(request.model), max_tokens, on_event, stop)
    if max_tokens > model.folder.context_tokens:
        raise MeasurementError(
            f"the longest measurement needs {max_tokens:,} tokens, the model holds {model.folder.context_tokens:,}",
            where=request.model,
            remedy="Ask for shorter prompts and contexts.",
        )
    if not request.ignore_memory_check:
        needed = needed_bytes(model.folder, model.identity.file_bytes, max_tokens, request.execution_provider)
        check_memory(request.model, needed)
    return model


def _as_path(model: str) -> Path | None:
    """The folder or file a request names: a path that exists, or anything written like one. Catalogue names win."""
    if any(known.name == model for known in architectures()):
        return None
    path = Path(model).expanduser()
    return path if path.exists() or path.name != model else None


def _named_sentence(named: NamedByFile) -> str:
    """What a file was read as, for the user to see before minutes are spent on it."""
    known = "a model of the catalogue" if named.in_catalogue else "a shape of its own"
    stored = f", stored as {named.stored_as}" if named.stored_as else ""
    nearest = f"; nearest format built here: {named.weight_format}" if named.weight_format else ""
    return f"{named.path.name} holds {named.architecture.title}, {known}{stored}{nearest}"


def _built(
    request: MeasurementRequest, shape: ModelArchitecture, max_tokens: int, on_event: OnEvent, stop: threading.Event
) -> PreparedModel:
    """A model of this shape with random weights, of the catalogue or the user's own."""
    stored_as = weight_format(request.weight_format)
    check_buildable(shape, stored_as, request.layers)
    built = shape if request.layers is None else shape.model_copy(update={"layers": request.layers})
    if not request.ignore_memory_check:  # before minutes are spent on building what cannot be loaded
        needed = resident_bytes(built, stored_as, max_tokens)
        check_memory(f"{shape.name} in {stored_as.name}", needed.bounds[1])
    depth = "" if request.layers is None else f"{request.layers} of {shape.layers} layers of "
    sentence = f"building {depth}{shape.title} in {stored_as.title}, with random weights"
    told = -1.0

    def on_progress(share: float) -> None:
        nonlocal told
        if stop.is_set():
            raise StoppedError("stopped while the model was being built", where=request.model)
        if share - told >= NAMED_AT_LEAST_EVERY:
            told = share
            on_event(Preparing(model=request.model, sentence=sentence, share=share))

    folder = inspect_folder(built_model(shape, stored_as, layers=request.layers, on_progress=on_progress))
    identity = ModelIdentity(
        name=shape.name,
        architecture=shape.name if shape in architectures() else None,
        source=ModelSource.SYNTHESISED,
        layers=request.layers,
        file_bytes=_graph_bytes(folder),
    )
    return PreparedModel(folder, identity, stored_as.name)


def _checked(request: MeasurementRequest, path: Path, on_event: OnEvent) -> PreparedModel:
    on_event(Preparing(model=request.model, sentence=f"checking the files of {path.name}"))
    checked = check_model_folder(path)
    folder = checked.model
    identity = ModelIdentity(
        name=path.resolve().name,
        architecture=_architecture_of(folder),
        source=ModelSource.FOLDER,
        file_bytes=_graph_bytes(folder),
        sha256=checked.sha256,
    )
    return PreparedModel(folder, identity, format_of(folder))


def _graph_bytes(folder: ModelFolder) -> int:
    """Size of the graph with the external data it names; a folder may hold other variants beside it."""
    graph = folder.graph_path
    locations = {
        entry.value
        for tensor in tensors(read_graph_file(graph))
        for entry in tensor.external_data
        if entry.key == "location"
    }
    return graph.stat().st_size + sum((graph.parent / location).stat().st_size for location in locations)


def _architecture_of(folder: ModelFolder) -> str | None:
    """The one catalogue architecture of exactly this shape, where the folder tells enough to be sure."""

    def shape(of: ModelFolder | ModelArchitecture) -> tuple[int | None, ...]:
        return of.layers, of.hidden, of.heads, of.kv_heads, of.head_dim, of.vocab

    alike = [known.name for known in architectures() if shape(known) == shape(folder)]
    return alike[0] if len(alike) == 1 else None


def format_of(folder: ModelFolder) -> str:
    """The weight format's name as the graph's own quantization spells it; a format nobody named stays unknown."""
    if folder.weight_bits is None:
        return UNNAMED_FORMAT
    stored = (folder.weight_bits, folder.block_size, folder.accuracy_level)
    for known in weight_formats():
        if known.synthesisable and (known.bits, known.block_size, known.accuracy_level) == stored:
            return known.name
    level = "" if folder.accuracy_level is None else f"-level{folder.accuracy_level}"
    return f"int{folder.weight_bits}-b{folder.block_size}{level}"
