"""A month's load of a capacity: requests and tokens, the hours they come in, and blocks of hours with like loads."""

from __future__ import annotations

from dataclasses import dataclass

from planner.basis import Quantity
from planner.units import SECONDS_PER_HOUR

BUSIEST_ENERGY_SHARE = 1 / 16  # of a month's work, done in the busiest hours
BLOCK_EDGES = (1 / 8, 1 / 4, 1 / 2, 1.0)  # of the active hours, busiest first


@dataclass(frozen=True)
class LoadBlock:
    """A share of the active hours, and the load in them as a multiple of the mean active hour's."""

    share_of_hours: float
    relative_load: float


@dataclass(frozen=True)
class TokenLoad:
    """Requests and tokens of a month, the hours they come in, and the busiest hour over the mean active hour."""

    requests: float
    input_tokens: float  # of every run; cached tokens included (CONVENTION §8)
    cached_tokens: float
    output_tokens: float
    active_hours_per_month: float
    peak_to_mean: Quantity
    repeats: float = 0.0  # runs beyond the first, per request; their tokens are in the counts above
    blocks: tuple[LoadBlock, ...] | None = None  # of a stated week; None: only the peak is known (`load_blocks`)

    @property
    def runs(self) -> float:
        """What is served: requests, and those of them that run again."""
        return self.requests * (1 + self.repeats)

    @property
    def uncached_tokens(self) -> float:
        """Input tokens that have to be prefilled."""
        return self.input_tokens - self.cached_tokens

    def times(self, volume: float) -> TokenLoad:
        """The same mix in the same hours, `volume` times as much."""
        return TokenLoad(
            requests=self.requests * volume,
            input_tokens=self.input_tokens * volume,
            cached_tokens=self.cached_tokens * volume,
            output_tokens=self.output_tokens * volume,
            active_hours_per_month=self.active_hours_per_month,
            peak_to_mean=self.peak_to_mean,
            repeats=self.repeats,
            blocks=self.blocks,
        )


def busy_machine_hours(load: TokenLoad, prefill_tok_s: float, decode_tok_s: float) -> float:
    """Hours one machine would be busy with the month: uncached input/R_pf + output/R_dec (economics.md §1, hosted)."""
    return (load.uncached_tokens / prefill_tok_s + load.output_tokens / decode_tok_s) / SECONDS_PER_HOUR


def load_blocks(peak_to_mean: float) -> tuple[LoadBlock, ...]:
    """The active hours sorted by load and cut into five blocks that keep a month's work and its peak exactly.

    A workload states no more than the peak p, so the shape is assumed: the share x of hours with the most load has at
    least p·(1 − x)^(p − 1) times the mean, which is p at x = 0, 0 at x = 1 and 1 on average (p = 1: flat). The first
    block is the busiest hours at p itself, 1/16 of all work; the others take the curve's own means, scaled by what is
    left. Busiest block first (economics.md §3: the weekly hours sorted and cut into about five blocks).
    """
    busiest = BUSIEST_ENERGY_SHARE / peak_to_mean
    edges = (busiest, *BLOCK_EDGES)
    left = [(1 - edge) ** peak_to_mean for edge in edges]  # work of the hours beyond the edge, on the curve
    scale = (1 - BUSIEST_ENERGY_SHARE) / left[0]
    rest = [
        LoadBlock(end - start, scale * (above - below) / (end - start))
        for start, end, above, below in zip(edges, edges[1:], left, left[1:], strict=False)
    ]
    return (LoadBlock(busiest, peak_to_mean), *rest)
