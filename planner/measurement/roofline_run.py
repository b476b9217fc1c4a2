"""measure_roofline(): memory is read and matrices are multiplied in a child process, for some seconds."""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from planner import text
from planner.basis import Basis, Quantity
from planner.child import Child, Message
from planner.child_ending import Ending, EndKind
from planner.device.facts import DeviceFacts
from planner.documents import Frozen
from planner.errors import MeasurementError, NotEnoughMemoryError, StoppedError
from planner.measurement.foreign_cpu import CpuClock
from planner.measurement.intervals import half_width_95
from planner.measurement.memory_check import RESERVE_BYTES, available_bytes
from planner.measurement.roofline import KernelRate, Roofline, RooflinePoint
from planner.measurement.roofline_graphs import KERNELS, write_graphs
from planner.measurement.thread_choice import candidates
from planner.units import BYTES_PER_GIB, BYTES_PER_MIB, Unit

WORKER = "planner.measurement.worker"
MEMORY = "memory"
CPU_PROVIDER = "CPUExecutionProvider"
PLENTY_BYTES = 256 * BYTES_PER_MIB
MOST_BUFFER_BYTES = 4 * BYTES_PER_GIB
CACHES_FOR_PLENTY = 8  # of a buffer this many times the caches at most an eighth can be read from them
CACHES_AT_LEAST = 2
OTHER_BYTES = 512 * BYTES_PER_MIB  # the child's own: runtime, weights of every kernel and thread count
SILENCE_S = 60.0


class Effort(Frozen):
    """How long the roofline is measured, and the shape of its products: rows tokens through inputs × outputs."""

    passes: int = Field(default=7, ge=2)
    block_s: float = Field(default=0.05, gt=0)
    rows: int = Field(default=512, gt=0)
    inputs: int = Field(default=2048, gt=0, multiple_of=128)
    outputs: int = Field(default=2048, gt=0)
    buffer_bytes: int | None = Field(default=None, gt=0)  # None: far more than the caches hold


OnPhase = Callable[[str], None]
"""Told what the child does now, in words: «pass 3 of 7, 2 threads»."""


def unwatched(phase: str) -> None:
    """An `on_phase` for callers that do not watch."""


def measure_roofline(
    facts: DeviceFacts,
    *,
    execution_provider: str = CPU_PROVIDER,
    threads: Sequence[int] | None = None,
    kernels: Sequence[str] = KERNELS,
    effort: Effort | None = None,
    on_phase: OnPhase = unwatched,
    stop: threading.Event | None = None,
    worker: str = WORKER,
) -> Roofline:
    """Read memory and multiply matrices for some seconds in a child process, by thread count.

    Without `threads`: one, half and all cores, and all hyper-threads where there are more. `on_phase` is called in
    this thread; `stop` ends the child within two seconds with a StoppedError. A child that fails is a
    MeasurementError that says during what.
    """
    if execution_provider != CPU_PROVIDER:
        raise MeasurementError(
            f"a roofline can be measured on {CPU_PROVIDER} only, not on {execution_provider}",
            remedy="Compare with the memory bandwidth that the maker of the accelerator states.",
        )
    effort = effort or Effort()
    buffer_bytes = effort.buffer_bytes or _buffer_bytes(facts)
    heard = _Heard(on_phase)
    with tempfile.TemporaryDirectory(prefix="edgewise-roofline-", ignore_cleanup_errors=True) as folder:
        reading, products = _graphs(Path(folder), kernels, effort)
        request: Message = {
            "verb": "roofline",
            "read_graph": str(reading),
            "kernels": {kernel: str(path) for kernel, path in products.items()},
            "execution_provider": execution_provider,
            "thread_counts": sorted(set(threads or (1, *candidates(facts)))),
            "buffer_bytes": buffer_bytes,
            **effort.model_dump(exclude={"buffer_bytes"}),
        }
        limit = max(available_bytes() - RESERVE_BYTES, RESERVE_BYTES)
        child = Child.start(worker, request, memory_limit_bytes=limit)
        with child:
            for message in child.messages(silence_s=SILENCE_S, stop=stop):
                heard.take(message)
    if not heard.done:
        raise _broke_off(heard, child.ending)
    now = datetime.now(UTC)
    return Roofline(
        measured_at=now,
        runtime=heard.runtime,
        execution_provider=execution_provider,
        buffer_bytes=buffer_bytes,
        points=tuple(_points(heard, now)),
        refused=heard.refused,
        foreign_cpus=heard.foreign_cpus,
    )


def plenty_bytes(facts: DeviceFacts) -> tuple[int, int]:
    """Bytes of a buffer that caches cannot serve: the fewest, and what is better still.

    All last-level caches of the machine together count: a processor of many dies has one a die.
    """
    caches = facts.cpu.caches.value or ()
    last = max(caches, key=lambda cache: cache.level, default=None)
    if last is None:
        return PLENTY_BYTES // 2, PLENTY_BYTES
    cores = facts.cpu.physical_cores.value or 1
    together = last.size_bytes * (-(-cores // last.shared_by_cores) if last.shared_by_cores else 1)
    return CACHES_AT_LEAST * together, min(max(PLENTY_BYTES, CACHES_FOR_PLENTY * together), MOST_BUFFER_BYTES)


class _Began(Frozen):
    type: Literal["phase"]
    phase: str


class _Runtime(Frozen):
    type: Literal["runtime"]
    runtime: str


class _Rate(Frozen):
    type: Literal["rate"]
    what: str
    threads: int = Field(gt=0)
    per_s: float = Field(gt=0)


class _Refused(Frozen):
    type: Literal["refused"]
    what: str
    reason: str


class _Failed(Frozen):
    type: Literal["error"]
    error: str


class _Done(Frozen):
    type: Literal["done"]
    cpu_s: float = Field(ge=0)


_Said = _Began | _Runtime | _Rate | _Refused | _Failed | _Done
_SAID: TypeAdapter[_Said] = TypeAdapter(Annotated[_Said, Field(discriminator="type")])


class _Heard:
    """What the child said so far."""

    def __init__(self, on_phase: OnPhase) -> None:
        self.runtime = "onnxruntime"
        self.phase = "start"
        self.refused: dict[str, str] = {}
        self.error: str | None = None
        self.done = False
        self.foreign_cpus: float | None = None
        self.rates: defaultdict[int, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self._on_phase = on_phase
        self._clock = CpuClock.now()

    def take(self, message: Message) -> None:
        """Note one message; what no version of this program says is noise."""
        try:
            said = _SAID.validate_json(json.dumps(message))
        except ValidationError:
            return
        match said:
            case _Began(phase=phase):
                self.phase = phase
                self._on_phase(phase)
            case _Runtime(runtime=runtime):
                self.runtime = runtime
            case _Rate():
                self.rates[said.threads][said.what].append(said.per_s)
            case _Refused():
                self.refused[said.what] = said.reason
            case _Failed(error=error):
                self.error = error
            case _Done(cpu_s=cpu_s):
                self.done = True
                self.foreign_cpus = self._clock.foreign_cpus(CpuClock.now(), cpu_s)


def _buffer_bytes(facts: DeviceFacts) -> int:
    """As much as is better still, or what memory is free for, if that is enough."""
    least, wanted = plenty_bytes(facts)
    free = (available_bytes() - OTHER_BYTES) // 2
    if free < least:
        raise NotEnoughMemoryError(
            f"reading past the caches needs a buffer of {text.size(least)}, and half of the free memory is "
            f"{text.size(max(free, 0))}",
            remedy="Close other programs.",
        )
    return min(wanted, free)


def _graphs(folder: Path, kernels: Sequence[str], effort: Effort) -> tuple[Path, dict[str, Path]]:
    try:
        return write_graphs(folder, kernels, inputs=effort.inputs, outputs=effort.outputs)
    except OSError as error:
        raise MeasurementError(
            f"the graphs of the roofline cannot be written: {error.strerror}",
            where=str(folder),
            remedy="Free some space there.",
        ) from error


def _broke_off(heard: _Heard, ending: Ending | None) -> MeasurementError:
    if ending is not None and ending.kind is EndKind.STOPPED:
        return StoppedError("stopped before the roofline was measured")
    if heard.error is not None:
        what = f"{heard.phase}: {heard.error}"
    elif ending is None or ending.kind is EndKind.ENDED:
        what = f"the child process ended during «{heard.phase}» without finishing"
    else:
        what = f"{ending.sentence}, during «{heard.phase}»{ending.last_words}"
    return MeasurementError(what, where="roofline", remedy="Close other programs and try again.")


def _points(heard: _Heard, now: datetime) -> Iterable[RooflinePoint]:
    for threads, rates in sorted(heard.rates.items()):
        source = f"roofline at {threads} thread{'s' if threads != 1 else ''}, {heard.runtime}"

        def quantity(values: Sequence[float], unit: Unit, source: str = source) -> Quantity:
            return _quantity(values, unit, source, now)

        yield RooflinePoint(
            threads=threads,
            read_bytes_s=quantity(rates[MEMORY], "B/s"),
            kernels=tuple(
                KernelRate(kernel=name, flop_s=quantity(values, "FLOP/s"))
                for name, values in rates.items()
                if name != MEMORY
            ),
        )


def _quantity(values: Sequence[float], unit: Unit, source: str, now: datetime) -> Quantity:
    """The median of the passes, never the best; the interval is that of their mean, widened to hold the median."""
    value, half_width = statistics.median(values), half_width_95(values)
    interval: tuple[float | None, float | None] = (None, None)
    if half_width is not None:
        mean = statistics.fmean(values)
        interval = (max(min(mean - half_width, value), 0.0), max(mean + half_width, value))
    return Quantity(
        value=value,
        unit=unit,
        basis=Basis.MEASURED,
        low=interval[0],
        high=interval[1],
        source=f"{source}, {len(values)} passes",
        as_of=now.date(),
    )
