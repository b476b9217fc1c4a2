"""`edgewise schema`: the JSON Schema of a document or of a kind of offer, for editors and other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.console import Column, say_json, say_table, tell
from planner.documents import save_text
from planner.schemas import DOCUMENTS, KINDS, schema_of


def command(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND]", show_default=False, help="A document or a kind of offer; without it, the list."
        ),
    ] = None,
    *,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the schema there.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list of kinds as JSON on stdout.")] = False,
) -> None:
    """Print the JSON Schema (draft 2020-12) of a document. Rules between fields are checked on reading only."""
    if kind is None and out is not None:
        raise typer.BadParameter("--out goes with a KIND")
    if kind is None:
        _list(as_json=as_json)
        return
    schema = schema_of(kind)
    if out is None:
        say_json(schema)
        return
    save_text(out, json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
    tell(f"Written: {out}")


def _list(*, as_json: bool) -> None:
    if as_json:
        say_json(
            [{"kind": name, "is_document": name in DOCUMENTS, "about": each.about} for name, each in KINDS.items()]
        )
        return
    rows = [(name, "document" if name in DOCUMENTS else "offer", each.about) for name, each in KINDS.items()]
    say_table([Column("Kind", whole=True), Column("Of"), Column("What it is")], rows)
