"""Documents on disk: strict frozen values, capped reading, one spelling, atomic saving (CONVENTION §2, §9)."""

from __future__ import annotations

import json
import math
import os
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError

from planner.errors import DocumentError, WriteError

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
BACKUPS_KEPT = 3


class Frozen(BaseModel):
    """Base of every value in the engine: immutable, strict, no unknown keys, no NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def _money(value: object) -> Decimal:
    """Accept a Decimal or a decimal string; a float would already have lost the cent."""
    if isinstance(value, Decimal):
        amount = value
    elif isinstance(value, str):
        try:
            amount = Decimal(value)
        except InvalidOperation as error:
            raise ValueError(f'money is a decimal string such as "0.40", not {value!r}') from error
    else:
        raise ValueError(f'money is a decimal string such as "0.40", not {type(value).__name__}')
    if not amount.is_finite():
        raise ValueError("money must be finite")
    return amount


Money = Annotated[Decimal, BeforeValidator(_money), PlainSerializer(str, return_type=str)]
"""An amount of money: a string in files, a Decimal in memory, never a float."""

D = TypeVar("D", bound=Frozen)


def to_json(document: Frozen) -> str:
    """The one spelling of a document: UTF-8 JSON, two-space indent, fields in declared order, newline at the end."""
    return json.dumps(document.model_dump(mode="json"), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def from_json(text: str | bytes, kind: type[D], *, where: str) -> D:
    """Parse JSON text strictly into `kind`; every failure is a DocumentError naming `where` and the place in it."""
    return from_plain(plain_json(text, where=where), kind, where=where)


def plain_json(text: str | bytes, *, where: str) -> Any:
    """JSON text as plain data, before a kind is known (migrations read the version from it)."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys)
    except RecursionError as error:
        raise DocumentError("the document is nested too deeply", where=where) from error
    except ValueError as error:
        raise DocumentError(
            f"not valid JSON: {error}", where=where, remedy="Restore it from a backup or export it again."
        ) from error


def from_plain(raw: Any, kind: type[D], *, where: str) -> D:
    """Validate plain JSON-like data (as `tomllib` or `json` return it) strictly into `kind`."""
    if _depth(raw) > MAX_DEPTH:
        raise DocumentError("the document is nested too deeply", where=where)
    _require_format(raw, kind, where)
    try:
        return kind.model_validate_json(json.dumps(raw, default=_plain_default, allow_nan=False))
    except ValidationError as error:
        raise DocumentError(_first_complaint(error), where=where, remedy="Correct that value and try again.") from error
    except ValueError as error:
        raise DocumentError(
            f"{_not_finite(raw)}: a number is NaN or infinite",
            where=where,
            remedy="Leave an unknown value out instead.",
        ) from error


def _require_format(raw: Any, kind: type[Frozen], where: str) -> None:
    """Refuse a document that says it is of another format, before its parts are held against the wrong one."""
    wanted = kind.model_fields["format"].default if "format" in kind.model_fields else None
    said = cast("dict[object, Any]", raw).get("format", wanted) if isinstance(raw, dict) else wanted
    if isinstance(wanted, str) and isinstance(said, str) and said != wanted:
        raise DocumentError(
            _on_one_line(f"this is a document of the format {said!r}"),
            where=where,
            remedy=f"Name one of the format {wanted!r} here.",
        )


def read_document(path: Path, kind: type[D]) -> D:
    """Read a `.json` or `.toml` document of `kind`, refusing what is missing, too large or malformed."""
    data = read_bytes_capped(path)
    where = str(path)
    if path.suffix.lower() == ".toml":
        return from_toml(data, kind, where=where)
    return from_json(data, kind, where=where)


def from_toml(data: bytes, kind: type[D], *, where: str) -> D:
    """Parse authored TOML strictly into `kind`."""
    return from_plain(plain_toml(data, where=where), kind, where=where)


def plain_toml(data: bytes, *, where: str) -> Any:
    """TOML text as plain data, before a kind is known."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # bad encoding, bad TOML, a number of thousands of digits
        raise DocumentError(f"not valid TOML: {error}", where=where, remedy="Correct that line.") from error


def read_bytes_capped(path: Path, limit_bytes: int = MAX_DOCUMENT_BYTES) -> bytes:
    """The bytes of a regular file no larger than the cap."""
    where = str(path)
    try:
        if path.is_dir():
            raise DocumentError("this is a folder, not a document", where=where, remedy="Name a file.")
        if path.exists() and not path.is_file():  # a pipe or device could keep us waiting for ever
            raise DocumentError("this is not a regular file", where=where, remedy="Save it as a file first.")
        with path.open("rb") as stream:
            data = stream.read(limit_bytes + 1)
    except FileNotFoundError as error:
        raise DocumentError("no such file", where=where, remedy="Check the spelling and the folder.") from error
    except OSError as error:
        raise DocumentError(
            f"cannot be read: {error.strerror}", where=where, remedy="Check its permissions."
        ) from error
    if len(data) > limit_bytes:
        raise DocumentError(
            f"larger than {limit_bytes // 1024 // 1024} MiB", where=where, remedy="This is not a planner document."
        )
    return data


def save_document(path: Path, document: Frozen) -> None:
    """Write a document's canonical JSON atomically, keeping rotated backups of what stood there."""
    save_text(path, to_json(document), keep_backups=True)


def save_text(path: Path, text: str, *, keep_backups: bool = False) -> None:
    """Write text so that a reader sees the old file or the new one, never a part; acknowledged means on disk."""

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())

    save_with(path, write, keep_backups=keep_backups)


def save_with(path: Path, write: Callable[[Path], None], *, keep_backups: bool = False) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in place in one step."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            write(temporary)
            if path.exists():
                temporary.chmod(path.stat().st_mode & 0o777)
                if keep_backups:
                    _rotate(path)
            else:
                temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise WriteError(
            f"cannot be written: {error.strerror}", where=str(path), remedy="Choose a folder you may write to."
        ) from error


def _rotate(path: Path) -> None:
    """file → file.bak1 → file.bak2 → … by hard copy, so that `path` itself never goes missing."""
    for number in range(BACKUPS_KEPT, 1, -1):
        older = path.with_name(f"{path.name}.bak{number - 1}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.bak{number}"))
    newest = path.with_name(f"{path.name}.bak1")
    newest.write_bytes(path.read_bytes())


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; not every file system or OS allows it, and then there is nothing to do."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        return
    finally:
        os.close(descriptor)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number this program accepts; leave an unknown value out")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return table


def _not_finite(raw: Any, place: str = "") -> str:
    """Where in the data the first NaN or infinity stands, like `assumptions.acceptance.value`; «» where nowhere."""
    if isinstance(raw, float) and not math.isfinite(raw):
        return place or "the document"
    parts: Iterable[tuple[object, Any]] = ()
    if isinstance(raw, dict):
        parts = cast("dict[object, Any]", raw).items()
    elif isinstance(raw, list):
        parts = enumerate(cast("list[Any]", raw))
    found = (_not_finite(value, f"{place}.{key}" if place else str(key)) for key, value in parts)
    return next(filter(None, found), "")


def _plain_default(value: object) -> str:
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _depth(raw: Any) -> int:
    depth, level = 0, [raw]
    while level and depth <= MAX_DEPTH + 1:
        depth += 1
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            elif isinstance(item, list):
                below.extend(item)  # pyright: ignore[reportUnknownArgumentType]
        level = below
    return depth


def _first_complaint(error: ValidationError) -> str:
    """One sentence for the first problem, naming its place like `task_classes.3.requests_per_day`."""
    problems = error.errors(include_url=False)
    first = problems[0]
    place = ".".join(str(part) for part in first["loc"]) or "the document"
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return _on_one_line(f"{place}: {_said(first['type'], first['msg'], first.get('ctx', {}))}{more}")


def _on_one_line(words: str) -> str:
    """Names and values of a document may hold line breaks and worse; a complaint that repeats them stays a sentence."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in words)


def _said(kind: str, message: str, context: Mapping[str, Any]) -> str:
    """A complaint of the validator in our words where its own speak of Python."""
    match kind:
        case "extra_forbidden":
            return "unknown key"
        case "missing":
            return "this key is missing"
        case "too_long":
            return f"at most {context['max_length']} entries are allowed, there are {context['actual_length']}"
        case "too_short":
            return f"at least {context['min_length']} entries are needed"
        case _:
            return message.removeprefix("Value error, ")
