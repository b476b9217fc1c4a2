"""What the window asks of the engine: every planner verb the session may call, named in one value."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from planner.basis import Doubt
from planner.device.facts import DeviceFacts
from planner.measurement.request import MeasurementRequest, OnEvent
from planner.measurement.runs import Round, Run
from planner.placement.plan import Plan
from planner.profiles.profile import DeviceProfile
from planner.scenario import Scenario
from planner.workload.task_classes import Workload
from ui.device_verbs import DeviceVerbs
from ui.outlook_verbs import OutlookVerbs
from ui.price_verbs import PriceVerbs

if TYPE_CHECKING:  # these modules draw in the heavy half of the engine, which loads after the first paint
    from planner.comparison import ProfileComparison
    from planner.device.summary import FactRow
    from planner.measurement.statistics import RunSummary
    from planner.profiles.performance import ModelPerformance


class Measure(Protocol):
    """Time one model on this machine."""

    def __call__(
        self, request: MeasurementRequest, facts: DeviceFacts, *, on_event: OnEvent, stop: threading.Event
    ) -> Run: ...


class ProfileFrom(Protocol):
    """The profile of this machine, from what was probed and measured, and what was known of it before."""

    def __call__(
        self, facts: DeviceFacts, runs: tuple[Run, ...] = (), *, previous: DeviceProfile | None = None
    ) -> DeviceProfile: ...


@dataclass(frozen=True)
class ModelChoice:
    """A model that can be measured here, or the sentence that says why it cannot."""

    name: str
    title: str
    memory_words: str
    refusal: str | None


@dataclass(frozen=True)
class Verbs:
    """The engine as the window sees it; tests pass their own."""

    plan: Callable[[Scenario], Plan]
    sample: Callable[[str], Scenario]
    sample_names: Callable[[], tuple[str, ...]]
    default_sample: Callable[[], Scenario]
    probe: Callable[[], DeviceFacts]
    measure: Measure
    profile_from: ProfileFrom
    load_profile: Callable[[Path], DeviceProfile]
    save_profile: Callable[[Path, DeviceProfile], None]
    reference_profiles: Callable[[], tuple[DeviceProfile, ...]]
    performances: Callable[[DeviceProfile], tuple[ModelPerformance, ...]]
    summarise: Callable[[Run], RunSummary]
    decode_rates: Callable[[Sequence[Round]], dict[int, list[float]]]
    doubts: Callable[[Run], tuple[Doubt, ...]]
    compare: Callable[[Sequence[DeviceProfile]], ProfileComparison]
    fact_rows: Callable[[DeviceFacts], Sequence[FactRow]]
    measurable_formats: Callable[[], tuple[str, ...]]
    workload_presets: Callable[[], tuple[Workload, ...]]
    save_workload: Callable[[Path, Workload], None]
    report_html: Callable[[Plan, Scenario], str]
    report_files: tuple[str, ...]  # names of what write_report can write
    write_report: Callable[[Path, Plan, Scenario, tuple[str, ...]], tuple[Path, ...]]
    model_choices: Callable[[DeviceFacts | None, str], tuple[ModelChoice, ...]]
    device: DeviceVerbs
    prices: PriceVerbs
    outlook: OutlookVerbs
