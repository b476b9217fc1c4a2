"""What a run's energy says: joules a token, gross and above idle; the replicates are process starts (§10)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import date
from typing import get_args

from planner.basis import Quantity
from planner.documents import Frozen
from planner.measurement.energy.figures import EnergyMeter, Phase, PhaseEnergy, RoundEnergy, RunEnergy
from planner.measurement.intervals import replicate_half_width
from planner.units import Unit


class PhaseFigures(Frozen):
    """One phase over all rounds; None with the reason where unknown."""

    phase: Phase
    marginal_j_per_tok: Quantity | None  # above idle
    gross_j_per_tok: Quantity | None
    active_w: Quantity | None  # mean power while the phase runs, idle included
    reason: str = ""  # why a figure is None


class EnergySummary(Frozen):
    """Figures derived from a run's energy."""

    phases: tuple[PhaseFigures, ...]  # those the rounds ran, prefill before decode
    idle_w: Quantity | None

    def of(self, phase: Phase) -> PhaseFigures | None:
        """What is known of a phase; None where no round ran it."""
        return next((each for each in self.phases if each.phase == phase), None)


def summarise_energy(energy: RunEnergy | None, rounds: Sequence[RoundEnergy | None], as_of: date) -> EnergySummary:
    """Derive every figure. Hand over whole rounds only: a partial one has another mix of lengths."""
    if energy is None or energy.meter is None:
        return EnergySummary(phases=(), idle_w=None)
    summary = _Summary(energy, energy.meter, as_of)
    told = [each for each in rounds if each is not None]
    by_phase = [(phase, [part for each in told if (part := each.of(phase)) is not None]) for phase in get_args(Phase)]
    return EnergySummary(
        phases=tuple(summary.phase(phase, parts) for phase, parts in by_phase if parts), idle_w=summary.idle()
    )


class _Summary:
    def __init__(self, energy: RunEnergy, meter: EnergyMeter, as_of: date) -> None:
        self._energy = energy
        self._meter = meter
        self._as_of = as_of

    def idle(self) -> Quantity | None:
        """The watts that are subtracted; the figures before and after are the ends of their interval."""
        watts, drift_w = self._energy.idle_w, self._energy.idle_drift_w
        if watts is None:
            return None
        if drift_w is None or not self._replicates:
            return self._quantity(watts, "W", None, None, "at rest")
        return self._quantity(watts, "W", watts - drift_w / 2, watts + drift_w / 2, "at rest before and after")

    def phase(self, phase: Phase, parts: Sequence[PhaseEnergy]) -> PhaseFigures:
        """One figure a round, then the median and the interval of the mean."""
        known = [(part, part.gross_j) for part in parts if part.gross_j is not None]
        if not known:
            return PhaseFigures(
                phase=phase, marginal_j_per_tok=None, gross_j_per_tok=None, active_w=None, reason=parts[0].reason
            )
        idle_w = self._energy.idle_w
        marginal, reason = None, ""
        if idle_w is None:
            reason = self._energy.idle_reason
        else:
            values = [(joules - idle_w * part.duration_s) / part.tokens for part, joules in known]
            s_per_tok = statistics.fmean(part.duration_s / part.tokens for part, _ in known)
            # Where between its two ends idle was during a round nobody knows.
            drift_j_per_tok = (self._energy.idle_drift_w or 0.0) / 2 * s_per_tok
            marginal = self._figure(values, "J/tok", drift_j_per_tok) if statistics.median(values) > 0 else None
            reason = "" if marginal else "the meter showed no more than at rest"
        return PhaseFigures(
            phase=phase,
            marginal_j_per_tok=marginal,
            gross_j_per_tok=self._figure([joules / part.tokens for part, joules in known], "J/tok"),
            active_w=self._figure([joules / part.duration_s for part, joules in known], "W"),
            reason=reason,
        )

    def _figure(self, values: Sequence[float], unit: Unit, wider: float = 0.0) -> Quantity:
        """The median, with the mean's interval widened to hold it and by what the idle figures leave open."""
        value, half_width, mean = statistics.median(values), replicate_half_width(values), statistics.fmean(values)
        rounds = f"{len(values)} rounds" if len(values) > 1 else "1 round"
        if half_width is None or not self._replicates:
            return self._quantity(value, unit, None, None, rounds)
        low, high = mean - half_width - wider, mean + half_width + wider
        return self._quantity(value, unit, max(min(low, value), 0.0), max(high, value), rounds)

    @property
    def _replicates(self) -> bool:
        """Typed watts are one figure however many rounds there are: their spread says nothing of their error."""
        return self._meter.period_s is not None

    def _quantity(self, value: float, unit: Unit, low: float | None, high: float | None, how: str) -> Quantity:
        return Quantity(
            value=value,
            unit=unit,
            basis=self._meter.basis,
            low=low,
            high=high,
            source=f"{self._meter.name}, {how}",
            as_of=self._as_of,
        )
