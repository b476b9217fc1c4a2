"""Background work: answers and refusals arrive on the caller's thread, events in order."""

import threading

from PySide6.QtCore import QCoreApplication, QThread
from pytestqt.qtbot import QtBot

from planner.errors import PlannerError
from ui.tasks import NewestTask, StreamTask, Task


def test_an_answer_is_made_elsewhere_and_arrives_here(qtbot: QtBot) -> None:
    task: Task[int] = Task("counting")
    threads: list[object] = []
    task.answered.connect(lambda _answer: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(task.answered) as heard:
        task.start(threading.get_ident)
    assert heard.args is not None
    assert heard.args[0] != threading.get_ident()
    application = QCoreApplication.instance()
    assert application is not None
    assert threads == [application.thread()]
    assert not task.running


def test_a_refusal_arrives_as_it_is(qtbot: QtBot) -> None:
    refusal = PlannerError("no", where="here")

    def refuse() -> None:
        raise refusal

    task: Task[None] = Task("refusing")
    with qtbot.waitSignal(task.failed) as heard:
        task.start(refuse)
    assert heard.args == [refusal]


def test_a_defect_arrives_as_a_sentence_without_traceback(qtbot: QtBot) -> None:
    def fail() -> None:
        raise KeyError("secret")

    task: Task[None] = Task("thinking")
    with qtbot.waitSignal(task.failed) as heard:
        task.start(fail)
    assert heard.args is not None
    error = heard.args[0]
    assert isinstance(error, PlannerError)
    assert error.sentence.startswith("a defect in Edgewise stopped thinking (KeyError")
    assert "Traceback" not in error.sentence


def test_events_arrive_in_order_and_before_the_answer(qtbot: QtBot) -> None:
    task: StreamTask[str] = StreamTask("streaming")
    heard: list[object] = []
    task.happened.connect(heard.append)
    task.answered.connect(heard.append)
    with qtbot.waitSignal(task.answered):
        task.start_stream(lambda tell, _stop: [tell(number) for number in range(5)] and "done")
    assert heard == [0, 1, 2, 3, 4, "done"]


def test_stop_is_heard_by_the_work_at_once(qtbot: QtBot) -> None:
    task: StreamTask[bool] = StreamTask("waiting")
    with qtbot.waitSignal(task.answered) as heard:
        task.start_stream(lambda _tell, stop: stop.wait(5))
        task.stop()
    assert heard.args == [True]
    assert task.wait(1)


def test_a_task_whose_owner_is_gone_ends_quietly(qtbot: QtBot) -> None:
    release, done = threading.Event(), threading.Event()
    task: Task[None] = Task("outliving its owner")

    def work() -> None:
        release.wait(5)
        done.set()

    task.start(work)
    task.deleteLater()
    qtbot.wait(20)
    release.set()
    assert done.wait(5)
    qtbot.wait(20)


def test_of_what_is_asked_for_in_between_only_the_newest_is_done(qtbot: QtBot) -> None:
    task: NewestTask[str] = NewestTask("reading")
    release, done = threading.Event(), list[str]()

    def slow() -> str:
        release.wait(5)
        return "first"

    heard: list[str] = []
    task.answered.connect(heard.append)
    task.want(slow)
    for name in ("second", "third"):
        task.want(lambda name=name: (done.append(name), name)[1])
    release.set()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["third"]
    assert done == ["third"]
    assert not task.running


def test_a_failure_of_what_nobody_wants_any_more_is_not_told(qtbot: QtBot) -> None:
    task: NewestTask[str] = NewestTask("reading")
    release = threading.Event()

    def broken() -> str:
        release.wait(5)
        raise PlannerError("no longer of interest")

    heard: list[str] = []
    failures: list[PlannerError] = []
    task.answered.connect(heard.append)
    task.failed.connect(failures.append)
    task.want(broken)
    task.want(lambda: "good")
    release.set()
    qtbot.waitUntil(lambda: bool(heard))
    assert failures == []
