"""Where a model's nodes really ran: on which execution provider, how many, and with what share of the time."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from planner import text
from planner.child import ask
from planner.documents import Frozen, from_plain
from planner.measurement.provider_names import CPU_PROVIDER, parted

WORKER = "planner.measurement.worker"
PROMPT_TOKENS = 128
STEPS = 8
MOST_KINDS = 3  # of operators named in a sentence
SILENCE_S = 600.0  # compiling a large model for an NPU takes minutes

Share = Field(ge=0, le=1)


class OperatorTime(Frozen):
    """Nodes of one kind that ran one by one."""

    name: str
    nodes: int = Field(gt=0)
    time_s: float = Field(ge=0)


class NodePlacement(Frozen):
    """What one execution provider ran of a model.

    A node here is what onnxruntime schedules: a subgraph that the provider compiled as a whole is one node, and counts
    in `fused` too. Time is what the calling thread spent in kernels; a kernel that only hands work to a GPU is short.
    """

    execution_provider: str
    nodes: int = Field(ge=0)
    fused: int = Field(ge=0)
    prefill_share: float = Share  # of the kernel time of one prefill
    decode_share: float = Share  # of the kernel time of single-token steps
    operators: tuple[OperatorTime, ...] = ()  # without the fused ones, most frequent first


class _Seen(Frozen):
    name: str
    nodes: int
    fused: int
    prefill_s: float
    decode_s: float
    operators: tuple[OperatorTime, ...]


class _Answer(Frozen):
    runtime: str
    providers: tuple[_Seen, ...]


def where_nodes_ran(
    graph: Path,
    decoder: Mapping[str, object],
    execution_provider: str,
    threads: int,
    *,
    python: Path | None = None,
    memory_limit_bytes: int | None = None,
    stop: threading.Event | None = None,
) -> tuple[NodePlacement, ...]:
    """Run one prefill and a few steps under onnxruntime's profiler, in a child; the provider asked for comes first.

    `decoder` is `PreparedModel.decoder()`, `python` the interpreter of a registered runtime. A provider that refuses
    the graph is a MeasurementError in its own words.
    """
    request: dict[str, Any] = {
        "verb": "placement",
        "graph": str(graph),
        "decoder": dict(decoder),
        "execution_provider": execution_provider,
        "threads": threads,
        "prompt_tokens": PROMPT_TOKENS,
        "steps": STEPS,
        "seed": 1,
    }
    answer = ask(
        WORKER,
        request,
        timeout_s=SILENCE_S,
        memory_limit_bytes=memory_limit_bytes,
        env={"ORT_LOAD_CONFIG_FROM_MODEL": "0"},  # a model file does not configure the runtime
        python=python,
        stop=stop,
    )
    return placements(answer, execution_provider)


def placements(answer: Mapping[str, object], asked: str) -> tuple[NodePlacement, ...]:
    """The child's answer as shares; a provider that was asked for and ran nothing is there with no nodes."""
    seen = from_plain(dict(answer), _Answer, where="the child's answer").providers
    prefill_s = sum(one.prefill_s for one in seen)
    decode_s = sum(one.decode_s for one in seen)
    name, _ = parted(asked)
    rows = [
        NodePlacement(
            execution_provider=asked if one.name == name else one.name,
            nodes=one.nodes,
            fused=one.fused,
            prefill_share=one.prefill_s / prefill_s if prefill_s else 0.0,
            decode_share=one.decode_s / decode_s if decode_s else 0.0,
            operators=one.operators,
        )
        for one in seen
    ]
    if not any(row.execution_provider == asked for row in rows):
        rows.append(NodePlacement(execution_provider=asked, nodes=0, fused=0, prefill_share=0.0, decode_share=0.0))
    return tuple(sorted(rows, key=lambda row: (row.execution_provider != asked, -row.decode_share)))


def in_words(rows: Sequence[NodePlacement]) -> str:
    """One sentence: what the provider asked for ran, and what it left to others."""
    asked, *others = rows
    if not asked.nodes:
        return f"{asked.execution_provider} ran no node; {_list(others)}"
    return _list(rows)


def _list(rows: Sequence[NodePlacement]) -> str:
    return "; ".join(_ran(row) for row in rows)


def _ran(row: NodePlacement) -> str:
    where = "the CPU provider" if row.execution_provider == CPU_PROVIDER else row.execution_provider
    single = row.nodes - row.fused
    what = " and ".join(
        words
        for words in (
            _count(row.fused, "compiled subgraph") if row.fused else "",
            _count(single, "node") + _kinds(row) if single else "",
        )
        if words
    )
    return (
        f"{where} ran {what}: {text.share(row.prefill_share)} of prefill and {text.share(row.decode_share)} of decode"
    )


def _kinds(row: NodePlacement) -> str:
    kinds = ", ".join(f"{one.nodes:,} {one.name}" for one in row.operators[:MOST_KINDS])
    return f" ({kinds}{', …' if len(row.operators) > MOST_KINDS else ''})" if row.fused == 0 and kinds else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
