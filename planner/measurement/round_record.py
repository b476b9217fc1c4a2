"""A round as it grows out of what the child says, so that whatever was timed before an end is kept."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from planner.measurement.disturbances import DisturbanceKind, disturbances
from planner.measurement.energy.apportion import Span
from planner.measurement.energy.figures import RoundEnergy
from planner.measurement.foreign_cpu import CpuClock
from planner.measurement.messages import (
    BandwidthRead,
    ChildMessage,
    DecodeTimed,
    Done,
    Failed,
    FirstRun,
    Loaded,
    MemoryRead,
    PhaseBegan,
    PrefillTimed,
    TrialTimed,
    WarmedUp,
)
from planner.measurement.runs import DecodeSample, PrefillSample, Round, RoundState
from planner.measurement.sampling import Sampler


class RoundRecord:
    """The raw figures of one process start, open until `close`."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.phase = "start"
        self.runtime: str | None = None
        self.refusal: str | None = None  # what the runtime said when it failed
        self.complete = False
        self.spans: list[Span] = []  # when each timed thing ran, on the performance counter
        self._started_at = datetime.now(UTC)
        self._origin_s = time.perf_counter()
        self._clock = CpuClock.now()
        self._sampler: Sampler | None = None
        self._load_s: float | None = None
        self._first_run_s: float | None = None
        self._warm_up: WarmedUp | None = None
        self._prefill: list[PrefillSample] = []
        self._decode: list[DecodeSample] = []
        self._memory: MemoryRead | None = None
        self._read_bytes_s: float | None = None

    @property
    def has_samples(self) -> bool:
        """Whether anything was timed that a figure can be derived from."""
        return bool(self._prefill or self._decode)

    def watch(self, pid: int, threads: int) -> None:
        """Read the state of the machine from now on; the child's CPU time is ours."""
        self._sampler = Sampler(pid, threads=threads).start()

    def unwatch(self) -> None:
        """The child has ended."""
        if self._sampler is not None:
            self._sampler.stop()

    def take(self, message: ChildMessage) -> None:
        """Note one message of the child."""
        match message:
            case PhaseBegan():
                self.phase = message.phase
            case Loaded():
                self._load_s, self.runtime = message.load_s, message.runtime
            case FirstRun():
                self._first_run_s = message.duration_s
            case WarmedUp():
                self._warm_up = message
            case PrefillTimed() | DecodeTimed():
                self._sample(message)
            case MemoryRead():
                self._memory = message
            case BandwidthRead():
                self._read_bytes_s = message.read_bytes_s
            case Done():
                self.complete = True
            case Failed():
                self.refusal = message.error
            case TrialTimed():
                pass  # of the choice of threads, which is no round

    def close(self, energy: RoundEnergy | None = None) -> Round:
        """The round as a value, classified: partial, disturbed or clean."""
        child_cpu_s = self._memory.cpu_s if self._memory is not None else None
        foreign = None
        if self.complete and child_cpu_s is not None:  # a child that was ended took its last CPU time with it
            foreign = self._clock.foreign_cpus(CpuClock.now(), child_cpu_s)
        readings = self._sampler.readings if self._sampler is not None else ()
        found = disturbances(readings, foreign_cpus=foreign)
        # Heat near its limit moved no figure yet: it is shown, and disturbs only once the clock falls.
        is_disturbed = any(each.kind is not DisturbanceKind.NEAR_HEAT_LIMIT for each in found)
        return Round(
            number=self.number,
            started_at=self._started_at,
            state=self._state(is_disturbed=is_disturbed),
            load_s=self._load_s,
            first_run_s=self._first_run_s,
            prefill=tuple(self._prefill),
            decode=tuple(self._decode),
            peak_memory_bytes=self._memory.peak_memory_bytes if self._memory is not None else None,
            foreign_cpus=foreign,
            note="" if self.complete else f"ended during {self.phase}",
            warm_up_tok_s=self._warm_up.tok_s if self._warm_up is not None else (),
            is_warm=self._warm_up.passed if self._warm_up is not None else None,
            readings=readings,
            disturbances=tuple(each.sentence for each in found),
            energy=energy,
            read_bandwidth_bytes_s=self._read_bytes_s,
        )

    def _state(self, *, is_disturbed: bool) -> RoundState:
        if not self.complete:
            return RoundState.PARTIAL
        return RoundState.DISTURBED if is_disturbed else RoundState.CLEAN

    def _sample(self, message: PrefillTimed | DecodeTimed) -> None:
        """Note a timed sample, and when it ran where the child says so."""
        began_s = None if message.began_s is None else max(message.began_s - self._origin_s, 0.0)
        if isinstance(message, PrefillTimed):
            lasted_s, tokens = message.duration_s, message.tokens
            self._prefill.append(PrefillSample(prompt_tokens=tokens, duration_s=lasted_s, began_s=began_s))
        else:
            lasted_s, tokens = message.token_times_s[-1], len(message.token_times_s)
            self._decode.append(
                DecodeSample(context_tokens=message.tokens, token_times_s=message.token_times_s, began_s=began_s)
            )
        if message.began_s is not None:
            self.spans.append(Span(message.kind, tokens, message.began_s, message.began_s + lasted_s))
