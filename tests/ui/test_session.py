"""The session needs no widget: every promise of the document is kept here."""

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from planner.documents import read_document, save_document
from planner.errors import ScenarioError
from planner.measurement.request import MeasurementRequest
from planner.placement.plan import Plan, SavedPlan
from planner.planning import plan
from planner.profiles.files import save_profile
from planner.scenario import Scenario
from tests.support import scenarios
from tests.support.window import PATIENCE_MS, fake_verbs
from ui.device_work import MeasureModels
from ui.recovery import RecoveryStore
from ui.session import Session


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Session:
    made = Session(fake_verbs(), RecoveryStore(tmp_path / "recovery"))
    with qtbot.waitSignal(made.ready, timeout=PATIENCE_MS):
        made.start()
    return made


def renamed(session: Session, title: str) -> Scenario:
    return session.scenario.model_copy(update={"title": title})


def until_planned(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.plan_is_current, timeout=PATIENCE_MS)


def test_the_first_scenario_comes_with_its_plan(session: Session) -> None:
    assert session.scenario.is_sample
    assert session.plan == plan(session.scenario)
    assert session.plan_is_current
    assert not session.dirty


def test_replace_tells_and_plans_again(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignals([session.scenario_changed, session.dirty_changed, session.plan_changed]):
        session.replace(renamed(session, "Mine"), "Rename")
    until_planned(session, qtbot)
    assert session.plan == plan(session.scenario)


def test_replacing_by_an_equal_scenario_is_no_edit(session: Session) -> None:
    session.replace(session.scenario.model_copy(), "Nothing")
    assert session.history.undo_words is None
    assert not session.dirty


def test_undo_and_redo_walk_scenarios_and_say_what_they_do(session: Session) -> None:
    first = session.scenario
    session.replace(renamed(session, "One"), "Rename to one")
    session.replace(renamed(session, "Two"), "Rename to two")
    assert session.history.undo_words == "Rename to two"
    session.undo()
    session.undo()
    assert session.scenario is first
    assert not session.dirty
    assert session.history.undo_words is None
    assert session.history.redo_words == "Rename to one"
    session.redo()
    session.replace(renamed(session, "Three"), "Rename to three")
    assert session.history.redo_words is None
    session.undo()
    assert session.scenario.title == "One"


def test_of_many_edits_the_latest_is_planned_and_the_ones_between_are_skipped(qtbot: QtBot, tmp_path: Path) -> None:
    release, planned = threading.Event(), list[str]()

    def slow(scenario: Scenario) -> Plan:
        planned.append(scenario.title)
        if scenario.title == "Edit 0":
            release.wait(5)
        return plan(scenario)

    session = Session(fake_verbs(plan=slow), RecoveryStore(tmp_path / "recovery"))
    with qtbot.waitSignal(session.ready, timeout=PATIENCE_MS):
        session.start()
    for number in range(10):
        session.replace(renamed(session, f"Edit {number}"), "Edit")
    assert not session.plan_is_current
    release.set()
    until_planned(session, qtbot)
    assert planned == ["Small sample", "Edit 0", "Edit 9"]
    assert session.plan is not None
    assert session.plan.title == "Edit 9"


def test_a_scenario_that_cannot_be_planned_says_why_and_the_next_edit_heals_it(qtbot: QtBot, tmp_path: Path) -> None:
    def picky(scenario: Scenario) -> Plan:
        if scenario.title == "Bad":
            raise ScenarioError("does not fit together")
        return plan(scenario)

    session = Session(fake_verbs(plan=picky), RecoveryStore(tmp_path / "recovery"))
    with qtbot.waitSignal(session.ready, timeout=PATIENCE_MS):
        session.start()
    session.replace(renamed(session, "Bad"), "Break it")
    qtbot.waitUntil(lambda: session.plan_error is not None, timeout=PATIENCE_MS)
    assert not session.plan_is_current
    session.replace(renamed(session, "Good"), "Mend it")
    until_planned(session, qtbot)
    assert session.plan_error is None


def test_the_steps_are_ticked_as_sample_parts_are_replaced(session: Session) -> None:
    def done() -> tuple[bool, bool, bool]:
        real = session.real_parts
        return real.device, real.workload, real.prices

    assert done() == (False, False, False)
    session.use_profile(scenarios.profile("mine"))
    assert done() == (True, False, False)
    assert session.scenario.is_sample
    session.replace(session.scenario.model_copy(update={"workload": scenarios.workload("Ours")}), "Our workload")
    session.replace(session.scenario.model_copy(update={"prices": scenarios.prices("Ours")}), "Our prices")
    assert done() == (True, True, True)
    assert not session.scenario.is_sample, "nothing of the sample is left"


def test_a_device_takes_the_place_of_its_own_profile_else_of_the_first(session: Session) -> None:
    session.use_profile(scenarios.profile("mine"))
    (fleet,) = session.scenario.fleets
    assert (fleet.profile.profile_id, fleet.count) == ("mine", session.scenario.workload.seats)
    few = session.scenario.model_copy(update={"fleets": (fleet.model_copy(update={"count": 7}),)})
    session.replace(few, "Fewer")
    session.use_profile(scenarios.profile("mine", measured=True))
    (fleet,) = session.scenario.fleets
    assert (len(fleet.profile.runs), fleet.count) == (1, 7)


def test_what_is_saved_is_what_opens(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.replace(renamed(session, "Mine"), "Rename")
    assert session.save() is False, "there is no file yet"
    assert session.save_as(tmp_path / "mine")
    path = tmp_path / "mine.edgewise"
    assert session.path == path
    assert not session.dirty
    assert read_document(path, Scenario) == session.scenario
    other = Session(fake_verbs(), RecoveryStore(tmp_path / "other"))
    with qtbot.waitSignal(other.ready, timeout=PATIENCE_MS):
        other.start(path)
    assert other.scenario == session.scenario


def test_a_place_that_cannot_be_written_is_refused_and_the_document_stays_unsaved(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    session.replace(renamed(session, "Mine"), "Rename")
    with qtbot.waitSignal(session.refused) as heard:
        assert session.save_as(tmp_path / "file" / "mine.edgewise") is False
    assert heard.args is not None
    assert "cannot be written" in heard.args[0].sentence
    assert session.dirty
    assert session.path is None


def test_a_saved_plan_opens_with_the_very_plan(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    scenario = scenarios.scenario("Planned")
    path = tmp_path / "plan.json"
    save_document(path, SavedPlan(scenario=scenario, plan=plan(scenario)))
    with qtbot.waitSignal(session.plan_changed, timeout=PATIENCE_MS):
        session.open(path)
    assert session.scenario == scenario
    assert session.plan_is_current
    assert session.exports.plan(tmp_path / "again.json", session.scenario, session.current_plan)
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_documents_of_every_kind_find_their_place(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    save_profile(tmp_path / "device.json", scenarios.profile("mine"))
    save_document(tmp_path / "workload.json", scenarios.workload("Ours"))
    save_document(tmp_path / "prices.json", scenarios.prices("Ours"))
    for name in ("device", "workload", "prices"):
        with qtbot.waitSignal(session.scenario_changed, timeout=PATIENCE_MS):
            session.open(tmp_path / f"{name}.json")
    assert session.scenario.fleets[0].profile.profile_id == "mine"
    assert session.scenario.workload.title == "Ours"
    assert session.scenario.prices.title == "Ours"
    assert session.real_parts.all


def test_an_edit_is_kept_for_recovery_within_two_seconds(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.replace(renamed(session, "Unsaved"), "Rename")
    folder = tmp_path / "recovery"
    qtbot.waitUntil(lambda: any(folder.glob("*.json")), timeout=2_000)
    session.undo()
    assert not any(folder.glob("*.json")), "nothing is unsaved any more"


def test_a_living_windows_recovery_file_is_not_offered_to_another(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.replace(renamed(session, "Unsaved"), "Rename")
    folder = tmp_path / "recovery"
    qtbot.waitUntil(lambda: any(folder.glob("*.json")), timeout=2_000)
    other = RecoveryStore(folder)
    other._path = folder / "another.json"  # another process would have another name
    assert other.left_behind() is None
    session.close()
    left = other.left_behind()
    assert left is not None
    assert left.scenario.title == "Unsaved"


def test_a_profile_is_looked_at_without_planning_for_it(session: Session, tmp_path: Path) -> None:
    save_profile(tmp_path / "device.json", scenarios.profile("guest"))
    before = session.scenario
    assert session.look_at_profile(tmp_path / "device.json") is not None
    assert session.scenario is before
    ids = [profile.profile_id for profile in session.known_profiles()]
    assert ids == ["testbook", "guest", "reference-one", "reference-two"]


def test_measuring_the_same_machine_again_keeps_its_history_and_ownership(session: Session, qtbot: QtBot) -> None:
    make = session.verbs().profile_from
    facts = scenarios.facts("Measured machine")
    owned = make(facts, (scenarios.run("llama-3.2-1b", run_id="old"),))
    owned = owned.model_copy(update={"title": "My laptop"})
    session.use_profile(owned)
    with qtbot.waitSignal(session.measuring.finished, timeout=PATIENCE_MS):
        session.measuring.start(MeasureModels((MeasurementRequest(model="smollm2-135m", quick=True),)))
    (fleet,) = session.scenario.fleets
    assert fleet.profile.title == "My laptop"
    assert {run.model.name for run in fleet.profile.runs} == {"llama-3.2-1b", "smollm2-135m"}
