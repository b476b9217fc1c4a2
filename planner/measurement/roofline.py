"""What a device can do at most: memory read bandwidth and the rates of matrix products, by thread count."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from planner.basis import Quantity
from planner.documents import Frozen
from planner.ranges import Size
from planner.units import Unit


def _in(unit: Unit) -> AfterValidator:
    def check(figure: Quantity) -> Quantity:
        if figure.unit != unit or figure.bounds[0] < 0 or figure.value <= 0:
            raise ValueError(f"must be a positive number of {unit}")
        return figure

    return AfterValidator(check)


BytesPerSecond = Annotated[Quantity, _in("B/s")]
OperationsPerSecond = Annotated[Quantity, _in("FLOP/s")]


class KernelRate(Frozen):
    """How fast one kernel multiplies matrices: a weight format's name, or «dynamic-int8»."""

    kernel: str
    flop_s: OperationsPerSecond  # a multiply-add counts as two operations, whatever its width


class RooflinePoint(Frozen):
    """What the device can do with so many threads."""

    threads: int = Field(gt=0, le=10**6)
    read_bytes_s: BytesPerSecond
    kernels: tuple[KernelRate, ...]

    def flop_s(self, kernel: str) -> Quantity | None:
        """The kernel's rate, or None where it was not measured."""
        return next((each.flop_s for each in self.kernels if each.kernel == kernel), None)

    @property
    def fastest(self) -> KernelRate | None:
        """The kernel that multiplies fastest here, of those that were measured."""
        return max(self.kernels, key=lambda each: each.flop_s.value, default=None)


class Roofline(Frozen):
    """Physical limits of a device on one execution provider, to be shown beside what its models reach."""

    measured_at: datetime
    runtime: str  # "onnxruntime 1.32.0"
    execution_provider: str
    buffer_bytes: Size  # that was read
    points: tuple[RooflinePoint, ...] = Field(min_length=1)  # ascending by threads
    refused: dict[str, str] = Field(default_factory=dict)  # kernel → why the runtime did not run it
    foreign_cpus: float | None = Field(default=None, ge=0, le=1e6)  # CPUs kept busy by other processes meanwhile

    def at(self, threads: int) -> RooflinePoint | None:
        """The point of that many threads, else the nearest below; None where all have more."""
        return max(
            (each for each in self.points if each.threads <= threads), key=lambda each: each.threads, default=None
        )
