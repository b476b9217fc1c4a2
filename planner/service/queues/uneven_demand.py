"""Users are unlike: what a fleet serves locally when each person's demand is lognormal under one ceiling."""

from __future__ import annotations

import math

from scipy.special import ndtr

ALIKE = 1e-9  # below this spread users do not differ, and the quotients below lose every digit


def local_share(mean: float, ceiling: float, cv: float) -> float:
    """Share of demand served under a ceiling per device, E[min(X, K)] / E[X] with X lognormal (economics.md §1).

    [E X·Φ((ln K − μ − σ²)/σ) + K·(1 − Φ((ln K − μ)/σ))] / E X, with σ² = ln(1 + cv²) and μ = ln(E X) − σ²/2.
    `mean` and `ceiling` in the same unit of work a device; `cv` is the coefficient of variation among users.
    """
    if mean <= 0:
        return 1.0  # nothing asked, nothing refused
    if ceiling <= 0:
        return 0.0
    sigma = math.sqrt(math.log1p(cv**2))
    if sigma < ALIKE:
        return min(1.0, ceiling / mean)
    mu = math.log(mean) - sigma**2 / 2
    below = float(ndtr((math.log(ceiling) - mu - sigma**2) / sigma))
    above = float(ndtr(-(math.log(ceiling) - mu) / sigma))
    return min(1.0, below + ceiling / mean * above)
