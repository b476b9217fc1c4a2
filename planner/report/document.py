"""The order in which a report tells a plan: the decision on page 1, then why, then everything it rests on."""

from __future__ import annotations

from planner.placement.plan import Plan
from planner.report import break_even, capacities, costs, decision, devices, inputs, outlook, placements, trust, weeks
from planner.report.blocks import Report
from planner.scenario import Scenario
from planner.text import day


def build_report(plan: Plan, scenario: Scenario) -> Report:
    """The report of a plan and the scenario it was made from; pure, so the same plan gives the same report."""
    sample = "Bundled sample. " if scenario.is_sample else ""
    return Report(
        title=plan.title,
        subtitle=f"{sample}As of {day(plan.as_of)}. Made by {plan.engine}.",
        sections=(
            decision.section(plan),
            placements.section(plan, scenario),
            costs.section(plan, scenario),
            *capacities.sections(plan, scenario),
            outlook.section(plan, scenario),
            break_even.section(plan, scenario),
            placements.options_section(plan),
            costs.fleet_section(plan),
            *weeks.sections(plan),
            *devices.sections(scenario),
            inputs.workload_section(scenario),
            inputs.prices_section(scenario),
            inputs.quality_section(plan, scenario),
            trust.doubts_section(plan),
            trust.basis_section(plan),
            inputs.assumptions_section(scenario),
            trust.limits_section(),
            trust.reproduction_section(plan, scenario),
        ),
    )
