"""How the comparison of two runs is said: a change in words, and one sentence with what may explain it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner import text
from planner.comparison.run_circumstances import Circumstance
from planner.comparison.table import Ratio

MOST_REASONS = 3
TIMES_FROM = 2.0  # from here on a factor is easier to read than percents


@dataclass(frozen=True)
class Scale:
    """What more of a figure is called, and less of it."""

    more: str
    less: str
    times: str
    more_is_better: bool


FASTER = Scale("faster", "slower", "as fast", more_is_better=True)
LONGER = Scale("longer", "shorter", "as long", more_is_better=False)
MORE = Scale("more", "less", "as much", more_is_better=False)

_PHRASES = {
    "model": "it ran {b}, A {a}",
    "weight format": "its weights are {b}, A's {a}",
    "runtime": "it ran on {b}, A on {a}",
    "execution provider": "it ran on {b}, A on {a}",
    "threads": "it used {b} threads, A {a}",
    "power source": "it ran {b}, A {a}",
    "other programs": "other programs used {b} meanwhile, with A {a}",
    "disturbed rounds": "{b} of its rounds were disturbed, of A's {a}",
    "clock at the slowest": "its clock fell to {b}, A's to {a}",
    "temperature at the hottest": "it reached {b}, A {a}",
    "free memory": "{b} were free, with A {a}",
}
"""In the order of how much they usually explain."""


def change_words(ratio: Ratio, scale: Scale) -> str:
    """«12 % faster (8 … 16 %)», «2.4 times as fast (2.1 … 2.8)», or that there is no difference."""
    size = _size(ratio.value, scale)
    if ratio.low is None or ratio.high is None:
        return f"{size}, how surely is unknown"
    if not ratio.distinguishable:
        return f"no difference beyond the intervals{_factors(ratio.low, ratio.high)}"
    return f"{size}{_interval(ratio.value, ratio.low, ratio.high)}"


def sentence_of(speeds: Sequence[tuple[str, int, Ratio]], differing: Sequence[Circumstance]) -> str:
    """«B decodes 12 % faster (8 … 16 %) at 512 tokens; it ran on battery, A on mains.»

    `speeds` are verb («decodes»), tokens and ratio. What is unknown of either run explains nothing.
    """
    told = [_speed(verb, tokens, ratio) for verb, tokens, ratio in speeds]
    head = f"B {' and '.join(told)}" if told else "The two runs share no figure of speed"
    known = {each.label: each for each in differing if each.a is not None and each.b is not None}
    reasons = [
        phrase.format(a=known[label].a, b=known[label].b) for label, phrase in _PHRASES.items() if label in known
    ]
    more = len(known) - len(reasons[:MOST_REASONS])
    if not reasons:
        other = f"; {more} {_differences(more)} may explain it" if more else "; no setting or condition known differs"
        return f"{head}{other}."
    rest = f"; {more} more {_differences(more)}" if more else ""
    return f"{head}; {', '.join(reasons[:MOST_REASONS])}{rest}."


def _differences(count: int) -> str:
    return "difference" if count == 1 else "differences"


def _speed(verb: str, tokens: int, ratio: Ratio) -> str:
    where = f"at {tokens:,} tokens"
    if ratio.low is None or ratio.high is None:
        return f"{verb} {_size(ratio.value, FASTER)} {where} (one start shows no interval)"
    if not ratio.distinguishable:
        return f"{verb} no differently {where} beyond the intervals{_factors(ratio.low, ratio.high)}"
    return f"{verb} {change_words(ratio, FASTER)} {where}"


def _size(ratio: float, scale: Scale) -> str:
    if _as_factor(ratio):
        return f"{text.number(ratio)} times {scale.times}"
    return f"{text.share(abs(ratio - 1))} {scale.more if ratio > 1 else scale.less}" if ratio != 1 else "no difference"


def _interval(ratio: float, low: float, high: float) -> str:
    """« (8 … 16 %)», nothing where it would only repeat the figure."""
    if _as_factor(ratio):
        return _between(text.number(low), text.number(high))
    near, far = sorted((abs(low - 1), abs(high - 1)))
    if text.share(near) == text.share(far):
        return ""
    return _between(text.share(near).removesuffix(" %"), text.share(far))


def _factors(low: float, high: float) -> str:
    """« (×0.97 … ×1.05)»."""
    return _between(f"×{text.number(low)}", f"×{text.number(high)}")


def _between(low: str, high: str) -> str:
    return "" if low == high else f" ({low} … {high})"


def _as_factor(ratio: float) -> bool:
    return ratio >= TIMES_FROM or ratio <= 1 / TIMES_FROM
