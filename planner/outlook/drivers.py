"""What may turn out otherwise than a scenario states, one figure at a time, and the case in which it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from planner.outlook.changed_figures import faster, owned, repriced, times, usd_times
from planner.outlook.what_if import Case, Touched, changed
from planner.placement.options import Constraint, Option, Side
from planner.placement.selection import fleet_of
from planner.profiles.profile import Ownership
from planner.scenario import Fleet, HardwarePolicy
from planner.workload.task_classes import Acceptance, TaskClass

DriverKey = Literal[
    "token_prices", "price", "tariff", "volume", "speed", "device_price", "acceptance", "ttft_slo", "e2e_slo", "rtt"
]
FURTHEST = 10.0  # times, and the tenth part: nothing is asked beyond
RESULTS = 10**9  # how finely a share of accepted results can be told
ABOVE, BELOW = 1 + 1e-9, 1 - 1e-9  # just enough, and just too little
REMOTE = Touched(side=Side.DATACENTER)
LATE: frozenset[Constraint] = frozenset({"ttft_slo", "e2e_slo"})


@dataclass(frozen=True)
class Driver:
    """A figure of the scenario: what it is today, and the case in which it is `factor` times that."""

    key: DriverKey
    name: str  # «the price of openai/gpt-4.1-mini»
    today: float
    unit: str  # as `text.in_unit` knows it
    at: Callable[[float], Case]
    least: float = 1 / FURTHEST
    most: float = FURTHEST
    straight: Literal["", "factor", "inverse"] = ""  # what every cost is straight in; "": in nothing
    points: tuple[float, ...] | None = None  # the only factors at which anything can change, where they are known


@dataclass(frozen=True)
class Asked:
    """A class of a case: what it is on, and its option on either side that matters, allowed or not."""

    case: Case
    task_class: TaskClass
    homes: Mapping[str, str]  # of the plan
    local: Option | None
    remote: Option | None

    @property
    def options(self) -> tuple[Option, ...]:
        """Every option of the class."""
        return self.case.of(self.task_class.name).options


def drivers_of(asked: Asked) -> Iterator[Driver]:
    """Every figure that may decide where the class runs, in the order they are told."""
    if asked.remote is not None:
        yield token_prices(asked.case, asked.remote)
        yield price(asked.case, asked.remote)
    if asked.local is not None:
        yield tariff(asked.case)
    if asked.task_class.requests_per_day > 0:
        yield volume(asked)
    if asked.local is not None:
        fleet = _fleet(asked.case, asked.local)
        yield speed(asked.case, fleet, asked.local)
        charged = device_price(asked.case, fleet)
        if charged is not None:
            yield charged
        accepted = acceptance(asked, asked.local)
        if accepted is not None:
            yield accepted
    yield from bounds(asked)
    if asked.remote is not None and asked.remote.service is not None:
        yield round_trip(asked)


def token_prices(case: Case, remote: Option) -> Driver:
    """Every token price alike; the figure is what a million tokens of the class cost with this option."""
    today, unit = _per_mtok(remote)
    return Driver(
        "token_prices",
        "all token prices",
        today,
        unit,
        lambda factor: changed(case, repriced(case.scenario, None, factor), touched=REMOTE),
        straight="factor",
    )


def price(case: Case, remote: Option) -> Driver:
    """The prices of this offer alone."""
    today, unit = _per_mtok(remote)
    return Driver(
        "price",
        f"the price of {remote.model}",
        today,
        unit,
        lambda factor: changed(
            case,
            repriced(case.scenario, remote.model, factor),
            touched=Touched(side=Side.DATACENTER, sku=remote.model),
        ),
        straight="factor",
    )


def tariff(case: Case) -> Driver:
    """What a kWh costs, of every device alike, also of one whose profile states its own."""
    scenario, today = case.scenario, case.scenario.assumptions.tariff_usd_per_kwh

    def at(factor: float) -> Case:
        def dearer(ownership: Ownership) -> Mapping[str, object]:
            own = ownership.tariff_usd_per_kwh
            return {} if own is None else {"tariff_usd_per_kwh": times(own, factor)}

        fleets = tuple(owned(fleet, dearer) for fleet in scenario.fleets)
        assumptions = scenario.assumptions.model_copy(update={"tariff_usd_per_kwh": times(today, factor)})
        dear = scenario.model_copy(update={"fleets": fleets, "assumptions": assumptions})
        return changed(case, dear, touched=Touched(side=Side.EDGE))

    return Driver("tariff", "the electricity tariff", today.value, "USD/kWh", at, straight="factor")


def volume(asked: Asked) -> Driver:
    """Requests of this class alone; every other one stays."""
    today = asked.task_class.requests_per_day

    def at(factor: float) -> Case:
        return _with_class(asked, {"requests_per_day": today * factor})

    return Driver("volume", f"requests of {asked.task_class.title}", today, "requests a day", at)


def speed(case: Case, fleet: Fleet, local: Option) -> Driver:
    """Prefill and decode of every model on the fleet's devices alike; the figure is this option's decode speed."""
    key = fleet.profile.profile_id

    def at(factor: float) -> Case:
        models = tuple(faster(each, factor) for each in case.known.performances[key])
        known = replace(case.known, performances={**case.known.performances, key: models})
        return changed(case, case.scenario, known, on_fleet(fleet))

    tpot = local.service.tpot_s if local.service else None
    today, unit = (1.0, "times today's") if tpot is None else (1 / tpot.value, "tok/s")
    return Driver("speed", f"the speed of {fleet.profile.title}", today, unit, at)


def device_price(case: Case, fleet: Fleet) -> Driver | None:
    """What the policy charges of the device: its price and resale, or what was added; None where it charges nothing."""
    scenario, ownership = case.scenario, fleet.profile.ownership
    charged = {HardwarePolicy.FULL_SHARE: ownership.price_usd, HardwarePolicy.INCREMENTAL: ownership.incremental_usd}
    today = charged.get(scenario.policy.hardware)
    if not today:
        return None
    amounts = {
        "price_usd": ownership.price_usd,
        "resale_usd": ownership.resale_usd,
        "incremental_usd": ownership.incremental_usd,
    }

    def at(factor: float) -> Case:
        dearer = {name: usd_times(usd, factor) for name, usd in amounts.items() if usd is not None}
        fleets = tuple(owned(each, lambda _: dearer) if each is fleet else each for each in scenario.fleets)
        return changed(case, scenario.model_copy(update={"fleets": fleets}), touched=on_fleet(fleet))

    name = f"the price of {fleet.profile.title}"
    return Driver("device_price", name, float(today), "USD", at, straight="factor")


def acceptance(asked: Asked, local: Option) -> Driver | None:
    """The share of results on devices that are accepted, of all models alike; what one costs is straight in 1/share."""
    shares = {
        (each.model, each.weight_format): each.cost.acceptance.value
        for each in asked.options
        if each.side is Side.EDGE and each.cost is not None
    }
    today = shares.get((local.model, local.weight_format), 0.0)
    others = tuple(row for row in asked.task_class.acceptances if (row.model, row.weight_format) not in shares)
    if today <= 0:
        return None

    def at(factor: float) -> Case:
        rows = [
            Acceptance(
                model=model,
                weight_format=weight_format,
                accepted=min(RESULTS, max(1, round(share * factor * RESULTS))),
                of=RESULTS,
            )
            for (model, weight_format), share in shares.items()
        ]
        return _with_class(asked, {"acceptances": (*rows, *others)}, Side.EDGE)

    most = max(1.0, 1 / max(shares.values()))
    name = f"accepted results of {asked.task_class.title} on devices"
    return Driver("acceptance", name, today, "share", at, most=most, straight="inverse")


def bounds(asked: Asked) -> Iterator[Driver]:
    """Each SLO bound; it can matter only where it passes the figure of an option."""
    slo = asked.task_class.slo
    if slo.ttft_p95_s is not None:
        yield _bound(asked, "ttft_slo", "the TTFT SLO", slo.ttft_p95_s)
    if slo.e2e_p95_s is not None:
        yield _bound(asked, "e2e_slo", "the E2E SLO", slo.e2e_p95_s)


def round_trip(asked: Asked) -> Driver:
    """The network's round trip to the data center; it can matter only where an option's answer passes its bound."""
    case, today = asked.case, asked.case.scenario.assumptions.network_rtt_s
    slow_s = today.bounds[1]

    def at(factor: float) -> Case:
        assumptions = case.scenario.assumptions.model_copy(update={"network_rtt_s": times(today, factor)})
        return changed(case, case.scenario.model_copy(update={"assumptions": assumptions}), touched=REMOTE)

    points: list[float] = []
    for task_class in case.scenario.workload.task_classes:
        home = asked.homes.get(task_class.name)
        for option in case.of(task_class.name).options:
            if slow_s > 0 and option.option_id.startswith("datacenter:"):
                mine = option.option_id == home
                points += [_passes(slow_s, room_s, mine=mine) for room_s in _room_s(task_class, option, mine=mine)]
    return Driver("rtt", "the network's round trip", today.value, "s", at, points=tuple(points))


def _passes(slow_s: float, room_s: float, *, mine: bool) -> float:
    """The factor at which the round trip uses up the room, just beyond it or just within."""
    return (slow_s + room_s) / slow_s * (ABOVE if mine else BELOW)


def _room_s(task_class: TaskClass, option: Option, *, mine: bool) -> list[float]:
    """What is left of each bound, less than nothing where it is broken; of options that lateness alone forbids."""
    if option.service is None or not (mine or _only_late(option)):
        return []
    pairs = (
        (task_class.slo.ttft_p95_s, option.service.ttft_p95_s.value),
        (task_class.slo.e2e_p95_s, option.service.e2e_p95_s.value),
    )
    return [bound_s - p95_s for bound_s, p95_s in pairs if bound_s is not None]


def _bound(asked: Asked, key: Literal["ttft_slo", "e2e_slo"], name: str, today_s: float) -> Driver:
    field = "ttft_p95_s" if key == "ttft_slo" else "e2e_p95_s"

    def at(factor: float) -> Case:
        slo = asked.task_class.slo.model_copy(update={field: today_s * factor})
        return _with_class(asked, {"slo": slo})

    home = asked.homes.get(asked.task_class.name)
    points = [
        getattr(each.service, field).value / today_s * (BELOW if each.option_id == home else ABOVE)
        for each in asked.options
        if each.service is not None and (each.option_id == home or _only_late(each))
    ]
    return Driver(key, name, today_s, "s", at, points=tuple(points))


def _only_late(option: Option) -> bool:
    return bool(option.violations) and all(each.constraint in LATE for each in option.violations)


def _with_class(asked: Asked, update: Mapping[str, object], side: Side | None = None) -> Case:
    """The case with another figure of the asked class, which no other class can tell."""
    workload = asked.case.scenario.workload
    classes = tuple(
        each.model_copy(update=dict(update)) if each.name == asked.task_class.name else each
        for each in workload.task_classes
    )
    scenario = asked.case.scenario.model_copy(
        update={"workload": workload.model_copy(update={"task_classes": classes})}
    )
    return changed(
        asked.case,
        scenario,
        touched=Touched(task_class=asked.task_class.name, side=side, capacities=side is not Side.EDGE),
    )


def on_fleet(fleet: Fleet) -> Touched:
    """Only options on this fleet can tell."""
    return Touched(side=Side.EDGE, fleet=fleet.profile.profile_id, capacities=False)


def _per_mtok(remote: Option) -> tuple[float, str]:
    """What a million tokens of the class cost, or just «times today's» where that is unknown."""
    per_mtok = remote.cost.usd_per_mtok if remote.cost else None
    return (1.0, "times today's") if per_mtok is None else (per_mtok.value, "USD/Mtok")


def _fleet(case: Case, local: Option) -> Fleet:
    return next(each for each in case.scenario.fleets if each.profile.profile_id == fleet_of(local))
