"""What the window writes besides its document: profiles, workloads, plans and reports, each whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from planner.documents import save_document
from planner.errors import PlannerError
from planner.placement.plan import Plan, SavedPlan
from planner.profiles.profile import DeviceProfile
from planner.scenario import Scenario
from planner.workload.task_classes import Workload
from ui.verbs import Verbs


class Exports(QObject):
    """Writes snapshots the caller hands over; a refusal is told, and the file that stood there stays."""

    refused = Signal(object)  # PlannerError
    told = Signal(str)

    def __init__(self, verbs: Callable[[], Verbs], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._verbs = verbs

    def profile(self, path: Path, profile: DeviceProfile) -> bool:
        """Write a device profile file."""
        return self._write(path, lambda: self._verbs().save_profile(path, profile))

    def workload(self, path: Path, workload: Workload) -> bool:
        """Write a workload alone, as JSON or TOML by the name's ending."""
        return self._write(path, lambda: self._verbs().save_workload(path, workload))

    def plan(self, path: Path, scenario: Scenario, plan: Plan | None) -> bool:
        """Write the plan with its scenario, so that it reopens and recomputes to the same bytes."""
        if plan is None:
            return self._no_plan()
        return self._write(path, lambda: save_document(path, SavedPlan(scenario=scenario, plan=plan)))

    def raw_data(self, path: Path, profile: DeviceProfile, ids: frozenset[str]) -> bool:
        """Write every timed sample of what is named so, as JSON or CSV by the name's ending; CSV is several files."""
        try:
            written = self._verbs().device.export_raw(path, profile, ids)
        except PlannerError as error:
            self.refused.emit(error)
            return False
        self.told.emit(f"Saved {', '.join(file.name for file in written)}")
        return True

    def report_html(self, plan: Plan, scenario: Scenario) -> str:
        """The report as it would be written; may be called on any thread."""
        return self._verbs().report_html(plan, scenario)

    def report_files(self) -> tuple[str, ...]:
        """Names of the files a plan can be written to."""
        return self._verbs().report_files

    def report(self, folder: Path, scenario: Scenario, plan: Plan | None, names: tuple[str, ...]) -> tuple[Path, ...]:
        """Write these files of the plan into a folder; nothing where that is refused."""
        if plan is None:
            self._no_plan()
            return ()
        try:
            return self._verbs().write_report(folder, plan, scenario, names)
        except PlannerError as error:
            self.refused.emit(error)
            return ()

    def _no_plan(self) -> bool:
        self.refused.emit(PlannerError("there is no plan yet", remedy="Wait a moment and try again."))
        return False

    def _write(self, path: Path, write: Callable[[], None]) -> bool:
        try:
            write()
        except PlannerError as error:
            self.refused.emit(error)
            return False
        self.told.emit(f"Saved {path.name}")
        return True
