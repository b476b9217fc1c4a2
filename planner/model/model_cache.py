"""Where synthesised models are kept between runs: keyed by everything that decides their bytes, capped in size."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_cache_path

from planner.documents import Frozen
from planner.errors import ModelError
from planner.model.architecture import ModelArchitecture
from planner.model.synthesis import (
    DEFAULT_CONTEXT_TOKENS,
    GRAPH_VERSION,
    OnProgress,
    build,
    check_buildable,
    expected_bytes,
)
from planner.model.weight_formats import WeightFormat
from planner.text import size
from planner.units import BYTES_PER_GIB

DEFAULT_CAP_BYTES = 12 * BYTES_PER_GIB
SPARE_BYTES = BYTES_PER_GIB // 2  # left free on the disk after a build
PADDING = 1.05  # rotary tables, alignment and the graph itself, over the footprint's figure
CAP_VARIABLE = "EDGEWISE_MODEL_CACHE_GIB"
OWN_NAME = re.compile(r".+-\d+l-[0-9a-f]{16}")  # a folder built here; anything else in the cache's folder is the user's
UNFINISHED_AFTER_S = 24 * 3600.0  # a leftover of a killed build older than this is nobody's work in progress

# What a synthesised graph is made from; the other fields of an architecture only describe it.
NOT_IN_BYTES = {"title", "family", "licence", "source", "as_of", "notes", "published_parameters", "context_tokens"}


class CachedModel(Frozen):
    """One built model."""

    name: str  # its folder's: architecture, weight format, layers and a hash of everything else
    size_bytes: int
    last_used: datetime


class CacheUsage(Frozen):
    """What the cache holds now, the model that was used last first."""

    folder: Path
    models: tuple[CachedModel, ...]
    size_bytes: int
    cap_bytes: int


def cache_folder() -> Path:
    """The folder of the cache; `EDGEWISE_MODEL_CACHE` names another."""
    named = os.environ.get("EDGEWISE_MODEL_CACHE")
    return Path(named) if named else user_cache_path("edgewise", appauthor=False) / "models"


def cache_cap_bytes() -> int:
    """How much the cache may hold: 12 GiB, or what `EDGEWISE_MODEL_CACHE_GIB` says."""
    stated = os.environ.get(CAP_VARIABLE)
    if not stated:
        return DEFAULT_CAP_BYTES
    try:
        gib = float(stated)
    except ValueError:
        gib = math.nan
    if not 0 < gib < math.inf:
        raise ModelError(
            f"{stated!r} is not a size in GiB", where=CAP_VARIABLE, remedy="Set it to a number such as 20, or unset it."
        )
    return round(gib * BYTES_PER_GIB)


def built_model(
    architecture: ModelArchitecture,
    weight_format: WeightFormat,
    *,
    seed: int = 0,
    layers: int | None = None,
    max_context_tokens: int | None = None,
    folder: Path | None = None,
    cap_bytes: int | None = None,
    on_progress: OnProgress | None = None,
) -> Path:
    """The folder of a synthesised model, built now if it is not there; oldest unused ones make room under the cap."""
    check_buildable(architecture, weight_format, layers)
    root = cache_folder() if folder is None else folder
    depth = layers or architecture.layers
    context = max_context_tokens or min(architecture.context_tokens, DEFAULT_CONTEXT_TOKENS)
    key = cache_key(architecture, weight_format, seed=seed, layers=depth, max_context_tokens=context)
    home = root / f"{architecture.name}-{weight_format.name}-{depth}l-{key}"
    if not home.is_dir():
        needed = round(expected_bytes(architecture, weight_format, depth) * PADDING)
        _make_room(root, needed, cache_cap_bytes() if cap_bytes is None else cap_bytes)
        try:
            build(
                architecture,
                weight_format,
                home,
                seed=seed,
                layers=depth,
                max_context_tokens=context,
                on_progress=on_progress,
            )
        except ModelError:
            if not home.is_dir():  # another process may have finished the same model meanwhile
                raise
    _touch(home)
    return home


def cache_key(
    architecture: ModelArchitecture, weight_format: WeightFormat, *, seed: int, layers: int, max_context_tokens: int
) -> str:
    """A short hash of everything that decides the bytes of a built model."""
    decisive = {
        "graph_version": GRAPH_VERSION,
        "architecture": architecture.model_dump(mode="json", exclude=NOT_IN_BYTES, exclude_defaults=True),
        "weight_format": [
            weight_format.name,
            weight_format.bits,
            weight_format.block_size,
            weight_format.accuracy_level,
        ],
        "seed": seed,
        "layers": layers,
        "max_context_tokens": max_context_tokens,
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:16]


def usage(folder: Path | None = None) -> CacheUsage:
    """What the cache holds, and may hold."""
    root = cache_folder() if folder is None else folder
    held = tuple(
        CachedModel(
            name=home.name, size_bytes=_folder_bytes(home), last_used=datetime.fromtimestamp(_last_used(home), tz=UTC)
        )
        for home in sorted(_homes(root), key=_last_used, reverse=True)
    )
    return CacheUsage(
        folder=root, models=held, size_bytes=sum(model.size_bytes for model in held), cap_bytes=cache_cap_bytes()
    )


def trim(cap_bytes: int, folder: Path | None = None) -> int:
    """Delete the least recently used models until the rest fits `cap_bytes`; returns the bytes freed."""
    root = cache_folder() if folder is None else folder
    homes = sorted(_homes(root), key=_last_used)
    held, freed = sum(map(_folder_bytes, homes)), 0
    for home in homes:
        if held - freed <= cap_bytes:
            break
        freed += _remove(home)
    return freed


def clear(folder: Path | None = None) -> int:
    """Delete every built model; returns the bytes freed. Nothing else in the folder is touched."""
    root = cache_folder() if folder is None else folder
    freed = 0
    for home in _homes(root):
        freed += _remove(home)
    _remove_unfinished(root, older_than_s=0.0)
    return freed


def _make_room(root: Path, needed_bytes: int, cap_bytes: int) -> None:
    """Delete the least recently used models until the new one fits the cap and the disk; refuse if it never would."""
    if needed_bytes > cap_bytes:
        raise ModelError(
            f"the model needs {size(needed_bytes)}, the cache may hold {size(cap_bytes)}",
            where=str(root),
            remedy=f"Choose a smaller model or weight format, or raise the cap with {CAP_VARIABLE}.",
        )
    _remove_unfinished(root, older_than_s=UNFINISHED_AFTER_S)
    homes = sorted(_homes(root), key=_last_used)
    held = sum(map(_folder_bytes, homes))
    for home in homes:
        if held + needed_bytes <= cap_bytes and _free_bytes(root) >= needed_bytes + SPARE_BYTES:
            return
        held -= _remove(home)
    free = _free_bytes(root)
    if free < needed_bytes + SPARE_BYTES:
        raise ModelError(
            f"building the model needs {size(needed_bytes + SPARE_BYTES)} on disk, {size(free)} are free",
            where=str(root),
            remedy="Free some disk space, or set EDGEWISE_MODEL_CACHE to a folder on another disk.",
        )


def _homes(root: Path) -> list[Path]:
    """Finished models built here: neither unfinished ones nor a model folder that the user put there."""
    if not root.is_dir():
        return []
    return [home for home in root.iterdir() if _is_own(home) and (home / "model.onnx").is_file()]


def _is_own(home: Path) -> bool:
    return not home.name.startswith(".") and OWN_NAME.fullmatch(home.name) is not None and not home.is_symlink()


def _remove_unfinished(root: Path, *, older_than_s: float) -> None:
    if not root.is_dir():
        return
    for leftover in root.glob(".*.part"):
        if time.time() - leftover.stat().st_mtime >= older_than_s:
            shutil.rmtree(leftover, ignore_errors=True)


def _remove(home: Path) -> int:
    held = _folder_bytes(home)
    shutil.rmtree(home, ignore_errors=True)
    return held - (_folder_bytes(home) if home.exists() else 0)


def _folder_bytes(home: Path) -> int:
    return sum(file.stat().st_size for file in home.rglob("*") if file.is_file())


def _free_bytes(root: Path) -> int:
    existing = next(folder for folder in (root, *root.parents) if folder.exists())
    return shutil.disk_usage(existing).free


def _touch(home: Path) -> None:
    """The folder's own time says when its model was last asked for; its files never change."""
    os.utime(home)


def _last_used(home: Path) -> float:
    return home.stat().st_mtime
