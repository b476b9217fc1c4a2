"""Each warning about owned costs fires on its case and only there (economics.md §6)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planner.basis import Basis, Quantity
from planner.capacities import Capacity, OwnedBox
from planner.cost.cost_doubts import batching_doubts, device_use_doubts, power_doubts, stacked_shares
from planner.measurement.energy.figures import MeterKind, MeterScope
from planner.prices.offers import RemoteService
from tests.support.engine import ownership, quantity, task_class
from tests.support.metered import measured, meter, performance


def kinds(doubts: tuple[object, ...]) -> list[str]:
    return [getattr(doubt, "kind", "") for doubt in doubts]


@pytest.mark.parametrize(
    ("used", "hours", "expected"),
    [
        (0.81, 8, ["HighUtilization"]),
        (0.8, 8, []),
        (0.3, 8, []),
        (0.95, 24, []),
    ],
)
def test_utilization(used: float, hours: float, expected: list[str]) -> None:
    assert kinds(device_use_doubts("Box", used, hours)) == expected


@pytest.mark.parametrize(("nameplate_w", "fires"), [(25, False), (20, False), (19, True), (35, False), (36, True)])
def test_stated_watts_against_the_nameplate(nameplate_w: float, fires: bool) -> None:
    found = power_doubts("Laptop", ownership(nameplate_w=quantity(nameplate_w, "W")), None)
    assert kinds(found) == (["PowerOffNameplate"] if fires else [])


def test_measured_watts_of_the_whole_device_count_before_stated_ones() -> None:
    owned = ownership(nameplate_w=quantity(25, "W"))
    whole = performance(energy_meter=meter(MeterKind.BATTERY, MeterScope.WHOLE_DEVICE), active_w=measured(60, "W"))
    part = performance(active_w=measured(60, "W"))  # of the processor only: says nothing of the nameplate
    assert kinds(power_doubts("Laptop", owned, whole)) == ["PowerOffNameplate"]
    assert power_doubts("Laptop", owned, part) == ()


def test_without_a_nameplate_or_watts_there_is_nothing_to_compare() -> None:
    assert power_doubts("Laptop", ownership(), None) == ()
    assert power_doubts("Laptop", ownership(nameplate_w=quantity(25, "W"), active_w=None), None) == ()


def accepted(share: float) -> Quantity:
    return Quantity(value=share, unit="share", basis=Basis.MEASURED)


def test_shares_of_the_same_hard_requests_are_not_independent() -> None:
    retried = task_class(retry_share=quantity(0.1, "share"))
    both = task_class(
        retry_share=quantity(0.1, "share"), escalation_share=quantity(0.1, "share"), escalates_to="acme/large"
    )
    assert kinds(stacked_shares(both, accepted(1.0))) == ["StackedShares"]
    assert kinds(stacked_shares(retried, accepted(0.9))) == ["StackedShares"]
    assert stacked_shares(retried, accepted(1.0)) == ()
    assert stacked_shares(task_class(), accepted(0.9)) == ()
    assert stacked_shares(task_class(retry_share=quantity(0.0, "share")), accepted(0.9)) == ()


def box(decode_tok_s: float, *, service: bool = True) -> Capacity:
    owned = OwnedBox(
        price_usd=Decimal(5000),
        life_years=quantity(4, "years"),
        active_w=quantity(300, "W"),
        idle_w=quantity(50, "W"),
        availability=quantity(0.99, "share"),
    )
    one = RemoteService(ttft_s=quantity(0.2, "s"), decode_tok_s=quantity(50, "tok/s"))
    return Capacity(
        name="box",
        title="Box",
        model="llama-3.2-1b",
        how=owned,
        prefill_tok_s=quantity(5000, "tok/s"),
        decode_tok_s=quantity(decode_tok_s, "tok/s"),
        service=one if service else None,
    )


def test_batching_needs_as_many_people_as_streams() -> None:
    assert kinds(batching_doubts(box(1000), seats=1)) == ["BatchingUnused"]
    assert kinds(batching_doubts(box(1000), seats=19)) == ["BatchingUnused"]
    assert batching_doubts(box(1000), seats=20) == ()
    assert batching_doubts(box(50), seats=1) == ()
    assert batching_doubts(box(1000, service=False), seats=1) == ()
