"""How fast and at what energy a model runs on a device, as a metered run would say."""

from __future__ import annotations

from planner.basis import Basis, Quantity
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterScope
from planner.profiles.performance import ModelPerformance, RatePoint
from planner.units import Unit


def measured(value: float, unit: Unit, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, unit=unit, basis=Basis.MEASURED, low=low, high=high, source="test meter")


def meter(kind: MeterKind = MeterKind.RAPL, scope: MeterScope = MeterScope.CPU_AND_MEMORY) -> EnergyMeter:
    basis = {MeterKind.WALL_METER: Basis.ESTIMATED, MeterKind.ASSUMED: Basis.ASSUMED}.get(kind, Basis.MEASURED)
    return EnergyMeter(kind=kind, name=kind.value, scope=scope, provenance="test", basis=basis, period_s=0.001)


def performance(**changes: object) -> ModelPerformance:
    """Prefill 0.02 J/tok and decode 0.5 J/tok above idle at the processor and its memory."""
    values: dict[str, object] = {
        "model": "llama-3.2-1b",
        "weight_format": "int4",
        "runtime": "test runtime",
        "execution_provider": "CPU",
        "basis": Basis.MEASURED,
        "prefill": (RatePoint(tokens=512, tok_s=measured(1000, "tok/s")),),
        "decode": (RatePoint(tokens=512, tok_s=measured(50, "tok/s")),),
        "load_s": None,
        "peak_memory_bytes": None,
        "rounds": 3,
        "run_id": "run-1",
        "architecture": "llama-3.2-1b",
        "prefill_j_per_tok": measured(0.02, "J/tok", 0.018, 0.022),
        "decode_j_per_tok": measured(0.5, "J/tok", 0.45, 0.55),
        "energy_meter": meter(),
    }
    return ModelPerformance.model_validate({**values, **changes})
