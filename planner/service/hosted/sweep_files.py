"""A user's own load test of a served model, read from the files that vLLM bench serve, guidellm and AIPerf save."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.documents import plain_json, read_bytes_capped
from planner.errors import DocumentError
from planner.service.hosted.sweep_rows import LeftOut, Node, SweepRow, known_layout

MOST_BYTES = 256 * 1024**2
MOST_FILES = 1_000
UNKNOWN = "not the result of a known load test"
KNOWN = "vllm bench serve --save-result, guidellm (benchmarks.json), AIPerf or GenAI-Perf (profile_export_*.json)"


@dataclass(frozen=True)
class Sweep:
    """Steady loads in the order of concurrency, and the runs that were no such thing."""

    rows: tuple[SweepRow, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """The names under which the tools asked for the model, in order of appearance."""
        return tuple(dict.fromkeys(row.model for row in self.rows if row.model))


def read_sweep(paths: Sequence[Path]) -> Sweep:
    """Read result files; of a folder every .json below it, where files of another kind are left out and named.

    A file that is named and cannot be read is refused with its place.
    """
    found = [each for path in paths for each in (_folder(path) if path.is_dir() else read_file(path))]
    rows = [each for each in found if isinstance(each, SweepRow)]
    left_out = tuple(each for each in found if isinstance(each, LeftOut))
    if not rows:
        why = f": {left_out[0].place}: {left_out[0].reason}" if left_out else ""
        raise DocumentError(
            f"no steady load was measured{why}",
            where=", ".join(str(path) for path in paths[:3]),
            remedy="Run the load test at several fixed concurrencies, as in 1, 4, 16, 64.",
        )
    return Sweep(tuple(sorted(rows, key=lambda row: (row.concurrency, row.input_tokens, row.place))), left_out)


def read_file(path: Path) -> tuple[SweepRow | LeftOut, ...]:
    """Every run of one file: one result, several appended line by line, a list of them, or a guidellm report."""
    return tuple(each for run in _runs(path) for each in _rows(run))


def _folder(path: Path) -> Iterable[SweepRow | LeftOut]:
    files = sorted(each for each in path.rglob("*.json*") if each.is_file())
    if len(files) > MOST_FILES:
        raise DocumentError(f"more than {MOST_FILES:,} files", where=str(path), remedy="Name the files of one sweep.")
    for each in files:
        try:
            yield from read_file(each)
        except DocumentError as refusal:
            yield LeftOut(str(each), refusal.what, is_run=refusal.what != UNKNOWN)


def _rows(run: Node) -> Iterable[SweepRow | LeftOut]:
    reader = known_layout(run)
    if reader is None:
        raise DocumentError(UNKNOWN, where=run.title, remedy=f"Known are: {KNOWN}.")
    found = reader(run)
    if isinstance(found, SweepRow) and min(found.input_tokens, found.output_tokens) < 1:
        found = LeftOut(run.title, "prompts or answers have less than one token on average")
    yield found


def _runs(path: Path) -> Iterable[Node]:
    for document in _documents(path):
        benchmarks = document.at("benchmarks")
        if benchmarks is not None and benchmarks.parts:
            yield from benchmarks.parts
        elif document.parts:
            yield from document.parts
        else:
            yield document


def _documents(path: Path) -> tuple[Node, ...]:
    """The file's JSON document, or one a line where results were appended."""
    where = str(path)
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        raise DocumentError(
            f"larger than {MOST_BYTES // 1024**2} MiB",
            where=where,
            remedy="Save it without single requests: no --save-detailed (vLLM), fewer sampled requests (guidellm).",
        )
    data = read_bytes_capped(path, MOST_BYTES).removeprefix(b"\xef\xbb\xbf")
    lines = [(number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    if not lines:
        raise DocumentError("the file is empty", where=where, remedy=f"Known are: {KNOWN}.")
    if len(lines) > 1 and all(line.lstrip().startswith(b"{") for _, line in lines):
        return tuple(
            Node(plain_json(line, where=f"{where}, line {number}"), f"{where}, line {number}") for number, line in lines
        )
    return (Node(plain_json(data, where=where), where),)
