"""From the price of an accelerator's hour to dollars per Mtok of a model served on it (service.md, economics.md §2)."""

from __future__ import annotations

from dataclasses import dataclass

from planner.basis import Quantity
from planner.cost.per_mtok import usd_per_mtok

UTILIZATIONS = (0.3, 0.6, 1.0)
"""Of the hours' capacity used, where nobody says: a figure per Mtok never stands without its utilization."""


@dataclass(frozen=True)
class ServedTokens:
    """Dollars per Mtok at one utilization, by both conventions; they add up to the same bill."""

    utilization: float
    usd_per_mtok_out: Quantity  # output tokens bear every hour, input is free
    usd_per_mtok_in_by_time: Quantity  # input tokens bear the hours of prefill,
    usd_per_mtok_out_by_time: Quantity  # output tokens those of decode


def served_tokens(
    usd_per_accelerator_h: Quantity,
    accelerators: int,
    output_tok_s: Quantity,
    *,
    prefill_share: float,
    input_tokens: float,
    output_tokens: float,
    utilization: float,
) -> ServedTokens:
    """10^6·n·$/GPU-h/(3600·output tok/s·U), and the same split by the share of time that goes into prompts.

    `output_tok_s` is what one replica of n accelerators yields while it reads the prompts as well, at the load it is
    run at when U is 1. Cheapest case: the low price with the high throughput.
    """
    if not 0 <= prefill_share < 1:
        raise ValueError(f"a share of time lies at 0 or above and below 1, not at {prefill_share}")
    hour = _times(usd_per_accelerator_h, accelerators)
    input_tok_s = _times(output_tok_s, input_tokens / output_tokens)
    return ServedTokens(
        utilization=utilization,
        usd_per_mtok_out=usd_per_mtok(hour, output_tok_s, utilization),
        usd_per_mtok_in_by_time=usd_per_mtok(_times(hour, prefill_share), input_tok_s, utilization),
        usd_per_mtok_out_by_time=usd_per_mtok(_times(hour, 1 - prefill_share), output_tok_s, utilization),
    )


def _times(figure: Quantity, factor: float) -> Quantity:
    low, high = figure.bounds
    return figure.model_copy(
        update={
            "value": figure.value * factor,
            "low": None if figure.low is None else low * factor,
            "high": None if figure.high is None else high * factor,
        }
    )
