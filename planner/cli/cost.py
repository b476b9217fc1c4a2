"""`edgewise cost`: what every target really costs for every class, at which utilization, and every capacity beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from planner import text
from planner.basis import Quantity
from planner.cli.console import Column, say, say_heading, say_json, say_table
from planner.cli.moments import DAY_HINT, day_of
from planner.cli.planned_scenarios import HELP, scenario_of
from planner.cost.capacity_figures import CapacityCost
from planner.outlook.true_costs import TargetCost, TrueCosts, true_costs

POLICIES = ("sunk", "incremental", "full_share")
NONE = "–"
SHOWN = 3  # targets without a price are told with their reasons, further ones by name


def command(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help=HELP)],
    on: Annotated[
        str | None,
        typer.Option("--on", metavar=DAY_HINT, show_default=False, help="At the prices of this day; default: its own."),
    ] = None,
    task_class: Annotated[
        str | None, typer.Option("--class", metavar="NAME", show_default=False, help="Only this task class.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure as JSON on stdout.")] = False,
) -> None:
    """What one accepted result, a million tokens and a month cost on every target, and how busy each would be.

    Accepted is per accepted result, review and rejected results included. Billed is the cash of a month, effective
    spreads what is paid up front. Input and output are apart by the convention named; beside them stands the price of
    a million tokens of the class's own mix when the target is so busy, and were it never idle.
    """
    costs = true_costs(scenario_of(scenario), day_of(on, "--on"), task_class)
    if as_json:
        say_json(costs)
    else:
        show_costs(costs)


def show_costs(costs: TrueCosts) -> None:
    """Tables a class, then the capacities, the hardware policies and what to doubt."""
    say(f"{costs.title}: true costs at the prices of {text.day(costs.on)}.")
    for name in dict.fromkeys(target.task_class for target in costs.targets):
        _show_class([target for target in costs.targets if target.task_class == name])
    _show_policies(costs)
    _show_capacities(costs.capacities)
    if costs.doubts:
        say_heading("Doubts")
        for doubt in costs.doubts:
            say(f"{doubt.sentence} {doubt.advice}")


def _show_class(targets: Sequence[TargetCost]) -> None:
    first = targets[0]
    ratio = next((target.blended_ratio for target in targets if target.blended_ratio), None)
    say_heading(f"{first.title}, {text.significant(ratio)} input tokens per output token" if ratio else first.title)
    priced = sorted(
        (target for target in targets if target.usd_per_accepted is not None),
        key=lambda target: (_order(target.usd_per_accepted), target.target_id),
    )
    say_table(
        (
            Column("Target"),
            Column("Accepted", numeric=True),
            Column("In, out /Mtok", numeric=True),
            Column("Billed /mo", numeric=True),
            Column("Effective /mo", numeric=True),
            Column("Busy", numeric=True),
            Column("so, /Mtok", numeric=True),
            Column("at 100 %", numeric=True),
            Column("Remark"),
        ),
        [_row(target) for target in priced],
    )
    for words in dict.fromkeys(f"Tokens: {target.convention}." for target in priced if target.convention):
        say(words)
    for words in dict.fromkeys(target.utilization_reason for target in priced if target.utilization_reason):
        say(f"No price per Mtok when so busy and at 100 %: {words}.")
    unpriced = [target for target in targets if target.usd_per_accepted is None]
    for target in unpriced[:SHOWN]:
        say(f"{_name(target)} has no price: {_reasons(target.missing, target.forbidden_by)}")
    if more := [_name(target) for target in unpriced[SHOWN:]]:
        has = "has" if len(more) == 1 else "have"
        say(f"And {len(more):,} more {has} no price (--json has the reasons): {'; '.join(more)}.")


def _reasons(missing: Sequence[str], sentences: Sequence[str] = ()) -> str:
    """What is missing in its own words, then what forbids it in sentences, those left out that only say it again."""
    apart = [words for words in sentences if not any(reason in words for reason in missing)]
    first = "; ".join(reason.removesuffix(".") for reason in missing)
    return " ".join([*([f"{first}."] if first else []), *apart]) or "its cost is unknown."


def _order(figure: Quantity | None) -> float:
    return float("inf") if figure is None else figure.value


def _row(target: TargetCost) -> tuple[str, ...]:
    return (
        _name(target),
        _usd(target.usd_per_accepted),
        f"{_usd(target.usd_per_mtok_in)}, {_usd(target.usd_per_mtok_out)}",
        _usd(target.billed_usd_per_month),
        _usd(target.effective_usd_per_month),
        "metered" if target.utilization is None else text.share(target.utilization),
        _usd(target.usd_per_mtok_at_utilization or (target.usd_per_mtok if target.utilization is None else None)),
        _usd(target.usd_per_mtok_at_full_utilization),
        _remark(target),
    )


def _usd(figure: Quantity | None) -> str:
    """The amount; its column says per what."""
    return NONE if figure is None else text.money(figure.value)


def _name(target: TargetCost) -> str:
    return f"{target.model} {target.weight_format or ''}".strip() + f", {target.target}"


def _remark(target: TargetCost) -> str:
    if target.is_chosen:
        return "chosen by the plan"
    if target.constraints:
        return f"not: {', '.join(target.constraints)}"
    return "if all its classes were there" if target.side == "capacity" else ""


def _show_policies(costs: TrueCosts) -> None:
    """What an accepted result costs on devices under each hardware policy, side by side."""
    rows: list[tuple[str, ...]] = []
    for target in costs.targets:
        views = {view.policy: view for view in target.hardware_views}
        if not views or target.usd_per_accepted is None:
            continue
        cells = [_usd(views[policy].usd_per_accepted) if policy in views else NONE for policy in POLICIES]
        rows.append((target.title, _name(target), *cells))
    for fleet in costs.fleets:
        fixed = text.quantity(fleet.fixed_usd_per_month)
        say(f"Beside these, {fleet.count:,} × {fleet.title} cost {fixed} if any class runs on them.")
    if rows:
        say_heading(f"An accepted result by hardware policy (this scenario: {costs.hardware_policy.replace('_', ' ')})")
        columns = [Column(policy.replace("_", " ").capitalize(), numeric=True) for policy in POLICIES]
        say_table((Column("Task class"), Column("Target"), *columns), rows)


def _show_capacities(capacities: Sequence[CapacityCost]) -> None:
    if not capacities:
        return
    say_heading("Capacities, each with the classes that the plan puts there, else with all that it may take")
    say_table(
        (
            Column("Capacity"),
            Column("Units", numeric=True),
            Column("Busy", numeric=True),
            Column("Up front", numeric=True),
            Column("Billed /month", numeric=True),
            Column("Effective /month", numeric=True),
            Column("Idle of it", numeric=True),
            Column("Uncached input /Mtok", numeric=True),
            Column("Output /Mtok", numeric=True),
            Column("at 100 %", numeric=True),
            Column("All on output", numeric=True),
        ),
        [_capacity_row(each) for each in capacities],
    )
    for each in capacities:
        if each.missing:
            say(f"{each.title} has no price: {_reasons(each.missing)}")
        elif each.factors:
            names = ", ".join(each.task_classes)
            product = " × ".join(f"{text.significant(factor.value, 2)} {factor.name}" for factor in each.factors)
            busy = text.quantity(each.utilization)
            say(f"{each.title} is busy {busy} of its paid hours: {product}. It is costed with {names}.")


def _capacity_row(each: CapacityCost) -> tuple[str, ...]:
    apart, on_output = (*each.per_mtok, None, None)[:2]
    return (
        each.title,
        NONE if each.units is None else f"{each.units:,} {_plural(each.unit, each.units)}",
        NONE if each.utilization is None else text.share(each.utilization.value),
        NONE if each.billed is None else text.money(each.billed.upfront_usd),
        NONE if each.billed is None else text.money(each.billed.recurring_usd_per_month),
        _usd(each.effective_usd_per_month),
        NONE if each.idle_usd_per_month is None else text.money(each.idle_usd_per_month),
        _usd(None if apart is None else apart.usd_per_mtok_in),
        _usd(None if apart is None else apart.usd_per_mtok_out),
        _usd(None if apart is None else apart.usd_per_mtok_out_at_full_utilization),
        _usd(None if on_output is None else on_output.usd_per_mtok_out),
    )


def _plural(unit: str, count: int) -> str:
    return unit if count == 1 else f"{unit}es" if unit.endswith("x") else f"{unit}s"
