"""Servers that share one queue: Erlang C, and the mean wait of G/G/c by Allen and Cunneen."""

from __future__ import annotations

import math


def erlang_c(servers: int, load: float) -> float:
    """Probability that a request waits in M/M/c; `load` is ρ = λ·S/c of each server, 1 from ρ = 1 on.

    Through Erlang B by its stable recursion B(n) = a·B(n−1) / (n + a·B(n−1)), then C = B / (1 − ρ·(1 − B)).
    """
    if load >= 1:
        return 1.0
    offered, blocked = servers * load, 1.0
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked / (1 - load * (1 - blocked))


def wait_mean_s(servers: int, load: float, service_s: float, arrival_scv: float, service_scv: float) -> float:
    """Mean wait of G/G/c: C(c, ρ)·S / (c·(1 − ρ)) · (ca² + cs²)/2 (Allen-Cunneen); infinite from ρ = 1 on.

    Exact for M/M/c and for M/G/1.
    """
    if load >= 1:
        return math.inf
    return erlang_c(servers, load) * service_s / (servers * (1 - load)) * (arrival_scv + service_scv) / 2
