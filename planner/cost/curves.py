"""Costs that are straight lines between jumps and kinks, in exact arithmetic: sums, lower envelopes, values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

Exact = Fraction | float | int
End = Literal["open", "limit", "range"]
"""What is beyond a curve's last piece: nothing ends there; it cannot serve more; nobody looked further."""

ZERO = Fraction(0)


@dataclass(frozen=True)
class Piece:
    """On (start, end] the cost is intercept + slope·x; `end` None: for ever."""

    start: Fraction
    end: Fraction | None
    intercept: Fraction
    slope: Fraction

    def at(self, x: Fraction) -> Fraction:
        """The line's value, also at the open start, where it is the limit from the right."""
        return self.intercept + self.slope * x


@dataclass(frozen=True)
class Curve:
    """A cost over x ≥ 0, continuous from the left: a jump is paid only beyond the place where it stands.

    So a machine that is exactly full serves what it serves, and the next one is bought for the first request more.
    At 0 stands a value of its own: nothing is bought for nothing.
    """

    at_zero: Fraction
    pieces: tuple[Piece, ...]  # adjoining, from 0 on
    beyond: End = "open"
    closed: bool = True  # whether its last place still belongs to it

    @property
    def end(self) -> Fraction | None:
        """The last x; None: it has none."""
        return self.pieces[-1].end if self.pieces else ZERO

    def at(self, x: Exact) -> Fraction | None:
        """The cost at x; None where it cannot serve or nobody looked."""
        place = Fraction(x)
        if place < 0 or (self.end == place and not self.closed):
            return None
        if place == 0:
            return self.at_zero
        piece = self.piece_before(place)
        return None if piece is None else piece.at(place)

    def piece_before(self, x: Fraction) -> Piece | None:
        """The piece that holds x > 0; None beyond the end."""
        low, high = 0, len(self.pieces)
        while low < high:
            middle = (low + high) // 2
            end = self.pieces[middle].end
            if end is None or end >= x:
                high = middle
            else:
                low = middle + 1
        return self.pieces[low] if low < len(self.pieces) else None

    @cached_property
    def places(self) -> tuple[Fraction, ...]:
        """Every x at which a piece starts or ends."""
        ends = (piece.end for piece in self.pieces if piece.end is not None)
        return (ZERO, *ends)

    def until(self, x: Exact, beyond: End = "range", *, closed: bool = True) -> Curve:
        """The same, ending at x at the latest."""
        last = Fraction(x)
        if self.end is not None and (self.end < last or (self.end == last and self.beyond != "open")):
            return self
        kept = tuple(
            replace(piece, end=last) if piece.end is None or piece.end > last else piece
            for piece in self.pieces
            if piece.start < last
        )
        return Curve(self.at_zero, kept, beyond, closed)

    def stretched(self, factor: Exact) -> Curve:
        """The same cost over another measure of x: what stood at x stands at factor·x."""
        by = Fraction(factor)
        if by <= 0:
            raise ValueError(f"a measure is larger than zero, not {factor}")
        pieces = tuple(
            Piece(each.start * by, None if each.end is None else each.end * by, each.intercept, each.slope / by)
            for each in self.pieces
        )
        return replace(self, pieces=pieces)


def line(at_start: Exact, slope: Exact, *, at_zero: Exact | None = None) -> Curve:
    """at_start + slope·x for every x > 0; at 0 the same unless something else is said."""
    start = Fraction(at_start)
    first = start if at_zero is None else Fraction(at_zero)
    return Curve(first, (Piece(ZERO, None, start, Fraction(slope)),))


def overflow(free: Exact, price: Exact) -> Curve:
    """price·max(0, x − free): what does not fit is paid by its amount."""
    kink, slope = Fraction(free), Fraction(price)
    if kink <= 0:
        return line(-kink * slope, slope)
    return joined(ZERO, [(kink, ZERO, ZERO), (None, -kink * slope, slope)])


def steps(each: Exact, width: Exact, most: int) -> Curve:
    """each·⌈x/width⌉: whole units for everything; looked at for at most `most` of them."""
    usd, step = Fraction(each), Fraction(width)
    if step <= 0:
        raise ValueError(f"a unit carries more than nothing, not {width}")
    return joined(ZERO, [(step * number, usd * number, ZERO) for number in range(1, most + 1)], "range")


def joined(
    at_zero: Fraction, rows: Iterable[tuple[Fraction | None, Fraction, Fraction]], beyond: End = "open"
) -> Curve:
    """A curve from (end, intercept, slope) of each piece in order; empty pieces are left out, like ones joined."""
    pieces: list[Piece] = []
    start = ZERO
    for end, intercept, slope in rows:
        if end is not None and end <= start:
            continue
        if pieces and (pieces[-1].intercept, pieces[-1].slope) == (intercept, slope):
            pieces[-1] = replace(pieces[-1], end=end)
        else:
            pieces.append(Piece(start, end, intercept, slope))
        if end is None:
            break
        start = end
    return Curve(at_zero, tuple(pieces), beyond)


@dataclass(frozen=True)
class Cell:
    """(start, end] on which both curves are straight; None: that one does not reach so far."""

    start: Fraction
    end: Fraction | None
    first: Piece | None
    second: Piece | None


def cells(first: Curve, second: Curve) -> Iterator[Cell]:
    """The axis cut at every kink and jump of both, as far as both were looked at."""
    last = looked_until(first, second)
    one, two, start = 0, 0, ZERO
    while last is None or start < last:
        ours = first.pieces[one] if one < len(first.pieces) else None
        theirs = second.pieces[two] if two < len(second.pieces) else None
        if ours is None and theirs is None:
            return
        ends = [piece.end for piece in (ours, theirs) if piece is not None and piece.end is not None]
        ends += [] if last is None else [last]
        end = min(ends) if ends else None
        yield Cell(start, end, ours, theirs)
        if end is None:
            return
        one += ours is not None and ours.end == end
        two += theirs is not None and theirs.end == end
        start = end


def looked_until(*curves: Curve) -> Fraction | None:
    """Where the first of them stops because nobody looked further; None: nowhere."""
    return min((curve.end for curve in curves if curve.beyond == "range" and curve.end is not None), default=None)


def crossing(first: Piece, second: Piece, start: Fraction, end: Fraction | None) -> Fraction | None:
    """Where two lines meet strictly between start and end; None where they do not, or run alike."""
    if first.slope == second.slope:
        return None
    x = (second.intercept - first.intercept) / (first.slope - second.slope)
    return x if x > start and (end is None or x < end) else None


def added(*curves: Curve) -> Curve:
    """The sum, as far as all of them reach."""
    total = curves[0]
    for other in curves[1:]:
        total = _sum(total, other)
    return total


def _sum(first: Curve, second: Curve) -> Curve:
    rows = [
        (cell.end, cell.first.intercept + cell.second.intercept, cell.first.slope + cell.second.slope)
        for cell in cells(first, second)
        if cell.first is not None and cell.second is not None
    ]
    found = joined(first.at_zero + second.at_zero, rows)
    stops = [curve for curve in (first, second) if curve.end is not None and curve.end == found.end]
    if found.end is None or not stops:
        return found
    beyond: End = "limit" if any(curve.beyond == "limit" for curve in stops) else "range"
    return replace(found, beyond=beyond, closed=all(curve.closed for curve in stops))


@dataclass(frozen=True)
class Stretch:
    """Part of an envelope, (start, end], with who is lowest there."""

    start: Fraction
    end: Fraction | None
    label: str


@dataclass(frozen=True)
class Envelope:
    """The least of several curves at every x, and whose it is; of equals the one named first."""

    curve: Curve
    lowest: tuple[Stretch, ...]


def lower_envelope(named: Sequence[tuple[str, Curve]]) -> Envelope:
    """The lower envelope with exact crossings. Where one cannot serve, the others go on."""
    best, labels = named[0][1], _stretches(named[0][1], named[0][0])
    for label, curve in named[1:]:
        best, labels = _lower(best, labels, curve, label)
    return Envelope(best, tuple(labels))


def _stretches(curve: Curve, label: str) -> list[Stretch]:
    return [Stretch(ZERO, curve.end, label)] if curve.pieces else []


def _lower(best: Curve, labels: Sequence[Stretch], other: Curve, name: str) -> tuple[Curve, list[Stretch]]:
    rows: list[tuple[Fraction | None, Fraction, Fraction]] = []
    found: list[Stretch] = []
    number = 0

    def take(start: Fraction, end: Fraction | None, piece: Piece, label: str | None) -> None:
        nonlocal number
        rows.append((end, piece.intercept, piece.slope))
        if label is not None:
            _mark(found, Stretch(start, end, label))
            return
        while number + 1 < len(labels) and _is_over(labels[number], start):
            number += 1
        at = number
        while True:
            stretch = labels[at]
            stop = end if stretch.end is None or (end is not None and end <= stretch.end) else stretch.end
            _mark(found, Stretch(max(start, stretch.start), stop, stretch.label))
            if stop == end:
                return
            at += 1

    for cell in cells(best, other):
        for start, end, is_other in _halves(cell):
            piece = cell.second if is_other else cell.first
            assert piece is not None
            take(start, end, piece, name if is_other else None)
    merged = joined(min(best.at_zero, other.at_zero), rows)
    if merged.end is None:
        return merged, found
    stops = [curve for curve in (best, other) if curve.end == merged.end]
    beyond: End = "range" if any(curve.beyond == "range" for curve in stops) else "limit"
    return replace(merged, beyond=beyond, closed=any(curve.closed for curve in stops)), found


def _is_over(stretch: Stretch, start: Fraction) -> bool:
    return stretch.end is not None and stretch.end <= start


def _halves(cell: Cell) -> Iterator[tuple[Fraction, Fraction | None, bool]]:
    """The cell cut where the lines meet, each part with whether the second is strictly lower there."""
    if cell.first is None or cell.second is None:
        yield cell.start, cell.end, cell.first is None
        return
    x = crossing(cell.first, cell.second, cell.start, cell.end)
    parts = [(cell.start, cell.end)] if x is None else [(cell.start, x), (x, cell.end)]
    for start, end in parts:
        inside = start + 1 if end is None else (start + end) / 2
        yield start, end, cell.second.at(inside) < cell.first.at(inside)


def _mark(found: list[Stretch], stretch: Stretch) -> None:
    if found and found[-1].label == stretch.label:
        found[-1] = replace(found[-1], end=stretch.end)
    else:
        found.append(stretch)
