"""Units under their terms: never fewer than needed, paid to the end of the term, no more bought than lacks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planner.outlook.unit_cohorts import Cohort, cohorts, units_by_month


def test_what_a_month_lacks_is_bought_for_a_whole_term() -> None:
    assert cohorts([2, 2, 3, 3, 1], 3) == (Cohort(0, 3, 2), Cohort(2, 5, 1), Cohort(3, 6, 2))
    assert units_by_month(cohorts([2, 2, 3, 3, 1], 3), 5) == (2, 2, 3, 3, 3)


def test_a_promise_outlasts_the_need() -> None:
    assert units_by_month(cohorts([4, 1, 1, 1], 12), 4) == (4, 4, 4, 4)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_at_will_there_are_as_many_as_needed(needed: list[int]) -> None:
    assert units_by_month(cohorts(needed, 1), len(needed)) == tuple(needed)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.integers(1, 36))
def test_there_are_always_enough_and_never_more_than_the_most_of_a_term(needed: list[int], term: int) -> None:
    there = units_by_month(cohorts(needed, term), len(needed))
    for month, (have, need) in enumerate(zip(there, needed, strict=True)):
        assert need <= have <= max(needed[max(0, month - term + 1) : month + 1])
