"""What the Device page asks of the engine beyond speed: limits, slices, soaks, predictions and what became of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from planner.basis import Doubt, Quantity
from planner.device.facts import DeviceFacts
from planner.measurement.request import MeasurementRequest, OnEvent
from planner.measurement.runs import Round, Run
from planner.profiles.profile import DeviceProfile
from planner.scenario import Scenario

if TYPE_CHECKING:  # these modules draw in the heavy half of the engine, which loads after the first paint
    from collections.abc import Sequence

    from planner.comparison.runs import RunComparison
    from planner.measurement.energy.summary import EnergySummary
    from planner.measurement.physical_limits import Reached
    from planner.measurement.readings import RateName
    from planner.measurement.roofline import Roofline
    from planner.measurement.slice_runs import DepthSlices
    from planner.measurement.soak_summary import Minute, SoakSummary
    from planner.measurement.soaks import OnSoakEvent, Soak
    from planner.prediction.accuracy import Judged, Score
    from planner.profiles.history_rows import HistoryRow
    from planner.profiles.performance import ModelPerformance
    from planner.profiles.run_conditions import MeasuredConditions


class MeasureLimits(Protocol):
    """Read memory and multiply matrices for some seconds."""

    def __call__(self, facts: DeviceFacts, *, on_phase: Callable[[str], None], stop: threading.Event) -> Roofline: ...


class MeasureSlices(Protocol):
    """Time two shallow slices of one architecture."""

    def __call__(
        self, request: MeasurementRequest, facts: DeviceFacts, *, on_event: OnEvent, stop: threading.Event
    ) -> DepthSlices: ...


class SoakModel(Protocol):
    """Keep one model busy for so many seconds."""

    def __call__(
        self,
        request: MeasurementRequest,
        facts: DeviceFacts,
        *,
        seconds: float,
        on_event: OnSoakEvent,
        stop: threading.Event,
    ) -> Soak: ...


@dataclass(frozen=True)
class ReachedLimit:
    """The most a model could decode here, by memory, and the share of it that is reached or foretold."""

    limit_tok_s: Quantity
    share: Quantity


@dataclass(frozen=True)
class SliceForecast:
    """A model whose depth slices can be timed here with the seconds that takes, or why it cannot be."""

    model: str
    weight_format: str
    seconds: float | None  # None: refused, or not known before the device's limits are
    refusal: str | None


@dataclass(frozen=True)
class Witnessed:
    """What one figure of the machine did over the rounds of a run: its mean in the lowest and highest round."""

    name: RateName
    lowest: float
    highest: float


@dataclass(frozen=True)
class SoakCourse:
    """Everything that is drawn of a soak: windows, fitted curve, minutes, and the figures derived of it."""

    summary: SoakSummary
    doubts: tuple[Doubt, ...]
    windows: tuple[tuple[float, float], ...]  # seconds after the first began, decode tok/s
    curve: tuple[tuple[float, float], ...]  # empty: none fits
    minutes: tuple[Minute, ...]


@dataclass(frozen=True)
class AccuracyFigures:
    """What the accuracy log says of one device."""

    judged: tuple[Judged, ...]
    scores: tuple[Score, ...]
    waiting: int  # predictions that nobody has measured yet


@dataclass(frozen=True)
class DeviceVerbs:
    """A part of the engine as the window sees it; tests pass their own."""

    measure_limits: MeasureLimits
    measure_slices: MeasureSlices
    soak: SoakModel
    with_limits: Callable[[DeviceProfile, Roofline], DeviceProfile]
    with_slices: Callable[[DeviceProfile, DepthSlices], DeviceProfile]
    with_soak: Callable[[DeviceProfile, Soak], DeviceProfile]
    scenario_models: Callable[[Scenario], tuple[tuple[str, str], ...]]
    slice_forecasts: Callable[
        [tuple[tuple[str, str], ...], Roofline | None, DeviceFacts | None], tuple[SliceForecast, ...]
    ]
    decode_limit: Callable[[ModelPerformance, DeviceProfile], ReachedLimit | None]
    ttft_s: Callable[[ModelPerformance, int], Quantity | None]  # of a prompt length it has a prefill figure for
    reached: Callable[[Run, Roofline], tuple[Reached, ...]]
    limit_doubts: Callable[[Run, Roofline], tuple[Doubt, ...]]
    prefill_rates: Callable[[Sequence[Round]], dict[int, list[float]]]
    energy: Callable[[Run], EnergySummary]
    conditions: Callable[[Run], MeasuredConditions]
    meanwhile: Callable[[Run], tuple[Witnessed, ...]]
    history: Callable[[DeviceProfile], tuple[HistoryRow, ...]]
    soak_course: Callable[[Soak], SoakCourse]
    compare_runs: Callable[[Run, Run], RunComparison]
    export_raw: Callable[[Path, DeviceProfile, frozenset[str]], tuple[Path, ...]]  # CSV or JSON by the name's ending
    write_down: Callable[[DepthSlices, DeviceProfile], None]
    judge: Callable[[str, Run], object]
    accuracy: Callable[[str], AccuracyFigures]
