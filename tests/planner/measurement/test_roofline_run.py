"""The real child measures a roofline on tiny sizes; it ends when told, and says why when it fails."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest

from planner.basis import Basis, known
from planner.child import Child
from planner.device.facts import Cache, DeviceFacts
from planner.errors import MeasurementError, NotEnoughMemoryError, StoppedError
from planner.measurement import roofline_run
from planner.measurement.roofline_graphs import KERNELS, write_graphs
from planner.measurement.roofline_run import Effort, measure_roofline, plenty_bytes
from planner.measurement.worker import roofline as child_side
from tests.support.measuring import machine

MIB = 2**20
TINY = Effort(passes=3, block_s=0.0005, rows=4, inputs=128, outputs=64, buffer_bytes=2 * MIB)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """Every child that is started."""
    started: list[Child] = []
    start = Child.start

    def spy(*arguments: object, **options: object) -> Child:
        started.append(start(*arguments, **options))  # pyright: ignore[reportArgumentType]
        return started[-1]

    monkeypatch.setattr(Child, "start", spy)
    return started


def with_caches(*caches: Cache, cores: int = 2) -> DeviceFacts:
    facts = machine(physical_cores=cores)
    return facts.model_copy(update={"cpu": facts.cpu.model_copy(update={"caches": known(caches, "test")})})


def test_memory_and_every_kernel_by_thread_count() -> None:
    phases: list[str] = []
    measured = measure_roofline(machine(), effort=TINY, on_phase=phases.append)
    assert phases[0] == "preparing"
    assert phases[1:] == [
        f"pass {number} of 3, {threads}" for number in (1, 2, 3) for threads in ("1 thread", "2 threads")
    ]
    assert measured.runtime.startswith("onnxruntime 1.")
    assert measured.execution_provider == "CPUExecutionProvider"
    assert measured.buffer_bytes == 2 * MIB
    assert measured.refused == {}
    assert measured.foreign_cpus is not None
    assert [each.threads for each in measured.points] == [1, 2]
    for point in measured.points:
        assert [each.kernel for each in point.kernels] == list(KERNELS)
        for figure in (point.read_bytes_s, *(each.flop_s for each in point.kernels)):
            assert figure.basis is Basis.MEASURED
            assert figure.low is not None
            assert figure.as_of == measured.measured_at.date()
            assert figure.source.endswith(f"{measured.runtime}, 3 passes")


def test_a_kernel_the_runtime_refuses_is_missing_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(folder: Path, kernels: Sequence[str], **shape: int) -> tuple[Path, dict[str, Path]]:
        reading, products = write_graphs(folder, kernels, **shape)
        products["int8"].write_bytes(b"not a graph")
        return reading, products

    monkeypatch.setattr(roofline_run, "write_graphs", spoilt)
    measured = measure_roofline(machine(), threads=(1,), kernels=("fp32", "int8"), effort=TINY)
    assert measured.refused.keys() == {"int8"}
    assert "int8.onnx" in measured.refused["int8"]
    assert [each.kernel for each in measured.points[0].kernels] == ["fp32"]


def test_stop_ends_the_child(children: list[Child]) -> None:
    stop = threading.Event()
    endless = TINY.model_copy(update={"passes": 10**6})
    with pytest.raises(StoppedError, match="before the roofline was measured"):
        measure_roofline(
            machine(),
            threads=(1,),
            effort=endless,
            stop=stop,
            on_phase=lambda phase: stop.set() if "2" in phase else None,
        )
    assert children[0].ending is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_child_that_dies_is_an_error_that_says_during_what(children: list[Child]) -> None:
    def on_phase(phase: str) -> None:
        if phase.startswith("pass 1"):
            os.kill(children[0].pid, signal.SIGKILL)

    endless = TINY.model_copy(update={"passes": 10**6})
    with pytest.raises(MeasurementError, match=r"killed by the system.*during «pass \d") as caught:
        measure_roofline(machine(), threads=(1,), effort=endless, on_phase=on_phase)
    assert caught.value.remedy


def test_what_the_child_complains_of_is_told() -> None:
    with pytest.raises(MeasurementError, match="preparing: a buffer of 4096 bytes is too small for 1 threads"):
        measure_roofline(machine(), threads=(1,), effort=TINY.model_copy(update={"buffer_bytes": 4096}))
    with pytest.raises(MeasurementError, match=r"exit code 1, during «start».*KeyError"):
        measure_roofline(machine(), threads=(1,), effort=TINY, worker="tests.support.child_programs")


def test_other_providers_are_refused_not_guessed() -> None:
    with pytest.raises(MeasurementError, match="not on CUDAExecutionProvider"):
        measure_roofline(machine(), execution_provider="CUDAExecutionProvider")


@pytest.mark.parametrize(
    ("facts", "least", "wanted"),
    [
        (machine(), 128 * MIB, 256 * MIB),  # caches unknown
        (with_caches(Cache(level=3, kind="unified", size_bytes=32 * MIB)), 64 * MIB, 256 * MIB),
        (with_caches(Cache(level=3, kind="unified", size_bytes=96 * MIB)), 192 * MIB, 768 * MIB),
        (  # eight dies with a cache each
            with_caches(Cache(level=3, kind="unified", size_bytes=32 * MIB, shared_by_cores=8), cores=64),
            512 * MIB,
            2048 * MIB,
        ),
        (  # the level next to memory counts, whatever the order
            with_caches(
                Cache(level=2, kind="unified", size_bytes=2 * MIB), Cache(level=1, kind="data", size_bytes=32 * 1024)
            ),
            4 * MIB,
            256 * MIB,
        ),
    ],
)
def test_the_buffer_is_far_larger_than_all_caches_together(facts: DeviceFacts, least: int, wanted: int) -> None:
    assert plenty_bytes(facts) == (least, wanted)


def test_memory_too_small_to_read_past_the_caches_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roofline_run, "available_bytes", lambda: 600 * MIB)
    with pytest.raises(NotEnoughMemoryError, match=r"needs a buffer of 128 MiB, and half of the free memory is 44 MiB"):
        measure_roofline(machine())


def test_the_probe_counts_whole_readings_over_the_time_they_took(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()
    monkeypatch.setattr(child_side.time, "perf_counter", lambda: next(ticks) * 0.01)
    rate = child_side.read_bandwidth_probe(1, 0.045, buffer_bytes=MIB)
    assert rate == pytest.approx(5 * MIB / 0.06)  # looked at 0, after each of five readings, and once at the end


def test_the_probe_reads_once_at_least_with_every_thread() -> None:
    assert child_side.read_bandwidth_probe(2, 0.0, buffer_bytes=MIB) > 0


def test_a_block_is_told_by_its_median_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    spent_ns = iter([1, 1, 10, 1, 1])
    clock = [0]

    def work() -> None:
        clock[0] += next(spent_ns) * 1_000_000

    monkeypatch.setattr(child_side.time, "perf_counter_ns", lambda: clock[0])
    monkeypatch.setattr(child_side.time, "perf_counter", lambda: clock[0] / 1e9)
    assert child_side._block(child_side.Timed(work, 5.0), 0.0135) == pytest.approx(5.0 / 0.001)
