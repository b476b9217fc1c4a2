"""From the price of a machine's hour to dollars per Mtok, and which tokens bear which hours (economics.md §2)."""

from __future__ import annotations

from typing import Literal

from planner.basis import Quantity, weakest
from planner.documents import Frozen
from planner.units import SECONDS_PER_HOUR, TOKENS_PER_MTOK

Convention = Literal["apart", "all_on_output", "bill_apart"]
CONVENTIONS: dict[Convention, str] = {
    "apart": "input tokens bear the hours of prefill and output tokens those of decode",
    "all_on_output": "output tokens bear every hour, input is free",
    "bill_apart": "each part of the bill is borne by the tokens that cause it",
}
"""Two figures per Mtok can be compared only where both follow the same one."""


class HourPerMtok(Frozen):
    """What tokens cost on a machine paid by the hour, at its utilization and beside it at 100 %."""

    convention: Convention
    utilization: float
    usd_per_mtok_in: Quantity | None  # None: by this convention input is free
    usd_per_mtok_out: Quantity
    usd_per_mtok_in_at_full_utilization: Quantity | None
    usd_per_mtok_out_at_full_utilization: Quantity


def usd_per_mtok(usd_per_h: Quantity, tok_s: Quantity, utilization: float) -> Quantity:
    """H·10^6/(3600·R·U): an hour's price over the tokens it yields, `utilization` above 0 and at most 1.

    Cheapest case: the low price with the high rate. A rate whose interval reaches zero says no more than "slow": its
    low end is taken as a tenth of the figure.
    """
    if not 0 < utilization <= 1:
        raise ValueError(f"utilization lies above 0 and at most at 1, not at {utilization}")
    slow, fast = tok_s.bounds
    slow = max(slow, tok_s.value / 10)

    def price(usd: float, rate: float) -> float:
        return usd * TOKENS_PER_MTOK / (SECONDS_PER_HOUR * rate * utilization)

    value = price(usd_per_h.value, tok_s.value)
    return Quantity(
        value=value,
        unit="USD/Mtok",
        basis=weakest(usd_per_h.basis, tok_s.basis),
        low=min(value, price(usd_per_h.bounds[0], fast)),
        high=max(value, price(usd_per_h.bounds[1], slow)),
    )


def input_and_output_apart(
    usd_per_h: Quantity,
    full_usd_per_h: Quantity,
    prefill_tok_s: Quantity,
    decode_tok_s: Quantity,
    utilization: float,
) -> HourPerMtok:
    """$/M_in = H·10^6/(3600·R_pf·U) and $/M_out = H·10^6/(3600·R_dec·U).

    `full_usd_per_h` is the hour's price at 100 %: an owned machine draws more power then.
    """
    return HourPerMtok(
        convention="apart",
        utilization=utilization,
        usd_per_mtok_in=usd_per_mtok(usd_per_h, prefill_tok_s, utilization),
        usd_per_mtok_out=usd_per_mtok(usd_per_h, decode_tok_s, utilization),
        usd_per_mtok_in_at_full_utilization=usd_per_mtok(full_usd_per_h, prefill_tok_s, 1.0),
        usd_per_mtok_out_at_full_utilization=usd_per_mtok(full_usd_per_h, decode_tok_s, 1.0),
    )


def all_on_output(
    usd_per_h: Quantity, full_usd_per_h: Quantity, output_tok_s: Quantity, utilization: float
) -> HourPerMtok:
    """277.78·H/(tok/s·U): all cost on output; `output_tok_s` is what comes out while prompts are read as well."""
    return HourPerMtok(
        convention="all_on_output",
        utilization=utilization,
        usd_per_mtok_in=None,
        usd_per_mtok_out=usd_per_mtok(usd_per_h, output_tok_s, utilization),
        usd_per_mtok_in_at_full_utilization=None,
        usd_per_mtok_out_at_full_utilization=usd_per_mtok(full_usd_per_h, output_tok_s, 1.0),
    )
