"""A flip point is where planning anew gives another plan (economics.md §3): a thousandth before it does not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from planner.outlook.changed_figures import repriced, times
from planner.outlook.explanation import explanation
from planner.outlook.flip_points import Flip, FlipPoint
from planner.placement.options import Side
from planner.planning import plan
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from planner.workload.task_classes import Acceptance, Slo
from tests.support.engine import device, figure, offer, ownership, scenario, task_class

POLICY = Policy(hardware=HardwarePolicy.FULL_SHARE)
FIGURES = (figure(), figure("qwen2.5-0.5b", decode_tok_s=20.0))
BOOK = Fleet(profile=device(figures=FIGURES, owned=ownership()), count=100)
ASKED = task_class(
    requests_per_day=20_000.0,
    slo=Slo(ttft_p95_s=2.0, e2e_p95_s=20.0),
    acceptances=(Acceptance(model="llama-3.2-1b", weight_format="int4", accepted=90, of=100),),
    failure_usd=Decimal("0.0005"),
)
GIVEN = scenario(ASKED, task_class("other", requests_per_day=3_000.0), fleets=(BOOK,), policy=POLICY)


@pytest.fixture(scope="module")
def flips() -> dict[str, Flip]:
    return {each.driver: each for each in explanation(GIVEN, "mail").flip_points}


def with_class(given: Scenario, **update: object) -> Scenario:
    first, *others = given.workload.task_classes
    classes = (first.model_copy(update=update), *others)
    return given.model_copy(update={"workload": given.workload.model_copy(update={"task_classes": classes})})


def with_assumption(given: Scenario, name: str, factor: float) -> Scenario:
    changed = times(getattr(given.assumptions, name), factor)
    return given.model_copy(update={"assumptions": given.assumptions.model_copy(update={name: changed})})


def with_speed(given: Scenario, factor: float) -> Scenario:
    faster = tuple(
        each.model_copy(update={name: times(getattr(each, name), factor) for name in ("prefill_tok_s", "decode_tok_s")})
        for each in FIGURES
    )
    fleet = Fleet(profile=device(figures=faster, owned=ownership()), count=100)
    return given.model_copy(update={"fleets": (fleet,)})


def with_device_price(given: Scenario, factor: float) -> Scenario:
    owned = ownership(price_usd=Decimal(str(1200 * factor)), resale_usd=Decimal(str(200 * factor)))
    return given.model_copy(update={"fleets": (Fleet(profile=device(figures=FIGURES, owned=owned), count=100),)})


def with_acceptance(given: Scenario, factor: float) -> Scenario:
    """Both models: the one that was evaluated, and the one that is assumed to be accepted."""
    rows = [("llama-3.2-1b", 0.9), ("qwen2.5-0.5b", 1.0)]
    accepted = tuple(
        Acceptance(model=model, weight_format="int4", accepted=round(share * factor * 10**9), of=10**9)
        for model, share in rows
    )
    return with_class(given, acceptances=accepted)


def changed(driver: str, flip: Flip, factor: float) -> Scenario:
    """The scenario with the figure so many times as large, made here from the document and not by the engine."""
    made: dict[str, Callable[[], Scenario]] = {
        "token_prices": lambda: repriced(GIVEN, None, factor),
        "price": lambda: repriced(GIVEN, flip.name.removeprefix("the price of "), factor),
        "tariff": lambda: with_assumption(GIVEN, "tariff_usd_per_kwh", factor),
        "rtt": lambda: with_assumption(GIVEN, "network_rtt_s", factor),
        "volume": lambda: with_class(GIVEN, requests_per_day=20_000.0 * factor),
        "speed": lambda: with_speed(GIVEN, factor),
        "device_price": lambda: with_device_price(GIVEN, factor),
        "acceptance": lambda: with_acceptance(GIVEN, factor),
        "ttft_slo": lambda: with_class(GIVEN, slo=Slo(ttft_p95_s=2.0 * factor, e2e_p95_s=20.0)),
        "e2e_slo": lambda: with_class(GIVEN, slo=Slo(ttft_p95_s=2.0, e2e_p95_s=20.0 * factor)),
    }
    return made[driver]()


def placed(given: Scenario) -> tuple[Side | None, str | None]:
    chosen = plan(given).placements[0].chosen
    return (None, None) if chosen is None else (chosen.side, chosen.model)


DRIVERS = (
    "token_prices",
    "price",
    "tariff",
    "volume",
    "speed",
    "device_price",
    "acceptance",
    "ttft_slo",
    "e2e_slo",
    "rtt",
)


def test_every_driver_is_answered(flips: dict[str, Flip]) -> None:
    assert tuple(flips) == DRIVERS


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_thousandth_beyond_a_flip_the_plan_is_another_and_before_it_is_not(
    flips: dict[str, Flip], driver: str
) -> None:
    flip = flips[driver]
    for point, outward in ((flip.down, -1), (flip.up, 1)):
        if point is None:
            continue
        before = placed(changed(driver, flip, point.factor * (1 - outward * 0.001)))
        beyond = placed(changed(driver, flip, point.factor * (1 + outward * 0.001)))
        assert before == placed(GIVEN)
        assert beyond != before
        assert beyond[0] == point.side
        assert point.becomes is None or str(beyond[1]) in point.becomes
        assert point.verified


def test_what_never_flips_is_the_same_a_tenth_and_ten_times_as_large(flips: dict[str, Flip]) -> None:
    for driver, flip in flips.items():
        if flip.down is None and driver != "acceptance":
            assert placed(changed(driver, flip, 0.1)) == placed(GIVEN), driver
        if flip.up is None and driver != "acceptance":
            assert placed(changed(driver, flip, 10.0)) == placed(GIVEN), driver


def test_prices_tariff_and_volume_do_flip_here(flips: dict[str, Flip]) -> None:
    """The class is on the device: dearer electricity, cheaper tokens, less accepted and more work drive it off."""
    assert placed(GIVEN)[0] is Side.EDGE
    expected: dict[str, FlipPoint | None] = {
        "token_prices": flips["token_prices"].side_down,
        "acceptance": flips["acceptance"].side_down,
        "volume": flips["volume"].side_up,
        "speed": flips["speed"].side_down,
        "device_price": flips["device_price"].side_up,
    }
    assert {name for name, point in expected.items() if point is None} == set()
    assert all(point and point.side is Side.DATACENTER for point in expected.values())


def test_a_price_flip_is_where_both_sides_cost_the_same() -> None:
    """By hand: one class, nothing shared; the bill of the data center falls to what the device costs."""
    sunk = scenario(task_class(requests_per_day=20_000.0), offers=(offer(),))
    found = explanation(sunk, "mail")
    flip = next(each for each in found.flip_points if each.driver == "token_prices")
    made = plan(sunk)
    remote = next(each for each in made.placements[0].options if each.side is Side.DATACENTER)
    assert remote.cost is not None
    assert remote.cost.true_usd_per_month is not None
    assert flip.down is not None
    expected = made.totals.plan_usd_per_month.value / remote.cost.true_usd_per_month.value
    assert flip.down.factor == pytest.approx(expected, rel=1e-9)
    assert flip.exact
