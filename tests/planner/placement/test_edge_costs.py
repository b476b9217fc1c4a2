"""A fleet's facts reach the cost of its options; where a class also goes is judged (economics.md §2, §3)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planner.cost.figures import Cost
from planner.model.quality import QualityFigure
from planner.placement.enumeration import known_of, options_of
from planner.placement.options import Option
from planner.planning import plan
from planner.prices.offers import TokenOffer
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from planner.workload.task_classes import QualityFloor, TaskClass
from tests.support.engine import DAY, assumptions, device, figure, offer, ownership, quantity, scenario, task_class
from tests.support.sustained import contention_of
from tests.support.whole_profile import watched_run

UPKEEP = {
    "packaging_usd_per_release": quantity(60, "USD"),
    "evaluation_usd_per_release": quantity(60, "USD"),
    "releases_per_year": quantity(12, "count"),
    "download_usd_per_gb": quantity(0.01, "USD/GB"),
}


def options(one: Scenario) -> dict[str, Option]:
    asked = one.workload.task_classes[0]
    return {option.option_id: option for option in options_of(one, asked, known_of(one))}


def cost(one: Scenario, option_id: str = "edge:testbook:llama-3.2-1b:int4") -> Cost:
    found = options(one)[option_id].cost
    assert found is not None
    return found


def names(found: Cost) -> list[str]:
    return [part.name for part in found.parts]


def with_assumptions(one: Scenario, **changes: object) -> Scenario:
    return one.model_copy(update={"assumptions": assumptions().model_copy(update=changes)})


def test_a_metered_run_decides_the_electricity_of_its_model() -> None:
    profile = device(figures=()).model_copy(update={"runs": (watched_run(),)})
    one = scenario(fleets=(Fleet(profile=profile, count=100),))
    assert "J/tok above idle" in cost(one).parts[0].how
    stated = scenario()
    assert "20 W, above idle (published)" in cost(stated).parts[0].how


def test_users_wait_on_their_own_device_only() -> None:
    profile = device().model_copy(update={"contentions": (contention_of(),)})
    asked = task_class(requests_per_day=10.0)

    def on(count: int) -> Scenario:
        one = scenario(asked, fleets=(Fleet(profile=profile, count=count),))
        return with_assumptions(one, user_time_usd_per_h=quantity(40, "USD/h"))

    assert "waiting user" in names(cost(on(100)))
    assert "waiting user" not in names(cost(on(1)))  # a shared machine: nobody works at it
    assert not any("wait" in each for each in cost(on(1)).not_charged)


def test_what_a_cost_leaves_out_is_said_until_it_is_stated() -> None:
    lacking = " ".join(cost(scenario()).not_charged)
    assert all(what in lacking for what in ("battery wear", "users who wait", "packaging", "evaluation", "downloads"))
    stated = with_assumptions(scenario(), **UPKEEP)
    assert not any("packaging" in each or "downloads" in each for each in cost(stated).not_charged)


def test_utilization_stands_beside_every_cost_on_a_device() -> None:
    found = cost(scenario())
    service = options(scenario())["edge:testbook:llama-3.2-1b:int4"].service
    assert service is not None
    assert found.utilization == service.utilization
    assert found.usd_per_mtok_at_utilization is not None
    assert found.usd_per_mtok_at_full_utilization is not None
    assert found.usd_per_mtok_at_utilization.value > found.usd_per_mtok_at_full_utilization.value


def test_at_full_share_the_policy_s_view_is_the_cost_itself() -> None:
    found = cost(
        scenario(task_class(retry_share=quantity(0.2, "share")), policy=Policy(hardware=HardwarePolicy.FULL_SHARE))
    )
    view = next(each for each in found.hardware_views if each.policy == "full_share")
    assert view.usd_per_accepted is not None
    assert found.usd_per_accepted is not None
    assert view.usd_per_accepted.value == pytest.approx(found.usd_per_accepted.value)
    assert view.usd_per_mtok is not None
    assert found.usd_per_mtok is not None
    assert view.usd_per_mtok.value == pytest.approx(found.usd_per_mtok.value)


def test_retries_take_hours_of_the_device() -> None:
    once, twice = (
        options(scenario(task_class("mail", **changes)))["edge:testbook:llama-3.2-1b:int4"].service
        for changes in ({}, {"retry_share": quantity(1.0, "share")})
    )
    assert once is not None
    assert twice is not None
    assert twice.utilization == pytest.approx(2 * (once.utilization or 0))


ESCALATING = {"escalation_share": quantity(0.1, "share"), "escalates_to": "acme/large"}


def violated(asked: TaskClass, offers: tuple[TokenOffer, ...] | None = None) -> dict[str, set[str]]:
    found = options(scenario(asked, offers=offers))
    return {option_id: {each.constraint for each in option.violations} for option_id, option in found.items()}


@pytest.mark.parametrize(
    ("bound", "constraint"), [({"may_leave_device": False}, "privacy"), ({"needs_offline": True}, "offline")]
)
def test_an_escalation_never_goes_where_the_class_may_not(bound: dict[str, object], constraint: str) -> None:
    """economics.md §7: a privacy-bound class appears on no forbidden target in any plan."""
    edge = "edge:testbook:llama-3.2-1b:int4"
    assert violated(task_class("mail", **bound))[edge] == set()
    assert violated(task_class("mail", **bound, **ESCALATING))[edge] == {constraint}
    judge = {"judge": {"sku": "acme/large", "input_tokens": 10, "output_tokens": 1}}
    assert violated(task_class("mail", **bound, **judge))[edge] == {constraint}
    assert plan(scenario(task_class("mail", **bound, **ESCALATING))).placements[0].chosen is None


def test_a_class_that_names_places_goes_only_where_a_vendor_states_them() -> None:
    here = offer("acme/small").model_copy(update={"residency": ("EU",)})
    there = offer("acme/large").model_copy(update={"residency": ("US",)})
    silent = offer("acme/silent")
    offers = (here, there, silent)
    found = violated(task_class(residency=("eu",)), offers)
    assert "residency" not in found["datacenter:acme/small"]
    assert "residency" in found["datacenter:acme/large"]
    assert "residency" in found["datacenter:acme/silent"]
    assert found["edge:testbook:llama-3.2-1b:int4"] == set()
    escalated = violated(task_class("mail", residency=("eu",), **ESCALATING), offers)
    assert "residency" in escalated["edge:testbook:llama-3.2-1b:int4"]
    assert all("residency" not in each for each in violated(task_class(), offers).values())


def test_an_escalation_too_long_for_its_target_is_refused() -> None:
    short = offer("acme/large").model_copy(update={"context_tokens": 600})
    found = violated(task_class("mail", **ESCALATING), (offer(), short))
    assert "context" in found["edge:testbook:llama-3.2-1b:int4"]


def test_an_escalation_to_an_unknown_offer_has_no_price() -> None:
    asked = task_class(escalation_share=quantity(0.1, "share"), escalates_to="acme/none")
    assert violated(asked)["edge:testbook:llama-3.2-1b:int4"] == {"unpriced"}


def test_upkeep_is_paid_once_for_every_model_in_use() -> None:
    classes = [task_class(name, may_leave_device=False) for name in ("mail", "chat")]
    result = plan(with_assumptions(scenario(*classes), **UPKEEP))
    (load,) = result.fleet_loads
    lines = {part.name: part.usd_per_month.value for part in load.fixed_parts}
    assert lines["packaging of llama-3.2-1b int4"] == pytest.approx(60)
    assert lines["support"] == pytest.approx(100 * 0.5)
    assert sum(name.startswith("packaging") for name in lines) == 1
    assert load.fixed_usd_per_month.value == sum(lines.values())
    totals = result.totals
    assert totals.fleet_usd_per_month == pytest.approx(load.fixed_usd_per_month.value)
    parts = (
        totals.edge_usd_per_month,
        totals.datacenter_usd_per_month,
        totals.fleet_usd_per_month,
        totals.quality_usd_per_month,
    )
    assert totals.plan_usd_per_month.value == pytest.approx(sum(parts))


def test_upkeep_can_keep_everything_in_the_data_center() -> None:
    asked = task_class(requests_per_day=140_000.0)
    cheap, dear = (
        scenario(asked),
        with_assumptions(scenario(asked), **{**UPKEEP, "evaluation_usd_per_release": quantity(50_000, "USD")}),
    )
    sides = [plan(one).placements[0].chosen for one in (cheap, dear)]
    assert [option.side.value for option in sides if option] == ["edge", "datacenter"]


def test_classes_share_a_model_where_keeping_two_current_costs_more() -> None:
    """Alone each class would take its own cheapest model."""
    fast = figure("qwen2.5-0.5b", prefill_tok_s=3000.0, decode_tok_s=150.0)
    profile = device(figures=(fast, figure()), owned=ownership(incremental_usd=Decimal(0)))
    classes = [
        task_class("easy", may_leave_device=False),
        task_class("hard", may_leave_device=False, quality_floors=(QualityFloor(scale="mmlu", minimum=40.0),)),
    ]
    quality = tuple(
        QualityFigure(model=model, weight_format="int4", scale="mmlu", points=points, source="test", as_of=DAY)
        for model, points in (("qwen2.5-0.5b", 30.0), ("llama-3.2-1b", 45.0))
    )
    one = scenario(*classes, fleets=(Fleet(profile=profile, count=100),), quality=quality)
    apart = {each.task_class: each.chosen.model for each in plan(one).placements if each.chosen}
    kept = plan(with_assumptions(one, **UPKEEP))
    shared = {each.task_class: each.chosen.model for each in kept.placements if each.chosen}
    assert apart == {"easy": "qwen2.5-0.5b", "hard": "llama-3.2-1b"}
    assert shared == {"easy": "llama-3.2-1b", "hard": "llama-3.2-1b"}


def test_a_device_busy_most_of_its_office_hours_is_doubted() -> None:
    """economics.md §6: utilization above 80 % for office hours."""

    def doubted(requests_per_day: float, hours: float = 8.0) -> bool:
        asked = task_class(requests_per_day=requests_per_day * hours / 8, may_leave_device=False)
        one = scenario(asked, policy=Policy(device_contention_cap=1.0))
        work = one.workload.model_copy(update={"active_hours_per_day": hours, "peak_to_mean": quantity(1.0, "count")})
        result = plan(one.model_copy(update={"workload": work}))
        assert result.fleet_loads[0].task_classes
        return "HighUtilization" in {doubt.kind for doubt in result.doubts}

    assert doubted(1_000_000)  # 2.5 s each on 100 devices: 87 % of 8 hours
    assert not doubted(800_000)
    assert not doubted(1_000_000, hours=20.0)
