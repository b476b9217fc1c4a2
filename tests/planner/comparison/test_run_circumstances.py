"""Settings differ when they are not the same, conditions when they differ by more than comes and goes."""

from __future__ import annotations

import pytest

from planner.comparison.run_circumstances import circumstances
from planner.measurement.runs import Conditions, Run
from tests.support.compared_runs import run_of

A = run_of((50, 51, 49))


def with_conditions(**changes: object) -> Run:
    conditions = Conditions.model_validate({**A.conditions.model_dump(), **changes})
    return A.model_copy(update={"conditions": conditions})


def test_a_run_differs_from_itself_in_nothing_though_much_is_unknown() -> None:
    assert not [each for each in circumstances(A, A) if each.differs]
    assert any(each.a is None for each in circumstances(A, A))


@pytest.mark.parametrize(
    ("label", "changes", "differs"),
    [
        ("battery", {"battery_percent": 50.0}, True),  # unknown on the other side
        ("free memory", {"available_memory_bytes": round(7.3 * 2**30)}, False),
        ("free memory", {"available_memory_bytes": 7 * 2**30}, True),
        ("load before", {"load_average_1min": 0.5}, False),
        ("load before", {"load_average_1min": 0.7}, True),
        ("power mode", {"power_mode": "powersave"}, True),
    ],
)
def test_a_condition_differs_by_more_than_comes_and_goes(label: str, changes: dict[str, object], differs: bool) -> None:
    found = next(each for each in circumstances(A, with_conditions(**changes)) if each.label == label)
    assert found.differs is differs


def test_the_same_architecture_of_other_files_is_told_by_their_prints() -> None:
    model = A.model.model_copy(update={"sha256": {"model.onnx": "ab12cd34ef"}})
    files = next(each for each in circumstances(A, A.model_copy(update={"model": model})) if each.label == "files")
    assert files.differs
    assert (files.b or "").endswith(" model.onnx ab12cd34")


def test_warm_ups_are_compared_where_there_were_any() -> None:
    cold = tuple(one.model_copy(update={"is_warm": one.number > 1}) for one in A.rounds)
    rows = {each.label: each for each in circumstances(A, A.model_copy(update={"rounds": cold}))}
    assert (rows["rounds that did not get warm"].a, rows["rounds that did not get warm"].b) == (None, "1 of 3")
