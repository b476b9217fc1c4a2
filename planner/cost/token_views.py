"""The same bill per million tokens: input and output apart, at the device's utilization and where it is never idle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.basis import Basis, Quantity, weakest
from planner.cost.ends import ends, sure
from planner.cost.figures import CostPart
from planner.cost.part_sums import running, scaled, share_of, sum_of, total
from planner.cost.per_mtok import CONVENTIONS
from planner.units import TOKENS_PER_MTOK
from planner.workload.task_classes import TaskClass

LEAST_UTILIZATION = 1e-12  # of active hours: far below a token a year


@dataclass(frozen=True)
class OnDevice:
    """What a cost on a device needs to know beside its parts, to stand at its utilization and at 100 %."""

    utilization: float  # share of active hours that this class takes, its repeats included
    full_share: Quantity | None  # USD of the device's capital for one run; None: no price


@dataclass(frozen=True)
class Unused:
    """The same cost where capacity stands unused and where it does not."""

    at_utilization: Quantity | None = None
    at_full: Quantity | None = None
    reason: str = ""


def at_utilization(parts: Sequence[CostPart], task_class: TaskClass, device: OnDevice | None) -> Unused:
    """$/Mtok of a device bought for this class alone, at its utilization and at 100 % of active hours.

    The full share of a run is what it costs while the device is never idle; over the utilization, what it costs where
    this class bears the idle hours too.
    """
    if device is None:
        return Unused(reason="paid by the token: no capacity of ours stands unused")
    if device.full_share is None:
        return Unused(reason="the profile states no price")
    if device.utilization < LEAST_UTILIZATION:
        return Unused(reason="the class asks for next to nothing, so no token bears the device")
    retried = sure(1.0) if task_class.retry_share is None else sure(1.0) + ends(task_class.retry_share)
    capital = ends(device.full_share) * retried
    every_run = running(parts)
    per_mtok = TOKENS_PER_MTOK / (task_class.input_tokens + task_class.output_tokens)

    def figure(used: float) -> Quantity:
        whole = (sum_of(every_run) + capital.times(1 / used)).times(per_mtok)
        return Quantity(
            value=whole.value,
            low=min(whole.low, whole.value),
            high=max(whole.high, whole.value),
            unit="USD/Mtok",
            basis=weakest(device.full_share.basis if device.full_share else Basis.ASSUMED, total(every_run).basis),
        )

    return Unused(at_utilization=figure(device.utilization), at_full=figure(1.0))


def in_and_out(parts: Sequence[CostPart], task_class: TaskClass) -> tuple[Quantity | None, Quantity | None]:
    """$/Mtok of input and of output: what each side's tokens bear of the bill, over the class's own tokens."""
    borne = [(part, part.input_share) for part in parts if part.input_share is not None]
    if not borne:
        return None, None
    onto_input = [share_of(part, share) for part, share in borne]
    onto_output = [share_of(part, 1 - share) for part, share in borne]
    return (
        scaled(total(onto_input), TOKENS_PER_MTOK / task_class.input_tokens, "USD/Mtok"),
        scaled(total(onto_output), TOKENS_PER_MTOK / task_class.output_tokens, "USD/Mtok"),
    )


def convention(parts: Sequence[CostPart]) -> str:
    """Which tokens bear what, and what none of them bears."""
    by_request = [part.name for part in parts if part.input_share is None]
    words = CONVENTIONS["bill_apart"]
    return f"{words}; by none: {', '.join(by_request)}" if by_request else words
