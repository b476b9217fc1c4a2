"""The one document the window edits: a frozen Scenario with its Plan; replace it, re-plan, tell."""

from __future__ import annotations

import importlib
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from planner.device.facts import DeviceFacts
from planner.documents import save_document
from planner.errors import PlannerError
from planner.placement.plan import Plan
from planner.prices.offers import PriceProfile
from planner.profiles.profile import DeviceProfile
from planner.scenario import Fleet, Scenario
from planner.workload.task_classes import Workload
from ui.device_work import Measured, grown, known_as
from ui.exports import Exports
from ui.files import SCENARIO_SUFFIX
from ui.history import History, Step
from ui.measuring import Measuring
from ui.opening import Opened, open_file, open_first, open_sample
from ui.real_parts import RealParts, real_parts
from ui.recovery import Recovery, RecoveryStore
from ui.replanning import Replanner
from ui.signature import Signature
from ui.tasks import Task
from ui.verbs import Verbs

RECOVERY_DELAY_MS = 1000
CLOSING_WAIT_S = 2.0


class Session(QObject):
    """Holds the scenario; pages read it, call `replace`, and listen. Only the session calls planner verbs.

    Every signal arrives on the window's thread.
    """

    ready = Signal()  # a first scenario is there; pages may be made
    scenario_changed = Signal()
    plan_changed = Signal()  # a plan or a plan_error arrived
    dirty_changed = Signal(bool)
    file_changed = Signal()
    history_changed = Signal()
    facts_changed = Signal()  # this machine was probed
    profiles_changed = Signal()  # a profile file was opened for looking at or comparing
    refused = Signal(object)  # a PlannerError that belongs to no field
    told = Signal(str)  # something done that is worth a line
    measured = Signal(str)  # profile_id of this machine, with new figures

    def __init__(
        self, verbs: Verbs | None = None, recovery: RecoveryStore | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bound = verbs
        self.recovery = recovery or RecoveryStore()
        self.history = History()
        self.signature = Signature()
        self._saved: dict[Path | None, Scenario] = {}  # by file: the state that is on disk
        self._sample: Scenario | None = None
        self._dirty = False
        self.saved_at: datetime | None = None
        self.facts: DeviceFacts | None = None
        self.opened_profiles: tuple[DeviceProfile, ...] = ()
        self._replanner = Replanner(lambda scenario: self.verbs().plan(scenario), self)
        self._replanner.changed.connect(self.plan_changed)
        self.measuring = Measuring(self.verbs, self._own_profiles, self)
        self.measuring.finished.connect(self._take_measurement)
        self.measuring.failed.connect(self.refused)
        self.exports = Exports(self.verbs, self)
        self.exports.refused.connect(self.refused)
        self.exports.told.connect(self.told)
        self._opening: Task[Opened] = Task("opening a document", self)
        self._opening.answered.connect(self._take_opened)
        self._opening.failed.connect(self.refused)
        self._probing: Task[DeviceFacts] = Task("probing this machine", self)
        self._probing.answered.connect(self._take_facts)
        self._probing.failed.connect(self.refused)
        self._keeping: Task[None] = Task("keeping a recovery file", self)
        self._keeping.failed.connect(self.refused)
        self._recovery_timer = QTimer(self)
        self._recovery_timer.setSingleShot(True)
        self._recovery_timer.setInterval(RECOVERY_DELAY_MS)
        self._recovery_timer.timeout.connect(self._keep_recovery)

    # What is there

    def verbs(self) -> Verbs:
        """The engine's verbs, bound on first use and on whichever thread asks: that half of it loads slowly."""
        if self._bound is None:
            self._bound = importlib.import_module("ui.bound_verbs").VERBS
        assert self._bound is not None
        return self._bound

    @property
    def is_ready(self) -> bool:
        """Whether there is a scenario yet."""
        return bool(self.history)

    @property
    def scenario(self) -> Scenario:
        """The document as it stands."""
        return self.history.now.scenario

    @property
    def path(self) -> Path | None:
        """The document's file; None before the first save."""
        return self.history.now.path if self.history else None

    @property
    def title(self) -> str:
        """The file's name, or the scenario's own title."""
        return self.path.name if self.path else self.scenario.title

    @property
    def plan(self) -> Plan | None:
        """The newest plan; `plan_is_current` says whether it answers the present scenario."""
        return self._replanner.plan

    @property
    def current_plan(self) -> Plan | None:
        """The plan if it answers the present scenario: what may be written."""
        return self.plan if self.plan_is_current else None

    @property
    def plan_error(self) -> PlannerError | None:
        """Why the present scenario has no plan."""
        return self._replanner.error

    @property
    def plan_is_current(self) -> bool:
        """Whether `plan` answers `scenario`; between an edit and its plan it does not."""
        return self.plan is not None and self._replanner.planned_for is self.scenario

    @property
    def dirty(self) -> bool:
        """Whether the document differs from its file."""
        return self._dirty

    @property
    def real_parts(self) -> RealParts:
        """Which parts are the user's own; a part equal to the sample's is the sample's."""
        return real_parts(self.scenario, self._sample)

    def known_profiles(self) -> tuple[DeviceProfile, ...]:
        """Every profile at hand: the scenario's, then opened files, then the reference devices; one per id."""
        by_id: dict[str, DeviceProfile] = {}
        for profile in (*self._own_profiles(), *self.verbs().reference_profiles()):
            by_id.setdefault(profile.profile_id, profile)
        return tuple(by_id.values())

    def own_profile(self) -> DeviceProfile | None:
        """The profile of this machine, where the scenario or an opened file has it."""
        return None if self.facts is None else known_as(self.verbs(), self.facts, self._own_profiles())

    # Opening and saving

    def start(self, path: Path | None = None) -> None:
        """Open a file, or the bundled sample, with its plan; `ready` follows even where the file is refused."""
        self._opening.start(lambda: open_first(self.verbs(), path))

    def new_from_sample(self, name: str) -> None:
        """Begin again from a bundled sample."""
        self._opening.start(lambda: open_sample(self.verbs(), name))

    def open(self, path: Path) -> None:
        """Take in a file: a scenario or saved plan becomes the document, any other document a part of it."""
        self._opening.start(lambda: open_file(self.verbs(), path))

    def save(self) -> bool:
        """Save to the document's file; False where it has none yet or it cannot be written."""
        return self.save_as(self.path) if self.path else False

    def save_as(self, path: Path) -> bool:
        """Save the scenario atomically and go on with that file."""
        path = path if path.suffix else path.with_suffix(SCENARIO_SUFFIX)
        scenario = self.scenario
        try:
            save_document(path, scenario)
        except PlannerError as error:
            self.refused.emit(error)
            return False
        self.history.name_file(path)
        self._saved[path] = scenario
        self.saved_at = datetime.now().astimezone()
        self._update_dirty()
        self.file_changed.emit()
        return True

    def restore(self, left: Recovery) -> None:
        """Go on with what a crashed window left."""
        self._add(Step(left.scenario, "Restore unsaved changes", Path(left.file) if left.file else None))

    def close(self) -> None:
        """Stop what runs. Unsaved work stays in its recovery file and is offered at the next start."""
        self.measuring.stop()
        self._recovery_timer.stop()
        self._keeping.wait(CLOSING_WAIT_S)
        if self._dirty:
            try:
                self.recovery.write(self._recovery())
            except PlannerError as error:
                self.refused.emit(error)
            self.recovery.leave_behind()
        else:
            self.recovery.clear()
        self.measuring.wait(CLOSING_WAIT_S)

    # Editing

    def replace(self, scenario: Scenario, words: str) -> None:
        """The one way to edit: a new scenario, the words for undo, a new plan at once."""
        if scenario == self.scenario:
            return
        if scenario.is_sample and real_parts(scenario, self._sample).all:
            scenario = scenario.model_copy(update={"is_sample": False})
        self._add(Step(scenario, words, self.path))

    def use_profile(self, profile: DeviceProfile, words: str | None = None) -> None:
        """Plan for this device: it takes the place of the fleet with the same id, else of the first fleet."""
        scenario = self.scenario
        fleets = list(scenario.fleets)
        place = next((i for i, fleet in enumerate(fleets) if fleet.profile.profile_id == profile.profile_id), None)
        if place is not None:
            fleets[place] = Fleet(profile=profile, count=fleets[place].count)
        else:  # one on every seat, until the user says otherwise
            fleets[:1] = [Fleet(profile=profile, count=scenario.workload.seats)]
        self.replace(scenario.model_copy(update={"fleets": tuple(fleets)}), words or f"Use {profile.title}")

    def undo(self) -> None:
        """Back to the state before the last step."""
        if self.history.undo():
            self._changed()

    def redo(self) -> None:
        """Forward to the state that was undone."""
        if self.history.redo():
            self._changed()

    # Other verbs

    def probe(self) -> None:
        """Establish what this machine is; `facts_changed` follows."""
        if not self._probing.running:
            self._probing.start(lambda: self.verbs().probe())

    def look_at_profile(self, path: Path) -> DeviceProfile | None:
        """Read a profile for looking at or comparing, without planning for it."""
        try:
            profile = self.verbs().load_profile(path)
        except PlannerError as error:
            self.refused.emit(error)
            return None
        self._show_profile(profile)
        return profile

    def _show_profile(self, profile: DeviceProfile) -> None:
        others = (one for one in self.opened_profiles if one.profile_id != profile.profile_id)
        self.opened_profiles = (profile, *others)
        self.profiles_changed.emit()

    # What comes back from tasks

    def _take_opened(self, opened: Opened) -> None:
        first = not self.is_ready
        self._sample = opened.sample
        if opened.scenario is not None:
            self._saved[opened.path] = opened.scenario
            self.saved_at = None
            if opened.plan is not None:
                self._replanner.adopt(opened.scenario, opened.plan)
            self._add(Step(opened.scenario, f"Open {opened.path.name if opened.path else 'sample'}", opened.path))
            if first:
                self.ready.emit()
        match opened.part:
            case DeviceProfile() as profile:
                self.use_profile(profile)
            case Workload() as workload:
                self._use_part("workload", workload, workload.title)
            case PriceProfile() as prices:
                self._use_part("prices", prices, prices.title)
            case None:
                pass
        if opened.problem is not None:
            self.refused.emit(opened.problem)

    def _use_part(self, name: str, part: Workload | PriceProfile, title: str) -> None:
        self.replace(self.scenario.model_copy(update={name: part}), f"Use {name} {title}")

    def _take_facts(self, facts: DeviceFacts) -> None:
        self.facts = facts
        self.facts_changed.emit()

    def _take_measurement(self, measured: Measured) -> None:
        self._take_facts(measured.facts)
        try:
            profile = grown(self.verbs(), measured, self._own_profiles())
        except PlannerError as error:
            self.refused.emit(error)
            return
        planned_for = {fleet.profile.profile_id for fleet in self.scenario.fleets}
        if measured.tells_speed or profile.profile_id in planned_for:
            self.use_profile(profile, "Measure this device")
        else:  # limits or a soak alone: nothing could be planned with it
            self._show_profile(profile)
        self.measured.emit(profile.profile_id)
        for problem in measured.problems:
            self.refused.emit(problem)

    # How a change spreads

    def _add(self, step: Step) -> None:
        self.history.add(step)
        self._changed()

    def _own_profiles(self) -> tuple[DeviceProfile, ...]:
        """Profiles that may be this machine's: the scenario's and opened ones, never reference devices."""
        return (*(fleet.profile for fleet in self.scenario.fleets), *self.opened_profiles)

    def _changed(self) -> None:
        self._update_dirty()
        self.scenario_changed.emit()
        self.history_changed.emit()
        self.file_changed.emit()
        self._replanner.want(self.scenario)
        if self._dirty and not self._recovery_timer.isActive():
            self._recovery_timer.start()

    def _update_dirty(self) -> None:
        dirty = self._saved.get(self.path) is not self.scenario
        if not dirty:
            self.recovery.clear()
        if dirty != self._dirty:
            self._dirty = dirty
            self.dirty_changed.emit(dirty)

    def _recovery(self) -> Recovery:
        file = str(self.path) if self.path else None
        return Recovery(saved_at=datetime.now().astimezone(), file=file, scenario=self.scenario)

    def _keep_recovery(self) -> None:
        if self._dirty and not self._keeping.running:
            kept = self._recovery()
            self._keeping.start(lambda: self.recovery.write(kept))
