"""How an onnxruntime session is made for a measurement: every option that moves the figures stated."""

from __future__ import annotations

import sys
from typing import Any, cast

import onnxruntime
import psutil

from planner.measurement.provider_names import parted, provider_options, spins

ort = cast("Any", onnxruntime)
ort.set_default_logger_severity(4)
ort.disable_telemetry_events()  # nothing is sent anywhere

if sys.platform == "win32":

    def peak_rss_bytes() -> int:
        """Peak resident memory of this process, touched pages of mapped files included."""
        return int(cast("Any", psutil.Process().memory_info()).peak_wset)

else:
    import resource

    def peak_rss_bytes() -> int:
        """Peak resident memory of this process, touched pages of mapped files included."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024  # bytes on macOS, KiB elsewhere


def session(graph: str | bytes, execution_provider: str, threads: int, *, profile_to: str | None = None) -> Any:
    """A session with every option that moves the figures stated, none left to a default that may change.

    `execution_provider` may name a device (see `provider_names`); `profile_to` begins the name of a profile, for which
    every node is timed.
    """
    name, _ = parted(execution_provider)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.enable_cpu_mem_arena = True
    options.enable_mem_pattern = True
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spins(execution_provider) else "0")
    if profile_to is not None:
        options.enable_profiling = True
        options.profile_file_prefix = profile_to
    providers = [(name, provider_options(execution_provider, threads))]
    loaded = ort.InferenceSession(graph, options, providers=providers, enable_fallback=0)
    refuse_fallback(loaded, execution_provider)
    return loaded


def refuse_fallback(loaded: Any, execution_provider: str) -> None:
    """Onnxruntime falls back to the CPU with no more than a log line; a figure must not."""
    if loaded.get_providers()[0] != parted(execution_provider)[0]:
        raise RuntimeError(not_started(execution_provider))


def not_started(execution_provider: str) -> str:
    """Why a provider did not come first, as far as anybody can tell."""
    return f"{execution_provider} could not be started; its libraries, driver or device are missing"
