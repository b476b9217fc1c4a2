"""Edgewise's engine: the public nouns and verbs for guests (inside the engine import from the module itself).

Names are imported on first use, so that the measurement's child process starts light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from planner.version import __version__ as __version__

if TYPE_CHECKING:
    from planner.basis import Basis as Basis
    from planner.basis import Doubt as Doubt
    from planner.basis import Fact as Fact
    from planner.basis import Quantity as Quantity
    from planner.comparison import ProfileComparison as ProfileComparison
    from planner.comparison import compare_profiles as compare_profiles
    from planner.comparison.runs import RunComparison as RunComparison
    from planner.comparison.runs import compare_runs as compare_runs
    from planner.device.facts import DeviceFacts as DeviceFacts
    from planner.device.probe import probe as probe
    from planner.errors import PlannerError as PlannerError
    from planner.measurement.request import MeasurementRequest as MeasurementRequest
    from planner.measurement.roofline import Roofline as Roofline
    from planner.measurement.roofline_run import measure_roofline as measure_roofline
    from planner.measurement.runs import Run as Run
    from planner.measurement.slice_runs import DepthSlices as DepthSlices
    from planner.measurement.slices import measure_slices as measure_slices
    from planner.measurement.soak import soak as soak
    from planner.measurement.soaks import Soak as Soak
    from planner.measurement.supervisor import measure as measure
    from planner.placement.options import Option as Option
    from planner.placement.options import Placement as Placement
    from planner.placement.options import Side as Side
    from planner.placement.options import Sureness as Sureness
    from planner.placement.plan import FleetLoad as FleetLoad
    from planner.placement.plan import Plan as Plan
    from planner.placement.plan import PlanTotals as PlanTotals
    from planner.placement.plan import SavedPlan as SavedPlan
    from planner.planning import plan as plan
    from planner.prediction.predict import predict_from_facts as predict_from_facts
    from planner.prediction.predict import predict_from_slices as predict_from_slices
    from planner.prediction.prediction import Prediction as Prediction
    from planner.prices.offers import PriceProfile as PriceProfile
    from planner.prices.offers import TokenOffer as TokenOffer
    from planner.profiles.files import load_profile as load_profile
    from planner.profiles.files import save_profile as save_profile
    from planner.profiles.performance import ModelPerformance as ModelPerformance
    from planner.profiles.profile import DeviceProfile as DeviceProfile
    from planner.profiles.profile import Ownership as Ownership
    from planner.profiles.raw_export import export_runs as export_runs
    from planner.profiles.run_history import run_history as run_history
    from planner.samples.catalog import sample as sample
    from planner.samples.catalog import sample_names as sample_names
    from planner.scenario import Fleet as Fleet
    from planner.scenario import Policy as Policy
    from planner.scenario import Scenario as Scenario
    from planner.scenario_files import load_scenario as load_scenario
    from planner.scenario_files import save_scenario as save_scenario
    from planner.workload.task_classes import TaskClass as TaskClass
    from planner.workload.task_classes import Workload as Workload

PUBLIC_NAMES = {
    "Basis": "planner.basis",
    "Doubt": "planner.basis",
    "Fact": "planner.basis",
    "Quantity": "planner.basis",
    "ProfileComparison": "planner.comparison",
    "compare_profiles": "planner.comparison",
    "RunComparison": "planner.comparison.runs",
    "compare_runs": "planner.comparison.runs",
    "DeviceFacts": "planner.device.facts",
    "probe": "planner.device.probe",
    "PlannerError": "planner.errors",
    "MeasurementRequest": "planner.measurement.request",
    "Roofline": "planner.measurement.roofline",
    "measure_roofline": "planner.measurement.roofline_run",
    "Run": "planner.measurement.runs",
    "DepthSlices": "planner.measurement.slice_runs",
    "measure_slices": "planner.measurement.slices",
    "Soak": "planner.measurement.soaks",
    "soak": "planner.measurement.soak",
    "measure": "planner.measurement.supervisor",
    "Option": "planner.placement.options",
    "Placement": "planner.placement.options",
    "Side": "planner.placement.options",
    "Sureness": "planner.placement.options",
    "FleetLoad": "planner.placement.plan",
    "Plan": "planner.placement.plan",
    "PlanTotals": "planner.placement.plan",
    "SavedPlan": "planner.placement.plan",
    "plan": "planner.planning",
    "predict_from_facts": "planner.prediction.predict",
    "predict_from_slices": "planner.prediction.predict",
    "Prediction": "planner.prediction.prediction",
    "PriceProfile": "planner.prices.offers",
    "TokenOffer": "planner.prices.offers",
    "load_profile": "planner.profiles.files",
    "save_profile": "planner.profiles.files",
    "ModelPerformance": "planner.profiles.performance",
    "DeviceProfile": "planner.profiles.profile",
    "Ownership": "planner.profiles.profile",
    "export_runs": "planner.profiles.raw_export",
    "run_history": "planner.profiles.run_history",
    "sample": "planner.samples.catalog",
    "sample_names": "planner.samples.catalog",
    "Fleet": "planner.scenario",
    "Policy": "planner.scenario",
    "Scenario": "planner.scenario",
    "load_scenario": "planner.scenario_files",
    "save_scenario": "planner.scenario_files",
    "TaskClass": "planner.workload.task_classes",
    "Workload": "planner.workload.task_classes",
}


def __getattr__(name: str) -> object:
    """Import a public name from its home on first use."""
    home = PUBLIC_NAMES.get(name)
    if home is None:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    return getattr(import_module(home), name)
