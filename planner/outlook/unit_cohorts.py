"""Which units are bought when: as many as a month lacks, each for its whole term, gone when the term is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cohort:
    """Units bought together before a month (0: before the first) and gone before another."""

    month: int
    ends: int
    units: int


def cohorts(needed: Sequence[int], term_months: int) -> tuple[Cohort, ...]:
    """The purchases that keep at least the needed units in every month; a term of one month is at will.

    What a month needs beyond the units still under their terms is bought new; a unit no longer needed is paid until
    its term ends (use it or lose it).
    """
    bought: list[Cohort] = []
    for month, need in enumerate(needed):
        have = sum(each.units for each in bought if each.ends > month)
        if need > have:
            bought.append(Cohort(month, month + term_months, need - have))
    return tuple(bought)


def units_by_month(bought: Sequence[Cohort], months: int) -> tuple[int, ...]:
    """Units that are there in each month."""
    return tuple(sum(each.units for each in bought if each.month <= month < each.ends) for month in range(months))
