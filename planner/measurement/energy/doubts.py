"""What is doubtful about a run's energy, each doubt with its size and the next step."""

from __future__ import annotations

from collections.abc import Sequence

from planner import text
from planner.basis import Basis, Doubt
from planner.measurement.energy.figures import (
    WHOLE_SCOPES,
    EnergyMeter,
    MeterKind,
    MeterScope,
    RoundEnergy,
    RunEnergy,
)

DRIFTING_SHARE = 0.05
"""Idle that moved by more than this share of what the model added to it makes a doubt."""

_Found = tuple[str, str, str] | None

_LEFT_OUT = {
    MeterScope.CPU_PACKAGE: "the processor alone: memory, any graphics board, display and power supply are left out",
    MeterScope.CPU_AND_MEMORY: "processor and memory alone: any graphics board, display and power supply are left out",
    MeterScope.PLATFORM: "what the maker wired to the platform counter: the power supply's losses are left out",
    MeterScope.GPU_BOARD: "the graphics board alone: processor, memory and power supply are left out",
    MeterScope.CPU_AND_GPU: "processor and graphics board: display and power supply are left out",
    MeterScope.CHIP: "the chip's CPU, GPU and neural engine alone: memory, display and power supply are left out",
}


def energy_doubts(energy: RunEnergy | None, rounds: Sequence[RoundEnergy | None], subject: str) -> tuple[Doubt, ...]:
    """Every reason to trust the energy less, the weightiest first; none where no meter was looked for."""
    if energy is None:
        return ()
    told = [each for each in rounds if each is not None]
    meter = energy.meter
    found = (
        (_no_meter(energy),)
        if meter is None
        else (
            _stated(meter),
            _coarse(meter, told),
            _no_idle(energy),
            _drift(energy, told),
            _modelled(meter),
            _partial(meter),
        )
    )
    return tuple(
        Doubt(kind=kind, sentence=sentence, advice=advice, subject=subject)
        for kind, sentence, advice in (each for each in found if each is not None)
    )


def _no_meter(energy: RunEnergy) -> _Found:
    first = energy.problems[0]
    return (
        "NoEnergyMeter",
        f"No energy was measured. {first.sentence}",
        first.remedy or "Read a wall meter at rest and while a model runs, and type both in.",
    )


def _stated(meter: EnergyMeter) -> _Found:
    if meter.kind is MeterKind.ASSUMED:
        return "AssumedPower", f"The energy rests on watts that nobody read: {meter.provenance}.", "Read a meter."
    if meter.kind is MeterKind.WALL_METER:
        return (
            "TypedPower",
            "The energy rests on two readings of a wall meter, the same for prefill and decode.",
            "Where the device has a meter of its own, make it readable to tell the two phases apart.",
        )
    return None


def _coarse(meter: EnergyMeter, rounds: Sequence[RoundEnergy]) -> _Found:
    unknown = [part for each in rounds for part in each.phases if part.gross_j is None]
    if not unknown:
        return None
    everything = sum(len(each.phases) for each in rounds)
    return (
        "CoarseMeter",
        f"{meter.name} could not tell the energy of {len(unknown)} of {everything} phases: {unknown[0].reason}.",
        "Measure longer: without --quick, with longer prompts, or with a sustained run.",
    )


def _no_idle(energy: RunEnergy) -> _Found:
    missing = [energy.idle_before_w, energy.idle_after_w].count(None)
    if not missing:
        return None
    which = "Idle power is unknown" if energy.idle_w is None else "Idle power was measured on one side only"
    loss = "no energy above idle can be given" if energy.idle_w is None else "so a drift would stay unseen"
    return "IdleUnknown", f"{which} ({energy.idle_reason}): {loss}.", "Let the measurement run to its end."


def _drift(energy: RunEnergy, rounds: Sequence[RoundEnergy]) -> _Found:
    drift_w, idle_w = energy.idle_drift_w, energy.idle_w
    known = [(part.gross_j, part.duration_s) for each in rounds for part in each.phases if part.gross_j is not None]
    if drift_w is None or idle_w is None or not known:
        return None
    added_w = sum(joules for joules, _ in known) / sum(duration_s for _, duration_s in known) - idle_w
    if drift_w <= DRIFTING_SHARE * max(added_w, 0.0):
        return None
    before, after = text.in_unit(energy.idle_before_w or 0.0, "W"), text.in_unit(energy.idle_after_w or 0.0, "W")
    added = text.in_unit(added_w, "W")
    return (
        "IdleDrift",
        f"At rest the device drew {before} before and {after} after, beside {added} for the model.",
        "Close other programs, let the device cool down and measure again.",
    )


def _modelled(meter: EnergyMeter) -> _Found:
    if meter.basis is not Basis.ESTIMATED or meter.kind is MeterKind.WALL_METER:
        return None
    return (
        "ModelledEnergy",
        f"{meter.name} is estimated by the device rather than measured ({meter.provenance}).",
        "Compare it once with a wall meter.",
    )


def _partial(meter: EnergyMeter) -> _Found:
    if meter.scope in WHOLE_SCOPES:
        return None
    return (
        "PartialScope",
        f"The energy is that of {_LEFT_OUT[meter.scope]}.",
        "For costs at the wall, read a wall meter and type its figures in.",
    )
