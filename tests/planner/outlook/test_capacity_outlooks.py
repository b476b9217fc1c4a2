"""Capacity over months: month 1 is its cost today, cash adds up to cost over whole terms, growth adds whole units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest

from planner.basis import Basis, Quantity
from planner.capacities import Capacity
from planner.cost.capacity import accepted_load, capacity_classes, capacity_cost
from planner.cost.capacity_figures import CapacityCost
from planner.cost.capacity_share import class_cost
from planner.cost.capacity_unit import capacity_unit
from planner.horizon import Horizon
from planner.outlook.calendar import calendar_of
from planner.outlook.capacity_flows import CapacityMonths, capacity_months
from planner.outlook.horizon import horizon_of
from planner.placement.options import Placement, Violation
from planner.placement.plan import Plan
from planner.planning import plan
from planner.prices.kinds.instance import PurchaseOption
from planner.scenario import Scenario
from planner.workload.task_classes import Workload
from tests.support.capacities import (
    RAISED,
    answering,
    busy_workload,
    capacities,
    capacity_scenario,
    owned,
    rented,
    reserved,
    shared_scenario,
)
from tests.support.scenarios import assumed

ALL = {each.name: each for each in capacities()}


@dataclass(frozen=True)
class Looked:
    scenario: Scenario
    capacity: Capacity
    months: CapacityMonths

    @property
    def first(self) -> CapacityCost:
        classes = capacity_classes(self.scenario, self.capacity)
        load = accepted_load(self.scenario, self.capacity, classes)
        return capacity_cost(self.scenario, self.capacity, load, self.scenario.as_of)

    def line(self, kind: str, how: str = "billed") -> list[float]:
        """The stated figures of a kind of cost, months 0 on."""
        flows = [getattr(flow, how)[1] for flow in self.months.flows if flow.kind == kind]
        return np.sum(flows, axis=0).tolist()

    @property
    def effective(self) -> list[float]:
        """All of the capacity, quality aside."""
        return np.sum([flow.effective[1] for flow in self.months.flows[:-1]], axis=0).tolist()

    @property
    def billed(self) -> list[float]:
        return np.sum([flow.billed[1] for flow in self.months.flows[:-1]], axis=0).tolist()


def grown(growth: float) -> Scenario:
    """The busy office with every class growing alike."""
    busy = busy_workload()
    classes = tuple(each.model_copy(update={"growth_per_year": growth}) for each in busy.task_classes)
    return capacity_scenario(workload=busy.model_copy(update={"task_classes": classes}))


def look(capacity: Capacity, years: float = 3.0, growth: float = 0.0, **changes: object) -> Looked:
    horizon = Horizon.model_validate({"years": years, **changes})
    whole = grown(growth).model_copy(update={"capacities": (capacity,), "horizon": horizon})
    found = capacity_months(whole, calendar_of(whole), capacity, capacity_classes(whole, capacity))
    assert isinstance(found, CapacityMonths), found
    return Looked(whole, capacity, found)


@pytest.mark.parametrize("name", ALL)
def test_month_1_is_what_the_capacity_costs_today(name: str) -> None:
    found = look(ALL[name])
    cost = found.first.effective_usd_per_month
    assert cost is not None
    assert found.effective[1] == pytest.approx(cost.value, rel=1e-9)
    assert found.months.units[0] == found.first.units


@pytest.mark.parametrize("name", ALL)
def test_review_and_repeats_of_month_1_are_those_of_the_classes_there(name: str) -> None:
    found = look(ALL[name])
    classes = capacity_classes(found.scenario, found.capacity)
    together, speed = (
        accepted_load(found.scenario, found.capacity, classes),
        capacity_unit(found.scenario, found.capacity, date.today()).speed,
    )
    costs = [
        class_cost(found.scenario, found.capacity, each, month=found.first, speed=speed, together=together)
        for each in classes
    ]
    true = sum(cost.true_usd_per_month.value for cost in costs if cost and cost.true_usd_per_month)
    quality = found.line("review and rejected results")
    assert found.effective[1] + quality[1] == pytest.approx(true, rel=1e-9)


def test_after_a_year_of_growth_retries_cost_what_a_scenario_grown_as_far_says() -> None:
    def repeated(workload: Workload, growth: float) -> Workload:
        retried = assumed(0.25, "share")
        changes = {"retry_share": retried, "growth_per_year": growth}
        classes = tuple(each.model_copy(update=changes) for each in workload.task_classes)
        return workload.model_copy(update={"task_classes": classes})

    capacity, horizon = ALL["own-box"], Horizon(years=2)
    sums: list[float] = []
    for workload, month in ((repeated(busy_workload(), 0.6), 13), (repeated(busy_workload(scale=1.6), 0.0), 1)):
        whole = capacity_scenario(capacity, workload=workload).model_copy(update={"horizon": horizon})
        found = capacity_months(whole, calendar_of(whole), capacity, capacity_classes(whole, capacity))
        assert isinstance(found, CapacityMonths)
        sums.append(float(np.sum([flow.effective[1][month] for flow in found.flows])))
    assert sums[0] == pytest.approx(sums[1], rel=1e-9)


@pytest.mark.parametrize("name", [name for name in ALL if name != "own-box"])
def test_over_whole_terms_cash_is_what_was_amortised(name: str) -> None:
    found = look(ALL[name], growth=0.6)
    assert sum(found.billed) == pytest.approx(sum(found.effective))


def test_a_dated_price_changes_in_the_middle_of_its_month() -> None:
    found = look(rented(), years=0.5)
    monthly = found.line("rented capacity")
    assert date(2027, 1, 15) == RAISED  # month 2 runs from 23 December, 23 of its 31 days at the old price
    assert monthly[2] == pytest.approx(monthly[1] * (23 + 8 * 60.00 / 55.04) / 31)
    assert monthly[3] == pytest.approx(monthly[1] * 60.00 / 55.04)


def test_an_introductory_price_of_a_machine_that_ends_is_doubted() -> None:
    def kinds(years: float, *, introductory: bool) -> set[str]:
        plain = capacity_scenario(answering(rented())).model_copy(update={"horizon": Horizon(years=years)})
        first, *others = plain.rate_cards
        (machine,) = first.offers
        prices = tuple(
            row.model_copy(update={"introductory": introductory and row.effective_to is not None})
            for row in machine.prices  # pyright: ignore
        )
        card = first.model_copy(update={"offers": (machine.model_copy(update={"prices": prices}),)})
        view = horizon_of(plain.model_copy(update={"rate_cards": (card, *others)}))
        return {doubt.kind for doubt in view.doubts}

    assert "IntroductoryEnds" in kinds(1.0, introductory=True)
    assert "IntroductoryEnds" not in kinds(1.0, introductory=False)
    assert "IntroductoryEnds" not in kinds(1 / 12, introductory=True)


def test_growth_adds_whole_units_at_will() -> None:
    found = look(rented(), years=5.0, growth=1.0)
    units = found.months.units
    assert list(units) == sorted(units)
    assert units[-1] > units[0]
    raised = found.line("rented capacity")
    assert raised[60] / raised[3] == pytest.approx(units[59] / units[2])


def test_a_promise_is_paid_though_the_work_goes_away() -> None:
    at_will, promised = (
        look(each.model_copy(update={"headroom": 0.3}), years=2.0, growth=-0.8)
        for each in (rented(), rented(PurchaseOption.COMMITMENT, term_months=12))
    )
    assert at_will.months.units[11] < at_will.months.units[0]
    assert promised.months.units[:12] == (promised.months.units[0],) * 12
    assert promised.months.units[12] < promised.months.units[0]


def test_a_promise_keeps_its_price_for_the_term() -> None:
    falling = Quantity(value=-0.5, unit="share", basis=Basis.ASSUMED, low=-0.6, high=-0.3)
    found = look(rented(PurchaseOption.COMMITMENT, term_months=12), years=2.0, rented_price_change_per_year=falling)
    monthly = found.line("rented capacity")
    assert monthly[1] == monthly[12]
    assert monthly[13] == pytest.approx(monthly[1] / 2)


def test_what_is_paid_up_front_comes_at_the_start_of_every_term() -> None:
    found = look(reserved(term_months=12), years=2.5)
    paid = found.line("rented capacity")
    assert [month for month, usd in enumerate(paid) if usd] == [0, 12, 24]
    assert found.line("salvage")[30] == pytest.approx(-paid[24] / 2)  # half of the last term is still to come


def test_an_owned_box_is_bought_again_when_its_life_is_over() -> None:
    found = look(owned(), years=5.0)
    units = found.months.units[0]
    hardware, back = found.line("hardware"), found.line("salvage")
    assert hardware[0] == hardware[48] == 9000 * units
    assert back[48] == -1500 * units
    assert back[60] == pytest.approx(-(9000 - 7500 / 4) * units)


def test_the_tariff_moves_owned_power_alone() -> None:
    dearer = Quantity(value=0.1, unit="share", basis=Basis.ASSUMED, low=0.0, high=0.2)
    plain, found = look(owned(), years=2.0), look(owned(), years=2.0, tariff_change_per_year=dearer)
    power = found.line("electricity")
    assert power[13] == pytest.approx(power[1] * 1.1)
    assert found.line("other running costs") == plain.line("other running costs")
    assert found.line("hardware") == plain.line("hardware")


def test_overflow_follows_the_token_price() -> None:
    halved = Quantity(value=-0.5, unit="share", basis=Basis.ASSUMED, low=-0.6, high=-0.4)
    capacity = reserved(term_months=12, overflow_sku="acme/mini")
    plain, found = look(capacity, years=2.0), look(capacity, years=2.0, token_price_change_per_year=halved)
    assert plain.line("token prices")[13] > 0
    assert found.line("token prices")[13] == pytest.approx(plain.line("token prices")[13] / 2)


def test_every_capacity_stands_against_the_base_case() -> None:
    made = capacity_scenario(*(answering(each) for each in ALL.values()))
    view = horizon_of(made.model_copy(update={"horizon": Horizon(years=5.0)}))
    assert [each.capacity for each in view.capacities] == list(ALL)
    for each in view.capacities:
        assert each.task_classes == (("archive",) if each.capacity == "spot" else ("chat", "archive"))
        assert each.stream is not None
        assert each.saving_npv_usd is not None
        assert each.saving_npv_usd.value == pytest.approx(view.base.npv_usd.value - each.stream.npv_usd.value)
        assert np.allclose(each.stream.billed_usd, np.sum([line.billed_usd for line in each.stream.lines], axis=0))
        assert len(each.units) == view.months
    lasting = [doubt.subject for doubt in view.doubts if doubt.kind == "HorizonBeyondLife"]
    assert "Owned own-box" in lasting


def test_a_capacity_without_a_price_has_no_figures_but_a_reason() -> None:
    unknown = reserved(name="secret", unit_model="secret")
    view = horizon_of(capacity_scenario(unknown))
    (found,) = view.capacities
    assert found.stream is None
    assert found.missing


def confined(*capacities: Capacity) -> Scenario:
    """Chat stays on one's own premises, so the base case has it on the box; mail and archive are metered there."""
    made = shared_scenario(*capacities)
    classes = tuple(
        each.model_copy(update={"residency": ("nowhere",)}) if each.name == "chat" else each
        for each in made.workload.task_classes
    )
    return made.model_copy(update={"workload": made.workload.model_copy(update={"task_classes": classes})})


def test_work_is_added_to_the_units_the_base_case_has_there() -> None:
    """The month of all on the box takes the place of the month of those already on it."""
    made = confined(answering(owned(name="own-box"), headroom=0.9, spare=1))
    decided = plan(made)
    (found,) = horizon_of(made, decided).capacities
    assert found.task_classes == ("mail", "archive")
    units: list[tuple[int, ...]] = []
    for names in ({"chat"}, {"chat", "mail", "archive"}):
        classes = [each for each in made.workload.task_classes if each.name in names]
        months = capacity_months(made, calendar_of(made), made.capacities[0], classes)
        assert isinstance(months, CapacityMonths)
        units.append(months.units)
    assert found.units == units[1]
    assert found.extra_up_front_usd == pytest.approx(9000.0 * (units[1][0] - units[0][0]))


def test_a_class_that_is_not_feasible_there_stays_where_it_is() -> None:
    made = confined(answering(owned(name="own-box")))
    decided = plan(made)

    def forbidding(*names: str) -> Plan:
        placements: list[Placement] = []
        for each in decided.placements:
            options = tuple(
                one.model_copy(update={"violations": (Violation(constraint="e2e_slo", sentence="Too slow."),)})
                if one.capacity and each.task_class in names
                else one
                for one in each.options
            )
            placements.append(each.model_copy(update={"options": options}))
        return decided.model_copy(update={"placements": tuple(placements)})

    (one,) = horizon_of(made, forbidding("mail")).capacities
    assert one.task_classes == ("archive",)
    (none,) = horizon_of(made, forbidding("mail", "archive")).capacities
    assert none.stream is None
    (why,) = none.missing
    assert why.endswith("can go there: Mail drafts (e2e slo); Archive tagging (e2e slo)")


def test_a_capacity_that_may_take_nothing_says_so() -> None:
    private = rented().model_copy(update={"task_classes": ("notes",)})
    (found,) = horizon_of(capacity_scenario(private)).capacities
    assert found.task_classes == ()
    assert "no class" in found.missing[0]
