"""horizon_of(): what plan and base case cost over the coming months, and when the plan's extra money is back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from planner.basis import Basis, weakest
from planner.cost.cash_flow import Flows
from planner.outlook.calendar import Calendar, calendar_of
from planner.outlook.capacity_flows import CapacityMonths, capacity_months
from planner.outlook.capacity_outlooks import Base, capacity_outlooks
from planner.outlook.cost_paths import CostPath, cost_path
from planner.outlook.flows import Flow, class_flows, fleet_flows, life_months_of, upkeep_flows
from planner.outlook.growth import outgrown
from planner.outlook.horizon_doubts import horizon_doubts
from planner.outlook.horizon_view import HorizonView
from planner.outlook.horizon_words import horizon_sentence
from planner.outlook.one_offs import Choice, one_off_flows, one_off_outlooks
from planner.outlook.payback import payback
from planner.outlook.streams import VALUE, Items, chart_of, running_saving, saving_npv, savings, stream, years_of
from planner.placement.enumeration import known_of, requests_per_month
from planner.placement.fleets import fleets_in_use
from planner.placement.options import Option
from planner.placement.plan import Plan
from planner.placement.selection import fleet_of
from planner.placement.totals import base_option
from planner.placement.user_groups import by_user_group
from planner.planning import plan as plan_of
from planner.scenario import Scenario


def horizon_of(scenario: Scenario, plan: Plan | None = None) -> HorizonView:
    """The scenario's horizon for its plan (made here where none is given) and for the plan's base case; pure.

    Volume grows class by class; the placement stays as the plan decided it for the first month, and so does the base.
    """
    decided = plan or plan_of(scenario)
    scenario = by_user_group(scenario)
    calendar, rate = calendar_of(scenario), scenario.assumptions.discount_rate_per_year
    ours = {each.task_class: each.chosen for each in decided.placements if each.chosen}
    theirs = {each.task_class: base for each in decided.placements if (base := base_option(each))}
    paths = _Paths(scenario, calendar)
    mine, other = paths.items_of(ours), paths.items_of(theirs)
    basis = _basis(scenario, decided)
    our_stream = stream("This plan", mine, calendar.months, rate, basis)
    base_stream = stream("Base case", other, calendar.months, rate, basis)
    saved, running = savings(mine, other, calendar.months), running_saving(mine, other, calendar.months)
    latest, back, earliest = (payback(each, steady, rate.value) for each, steady in zip(saved, running, strict=True))
    grown = outgrown(scenario, decided, calendar)
    extra_usd = our_stream.billed_usd[0] - base_stream.billed_usd[0]
    options = {each.task_class: each.options for each in decided.placements}
    capacities = capacity_outlooks(scenario, calendar, Base(theirs, other, _keys(theirs), basis, options))
    used = fleets_in_use(scenario, [*ours.values(), *theirs.values()])
    return HorizonView(
        engine=decided.engine,
        scenario_sha256=decided.scenario_sha256,
        title=scenario.title,
        starts=calendar.starts[0],
        months=calendar.months,
        begins=calendar.starts[:-1],
        discount_rate_per_year=rate,
        sentence=horizon_sentence(
            calendar.months, our_stream, base_stream, rate=rate, extra_up_front_usd=extra_usd, back=back
        ),
        plan=our_stream,
        base=base_stream,
        base_case=decided.totals.base_case,
        saving_npv_usd=saving_npv(mine, other, calendar.months, rate, weakest(basis, rate.basis)),
        extra_up_front_usd=extra_usd,
        payback=back,
        payback_earliest=earliest,
        payback_latest=latest,
        years=years_of(our_stream, base_stream),
        one_offs=one_off_outlooks(scenario, ours, theirs, paths.inference_of(ours)),
        capacities=capacities,
        outgrown=grown,
        unplaced=decided.totals.unplaced,
        chart=chart_of(our_stream, base_stream, None if back.month is None else round(back.month)),
        doubts=horizon_doubts(
            scenario, calendar, paths=paths.by_model, fleets=used, grown=grown, back=back, capacities=capacities
        ),
    )


def _basis(scenario: Scenario, plan: Plan) -> Basis:
    """The weakest of what the months rest on; growth and one-offs are what the user expects."""
    horizon = scenario.horizon
    changes = (
        horizon.token_price_change_per_year,
        horizon.rented_price_change_per_year,
        horizon.tariff_change_per_year,
        horizon.device_price_change_per_year,
    )
    expects = bool(horizon.one_offs) or any(each.growth_per_year for each in scenario.workload.task_classes)
    return weakest(
        plan.totals.plan_usd_per_month.basis,
        plan.totals.base_usd_per_month.basis,
        *(change.basis for change in changes if change is not None),
        *([Basis.ASSUMED] if expects else []),
    )


class _Paths:
    """The costs and flows of every class on an option, made once for plan and base case."""

    def __init__(self, scenario: Scenario, calendar: Calendar) -> None:
        self.by_model: dict[str, CostPath] = {}
        self._scenario = scenario
        self._calendar = calendar
        self._known = known_of(scenario)
        self._classes = {each.name: each for each in scenario.workload.task_classes}
        self._fleets = {fleet.profile.profile_id: fleet for fleet in scenario.fleets}
        self._flows: dict[str, tuple[Flow, ...]] = {}
        self._capacities: dict[str, CapacityMonths] = {}

    def items_of(self, choice: Choice) -> Items:
        """All flows of a choice: its classes, the fleets they use, the one-offs it needs."""
        items = {
            _key(name, option): self._class_flows(name, option)
            for name, option in choice.items()
            if option.capacity is None
        }
        for key, months in self._capacities_of(choice).items():
            items[key] = months.flows
        for fleet in fleets_in_use(self._scenario, list(choice.values())):
            items[f"fleet:{fleet.profile.profile_id}"] = fleet_flows(self._calendar, self._scenario, fleet)
        for option in choice.values():
            if upkeep := upkeep_flows(self._calendar, self._scenario, option):
                items[f"model:{option.option_id}"] = upkeep
        return items | one_off_flows(self._calendar, choice)

    def inference_of(self, choice: Choice) -> Mapping[str, Flows]:
        """Every class's bill by month, review and rejected results left out; on capacity its share of the units'."""
        bills: dict[str, Flows] = {}
        for months in self._capacities_of(choice).values():
            *lines, _ = months.flows
            paid = sum((flow.effective[VALUE] for flow in lines), np.zeros(self._calendar.months + 1))
            for one, share in zip(months.classes, months.shares, strict=True):
                bills[one] = np.concatenate([[0.0], paid[1:] * share])
        for name, option in choice.items():
            if option.capacity is not None:
                continue
            *bill, _ = self._class_flows(name, option)
            bills[name] = sum((flow.billed[VALUE] for flow in bill), np.zeros(self._calendar.months + 1))
        return bills

    def _capacities_of(self, choice: Choice) -> dict[str, CapacityMonths]:
        """The months of every capacity the choice uses, by capacity and the classes on it."""
        found: dict[str, CapacityMonths] = {}
        for capacity in self._scenario.capacities:
            on_it = [self._classes[name] for name, option in choice.items() if option.capacity == capacity.name]
            if not on_it:
                continue
            key = _capacity_key(capacity.name, [each.name for each in on_it])
            if key not in self._capacities:
                months = capacity_months(self._scenario, self._calendar, capacity, on_it)
                if not isinstance(months, CapacityMonths):
                    raise AssertionError(f"{capacity.name} has no price, so nothing can be placed on it: {months}")
                self._capacities[key] = months
            found[key] = self._capacities[key]
        return found

    def _class_flows(self, name: str, option: Option) -> tuple[Flow, ...]:
        key = _key(name, option)
        if key not in self._flows:
            task_class, fleet = self._classes[name], self._fleets.get(fleet_of(option) or "")
            life = None if fleet is None else life_months_of(self._scenario, fleet)
            path = cost_path(
                self._scenario,
                self._calendar,
                task_class=task_class,
                option=option,
                known=self._known,
                life_months=life,
            )
            self.by_model[option.model] = path
            monthly = requests_per_month(self._scenario, task_class)
            self._flows[key] = class_flows(self._calendar, path, monthly, task_class.growth_per_year)
        return self._flows[key]


def _keys(choice: Choice) -> dict[str, str]:
    """The item that each class's money is in."""
    on_it: dict[str, list[str]] = {}
    for name, option in choice.items():
        on_it.setdefault(option.capacity or "", []).append(name)
    return {
        name: _key(name, option) if option.capacity is None else _capacity_key(option.capacity, on_it[option.capacity])
        for name, option in choice.items()
    }


def _capacity_key(name: str, classes: Sequence[str]) -> str:
    return f"capacity:{name}:{','.join(sorted(classes))}"


def _key(name: str, option: Option) -> str:
    return f"class:{name}:{option.option_id}"
