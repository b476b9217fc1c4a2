"""The coming months as tables: by year, the parts of a year, what is paid once, and capacity instead."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.outlook.horizon_view import CapacityOutlook, FlowKind, HorizonView, OneOffOutlook, Stream
from planner.outlook.horizon_words import capacity_words, crossing_words, year_words
from planner.units import MONTHS_PER_YEAR
from ui.tables.columns import Column

ALL = "all"
NONE = "none"
WIDE_PX = 360
YEAR_PX = 130


@dataclass(frozen=True)
class YearRow:
    """The months of one year, or all of them: entries `first` up to before `stop` of the streams."""

    title: str
    order: float | None  # None: all, which stays last
    first: int
    stop: int
    view: HorizonView

    def _sum(self, by_month: tuple[float, ...]) -> float:
        return sum(by_month[self.first : self.stop])

    def billed(self, stream: Stream) -> float:
        """Cash of these months, USD of their day."""
        return self._sum(stream.billed_usd)

    def worth(self, stream: Stream) -> float:
        """The same at today's worth."""
        so_far = stream.discounted_cumulative_usd
        return so_far[self.stop - 1] - (so_far[self.first - 1] if self.first else 0.0)

    def part(self, stream: Stream, kind: FlowKind) -> tuple[float, float] | None:
        """Billed and effective USD of one kind of cost; None: it does not arise."""
        line = next((each for each in stream.lines if each.kind == kind), None)
        return None if line is None else (self._sum(line.billed_usd), self._sum(line.effective_usd))


@dataclass(frozen=True)
class PartRow:
    """One kind of cost in one year, of both choices."""

    kind: str
    plan: tuple[float, float] | None
    base: tuple[float, float] | None


def year_rows(view: HorizonView) -> tuple[YearRow, ...]:
    """Every year, and all of them; the moment before month 1 only where something is paid then."""
    rows: list[YearRow] = []
    for year in view.years:
        first = (year.year - 1) * MONTHS_PER_YEAR + 1 if year.year else 0
        if year.year or year.plan_billed_usd or year.base_billed_usd:
            stop = first + year.months if year.year else 1
            rows.append(YearRow(year_words(year), float(year.year), first, stop, view))
    return (*rows, YearRow(ALL, None, 0, view.months + 1, view))


def part_rows(row: YearRow) -> tuple[PartRow, ...]:
    """The kinds of cost that arise in plan or base case, and their sum."""
    plan, base = row.view.plan, row.view.base
    kinds: dict[FlowKind, None] = dict.fromkeys(line.kind for stream in (base, plan) for line in stream.lines)
    parts = [PartRow(kind, row.part(plan, kind), row.part(base, kind)) for kind in kinds]
    return (*parts, PartRow(ALL, _total(row, plan), _total(row, base)))


def _total(row: YearRow, stream: Stream) -> tuple[float, float]:
    return row.billed(stream), sum(stream.effective_usd[row.first : row.stop])


def _saving(row: YearRow) -> float:
    return row.billed(row.view.base) - row.billed(row.view.plan)


def _saving_worth(row: YearRow) -> float:
    return row.worth(row.view.base) - row.worth(row.view.plan)


def _so_far(row: YearRow) -> float:
    last = row.stop - 1
    return row.view.base.discounted_cumulative_usd[last] - row.view.plan.discounted_cumulative_usd[last]


YEAR_COLUMNS: tuple[Column[YearRow], ...] = (
    Column("Year", lambda row: row.title, sort=lambda row: row.order, widest_px=YEAR_PX),
    Column(
        "Plan, billed",
        lambda row: text.money(row.billed(row.view.plan)),
        sort=lambda row: row.billed(row.view.plan),
        numeric=True,
        hint="Cash on the day it is paid, undiscounted",
    ),
    Column(
        "Base case, billed",
        lambda row: text.money(row.billed(row.view.base)),
        sort=lambda row: row.billed(row.view.base),
        numeric=True,
        hint="Cash on the day it is paid, undiscounted",
    ),
    Column("Saving", lambda row: text.money(_saving(row)), sort=_saving, numeric=True, hint="Base case less plan"),
    Column(
        "Plan, NPV",
        lambda row: text.money(row.worth(row.view.plan)),
        sort=lambda row: row.worth(row.view.plan),
        numeric=True,
        hint="That of a month counts at its end, discounted by (1 + rate)^(−months/12)",
    ),
    Column(
        "Base case, NPV",
        lambda row: text.money(row.worth(row.view.base)),
        sort=lambda row: row.worth(row.view.base),
        numeric=True,
    ),
    Column(
        "Saving, NPV",
        lambda row: text.money(_saving_worth(row)),
        sort=_saving_worth,
        numeric=True,
    ),
    Column(
        "Saving so far, NPV", lambda row: text.money(_so_far(row)), sort=_so_far, numeric=True, hint="At today's worth"
    ),
)


def _billed(part: tuple[float, float] | None) -> str:
    return NONE if part is None else text.money(part[0])


def _effective(part: tuple[float, float] | None) -> str:
    return NONE if part is None else text.money(part[1])


PART_COLUMNS: tuple[Column[PartRow], ...] = (
    Column("Kind of cost", lambda row: row.kind),
    Column("Plan, billed", lambda row: _billed(row.plan), sort=lambda row: row.plan and row.plan[0], numeric=True),
    Column(
        "Plan, effective",
        lambda row: _effective(row.plan),
        sort=lambda row: row.plan and row.plan[1],
        numeric=True,
        hint="Purchases spread over their life with interest",
    ),
    Column("Base case, billed", lambda row: _billed(row.base), sort=lambda row: row.base and row.base[0], numeric=True),
    Column(
        "Base case, effective",
        lambda row: _effective(row.base),
        sort=lambda row: row.base and row.base[1],
        numeric=True,
        hint="Purchases spread over their life with interest",
    ),
)


def _payers(row: OneOffOutlook) -> str:
    pays = (("plan", row.in_plan), ("base case", row.in_base))
    return " and ".join(name for name, is_so in pays if is_so) or "neither"


def _class_by_class(row: OneOffOutlook) -> str:
    return "; ".join(f"{one.title}: {crossing_words(one.passes)}" for one in row.by_class)


ONE_OFF_COLUMNS: tuple[Column[OneOffOutlook], ...] = (
    Column("Paid once", lambda row: row.name),
    Column("Kind", lambda row: row.kind.replace("_", "-")),
    Column(
        "Within the horizon",
        lambda row: text.money(row.total_usd) + ("" if row.times == 1 else f" in {row.times} times"),
        sort=lambda row: row.total_usd,
        numeric=True,
    ),
    Column("Paid by", _payers),
    Column(
        "Inference passes it",
        lambda row: crossing_words(row.passes),
        sort=lambda row: row.passes.month,
        tooltip=lambda row: crossing_words(row.passes) if row.passes.month is None else row.passes.reason,
        widest_px=WIDE_PX,
        hint="The month by whose end what was spent on inference comes to what was spent once",
    ),
    Column("Class by class", _class_by_class, tooltip=_class_by_class),
)


def _worded(place: int, row: CapacityOutlook) -> str:
    return capacity_words(row)[place]


CAPACITY_OUTLOOK_COLUMNS: tuple[Column[CapacityOutlook], ...] = (
    Column("Capacity", lambda row: row.title, tooltip=lambda row: f"{row.title}: {row.model}", widest_px=260),
    Column("Units", lambda row: _worded(0, row), numeric=True),
    Column("Cost, today's worth", lambda row: _worded(1, row), numeric=True),
    Column("Saving, today's worth", lambda row: _worded(2, row), numeric=True),
    Column("Up front", lambda row: _worded(3, row), numeric=True),
    Column("Paid back", lambda row: _worded(4, row), tooltip=lambda row: _worded(4, row)),
)
