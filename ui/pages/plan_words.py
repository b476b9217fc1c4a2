"""What the Plan page says of a plan: key figures, sureness, the cost bars, and the details of one class."""

from __future__ import annotations

from collections.abc import Mapping

from planner import text
from planner.basis import Doubt
from planner.cost.figures import Cost, CostPart
from planner.placement.options import Option, Placement, Side
from planner.placement.plan import Plan
from ui.charts.bars import Bar, Part
from ui.pages.option_words import SIDE_WORDS, explained, model_words
from ui.pages.plan_rows import SURENESS, PlacedClass
from ui.widgets.details import Section
from ui.widgets.key_figures import KeyFigure

COST_AXIS = "USD per month"
QUALITY = "review and rejected results"
SAVING_INTERVAL = "Bounds from its inputs; what plan and base case have in common is left out."


def key_figures(plan: Plan) -> tuple[KeyFigure, ...]:
    """Plan, base case, what is saved, how many classes run on devices."""
    totals = plan.totals
    local = sum(one.chosen is not None and one.chosen.side is Side.EDGE for one in plan.placements)
    if len(totals.unplaced) == len(plan.placements):
        return (KeyFigure(f"0 of {len(plan.placements)}", "classes placed"),)
    saved = totals.saving_usd_per_month
    share = f"{text.share(totals.saving_share)} of the base case, " if totals.saving_share is not None else ""
    low, high = saved.bounds
    return (
        KeyFigure(
            text.quantity(totals.plan_usd_per_month, interval=False),
            f"this plan, all cost · {totals.plan_usd_per_month.basis.value}",
            explained(totals.plan_usd_per_month),
        ),
        KeyFigure(
            text.quantity(totals.base_usd_per_month, interval=False),
            f"base case · {totals.base_usd_per_month.basis.value}",
            f"{explained(totals.base_usd_per_month)}\n{totals.base_case}",
        ),
        KeyFigure(
            text.money_per_month(saved.value),
            f"saving, {share}{text.money(low)} … {text.money(high)} · {saved.basis.value}",
            f"{explained(saved)}\n{SAVING_INTERVAL}",
        ),
        KeyFigure(f"{local} of {len(plan.placements)}", "classes on the device"),
    )


def sureness_line(plan: Plan) -> str:
    """«≈ 1 too close to call: measure first · ✓ 5 clear over the whole interval · ● 5 allowed on one side only»."""
    counts = {kind: sum(one.sureness is kind for one in plan.placements) for kind in SURENESS}
    told = [f"{SURENESS[kind].icon} {count} {SURENESS[kind].count_words}" for kind, count in counts.items() if count]
    return "   ·   ".join(told)


def cost_finding(plan: Plan) -> str:
    """The chart's title: who is cheaper and by how much."""
    saved = plan.totals.saving_usd_per_month.value
    if saved > 0:
        return f"The plan saves {text.money_per_month(saved)} against the base case"
    if saved < 0:
        return f"The plan costs {text.money_per_month(-saved)} more than the base case"
    return "The plan costs as much as the base case"


def cost_bars(plan: Plan) -> tuple[Bar, ...]:
    """Base case and plan in the parts of their totals."""
    totals = plan.totals
    return (
        Bar(
            "Base case",
            _parts(
                totals.base_datacenter_usd_per_month,
                totals.base_edge_usd_per_month,
                totals.base_fleet_usd_per_month,
                totals.base_quality_usd_per_month,
            ),
            text.quantity(totals.base_usd_per_month, interval=False),
        ),
        Bar(
            "This plan",
            _parts(
                totals.datacenter_usd_per_month,
                totals.edge_usd_per_month,
                totals.fleet_usd_per_month,
                totals.quality_usd_per_month,
            ),
            text.quantity(totals.plan_usd_per_month, interval=False),
        ),
    )


def _parts(datacenter: float, edge: float, fleet: float, quality: float) -> tuple[Part, ...]:
    named = (
        ("data center", datacenter, "datacenter", False),
        ("devices", edge, "edge", False),
        ("fleet", fleet, "edge", True),
        (QUALITY, quality, "band", False),
    )
    return tuple(Part(name, usd, text.money(usd), meaning, hatched) for name, usd, meaning, hatched in named if usd > 0)


def cost_caption(bars: tuple[Bar, ...]) -> str:
    """Every part in words, since a narrow stretch holds no name."""
    return "\n".join(f"{bar.label}: {' + '.join(f'{part.name} {part.words}' for part in bar.parts)}." for bar in bars)


def class_sections(row: PlacedClass) -> tuple[Section, ...]:
    """Everything about one class: why, what it costs and how that comes about, how it is served, what to doubt."""
    placement = row.placement
    head = Section(placement.title, (f"{row.look.icon} {row.look.count_words.capitalize()}.", placement.reason))
    change = Section("What would change it", (_runner_up(placement), placement.flips))
    chosen = placement.chosen
    if chosen is None:
        return head, change
    sections = [head]
    if chosen.cost is not None:
        sections += [_cost_section(chosen.cost), _totals_section(chosen.cost, placement)]
    sections += [_service_section(row, chosen), *_quality_sections(chosen), change, *doubt_sections(placement.doubts)]
    return tuple(sections)


def _cost_section(cost: Cost) -> Section:
    lines = [_part_line(part) for part in (*cost.parts, *cost.quality_parts)]
    lines += [("missing", reason) for reason in cost.missing]
    return Section("Cost of one request", tuple(lines))


def _part_line(part: CostPart) -> tuple[str, str]:
    interval = "" if part.low_usd == part.high_usd else f" ({text.money(part.low_usd)} … {text.money(part.high_usd)})"
    return part.name, f"{text.money(part.usd_per_request)}{interval}: {part.how}. {part.basis.value.capitalize()}."


def _totals_section(cost: Cost, placement: Placement) -> Section:
    acceptance = f"{text.quantity(cost.acceptance)}, {cost.acceptance.basis.value}: {cost.acceptance.source}"
    return Section(
        "In all",
        (
            ("bill", text.based(cost.usd_per_request)),
            ("accepted", acceptance),
            ("per accepted result", text.based(cost.usd_per_accepted)),
            ("requests", f"{text.number(placement.requests_per_month)} a month"),
            ("bill a month", text.based(cost.usd_per_month)),
            ("cost a month", text.based(cost.true_usd_per_month)),
            (
                "blended",
                f"{text.quantity(cost.usd_per_mtok, interval=False)} at {text.number(cost.blended_ratio)} input:output",
            ),
            ("input", text.based(cost.usd_per_mtok_in)),
            ("output", text.based(cost.usd_per_mtok_out)),
            ("utilization", _utilization_words(cost)),
            *(("not charged", lacking) for lacking in cost.not_charged),
        ),
    )


def _utilization_words(cost: Cost) -> str:
    """The share of a device's hours, and what tokens cost where the class bears all of the device, beside 100 %."""
    if cost.utilization is None:
        return f"does not apply: {cost.utilization_reason}"
    used = text.share(cost.utilization)
    alone, full = cost.usd_per_mtok_at_utilization, cost.usd_per_mtok_at_full_utilization
    if alone is None or full is None:
        return f"{used}; what a device for this alone costs is unknown: {cost.utilization_reason}"
    return f"{used}; a device for this alone {text.quantity(alone)}, never idle {text.quantity(full)}"


def _service_section(row: PlacedClass, chosen: Option) -> Section:
    slo, service = row.task_class.slo, chosen.service
    if service is None:
        return Section("Service", ("No figure: measure this model on the device.",))
    lines: list[str | tuple[str, str]] = [
        ("TTFT p95", f"{text.based(service.ttft_p95_s)}; {_bound(slo.ttft_p95_s)}"),
        ("E2E p95", f"{text.based(service.e2e_p95_s)}; {_bound(slo.e2e_p95_s)}"),
        ("per token", text.quantity(service.tpot_s) if service.tpot_s else "undefined for one token"),
    ]
    if chosen.side is Side.EDGE:
        waiting = "never clears in the busiest hour" if service.wait_p95_s is None else text.seconds(service.wait_p95_s)
        lines += [
            ("of it waiting", waiting),
            ("busy", f"{text.share(service.utilization)}; busiest hour {text.share(service.peak_utilization)}"),
            ("memory", text.based(chosen.memory_bytes)),
        ]
    lines.append(("from", f"{service.ttft_p95_s.basis.value}: {service.ttft_p95_s.source}"))
    return Section("Service", tuple(lines))


def _bound(bound_s: float | None) -> str:
    return "no bound" if bound_s is None else f"bound {text.seconds(bound_s)}"


def _quality_sections(chosen: Option) -> tuple[Section, ...]:
    quality = chosen.quality
    if quality.scale is None:
        return ()
    figure = quality.figure
    lines: list[str | tuple[str, str]] = [
        (quality.scale, f"{text.quantity(figure)}; floor {text.number(quality.floor)}"),
    ]
    if figure is not None:
        lines.append(("from", f"{figure.basis.value}: {figure.source}, {text.day(figure.as_of)}"))
    if quality.model_note:
        lines.append(quality.model_note)
    return (Section("Quality", tuple(lines)),)


def _runner_up(placement: Placement) -> str:
    option, extra = placement.runner_up, placement.runner_up_extra_usd_per_month
    if option is None or extra is None:
        return "No other option is allowed."
    where = f"{model_words(option)} ({SIDE_WORDS[option.side]}, {option.target})"
    if extra < 0:
        return f"Runner-up: {where}, {text.money_per_month(-extra)} less, but not with its fleet's fixed cost."
    return f"Runner-up: {where}, {text.money_per_month(extra)} more."


def doubt_sections(doubts: tuple[Doubt, ...], titles: Mapping[str, str] | None = None) -> tuple[Section, ...]:
    """Doubts as sentence and next step; with the classes concerned, by title, where the sentence names none."""
    lines: list[str] = []
    for doubt in doubts:
        named = [titles[name] for name in doubt.subject.split(", ") if name in titles] if titles else []
        concerned = f" Concerns {', '.join(named)}." if any(title not in doubt.sentence for title in named) else ""
        lines += [f"▲ {doubt.sentence}{concerned}", f"→ {doubt.advice}"]
    return (Section("Doubts", tuple(lines)),) if lines else ()
