"""What a picture of exact cost curves holds: stretches with their jumps, bands, points; as numbers and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from planner import text

NAN = float("nan")

Words = Callable[[float], str]


@dataclass(frozen=True)
class Stretch:
    """A straight part of a curve, from just beyond its start to its end."""

    from_x: float
    from_y: float
    to_x: float
    to_y: float


@dataclass(frozen=True)
class Curve:
    """One alternative; where a stretch starts elsewhere than the one before ended, it jumps."""

    name: str
    stretches: tuple[Stretch, ...]
    meaning: str = "edge"
    dashed: bool = False
    end_words: str = ""  # why it ends before the others do; empty: it goes on

    def at(self, x: float) -> float | None:
        """Its value at x, the one from the left at a jump; None where it is not drawn."""
        first = bool(self.stretches) and x == self.stretches[0].from_x
        holds = (one for one in self.stretches if one.from_x < x <= one.to_x)
        return self.just_beyond(x) if first else _on(next(holds, None), x)

    def just_beyond(self, x: float) -> float | None:
        """Its limit from the right at x."""
        return _on(next((one for one in self.stretches if one.from_x <= x < one.to_x), None), x)


def _on(stretch: Stretch | None, x: float) -> float | None:
    if stretch is None:
        return None
    share = (x - stretch.from_x) / (stretch.to_x - stretch.from_x)
    return stretch.from_y + share * (stretch.to_y - stretch.from_y)


@dataclass(frozen=True)
class Band:
    """A stretch of the horizontal axis that the words speak of."""

    from_x: float
    to_x: float
    words: str


@dataclass(frozen=True)
class Point:
    """A place on a curve, with its words beside it."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class CurvesPicture:
    """Everything that is drawn; `x_words` and `y_words` put a value of an axis into words with its unit."""

    x_axis: str
    y_axis: str
    curves: tuple[Curve, ...]
    x_words: Words = text.number
    y_words: Words = text.money
    x_tick: Words = text.number  # what a tick says, where the axis names the unit
    bands: tuple[Band, ...] = ()
    points: tuple[Point, ...] = ()
    today: float | None = None
    band_meaning: str = "winner"


EMPTY = CurvesPicture("", "", ())


def _meets(before: float, after: float) -> bool:
    """Whether two stretches meet but for rounding: their ends are floats of one exact number."""
    return abs(after - before) <= 1e-9 * max(abs(before), abs(after))


def path_of(curve: Curve) -> tuple[list[float], list[float]]:
    """Corners in order, a gap at every jump."""
    first = curve.stretches[0]
    xs, ys = [first.from_x, first.to_x], [first.from_y, first.to_y]
    for before, after in pairwise(curve.stretches):
        if not _meets(before.to_y, after.from_y):
            xs += [NAN, after.from_x]
            ys += [NAN, after.from_y]
        xs.append(after.to_x)
        ys.append(after.to_y)
    return xs, ys


def jumps_of(curve: Curve) -> tuple[list[float], list[float]]:
    """Both ends of every jump, a gap between two of them."""
    xs: list[float] = []
    ys: list[float] = []
    for before, after in pairwise(curve.stretches):
        if not _meets(before.to_y, after.from_y):
            xs += [before.to_x, after.from_x, NAN]
            ys += [before.to_y, after.from_y, NAN]
    return xs, ys


def spoken(shown: CurvesPicture) -> Iterator[str]:
    """What a reader hears: where each curve begins and ends, then what the words speak of."""
    for curve in shown.curves:
        if curve.stretches:
            first, last = curve.stretches[0], curve.stretches[-1]
            yield (
                f"{curve.name}: {shown.y_words(first.from_y)} at {shown.x_words(first.from_x)}, "
                f"{shown.y_words(last.to_y)} at {shown.x_words(last.to_x)}"
            )
    for band in shown.bands:
        yield f"{band.words} between {shown.x_words(band.from_x)} and {shown.x_words(band.to_x)}"
    for point in shown.points:
        yield point.words
    if shown.today is not None:
        yield f"today {shown.x_words(shown.today)}"


def grid_of(shown: CurvesPicture) -> Iterator[list[str]]:
    """One line a stretch, in words, with what is shaded and marked."""
    yield ["What", "From", "Cost just beyond", "To", "Cost there"]
    for curve in shown.curves:
        for one in curve.stretches:
            yield [
                curve.name,
                shown.x_words(one.from_x),
                shown.y_words(one.from_y),
                shown.x_words(one.to_x),
                shown.y_words(one.to_y),
            ]
    for band in shown.bands:
        yield [band.words, shown.x_words(band.from_x), "", shown.x_words(band.to_x), ""]
    for point in shown.points:
        yield [point.words, shown.x_words(point.x), shown.y_words(point.y), "", ""]
    if shown.today is not None:
        yield ["today", shown.x_words(shown.today), "", "", ""]
