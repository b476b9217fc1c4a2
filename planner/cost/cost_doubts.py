"""What to doubt about costs of devices and owned machines: each fires on its case and only there (economics.md §6)."""

from __future__ import annotations

from planner import text
from planner.basis import Doubt, Quantity
from planner.capacities import Capacity
from planner.measurement.energy.figures import WHOLE_SCOPES
from planner.profiles.performance import ModelPerformance
from planner.profiles.profile import Ownership
from planner.workload.task_classes import TaskClass

HIGH_UTILIZATION = 0.8
OFFICE_HOURS_A_DAY = 12.0  # a service used longer than this is no office's
NAMEPLATE_TOLERANCE = 0.3


def device_use_doubts(subject: str, utilization: float, active_hours_per_day: float) -> tuple[Doubt, ...]:
    """Costs of a device that rest on more use than the hours people work hardly yield."""
    if utilization <= HIGH_UTILIZATION or active_hours_per_day > OFFICE_HOURS_A_DAY:
        return ()
    return (
        Doubt(
            kind="HighUtilization",
            subject=subject,
            sentence=(
                f"{subject}: {text.share(utilization)} of its active hours busy is high for work of "
                f"{text.significant(active_hours_per_day)} hours a day."
            ),
            advice="Check peak_to_mean and the contention cap: people do not arrive evenly, and use the device too.",
        ),
    )


def power_doubts(subject: str, ownership: Ownership, performance: ModelPerformance | None) -> tuple[Doubt, ...]:
    """Watts while working further than 30 % from the nameplate: one of the two is wrong, or of another mode."""
    nameplate = ownership.nameplate_w
    if nameplate is None or nameplate.value <= 0:
        return ()
    measured = None
    if performance is not None and performance.energy_meter is not None:
        measured = performance.active_w if performance.energy_meter.scope in WHOLE_SCOPES else None
    watts = measured or ownership.active_w
    if watts is None or abs(watts.value / nameplate.value - 1) <= NAMEPLATE_TOLERANCE:
        return ()
    side = "above" if watts.value > nameplate.value else "below"
    return (
        Doubt(
            kind="PowerOffNameplate",
            subject=subject,
            sentence=(
                f"{subject} takes {text.in_unit(watts.value, 'W')} while it works ({watts.basis.value}), "
                f"{text.share(abs(watts.value / nameplate.value - 1))} {side} the {text.in_unit(nameplate.value, 'W')} "
                "of its nameplate."
            ),
            advice="Read a wall meter while the model runs, in the power mode people use.",
        ),
    )


def stacked_shares(task_class: TaskClass, acceptance: Quantity) -> tuple[Doubt, ...]:
    """Retries, escalations and rejections counted one after the other as if each came about by itself."""
    shares = (
        ("retries", task_class.retry_share.value if task_class.retry_share else 0.0),
        ("escalations", task_class.escalation_share.value if task_class.escalation_share else 0.0),
        ("rejected results", 1 - acceptance.value),
    )
    stacked = [f"{name} ({text.share(share)})" for name, share in shares if share > 0]
    if len(stacked) < 2:  # noqa: PLR2004  # one alone depends on nothing
        return ()
    return (
        Doubt(
            kind="StackedShares",
            subject=task_class.name,
            sentence=(
                f"{task_class.title}: {' and '.join(stacked)} are counted as if they were independent; hard requests "
                "cause all of them."
            ),
            advice="Evaluate the whole chain, retries and escalations included, and enter what it accepts.",
        ),
    )


def batching_doubts(capacity: Capacity, seats: int) -> tuple[Doubt, ...]:
    """A throughput that only many streams at once reach, on a machine with fewer people than streams."""
    if capacity.service is None or capacity.decode_tok_s is None:
        return ()
    one_stream = capacity.service.decode_tok_s.value
    streams = capacity.decode_tok_s.value / one_stream
    if streams <= max(seats, 1):
        return ()
    people = "one person" if seats == 1 else f"{seats:,} people"
    return (
        Doubt(
            kind="BatchingUnused",
            subject=capacity.name,
            sentence=(
                f"{capacity.title}: {text.rate(capacity.decode_tok_s.value)} need {text.significant(streams)} answers "
                f"at once at {text.rate(one_stream)} each; {people} do not ask that many."
            ),
            advice="Count with the speed of one stream, or share the machine.",
        ),
    )
