"""What fleets carry, as bars: each against its own limit, unknown as unknown, idle fleets left out."""

import pytest

from planner.basis import Basis, Quantity
from planner.placement.plan import FleetLoad
from planner.units import BYTES_PER_GIB
from ui.pages.load_rows import LoadRow, load_fills, load_finding

NOTHING_PAID = Quantity(value=0.0, unit="USD/month", basis=Basis.ASSUMED)


def row(*, utilization: float = 0.02, need_gib: float | None = 8, limit_gib: int | None = 16) -> LoadRow:
    need = None if need_gib is None else Quantity(value=need_gib * BYTES_PER_GIB, unit="B", basis=Basis.ESTIMATED)
    load = FleetLoad(
        profile_id="laptop",
        title="Laptop",
        count=1200,
        task_classes=("chat",),
        utilization=utilization,
        peak_utilization=0.05,
        memory_bytes=need,
        memory_limit_bytes=None if limit_gib is None else limit_gib * BYTES_PER_GIB,
        fixed_usd_per_month=NOTHING_PAID,
    )
    return LoadRow(load, 0.3, ("Chat",))


def test_each_bar_is_a_share_of_its_own_limit_with_the_amounts_beside_it() -> None:
    (group,) = load_fills((row(utilization=0.15),))
    assert group.title == "1,200 × Laptop"
    assert [(each.label, each.share, each.words) for each in group.fills] == [
        ("mean hour", pytest.approx(0.5), "15 % of active hours, 30 % allowed"),
        ("busiest hour", 0.05, "5 % of that hour"),
        ("memory", 0.5, "8 GiB of 16 GiB"),
    ]


def test_the_finding_is_what_is_nearest_to_its_limit_or_beyond_it() -> None:
    assert load_finding(load_fills((row(),))) == "Nearest to its limit: memory of 1,200 × Laptop, at 50 %"
    assert load_finding(load_fills((row(utilization=0.33),))) == "1,200 × Laptop: mean hour exceeds what is allowed"
    assert load_finding(()) == "The plan uses no device of yours"


def test_unknown_memory_has_no_bar_and_says_what_is_unknown() -> None:
    (group,) = load_fills((row(need_gib=None),))
    assert group.fills[2].share is None
    assert group.fills[2].words == "unknown: the size of a model is not known; the limit is 16 GiB"
    (group,) = load_fills((row(limit_gib=None),))
    assert group.fills[2].share is None
    assert group.fills[2].words == "8 GiB; unknown how much the device allows"


def test_a_fleet_that_carries_nothing_has_no_bars() -> None:
    idle = LoadRow(row().load, 0.3, ())
    assert load_fills((idle,)) == ()
