"""How much of its burst speed a device keeps when it is kept busy, as its soaks tell (CONVENTION §20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from planner.basis import Basis, Quantity, weakest
from planner.measurement.provider_names import CPU_PROVIDER, parted
from planner.measurement.soak_summary import SoakSummary, summarise_soak
from planner.measurement.soaks import Soak

CPU_NAMES = frozenset({"cpu", CPU_PROVIDER.lower()})
"""Published figures name the processor in their own words."""


def retained_share(
    soaks: Sequence[Soak], model: str, weight_format: str, execution_provider: str, runtime: str = ""
) -> Quantity | None:
    """The share of burst kept, at most all of it: what the newest long enough soak of this model there kept.

    Else that of the newest soak of another model on the same execution provider, as an estimate: heat comes from the
    processor, more than from what it computes. None: no soak of ten minutes tells. The share is one of decode and is
    taken for prefill too, which is bound by the same clock.
    """
    told = [(each, share) for each in soaks if (share := _told(each)) and _same(each, execution_provider)]

    def merit(one: tuple[Soak, Quantity]) -> tuple[bool, bool, object]:
        soak, _ = one
        own = (soak.model.name, soak.weight_format) == (model, weight_format)
        return own, soak.settings.runtime == runtime, soak.started_at

    found = max(told, key=merit, default=None)
    if found is None:
        return None
    soak, share = found
    if (soak.model.name, soak.weight_format) == (model, weight_format):
        return share
    source = f"{share.source}, of {soak.model.name} {soak.weight_format}"
    return share.model_copy(update={"basis": weakest(share.basis, Basis.ESTIMATED), "source": source})


def why_unknown(soaks: Sequence[Soak]) -> str:
    """Why nothing is known of sustained speed: no soak at all, or what the newest one lacks."""
    newest = max(soaks, key=lambda each: each.started_at, default=None)
    if newest is None:
        return "nobody kept it busy for ten minutes"
    return _summary(_Kept(newest)).sustained_reason or "its soaks ran on another execution provider"


def _told(soak: Soak) -> Quantity | None:
    share = _summary(_Kept(soak)).retained_share
    if share is None or share.value <= 0:
        return None
    low, high = share.bounds
    return share.model_copy(
        update={"value": min(1.0, share.value), "low": min(1.0, max(low, share.value / 10)), "high": min(1.0, high)}
    )


def _same(soak: Soak, execution_provider: str) -> bool:
    return _where(soak.settings.execution_provider) == _where(execution_provider)


def _where(execution_provider: str) -> tuple[str, str | None]:
    name, device = parted(execution_provider)
    return ("cpu", None) if name.lower() in CPU_NAMES else (name.lower(), device)


@dataclass(frozen=True, eq=False)
class _Kept:
    """A soak by identity: a frozen value never changes, and comparing its thousands of numbers takes longer."""

    soak: Soak

    def __hash__(self) -> int:
        return id(self.soak)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self.soak is other.soak


@lru_cache(maxsize=256)
def _summary(kept: _Kept) -> SoakSummary:
    """A plan asks for the same device again and again, and a fit takes milliseconds."""
    return summarise_soak(kept.soak)
