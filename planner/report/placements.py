"""Where every task class runs and why, and what rules every other option out."""

from __future__ import annotations

from collections.abc import Iterator

from planner import text
from planner.basis import Quantity
from planner.placement.options import Option, Placement, Side
from planner.placement.plan import Plan
from planner.placement.shared import comparable
from planner.report.blocks import Bar, BarChart, BarRow, Cell, Column, Section, Table, numeric, row, table
from planner.report.exclusions import ruled_out_table
from planner.report.together import together_tables
from planner.report.words import figure_cell, model_words, placed_cell, side_words
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass


def section(plan: Plan, scenario: Scenario) -> Section:
    """The placement table, its reasons, and best device against best data-center option."""
    classes = plan.classes_of(scenario)
    return Section(
        section_id="placements",
        title="Placement of every task class",
        blocks=(_table(plan, classes), _reasons(plan), _chart(plan), *together_tables(plan)),
    )


def options_section(plan: Plan) -> Section:
    """Every option of every class: the allowed ones with their figures, the others with what rules them out."""
    blocks = [block for placement in plan.placements for block in _options(placement)]
    return Section(section_id="options", title="Every option, and what rules it out", blocks=tuple(blocks))


def _table(plan: Plan, classes: dict[str, TaskClass]) -> Table:
    columns = (
        *map(_words, ("Task class", "Placed on", "Model")),
        *numeric("Cost per month", "TTFT p95 (bound)", "End to end p95 (bound)", "Device busy"),
    )
    rows = [_placement_row(placement, classes[placement.task_class]) for placement in plan.placements]
    note = (
        "Cost per month is what all requests of the class cost per accepted result: inference, review and rejected "
        "results. TTFT is the time from the request to the first token, queue and network included. "
        "Device busy is the share of active hours one device works for this class in the mean hour."
    )
    return table("Where every task class runs", columns, rows, note)


def _words(title: str) -> Column:
    return Column(title=title)


def _placement_row(placement: Placement, task_class: TaskClass) -> tuple[Cell, ...]:
    chosen = placement.chosen
    head = Cell(text=placement.title, detail=f"{text.significant(placement.requests_per_month)} requests/month")
    if chosen is None:
        return row(head, placed_cell(None), "none", text.UNKNOWN, text.UNKNOWN, text.UNKNOWN, text.UNKNOWN)
    service = chosen.service
    busy = "not a device" if chosen.side is Side.DATACENTER else text.share(service.utilization if service else None)
    return row(
        head,
        placed_cell(chosen),
        model_words(chosen),
        figure_cell(chosen.cost.true_usd_per_month if chosen.cost else None),
        _against_bound(service.ttft_p95_s if service else None, task_class.slo.ttft_p95_s),
        _against_bound(service.e2e_p95_s if service else None, task_class.slo.e2e_p95_s),
        busy,
    )


def _against_bound(figure: Quantity | None, bound_s: float | None) -> Cell:
    bound = "no bound" if bound_s is None else f"bound {text.seconds(bound_s)}"
    cell = figure_cell(figure)
    return Cell(text=cell.text, detail=f"{bound} · {cell.detail}" if cell.detail else bound)


def _reasons(plan: Plan) -> Table:
    columns = [*map(_words, ("Task class", "Why", "Runner-up")), *numeric("Runner-up costs more"), _words("Flips when")]
    rows = [
        row(
            placement.title,
            placement.reason,
            _runner_up(placement.runner_up),
            _extra(placement),
            placement.flips or "nothing found that flips it",
        )
        for placement in plan.placements
    ]
    return table("Why, and what would change it", columns, rows)


def _runner_up(option: Option | None) -> Cell:
    if option is None:
        return Cell(text="none allowed")
    return Cell(text=f"{option.target}, {model_words(option)}", detail=side_words(option.side), side=option.side)


def _extra(placement: Placement) -> str:
    if placement.runner_up is None:
        return "no runner-up"
    return text.money_per_month(placement.runner_up_extra_usd_per_month)


def _chart(plan: Plan) -> BarChart:
    rows: list[BarRow] = []
    spoken: list[str] = []
    for placement in plan.placements:
        for side in (Side.EDGE, Side.DATACENTER):
            best = _cheapest(placement, side)
            figure = best.cost.true_usd_per_month if best is not None and best.cost is not None else None
            head = placement.title if side is Side.EDGE else ""
            if best is None or figure is None:
                why = f"no allowed {'device' if side is Side.EDGE else 'data-center'} option"
                rows.append(BarRow(label=head, bars=(), empty=why))
                spoken.append(f"{placement.title}: {why}")
                continue
            words = text.in_unit(figure.value, figure.unit)
            bar = Bar(
                name=f"{placement.title}, {best.target} {model_words(best)}",
                value=figure.value,
                low=figure.low,
                high=figure.high,
                label=f"{words} {side_words(side)}",
                side=side,
            )
            rows.append(BarRow(label=head, bars=(bar,)))
            spoken.append(f"{placement.title}, cheapest {side_words(side)} option {model_words(best)}: {words}")
    wins = sum(_cheaper_here(placement) for placement in plan.placements)
    both = sum(all(_cheapest(placement, side) for side in Side) for placement in plan.placements)
    return BarChart(
        title=f"A device is the cheaper allowed place for {wins} of the {both} classes that have both",
        description=". ".join(spoken) + ".",
        axis="cheapest allowed option, cost per month, USD, with its interval",
        unit="USD",
        rows=tuple(rows),
        note="Upper bar of each pair: device. Lower bar: data center.",
    )


def _cheapest(placement: Placement, side: Side) -> Option | None:
    priced = [
        (option.cost.true_usd_per_month.value, option)
        for option in comparable(placement.chosen, placement.options)
        if option.side is side and option.feasible and option.cost and option.cost.true_usd_per_month
    ]
    return min(priced, key=lambda pair: pair[0], default=(0.0, None))[1]


def _cheaper_here(placement: Placement) -> bool:
    here, there = _cheapest(placement, Side.EDGE), _cheapest(placement, Side.DATACENTER)
    if here is None or there is None:
        return False
    return _month_usd(here) < _month_usd(there)


def _month_usd(option: Option) -> float:
    figure = option.cost.true_usd_per_month if option.cost else None
    return float("inf") if figure is None else figure.value


def _options(placement: Placement) -> Iterator[Table]:
    allowed = [option for option in placement.options if option.feasible]
    if allowed:
        columns = (
            *map(_words, ("Option", "Runs on")),
            *numeric("Per request", "Per accepted result", "Per month", "TTFT p95", "End to end p95"),
            *map(_words, ("Quality", "Verdict")),
        )
        rows = [_option_row(option, placement) for option in allowed]
        yield table(f"{placement.title}: allowed options", columns, rows)
    ruled_out = ruled_out_table(placement.title, placement.options)
    if ruled_out is not None:
        yield ruled_out


def _option_row(option: Option, placement: Placement) -> tuple[Cell, ...]:
    cost, service = option.cost, option.service
    return row(
        model_words(option),
        placed_cell(option),
        figure_cell(cost.usd_per_request if cost else None),
        figure_cell(cost.usd_per_accepted if cost else None),
        figure_cell(cost.true_usd_per_month if cost else None),
        figure_cell(service.ttft_p95_s if service else None),
        figure_cell(service.e2e_p95_s if service else None),
        _quality(option),
        _verdict(option, placement),
    )


def _quality(option: Option) -> Cell:
    quality = option.quality
    if quality.scale is None:
        return Cell(text="no floor set")
    if quality.figure is None:
        return Cell(text=text.UNKNOWN, detail=f"floor {text.number(quality.floor)} points of {quality.scale}")
    figure = f"{text.significant(quality.figure.value)} points of {quality.scale}"
    floor = f"floor {text.number(quality.floor)} · " if quality.floor is not None else ""
    return Cell(text=figure, detail=f"{floor}{quality.figure.basis.value}")


def _verdict(option: Option, placement: Placement) -> Cell:
    chosen = placement.chosen
    if chosen is not None and option.option_id == chosen.option_id:
        return Cell(text="Chosen", strong=True)
    return Cell(text="Allowed")
