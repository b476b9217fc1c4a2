"""What one request costs at a per-token price, as cost parts; where the price depends on the hour, over the hours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time

from planner import text
from planner.basis import Basis, Doubt, weakest
from planner.cost.figures import CostPart
from planner.errors import PriceError
from planner.prices.choice import hours_words, residency_factor
from planner.prices.costing import Costing, CostingRow
from planner.prices.offers import Quote, TokenOffer
from planner.prices.usage import TokenUsage, price_usage
from planner.workload.task_classes import TaskClass

DAY_H = 24.0
INPUT = ("input", "cached input", "cache write")
OUTPUT = ("output", "reasoning")


@dataclass(frozen=True)
class Metered:
    """The bill of one request at an offer, line by line, and what to doubt about it."""

    parts: tuple[CostPart, ...]
    warnings: tuple[Doubt, ...]

    @property
    def usd_per_request(self) -> float:
        """The sum of the parts."""
        return sum(part.usd_per_request for part in self.parts)


def metered_request(
    offer: TokenOffer,
    task_class: TaskClass,
    on: date,
    *,
    quotes: Sequence[Quote] = (),
    active_hours_per_day: float = DAY_H,
) -> Metered:
    """One request of the class at the offer's standard prices of this day (CONVENTION §7, §8); else a PriceError.

    A batch or flex price is never chosen in silence. A class that names places is priced in the cheapest of them that
    the vendor states a price for.
    """
    usage = TokenUsage(
        input_tokens=task_class.input_tokens,
        cached_tokens=round(task_class.input_tokens * task_class.cached_share),
        output_tokens=task_class.output_tokens,
    )
    residency = _cheapest_place(offer, task_class.residency)
    return metered_usage(
        offer, usage, on, residency=residency, quotes=quotes, active_hours_per_day=active_hours_per_day
    )


def metered_usage(
    offer: TokenOffer,
    usage: TokenUsage,
    on: date,
    *,
    residency: str | None = None,
    quotes: Sequence[Quote] = (),
    active_hours_per_day: float = DAY_H,
) -> Metered:
    """One such usage as cost parts; list prices are exact, so the interval has no width unless the hour matters."""

    def priced(at: time | None) -> Costing:
        return price_usage(offer, usage, on=on, at=at, residency=residency, quotes=quotes)

    hours = [row.hours for row in offer.hourly_prices_on(on) if row.hours is not None]
    cuts = sorted({moment for each in hours for moment in (each.start, each.end)})
    if not cuts or _is_quoted(priced):
        costing = priced(None)
        return Metered(tuple(_part(row) for row in costing.rows), costing.warnings)
    return _over_hours(offer, priced, cuts, active_hours_per_day)


def _is_quoted(priced: Callable[[time | None], Costing]) -> bool:
    """A quote without hours goes before list prices with hours, and then the hour does not matter."""
    try:
        priced(None)
    except PriceError:
        return False
    return True


def _over_hours(
    offer: TokenOffer, priced: Callable[[time | None], Costing], cuts: Sequence[time], active_h: float
) -> Metered:
    """The mean over the day, from the cheapest to the dearest run of active hours: nobody says which they are."""
    costings = [priced(moment) for moment in cuts]
    names = list(dict.fromkeys(row.what for costing in costings for row in costing.rows))
    usd = [[_usd_of(costing, name) for costing in costings] for name in names]
    starts = [moment.hour + moment.minute / 60 + moment.second / 3600 for moment in cuts]
    runs = [_shares(starts, begin, active_h) for start in starts for begin in (start, start - active_h)]
    totals = [sum(_weighed(row, run) for row in usd) for run in runs]
    cheapest, dearest = (runs[totals.index(find(totals))] for find in (min, max))
    day = _shares(starts, starts[0], DAY_H)
    parts: list[CostPart] = []
    for name, row in zip(names, usd, strict=True):
        low, high = sorted((_weighed(row, cheapest), _weighed(row, dearest)))
        value = _weighed(row, day)
        known = next(each for costing in costings for each in costing.rows if each.what == name)
        parts.append(
            _part(known).model_copy(
                update={
                    "usd_per_request": value,
                    "low_usd": min(low, value),
                    "high_usd": max(high, value),
                    "basis": Basis.PUBLISHED if active_h == DAY_H else Basis.ESTIMATED,
                    "how": f"{_tokens(known)} tokens at prices that depend on the hour, the mean over the day",
                }
            )
        )
    return Metered(tuple(parts), (*costings[0].warnings, _hourly(offer, active_h)))


def _shares(starts: Sequence[float], begin: float, length_h: float) -> list[float]:
    """The share of a run of hours (over midnight too) that lies in each part of the day; parts follow each other."""
    shares: list[float] = []
    for start, end in zip(starts, [*starts[1:], starts[0] + DAY_H], strict=True):
        inside = sum(
            max(0.0, min(end + days, begin + length_h) - max(start + days, begin)) for days in (-DAY_H, 0.0, DAY_H)
        )
        shares.append(inside / length_h)
    return shares


def _weighed(row: Sequence[float], shares: Sequence[float]) -> float:
    return sum(usd * share for usd, share in zip(row, shares, strict=True))


def _usd_of(costing: Costing, name: str) -> float:
    return float(sum(row.effective_usd for row in costing.rows if row.what == name))


def _part(row: CostingRow) -> CostPart:
    usd = float(row.effective_usd)
    head = row.what.split(" (", 1)[0].split(",", 1)[0]
    each = text.money_per_mtok(float(row.unit_price_usd)) if row.unit == "token" else "a request"
    return CostPart(
        name=row.what,
        usd_per_request=usd,
        low_usd=usd,
        high_usd=usd,
        basis=weakest(Basis.PUBLISHED, row.confidence.basis),
        how=f"{_tokens(row)} tokens at {each}" if row.unit == "token" else f"{text.money(usd)} {each}",
        driver="token_price",
        input_share=1.0 if head in INPUT else 0.0 if head in OUTPUT else None,
    )


def _tokens(row: CostingRow) -> str:
    return f"{int(row.quantity):,}"


def _cheapest_place(offer: TokenOffer, places: Sequence[str]) -> str | None:
    """Of the places a class allows the one that costs least; where none is stated, the first, which is refused."""
    stated = {each.casefold() for each in offer.stated_places}
    known = [place for place in places if place.casefold() in stated]
    if not known:
        return places[0] if places else None
    return min(known, key=lambda place: residency_factor(offer, place))


def _hourly(offer: TokenOffer, active_h: float) -> Doubt:
    windows = ", ".join(dict.fromkeys(hours_words(row.hours) for row in offer.prices if row.hours is not None))
    return Doubt(
        kind="PriceByHour",
        subject=offer.sku,
        sentence=(
            f"What {offer.title} costs depends on the hour ({windows} cost otherwise than the rest of the day); it is "
            f"the mean over the day, from the cheapest to the dearest run of {text.significant(active_h)} active hours."
        ),
        advice="Look up when your people work, and price those hours with «edgewise price --at HH:MM».",
    )
