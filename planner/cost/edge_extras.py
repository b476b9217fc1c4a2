"""Wear of a battery and time of a user who waits: what a request costs beside electricity and hardware."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.cost.edge_energy import RequestEnergy
from planner.cost.ends import Ends, ends, sure
from planner.cost.figures import CostPart
from planner.measurement.contention_summary import ContentionSummary
from planner.profiles.profile import Ownership
from planner.units import SECONDS_PER_HOUR

JOULES_PER_WH = SECONDS_PER_HOUR


@dataclass(frozen=True)
class Slowdown:
    """How a device's user is slowed down while a model runs there, as contention was measured."""

    summary: ContentionSummary
    same_model: bool  # of this model in this format


def battery_wear(
    ownership: Ownership, probed_wh: Quantity | None, energy: RequestEnergy
) -> tuple[CostPart | None, str]:
    """Pack price/(cycles × Wh) for every Wh drawn × share of use on battery (economics.md §2); else what is lacking.

    The energy is what the device takes, without the loss of its charger.
    """
    pack_wh = ownership.battery_wh or probed_wh
    price, cycles, share = ownership.battery_price_usd, ownership.battery_cycles, ownership.battery_share
    if share is not None and share.bounds[1] == 0:
        return None, ""  # it has none, or never runs on it
    lacking = [
        name
        for name, value in (
            ("price of a pack", price),
            ("cycles it lasts", cycles),
            ("capacity", pack_wh),
            ("share of use on battery", share),
        )
        if value is None
    ]
    if price is None or cycles is None or pack_wh is None or share is None:
        return None, f"battery wear: the profile states no {', no '.join(lacking)}"
    usd_per_wh = sure(float(price)).over(ends(cycles) * ends(pack_wh))
    usd = energy.device_j.times(1 / JOULES_PER_WH) * ends(share) * usd_per_wh
    part = CostPart(
        name="battery wear",
        usd_per_request=usd.value,
        low_usd=usd.low,
        high_usd=usd.high,
        basis=weakest(energy.basis, cycles.basis, pack_wh.basis, share.basis),
        how=(
            f"{text.significant(energy.device_j.value / JOULES_PER_WH)} Wh, {text.share(share.value)} of it on "
            f"battery, at {text.money(usd_per_wh.value)}/Wh of a pack's life"
        ),
        input_share=energy.input_share,
    )
    return part, ""


def waiting_user(
    slowdown: Slowdown | None, user_time_usd_per_h: Quantity | None, busy_s: Quantity, input_share: float
) -> tuple[CostPart | None, str]:
    """Busy seconds × how much of them the user's own work takes × how much longer it takes × the value of time.

    Without the model the scripted office work keeps its user waiting for a share b of the time; beside the model it
    takes r times as long, so each busy second costs b·(r − 1) seconds of waiting (CONVENTION §22).
    """
    what = "time of users who wait for a slower device"
    if user_time_usd_per_h is None:
        return None, f"{what}: the scenario states no value of it"
    if slowdown is None:
        return None, f"{what}: no contention was measured on this device"
    ratio, share = slowdown.summary.latency_p50_ratio, slowdown.summary.load_busy_share
    if ratio is None or share is None:
        return None, f"{what}: no round of the contention measurement tells it"
    waited = Ends(*(max(each - 1, 0.0) * share for each in ends(ratio)))
    usd = ends(busy_s) * waited * ends(user_time_usd_per_h).times(1 / SECONDS_PER_HOUR)
    own = [] if slowdown.same_model else [Basis.ESTIMATED]
    part = CostPart(
        name="waiting user",
        usd_per_request=usd.value,
        low_usd=usd.low,
        high_usd=usd.high,
        basis=weakest(ratio.basis, user_time_usd_per_h.basis, busy_s.basis, *own),
        how=(
            f"{text.seconds(busy_s.value * waited.value)} more waiting while it works "
            f"({'measured' if slowdown.same_model else 'measured beside another model'}), "
            f"at {text.money(user_time_usd_per_h.value)}/h"
        ),
        input_share=input_share,
    )
    return part, ""
