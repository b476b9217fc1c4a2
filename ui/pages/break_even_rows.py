"""Two alternatives as a chart and a table: who is cheaper where, by how much at most, and how far the ends move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner import text
from planner.outlook.break_even_view import BreakEvenView, By, CurveView, IntervalView, Pair
from planner.outlook.break_even_words import cheaper_words, place
from planner.placement.options import Side
from ui.charts.curve_picture import Band, Curve, CurvesPicture, Point, Stretch
from ui.tables.columns import Column

BY_TITLES: dict[By, str] = {
    "volume": "volume",
    "utilization": "utilization",
    "seats": "seats",
    "months": "months",
    "tariff": "tariff",
    "price": "price",
}
Y_AXES: dict[By, str] = {
    "months": "USD so far, today's worth",
    "utilization": "USD, a month of one unit",
}
USD_A_MONTH = "USD a month"
MOST_POINTS = 3
NAME_PX = 330


@dataclass(frozen=True)
class IntervalRow:
    """A stretch of the quantity and who is cheaper there; `high` None: for ever."""

    by: By
    low: float
    high: float | None
    cheaper: str
    side: Side | None
    most_usd: float | None  # the largest difference in what the chart shows; None: the other cannot serve
    most_at: float | None
    ends: str
    basis: str


def picture(view: BreakEvenView, pair: Pair) -> CurvesPicture:
    """Both curves with every kink and jump; where the first is cheaper is shaded, where they meet is marked."""
    curves = tuple(_curve(curve, number) for number, curve in enumerate(pair.curves))
    end = reach(pair)
    bands = tuple(
        Band(each.low, end if each.high is None else min(each.high, end), f"{pair.ours} costs less")
        for each in pair.cheaper
        if each.low < end
    )
    return CurvesPicture(
        view.axis,
        Y_AXES.get(view.by, USD_A_MONTH),
        curves,
        x_words=lambda x: place(view.by, x),
        x_tick=text.share if view.by == "utilization" else text.number,
        bands=bands,
        points=tuple(_points(view, pair, curves)),
        today=pair.today,
        band_meaning=curves[0].meaning if curves else "winner",
    )


def reach(pair: Pair) -> float:
    """How far the curves are drawn."""
    return max((segment.to_x for curve in pair.curves for segment in curve.segments), default=1.0)


def finding(view: BreakEvenView, pair: Pair) -> str:
    """«The plan costs less than the base case up to …», or that it never does."""
    where = cheaper_words(view.by, pair.cheaper)
    ours = f"{pair.ours[:1].upper()}{pair.ours[1:]}"
    return f"{ours} {'never costs less than' if where == 'never' else 'costs less than'} {pair.theirs}" + (
        "" if where == "never" else f" {where}"
    )


def _curve(curve: CurveView, number: int) -> Curve:
    plain = "accent" if number == 0 else "text_muted"
    meaning = {Side.EDGE: "edge", Side.DATACENTER: "datacenter"}.get(curve.side, plain) if curve.side else plain
    return Curve(
        curve.title,
        tuple(Stretch(each.from_x, each.from_usd, each.to_x, each.to_usd) for each in curve.segments),
        meaning,
        dashed=number > 0,
        end_words=(curve.limit or "it can serve no more") if curve.ends_at is not None else "",
    )


def _points(view: BreakEvenView, pair: Pair, curves: tuple[Curve, ...]) -> Iterator[Point]:
    """The first places where costs meet."""
    met = sorted(
        {
            x
            for each in pair.cheaper
            for x, why in ((each.low, each.low_why), (each.high, each.high_why))
            if x and why in {"crossing", "jump"}
        }
    )
    for x in met[:MOST_POINTS]:
        value = curves[0].at(x) if curves else None
        if value is not None:
            yield Point(x, value, place(view.by, x))


def interval_rows(view: BreakEvenView, pair: Pair) -> tuple[IntervalRow, ...]:
    """The whole axis from the left, as far as anybody looked: stretch by stretch who is cheaper."""
    moves = dict(_moves(view.by, pair))
    curves = tuple(_curve(curve, number) for number, curve in enumerate(pair.curves))
    sides = {curve.title: curve.side for curve in pair.curves}
    return tuple(
        IntervalRow(
            view.by,
            low,
            high,
            who,
            sides.get(who),
            *_most(pair, curves, low, high),
            "; ".join(dict.fromkeys(moves[end] for end in (low, high) if end is not None and end in moves)),
            pair.basis.value,
        )
        for low, high, who in _stretches(pair)
    )


SAME = "both cost the same"


def _stretches(pair: Pair) -> Iterator[tuple[float, float | None, str]]:
    """Ours, ties wider than a point, and in between theirs."""
    named = [*((each, pair.ours) for each in pair.cheaper)]
    named += [(each, SAME) for each in pair.equal if each.high is None or each.high > each.low]
    at = 0.0
    for each, who in sorted(named, key=lambda one: one[0].low):
        if each.low > at:
            yield at, each.low, pair.theirs
        yield each.low, each.high, who
        if each.high is None:
            return
        at = each.high
    until = _until(pair)
    if until is None or at < until:
        yield at, until, pair.theirs


def _until(pair: Pair) -> float | None:
    """Where nobody looked further, or where neither can serve any more; None: it goes on for ever."""
    ends = [curve.ends_at for curve in pair.curves]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else pair.looked_until


def _most(pair: Pair, curves: tuple[Curve, ...], low: float, high: float | None) -> tuple[float | None, float | None]:
    """The largest difference between the two in a stretch, at a kink or an end, as far as the chart reaches."""
    end = min(reach(pair), float("inf") if high is None else high)
    ours, theirs = curves
    corners = {x for curve in curves for one in curve.stretches for x in (one.from_x, one.to_x)} | {low, end}
    found: list[tuple[float, float]] = []
    for x in sorted(corners):
        sides = [(ours.at(x), theirs.at(x))] if low < x <= end else []
        sides += [(ours.just_beyond(x), theirs.just_beyond(x))] if low <= x < end else []
        found += [(abs(one - other), x) for one, other in sides if one is not None and other is not None]
    return max(found, key=lambda each: each[0], default=(None, None))


def _moves(by: By, pair: Pair) -> Iterator[tuple[float, str]]:
    """For every end of an interval how far it moves between the best and the worst end of all figures."""
    best, worst = pair.cheaper_at_best, pair.cheaper_at_worst
    if not len(best) == len(pair.cheaper) == len(worst):
        words = f"at best {cheaper_words(by, best)}, at worst {cheaper_words(by, worst)}"
        yield from ((x, words) for each in pair.cheaper for x in (each.low, each.high) if x is not None)
        return
    for each, good, bad in zip(pair.cheaper, best, worst, strict=True):
        for which in ("low", "high"):
            known = [x for one in (each, good, bad) if (x := _end(one, which)) is not None]
            x = _end(each, which)
            if x is not None and place(by, min(known)) != place(by, max(known)):
                yield x, f"{place(by, min(known))} … {place(by, max(known))}"


def _end(interval: IntervalView, which: str) -> float | None:
    return interval.low if which == "low" else interval.high


def _money(row: IntervalRow) -> str:
    if row.cheaper == SAME:
        return text.money(0.0)
    return "the other cannot serve" if row.most_usd is None else text.money(row.most_usd)


INTERVAL_COLUMNS: tuple[Column[IntervalRow], ...] = (
    Column(
        "From",
        lambda row: place(row.by, row.low) if row.low else "the start",
        sort=lambda row: row.low,
    ),
    Column(
        "To",
        lambda row: "for ever" if row.high is None else place(row.by, row.high),
        sort=lambda row: float("inf") if row.high is None else row.high,
        hint="Where nobody looked further, the place they looked to",
    ),
    Column(
        "Cheaper",
        lambda row: row.cheaper,
        tooltip=lambda row: row.cheaper,
        meaning=lambda row: {Side.EDGE: "edge", Side.DATACENTER: "datacenter"}.get(row.side) if row.side else None,
        widest_px=NAME_PX,
    ),
    Column(
        "By at most",
        _money,
        sort=lambda row: row.most_usd,
        numeric=True,
        hint="The largest difference within what the chart shows",
    ),
    Column("There at", lambda row: "" if row.most_at is None else place(row.by, row.most_at)),
    Column(
        "The ends move over",
        lambda row: row.ends or "no interval",
        tooltip=lambda row: row.ends,
        hint="Between the best and the worst end of all figures",
        widest_px=NAME_PX,
    ),
    Column("Basis", lambda row: row.basis),
)
