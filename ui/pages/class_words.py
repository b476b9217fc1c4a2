"""What the details pane says of one class: why here, why not there, what would change it, what it costs and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner import text
from planner.cost.figures import Cost, CostPart
from planner.placement.options import Option, Placement, Side
from ui.pages.option_words import SIDE_WORDS, model_words
from ui.pages.plan_rows import PlacedClass
from ui.pages.plan_words import doubt_sections
from ui.widgets.details import Section

if TYPE_CHECKING:  # draws in the optimiser, which loads after the first paint
    from planner.outlook.explanation import Explanation

OTHER_SIDE = {Side.EDGE: "Why not in the data center", Side.DATACENTER: "Why not on a device"}


def class_sections(row: PlacedClass, solved: Explanation | None = None) -> tuple[Section, ...]:
    """Everything about one class; what only the optimiser knows follows once it has answered."""
    placement, chosen = row.placement, row.chosen
    head = Section(placement.title, (f"{row.look.icon} {row.look.count_words.capitalize()}.", placement.reason))
    change = Section("What would change it", (_runner_up(placement), placement.flips))
    allowed = () if solved is None else _easing_sections(solved)
    if chosen is None:
        return head, *allowed, change
    costs = () if chosen.cost is None else (_cost_section(chosen.cost), _totals_section(chosen.cost, placement))
    return (
        head,
        *_other_side_sections(placement, chosen),
        *allowed,
        change,
        *costs,
        _service_section(row, chosen),
        *_quality_sections(chosen),
        *doubt_sections(placement.doubts),
    )


def _other_side_sections(placement: Placement, chosen: Option) -> tuple[Section, ...]:
    """What a plan with the class on the other side costs more, or what forbids it; nothing in plans of before."""
    if not placement.other_side:
        return ()
    return (Section(OTHER_SIDE[chosen.side], (placement.other_side,)),)


def _easing_sections(solved: Explanation) -> tuple[Section, ...]:
    """The nearest ways to allow what is forbidden."""
    if not solved.easings:
        return ()
    return (Section("What would allow it", tuple(each.sentence for each in solved.easings)),)


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
