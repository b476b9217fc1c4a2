"""Which execution provider serves a model best on one device, for prefill, decode and energy, or that none is ahead."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from planner import text
from planner.basis import Basis, Quantity
from planner.documents import Frozen
from planner.measurement.node_placement import NodePlacement
from planner.profiles.performance import ModelPerformance, RatePoint


class Contest(StrEnum):
    """What is compared."""

    PREFILL = "prefill"
    DECODE = "decode"
    ENERGY = "energy"


class ProviderRow(Frozen):
    """One execution provider under one runtime, at the lengths all of them were measured at."""

    label: str  # the provider, with its runtime where that alone tells rows apart
    execution_provider: str
    runtime: str
    prefill: RatePoint | None
    decode: RatePoint | None
    j_per_tok: Quantity | None  # of decode, above idle
    peak_memory_bytes: Quantity | None
    nodes: tuple[NodePlacement, ...] = ()  # empty: nobody looked


class Verdict(Frozen):
    """Who is ahead: beyond its 95 % interval and those of all others, or nobody."""

    contest: Contest
    winner: str | None  # a row's label
    alike: tuple[str, ...]  # the best and all that cannot be told from it; one label where it wins
    sentence: str


class ProviderComparison(Frozen):
    """One model in one format under every provider that was measured here."""

    model: str
    weight_format: str
    rows: tuple[ProviderRow, ...]
    prefill: Verdict
    decode: Verdict
    energy: Verdict


def winners(
    known: Iterable[ModelPerformance], *, nodes: Mapping[str, tuple[NodePlacement, ...]] | None = None
) -> tuple[ProviderComparison, ...]:
    """Every model and format that was measured under at least two providers or runtimes, by name.

    Rates are compared at the longest prompt and the longest context that all of them share. `nodes` tells by run where
    the nodes of that run ran. Published and estimated figures are no contestants: they saw other machines.
    """
    groups: defaultdict[tuple[str, str], list[ModelPerformance]] = defaultdict(list)
    for one in known:
        if one.basis is Basis.MEASURED:
            groups[(one.model, one.weight_format)].append(one)
    return tuple(
        _compared(group, nodes or {}) for _, group in sorted(groups.items(), key=lambda pair: pair[0]) if len(group) > 1
    )


def _compared(group: Sequence[ModelPerformance], nodes: Mapping[str, tuple[NodePlacement, ...]]) -> ProviderComparison:
    names = Counter(one.execution_provider for one in group)
    prompt, context = _shared([one.prefill for one in group]), _shared([one.decode for one in group])
    rows = tuple(
        ProviderRow(
            label=one.execution_provider
            if names[one.execution_provider] == 1
            else f"{one.execution_provider}, {one.runtime}",
            execution_provider=one.execution_provider,
            runtime=one.runtime,
            prefill=_at(one.prefill, prompt),
            decode=_at(one.decode, context),
            j_per_tok=one.decode_j_per_tok,
            peak_memory_bytes=one.peak_memory_bytes,
            nodes=nodes.get(one.run_id or "", ()),
        )
        for one in group
    )
    return ProviderComparison(
        model=group[0].model,
        weight_format=group[0].weight_format,
        rows=rows,
        prefill=judge(Contest.PREFILL, [(row.label, row.prefill.tok_s) for row in rows if row.prefill]),
        decode=judge(Contest.DECODE, [(row.label, row.decode.tok_s) for row in rows if row.decode]),
        energy=judge(Contest.ENERGY, [(row.label, row.j_per_tok) for row in rows if row.j_per_tok]),
    )


def judge(contest: Contest, figures: Sequence[tuple[str, Quantity]]) -> Verdict:
    """The best figure wins where its interval lies clear of all others; energy is better the less it is."""
    if len(figures) < 2:  # noqa: PLR2004 - it takes two
        found = f"only {figures[0][0]} has a figure" if figures else "no figures"
        return Verdict(contest=contest, winner=None, alike=(), sentence=f"{contest.value}: {found}, so nothing is told")
    ranked = sorted(figures, key=lambda pair: pair[1].value, reverse=contest is not Contest.ENERGY)
    (best, figure), (next_best, next_figure) = ranked[:2]
    alike = [best, *(label for label, other in ranked[1:] if not _clear(figure, other))]
    if len(alike) == 1:
        told = f"{best} wins with {text.quantity(figure)} against {text.quantity(next_figure)} of {next_best}"
        return Verdict(contest=contest, winner=best, alike=(best,), sentence=f"{contest.value}: {told}")
    unsure = [label for label, other in ranked if label in alike and other.low is None]
    told = (
        f"no interval of {_words(unsure)} is known, so no difference between {_words(alike)} can be told"
        if unsure
        else f"no difference between {_words(alike)} beyond the intervals"
    )
    return Verdict(contest=contest, winner=None, alike=tuple(alike), sentence=f"{contest.value}: {told}")


def _clear(best: Quantity, other: Quantity) -> bool:
    """Whether two intervals are known and share no point."""
    if best.low is None or other.low is None:
        return False
    (low, high), (other_low, other_high) = best.bounds, other.bounds
    return low > other_high or high < other_low


def _shared(curves: Sequence[Sequence[RatePoint]]) -> int | None:
    """The longest length at which every curve that has points has one."""
    lengths = [{point.tokens for point in curve if point.tokens is not None} for curve in curves if curve]
    first, *others = lengths or [set[int]()]
    return max(first.intersection(*others), default=None)


def _at(curve: Sequence[RatePoint], tokens: int | None) -> RatePoint | None:
    return next((point for point in curve if point.tokens == tokens), None) if tokens is not None else None


def _words(labels: Sequence[str]) -> str:
    *others, last = labels
    return f"{', '.join(others)} and {last}" if others else last
