"""What stands in each column of exported raw data."""

from __future__ import annotations

from collections.abc import Mapping

SAMPLE_COLUMNS: Mapping[str, str] = {
    "run_id": "the run; a run of depth slices stands apart by its layers",
    "model": "catalogue name, or the folder's name",
    "layers": "of a depth slice; empty: the whole model",
    "weight_format": "how the weights were stored",
    "execution_provider": "ONNX Runtime back end",
    "runtime": "name and version",
    "threads": "that the runtime was told to use",
    "round": "process start, from 1",
    "round_started_at": "ISO 8601, UTC",
    "state": "clean, disturbed or partial; no round is left out",
    "kind": "load, first_run, prefill or decode",
    "sample": "of this kind in this round, from 1; a decode sample has one row a token",
    "tokens": "of the prompt (prefill), or in the KV cache before the sample's first step (decode)",
    "began_s": "when the sample began, seconds after the round's start; empty: not told",
    "duration_s": "seconds, of load, first run and prefill",
    "token_index": "of a decode sample's tokens, from 1",
    "token_time_s": "when that token came out, seconds after the sample began",
}
"""Columns of the samples and what they hold; an empty cell is unknown, or has no meaning for this kind."""

READING_COLUMNS: Mapping[str, str] = {
    "run_id": "the run, soak or measurement of contention",
    "round": "process start, from 1; what is no run has one",
    "at_s": "seconds after the round's start; CPU use, steal, swap-in and faults are means since the reading before",
    "own_cpus": "CPUs kept busy by the program and its child",
    "foreign_cpus": "CPUs kept busy by everything else",
    "steal_share": "of the machine's CPU time, taken by the hypervisor, 0 to 1",
    "frequency_mhz": "mean clock of the fastest cores, as many as threads",
    "temperature_c": "hottest sensor of the processor, °C",
    "headroom_c": "least distance to a sensor's own limit, °C",
    "throttle_count": "times a core was throttled since boot",
    "throttled": "true where firmware or kernel held the clock down",
    "available_memory_bytes": "free memory",
    "swap_used_bytes": "memory swapped out",
    "swapped_in_bytes_s": "read back from swap by the whole machine, bytes a second",
    "major_faults_s": "pages a second that the child had to wait for",
    "battery_percent": "charge",
    "on_battery": "true or false",
    "power_mode": "as the system names it",
    "load_average_1min": "programs that ran or waited",
}
"""Columns of the readings: a reading's own fields after run and round; an empty cell is unknown."""

WINDOW_COLUMNS: Mapping[str, str] = {
    "id": "the soak or the measurement of contention",
    "model": "catalogue name, or the folder's name",
    "weight_format": "how the weights were stored",
    "execution_provider": "ONNX Runtime back end",
    "runtime": "name and version",
    "threads": "that the runtime was told to use",
    "turn": "of contention, the round from 1; of a soak 0",
    "turn_kind": "who worked: model, foreground or both",
    "at_s": "when the window began, seconds after the child's start",
    "wall_s": "its length, seconds",
    "decode_tokens": "put out in it",
    "decode_s": "seconds spent on them",
    "prefill_tokens": "prompt tokens read in it",
    "prefill_s": "seconds spent on them",
}
"""Columns of the windows of soaks and of contention."""

BURST_COLUMNS: Mapping[str, str] = {
    "id": "the measurement of contention",
    "turn": "the round, from 1",
    "turn_kind": "who worked: foreground or both",
    "turn_begin_s": "seconds after the model's child was started",
    "due_s": "when the burst was due, seconds after the turn's start",
    "waited_s": "seconds from then until it began",
    "worked_s": "seconds it took",
}
"""Columns of the bursts of a foreground load."""
