"""What is done again, elsewhere or by people: words become the class, and nothing impossible does."""

from __future__ import annotations

import pytest

from planner.errors import PlannerError
from planner.workload.task_classes import TaskClass
from tests.support.engine import task_class
from ui.pages.class_repeats import KINDS, Kind

SKUS = ("acme/small", "acme/large")
RETRY, ESCALATE, REVIEW, JUDGE, PLACES = KINDS


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (RETRY, "5"),
        (RETRY, "5 (2 … 10)"),
        (ESCALATE, "10 to acme/large"),
        (ESCALATE, "10 (5 … 20) to acme/large"),
        (REVIEW, "30"),
        (JUDGE, "1,500 in, 20 out at acme/small"),
        (PLACES, "EU, CH"),
    ],
)
def test_what_is_typed_is_what_is_shown(kind: Kind, words: str) -> None:
    assert kind.shown(kind.change(task_class(), words, SKUS)) == words


def test_shares_are_typed_in_percent() -> None:
    row = RETRY.change(task_class(), "5 % (2 … 10)", SKUS)
    assert row.retry_share is not None
    assert row.retry_share.value == pytest.approx(0.05)
    assert row.retry_share.bounds == pytest.approx((0.02, 0.1))


def filled() -> TaskClass:
    row = task_class()
    for kind, words in (
        (RETRY, "5"),
        (ESCALATE, "10 to acme/large"),
        (REVIEW, "30"),
        (JUDGE, "5 in, 2 out at acme/small"),
        (PLACES, "EU"),
    ):
        row = kind.change(row, words, SKUS)
    return row


def test_an_emptied_field_is_absent_again() -> None:
    row = filled()
    for kind in KINDS:
        row = kind.change(row, "", SKUS)
    assert row == task_class()


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        (RETRY, "101", "must lie between 0 and 1"),
        (RETRY, "often", "is not a number"),
        (ESCALATE, "10", "needs a share and an offer"),
        (ESCALATE, "10 to acme/lage", "acme/large"),
        (JUDGE, "some tokens", "needs its tokens and an offer"),
        (JUDGE, "5 in, 2 out at nobody/none", "no offer"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(kind: Kind, words: str, said: str) -> None:
    with pytest.raises(PlannerError, match=said):
        kind.change(task_class(), words, SKUS)
