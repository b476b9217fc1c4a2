"""What a user names on the command line: a file where it looks like one, otherwise something that is bundled."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from planner.device.facts import DeviceFacts
from planner.documents import plain_json, plain_toml, read_bytes_capped
from planner.errors import DocumentError, WriteError
from planner.profiles.catalog import reference_profile
from planner.profiles.files import load_profile
from planner.profiles.profile import DeviceProfile
from planner.samples.catalog import sample
from planner.scenario import Scenario
from planner.scenario_files import load_draft, load_scenario

DOCUMENT_SUFFIXES = (".json", ".toml")


def is_file_name(words: str) -> bool:
    """It exists as a file, has a document's ending, or holds a folder separator."""
    separators = [separator for separator in (os.sep, os.altsep) if separator]
    return (
        words.lower().endswith(DOCUMENT_SUFFIXES)
        or any(separator in words for separator in separators)
        or Path(words).is_file()
    )


def profile_named(words: str) -> DeviceProfile:
    """A device profile by file or by the name of a reference device."""
    return load_profile(Path(words)) if is_file_name(words) else reference_profile(words)


def earlier_profile(out: Path | None, facts: DeviceFacts) -> DeviceProfile | None:
    """The profile that stands in the file already: its name, ownership and history are kept, new ones added."""
    if out is None or not out.exists():
        return None
    earlier = load_profile(out)
    if earlier.facts.cpu.model.value != facts.cpu.model.value:
        raise DocumentError(
            f"this is the profile of another device ({earlier.title})",
            where=str(out),
            remedy="Name another file for this machine.",
        )
    return earlier


def scenario_named(words: str) -> Scenario:
    """A scenario by file or by the name of a bundled sample."""
    return load_scenario(Path(words)) if is_file_name(words) else sample(words)


def draft_named(words: str) -> Scenario:
    """The same for verbs that change its prices: an offer that it names may be what is brought in."""
    return load_draft(Path(words)) if is_file_name(words) else sample(words)


def format_of(path: Path) -> str | None:
    """What a document says it is, before it is read as such."""
    data = read_bytes_capped(path)
    is_toml = path.suffix.lower() == ".toml"
    raw = plain_toml(data, where=str(path)) if is_toml else plain_json(data, where=str(path))
    found = raw.get("format") if isinstance(raw, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return found if isinstance(found, str) else None


def require_writable(path: Path) -> None:
    """Refuse a place that cannot be written before long work begins; leaves nothing behind but the folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):
            pass
        if path.is_dir():
            raise WriteError("this is a folder, not a file", where=str(path), remedy="Name a file in it.")
    except OSError as error:
        raise WriteError(
            f"cannot be written: {error.strerror}", where=str(path), remedy="Choose a folder you may write to."
        ) from error
