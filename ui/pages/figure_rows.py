"""Figures that belong to no measurement, one a line: what a device costs its owner, and the scenario's assumptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from planner import text
from planner.basis import Basis, Quantity
from planner.errors import PlannerError
from planner.profiles.profile import Ownership
from planner.scenario import Assumptions, Fleet, Scenario
from planner.units import Unit
from ui.pages import typed
from ui.tables.columns import Column

ASSUMPTIONS = ""  # the owner of a figure that belongs to no device
PERCENT = 0.01
NO_WEAR = "wear is not charged"
IN_SUPPORT = "left to support"
NOT_CHARGED = "not charged"
Value = Quantity | Decimal | float | None


@dataclass(frozen=True)
class Kind:
    """What a figure is: field, title, the unit shown, and how what is typed becomes it."""

    name: str
    title: str
    shown_unit: str
    unit: Unit | None = None  # None: money without basis of its own, or a plain number
    factor: float = 1.0  # of the unit, in one shown unit
    most: float | None = None  # in the unit
    above_zero: bool = False
    if_unknown: Callable[[Assumptions], str] | None = None  # None: it must be known


OWNERSHIP = (
    Kind("price_usd", "Price", "USD", if_unknown=lambda _: "full share cannot be costed"),
    Kind("incremental_usd", "Paid for local inference", "USD", if_unknown=lambda _: "incremental cannot be costed"),
    Kind("resale_usd", "Resale at the end", "USD", if_unknown=lambda _: "counted as nothing"),
    Kind(
        "life_years",
        "Life",
        "years",
        above_zero=True,
        if_unknown=lambda known: f"{text.in_unit(known.device_life_years.value, 'years')} are assumed",
    ),
    Kind(
        "idle_w",
        "Idle power",
        "W",
        "W",
        if_unknown=lambda known: f"{text.in_unit(known.idle_w.value, 'W')} are assumed",
    ),
    Kind(
        "active_w",
        "Power while generating",
        "W",
        "W",
        above_zero=True,
        if_unknown=lambda known: f"{text.in_unit(known.active_w.value, 'W')} are assumed",
    ),
    Kind(
        "tariff_usd_per_kwh",
        "Electricity",
        "USD/kWh",
        "USD/kWh",
        if_unknown=lambda known: f"{text.quantity(known.tariff_usd_per_kwh, interval=False)} is assumed",
    ),
    Kind("nameplate_w", "Power on its nameplate", "W", "W", if_unknown=lambda _: "watts are compared with nothing"),
    Kind(
        "wall_efficiency",
        "Efficiency of its power supply",
        "%",
        "share",
        PERCENT,
        most=1.0,
        above_zero=True,
        if_unknown=lambda known: _efficiency_words(known.wall_efficiency),
    ),
    Kind("battery_price_usd", "Price of a battery, fitted", "USD", if_unknown=lambda _: NO_WEAR),
    Kind("battery_cycles", "Cycles a battery lasts", "cycles", "count", above_zero=True, if_unknown=lambda _: NO_WEAR),
    Kind("battery_wh", "Capacity of a battery", "Wh", "Wh", above_zero=True, if_unknown=lambda _: "as probed"),
    Kind("battery_share", "Use on battery", "%", "share", PERCENT, most=1.0, if_unknown=lambda _: NO_WEAR),
)
ASSUMED = (
    Kind("tariff_usd_per_kwh", "Electricity", "USD/kWh", "USD/kWh"),
    Kind("network_rtt_s", "Round trip to the data center", "s", "s"),
    Kind("discount_rate_per_year", "Discount rate", "% a year", "share", PERCENT),
    Kind("support_usd_per_device_month", "Support of a device", "USD/month", "USD/month"),
    Kind("active_w", "Power while generating", "W", "W", above_zero=True),
    Kind("idle_w", "Idle power", "W", "W"),
    Kind("device_life_years", "Life of a device", "years", "years", above_zero=True),
    Kind("acceptance", "Accepted results", "%", "share", PERCENT, most=1.0, above_zero=True),
    Kind(
        "wall_efficiency",
        "Efficiency of power supplies",
        "%",
        "share",
        PERCENT,
        most=1.0,
        above_zero=True,
        if_unknown=lambda _: "the loss of power supplies is not charged",
    ),
    Kind("packaging_usd_per_release", "Packaging of a model's release", "USD", "USD", if_unknown=lambda _: IN_SUPPORT),
    Kind(
        "evaluation_usd_per_release", "Evaluation of a model's release", "USD", "USD", if_unknown=lambda _: IN_SUPPORT
    ),
    Kind("releases_per_year", "Releases of a model", "a year", "count", if_unknown=lambda _: "no release is charged"),
    Kind("download_usd_per_gb", "Download of model files", "USD/GB", "USD/GB", if_unknown=lambda _: NOT_CHARGED),
    Kind("user_time_usd_per_h", "Time of a user who waits", "USD/h", "USD/h", if_unknown=lambda _: NOT_CHARGED),
)


@dataclass(frozen=True)
class FigureRow:
    """One figure of one owner."""

    owner: str  # profile_id, or ASSUMPTIONS
    owner_title: str
    kind: Kind
    value: Value
    price_source: str
    unknown_words: str
    today: date

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same line after an edit."""
        return self.owner, self.kind.name

    @property
    def figure(self) -> Quantity | None:
        """The value, where it has basis, interval and source of its own."""
        return self.value if isinstance(self.value, Quantity) else None

    @property
    def shown(self) -> str:
        """Every digit, with the interval: also what the editor starts with."""
        if isinstance(self.value, Quantity):
            return typed.words_of(self.value, self.kind.factor)
        return text.exact(self.value)

    @property
    def source(self) -> str:
        """Where it comes from."""
        if self.figure is not None:
            return self.figure.source
        return self.price_source if self.value is not None else ""


def _efficiency_words(assumed: Quantity | None) -> str:
    return "the loss of its supply is not charged" if assumed is None else f"{text.share(assumed.value)} are assumed"


def ownership_rows(scenario: Scenario) -> tuple[FigureRow, ...]:
    """What each device costs its owner."""
    return tuple(
        FigureRow(
            owner=fleet.profile.profile_id,
            owner_title=fleet.profile.title,
            kind=kind,
            value=getattr(fleet.profile.ownership, kind.name),
            price_source=fleet.profile.ownership.price_source,
            unknown_words=kind.if_unknown(scenario.assumptions) if kind.if_unknown else "",
            today=scenario.as_of,
        )
        for fleet in scenario.fleets
        for kind in OWNERSHIP
    )


def assumption_rows(scenario: Scenario) -> tuple[FigureRow, ...]:
    """What the scenario assumes."""
    return tuple(
        FigureRow(
            owner=ASSUMPTIONS,
            owner_title="",
            kind=kind,
            value=getattr(scenario.assumptions, kind.name),
            price_source="",
            unknown_words=kind.if_unknown(scenario.assumptions) if kind.if_unknown else "",
            today=scenario.as_of,
        )
        for kind in ASSUMED
    )


def applied(scenario: Scenario, row: FigureRow) -> Scenario:
    """The scenario with this row's value and source."""
    if row.owner == ASSUMPTIONS:
        assumptions = typed.changed(scenario.assumptions, **{row.kind.name: row.value})
        return scenario.model_copy(update={"assumptions": assumptions})
    fleets = tuple(_owned(fleet, row) if fleet.profile.profile_id == row.owner else fleet for fleet in scenario.fleets)
    return scenario.model_copy(update={"fleets": fleets})


def _owned(fleet: Fleet, row: FigureRow) -> Fleet:
    ownership: Ownership = typed.changed(
        fleet.profile.ownership, **{row.kind.name: row.value}, price_source=row.price_source
    )
    return typed.changed(fleet, profile=typed.changed(fleet.profile, ownership=ownership))


def _typed_value(row: FigureRow, words: str) -> FigureRow:
    kind = row.kind
    if typed.is_nothing(words):
        if kind.if_unknown is None:
            raise PlannerError("the plan needs this assumption", remedy="Give a wide interval where it is uncertain.")
        return replace(row, value=None)
    if kind.unit is None:
        if kind.shown_unit == "USD":
            return replace(row, value=typed.money(words), price_source=row.price_source or typed.BY_HAND)
        return replace(row, value=typed.number(words, above=0))
    above = 0.0 if kind.above_zero else None
    figure = typed.quantity(words, kind.unit, factor=kind.factor, above=above)
    if kind.most is not None and figure.bounds[1] > kind.most:
        raise PlannerError(f"must be {text.exact(round(kind.most / kind.factor))} or less")
    return replace(row, value=typed.changed(figure, as_of=row.today))


def _typed_basis(row: FigureRow, words: str) -> FigureRow:
    if row.figure is None:
        why = "it is unknown" if row.value is None else "it is stated by its owner"
        raise PlannerError(f"this figure has no basis to choose: {why}", remedy="Name its source instead.")
    return replace(row, value=typed.changed(row.figure, basis=Basis(words)))


def _typed_source(row: FigureRow, words: str) -> FigureRow:
    if row.figure is not None:
        return replace(row, value=typed.changed(row.figure, source=words.strip()))
    if row.value is None:
        raise PlannerError("an unknown figure has no source", remedy="Enter its value first.")
    return replace(row, price_source=words.strip())


def _basis_words(row: FigureRow) -> str:
    if row.figure is not None:
        return row.figure.basis.value
    return text.UNKNOWN if row.value is None else "stated"


def figure_columns(*, with_owner: bool) -> tuple[Column[FigureRow], ...]:
    """The columns, with the device's name where the figures are those of devices."""
    owner = Column[FigureRow]("Device", lambda row: row.owner_title, tooltip=lambda row: row.owner_title, widest_px=200)
    missing = Column[FigureRow](
        "While unknown", lambda row: row.unknown_words if row.value is None else "", widest_px=220
    )
    columns: tuple[Column[FigureRow], ...] = (
        Column("Figure", lambda row: row.kind.title, widest_px=220),
        Column(
            "Value",
            lambda row: row.shown,
            numeric=True,
            edit=_typed_value,
            meaning=lambda row: "caution" if row.value is None else None,
            tooltip=lambda row: text.provenance(row.figure) if row.figure else row.source,
            hint="With its interval where you know one, as in 0.14 (0.1 … 0.2); empty: unknown",
            widest_px=190,
        ),
        Column("Unit", lambda row: row.kind.shown_unit),
        Column(
            "Basis",
            _basis_words,
            edit=_typed_basis,
            choices=(Basis.MEASURED.value, Basis.PUBLISHED.value, Basis.ESTIMATED.value, Basis.ASSUMED.value),
        ),
        Column("As of", lambda row: text.day(row.figure.as_of) if row.figure else ""),
        Column("Source", lambda row: row.source, edit=_typed_source, tooltip=lambda row: row.source),
    )
    told = (*columns[:-1], missing, columns[-1])
    return (owner, *told) if with_owner else told
