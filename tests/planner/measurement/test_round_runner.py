"""Whatever a child does and whenever, a round ends with one sentence, what was timed, and no process left."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from planner.child import Child
from planner.child_ending import Ending, EndKind
from planner.measurement.memory_check import RESERVE_BYTES
from planner.measurement.request import MeasurementRequest
from planner.measurement.round_record import RoundRecord
from planner.measurement.round_runner import Launch, failure, play_round
from planner.measurement.stopping import QUICK
from planner.measurement.telling import Teller
from tests.support.measuring import FAKE_WORKER, children_of_tests, prepared_model

children = children_of_tests

PHASES = ["load", "first run", "warm-up", "prefill 128", "decode at 128", "prefill 512", "decode at 512"]
SENTENCES = {
    "segfault": "the child process crashed (SIGSEGV), during «{phase}»; it last wrote «Fatal Python error: "
    "Segmentation fault»",
    "abort": "the child process crashed (SIGABRT), during «{phase}»; it last wrote «Fatal Python error: Aborted»",
    "killed": "the child process was killed by the system, most likely for lack of memory, during «{phase}»",
    "exit": "the child process failed with exit code 7, during «{phase}»; it last wrote «the library gave up»",
    "refuse": "{phase}: the runtime refuses this graph",
    "hoard": "the child process needed more than its memory limit of 0.1 GiB and was ended, during «{phase}»",
}
SILENCE_S = 5.0


def play(number: int, silence_s: float = 60.0) -> tuple[RoundRecord, Ending | None]:
    grid = QUICK.grid(MeasurementRequest(model="fake"))
    teller = Teller("fake", lambda _: None)
    teller.round_started(number, number, grid)
    launch = Launch(prepared_model(), "CPUExecutionProvider", threads=1, worker=FAKE_WORKER)
    return play_round(launch, number, grid, teller, silence_s=silence_s, stop=threading.Event())


def kept(record: RoundRecord) -> tuple[int, int]:
    """Prefill lengths and decode contexts that were timed before the end."""
    one = record.close()
    return len({sample.prompt_tokens for sample in one.prefill}), len(one.decode)


KEPT = dict(zip(PHASES, [(0, 0), (0, 0), (0, 0), (0, 0), (1, 0), (1, 1), (2, 1)], strict=True))


@pytest.mark.parametrize("fault", SENTENCES)
def test_every_fault_in_every_phase_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, children: list[Child], fault: str
) -> None:
    """A round for every phase, two at a time."""
    monkeypatch.setattr("planner.measurement.round_runner.available_bytes", lambda: 0)  # the limit is the reserve
    faults = [f"{fault}@{phase}@{number}" for number, phase in enumerate(PHASES, start=1)]
    monkeypatch.setenv("EDGEWISE_FAKE", ",".join(faults))
    with ThreadPoolExecutor(2) as threads:
        played = list(threads.map(play, range(1, len(PHASES) + 1)))
    for phase, (record, ending) in zip(PHASES, played, strict=True):
        assert failure(record, ending, 60.0) == SENTENCES[fault].format(phase=phase)
        assert not record.complete
        assert kept(record) == KEPT[phase]
    assert len(children) == len(PHASES)
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_a_hang_in_every_phase_is_ended_after_its_silence(
    monkeypatch: pytest.MonkeyPatch, children: list[Child]
) -> None:
    faults = [f"hang@{phase}@{number}" for number, phase in enumerate(PHASES, start=1)]
    monkeypatch.setenv("EDGEWISE_FAKE", ",".join(faults))
    with ThreadPoolExecutor(len(PHASES)) as threads:
        played = list(threads.map(lambda number: play(number, SILENCE_S), range(1, len(PHASES) + 1)))
    for phase, (record, ending) in zip(PHASES, played, strict=True):
        sentence = f"nothing came out of «{phase}» for 5 s, so the child process was ended"
        assert failure(record, ending, SILENCE_S) == sentence
        assert kept(record) == KEPT[phase]
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_a_round_that_ends_well_is_complete() -> None:
    record, ending = play(1)
    assert record.complete
    assert ending is not None
    assert ending.kind is EndKind.ENDED
    assert kept(record) == (2, 2)
    assert [span.phase for span in record.spans].count("decode") == 2


def test_a_child_that_leaves_without_a_word_has_not_finished() -> None:
    record = RoundRecord(1)
    ended = Ending(EndKind.ENDED, "the child process ended", 0, "")
    assert failure(record, ended, 1.0) == "the child process ended during «start» without finishing"


def test_the_limit_leaves_the_machine_its_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[object] = []
    monkeypatch.setattr(Child, "start", lambda *_, **options: limits.append(options["memory_limit_bytes"]))
    monkeypatch.setattr("planner.measurement.round_runner.available_bytes", lambda: 10 * RESERVE_BYTES)
    for limit_memory in (True, False):
        Launch(prepared_model(), "CPUExecutionProvider", 1, limit_memory=limit_memory).start("round")
    assert limits == [9 * RESERVE_BYTES, None]
