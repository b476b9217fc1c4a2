"""A round keeps what was timed before any end, says when it ran, and is partial unless its grid was complete."""

from __future__ import annotations

import pytest

from planner.child import Message
from planner.measurement.messages import parse
from planner.measurement.round_record import RoundRecord
from planner.measurement.runs import RoundState

PREFILL: Message = {"type": "sample", "kind": "prefill", "tokens": 128, "duration_s": 0.25}
DECODE: Message = {"type": "sample", "kind": "decode", "tokens": 128, "token_times_s": [0.1, 0.2]}


def take(record: RoundRecord, *messages: Message) -> RoundRecord:
    for raw in messages:
        message = parse(raw)
        assert message is not None
        record.take(message)
    return record


def test_everything_said_is_in_the_round() -> None:
    record = take(
        RoundRecord(3),
        {"type": "phase", "phase": "load"},
        {"type": "loaded", "load_s": 0.5, "runtime": "onnxruntime 1.32.0"},
        {"type": "first_run", "prompt_tokens": 128, "duration_s": 0.4},
        {"type": "warmed_up", "tok_s": [9.0, 10.0], "passed": False},
        PREFILL,
        DECODE,
        {"type": "memory", "peak_memory_bytes": 1000, "cpu_s": 0.1},
        {"type": "bandwidth", "read_bytes_s": 2e10},
        {"type": "done"},
    )
    one = record.close()
    assert record.runtime == "onnxruntime 1.32.0"
    assert (one.number, one.load_s, one.first_run_s, one.peak_memory_bytes) == (3, 0.5, 0.4, 1000)
    assert (one.warm_up_tok_s, one.is_warm) == ((9.0, 10.0), False)
    assert one.read_bandwidth_bytes_s == 2e10
    assert [sample.duration_s for sample in one.prefill] == [0.25]
    assert [sample.token_times_s for sample in one.decode] == [(0.1, 0.2)]
    assert one.state is not RoundState.PARTIAL
    assert one.note == ""


def test_a_round_that_broke_off_is_partial_and_names_its_phase() -> None:
    record = take(RoundRecord(1), PREFILL, {"type": "phase", "phase": "decode at 128"})
    one = record.close()
    assert record.has_samples
    assert (one.state, one.note) == (RoundState.PARTIAL, "ended during decode at 128")
    assert one.foreign_cpus is None  # the child took its CPU time with it
    assert one.is_warm is None
    assert one.warm_up_tok_s == ()


def test_a_refusal_is_kept_in_the_runtimes_words() -> None:
    record = take(RoundRecord(1), {"type": "error", "error": "no such kernel"})
    assert (record.refusal, record.complete, record.has_samples) == ("no such kernel", False, False)


def test_a_trial_of_threads_is_no_part_of_a_round() -> None:
    record = take(RoundRecord(1), {"type": "trial", "threads": 2, "prefill_tok_s": 1.0, "decode_tok_s": 1.0})
    assert not record.has_samples


def test_samples_say_when_they_ran_after_the_rounds_start() -> None:
    record = RoundRecord(1)
    origin_s = record._origin_s  # pyright: ignore[reportPrivateUsage]
    take(record, {**PREFILL, "began_s": origin_s + 10.0}, {**DECODE, "began_s": origin_s + 20.0}, DECODE)
    one = record.close()
    assert one.prefill[0].began_s == pytest.approx(10.0)
    assert one.decode[0].began_s == pytest.approx(20.0)
    assert one.decode[1].began_s is None
    assert [(span.phase, span.tokens) for span in record.spans] == [("prefill", 128), ("decode", 2)]
    assert [span.ended_s - span.began_s for span in record.spans] == pytest.approx([0.25, 0.2])
