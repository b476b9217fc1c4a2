"""What a soak says in figures: burst, sustained, retained share, curve, knee, and what the machine did beside it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

import numpy as np

from planner import text
from planner.basis import Basis, Quantity
from planner.documents import Frozen
from planner.measurement.readings import RateName, Span, mean, spans
from planner.measurement.runs import RunOutcome
from planner.measurement.soak_fit import BURST_S, FEWEST_WINDOWS, Course, SoakFit, fit
from planner.measurement.soak_noise import Estimate, Series
from planner.measurement.soaks import SUSTAINED_S, Soak
from planner.units import Unit

MINUTE_S = 60.0
ENOUGH_SHARE = 0.995  # of the ten minutes: the last window ends with the turn, not at the second
FEWEST_MOMENTS = 8  # fewer pairs show a correlation of 0.7 by chance too often
WITNESSES: tuple[RateName, ...] = ("frequency_mhz", "temperature_c", "foreign_cpus", "steal_share")
TOO_FEW = f"fewer than {FEWEST_WINDOWS} windows were timed"


class Witness(Frozen):
    """What one figure of the machine did while throughput did what it did."""

    name: RateName
    at_first: float | None  # mean over the burst
    at_last: float | None  # mean over the final third
    correlation: float | None  # with throughput, by rank (Spearman 1904); None: too few moments, or one never moved


class SoakSummary(Frozen):
    """Figures derived from a soak's raw windows; where one is None its reason stands beside it."""

    burst_tok_s: Quantity | None  # median of the first 30 s after warm-up
    last_tok_s: Quantity | None  # mean of the final third, however long the soak
    last_share: Quantity | None  # last third over burst
    sustained_tok_s: Quantity | None  # the same as `last_tok_s`, of a soak that was long enough
    retained_share: Quantity | None
    sustained_reason: str
    course: Course | None
    r0_tok_s: Quantity | None  # R(t) = R∞ + (R0 − R∞)·exp(−(t − knee)/τ)
    r_inf_tok_s: Quantity | None
    tau_s: Quantity | None
    curve_reason: str
    knee_s: Quantity | None  # after the first window began; from here on it stays slower
    knee_reason: str
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True)
class Minute:
    """One minute of a soak, or its rest."""

    number: int  # from 1
    seconds: float  # of work in it
    decode_tok_s: float
    prefill_tok_s: float | None
    frequency_mhz: float | None
    temperature_c: float | None
    foreign_cpus: float | None


def summarise_soak(soak: Soak) -> SoakSummary:
    """Derive every figure of a soak from its raw windows (measurement.md §2)."""
    times_s, tok_s = _series(soak)
    found = fit(times_s, tok_s) if times_s.size else None
    witnesses = tuple(_witness(soak, name, times_s, tok_s) for name in WITNESSES)
    if found is None:
        return SoakSummary(
            burst_tok_s=None,
            last_tok_s=None,
            last_share=None,
            sustained_tok_s=None,
            retained_share=None,
            sustained_reason=TOO_FEW,
            course=None,
            r0_tok_s=None,
            r_inf_tok_s=None,
            tau_s=None,
            curve_reason=TOO_FEW,
            knee_s=None,
            knee_reason=TOO_FEW,
            witnesses=witnesses,
        )
    last, share = _quantity(soak, found.last, "tok/s"), _quantity(soak, found.share, "share")
    reason = _too_short(soak)
    curve = found.curve
    return SoakSummary(
        burst_tok_s=_quantity(soak, found.burst, "tok/s"),
        last_tok_s=last,
        last_share=share,
        sustained_tok_s=None if reason else last,
        retained_share=None if reason else share,
        sustained_reason=reason,
        course=found.course,
        r0_tok_s=_quantity(soak, curve.r0 if curve else None, "tok/s"),
        r_inf_tok_s=_quantity(soak, curve.r_inf if curve else None, "tok/s"),
        tau_s=_quantity(soak, curve.tau_s if curve else None, "s"),
        curve_reason=found.curve_reason,
        knee_s=_quantity(soak, found.knee_s, "s"),
        knee_reason=found.knee_reason,
        witnesses=witnesses,
    )


def fitted_curve(soak: Soak) -> tuple[Series, Series] | None:
    """Times (s after the first window began) and the curve's tok/s there, for a chart; None where there is none."""
    times_s, tok_s = _series(soak)
    found: SoakFit | None = fit(times_s, tok_s) if times_s.size else None
    return None if found is None or found.curve is None else (times_s, found.curve.at(times_s))


def minutes(soak: Soak) -> tuple[Minute, ...]:
    """The soak minute by minute: tokens over the time spent on them, and means of the machine's figures."""
    if not soak.windows:
        return ()
    zero_s = soak.windows[0].at_s
    parts = spans(soak.readings)
    found: list[Minute] = []
    for number in range(int(soak.lasted_s / MINUTE_S) + 1):
        begin_s = zero_s + number * MINUTE_S
        mine = [one for one in soak.windows if begin_s <= one.middle_s < begin_s + MINUTE_S]
        if not mine:
            continue
        prefill_s = sum(one.prefill_s for one in mine)
        within = _within(parts, begin_s, begin_s + MINUTE_S)
        found.append(
            Minute(
                number=number + 1,
                seconds=sum(one.wall_s for one in mine),
                decode_tok_s=sum(one.decode_tokens for one in mine) / sum(one.decode_s for one in mine),
                prefill_tok_s=sum(one.prefill_tokens for one in mine) / prefill_s if prefill_s > 0 else None,
                frequency_mhz=mean(within, "frequency_mhz"),
                temperature_c=mean(within, "temperature_c"),
                foreign_cpus=mean(within, "foreign_cpus"),
            )
        )
    return tuple(found)


def _series(soak: Soak) -> tuple[Series, Series]:
    """Middles of the windows in s after the first began, and their decode tok/s."""
    zero_s = soak.windows[0].at_s if soak.windows else 0.0
    return (
        np.array([one.middle_s - zero_s for one in soak.windows]),
        np.array([one.decode_tok_s for one in soak.windows]),
    )


def _too_short(soak: Soak) -> str:
    if soak.lasted_s >= SUSTAINED_S * ENOUGH_SHARE:
        return ""
    ended = {RunOutcome.STOPPED: "was stopped after", RunOutcome.FAILED: "failed after"}.get(soak.outcome, "lasted")
    return f"the soak {ended} {text.seconds(soak.lasted_s)}; sustained throughput takes {text.seconds(SUSTAINED_S)}"


def _witness(soak: Soak, name: RateName, times_s: Series, tok_s: Series) -> Witness:
    zero_s = soak.windows[0].at_s if soak.windows else 0.0
    parts = spans(soak.readings)
    end_s = zero_s + soak.lasted_s
    return Witness(
        name=name,
        at_first=mean(_within(parts, zero_s, zero_s + BURST_S), name),
        at_last=mean(_within(parts, end_s - soak.lasted_s / 3, end_s), name),
        correlation=_correlation([part for part in parts if part.reading.at_s > zero_s], name, zero_s, times_s, tok_s),
    )


def _correlation(parts: Sequence[Span], name: RateName, zero_s: float, times_s: Series, tok_s: Series) -> float | None:
    """Rank correlation of throughput and a figure over the spans in which both are known."""
    pairs: list[tuple[float, float]] = []
    for part in parts:
        figure = mean([part], name)
        end_s = part.reading.at_s - zero_s
        inside = (times_s >= end_s - part.seconds) & (times_s < end_s)
        if figure is not None and inside.any():
            pairs.append((float(tok_s[inside].mean()), figure))
    rates, figures = [rate for rate, _ in pairs], [figure for _, figure in pairs]
    if len(pairs) < FEWEST_MOMENTS or len(set(rates)) == 1 or len(set(figures)) == 1:
        return None
    return statistics.correlation(_ranks(rates), _ranks(figures))


def _ranks(values: Sequence[float]) -> list[float]:
    """Places in ascending order, equal values sharing the mean of theirs."""
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) - 1) / 2 for value in values]


def _within(parts: Sequence[Span], begin_s: float, end_s: float) -> list[Span]:
    """The spans whose middle lies between, or else the one that covers it all."""
    inside = [part for part in parts if begin_s <= part.reading.at_s - part.seconds / 2 < end_s]
    if inside:
        return inside
    return [part for part in parts if part.reading.at_s - part.seconds <= begin_s and part.reading.at_s >= end_s]


def _quantity(soak: Soak, figure: Estimate | None, unit: Unit) -> Quantity | None:
    if figure is None:
        return None
    return Quantity(
        value=figure.value,
        unit=unit,
        basis=Basis.MEASURED,
        low=figure.low,
        high=figure.high,
        source=f"soak {soak.soak_id}, {text.seconds(soak.lasted_s)}, {soak.settings.runtime}",
        as_of=soak.started_at.astimezone(UTC).date(),
    )
