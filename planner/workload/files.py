"""How a workload is kept on disk: read from TOML or JSON, written as JSON or as TOML by the file's ending."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from planner.documents import read_document, save_document, save_text
from planner.errors import WriteError
from planner.workload.task_classes import Workload
from planner.workload.week import HOURS_PER_DAY

ENDINGS = (".json", ".toml")


def load_workload(path: Path) -> Workload:
    """Read a workload from a `.toml` or `.json` file, refusing what is missing, malformed or misspelled."""
    return read_document(path, Workload)


def save_workload(path: Path, workload: Workload) -> None:
    """Write a workload: canonical JSON to `.json`, TOML to `.toml`. Comments of an earlier TOML file are not kept."""
    match path.suffix.lower():
        case ".json":
            save_document(path, workload)
        case ".toml":
            save_text(path, workload_to_toml(workload), keep_backups=True)
        case _:
            raise WriteError(
                "a workload is written as JSON or TOML",
                where=str(path),
                remedy=f"End the name in {' or '.join(ENDINGS)}.",
            )


def workload_to_toml(workload: Workload) -> str:
    """A workload as TOML: scalars first, then one table a task class; values that are not set are left out."""
    plain: dict[str, Any] = workload.model_dump(mode="json", exclude_none=True)
    task_classes: list[dict[str, Any]] = plain.pop("task_classes")
    tables = {name: plain.pop(name) for name in ("peak_to_mean", "week") if name in plain}
    lines = _assignments(plain)
    for name, table in tables.items():
        lines += ["", f"[{name}]", *_assignments(table)]
    for task_class in task_classes:
        lines += ["", "[[task_classes]]", *_assignments(task_class)]
    return "\n".join(lines) + "\n"


def _assignments(table: dict[str, Any]) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in table.items()]


def _value(value: Any) -> str:
    """One TOML value; a nested table becomes an inline one, which is what short records such as an SLO read best as."""
    if isinstance(value, dict):
        inner = ", ".join(_assignments(cast("dict[str, Any]", value)))
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        items = [_value(item) for item in cast("list[Any]", value)]
        if len(items) <= HOURS_PER_DAY:
            return "[" + ", ".join(items) + "]"
        days = [", ".join(items[at : at + HOURS_PER_DAY]) for at in range(0, len(items), HOURS_PER_DAY)]
        return "[\n  " + ",\n  ".join(days) + ",\n]"  # the hours of a week, a line a day
    # Numbers, true, false and strings are spelled alike in TOML and in JSON, once JSON escapes every non-BMP and
    # control character (DEL is the one control character that JSON leaves as it is).
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
