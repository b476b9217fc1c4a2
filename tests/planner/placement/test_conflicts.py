"""The smallest conflict, against every set of constraints tried (economics.md §3)."""

from __future__ import annotations

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from planner.placement.conflicts import smallest_conflict

KINDS = ("privacy", "memory", "capacity", "ttft_slo", "hours")
SETS = st.lists(st.frozensets(st.sampled_from(KINDS), min_size=1), max_size=5)


@given(SETS)
def test_no_smaller_set_forbids_everything(forbidding: list[frozenset[str]]) -> None:
    """Each option is forbidden by the kinds of one of the sets; without options nothing needs to be forbidden."""

    def allowed(kinds: frozenset[str]) -> bool:
        return any(not each & kinds for each in forbidding)

    every = chain.from_iterable(combinations(KINDS, size) for size in range(len(KINDS) + 1))
    enough = [frozenset(each) for each in every if not allowed(frozenset(each))]
    found = frozenset(smallest_conflict(KINDS, allowed))
    assert not allowed(found)
    assert len(found) == min(map(len, enough))


def test_of_equally_small_sets_the_first_kinds_are_blamed() -> None:
    found = smallest_conflict(KINDS, lambda kinds: not kinds & {"memory", "hours"})
    assert found == ("memory",)


def test_where_even_all_of_them_forbid_nothing_all_are_named() -> None:
    assert smallest_conflict(KINDS, lambda kinds: True) == KINDS


def test_a_smaller_conflict_is_found_where_dropping_one_by_one_would_end_in_a_larger_one() -> None:
    """{privacy, memory} and {hours} both forbid; dropping from the end keeps the pair."""
    assert smallest_conflict(KINDS, lambda kinds: not ({"privacy", "memory"} <= kinds or "hours" in kinds)) == (
        "hours",
    )
