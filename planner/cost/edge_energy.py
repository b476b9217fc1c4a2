"""What energy one request takes on a device: joules a token where they were measured, else watts times seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.cost.ends import Ends, ends
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterScope
from planner.profiles.performance import ModelPerformance
from planner.profiles.profile import Ownership
from planner.scenario import Assumptions

Phase = Literal["prefill", "decode"]


@dataclass(frozen=True)
class DeviceUse:
    """What one request asks of a device, and what is known of the model's energy there."""

    busy_s: Quantity
    prefill_s: float  # of the busy seconds, until the first token
    input_tokens: int
    output_tokens: int
    performance: ModelPerformance | None = None  # None: no run tells its energy


@dataclass(frozen=True)
class RequestEnergy:
    """Joules above idle of one request."""

    device_j: Ends  # where the meter reads
    wall_j: Ends  # what the tariff is paid for
    basis: Basis
    input_share: float  # of the joules, spent on the prompt
    how: str
    is_assumed: bool  # rests on the scenario's watts


@dataclass(frozen=True)
class _Phase:
    device_j: Ends
    wall_j: Ends
    basis: Basis
    how: str
    is_assumed: bool = False


def net_power_w(ownership: Ownership, assumptions: Assumptions) -> tuple[Quantity, bool]:
    """Watts above idle while generating, and whether they rest on the scenario's assumption.

    A device whose idle watts are not stated is charged its whole active power: too much rather than too little.
    """
    active, idle = ownership.active_w, ownership.idle_w
    assumed = active is None
    if active is None:
        active, idle = assumptions.active_w, assumptions.idle_w
    if idle is None:
        return active.model_copy(update={"source": "idle not known and not deducted"}), False
    low, high = active.bounds[0] - idle.bounds[1], active.bounds[1] - idle.bounds[0]
    value = max(0.0, active.value - idle.value)
    net = Quantity(
        value=value,
        unit="W",
        basis=weakest(active.basis, idle.basis),
        low=min(value, max(0.0, low)),
        high=max(value, high),
        source="above idle",
        as_of=active.as_of,
    )
    return net, assumed


def request_energy(ownership: Ownership, assumptions: Assumptions, use: DeviceUse) -> RequestEnergy:
    """Energy of one request; measured joules a token go before stated watts, and those before assumed ones.

    In order: the model's own metered run, watts somebody read from a wall meter during that run, the owner's watts,
    watts assumed for that run, the scenario's watts. Each phase takes the first that is known of it (CONVENTION §14).
    """
    prefill = _metered("prefill", ownership, assumptions, use)
    decode = _metered("decode", ownership, assumptions, use)
    if prefill is None and decode is None:
        return _from_watts(ownership, assumptions, use)
    share = use.prefill_s / use.busy_s.value if use.busy_s.value else 0.0
    prompt = prefill or _watts_phase(ownership, assumptions, use, share)
    answer = decode or _watts_phase(ownership, assumptions, use, 1 - share)
    device, wall = prompt.device_j + answer.device_j, prompt.wall_j + answer.wall_j
    return RequestEnergy(
        device_j=device,
        wall_j=wall,
        basis=weakest(prompt.basis, answer.basis),
        input_share=prompt.wall_j.value / wall.value if wall.value else 0.0,
        how=f"prompt {prompt.how}; answer {answer.how}",
        is_assumed=prompt.is_assumed or answer.is_assumed,
    )


def _from_watts(ownership: Ownership, assumptions: Assumptions, use: DeviceUse) -> RequestEnergy:
    phase = _watts_phase(ownership, assumptions, use, 1.0)
    return RequestEnergy(
        device_j=phase.device_j,
        wall_j=phase.wall_j,
        basis=phase.basis,
        input_share=use.prefill_s / use.busy_s.value if use.busy_s.value else 0.0,
        how=phase.how,
        is_assumed=phase.is_assumed,
    )


def _watts_phase(ownership: Ownership, assumptions: Assumptions, use: DeviceUse, share: float) -> _Phase:
    """Watts above idle, at the wall, times this share of the busy seconds."""
    power, assumed = net_power_w(ownership, assumptions)
    joules = ends(power) * ends(use.busy_s).times(share)
    label = power.basis.value if ownership.active_w is not None else "the scenario's assumption"
    return _Phase(
        device_j=joules,
        wall_j=joules,
        basis=weakest(power.basis, use.busy_s.basis),
        how=(
            f"{text.seconds(use.busy_s.value * share)} at {text.significant(power.value)} W, {power.source} ({label})"
        ),
        is_assumed=assumed,
    )


def _metered(phase: Phase, ownership: Ownership, assumptions: Assumptions, use: DeviceUse) -> _Phase | None:
    """What a run's meter says of a phase; None where it says nothing, or where better is known."""
    performance = use.performance
    if performance is None or performance.energy_meter is None:
        return None
    meter = performance.energy_meter
    if meter.kind is MeterKind.ASSUMED and ownership.active_w is not None:
        return None
    figure, above = _joules_per_token(performance, phase)
    if figure is None:
        return None
    tokens = use.input_tokens if phase == "prefill" else use.output_tokens - 1  # the prompt yields the first token
    device = ends(figure).times(tokens)
    efficiency = None if meter.scope is MeterScope.WALL else ownership.wall_efficiency or assumptions.wall_efficiency
    wall = device if efficiency is None else device.over(ends(efficiency))
    bases = [figure.basis, use.busy_s.basis, *([] if efficiency is None else [efficiency.basis])]
    return _Phase(
        device_j=device,
        wall_j=wall,
        basis=weakest(*bases),
        how=(
            f"{tokens:,} × {text.significant(figure.value)} J/tok {above} "
            f"({figure.basis.value}: {_meter_words(meter, efficiency)})"
        ),
    )


def _joules_per_token(performance: ModelPerformance, phase: Phase) -> tuple[Quantity | None, str]:
    """Above idle; gross where idle is not known, which is too much rather than too little."""
    marginal, gross = {
        "prefill": (performance.prefill_j_per_tok, performance.prefill_gross_j_per_tok),
        "decode": (performance.decode_j_per_tok, performance.decode_gross_j_per_tok),
    }[phase]
    if marginal is not None:
        return marginal, "above idle"
    return gross, "with idle, which is not known"


def _meter_words(meter: EnergyMeter, efficiency: Quantity | None) -> str:
    if meter.scope is MeterScope.WALL:
        return f"{meter.name}, at the wall"
    if efficiency is None:
        return f"{meter.name}, behind the power supply, whose loss is not known and not charged"
    return f"{meter.name}, ÷ {text.share(efficiency.value)} from the wall"
