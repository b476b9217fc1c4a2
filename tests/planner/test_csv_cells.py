"""CSV opens in a spreadsheet without running anything, and numbers keep every digit."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.csv_cells import BYTE_ORDER_MARK, csv_text, harmless


@pytest.mark.parametrize("active", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_would_start_a_formula_is_made_text(active: str) -> None:
    assert harmless(active) == f"'{active}"
    assert harmless(f"a{active}") == f"a{active}"


def test_negative_numbers_stay_numbers_unknown_is_empty_and_lines_end_as_rfc_4180_says() -> None:
    assert csv_text([("a", "b"), (-1.5, None), (True, 10**18), ('say "x"', "=x")]) == (
        BYTE_ORDER_MARK + 'a,b\r\n-1.5,\r\ntrue,1000000000000000000\r\n"say ""x""",\'=x\r\n'
    )


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(), min_size=1))
def test_numbers_read_again_are_the_same(numbers: list[float]) -> None:
    [row] = csv.reader(io.StringIO(csv_text([numbers]).removeprefix(BYTE_ORDER_MARK)))
    assert [
        float(cell) if isinstance(number, float) else int(cell) for cell, number in zip(row, numbers, strict=True)
    ] == numbers


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=4))
def test_words_read_again_are_the_same_but_for_the_apostrophe(words: list[str]) -> None:
    [row] = csv.reader(io.StringIO(csv_text([words]).removeprefix(BYTE_ORDER_MARK), newline=""))
    assert row == [harmless(word) for word in words]
