"""What share of its data sheet an accelerator reaches under an engine: fitted constants, or the nearest that are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from statistics import fmean

from pydantic import Field

from planner.basis import Basis, Quantity
from planner.documents import Frozen, from_toml
from planner.errors import UnknownNameError
from planner.service.hosted.accelerators import FOLDER, AcceleratorSpec, accelerator_spec
from planner.service.hosted.served_model import Precision, ServedModel
from planner.service.hosted.step_time import Rates, rates
from planner.units import Unit

ENGINES = ("vllm", "tensorrt-llm", "sglang", "deepspeed")  # those with fitted rows
_ENGINE_WORDS = {"trtllm": "tensorrt-llm", "tensorrtllm": "tensorrt-llm", "trt": "tensorrt-llm"}
OLD_SOFTWARE = 2024  # the year up to which a row's software is old
BAND = 0.25  # of every fitted constant: from 25 % less to a third more
# How much wider the band is where the row was fitted to something else. Rows inside, as validated: 94 % as fitted, 89
# to 98 % at another precision, 79 to 100 % under another engine, by the maker's others 90 % (NVIDIA) and 94 % (AMD).
BAND_OTHER_PRECISION = 0.35
BAND_OTHER_ENGINE = 0.4
BAND_OF_MAKER = 0.45
BAND_OF_ALL = 0.7
BAND_OF_SPREAD_MAKER = 0.75  # from whatever is nearest: AMD's software tripled and more within a year
SPREAD_MAKERS = frozenset({"AMD"})
LEAST_T0_HIGH_S = 0.5e-3  # nothing is launched for free, whatever a fit at its bound says
LEAST_TAU_HIGH_S = 2e-6
USUAL_LAYERS = 40  # for which overheads of both kinds are averaged


class Known(StrEnum):
    """How near the fitted rows are to what was asked for, nearest first."""

    OWN = "own"  # the user's own sweep
    FITTED = "fitted"  # this accelerator, engine and precision
    PRECISION = "precision"  # this accelerator and engine, another precision
    ENGINE = "engine"  # this accelerator, other engines
    MAKER = "maker"  # other accelerators of its maker: it is known by its data sheet only
    ALL = "all"  # accelerators of other makers


class Constants(Frozen):
    """The constants of one accelerator, engine and precision, with their bands and what they were fitted to."""

    accelerator: str
    engine: str
    precision: Precision
    eta_m: Quantity  # share of the specified bandwidth
    eta_c: Quantity  # share of the specified peak
    t0_s: Quantity  # overhead of a pass
    tau_s: Quantity  # one all-reduce of two accelerators
    t0_layers: int | None = Field(default=None, gt=0)  # t0 is that of so many layers; None: the same for every model
    year: int | None = None  # of the engine's software; None: of several, or not stated
    known: Known
    rows: int = Field(ge=0)  # published steady states behind them
    most_accelerators: int | None = Field(default=None, gt=0)  # in one replica of those rows; None: of several fits
    most_in_flight: int | None = Field(default=None, gt=0)  # in those rows; None: of several fits
    median_error: float | None = None  # of throughput on the same rows
    held_out_error: float | None = None  # of throughput on models left out of the fit
    source: str
    as_of: date


@dataclass(frozen=True)
class RatesRange:
    """The rates of a replica with all constants at their worse ends, as they are, and at their better ends."""

    slow: Rates
    value: Rates
    fast: Rates


class _Row(Frozen):
    """One fitted row as it is authored."""

    accelerator: str
    engine: str
    precision: Precision
    eta_m: float = Field(gt=0, le=1)
    eta_c: float = Field(gt=0, le=1)
    t0_s: float = Field(ge=0, le=0.1)
    t0_layers: int | None = Field(default=None, gt=0)
    tau_s: float = Field(ge=0, le=1e-3)
    year: int
    alone: bool = False  # says nothing of other accelerators
    band: float = Field(default=BAND, ge=0, lt=1)
    rows: int = Field(gt=0)
    most_accelerators: int = Field(gt=0)
    most_in_flight: int = Field(gt=0)
    median_error: float | None = Field(default=None, ge=0)
    held_out_error: float | None = Field(default=None, ge=0)
    source: str
    as_of: date


class _RowFile(Frozen):
    constants: tuple[_Row, ...]


def engine_name(words: str) -> str:
    """One spelling of an engine's name: "TensorRT-LLM", "trtllm 1.2" → "tensorrt-llm"; others in lower case."""
    first = words.strip().lower().split(" ")[0]
    plain = first.replace("-", "").replace("_", "")
    for known in ENGINES:
        if plain.startswith(known.replace("-", "")):
            return known
    return next((name for start, name in _ENGINE_WORDS.items() if plain.startswith(start)), first)


def banded(value: float, unit: Unit, band: float, source: str, as_of: date, *, most: float = math.inf) -> Quantity:
    """An estimated figure from `band` below to as much above: v·(1 − b) … v/(1 − b), at most `most`."""
    high = max(value, min(most, value / (1.0 - band)))
    return Quantity(
        value=value, unit=unit, basis=Basis.ESTIMATED, low=value * (1.0 - band), high=high, source=source, as_of=as_of
    )


@cache
def fitted_constants() -> tuple[Constants, ...]:
    """Every row that was fitted to published throughput."""
    return tuple(_constants(row) for row in _rows())


@cache
def _rows() -> tuple[_Row, ...]:
    where = f"planner/service/hosted/{FOLDER}/fitted.toml"
    data = resources.files("planner.service.hosted").joinpath(FOLDER, "fitted.toml").read_bytes()
    return from_toml(data, _RowFile, where=where).constants


def constants_for(
    spec: AcceleratorSpec,
    engine: str,
    precision: Precision,
    fitted: Sequence[Constants] | None = None,
    *,
    since: int | None = None,
) -> Constants:
    """The nearest constants: this accelerator under this engine, else means over what is nearest, in wider bands.

    Shares are averaged geometrically, seconds arithmetically, every accelerator counting once. `precision` is that of
    the weights: where the accelerator lacks its arithmetic, that of the widened weights is taken. `since` leaves out
    rows of software older than that year.
    """
    rows = fitted_constants() if fitted is None else fitted
    rows = [row for row in rows if since is None or row.year is None or row.year >= since]
    engine, precision = engine_name(engine), spec.computes(precision)
    own = [row for row in rows if row.accelerator == spec.name]
    for known, found, band in _candidates(spec, engine, precision, own, rows):
        if found and known is Known.FITTED:
            return found[0]
        if found:
            return _mean(found, spec, engine, precision, known=known, band=band, rows=rows)
    raise UnknownNameError(f"no bundled constants are of {since} or later", remedy="Name an earlier year.")


def rates_range(spec: AcceleratorSpec, constants: Constants, model: ServedModel, accelerators: int) -> RatesRange:
    """What a replica of the model reaches at both corners and at the value; throughput only rises from slow to fast.

    Throughput rises with both shares and falls with both times, so the corners bound it exactly.
    """
    layers = overhead_share(constants.t0_layers, model.layers)

    def at(share_end: int, time_end: int) -> Rates:
        return rates(
            accelerators=accelerators,
            bandwidth_bytes_s=spec.bandwidth_bytes_s,
            flops=spec.peak_flops(model.precision),
            eta_m=_end(constants.eta_m, share_end),
            eta_c=_end(constants.eta_c, share_end),
            t0_s=_end(constants.t0_s, time_end) * layers,
            tau_s=_end(constants.tau_s, time_end),
        )

    return RatesRange(slow=at(0, 1), value=at(-1, -1), fast=at(1, 0))


def overhead_share(t0_layers: int | None, layers: int) -> float:
    """By what t0 is multiplied for a model of so many layers.

    Engines that replay a recorded graph of kernels spend it layer by layer; those of 2024 spent it once a pass.
    """
    return 1.0 if t0_layers is None else layers / t0_layers


def _end(figure: Quantity, end: int) -> float:
    """The low (0) or high (1) end of a figure, else its value."""
    return figure.value if end < 0 else figure.bounds[end]


def _constants(row: _Row) -> Constants:
    return Constants(
        accelerator=accelerator_spec(row.accelerator).name,
        engine=engine_name(row.engine),
        precision=row.precision,
        eta_m=banded(row.eta_m, "share", row.band, row.source, row.as_of, most=1.0),
        eta_c=banded(row.eta_c, "share", row.band, row.source, row.as_of, most=1.0),
        t0_s=_time(row.t0_s, row.band, row.source, row.as_of, LEAST_T0_HIGH_S),
        t0_layers=row.t0_layers,
        tau_s=_time(row.tau_s, row.band, row.source, row.as_of, LEAST_TAU_HIGH_S),
        year=row.year,
        known=Known.FITTED,
        rows=row.rows,
        most_accelerators=row.most_accelerators,
        most_in_flight=row.most_in_flight,
        median_error=row.median_error,
        held_out_error=row.held_out_error,
        source=row.source,
        as_of=row.as_of,
    )


def _time(value_s: float, band: float, source: str, as_of: date, least_high_s: float) -> Quantity:
    figure = banded(value_s, "s", band, source, as_of)
    return figure.model_copy(update={"high": max(figure.bounds[1], least_high_s)})


_Tier = tuple[Known, Sequence[Constants], float]


def _candidates(
    spec: AcceleratorSpec, engine: str, precision: Precision, own: Sequence[Constants], rows: Sequence[Constants]
) -> tuple[_Tier, ...]:
    """Rows by nearness with the band each deserves; the first that is not empty is taken."""
    rows = [row for row in rows if (row.accelerator, row.engine, row.precision) not in _alone()]
    of_maker = [row for row in rows if _maker(row) == spec.maker]

    def band(usual: float) -> float:
        return BAND_OF_SPREAD_MAKER if spec.maker in SPREAD_MAKERS else usual

    def such(found: Sequence[Constants], *tests: Callable[[Constants], bool]) -> list[Constants]:
        return [row for row in found if all(test(row) for test in tests)]

    def same_engine(row: Constants) -> bool:
        return row.engine == engine

    def same_precision(row: Constants) -> bool:
        return row.precision is precision

    return (
        (Known.FITTED, such(own, same_engine, same_precision), BAND),
        (Known.PRECISION, such(own, same_engine), band(BAND_OTHER_PRECISION)),
        (Known.ENGINE, such(own, same_precision), band(BAND_OTHER_ENGINE)),
        (Known.ENGINE, own, band(BAND_OTHER_ENGINE)),
        (Known.MAKER, such(of_maker, same_engine, same_precision), band(BAND_OF_MAKER)),
        (Known.MAKER, such(of_maker, same_precision), band(BAND_OF_MAKER)),
        (Known.MAKER, of_maker, band(BAND_OF_MAKER)),
        (Known.ALL, such(rows, same_precision), BAND_OF_ALL),
        (Known.ALL, rows, BAND_OF_ALL),
    )


@cache
def _alone() -> frozenset[tuple[str, str, Precision]]:
    return frozenset((row.accelerator, row.engine, row.precision) for row in _rows() if row.alone)


def _maker(row: Constants) -> str:
    return accelerator_spec(row.accelerator).maker


def _mean(
    found: Sequence[Constants],
    spec: AcceleratorSpec,
    engine: str,
    precision: Precision,
    *,
    known: Known,
    band: float,
    rows: Sequence[Constants],
) -> Constants:
    """One row from several; the synchronisation is that of the same interconnect where one was fitted."""
    wired = [row for row in rows if accelerator_spec(row.accelerator).interconnect == spec.interconnect]
    names = ", ".join(sorted({f"{row.accelerator} {row.engine} {row.precision}" for row in found}))
    source = f"mean of fitted rows: {names}"
    as_of = max(row.as_of for row in found)
    grows = all(row.t0_layers is not None for row in found)
    years = {row.year for row in found}
    return Constants(
        accelerator=spec.name,
        engine=engine,
        precision=precision,
        eta_m=banded(_share(found, lambda row: row.eta_m.value), "share", band, source, as_of, most=1.0),
        eta_c=banded(_share(found, lambda row: row.eta_c.value), "share", band, source, as_of, most=1.0),
        t0_s=_time(_each_once(found, _usual_t0_s), band, source, as_of, LEAST_T0_HIGH_S),
        t0_layers=USUAL_LAYERS if grows else None,
        tau_s=_time(_each_once(wired or found, lambda row: row.tau_s.value), band, source, as_of, LEAST_TAU_HIGH_S),
        year=years.pop() if len(years) == 1 else None,
        known=known,
        rows=sum(row.rows for row in found),
        source=source,
        as_of=as_of,
    )


def _usual_t0_s(row: Constants) -> float:
    """t0 for a model of the usual number of layers."""
    return row.t0_s.value * overhead_share(row.t0_layers, USUAL_LAYERS)


def _share(found: Sequence[Constants], figure: Callable[[Constants], float]) -> float:
    """Geometric mean of a share, every accelerator counting once."""
    return math.exp(_each_once(found, lambda row: math.log(figure(row))))


def _each_once(found: Sequence[Constants], figure: Callable[[Constants], float]) -> float:
    """Mean over accelerators of the means of their rows."""
    by_name: dict[str, list[float]] = {}
    for row in found:
        by_name.setdefault(row.accelerator, []).append(figure(row))
    return fmean(fmean(values) for values in by_name.values())
