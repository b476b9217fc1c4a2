"""A roofline answers for a number of threads with what was measured for so many, or for the nearest fewer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from planner.basis import Basis, Quantity
from planner.documents import from_json, to_json
from planner.measurement.roofline import KernelRate, Roofline, RooflinePoint
from planner.units import Unit


def measured(value: float, unit: Unit) -> Quantity:
    return Quantity(value=value, unit=unit, basis=Basis.MEASURED)


def point(threads: int, *kernels: KernelRate) -> RooflinePoint:
    return RooflinePoint(threads=threads, read_bytes_s=measured(10e9 * threads, "B/s"), kernels=kernels)


def kernel(name: str, flop_s: float) -> KernelRate:
    return KernelRate(kernel=name, flop_s=measured(flop_s, "FLOP/s"))


def roofline(*points: RooflinePoint) -> Roofline:
    return Roofline(
        measured_at=datetime(2026, 11, 23, tzinfo=UTC),
        runtime="onnxruntime 1.32.0",
        execution_provider="CPUExecutionProvider",
        buffer_bytes=2**28,
        points=points,
    )


@pytest.mark.parametrize(("threads", "answered_by"), [(1, None), (2, 2), (3, 2), (4, 4), (64, 8)])
def test_the_point_of_so_many_threads_or_the_nearest_below(threads: int, answered_by: int | None) -> None:
    found = roofline(point(2), point(4), point(8)).at(threads)
    assert (found.threads if found is not None else None) == answered_by


def test_kernels_by_name_and_the_fastest() -> None:
    both = point(2, kernel("int4", 263e9), kernel("dynamic-int8", 430e9))
    int4 = both.flop_s("int4")
    assert int4 is not None
    assert int4.value == 263e9
    assert both.flop_s("fp32") is None
    assert both.fastest is not None
    assert both.fastest.kernel == "dynamic-int8"
    assert point(2).fastest is None


def test_a_roofline_survives_its_file() -> None:
    kept = roofline(point(1, kernel("fp32", 90e9)))
    assert from_json(to_json(kept), Roofline, where="test") == kept


@pytest.mark.parametrize("figure", [measured(0.0, "B/s"), measured(1e9, "FLOP/s"), measured(-1.0, "B/s")])
def test_a_limit_is_a_positive_number_in_its_unit(figure: Quantity) -> None:
    with pytest.raises(ValidationError, match="positive number of B/s"):
        RooflinePoint(threads=1, read_bytes_s=figure, kernels=())
