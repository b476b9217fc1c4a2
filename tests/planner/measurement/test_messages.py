"""Only what the worker says is a message; whatever else looks like one is noise."""

from __future__ import annotations

import pytest

from planner.measurement.messages import (
    BandwidthRead,
    DecodeTimed,
    Done,
    Failed,
    Loaded,
    PrefillTimed,
    TrialTimed,
    WarmedUp,
    parse,
)


def test_each_kind_is_told_apart() -> None:
    assert parse({"type": "done"}) == Done(type="done")
    assert parse({"type": "error", "error": "no"}) == Failed(type="error", error="no")
    assert isinstance(parse({"type": "loaded", "load_s": 0.5, "runtime": "onnxruntime 1.32.0"}), Loaded)
    prefill = parse({"type": "sample", "kind": "prefill", "tokens": 128, "duration_s": 0.25})
    assert isinstance(prefill, PrefillTimed)
    decode = parse({"type": "sample", "kind": "decode", "tokens": 128, "token_times_s": [0.1, 0.2]})
    assert isinstance(decode, DecodeTimed)
    assert decode.token_times_s == (0.1, 0.2)
    assert (prefill.began_s, decode.began_s) == (None, None)  # an older child does not say when


def test_warm_up_trial_and_bandwidth_are_told_apart() -> None:
    warmed = parse({"type": "warmed_up", "tok_s": [38.0, 40.0], "passed": False})
    assert warmed == WarmedUp(type="warmed_up", tok_s=(38.0, 40.0), passed=False)
    trial = parse({"type": "trial", "threads": 4, "prefill_tok_s": 640.0, "decode_tok_s": 40.0})
    assert isinstance(trial, TrialTimed)
    assert trial.threads == 4
    assert parse({"type": "bandwidth", "read_bytes_s": 2e10}) == BandwidthRead(type="bandwidth", read_bytes_s=2e10)
    timed = parse({"type": "sample", "kind": "prefill", "tokens": 128, "duration_s": 0.25, "began_s": 17.5})
    assert isinstance(timed, PrefillTimed)
    assert timed.began_s == 17.5


@pytest.mark.parametrize(
    "noise",
    [
        {},
        {"type": "greeting"},
        {"type": "done", "extra": 1},
        {"type": "loaded", "load_s": "0.5", "runtime": "x"},
        {"type": "loaded", "load_s": -1.0, "runtime": "x"},
        {"type": "sample", "kind": "prefill", "tokens": 128, "duration_s": float("nan")},
        {"type": "sample", "kind": "decode", "tokens": 128, "token_times_s": []},
        {"type": "sample", "kind": "other", "tokens": 1},
        {"type": "trial", "threads": 0, "prefill_tok_s": 1.0, "decode_tok_s": 1.0},
        {"type": "trial", "threads": 1, "prefill_tok_s": 0.0, "decode_tok_s": 1.0},
        {"type": "bandwidth", "read_bytes_s": 0.0},
        {"type": "warmed_up", "tok_s": [1.0]},
    ],
)
def test_anything_else_is_noise(noise: dict[str, object]) -> None:
    assert parse(noise) is None
