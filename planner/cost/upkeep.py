"""What keeping a local model current costs a month, however much it is used: packaging, evaluation, downloads."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.basis import Quantity, weakest
from planner.cost.ends import Ends, ends
from planner.documents import Frozen
from planner.scenario import Assumptions
from planner.units import BYTES_PER_GB, MONTHS_PER_YEAR


class MonthlyPart(Frozen):
    """One line of what is paid by the month."""

    name: str
    usd_per_month: Quantity
    how: str


@dataclass(frozen=True)
class Upkeep:
    """The lines of one model on one fleet, and what nobody stated a figure for."""

    parts: tuple[MonthlyPart, ...] = ()
    not_charged: tuple[str, ...] = ()

    @property
    def usd_per_month(self) -> float:
        """All lines together."""
        return sum(part.usd_per_month.value for part in self.parts)


def model_upkeep(assumptions: Assumptions, model: str, file_bytes: Quantity | None, devices: int) -> Upkeep:
    """Releases a year × (packaging + evaluation + bytes × devices × USD/GB)/12 (economics.md §2, edge).

    The first release is a one-off of the horizon; here it counts as one of the year's.
    """
    releases = assumptions.releases_per_year
    efforts = (
        ("packaging", assumptions.packaging_usd_per_release),
        ("evaluation", assumptions.evaluation_usd_per_release),
    )
    parts: list[MonthlyPart] = []
    lacking: list[str] = []
    for name, effort in efforts:
        if effort is None or releases is None:
            why = _missing(effort, "no cost of it", releases)
            lacking.append(f"{name} of a release: {why}, so support has to cover it")
            continue
        how = f"{text.quantity(effort, interval=False)} × {text.quantity(releases, interval=False)} releases a year"
        parts.append(_part(f"{name} of {model}", ends(effort), how, effort, releases))
    per_gb = assumptions.download_usd_per_gb
    if per_gb is None or releases is None:
        lacking.append(f"model downloads: {_missing(per_gb, 'no price of a GB', releases)}")
    elif file_bytes is None:
        lacking.append(f"model downloads: the size of {model} is not known")
    else:
        gigabytes = ends(file_bytes).times(devices / BYTES_PER_GB)
        how = (
            f"{text.size(file_bytes.value)} × {devices:,} devices × {text.quantity(releases, interval=False)} releases "
            f"a year at {text.quantity(per_gb, interval=False)}"
        )
        parts.append(_part(f"downloads of {model}", gigabytes * ends(per_gb), how, file_bytes, per_gb, releases))
    return Upkeep(tuple(parts), tuple(lacking))


def _part(name: str, usd: Ends, how: str, *inputs: Quantity) -> MonthlyPart:
    """USD a release, in a month; the last input is how many releases there are a year."""
    low, value, high = usd * ends(inputs[-1]).times(1 / MONTHS_PER_YEAR)
    figure = Quantity(
        value=value,
        low=min(low, value),
        high=max(high, value),
        unit="USD/month",
        basis=weakest(*(each.basis for each in inputs)),
    )
    return MonthlyPart(name=name, usd_per_month=figure, how=how)


def _missing(figure: Quantity | None, words: str, releases: Quantity | None) -> str:
    lacking = [words] if figure is None else []
    lacking += ["no releases a year"] if releases is None else []
    return f"the scenario states {' and '.join(lacking)}"
