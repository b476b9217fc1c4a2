"""What was learnt of a run's energy, as values a document keeps: the meter, idle watts, joules of each phase."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.basis import Basis
from planner.documents import Frozen
from planner.ranges import Tokens

MOST_W = 1e6
MOST_J = 1e12
MOST_S = 1e9

Watt = Annotated[float, Field(ge=0, le=MOST_W)]
Joule = Annotated[float, Field(gt=0, le=MOST_J)]
Phase = Literal["prefill", "decode"]


class MeterKind(StrEnum):
    """Where the energy is read, in the order in which meters are looked for."""

    RAPL = "rapl"
    NVML = "nvml"
    BATTERY = "battery"
    POWERMETRICS = "powermetrics"
    EMI = "emi"
    WALL_METER = "wall_meter"  # two readings that somebody typed in
    ASSUMED = "assumed"  # nobody read anything


class MeterScope(StrEnum):
    """What a meter covers; all but the last two leave a part of the device out."""

    CPU_PACKAGE = "cpu_package"
    CPU_AND_MEMORY = "cpu_and_memory"
    PLATFORM = "platform"  # the processor and whatever else the maker wired to its psys input
    GPU_BOARD = "gpu_board"
    CPU_AND_GPU = "cpu_and_gpu"
    CHIP = "chip"  # CPU, GPU and neural engine of one chip
    WHOLE_DEVICE = "whole_device"
    WALL = "wall"


WHOLE_SCOPES = frozenset({MeterScope.WHOLE_DEVICE, MeterScope.WALL})


class MeterProblem(Frozen):
    """A meter that was looked for and is not used, why, and what would make it usable."""

    kind: MeterKind
    sentence: str
    remedy: str = ""


class EnergyMeter(Frozen):
    """The meter that was read."""

    kind: MeterKind
    name: str  # "package-0 + dram", "NVIDIA H100 80GB HBM3", "BAT0"
    scope: MeterScope
    provenance: str  # the file, call or person the figures come from, and how good they are
    basis: Basis
    period_s: float | None = Field(default=None, gt=0, le=MOST_S)  # between two figures of its own; None: typed watts


class PhaseEnergy(Frozen):
    """Energy of one phase in one round, idle included; None with the reason where the meter cannot tell."""

    phase: Phase
    tokens: Tokens  # prompt tokens read, or tokens put out
    duration_s: float = Field(gt=0, le=MOST_S)
    gross_j: Joule | None
    reason: str = ""

    @model_validator(mode="after")
    def _known_or_explained(self) -> Self:
        if self.gross_j is None and not self.reason:
            raise ValueError("unknown energy needs a reason")
        return self


class RoundEnergy(Frozen):
    """Energy of one round, each phase at most once."""

    phases: tuple[PhaseEnergy, ...] = Field(max_length=2)

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        if len({each.phase for each in self.phases}) < len(self.phases):
            raise ValueError("a phase stands twice in one round")
        return self

    def of(self, phase: Phase) -> PhaseEnergy | None:
        """What is known of a phase; None where the round did not run it."""
        return next((each for each in self.phases if each.phase == phase), None)


class RunEnergy(Frozen):
    """The meter of a run and what the device drew at rest, before its first round and after its last.

    Rounds hold gross joules and the run the idle watts, because what is subtracted from every round, the mean of
    both, is known only after the last one.
    """

    meter: EnergyMeter | None  # None: no meter could be read, see the problems
    problems: tuple[MeterProblem, ...] = ()
    idle_before_w: Watt | None = None
    idle_after_w: Watt | None = None
    idle_reason: str = ""  # why one of them is unknown

    @model_validator(mode="after")
    def _known_or_explained(self) -> Self:
        if self.meter is None and not self.problems:
            raise ValueError("a run without a meter needs a problem that says why")
        if self.meter is not None and None in {self.idle_before_w, self.idle_after_w} and not self.idle_reason:
            raise ValueError("unknown idle watts need a reason")
        return self

    @property
    def idle_w(self) -> float | None:
        """What is subtracted: the mean of both idle figures, or the one that is known."""
        known = [each for each in (self.idle_before_w, self.idle_after_w) if each is not None]
        return sum(known) / len(known) if known else None

    @property
    def idle_drift_w(self) -> float | None:
        """How much further apart the idle figures are than they should be; None unless both are known."""
        if self.idle_before_w is None or self.idle_after_w is None:
            return None
        return abs(self.idle_after_w - self.idle_before_w)
