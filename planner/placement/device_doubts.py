"""What to doubt about devices that serve classes: speed when kept busy, waits for each other, unlike users, memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner import text
from planner.basis import Doubt
from planner.placement.edge_costs import is_personal
from planner.placement.options import Option, Placement
from planner.placement.plan import FleetLoad
from planner.placement.shared import fleet_of
from planner.placement.user_groups import user_doubts
from planner.profiles.sustained import why_unknown
from planner.scenario import Fleet, Scenario, contention_cap
from planner.service.figures import SharedWait
from planner.service.queues.uneven_demand import local_share

HALF = 0.5  # of the cap: where users differ as widely as they do, one in many is beyond it
EXAMPLE_CV = 1.0  # standard deviation of demand over its mean, for the size of the doubt only


def device_doubts(scenario: Scenario, placements: Sequence[Placement], loads: Sequence[FleetLoad]) -> tuple[Doubt, ...]:
    """Of every fleet in use, in the order of the fleets."""
    fleets = {fleet.profile.profile_id: fleet for fleet in scenario.fleets}
    titles = {placement.task_class: placement.title for placement in placements}
    found = list(user_doubts(scenario))
    for load in loads:
        fleet = fleets.get(load.profile_id)
        if fleet is None or not load.task_classes:
            continue
        options = [each.chosen for each in placements if each.chosen and fleet_of(each.chosen) == load.profile_id]
        found += [
            *_never_kept_busy(fleet, options),
            *(doubt for wait in load.shared for doubt in _together(load, wait, titles)),
            *_users_alike(scenario, fleet, load),
            *_memory_unknown(load),
        ]
    return tuple(found)


def _never_kept_busy(fleet: Fleet, options: Sequence[Option]) -> Iterator[Doubt]:
    """Said once for a profile; figures rest on its burst then, as they always did (CONVENTION §20)."""
    if any(option.service and option.service.retained_share is None for option in options):
        title = fleet.profile.title
        yield Doubt(
            kind="SustainedUnknown",
            subject=title,
            sentence=(
                f"How fast {title} stays under steady work is unknown ({why_unknown(fleet.profile.soaks)}): its busy "
                "hours and waits rest on burst speed, of which phones keep 38 to 67 % after ten minutes."
            ),
            advice="Keep it busy for ten minutes there: edgewise measure --soak.",
        )


def _together(load: FleetLoad, wait: SharedWait, titles: dict[str, str]) -> Iterator[Doubt]:
    title = titles.get(wait.task_class, wait.task_class)
    others = [titles.get(name, name) for name in load.task_classes if name != wait.task_class]
    beside = f"beside {', '.join(others)} on {load.title}"
    if wait.wait_p95_s is None:
        yield Doubt(
            kind="QueueNeverClears",
            subject=wait.task_class,
            sentence=f"{title}, {beside}, is asked for more than is left of the busiest hour; its queue grows in it.",
            advice="Move one of them off the device, or let it wait for another hour.",
        )
    elif not wait.keeps_slo:
        yield Doubt(
            kind="SloTogether",
            subject=wait.task_class,
            sentence=f"{title}, {beside}, answers too late in the busiest hour: {_late(wait)}; alone it would keep it.",
            advice="Take a faster device or a smaller model, move one of them off the device, or loosen the SLO.",
        )


def _late(wait: SharedWait) -> str:
    checks = (
        ("the first token", wait.ttft_p95_s.value, wait.ttft_slo_s),
        ("the last token", wait.e2e_p95_s.value, wait.e2e_slo_s),
    )
    late = [
        f"{what} after {text.seconds(figure_s)} at p95, the SLO is {text.seconds(bound_s)}"
        for what, figure_s, bound_s in checks
        if bound_s is not None and figure_s > bound_s
    ]
    return " and ".join(late)


def _users_alike(scenario: Scenario, fleet: Fleet, load: FleetLoad) -> Iterator[Doubt]:
    """Where nobody stated how unlike users are and the mean of them is above half of the cap."""
    cap = contention_cap(scenario, fleet)
    if (
        scenario.assumptions.demand_spread is not None
        or not is_personal(scenario, fleet)
        or not HALF * cap < load.utilization <= cap
    ):
        return
    beyond = 1 - local_share(load.utilization, cap, EXAMPLE_CV)
    yield Doubt(
        kind="UsersAlike",
        subject=load.title,
        sentence=(
            f"Each {load.title} is busy {text.share(load.utilization)} of its active hours were all users alike, and "
            f"the cap is {text.share(cap)}; did their demand vary by as much as its mean, {text.share(beyond)} of it "
            "would be beyond the cap."
        ),
        advice="State how unlike users are (assumptions.demand_spread), from requests per user.",
    )


def _memory_unknown(load: FleetLoad) -> Iterator[Doubt]:
    """Nothing is forbidden by what is not known (CONVENTION §3), so it is said."""
    unknown = [
        what
        for what, figure in (("what its models need", load.memory_bytes), ("what it has", load.memory_limit_bytes))
        if figure is None
    ]
    if unknown:
        yield Doubt(
            kind="MemoryUnknown",
            subject=load.title,
            sentence=f"Whether the memory of {load.title} is enough is unknown: nobody knows {' or '.join(unknown)}.",
            advice="Measure the models on that device: edgewise measure.",
        )
