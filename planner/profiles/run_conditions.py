"""Under which conditions a run, or another measurement, came about, as figures to compare and as words to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from planner import text
from planner.device.facts import PowerSource
from planner.documents import Frozen
from planner.measurement.clock_course import clock_course
from planner.measurement.disturbances import cpus, ghz
from planner.measurement.readings import Reading, mean, spans
from planner.measurement.runs import Conditions, Run

T = TypeVar("T", int, float)

_SOURCES = {PowerSource.AC.value: "on mains", PowerSource.BATTERY.value: "on battery"}


class MeasuredConditions(Frozen):
    """The machine at the start, and meanwhile where readings tell; None is what nothing told."""

    power_source: str | None
    battery_percent: float | None
    power_mode: str | None
    available_memory_bytes: int | None
    load_average_1min: float | None
    opening_mhz: float | None  # clock in the first window of work
    slowest_mhz: float | None
    opening_c: float | None
    slowest_c: float | None  # when the clock was slowest
    hottest_c: float | None
    swap_used_bytes: int | None  # the most
    swapped_in_bytes_s: float | None  # mean
    foreign_cpus: float | None  # mean of the CPUs that other programs kept busy

    @property
    def words(self) -> tuple[str, ...]:
        """«on mains», «power mode balanced», «8 GiB free», «2.4 GHz, slowest 2.1 GHz»: what is known, a phrase each."""
        battery = None if self.battery_percent is None else f"battery at {text.share(self.battery_percent / 100)}"
        known = (
            None if self.power_source is None else power_words(self.power_source),
            battery,
            _said("power mode {}", self.power_mode),
            _said("{} free memory", _words(self.available_memory_bytes, text.size)),
            _said("load {}", _words(self.load_average_1min, lambda load: text.number(load, 2))),
            _said("others used {}", _words(self.foreign_cpus, cpus)),
            self._clock(),
            self._heat(),
            self._swap(),
        )
        return tuple(each for each in known if each is not None)

    def _clock(self) -> str | None:
        if self.opening_mhz is None:
            return None
        opening, slowest = ghz(self.opening_mhz), ghz(self.slowest_mhz)
        return opening if opening == slowest else f"{opening} at first, {slowest} at the slowest"

    def _heat(self) -> str | None:
        if self.hottest_c is None:
            return None
        hottest = f"{text.number(self.hottest_c)} °C at the hottest"
        if self.opening_c is None or self.slowest_c is None:
            return hottest
        return f"{text.number(self.opening_c)} °C at first, {text.number(self.slowest_c)} °C when slowest, {hottest}"

    def _swap(self) -> str | None:
        if self.swap_used_bytes is None:
            return None
        read_back = f", {text.size(self.swapped_in_bytes_s)}/s read back" if self.swapped_in_bytes_s else ""
        return (
            f"{text.size(self.swap_used_bytes)} swapped out{read_back}" if self.swap_used_bytes else "nothing swapped"
        )


def conditions_of(run: Run) -> MeasuredConditions:
    """The conditions of a run, over all its rounds."""
    counted = [each.foreign_cpus for each in run.rounds if each.foreign_cpus is not None]
    return _conditions(
        run.conditions,
        [each.readings for each in run.rounds],
        foreign_cpus=sum(counted) / len(counted) if counted else None,
    )


def conditions_throughout(at_start: Conditions, readings: Sequence[Reading]) -> MeasuredConditions:
    """The conditions of one process that was read from its start to its end, as a soak is."""
    return _conditions(at_start, [readings], foreign_cpus=mean(spans(readings), "foreign_cpus"))


def power_words(power_source: str | None) -> str:
    """«on mains», «on battery», or what a document names otherwise."""
    if power_source is None:
        return text.UNKNOWN
    return _SOURCES.get(power_source, f"power from {power_source}")


def _conditions(
    at_start: Conditions, rounds: Sequence[Sequence[Reading]], *, foreign_cpus: float | None
) -> MeasuredConditions:
    course = clock_course(rounds)
    swap = [each.swap_used_bytes for one in rounds for each in one if each.swap_used_bytes is not None]
    return MeasuredConditions(
        power_source=at_start.power_source,
        battery_percent=at_start.battery_percent,
        power_mode=at_start.power_mode,
        available_memory_bytes=at_start.available_memory_bytes,
        load_average_1min=at_start.load_average_1min,
        opening_mhz=course.opening_mhz,
        slowest_mhz=course.slowest_mhz,
        opening_c=course.opening_c,
        slowest_c=course.slowest_c,
        hottest_c=course.hottest_c,
        swap_used_bytes=max(swap, default=None),
        swapped_in_bytes_s=mean([part for one in rounds for part in spans(one)], "swapped_in_bytes_s"),
        foreign_cpus=foreign_cpus,
    )


def _words(value: T | None, words: Callable[[T], str]) -> str | None:
    return None if value is None else words(value)


def _said(phrase: str, words: str | None) -> str | None:
    return None if words is None else phrase.format(words)
