"""A look ahead as a terminal shows it: the sentence, the years, the kinds of cost, one-offs, doubts."""

from __future__ import annotations

from collections.abc import Sequence

from planner import text
from planner.cli.console import Column, say, say_heading, say_pairs, say_table
from planner.outlook.horizon_view import HorizonView, Stream, Year
from planner.outlook.horizon_words import capacity_words, crossing_words, span, year_words

YEARS = (
    Column("Year"),
    Column("This plan", numeric=True),
    Column("Base case", numeric=True),
    Column("Saving", numeric=True),
    Column("Saving so far, today's worth", numeric=True),
)
KINDS = (
    Column("Kind of cost"),
    Column("Plan, billed", numeric=True),
    Column("Plan, effective", numeric=True),
    Column("Base, billed", numeric=True),
    Column("Base, effective", numeric=True),
)
ONE_OFFS = (
    Column("Paid once"),
    Column("Within the horizon", numeric=True),
    Column("Paid by"),
    Column("Passed by the plan's inference"),
    Column("Class by class"),
)


CAPACITIES = (
    Column("Capacity"),
    Column("Units", numeric=True),
    Column("Cost, today's worth", numeric=True),
    Column("Saving, today's worth", numeric=True),
    Column("Up front", numeric=True),
    Column("Paid back"),
)


def show_horizon(view: HorizonView) -> None:
    """Print the look ahead; every month of it is in the JSON and the CSV."""
    if not view.plan.lines:
        say("No class is placed, so there is no cost to look ahead to.")
        return
    say(view.sentence)
    say_heading("Billed by year")
    say_table(YEARS, [*map(_year, _shown(view.years)), _all(view)])
    say_heading(f"{span(view.months).capitalize()} by kind, undiscounted")
    kinds = dict.fromkeys(line.kind for stream in (view.base, view.plan) for line in stream.lines)
    totals = ("all", *_sums(view.plan, None), *_sums(view.base, None))
    say_table(KINDS, [*((kind, *_sums(view.plan, kind), *_sums(view.base, kind)) for kind in kinds), totals])
    say_heading("At today's worth")
    say_pairs(_worth(view))
    if view.one_offs:
        say_heading("One-offs")
        say_table(ONE_OFFS, _one_offs(view))
    if view.capacities:
        say_heading("With the work of the base case on a capacity instead")
        say_table(CAPACITIES, [(each.title, *capacity_words(each)) for each in view.capacities])
    if view.doubts:
        say_heading(f"Doubts ({len(view.doubts)})")
        for doubt in view.doubts:
            say(f"· {doubt.sentence} {doubt.advice}")


def _shown(years: Sequence[Year]) -> list[Year]:
    """Without the row before month 1 where nothing is paid then."""
    return [each for each in years if each.months or each.plan_billed_usd or each.base_billed_usd]


def _year(year: Year) -> tuple[str, ...]:
    return (
        year_words(year),
        text.money(year.plan_billed_usd),
        text.money(year.base_billed_usd),
        text.money(year.saving_usd),
        text.money(year.discounted_cumulative_saving_usd),
    )


def _all(view: HorizonView) -> tuple[str, ...]:
    plan, base = view.plan.total_usd.value, view.base.total_usd.value
    return ("all", text.money(plan), text.money(base), text.money(base - plan), text.money(view.saving_npv_usd.value))


def _sums(stream: Stream, kind: str | None) -> tuple[str, str]:
    """Billed and effective of one kind of cost, or of all."""
    if kind is None:
        return text.money(sum(stream.billed_usd)), text.money(sum(stream.effective_usd))
    line = next((each for each in stream.lines if each.kind == kind), None)
    return ("", "") if line is None else (text.money(sum(line.billed_usd)), text.money(sum(line.effective_usd)))


def _worth(view: HorizonView) -> list[tuple[str, str]]:
    pairs = [
        ("this plan", text.based(view.plan.npv_usd)),
        ("base case", f"{text.based(view.base.npv_usd)} · {view.base_case}"),
        ("saving", text.based(view.saving_npv_usd)),
        ("discount rate", text.based(view.discount_rate_per_year)),
    ]
    if view.extra_up_front_usd > 0:
        pairs += [
            ("extra money up front", text.money(view.extra_up_front_usd)),
            ("paid back", crossing_words(view.payback)),
            ("at the ends of the inputs", _ends(view)),
        ]
    return pairs


def _ends(view: HorizonView) -> str:
    return f"earliest {crossing_words(view.payback_earliest)}, latest {crossing_words(view.payback_latest)}"


def _one_offs(view: HorizonView) -> list[tuple[str, ...]]:
    return [
        (
            each.name,
            text.money(each.total_usd) + ("" if each.times == 1 else f" in {each.times} times"),
            " and ".join(name for name, pays in (("plan", each.in_plan), ("base case", each.in_base)) if pays)
            or "neither",
            crossing_words(each.passes),
            "; ".join(f"{one.title}: {crossing_words(one.passes)}" for one in each.by_class),
        )
        for each in view.one_offs
    ]
