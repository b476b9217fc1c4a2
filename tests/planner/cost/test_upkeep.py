"""Packaging, evaluation and downloads of a local model by the month (economics.md §2, edge)."""

from __future__ import annotations

import pytest

from planner.basis import Basis
from planner.cost.upkeep import model_upkeep
from tests.support.engine import assumptions, quantity

STATED = {
    "packaging_usd_per_release": quantity(600, "USD", 300, 900),
    "evaluation_usd_per_release": quantity(1200, "USD"),
    "releases_per_year": quantity(4, "count", 2, 6),
    "download_usd_per_gb": quantity(0.05, "USD/GB"),
}
SIZE = quantity(2e9, "B")


def test_effort_and_downloads_of_every_release_in_a_month() -> None:
    found = model_upkeep(assumptions().model_copy(update=STATED), "small int4", SIZE, devices=100)
    monthly = {part.name: part.usd_per_month for part in found.parts}
    assert monthly["packaging of small int4"].value == pytest.approx(600 * 4 / 12)
    assert monthly["packaging of small int4"].bounds == pytest.approx((300 * 2 / 12, 900 * 6 / 12))
    assert monthly["evaluation of small int4"].value == pytest.approx(1200 * 4 / 12)
    assert monthly["downloads of small int4"].value == pytest.approx(2 * 100 * 4 / 12 * 0.05)
    assert monthly["downloads of small int4"].basis is Basis.PUBLISHED
    assert found.usd_per_month == sum(part.usd_per_month.value for part in found.parts)
    assert found.not_charged == ()


def test_what_nobody_states_is_not_charged_and_named() -> None:
    found = model_upkeep(assumptions(), "small int4", SIZE, devices=100)
    assert found.parts == ()
    lacking = "the scenario states no cost of it and no releases a year, so support has to cover it"
    assert found.not_charged == (
        f"packaging of a release: {lacking}",
        f"evaluation of a release: {lacking}",
        "model downloads: the scenario states no price of a GB and no releases a year",
    )


def test_a_model_of_unknown_size_has_no_price_of_its_download() -> None:
    found = model_upkeep(assumptions().model_copy(update=STATED), "own", None, devices=100)
    assert [part.name for part in found.parts] == ["packaging of own", "evaluation of own"]
    assert found.not_charged == ("model downloads: the size of own is not known",)
