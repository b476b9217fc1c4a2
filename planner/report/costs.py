"""What each placement costs line by line, what hardware would cost under every policy, and what the fleets carry."""

from __future__ import annotations

from collections.abc import Iterator

from planner import text
from planner.basis import Quantity
from planner.cost.figures import Cost, CostPart, HardwareView
from planner.placement.capacity_options import counted
from planner.placement.options import Placement, Side
from planner.placement.plan import FleetLoad, Plan
from planner.report.blocks import Block, Cell, Column, Paragraph, Section, Table, numeric, row, table
from planner.report.token_costs import not_charged_table, per_mtok_table
from planner.report.words import POLICIES, figure_cell, model_words, placed_cell
from planner.scenario import Scenario


def section(plan: Plan, scenario: Scenario) -> Section:
    """The cost of every placed class in its parts, summing to the plan."""
    blocks: list[Block] = [
        Paragraph(
            text=(
                "Per request, a class costs inference (electricity and wear, or the vendor's price), what is run again "
                "or asked elsewhere, a person's review and the cost of rejected results, all divided by the share of "
                "accepted results. Hardware policy of this plan: "
                f"{POLICIES[scenario.policy.hardware.value]}."
            )
        ),
        _totals(plan),
        _parts(plan),
        per_mtok_table(plan),
        *(each for each in (_policies(plan), not_charged_table(plan)) if each.rows),
    ]
    return Section(section_id="costs", title="What it costs", blocks=tuple(blocks))


def fleet_section(plan: Plan) -> Section:
    """Hours and memory the placed classes ask of each fleet."""
    fixed = _fixed(plan)
    blocks: tuple[Block, ...] = (_loads(plan), fixed) if fixed.rows else (_loads(plan),)
    return Section(section_id="fleets", title="What the devices carry", blocks=blocks)


def _totals(plan: Plan) -> Table:
    rows = [
        row(placement.title, placed_cell(placement.chosen), figure_cell(_month(placement)))
        for placement in plan.placements
    ]
    totals = plan.totals
    used = [load for load in plan.fleet_loads if load.task_classes]
    rows += [
        row(
            f"Fleet: {load.title}",
            f"{load.count:,} devices: {', '.join(part.name for part in load.fixed_parts)}",
            figure_cell(load.fixed_usd_per_month),
        )
        for load in used
    ]
    rows += [
        row(
            f"Capacity: {load.title}",
            f"{counted(load.month.units or 0, load.month.unit)}, in the classes above",
            figure_cell(load.month.effective_usd_per_month),
        )
        for load in plan.capacity_loads
    ]
    rows.append(
        row(
            Cell(text="This plan", strong=True),
            "all classes and fleets" if plan.capacity_loads else "all of the above",
            figure_cell(totals.plan_usd_per_month),
        )
    )
    rows.append(row("Base case", totals.base_case, figure_cell(totals.base_usd_per_month)))
    rows.append(row("Saving", "base case less this plan", figure_cell(totals.saving_usd_per_month)))
    note = "The interval of the saving leaves out what plan and base case have in common."
    if totals.unplaced:
        note += f" Not in any total, since they are placed nowhere: {', '.join(totals.unplaced)}."
    return table(
        "Cost per month of every class, and of the plan",
        [*_words("Item", "Where"), *numeric("Cost per month")],
        rows,
        note,
    )


def _month(placement: Placement) -> Quantity | None:
    return (
        None if placement.chosen is None or placement.chosen.cost is None else placement.chosen.cost.true_usd_per_month
    )


def _parts(plan: Plan) -> Table:
    columns = [*_words("Task class", "Part"), *numeric("Per request"), *_words("How it comes about", "Basis")]
    rows = [cells for placement in plan.placements for cells in _part_rows(placement)]
    return table("Parts of the cost of one request, of the option chosen", columns, rows)


def _part_rows(placement: Placement) -> Iterator[tuple[Cell, ...]]:
    chosen = placement.chosen
    if chosen is None or chosen.cost is None:
        return
    cost = chosen.cost
    head = Cell(text=placement.title, detail=model_words(chosen))
    for part in (*cost.parts, *cost.quality_parts):
        yield row(head, part.name, _part_figure(part), part.how, part.basis.value)
    yield row(head, "accepted share", figure_cell(cost.acceptance), cost.acceptance.source, cost.acceptance.basis.value)
    yield row(
        head,
        Cell(text="per accepted result", strong=True),
        figure_cell(cost.usd_per_accepted),
        _per_mtok(cost),
        cost.usd_per_accepted.basis.value if cost.usd_per_accepted else text.UNKNOWN,
    )


def _part_figure(part: CostPart) -> Cell:
    interval = "" if part.low_usd == part.high_usd else f"{text.money(part.low_usd)} … {text.money(part.high_usd)}"
    return Cell(text=text.money(part.usd_per_request), detail=interval)


def _per_mtok(cost: Cost) -> str:
    blended = text.quantity(cost.usd_per_mtok, interval=False)
    return f"the inference part is {blended} at {text.significant(cost.blended_ratio)} input tokens per output token"


def _policies(plan: Plan) -> Table:
    """The three policies side by side for the classes that run on devices."""
    columns = [
        *_words("Task class", "Device"),
        *numeric("Sunk, per month", "Incremental, per month", "Full share, per month"),
    ]
    rows: list[tuple[Cell, ...]] = []
    for placement in plan.placements:
        chosen = placement.chosen
        if chosen is None or chosen.side is not Side.EDGE or chosen.cost is None:
            continue
        views = {view.policy: view for view in chosen.cost.hardware_views}
        cells = [_view_cell(views[name]) if name in views else Cell(text=text.UNKNOWN) for name in POLICIES]
        rows.append(row(placement.title, placed_cell(chosen), *cells))
    note = "Below each: what an accepted result and a million tokens cost in all under that policy."
    return table("Hardware cost of the device placements under each policy", columns, rows, note)


def _view_cell(view: HardwareView) -> Cell:
    """The hardware a month, and the whole option per accepted result and per Mtok under that policy."""
    if view.usd_per_accepted is None or view.usd_per_mtok is None:
        return Cell(text=text.money_per_month(view.usd_per_month), detail=view.reason)
    accepted, per_mtok = text.money(view.usd_per_accepted.value), text.money_per_mtok(view.usd_per_mtok.value)
    return Cell(
        text=text.money_per_month(view.usd_per_month),
        detail=f"{accepted} an accepted result, {per_mtok}: {view.reason}",
    )


def _loads(plan: Plan) -> Table:
    columns = [
        *_words("Fleet", "Task classes"),
        *numeric(
            "Devices",
            "Busy, mean hour",
            "Busy, busiest hour",
            "Models in memory",
            "Memory allowed",
            "Fixed cost per month",
        ),
    ]
    return table(
        "What the placed classes ask of one device of each fleet",
        columns,
        [_load_row(load) for load in plan.fleet_loads],
    )


def _fixed(plan: Plan) -> Table:
    """What is paid for the fleets in use by the month, line by line."""
    rows = [
        row(load.title, part.name, figure_cell(part.usd_per_month), part.how)
        for load in plan.fleet_loads
        if load.task_classes
        for part in load.fixed_parts
    ]
    columns = [*_words("Fleet", "Part"), *numeric("Per month"), *_words("How it comes about")]
    return table("Fixed costs of the fleets in use", columns, rows)


def _load_row(load: FleetLoad) -> tuple[Cell, ...]:
    if not load.task_classes:
        return row(
            load.title,
            "none: not used by this plan",
            f"{load.count:,}",
            "0 %",
            "0 %",
            "none",
            text.size(load.memory_limit_bytes),
            "not paid",
        )
    return row(
        load.title,
        ", ".join(load.task_classes),
        f"{load.count:,}",
        text.share(load.utilization),
        text.share(load.peak_utilization),
        figure_cell(load.memory_bytes),
        text.size(load.memory_limit_bytes),
        figure_cell(load.fixed_usd_per_month),
    )


def _words(*titles: str) -> tuple[Column, ...]:
    return tuple(Column(title=title) for title in titles)
