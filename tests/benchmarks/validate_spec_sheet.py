"""Fits the spec-sheet shares and tests them on devices left out of the fit; prints both.

By hand: `python -m tests.benchmarks.validate_spec_sheet ../shared/data/calibration/device_throughput.csv`.

Error: |predicted ÷ published − 1|. Each device counts once in a fit, however many rows it has. The share is the
weighted median of log shares, the overhead the one of a grid that leaves the least absolute deviation. The interval is
Student's for a device to come: s² pools the class's own variance about its median (n − 1 degrees of freedom) with the
variance of all classes (2 degrees), half-width t₀.₉₅ · s · √(1 + 1/n) of the logarithm.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

from planner.prediction.spec_sheet import decode_step_s
from tests.benchmarks.spec_sheet_rows import Row, read_rows

OVERHEADS_S = (0, 5e-6, 1e-5, 1.5e-5, 2e-5, 3e-5, 4e-5, 5e-5, 7e-5, 1e-4, 1.5e-4, 2e-4, 3e-4, 4e-4, 6e-4)  # × share
PRIOR_DEGREES = 2
COVERAGE = 0.9
Key = tuple[str, str, str]  # metric, class, runtime


@dataclass(frozen=True)
class Fit:
    """Constants of one class: median share, overhead per layer in seconds × share, own variance, devices, rows."""

    median: float
    overhead_s: float
    variance: float
    devices: int
    rows: int

    def log_error(self, row: Row) -> float:
        """ln(predicted ÷ published)."""
        return math.log(row.taken_s) - math.log(self.predicted_s(row))

    def predicted_s(self, row: Row) -> float:
        """What the product's formula says under these constants."""
        if row.metric == "decode":
            sheet = row.sheet(self.median, self.overhead_s / self.median)
            return decode_step_s(sheet, row.model, row.weights, row.tokens)
        return row.ideal_s / self.median


def fit(rows: Sequence[Row]) -> Fit:
    """The constants of one class from its rows."""
    counts = Counter(row.device for row in rows)
    weights = np.array([1 / counts[row.device] for row in rows])
    ideal = np.array([row.ideal_s for row in rows])
    layers = np.array([row.model.layers for row in rows])
    taken = np.log([row.taken_s for row in rows])
    best: tuple[float, float, float] | None = None
    for overhead_s in OVERHEADS_S if rows[0].metric == "decode" else (0.0,):
        log_shares = np.log(ideal + overhead_s * layers) - taken
        middle = _weighted_median(log_shares, weights)
        deviation = float(np.sum(weights * np.abs(log_shares - middle)))
        if best is None or deviation < best[0] - 1e-9:
            best = (deviation, overhead_s, middle)
    assert best is not None
    _, overhead_s, middle = best
    squares = (np.log(ideal + overhead_s * layers) - taken - middle) ** 2
    devices = len(counts)
    variance = float(np.sum(weights * squares)) / (devices - 1) if devices > 1 else 0.0
    return Fit(math.exp(middle), overhead_s, variance, devices, len(rows))


def pooled_variance(fits: Iterable[Fit]) -> float:
    """Variance of the log share over devices, from every class of two devices or more."""
    several = [each for each in fits if each.devices > 1]
    return sum(each.variance * (each.devices - 1) for each in several) / sum(each.devices - 1 for each in several)


def half_width(one: Fit, pooled: float) -> float:
    """Half of the 90 % interval of ln(share) of a device to come."""
    degrees = one.devices - 1 + PRIOR_DEGREES
    variance = (one.variance * (one.devices - 1) + pooled * PRIOR_DEGREES) / degrees
    student = float(stats.t.ppf((1 + COVERAGE) / 2, degrees))
    return student * math.sqrt(variance * (1 + 1 / one.devices))


def leave_devices_out(groups: dict[Key, list[Row]], metric: str) -> dict[Key, list[tuple[Row, float, bool]]]:
    """For every row: log error and whether its interval holds it, all constants refitted without the row's device.

    The chip is left out of every class at once: a laptop's CPU tells nothing of its NPU's error.
    """
    ours = {key: rows for key, rows in groups.items() if key[0] == metric}
    told: dict[Key, list[tuple[Row, float, bool]]] = defaultdict(list)
    for device in sorted({row.device for rows in ours.values() for row in rows}):
        rest = {key: [row for row in rows if row.device != device] for key, rows in ours.items()}
        fits = {key: fit(rows) for key, rows in rest.items() if rows}
        pooled = pooled_variance(fits.values())
        for key, rows in ours.items():
            if key not in fits:
                continue  # the only device of its class: nothing can be said of it
            width = half_width(fits[key], pooled)
            for row in rows:
                if row.device == device:
                    error = fits[key].log_error(row)
                    told[key].append((row, error, abs(error) <= width))
    return told


def summary(told: Sequence[tuple[Row, float, bool]]) -> str:
    """Rows and devices; median and p90 of the error over rows and over devices' medians; share inside 90 %."""
    errors = np.array([abs(math.expm1(-error)) for _, error, _ in told])
    by_device: dict[str, list[float]] = defaultdict(list)
    inside: dict[str, list[bool]] = defaultdict(list)
    for row, error, held in told:
        by_device[row.device].append(abs(math.expm1(-error)))
        inside[row.device].append(held)
    devices = np.array([np.median(each) for each in by_device.values()])
    covered = np.mean([np.mean(each) for each in inside.values()])
    return (
        f"{len(errors):5d} {len(devices):4d}   {np.median(errors):7.1%} {np.quantile(errors, 0.9):7.1%}"
        f"   {np.median(devices):7.1%} {np.quantile(devices, 0.9):7.1%}"
        f"   {np.mean([held for *_, held in told]):7.1%} {covered:7.1%}"
    )


def _weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """The value in the middle of the weights; halfway between two where they split evenly."""
    order = np.argsort(values)
    cumulated = np.cumsum(weights[order]) / weights.sum()
    place = int(np.searchsorted(cumulated, 0.5 - 1e-12))
    if abs(cumulated[place] - 0.5) < 1e-9 and place + 1 < len(values):
        return float((values[order][place] + values[order][place + 1]) / 2)
    return float(values[order][place])


def main() -> None:
    """Print the filters, the cross-validation and the constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    options = parser.parse_args()
    rows, dropped = read_rows(options.table)
    print(f"{len(rows)} rows kept; left out:")
    for reason, number in dropped.most_common():
        print(f"  {number:5d}  {reason}")
    groups: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[(row.metric, row.device_class, row.runtime)].append(row)
    for metric in ("decode", "prefill"):
        print(
            f"\n{metric}, leave one device out      rows  dev   error/row   p90    error/dev   p90    in 90 %  by dev"
        )
        told = leave_devices_out(groups, metric)
        for key in sorted(told):
            print(f"  {key[1]:15s} {key[2]:10s}    {summary(told[key])}")
        print(f"  {'all':26s}    {summary([each for group in told.values() for each in group])}")
        fits = {key: fit(rows) for key, rows in groups.items() if key[0] == metric}
        pooled = pooled_variance(fits.values())
        print(f"  constants (pooled sd of ln share {math.sqrt(pooled):.3f}):")
        for key, one in sorted(fits.items()):
            spread = math.exp(half_width(one, pooled))
            print(
                f"  {key[1]:15s} {key[2]:10s} median = {one.median:.3f}, spread = {spread:.2f},"
                f" devices = {one.devices}, rows = {one.rows}, overhead_per_layer_s = {one.overhead_s / one.median:.2e}"
            )


if __name__ == "__main__":
    main()
