"""What a typed figure may be: its unit, and the range beyond which it is a slip and not a plan (CONVENTION §2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from planner import text
from planner.basis import Quantity
from planner.documents import Money
from planner.units import Unit

MOST_TOKENS = 10**9
MOST_DEVICES = 10**9
MOST_BYTES = 10**18
MOST_REQUESTS_PER_DAY = 1e12
MOST_USD = 10**12
MOST_MONTHS = 120
LEAST_USD = Decimal("1e-12")


def _figure(unit: Unit, least: float, most: float, *, reaches_zero: bool = True) -> AfterValidator:
    """A quantity in this unit whose value and ends lie in the range; an interval may reach down to zero as well."""

    def check(figure: Quantity) -> Quantity:
        if figure.unit != unit:
            raise ValueError(f"the unit must be {unit}, not {figure.unit}")
        low, high = figure.bounds
        inside = least <= figure.value and (low >= least or (reaches_zero and low == 0)) and high <= most
        if not inside:
            raise ValueError(f"must lie between {text.exact(least)} and {text.exact(most)} {unit}, interval included")
        return figure

    return AfterValidator(check)


def _usd(amount: Decimal) -> Decimal:
    if amount and not LEAST_USD <= amount <= MOST_USD:
        raise ValueError(f"must be zero or lie between {text.exact(LEAST_USD)} and {text.exact(MOST_USD)} USD")
    return amount


Usd = Annotated[Money, AfterValidator(_usd)]
"""A price or a value in documents: never negative."""

Tokens = Annotated[int, Field(gt=0, le=MOST_TOKENS)]
Size = Annotated[int, Field(ge=0, le=MOST_BYTES)]
"""Bytes as a machine counts them."""

TokensPerSecond = Annotated[Quantity, _figure("tok/s", 1e-3, 1e9)]
StreamSpeed = Annotated[Quantity, _figure("tok/s", 1e-3, 1e9, reaches_zero=False)]
"""A vendor's decode speed: its slow end decides, so that end cannot be zero."""
Wait = Annotated[Quantity, _figure("s", 0, 1e6)]
Duration = Annotated[Quantity, _figure("s", 1e-6, 1e6)]
Watts = Annotated[Quantity, _figure("W", 0, 1e6)]
PeakMemory = Annotated[Quantity, _figure("B", 0, MOST_BYTES)]
UsdPerKwh = Annotated[Quantity, _figure("USD/kWh", 0, 1e3)]
UsdPerHour = Annotated[Quantity, _figure("USD/h", 0, 1e6)]
UsdPerGb = Annotated[Quantity, _figure("USD/GB", 0, 1e3)]
UsdOnce = Annotated[Quantity, _figure("USD", 0, 1e9)]
"""An estimate of money spent once, with its interval; a price somebody charges is `Usd`."""
UsdPerMonth = Annotated[Quantity, _figure("USD/month", 0, 1e9)]
YearlyRate = Annotated[Quantity, _figure("share", 0, 10)]
Acceptance = Annotated[Quantity, _figure("share", 1e-3, 1)]
"""The share of results accepted; where nothing is ever accepted, nothing has a price."""
Years = Annotated[Quantity, _figure("years", 0.1, 100, reaches_zero=False)]
YearlyChange = Annotated[Quantity, _figure("share", -0.99, 10)]
"""A compound change of a price in a year: −0.3 falls by 30 %."""
Share = Annotated[Quantity, _figure("share", 0, 1)]
ShareOfTime = Annotated[Quantity, _figure("share", 1e-3, 1, reaches_zero=False)]
Efficiency = Annotated[Quantity, _figure("share", 0.1, 1, reaches_zero=False)]
EventsPerYear = Annotated[Quantity, _figure("count", 0, 366)]
ChargeCycles = Annotated[Quantity, _figure("count", 1, 1e5, reaches_zero=False)]
BatteryEnergy = Annotated[Quantity, _figure("Wh", 0.1, 1e7, reaches_zero=False)]
JoulesPerToken = Annotated[Quantity, _figure("J/tok", 0, 1e6)]
Spread = Annotated[Quantity, _figure("share", 0, 100)]
"""A coefficient of variation: standard deviation over mean."""
PeakFactor = Annotated[Quantity, _figure("count", 1, 1e3, reaches_zero=False)]
