"""How two runs were told to work, and under which conditions they did: where they differ enough to matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from planner import text
from planner.documents import Frozen
from planner.measurement.clock_course import MOVED_SHARE, WARMER_C
from planner.measurement.disturbances import cpus, ghz
from planner.measurement.foreign_cpu import DISTURBING_CPUS
from planner.measurement.runs import RoundState, Run, RunOutcome
from planner.profiles.run_conditions import MeasuredConditions, conditions_of, power_words

MEMORY_SHARE = 0.10  # of the larger free memory; less comes and goes with any program
CHARGE_PERCENT = 10.0
LOAD = 0.5  # half a CPU's worth of waiting programs
SWAP_BYTES = 64 * 1024**2  # as much within a round counts as swapping

T = TypeVar("T")


class Circumstance(Frozen):
    """One setting or condition of both runs, in words; None is unknown."""

    kind: Literal["model", "setting", "condition"]
    label: str
    a: str | None
    b: str | None
    differs: bool  # enough to matter; unknown differs from every known one


def circumstances(a: Run, b: Run) -> tuple[Circumstance, ...]:
    """Everything that could explain a difference: the model first, then settings, then conditions."""
    return (*_model(a, b), *_settings(a, b), *_conditions(a, b))


def _model(a: Run, b: Run) -> tuple[Circumstance, ...]:
    def row(label: str, take: Callable[[Run], str | None]) -> Circumstance:
        return _row("model", label, take(a), take(b))

    return (
        row("model", lambda run: run.model.name),
        row("layers", lambda run: "all" if run.model.layers is None else str(run.model.layers)),
        row("source", lambda run: run.model.source.value),
        row("files", _files),
        row("weight format", lambda run: run.weight_format),
    )


def _files(run: Run) -> str:
    """The size and, where they were hashed, a short print of what the files hold."""
    prints = "".join(f" {name} {digest[:8]}" for name, digest in sorted(run.model.sha256.items()))
    return f"{text.size(run.model.file_bytes)}{prints}"


def _settings(a: Run, b: Run) -> tuple[Circumstance, ...]:
    def row(label: str, take: Callable[[Run], str | None]) -> Circumstance:
        return _row("setting", label, take(a), take(b))

    return (
        row("runtime", lambda run: run.settings.runtime),
        row("execution provider", lambda run: run.settings.execution_provider),
        row("threads", lambda run: str(run.settings.threads)),
        row("threads chosen by", lambda run: "trial" if run.settings.thread_trials else "user or single core"),
        row("spinning", lambda run: _yes(run.settings.spinning)),
        row("memory arena", lambda run: _yes(run.settings.memory_arena)),
        row("KV cache format", lambda run: run.settings.kv_format),
        row("shared KV buffer", lambda run: _yes(run.settings.shared_kv_buffer)),
        row("accuracy level", lambda run: _number(run.settings.accuracy_level)),
        row("block size", lambda run: _number(run.settings.block_size)),
    )


def _conditions(a: Run, b: Run) -> tuple[Circumstance, ...]:
    ours, theirs = conditions_of(a), conditions_of(b)

    def figure(
        label: str,
        take: Callable[[MeasuredConditions], float | None],
        words: Callable[[float], str],
        apart: Callable[[float, float], bool],
    ) -> Circumstance:
        one, other = take(ours), take(theirs)
        differs = (one is None) != (other is None)
        if one is not None and other is not None:
            differs = apart(one, other)
        return _row("condition", label, _words(one, words), _words(other, words), differs=differs)

    return (
        _row(
            "condition",
            "power source",
            _words(ours.power_source, power_words),
            _words(theirs.power_source, power_words),
        ),
        figure("battery", lambda one: one.battery_percent, _percent, _by(CHARGE_PERCENT)),
        _row("condition", "power mode", ours.power_mode, theirs.power_mode),
        figure("free memory", lambda one: one.available_memory_bytes, text.size, _by_share(MEMORY_SHARE)),
        figure("load before", lambda one: one.load_average_1min, lambda load: text.number(load, 2), _by(LOAD)),
        figure("other programs", lambda one: one.foreign_cpus, cpus, _by(DISTURBING_CPUS)),
        figure("clock at first", lambda one: one.opening_mhz, ghz, _by_share(MOVED_SHARE)),
        figure("clock at the slowest", lambda one: one.slowest_mhz, ghz, _by_share(MOVED_SHARE)),
        figure("temperature at first", lambda one: one.opening_c, _degrees, _by(WARMER_C)),
        figure("temperature at the hottest", lambda one: one.hottest_c, _degrees, _by(WARMER_C)),
        figure("swapped out", lambda one: one.swap_used_bytes, text.size, _by(SWAP_BYTES)),
        _counted("disturbed rounds", *(_of_rounds(run, RoundState.DISTURBED) for run in (a, b))),
        _counted("partial rounds", *(_of_rounds(run, RoundState.PARTIAL) for run in (a, b))),
        _counted("rounds that did not get warm", _cold(a), _cold(b)),
        _row("condition", "ended", _outcome(a), _outcome(b)),
    )


def _of_rounds(run: Run, state: RoundState) -> tuple[int, int]:
    return sum(each.state is state for each in run.rounds), len(run.rounds)


def _cold(run: Run) -> tuple[int, int] | None:
    told = [each.is_warm for each in run.rounds if each.is_warm is not None]
    return (told.count(False), len(told)) if told else None


def _counted(label: str, a: tuple[int, int] | None, b: tuple[int, int] | None) -> Circumstance:
    """So many of so many: none of five is no other than none of seven."""
    differs = (a is None) != (b is None)
    if a is not None and b is not None:
        differs = a[0] * b[1] != b[0] * a[1]
    words = [_words(each, lambda count: f"{count[0]} of {count[1]}") for each in (a, b)]
    return _row("condition", label, words[0], words[1], differs=differs)


def _outcome(run: Run) -> str:
    words = {RunOutcome.COMPLETE: "complete", RunOutcome.TIME_UP: "when time was up", RunOutcome.STOPPED: "stopped"}
    return words.get(run.outcome, "failed")


def _row(
    kind: Literal["model", "setting", "condition"],
    label: str,
    a: str | None,
    b: str | None,
    *,
    differs: bool | None = None,
) -> Circumstance:
    return Circumstance(kind=kind, label=label, a=a, b=b, differs=a != b if differs is None else differs)


def _by(least: float) -> Callable[[float, float], bool]:
    return lambda one, other: abs(one - other) >= least


def _by_share(least: float) -> Callable[[float, float], bool]:
    return lambda one, other: abs(one - other) > least * max(one, other)


def _words(value: T | None, words: Callable[[T], str]) -> str | None:
    return None if value is None else words(value)


def _yes(told: bool) -> str:
    return "yes" if told else "no"


def _number(value: int | None) -> str:
    """A format without blocks has no size of them."""
    return "none" if value is None else str(value)


def _percent(percent: float) -> str:
    return text.share(percent / 100)


def _degrees(celsius: float) -> str:
    return f"{text.number(celsius)} °C"
