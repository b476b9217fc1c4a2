"""How our measuring loop compares with onnxruntime-genai on the same file, and with llama.cpp on the same shape.

By hand, on a quiet machine: `python -m tests.benchmarks.validate_loops --out loops.json`. Both runtimes live in virtual
environments outside this repository; where one is missing, how to make it is printed and its comparison left out.
Ends with 1 when a point falls below the target beside onnxruntime-genai, with 2 when nothing could be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from planner.measurement.grid import Grid
from planner.measurement.prepare import PreparedModel, prepare
from planner.measurement.request import MeasurementRequest
from planner.measurement.supervisor import ignore
from planner.model.catalog import architecture
from planner.text import size
from tests.benchmarks.cross_check import environments
from tests.benchmarks.cross_check.environments import Environment
from tests.benchmarks.cross_check.ratios import interleaved, ratios
from tests.benchmarks.cross_check.starts import Contender, ask, other, ours, round_request
from tests.benchmarks.cross_check.table import Comparison, save, say, say_start, say_table

DEFAULT_MODELS = ("smollm2-135m", "qwen2.5-0.5b", "llama-3.2-1b")
TARGET = 0.97
GENAI, LLAMA = "onnxruntime-genai", "llama.cpp"
SAME_FILE, LLAMA_BLOCKS = "int4", ("int4", "int4-b128")
LLAMA_FORMAT = "Q4_0"


@dataclass(frozen=True)
class Setup:
    """What every contender has in common."""

    grid: Grid
    threads: int
    pairs: int
    work: Path


def main() -> None:
    """Compare, print the table, write the JSON."""
    asked = _arguments()
    genai = environments.genai(asked.genai, version("onnxruntime"))
    llama = environments.llama(asked.llama)
    wanted = [each for each, left_out in ((genai, asked.no_genai), (llama, asked.no_llama)) if not left_out]
    missing = {each: remedy for each in wanted if (remedy := each.missing()) is not None}
    for remedy in missing.values():
        say(remedy + "\n")
    if len(missing) == len(wanted):
        sys.exit(2)
    grid = Grid(
        prompt_tokens=(512,),
        context_tokens=(128, 512),
        decode_steps=asked.decode_steps,
        prefill_s=asked.prefill_s,
        prefill_at_most=5,
    )
    setup = Setup(grid, asked.threads, asked.pairs, asked.work)
    conditions = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, {psutil.cpu_count(logical=False)} cores",
        "onnxruntime": version("onnxruntime"),
        "threads": setup.threads,
        "grid": asdict(grid),
    }
    say(f"{conditions['machine']}; {setup.threads} threads; {setup.pairs} pairs of process starts")
    comparisons: list[Comparison] = []
    for name in asked.models:
        for environment, compare in ((genai, _beside_genai), (llama, _beside_llama)):
            if environment in wanted and environment not in missing:
                comparisons += compare(name, environment, setup)
                if asked.out is not None:  # what was measured is kept whatever happens next
                    save(asked.out, conditions, comparisons)
    say_table(comparisons)
    sys.exit(0 if all(each.meets(point) for each in comparisons for point in each.ratios) else 1)


def _beside_genai(name: str, genai: Environment, setup: Setup) -> list[Comparison]:
    """Our loop and onnxruntime-genai over the same folder, with the same onnxruntime."""
    theirs_version, ours_version = genai.version("onnxruntime"), version("onnxruntime")
    if theirs_version != ours_version:
        say(f"NOTE: {GENAI} runs on onnxruntime {theirs_version}, our loop on {ours_version}: not like for like")
    model = _model(name, SAME_FILE, setup)
    request = round_request(model, setup.threads, setup.grid, 1)
    answers = {each["of"]: each for each in ask(genai.python, "genai_child.py", {**request, "verb": "tokens"})}
    told = [answers[of][when] for of in ("ours", "theirs") for when in ("tokens", "again")]
    alike = all(each == told[0] for each in told)
    say(f"\n{name}: both loops answer a prompt with {'the same' if alike else 'DIFFERENT'} {len(told[0])} tokens")
    theirs = other(
        f"{GENAI} {genai.version(GENAI)}",
        genai.python,
        "genai_child.py",
        lambda grid, seed: round_request(model, setup.threads, grid, seed),
        model.identity.file_bytes,
    )
    return _compare(name, [ours(SAME_FILE, model, setup.threads)], theirs, setup, target=TARGET)


def _beside_llama(name: str, llama: Environment, setup: Setup) -> list[Comparison]:
    """Our loop at two block sizes on either side of llama.cpp with the same shape in Q4_0."""
    file = _gguf(name, llama, setup.work)
    models = {each: _model(name, each, setup) for each in LLAMA_BLOCKS}
    decoder = models[SAME_FILE].decoder()
    theirs = other(
        f"{LLAMA} {LLAMA_FORMAT}",
        llama.python,
        "llama_child.py",
        lambda grid, seed: {
            "verb": "round",
            "file": str(file),
            "threads": setup.threads,
            "seed": seed,
            "decoder": decoder,
            "grid": asdict(grid),
        },
        file.stat().st_size,
    )
    return _compare(name, [ours(each, model, setup.threads) for each, model in models.items()], theirs, setup)


def _compare(
    name: str, in_formats: Sequence[Contender], theirs: Contender, setup: Setup, *, target: float | None = None
) -> list[Comparison]:
    """Interleave them all, theirs second, and pair each of ours with it."""
    contenders = [in_formats[0], theirs, *in_formats[1:]]
    say(f"\n{name}: " + ", ".join(f"{each.name} ({size(each.file_bytes)})" for each in contenders))
    repetitions = interleaved(contenders, setup.grid, setup.pairs, say_start)
    if "system" in theirs.details:
        say(f"  {theirs.name}: {theirs.details['system']}")
    comparisons: list[Comparison] = []
    for index, contender in enumerate(contenders):
        if contender is theirs:
            continue
        pairs = [(starts[index], starts[1]) for starts in repetitions]
        comparisons.append(
            Comparison(
                model=name,
                ours=contender.name,
                theirs=theirs.name,
                target=target,
                file_bytes=(contender.file_bytes, theirs.file_bytes),
                ratios=ratios(pairs),
                starts=pairs,
            )
        )
    return comparisons


def _model(name: str, weight_format: str, setup: Setup) -> PreparedModel:
    """The synthesised model from the product's cache, built now if it is not there."""
    request = MeasurementRequest(model=name, weight_format=weight_format)
    return prepare(request, setup.grid.max_tokens, ignore, threading.Event())


def _gguf(name: str, llama: Environment, work: Path) -> Path:
    """The random GGUF of an architecture, written once."""
    file = work / f"{name}-{LLAMA_FORMAT.lower()}.gguf"
    if not file.is_file():
        work.mkdir(parents=True, exist_ok=True)
        shape = json.dumps(architecture(name).model_dump(mode="json"))
        script = Path(__file__).with_name("cross_check") / "write_gguf.py"
        subprocess.run([llama.python, str(script), shape, str(file)], check=True)
    return file


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=DEFAULT_MODELS, help=f"default: {' '.join(DEFAULT_MODELS)}")
    parser.add_argument("--pairs", type=int, default=12, help="process starts of each contender (default 12)")
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    parser.add_argument("--threads", type=int, default=cores, help=f"default: the {cores} cores")
    parser.add_argument("--decode-steps", type=int, default=64, help="steps timed at each context (default 64)")
    parser.add_argument("--prefill-s", type=float, default=1.0, help="prefills repeat until this was timed (default 1)")
    parser.add_argument("--work", type=Path, default=environments.WORK, help="GGUF files are kept here")
    parser.add_argument("--genai", type=Path, default=environments.WORK / "genai", help="virtual environment")
    parser.add_argument("--llama", type=Path, default=environments.WORK / "llama", help="virtual environment")
    parser.add_argument("--no-genai", action="store_true", help="leave that comparison out")
    parser.add_argument("--no-llama", action="store_true", help="leave that comparison out")
    parser.add_argument("--out", type=Path, help="write every start as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
