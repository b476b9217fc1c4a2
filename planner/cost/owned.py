"""What an hour of a machine costs its owner: capital, power, room, people and software (economics.md §2)."""

from __future__ import annotations

from typing import Literal

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.capacities import OwnedBox
from planner.cost.capital import annual_capital_usd
from planner.cost.figures import Driver
from planner.documents import Frozen
from planner.scenario import Assumptions
from planner.units import HOURS_PER_MONTH, MONTHS_PER_YEAR, WATTS_PER_KILOWATT

Ends = tuple[float, float, float]  # cheapest case, figure, dearest case


class OwnedPart(Frozen):
    """One line of what the machine costs; the lines sum to the totals."""

    name: str
    usd_per_h: Quantity  # of an hour in which the machine can be used
    usd_per_month: Quantity
    how: str
    driver: Driver


class OwnedHour(Frozen):
    """What one machine costs at a utilization, an hour in which it can be used and a month."""

    usd_per_h: Quantity
    usd_per_month: Quantity
    parts: tuple[OwnedPart, ...]
    utilization: float  # share of usable hours it serves
    usable_h_per_month: float  # 730 h × availability
    not_charged: tuple[str, ...]  # what nobody stated a figure for, by name


def owned_usd_per_h(box: OwnedBox, assumptions: Assumptions, utilization: float) -> OwnedHour:
    """H = (Capex·CRF − salvage + fees)/(8,760 h × availability) + kW × PUE × tariff (economics.md §2, owned box-hour).

    Watts are those of idle and of serving mixed by `utilization` (0 to 1), while the machine is up. Each end of the
    interval is one consistent case: the cheapest has the low rate, the long life, the low tariff, watts and fees and
    the high availability, the dearest the opposites.
    """
    if not 0 <= utilization <= 1:
        raise ValueError(f"utilization lies between 0 and 1, not {utilization}")
    parts = (
        _capital(box, assumptions),
        _power(box, assumptions, utilization),
        *_shares_of_price(box, assumptions),
        *_fees(box),
    )
    return OwnedHour(
        usd_per_h=_total([part.usd_per_h for part in parts]),
        usd_per_month=_total([part.usd_per_month for part in parts]),
        parts=parts,
        utilization=utilization,
        usable_h_per_month=HOURS_PER_MONTH * box.availability.value,
        not_charged=_not_charged(box),
    )


def _capital(box: OwnedBox, assumptions: Assumptions) -> OwnedPart:
    resale = float(box.resale_usd or 0)
    resold = f" less {text.money(resale)} resale" if resale else ""
    return _fixed(
        "capital",
        _annual(float(box.price_usd), resale, box, assumptions),
        weakest(assumptions.discount_rate_per_year.basis, box.life_years.basis),
        f"{text.money(float(box.price_usd))}{resold} over {text.in_unit(box.life_years.value, 'years')} at "
        f"{text.share(assumptions.discount_rate_per_year.value)} a year",
        box,
        driver="device_price",
    )


def _power(box: OwnedBox, assumptions: Assumptions, utilization: float) -> OwnedPart:
    tariff = box.tariff_usd_per_kwh or assumptions.tariff_usd_per_kwh
    active, idle = _ends(box.active_w), _ends(box.idle_w)
    watts = [utilization * busy + (1 - utilization) * rest for busy, rest in zip(active, idle, strict=True)]
    low, value, high = (w / WATTS_PER_KILOWATT * box.pue * usd for w, usd in zip(watts, _ends(tariff), strict=True))
    hours_low, hours, hours_high = (HOURS_PER_MONTH * share for share in _ends(box.availability))
    basis = weakest(box.active_w.basis, box.idle_w.basis, tariff.basis)
    return OwnedPart(
        name="electricity",
        usd_per_h=_figure((low, value, high), "USD/h", basis),
        usd_per_month=_figure(
            (low * hours_low, value * hours, high * hours_high), "USD/month", weakest(basis, box.availability.basis)
        ),
        how=(
            f"{text.significant(watts[1])} W at {text.share(utilization)} use × PUE {text.significant(box.pue)}, "
            f"{text.quantity(tariff, interval=False)}"
        ),
        driver="tariff",
    )


def _shares_of_price(box: OwnedBox, assumptions: Assumptions) -> list[OwnedPart]:
    """Spares bought with the machine, and maintenance as a share of its price every year."""
    price, parts = float(box.price_usd), list[OwnedPart]()
    if box.spares_share is not None:
        capital = _annual(price, 0.0, box, assumptions)
        low, value, high = (usd * share for usd, share in zip(capital, _ends(box.spares_share), strict=True))
        basis = weakest(assumptions.discount_rate_per_year.basis, box.life_years.basis, box.spares_share.basis)
        how = f"{text.share(box.spares_share.value)} of the price, bought with it and worth nothing at the end"
        parts.append(_fixed("spares", (low, value, high), basis, how, box, driver="device_price"))
    if box.maintenance_share_per_year is not None:
        share = box.maintenance_share_per_year
        low, value, high = (price * each for each in _ends(share))
        how = f"{text.share(share.value)} of the price a year"
        parts.append(_fixed("maintenance", (low, value, high), share.basis, how, box, driver="device_price"))
    return parts


def _fees(box: OwnedBox) -> list[OwnedPart]:
    """What is paid by the month, whatever the machine does."""
    fees = (
        ("colocation", box.colocation_usd_per_month),
        ("staff", box.staff_usd_per_month),
        ("software", box.software_usd_per_month),
    )
    return [
        _fixed(name, _a_year(fee), fee.basis, text.quantity(fee, interval=False), box, driver="none")
        for name, fee in fees
        if fee is not None
    ]


def _not_charged(box: OwnedBox) -> tuple[str, ...]:
    stated = (
        ("spares", box.spares_share),
        ("maintenance", box.maintenance_share_per_year),
        ("colocation", box.colocation_usd_per_month),
        ("staff", box.staff_usd_per_month),
        ("software", box.software_usd_per_month),
    )
    return tuple(name for name, figure in stated if figure is None)


def _annual(price_usd: float, resale_usd: float, box: OwnedBox, assumptions: Assumptions) -> Ends:
    """A year's capital: cheapest at a low rate and a long life, dearest at a high rate and a short one."""
    (low_rate, rate, high_rate), (short, life, long) = _ends(assumptions.discount_rate_per_year), _ends(box.life_years)
    low, value, high = (
        annual_capital_usd(price_usd, resale_usd, each_rate, each_life)
        for each_rate, each_life in ((low_rate, long), (rate, life), (high_rate, short))
    )
    return min(low, value), value, max(high, value)  # a resale above the price would turn the ends around


def _fixed(name: str, usd_per_year: Ends, basis: Basis, how: str, box: OwnedBox, *, driver: Driver) -> OwnedPart:
    """A part paid whether the machine is up or not: the hours it can be used bear all of it."""
    low, value, high = (usd / MONTHS_PER_YEAR for usd in usd_per_year)
    least, hours, most = (HOURS_PER_MONTH * share for share in _ends(box.availability))
    return OwnedPart(
        name=name,
        usd_per_h=_figure((low / most, value / hours, high / least), "USD/h", weakest(basis, box.availability.basis)),
        usd_per_month=_figure((low, value, high), "USD/month", basis),
        how=how,
        driver=driver,
    )


def _figure(ends: Ends, unit: Literal["USD/h", "USD/month"], basis: Basis) -> Quantity:
    low, value, high = ends
    return Quantity(value=value, unit=unit, basis=basis, low=min(low, value), high=max(high, value))


def _total(figures: list[Quantity]) -> Quantity:
    return Quantity(
        value=sum(each.value for each in figures),
        low=sum(each.bounds[0] for each in figures),
        high=sum(each.bounds[1] for each in figures),
        unit=figures[0].unit,
        basis=weakest(*(each.basis for each in figures)),
    )


def _ends(figure: Quantity) -> Ends:
    low, high = figure.bounds
    return low, figure.value, high


def _a_year(usd_per_month: Quantity) -> Ends:
    low, value, high = _ends(usd_per_month)
    return low * MONTHS_PER_YEAR, value * MONTHS_PER_YEAR, high * MONTHS_PER_YEAR
