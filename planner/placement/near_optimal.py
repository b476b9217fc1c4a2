"""How much of the work could as well run on devices: the least and the most in any plan that costs little more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.documents import Frozen
from planner.placement.optimizer.bounded import Extreme, Weights, least, reduced_alike
from planner.placement.optimizer.problem import Problem, Solution
from planner.placement.options import Side
from planner.placement.shared import Candidates

WITHIN = (0.01, 0.03, 0.05)  # of the plan's cost
ROUNDING = 1e-9  # of a share


class LocalRange(Frozen):
    """The local share of every plan that costs at most this much more than the best; shares of requests and classes."""

    within: float  # share of the plan's cost
    usd_per_month_at_most: float
    least_requests: float  # share of all requests on devices
    most_requests: float
    least_classes: float  # classes; a part of one where it is split
    most_classes: float
    proven: bool  # no such plan has less or more; else the range is at least this wide


class NearOptimal(Frozen):
    """What the plan has on devices, and what plans of nearly its cost have."""

    requests: float  # the plan's own share of all requests on devices
    classes: float
    of_classes: int
    ranges: tuple[LocalRange, ...]  # by `within`


def near_optimal(
    candidates: Sequence[Candidates],
    requests_per_month: Mapping[str, float],
    problem: Problem,
    best: Solution,
    within: Sequence[float] = WITHIN,
) -> NearOptimal:
    """Solved with the local share as the objective and the cost as a row (economics.md §3).

    Every plan in the range places as many classes as the best and overruns hours and memory no more.
    """
    total = sum(requests_per_month.values())
    by_class = {name: asked / total if total else 0.0 for name, asked in requests_per_month.items()}
    requests, classes = _local(candidates, by_class), _local(candidates, dict.fromkeys(by_class, 1.0))
    found: list[LocalRange] = []
    for share in sorted(within):
        most_usd = best.usd + share * abs(best.usd)
        ends = [
            _end(problem, each, most_usd, best, most=most) for each in (requests, classes) for most in (False, True)
        ]
        used = [_cleaned(each.used) for each in ends]
        found.append(
            LocalRange(
                within=share,
                usd_per_month_at_most=most_usd,
                least_requests=used[0],
                most_requests=used[1],
                least_classes=used[2],
                most_classes=used[3],
                proven=all(each.proven for each in ends),
            )
        )
    return NearOptimal(
        requests=_cleaned(requests.of(problem, best.shares)),
        classes=_cleaned(classes.of(problem, best.shares)),
        of_classes=len(candidates),
        ranges=tuple(found),
    )


def _local(candidates: Sequence[Candidates], of_class: Mapping[str, float]) -> Weights:
    """What each class weighs where it runs on a device."""
    return Weights(
        {
            (each.task_class, option.option_id): of_class[each.task_class]
            for each in candidates
            for option in each.options
            if option.side is Side.EDGE
        }
    )


def _end(problem: Problem, weights: Weights, usd_at_most: float, best: Solution, *, most: bool) -> Extreme:
    """The best plan itself is inside, so there always is one; it stands in where a stopped search found none."""
    signed = Weights({key: -each for key, each in weights.ways.items()}) if most else weights
    found = least(reduced_alike(problem, signed), signed, usd_at_most, best)
    used = weights.of(problem, best.shares if found is None else found.shares)
    if found is None:
        return Extreme(best.shares, used, best.usd, proven=False)
    return Extreme(found.shares, used, found.usd, found.proven)


def _cleaned(used: float) -> float:
    return round(used, 9) + 0.0
