"""An explanation as far as it is solved: what takes long comes last, and stops once nobody reads on."""

from __future__ import annotations

from itertools import pairwise

from planner.outlook.explanation import Explanation, explanation, explanations
from tests.support.engine import scenario, task_class

GIVEN = scenario(task_class(requests_per_day=100.0))


def test_flip_points_come_one_by_one_and_the_last_is_the_whole() -> None:
    first, *others = explanations(GIVEN, "mail")
    assert first.flip_points == ()
    assert not first.closing
    assert first.options
    assert first.near_optimal.ranges
    for before, after in pairwise([first, *others[:-1]]):
        assert after.flip_points[:-1] == before.flip_points
    assert others[-1] == explanation(GIVEN, "mail")
    assert others[-1].closing
    assert others[-1].flip_points == others[-2].flip_points


def test_nothing_more_is_solved_once_nobody_reads_on() -> None:
    seen: list[Explanation] = []
    seen.extend(explanations(GIVEN, "mail", left=lambda: True))
    assert len(seen) < len(list(explanations(GIVEN, "mail")))
    assert seen[0].options
    assert not seen[-1].closing
