"""How a document of an older version becomes one of today's, and why a newer one is refused (CONVENTION §9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from planner.errors import DocumentError
from planner.profiles.profile import FORMAT, VERSION

Plain = dict[str, Any]
Step = Callable[[Plain], Plain]


def _unchanged(document: Plain) -> Plain:
    """The next version only added what may be absent."""
    return document


STEPS: Mapping[int, Step] = {
    1: _unchanged,  # + roofline, slices, soaks, contentions; in runs: energy, nodes, readings, warm-up
    2: _unchanged,  # + in ownership: nameplate watts, efficiency of the power supply, the battery's price and life
}
"""`STEPS[n]` turns a device profile of version n into one of version n + 1; version 1 is the first."""


def to_current(
    raw: object,
    *,
    where: str,
    document_format: str = FORMAT,
    current: int = VERSION,
    steps: Mapping[int, Step] = STEPS,
) -> Plain:
    """Plain data of any known version as plain data of the current one; format and version are checked first.

    The input is left alone: a step may change what it gets. The result is not validated yet.
    """
    document = _document(raw, where)
    _check_format(document, document_format, where)
    version = _version(document, current, where)
    for number in range(version, current):
        if number not in steps:
            raise DocumentError(
                f"version {number} of {document_format} can no longer be read",
                where=where,
                remedy="Open and save it with the release that wrote it, then try again.",
            )
        document = {**steps[number](document), "version": number + 1}
    return document


def _document(raw: object, where: str) -> Plain:
    if not isinstance(raw, dict):
        raise DocumentError("this is not a planner document", where=where, remedy="Name a device profile.")
    return dict(cast("Plain", raw))


def _check_format(document: Plain, document_format: str, where: str) -> None:
    found = document.get("format")
    if found == document_format:
        return
    says = "it names no format" if found is None else f"its format is {found!r}"
    raise DocumentError(
        f"not a document of format {document_format!r}: {says}",
        where=where,
        remedy="Name a file of that format; «edgewise measure --out FILE» writes a device profile.",
    )


def _version(document: Plain, current: int, where: str) -> int:
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DocumentError(
            f"version: expected a whole number from 1 to {current}, found {version!r}",
            where=where,
            remedy="Restore the file from a backup (FILE.bak1).",
        )
    if version > current:
        raise DocumentError(
            f"written by a newer release: version {version}, and this one reads up to version {current}",
            where=where,
            remedy="Update edgewise and try again.",
        )
    return version
