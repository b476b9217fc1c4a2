"""How onnxruntime's profile is read: which execution provider ran which nodes, and how long in prefill and decode."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KERNEL = "_kernel_time"
RUN = "model_run"


@dataclass(frozen=True)
class Step:
    """One forward pass of the profile: when it ran (µs of the profile's clock)."""

    begin_us: int
    end_us: int

    def holds(self, event: Mapping[str, Any]) -> bool:
        """Whether a node ran in this pass."""
        return self.begin_us <= event["ts"] <= self.end_us


@dataclass
class ProviderTime:
    """What one execution provider ran; times are those in which the calling thread was in its kernels."""

    nodes: dict[str, str] = field(default_factory=dict[str, str])  # node → operator
    fused: set[str] = field(default_factory=set[str])  # of the nodes, whole subgraphs the provider compiled itself
    operator_us: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    prefill_us: int = 0
    decode_us: int = 0


def passes(events: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Every forward pass in the order in which it ran."""
    runs = [event for event in events if event.get("cat") == "Session" and event.get("name") == RUN]
    return [Step(run["ts"], run["ts"] + run["dur"]) for run in sorted(runs, key=lambda run: run["ts"])]


def node_times(
    events: Iterable[Mapping[str, Any]], prefill: Iterable[Step], decode: Iterable[Step]
) -> dict[str, ProviderTime]:
    """Execution provider → what it ran in these passes; other passes (the warm-up) are left out."""
    found: defaultdict[str, ProviderTime] = defaultdict(ProviderTime)
    prefill, decode = tuple(prefill), tuple(decode)
    for event in events:
        name = str(event.get("name", ""))
        if event.get("cat") != "Node" or not name.endswith(KERNEL):
            continue
        is_prefill = any(step.holds(event) for step in prefill)
        if not is_prefill and not any(step.holds(event) for step in decode):
            continue
        _count(found, name.removesuffix(KERNEL), event, is_prefill=is_prefill)
    return dict(found)


def _count(found: defaultdict[str, ProviderTime], node: str, event: Mapping[str, Any], *, is_prefill: bool) -> None:
    provider, operator = str(event["args"]["provider"]), str(event["args"]["op_name"])
    time = found[provider]
    key = f"{node} {event['args'].get('node_index', '')}"  # names need not be unique, nor given at all
    time.nodes[key] = operator
    if node.startswith(f"{provider}_"):  # how onnxruntime names what a provider compiled as a whole
        time.fused.add(key)
    time.operator_us[operator] += event["dur"]
    if is_prefill:
        time.prefill_us += event["dur"]
    else:
        time.decode_us += event["dur"]
