"""How fast this device reads memory and multiplies matrices, by thread count, through onnxruntime's own kernels."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.measurement.worker.session import ort, refuse_fallback

COLUMNS_PER_THREAD = 8192  # 32 KiB of each row: eight pages in a row, and the thread's part of the sum stays in cache
PROBE_BYTES = 64 * 1024 * 1024
"""What the probe reads again and again: twice a usual last-level cache. It counts in the process's memory."""


def measure(request: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """A `rate` for everything in every pass: bytes a second of the memory, operations a second of each kernel.

    One pass goes through all thread counts and kernels, so that a pass is a replicate: what drifts in seconds is in
    the spread of the passes.
    """
    yield {"type": "phase", "phase": "preparing"}
    yield {"type": "runtime", "runtime": f"onnxruntime {ort.__version__}"}
    timed: dict[int, dict[str, Timed]] = {}
    refused: set[str] = set()
    buffer = filled(request["buffer_bytes"])
    rows, inputs, outputs = request["rows"], request["inputs"], request["outputs"]
    given = np.random.default_rng(0).uniform(-1, 1, (rows, inputs)).astype(np.float32)
    for threads in request["thread_counts"]:
        timed[threads] = {"memory": _reading(request, threads, buffer)}
        for name, graph in request["kernels"].items():
            if name in refused:
                continue
            try:
                timed[threads][name] = _product(request, threads, graph, given, 2.0 * rows * inputs * outputs)
            except Exception as error:  # a build without this kernel still has the others
                refused.add(name)
                yield {"type": "refused", "what": name, "reason": " ".join(str(error).split())[:300]}
    for number in range(1, request["passes"] + 1):
        for threads, subjects in timed.items():
            counted = f"{threads} thread{'s' if threads != 1 else ''}"
            yield {"type": "phase", "phase": f"pass {number} of {request['passes']}, {counted}"}
            for name, subject in subjects.items():
                yield {
                    "type": "rate",
                    "what": name,
                    "threads": threads,
                    "per_s": _block(subject, request["block_s"]),
                }
    yield {"type": "done", "cpu_s": time.process_time()}


def read_bandwidth_probe(threads: int, seconds: float = 0.05, *, buffer_bytes: int = PROBE_BYTES) -> float:
    """Bytes a second read in about `seconds` by plain threads: cheap, without a session, a diagnostic only.

    A cache smaller than half the buffer holds nothing of it when its reading starts again; a larger one serves a
    part, so compare a probe with other probes of the same machine, never with a roofline.
    """
    parts = np.array_split(_probe_buffer(buffer_bytes), threads)
    began_s = time.perf_counter()

    def read(part: NDArray[np.uint64]) -> int:
        total = 0
        while total == 0 or time.perf_counter() - began_s < seconds:
            np.bitwise_or.reduce(part)  # lets go of Python's lock, and needs no BLAS with threads of its own
            total += part.nbytes
        return total

    with ThreadPoolExecutor(threads) as pool:
        total = sum(pool.map(read, parts))
    return total / (time.perf_counter() - began_s)


def filled(size_bytes: int) -> NDArray[np.float32]:
    """A buffer whose every page is its own memory: pages never written would all be one page of zeros."""
    buffer = np.empty(size_bytes // 4, np.float32)
    buffer.fill(0.5)
    return buffer


@cache
def _probe_buffer(size_bytes: int) -> NDArray[np.uint64]:
    return filled(size_bytes).view(np.uint64)


@dataclass(frozen=True)
class Timed:
    """Something to do again and again, and how much gets done each time: bytes or operations."""

    work: Callable[[], object]
    amount: float


def _reading(request: Mapping[str, Any], threads: int, buffer: NDArray[np.float32]) -> Timed:
    """A vector times a matrix that is the whole buffer: every byte is read once, in onnxruntime's own threads.

    The matrix is an input of the graph and not a weight, or onnxruntime would keep a rearranged copy of it.
    """
    columns = COLUMNS_PER_THREAD * threads
    matrix = buffer[: buffer.size // columns * columns].reshape(-1, columns)
    if not matrix.size:
        raise RuntimeError(f"a buffer of {buffer.nbytes} bytes is too small for {threads} threads")
    loaded = _session(request["read_graph"], request["execution_provider"], threads)
    feed = {"a": np.ones((1, matrix.shape[0]), np.float32), "w": matrix}
    loaded.run(None, feed)
    return Timed(lambda: loaded.run(None, feed), matrix.nbytes)


def _product(
    request: Mapping[str, Any], threads: int, graph: str, given: NDArray[np.float32], operations: float
) -> Timed:
    """A matrix product as a prefill does it, weights rearranged beforehand."""
    loaded = _session(graph, request["execution_provider"], threads)
    feed = {"a": given}
    loaded.run(None, feed)
    return Timed(lambda: loaded.run(None, feed), operations)


def _session(graph: str, execution_provider: str, threads: int) -> Any:
    """One of many sessions that take turns: each lets its threads sleep when it is done, or the idle threads of one
    would wait actively, for tens of milliseconds, on the cores that the next is timed on."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "1")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    loaded = ort.InferenceSession(graph, options, providers=[execution_provider])
    refuse_fallback(loaded, execution_provider)
    return loaded


def _block(subject: Timed, block_s: float) -> float:
    """Amount over the median duration of as many repeats as fit `block_s`, at least one."""
    durations_s: list[float] = []
    began_s = time.perf_counter()
    while not durations_s or time.perf_counter() - began_s < block_s:
        start_ns = time.perf_counter_ns()
        subject.work()
        durations_s.append((time.perf_counter_ns() - start_ns) / 1e9)
    return subject.amount / float(np.median(durations_s))
