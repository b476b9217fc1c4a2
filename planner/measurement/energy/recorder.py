"""The energy of one run from its start to its end: one meter, idle before and after, joules of every round."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Self

from planner import text
from planner.device.system import System
from planner.measurement.energy.apportion import Span, apportion
from planner.measurement.energy.channels import Clock, Source
from planner.measurement.energy.counters import EDGES_IN_A_WINDOW, Unknown, Window
from planner.measurement.energy.discovery import EnergyOptions, discover
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterProblem, RoundEnergy, RunEnergy
from planner.measurement.energy.sampler import Sampler

SETTLE_S = 2.0
"""After a child ended clocks, fans and drivers come to rest; this long is waited before idle is measured."""

_NOT_MEASURED = "idle power was not measured"
_NOT_AFTER = "idle power was not measured after the last round"
Discover = Callable[[System, EnergyOptions], tuple[Source | None, tuple[MeterProblem, ...]]]


class EnergyRecorder:
    """What the supervisor holds while it measures. Nothing here raises: a fault makes energy unknown, with a problem.

    Order of use: `start`, `measure_idle`, rounds with `round_energy` right after each child ended, `measure_idle`
    again, `run_energy` for the document, `close`. `measure_idle` before the first round counts as idle before, any
    later one as idle after (the last one stays).
    """

    def __init__(
        self, source: Source | None, problems: Sequence[MeterProblem], *, clock: Clock = time.perf_counter
    ) -> None:
        self._source = source
        self._problems = list(problems)
        self._clock = clock
        self._sampler = Sampler(source, clock=clock) if source is not None and source.channels else None
        self._rounds = 0
        typed = None if source is None else source.typed
        self._idle_before_w = None if typed is None else typed.idle_w
        self._idle_after_w = self._idle_before_w
        self._idle_reason = "it was not stated" if typed is not None and typed.idle_w is None else _NOT_MEASURED
        if self._sampler is not None:
            self._sampler.start()

    @classmethod
    def start(cls, system: System, options: EnergyOptions, *, find: Discover = discover) -> Self:
        """Find a meter and begin to read it."""
        try:
            source, problems = find(system, options)
        except Exception as error:  # whatever a driver or a library raises must not reach the measurement
            problem = MeterProblem(
                kind=options.meter or MeterKind.RAPL, sentence=f"Looking for energy meters failed: {_words(error)}."
            )
            return cls(None, [problem])
        return cls(source, problems)

    @property
    def meter(self) -> EnergyMeter | None:
        """The meter; None where none can be read."""
        return None if self._source is None else self._source.meter

    @property
    def problems(self) -> tuple[MeterProblem, ...]:
        """Every meter that is not used and why, the fault of the one in use included."""
        fault = None if self._sampler is None else self._sampler.fault
        if self._source is None or fault is None:
            return tuple(self._problems)
        sentence = f"{self._source.meter.name} could not be read to the end: {fault}."
        return (*self._problems, MeterProblem(kind=self._source.meter.kind, sentence=sentence))

    @property
    def needs_idle(self) -> bool:
        """Whether `measure_idle` has anything to measure: not without a meter, nor where watts were typed in."""
        return self._sampler is not None and self._sampler.fault is None

    @property
    def shortest_window_s(self) -> float | None:
        """How long a timed thing must last for this meter to tell it apart; None where no meter is read."""
        if self._sampler is None or self._source is None:
            return None
        return 2 * EDGES_IN_A_WINDOW * max(self._sampler.period_s, self._source.read_every_s)

    def measure_idle(self, seconds: float, stop: threading.Event | None = None) -> float | None:
        """Watts at rest over so many seconds, no child running; None where unknown. `stop` ends the wait at once."""
        sampler = self._sampler
        if sampler is None:
            return None
        stop = stop or threading.Event()
        if self._rounds and stop.wait(SETTLE_S):
            return self._rested(Unknown("stopped before idle power was measured"))
        sampler.await_after(self._clock())  # a figure from before, since a window cannot begin ahead of the first
        began_s = self._clock()
        stop.wait(seconds)
        ended_s = self._clock()
        sampler.await_after(ended_s)
        return self._rested(_idle_window(sampler, began_s, ended_s))

    def round_energy(self, spans: Sequence[Span]) -> RoundEnergy | None:
        """Joules of a round's phases; None without a meter or where nothing was timed. Call it when a child ended."""
        self._rounds += 1
        source, sampler = self._source, self._sampler
        if source is None or not spans:
            return None
        try:
            if sampler is not None:
                sampler.await_after(max(span.ended_s for span in spans))
                return apportion(spans, sampler.energy_between)
            watts = 0.0 if source.typed is None else source.typed.active_w
            return apportion(spans, lambda began_s, ended_s: Window(watts * (ended_s - began_s), ended_s - began_s, 0))
        except ValueError as error:  # a child that tells impossible times or tokens
            self._problems.append(
                MeterProblem(
                    kind=source.meter.kind, sentence=f"The energy of round {self._rounds} is unknown: {error}."
                )
            )
            return None

    def run_energy(self) -> RunEnergy | None:
        """What the run's document keeps; None where no meter was even looked for."""
        problems = self.problems
        if self.meter is None and not problems:
            return None
        complete = self._idle_before_w is not None and self._idle_after_w is not None
        return RunEnergy(
            meter=self.meter,
            problems=problems,
            idle_before_w=self._idle_before_w,
            idle_after_w=self._idle_after_w,
            idle_reason="" if complete or self.meter is None else self._idle_reason,
        )

    def close(self) -> None:
        """Stop reading and give the meter back."""
        if self._sampler is not None:
            self._sampler.close()

    def _rested(self, idle: Window | Unknown) -> float | None:
        watts = None if isinstance(idle, Unknown) else idle.joules / idle.duration_s
        if isinstance(idle, Unknown):
            self._idle_reason = idle.reason
        elif not self._rounds:
            self._idle_reason = _NOT_AFTER
        if self._rounds:
            self._idle_after_w = watts
        else:
            self._idle_before_w = watts
        return watts


def _idle_window(sampler: Sampler, began_s: float, ended_s: float) -> Window | Unknown:
    """The window, if the meter is fine enough for it."""
    window = sampler.energy_between(began_s, ended_s)
    if isinstance(window, Unknown):
        return Unknown(f"idle power is unknown: {window.reason}")
    if not window.resolved:
        needed = text.seconds(EDGES_IN_A_WINDOW * window.edges_s)
        return Unknown(f"idle power needs {needed} with this meter and had {text.seconds(window.duration_s)}")
    return window


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
