"""break_even(): where the alternatives of a scenario become cheaper than each other, by one quantity."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from planner import text
from planner.basis import Doubt, weakest
from planner.cost.break_even import BreakEven, Interval, cheaper_where
from planner.cost.curves import Curve, Envelope, lower_envelope
from planner.outlook.alternatives import Alternative
from planner.outlook.break_even_months import month_pairs
from planner.outlook.break_even_pairs import curve_pairs
from planner.outlook.break_even_use import use_pairs
from planner.outlook.break_even_view import (
    BreakEvenView,
    By,
    CurveView,
    IntervalView,
    LowestView,
    Pair,
    Segment,
)
from planner.outlook.break_even_words import AXES, pair_sentence, place
from planner.outlook.question import Question, RawPair
from planner.placement.plan import Plan
from planner.placement.user_groups import by_user_group
from planner.planning import plan as plan_of
from planner.scenario import Scenario
from planner.units import MONTHS_PER_YEAR

LONG_MONTHS = 24
_SHOWN_ENDS = 6  # a chart reaches a little beyond so many ends of intervals
_MARGIN = Fraction(5, 4)

ASSUMPTIONS: dict[By, str] = {
    "volume": "Everything else stays as it is: mix, hours, peak, prices and the number of devices.",
    "utilization": "A unit serves this workload's mix of tokens at the speed it is stated with.",
    "seats": "Requests and devices grow in proportion to seats.",
    "months": "Break-even is the first month whose end finds less paid so far, at today's worth.",
    "tariff": "Every device and every box pays the same tariff here, also one whose profile states its own.",
    "price": "One metered model's price moves and all its parts with it; everything else stays as it is.",
}


def break_even(
    scenario: Scenario,
    by: By,
    *,
    task_class: str | None = None,
    against: str | None = None,
    plan: Plan | None = None,
    only_the_plan: bool = False,
) -> BreakEvenView:
    """Every pair of alternatives of the scenario by this quantity; pure.

    `task_class` asks about one class alone; `against` names the token offer or the capacity to compare with;
    `only_the_plan` leaves classes and capacities out. The plan is made here where none is given.
    """
    decided = plan or plan_of(scenario)
    question = Question(by_user_group(scenario), decided, by, task_class, against, only_the_plan=only_the_plan)
    question.check_against()
    question.asked_classes()
    raw = list(_raw_pairs(question))
    pairs = tuple(_pair(question, each) for each in raw)
    return BreakEvenView(
        engine=decided.engine,
        scenario_sha256=decided.scenario_sha256,
        title=scenario.title,
        by=by,
        axis=AXES[by],
        task_class=task_class,
        against=against,
        sentence=pairs[0].sentence if pairs else "There are no two alternatives to compare.",
        pairs=pairs,
        left_out=tuple(dict.fromkeys(question.left_out)),
        assumptions=(ASSUMPTIONS[by],),
        doubts=tuple(doubt for each, pair in zip(raw, pairs, strict=True) for doubt in _doubts(question, each, pair)),
    )


def _raw_pairs(question: Question) -> Iterator[RawPair]:
    match question.by:
        case "utilization":
            return use_pairs(question)
        case "months":
            return month_pairs(question)
        case by:
            return curve_pairs(question, by)


def _pair(question: Question, raw: RawPair) -> Pair:
    ours, theirs = raw.ours.curves, raw.theirs.curves
    found = cheaper_where(ours.value, theirs.value)
    best, worst = cheaper_where(ours.cheap, theirs.dear), cheaper_where(ours.dear, theirs.cheap)
    today = raw.today
    usd = tuple(None if today is None else _usd(curve.at(today)) for curve in (ours.value, theirs.value))
    reach = _reach(found, today, ours.value, theirs.value)
    sentence = pair_sentence(
        question.by,
        (raw.ours.title, raw.theirs.title),
        found,
        bounds=(best, worst),
        today=today,
        usd_today=(usd[0], usd[1]),
        why_never=raw.why_never,
        limit=raw.ours.limit,
    )
    return Pair(
        ours=raw.ours.title,
        theirs=raw.theirs.title,
        task_classes=tuple(each.name for each in raw.task_classes),
        sentence=sentence,
        word=found.word,
        cheaper=_views(found.cheaper),
        equal=_views(found.equal),
        cheaper_at_best=_views(best.cheaper),
        cheaper_at_worst=_views(worst.cheaper),
        looked_until=None if found.until is None else float(found.until),
        today=None if today is None else float(today),
        ours_usd_today=usd[0],
        theirs_usd_today=usd[1],
        basis=weakest(raw.ours.basis, raw.theirs.basis),
        curves=(_curve(raw.ours, reach), _curve(raw.theirs, reach)),
        lowest=_lowest(raw, reach),
        assumptions=raw.notes,
    )


def _usd(amount: Fraction | None) -> float | None:
    return None if amount is None else float(amount)


def _views(intervals: Sequence[Interval]) -> tuple[IntervalView, ...]:
    return tuple(
        IntervalView(
            low=float(each.low),
            high=None if each.high is None else float(each.high),
            low_closed=each.low_closed,
            high_closed=each.high_closed,
            low_why=each.low_why,
            high_why=each.high_why,
        )
        for each in intervals
    )


def _reach(found: BreakEven, today: Fraction | None, *curves: Curve) -> Fraction:
    """How far a chart shows: a little beyond today and the first ends, no farther than anybody looked."""
    ends = [end for each in found.cheaper for end in (each.low, each.high) if end][:_SHOWN_ENDS]
    stops = [curve.end for curve in curves if curve.end is not None]
    limits = [curve.end for curve in curves if curve.end is not None and curve.beyond == "limit"]
    reach = max(Fraction(0), 2 * (today or Fraction(0)), *(end * _MARGIN for end in [*ends, *limits[:1]]))
    reach = reach or min(stops, default=Fraction(1))
    return reach if found.until is None else min(reach, found.until)


def _curve(alternative: Alternative, reach: Fraction) -> CurveView:
    curve = alternative.curves.value
    segments = tuple(
        Segment(
            from_x=float(piece.start),
            from_usd=float(piece.at(piece.start)),
            to_x=float(end),
            to_usd=float(piece.at(end)),
        )
        for piece in curve.pieces
        if piece.start < reach
        for end in [reach if piece.end is None or piece.end > reach else piece.end]
    )
    ends = curve.end is not None and curve.beyond == "limit" and curve.end <= reach
    return CurveView(
        title=alternative.title,
        side=alternative.side,
        usd_at_zero=float(curve.at_zero),
        segments=segments,
        ends_at=float(curve.end) if ends and curve.end is not None else None,
        limit=alternative.limit,
    )


def _lowest(raw: RawPair, reach: Fraction) -> tuple[LowestView, ...]:
    named = list(raw.further) or [(raw.ours.title, raw.ours.curves.value)]
    if all(name != raw.theirs.title for name, _ in named):
        named.append((raw.theirs.title, raw.theirs.curves.value))
    envelope: Envelope = lower_envelope(named)
    return tuple(
        LowestView(
            from_x=float(stretch.start),
            to_x=None if stretch.end is None else float(stretch.end),
            title=stretch.label,
        )
        for stretch in envelope.lowest
        if stretch.start < max(reach, 1)
    )


def _doubts(question: Question, raw: RawPair, pair: Pair) -> Iterator[Doubt]:
    yield from _late(question, raw, pair)
    yield from _unreachable(raw, pair)
    if pair.today is not None and _holds(pair.cheaper_at_best, pair.today) != _holds(pair.cheaper_at_worst, pair.today):
        yield Doubt(
            kind="BreakEvenUnsure",
            subject=pair.ours,
            sentence=(
                f"Whether {pair.ours} costs less than {pair.theirs} today depends on figures inside their intervals."
            ),
            advice="Measure or look up what has the widest interval before deciding.",
        )


def _holds(intervals: Sequence[IntervalView], x: float) -> bool:
    return any(
        (each.low < x or (each.low_closed and each.low == x))
        and (each.high is None or x < each.high or (each.high_closed and x == each.high))
        for each in intervals
    )


def _late(question: Question, raw: RawPair, pair: Pair) -> Iterator[Doubt]:
    """A break-even more than 24 months away: as a month, or as a volume that growth reaches so late."""
    first = next((each.low for each in pair.cheaper if pair.today is None or each.low > pair.today), None)
    if first is None:
        return
    if question.by == "months":
        months = math.floor(first) + 1
    elif raw.growth_per_year and raw.growth_per_year > 0 and pair.today and not _holds(pair.cheaper, pair.today):
        months = math.ceil(math.log(first / pair.today) / math.log1p(raw.growth_per_year) * MONTHS_PER_YEAR)
    else:
        return
    if months > LONG_MONTHS:
        growing = f", with {text.share(raw.growth_per_year)} growth a year" if raw.growth_per_year else ""
        yield Doubt(
            kind="BreakEvenBeyond24Months",
            subject=pair.ours,
            sentence=(
                f"{pair.ours} costs less than {pair.theirs} only from month {months} on{growing}; prices and models "
                "change faster than that."
            ),
            advice="Look for a choice that pays sooner, or ask again when the prices change.",
        )


def _unreachable(raw: RawPair, pair: Pair) -> Iterator[Doubt]:
    if raw.reachable is None or not pair.cheaper or pair.cheaper[0].low <= raw.reachable:
        return
    yield Doubt(
        kind="BreakEvenOutOfReach",
        subject=pair.ours,
        sentence=(
            f"{pair.ours} pays from {place('utilization', pair.cheaper[0].low)} on, but the hours and the peak of this "
            f"workload keep it busy {text.share(raw.reachable)} of the time at most."
        ),
        advice="Spread the work over more hours, share the capacity with other work, or stay with metered tokens.",
    )
