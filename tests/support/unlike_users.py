"""Users of two unlike kinds of devices who ask unlike much, some of it bound to their device."""

from __future__ import annotations

from decimal import Decimal

from planner.basis import Basis, Quantity
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from planner.workload.task_classes import Slo
from tests.support.engine import assumptions, device, figure, ownership, scenario, task_class

CV = Quantity(value=0.8, low=0.4, high=1.5, unit="share", basis=Basis.ASSUMED, source="test")


def unlike_users() -> Scenario:
    """Thirty fast devices and seventy slow ones, busy enough for heavy users to reach the cap."""
    fast = device("fast", figures=(figure(decode_tok_s=80.0), figure("qwen2.5-0.5b", decode_tok_s=160.0)))
    slow = device("slow", figures=(figure(decode_tok_s=25.0),), owned=ownership(incremental_usd=Decimal(20)))
    return scenario(
        task_class("mail", requests_per_day=60_000.0, may_leave_device=False),
        task_class("chat", requests_per_day=90_000.0, slo=Slo(ttft_p95_s=20.0), growth_per_year=0.4),
        task_class("reports", requests_per_day=4_000.0, output_tokens=900),
        fleets=(Fleet(profile=fast, count=30, seats=30, contention_cap=0.4), Fleet(profile=slow, count=70, seats=70)),
        policy=Policy(hardware=HardwarePolicy.INCREMENTAL),
        assumptions=assumptions().model_copy(update={"demand_spread": CV}),
    )
