"""A plan as a terminal shows it: the decision, where every class runs, the money, the doubts."""

from __future__ import annotations

from planner import text
from planner.cli.console import Column, say, say_heading, say_pairs, say_table
from planner.cli.together import show_together
from planner.placement.capacity_options import counted
from planner.placement.options import Option, Placement, Side
from planner.placement.plan import Plan

COLUMNS = (
    Column("Task class"),
    Column("Placed on"),
    Column("Model"),
    Column("Cost/month", numeric=True),
    Column("TTFT p95", numeric=True),
    Column("E2E p95", numeric=True),
    Column("Basis of cost, times"),
)

TOKEN_COLUMNS = (
    Column("Task class"),
    Column("Input", numeric=True),
    Column("Output", numeric=True),
    Column("Blended", numeric=True),
    Column("at in:out", numeric=True),
    Column("Utilization", numeric=True),
    Column("Alone", numeric=True),
    Column("Alone at 100 %", numeric=True),
)


def show_plan(plan: Plan) -> None:
    """Print the plan; every figure is also in plan.json and the report, in full."""
    say(plan.sentence)
    if plan.optimality is not None:
        say(plan.optimality.sentence)
    say_heading("Placement")
    several = len(plan.fleet_loads) > 1
    say_table(COLUMNS, [_row(placement, several_fleets=several) for placement in plan.placements])
    show_together(plan)
    say_heading("Why")
    say_pairs([(placement.title, _why(placement)) for placement in plan.placements])
    say_heading("Cost per month")
    say_pairs(_totals(plan))
    for price in plan.shadow_prices:
        if price.usd_per_month != 0:
            say(price.sentence)
    lacking = _not_charged(plan)
    if lacking:
        say(f"Not charged on their own, since nobody stated them: {', '.join(lacking)}.")
    say_heading("Cost of a million tokens")
    say_table(TOKEN_COLUMNS, [_token_row(placement) for placement in plan.placements if placement.chosen])
    say("Retries and escalations included. «Alone» lets the class bear the device's whole price and its idle hours.")
    if plan.week_checks:
        say_heading("Hour by hour")
        say_pairs([(check.title, check.sentence) for check in plan.week_checks])
    if plan.doubts:
        say_heading(f"Doubts ({len(plan.doubts)})")
        for doubt in plan.doubts:
            say(f"· {doubt.sentence} {doubt.advice}")


def _row(placement: Placement, *, several_fleets: bool) -> tuple[str, ...]:
    chosen = placement.chosen
    if chosen is None:
        return (placement.title, "nowhere", "no feasible option", *[text.UNKNOWN] * 3, "")
    cost = chosen.cost.true_usd_per_month if chosen.cost else None
    service = chosen.service
    return (
        placement.title,
        _where(chosen, several_fleets=several_fleets),
        _model(chosen),
        text.money(cost.value if cost else None),
        text.seconds(service.ttft_p95_s.value if service else None),
        text.seconds(service.e2e_p95_s.value if service else None),
        ", ".join(figure.basis.value for figure in (cost, service.e2e_p95_s if service else None) if figure),
    )


def _token_row(placement: Placement) -> tuple[str, ...]:
    """Dollars per million tokens, never without the utilization; paid by the token that does not apply."""
    cost = placement.chosen.cost if placement.chosen else None
    if cost is None:
        return (placement.title, *[text.UNKNOWN] * 7)
    figures = (cost.usd_per_mtok_in, cost.usd_per_mtok_out, cost.usd_per_mtok)
    alone = (cost.usd_per_mtok_at_utilization, cost.usd_per_mtok_at_full_utilization)
    nothing = "-" if cost.utilization is None else text.UNKNOWN
    return (
        placement.title,
        *(text.money(figure.value if figure else None) for figure in figures),
        text.significant(cost.blended_ratio),
        "-" if cost.utilization is None else text.share(cost.utilization),
        *(text.money(figure.value) if figure else nothing for figure in alone),
    )


def _not_charged(plan: Plan) -> list[str]:
    """What nobody stated a figure for, each said once."""
    costs = [placement.chosen.cost for placement in plan.placements if placement.chosen and placement.chosen.cost]
    return list(dict.fromkeys(each.split(":", 1)[0] for cost in costs for each in cost.not_charged))


def _why(placement: Placement) -> str:
    """The reason, what the other side would cost, and what comes second."""
    why = f"{placement.reason} {placement.other_side}".strip()
    second = placement.runner_up
    if second is None:
        return why
    extra = text.money_per_month(placement.runner_up_extra_usd_per_month)
    return f"{why} Runner-up: {_model(second)} ({_place(second)}), {extra} more."


def _where(option: Option, *, several_fleets: bool) -> str:
    """The side, and which device or vendor where that is not already said."""
    return _place(option) if option.side is Side.EDGE and not several_fleets else f"{_place(option)}, {option.target}"


def _place(option: Option) -> str:
    if option.overflow is not None:
        return f"device ({text.share(option.overflow.share.value)} overflows to {option.overflow.sku})"
    return "device" if option.side is Side.EDGE else "data center"


def _model(option: Option) -> str:
    return f"{option.model} {option.weight_format}" if option.weight_format else option.model


def _capacity(plan: Plan) -> list[tuple[str, str]]:
    """What the classes on capacity pay, and each month that they and their repeats share."""
    if not plan.capacity_loads:
        return []
    months = [
        f"{counted(load.month.units or 0, load.month.unit)} of {load.title}, "
        f"{text.money(load.month.effective_usd_per_month.value if load.month.effective_usd_per_month else None)} "
        "with repeats"
        for load in plan.capacity_loads
    ]
    return [("on rented and owned capacity", f"{text.money(plan.totals.capacity_usd_per_month)} · {'; '.join(months)}")]


def _totals(plan: Plan) -> list[tuple[str, str]]:
    totals = plan.totals
    share = "" if totals.saving_share is None else f", {text.share(totals.saving_share)} of the base case"
    return [
        ("on devices", text.money(totals.edge_usd_per_month)),
        ("in the data center", text.money(totals.datacenter_usd_per_month)),
        *_capacity(plan),
        ("support, added hardware and upkeep of the fleets", text.money(totals.fleet_usd_per_month)),
        ("review, rejected results, repeats", text.money(totals.quality_usd_per_month)),
        ("this plan", text.based(totals.plan_usd_per_month)),
        ("base case", f"{text.based(totals.base_usd_per_month)} · {totals.base_case}"),
        ("saving", f"{text.based(totals.saving_usd_per_month)}{share}"),
    ]
