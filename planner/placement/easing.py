"""What would have to change for an option to be allowed, and by how much: every constraint in its own figure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from planner import text
from planner.documents import Frozen
from planner.placement.options import Constraint, Option
from planner.placement.reasons import option_name
from planner.placement.shared import Memory, fleet_of, rank
from planner.scenario import Scenario, contention_cap
from planner.workload.task_classes import TaskClass

SHOWN = 3
DECISIONS: frozenset[Constraint] = frozenset({"privacy", "offline", "residency"})
"""What somebody decided: it has no figure that could be nearly met."""
UNKNOWNS: frozenset[Constraint] = frozenset({"quality_unknown", "not_measured", "unpriced"})


class Change(Frozen):
    """What one constraint would have to be."""

    constraint: str
    words: str  # «a TTFT SLO of 4.2 s instead of 3 s»
    needed: float | None = None  # None: it has no figure
    present: float | None = None
    unit: str = ""


class Easing(Frozen):
    """Everything that together would allow one option."""

    option: str
    option_id: str
    changes: tuple[Change, ...]
    sentence: str


@dataclass(frozen=True)
class Facts:
    """What the changes are measured against."""

    scenario: Scenario
    task_class: TaskClass
    memory: Mapping[str, Memory]  # by option_id


def easings(facts: Facts, options: Sequence[Option], number: int = SHOWN) -> tuple[Easing, ...]:
    """The nearest ways to allow one of these options, the nearest first; none that asks for more than another one.

    Near is: no decision taken back, then nothing unknown, then few changes, then small ones.
    """
    measured = [(option, _changes(facts, option)) for option in options if option.violations]
    found: list[tuple[Option, tuple[Change, ...]]] = []
    for option, changes in sorted(measured, key=lambda each: _distance(*each)):
        if not any(_kinds(nearer) <= _kinds(changes) for _, nearer in found):
            found.append((option, changes))
    return tuple(_easing(option, changes) for option, changes in found[:number])


def joined(words: Sequence[str]) -> str:
    """«a, b and c»."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _easing(option: Option, changes: tuple[Change, ...]) -> Easing:
    name = option_name(option)
    sentence = f"{name} would be allowed with {joined([each.words for each in changes])}."
    return Easing(option=name, option_id=option.option_id, changes=changes, sentence=sentence)


def _kinds(changes: Iterable[Change]) -> frozenset[str]:
    return frozenset(each.constraint for each in changes)


def _distance(option: Option, changes: Sequence[Change]) -> tuple[int, int, int, float, tuple[float, str]]:
    kinds = _kinds(changes)
    return len(DECISIONS & kinds), len(UNKNOWNS & kinds), len(changes), sum(map(_excess, changes)), rank(option)


def _excess(change: Change) -> float:
    """By how much of itself the limit would have to move; endless where it has no figure."""
    if change.needed is None or not change.present:
        return math.inf
    return abs(change.needed / change.present - 1)


def _changes(facts: Facts, option: Option) -> tuple[Change, ...]:
    """One change for every kind of constraint that forbids the option."""
    kinds: dict[Constraint, None] = dict.fromkeys(each.constraint for each in option.violations)
    return tuple(_change(facts, option, kind) for kind in kinds)


def _change(facts: Facts, option: Option, kind: Constraint) -> Change:
    ease = _EASED.get(kind)
    return (ease(facts, option) if ease else None) or _stated(option, kind)


def _instead(kind: Constraint, what: str, needed: float, present: float, unit: str) -> Change:
    words = f"{what} of {text.in_unit(needed, unit)} instead of {text.in_unit(present, unit)}"
    return Change(constraint=kind, words=words, needed=needed, present=present, unit=unit)


def _stated(option: Option, kind: Constraint) -> Change:
    """Where the figure is missing, the sentence of the violation says what to change."""
    sentence = next(each.sentence for each in option.violations if each.constraint == kind)
    return Change(constraint=kind, words=f"other facts than these ({sentence.rstrip('.')})")


def _plain(kind: Constraint, words: str) -> _Ease:
    return lambda _, option: Change(constraint=kind, words=words.format(name=option_name(option)))


def _ttft(facts: Facts, option: Option) -> Change | None:
    bound_s = facts.task_class.slo.ttft_p95_s
    if option.service is None or bound_s is None:
        return None
    return _instead("ttft_slo", "a TTFT SLO", option.service.ttft_p95_s.value, bound_s, "s")


def _e2e(facts: Facts, option: Option) -> Change | None:
    bound_s = facts.task_class.slo.e2e_p95_s
    if option.service is None or bound_s is None:
        return None
    return _instead("e2e_slo", "an E2E SLO", option.service.e2e_p95_s.value, bound_s, "s")


def _memory(facts: Facts, option: Option) -> Change | None:
    limit = facts.memory.get(option.option_id)
    if option.memory_bytes is None or limit is None:
        return None
    needed, present = option.memory_bytes.value, float(limit.limit_bytes)
    words = f"{text.size(needed - present)} more memory on {option.target}"
    return Change(constraint="memory", words=words, needed=needed, present=present, unit="B")


def _context(facts: Facts, _: Option) -> Change | None:
    needed = facts.task_class.input_tokens + facts.task_class.output_tokens
    return Change(constraint="context", words=f"a context of {needed:,} tokens", needed=float(needed), unit="count")


def _floor(_: Facts, option: Option) -> Change | None:
    quality = option.quality
    if quality.figure is None or quality.floor is None:
        return None
    return _instead("quality_floor", f"a floor on {quality.scale}", quality.figure.value, quality.floor, "points")


def _quality(facts: Facts, option: Option) -> Change | None:
    floors = [f"{text.number(each.minimum)} or more on {each.scale}" for each in facts.task_class.quality_floors]
    if not floors:
        return None
    return Change(constraint="quality_unknown", words=f"a figure of {option_name(option)} of {' or '.join(floors)}")


def _capacity(facts: Facts, option: Option) -> Change | None:
    """Less of each device's time, or more devices: where the queue never clears only the second helps."""
    fleet = next((each for each in facts.scenario.fleets if each.profile.profile_id == fleet_of(option)), None)
    service = option.service
    if fleet is None or service is None or service.utilization is None or service.peak_utilization is None:
        return None
    cap = contention_cap(facts.scenario, fleet)
    if service.peak_utilization < 1 and service.utilization <= 1:
        return _instead("capacity", "a contention cap", service.utilization, cap, "share")
    for_cap = math.ceil(fleet.count * service.utilization / cap)
    devices = max(for_cap, math.floor(fleet.count * service.peak_utilization) + 1)
    words = f"{devices:,} devices instead of {fleet.count:,}"
    return Change(constraint="capacity", words=words, needed=float(devices), present=float(fleet.count), unit="count")


_Ease = Callable[[Facts, Option], Change | None]
_EASED: Mapping[Constraint, _Ease] = {
    "privacy": _plain("privacy", "permission to leave the device"),
    "offline": _plain("offline", "no need to work offline"),
    "residency": _plain("residency", "permission to be processed where {name} is"),
    "context": _context,
    "memory": _memory,
    "quality_floor": _floor,
    "quality_unknown": _quality,
    "not_measured": _plain("not_measured", "the speed of {name} measured"),
    "unpriced": _plain("unpriced", "a price of {name}"),
    "capacity": _capacity,
    "ttft_slo": _ttft,
    "e2e_slo": _e2e,
}
