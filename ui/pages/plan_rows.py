"""The Plan page's table as data: every class with its placement, how sure that is, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.basis import Quantity
from planner.placement.options import Option, Placement, Side, Sureness
from planner.placement.plan import CapacityLoad, Plan
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass
from ui.pages.option_words import bare_money, e2e, explained, model_words, monthly, place, side_meaning, ttft, value_of
from ui.tables.columns import Column

NOTHING = "–"
NAME_PX = 156
PLACE_PX = 136
RULE_PX = 250
FIGURE_PX = 124
PAIR_PX = 132


@dataclass(frozen=True)
class SurenessLook:
    """How a sureness is shown: an icon, a word and a colour together."""

    icon: str
    word: str
    meaning: str
    count_words: str  # what follows a number of classes


SURENESS = {
    Sureness.NONE: SurenessLook("▲", "no option", "caution", "without a feasible option"),
    Sureness.OVERLAP: SurenessLook("≈", "too close", "caution", "too close to call: measure first"),
    Sureness.CLEAR: SurenessLook("✓", "clear", "winner", "clear over the whole interval"),
    Sureness.ONLY: SurenessLook("●", "one side", "text", "allowed on one side only"),
}


@dataclass(frozen=True)
class PlacedClass:
    """A task class and what the plan says of it."""

    task_class: TaskClass
    placement: Placement
    capacity: CapacityLoad | None = None  # rented, reserved or owned, that it runs on with others

    @property
    def chosen(self) -> Option | None:
        """The option the plan took."""
        return self.placement.chosen

    @property
    def look(self) -> SurenessLook:
        """How sure the choice is."""
        return SURENESS[self.placement.sureness]


def placed_classes(plan: Plan, scenario: Scenario) -> tuple[PlacedClass, ...]:
    """Every class in the workload's order, those without a feasible option on top."""
    classes = plan.classes_of(scenario)
    capacities = {name: load for load in plan.capacity_loads for name in load.task_classes}
    rows = [
        PlacedClass(classes[placement.task_class], placement, capacities.get(placement.task_class))
        for placement in plan.placements
        if placement.task_class in classes
    ]
    return tuple(sorted(rows, key=lambda row: row.chosen is not None))


def _busy(row: PlacedClass) -> float | None:
    if row.capacity is not None:
        return value_of(row.capacity.month.utilization)
    return None if row.chosen is None or row.chosen.service is None else row.chosen.service.utilization


def _against(figure: Quantity | None, bound_s: float | None) -> str:
    bound = "none" if bound_s is None else text.number(bound_s)
    return f"{text.number(value_of(figure))} / {bound}"


def _busy_words(row: PlacedClass) -> str:
    if row.chosen is None:
        return text.UNKNOWN
    return NOTHING if _is_metered(row) else text.share(_busy(row))


def _is_metered(row: PlacedClass) -> bool:
    """Whether it is paid by the token, so that no hours stand idle."""
    return row.chosen is not None and row.chosen.side is Side.DATACENTER and row.capacity is None


def _busy_source(row: PlacedClass) -> str:
    if row.capacity is not None:
        return f"{text.share(_busy(row))} of the hours paid of {row.capacity.title}, with all classes on it"
    if row.chosen is None or row.chosen.service is None or _is_metered(row):
        return "Paid by the token: no hours of one's own stand idle" if row.chosen else NOTHING
    peak = row.chosen.service.peak_utilization
    return f"{text.share(_busy(row))} of one device in the mean active hour, {text.share(peak)} in the busiest"


def _runner_up(row: PlacedClass) -> str:
    runner_up = row.placement.runner_up
    return "none allowed" if runner_up is None else f"{model_words(runner_up)}, {place(runner_up)}"


def _runner_up_adds(row: PlacedClass) -> str:
    extra = row.placement.runner_up_extra_usd_per_month
    if extra is None:
        return NOTHING
    return f"{'' if extra < 0 else '+'}{text.money(extra)}"


def _other_side_adds(row: PlacedClass) -> str:
    regret = row.placement.regret_usd_per_year
    if regret is None:
        return "forbidden" if row.placement.conflict else NOTHING
    return f"+{text.money(regret)}"


PLACEMENT_COLUMNS: tuple[Column[PlacedClass], ...] = (
    Column(
        "Class",
        lambda row: f"▲ {row.placement.title}" if row.chosen is None else row.placement.title,
        tooltip=lambda row: f"{row.placement.title}: {row.placement.reason}",
        meaning=lambda row: "caution" if row.chosen is None else None,
        widest_px=NAME_PX,
    ),
    Column(
        "Placed on",
        lambda row: place(row.chosen),
        tooltip=lambda row: place(row.chosen),
        meaning=lambda row: side_meaning(row.chosen),
        widest_px=PLACE_PX,
    ),
    Column(
        "Model",
        lambda row: model_words(row.chosen),
        tooltip=lambda row: model_words(row.chosen),
        widest_px=NAME_PX,
    ),
    Column(
        "Cost",
        lambda row: bare_money(monthly(row.chosen)),
        sort=lambda row: value_of(monthly(row.chosen)),
        numeric=True,
        tooltip=lambda row: explained(monthly(row.chosen)),
        widest_px=FIGURE_PX,
        unit="per month",
        hint="What all requests of the class cost per accepted result: bill, review and rejected results",
    ),
    Column(
        "TTFT p95 / SLO",
        lambda row: _against(ttft(row.chosen), row.task_class.slo.ttft_p95_s),
        sort=lambda row: value_of(ttft(row.chosen)),
        numeric=True,
        tooltip=lambda row: explained(ttft(row.chosen)),
        widest_px=PAIR_PX,
        unit="s",
        hint="Request sent to first token, queue and network included, against the class's SLO",
    ),
    Column(
        "E2E p95 / SLO",
        lambda row: _against(e2e(row.chosen), row.task_class.slo.e2e_p95_s),
        sort=lambda row: value_of(e2e(row.chosen)),
        numeric=True,
        tooltip=lambda row: explained(e2e(row.chosen)),
        widest_px=PAIR_PX,
        unit="s",
        hint="Request sent to last token, against the class's SLO",
    ),
    Column(
        "Utilization",
        _busy_words,
        sort=_busy,
        numeric=True,
        tooltip=_busy_source,
        hint="Of one device's active hours for this class; of the hours paid where capacity is shared",
    ),
    Column(
        "Sure",
        lambda row: f"{row.look.icon} {row.look.word}",
        meaning=lambda row: row.look.meaning,
        tooltip=lambda row: row.look.count_words.capitalize(),
        widest_px=FIGURE_PX,
        hint="Whether to run on the device, over the whole interval of the figures",
    ),
    Column(
        "Why here",
        lambda row: row.placement.reason,
        tooltip=lambda row: row.placement.reason,
        widest_px=RULE_PX,
        hint="The constraint or the price that decided",
    ),
    Column("Runner-up", _runner_up, tooltip=_runner_up, widest_px=NAME_PX),
    Column(
        "Runner-up adds",
        _runner_up_adds,
        unit="per month",
        sort=lambda row: row.placement.runner_up_extra_usd_per_month,
        numeric=True,
        hint="What the class would cost more with the runner-up on the fleets in use",
    ),
    Column(
        "Other side adds",
        _other_side_adds,
        unit="per year",
        sort=lambda row: row.placement.regret_usd_per_year,
        numeric=True,
        tooltip=lambda row: row.placement.other_side or NOTHING,
        hint="What the whole plan would cost more with the class on the other side, everything placed anew",
    ),
    Column("Flips when", lambda row: row.placement.flips, tooltip=lambda row: row.placement.flips),
)
