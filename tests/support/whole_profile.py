"""A device profile with everything that a file of today can hold, small and the same on every day and machine."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from planner.basis import Basis, Quantity
from planner.measurement.contentions import Contention
from planner.measurement.energy.figures import (
    EnergyMeter,
    MeterKind,
    MeterProblem,
    MeterScope,
    PhaseEnergy,
    RoundEnergy,
    RunEnergy,
)
from planner.measurement.node_placement import NodePlacement, OperatorTime
from planner.measurement.readings import Reading
from planner.measurement.roofline import KernelRate, Roofline, RooflinePoint
from planner.measurement.runs import RoundState, Run, ThreadTrial
from planner.measurement.soaks import Soak
from planner.profiles.profile import DeviceProfile
from planner.units import Unit
from tests.support.depth_slices import Law, slices_after
from tests.support.machine_readings import quiet
from tests.support.profiles import DAY, NOON, full_profile, run
from tests.support.sustained import contention_of, soak_of

CONTENDED_TURNS = 3  # one of each kind


def whole_profile() -> DeviceProfile:
    """What version 2 could hold, and on top what the device's power supply, nameplate and battery are."""
    plain = version_2_profile()
    ownership = plain.ownership.model_copy(
        update={
            "nameplate_w": _published(45.0, "W"),
            "wall_efficiency": _published(0.88, "share"),
            "battery_price_usd": Decimal("120.00"),
            "battery_cycles": _published(1000.0, "count"),
            "battery_wh": _published(54.0, "Wh"),
            "battery_share": _published(0.25, "share"),
        }
    )
    return plain.model_copy(update={"ownership": ownership})


def _published(value: float, unit: Unit) -> Quantity:
    return Quantity(value=value, unit=unit, basis=Basis.PUBLISHED, source="the maker's data sheet", as_of=DAY)


def version_2_profile() -> DeviceProfile:
    """What version 1 could hold, and on top a run with all that is watched, limits, slices, a soak, contention."""
    plain = full_profile()
    return plain.model_copy(
        update={
            "runs": (*plain.runs, watched_run()),
            "roofline": limits(),
            "slices": (slices_after(Law(), model="smollm2-360m", layers=(2, 16), pairs=2, hours=3),),
            "soaks": (short_soak(),),
            "contentions": (short_contention(),),
        }
    )


def watched_run() -> Run:
    """A run of three rounds, one of them disturbed, that was metered and whose nodes were looked at."""
    plain = run("run-3", model="llama-3.2-1b", hours=2, rounds=3)
    readings = quiet(3, lambda second: {"foreign_cpus": 0.9} if second == 2 else {})
    rounds = tuple(
        one.model_copy(
            update={
                "prefill": tuple(sample.model_copy(update={"began_s": 1.0}) for sample in one.prefill),
                "decode": tuple(sample.model_copy(update={"began_s": 1.5}) for sample in one.decode),
                "warm_up_tok_s": (31.0, 44.0, 49.0, 50.0, 50.0, 49.0, 50.0),
                "is_warm": True,
                "readings": readings,
                "energy": _energy(one.number),
                "read_bandwidth_bytes_s": 31e9,
            }
        )
        for one in plain.rounds
    )
    disturbed = rounds[-1].model_copy(
        update={
            "state": RoundState.DISTURBED,
            "disturbances": ("Other programs kept up to 0.9 CPUs busy, more than 0.12.",),
            "foreign_cpus": 0.9,
        }
    )
    trials = (
        ThreadTrial(threads=4, prefill_tok_s=800.0, decode_tok_s=45.0),
        ThreadTrial(threads=8, prefill_tok_s=1000.0, decode_tok_s=50.0),
    )
    return plain.model_copy(
        update={
            "rounds": (*rounds[:-1], disturbed),
            "settings": plain.settings.model_copy(update={"thread_trials": trials}),
            "energy": _meter(),
            "nodes": (
                NodePlacement(
                    execution_provider="CPUExecutionProvider",
                    nodes=300,
                    fused=0,
                    prefill_share=1.0,
                    decode_share=1.0,
                    operators=(OperatorTime(name="MatMulNBits", nodes=113, time_s=0.5),),
                ),
            ),
        }
    )


def limits(read_gb_s: float = 40.0) -> Roofline:
    """Limits of the CPU with one and with eight threads; one kernel was refused."""

    def measured(value: float, unit: Unit, threads: int) -> Quantity:
        return Quantity(
            value=value,
            low=value * 0.98,
            high=value * 1.02,
            unit=unit,
            basis=Basis.MEASURED,
            source=f"roofline, {threads} threads",
            as_of=DAY,
        )

    def point(threads: int, share: float) -> RooflinePoint:
        rates = (("int4", 900e9), ("fp32", 300e9))
        return RooflinePoint(
            threads=threads,
            read_bytes_s=measured(read_gb_s * 1e9 * share, "B/s", threads),
            kernels=tuple(
                KernelRate(kernel=name, flop_s=measured(rate * share, "FLOP/s", threads)) for name, rate in rates
            ),
        )

    return Roofline(
        measured_at=NOON,
        runtime="onnxruntime 1.32.0",
        execution_provider="CPUExecutionProvider",
        buffer_bytes=2**28,
        points=(point(1, 0.3), point(8, 1.0)),
        refused={"fp16": "the runtime has no such kernel here"},
        foreign_cpus=0.02,
    )


def short_soak() -> Soak:
    """Twenty seconds, of which the first ten are faster."""
    tok_s: Any = [50.0] * 10 + [40.0] * 10
    readings = [
        Reading(at_s=float(second), frequency_mhz=3400.0, temperature_c=70.0, foreign_cpus=0.01)
        for second in range(0, 26, 5)
    ]
    return soak_of(tok_s, readings=readings)


def short_contention() -> Contention:
    """The turns of one round, with a few bursts each."""
    whole = contention_of(alone_tok_s=(50,))
    turns = tuple(
        turn.model_copy(update={"bursts": turn.bursts[:4], "windows": turn.windows[:3]})
        for turn in whole.turns[:CONTENDED_TURNS]
    )
    return whole.model_copy(
        update={"turns": turns, "readings": whole.readings[:4], "finished_at": NOON + timedelta(seconds=20)}
    )


def _meter() -> RunEnergy:
    return RunEnergy(
        meter=EnergyMeter(
            kind=MeterKind.RAPL,
            name="package-0",
            scope=MeterScope.CPU_PACKAGE,
            provenance="powercap, measured by the processor",
            basis=Basis.MEASURED,
            period_s=0.001,
        ),
        problems=(MeterProblem(kind=MeterKind.NVML, sentence="No NVIDIA driver is here.", remedy=""),),
        idle_before_w=4.0,
        idle_after_w=4.2,
    )


def _energy(number: int) -> RoundEnergy:
    """8 W in prefill and 12 W in decode, a little more each round."""
    more = 1 + number / 100
    return RoundEnergy(
        phases=(
            PhaseEnergy(phase="prefill", tokens=128, duration_s=0.5, gross_j=4.0 * more),
            PhaseEnergy(phase="decode", tokens=8, duration_s=1.0, gross_j=12.0 * more),
        )
    )
