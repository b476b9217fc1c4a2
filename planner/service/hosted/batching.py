"""Continuous batching on one replica, simulated pass by pass: when each request gets its first and its last token."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.errors import PlannerError
from planner.service.hosted.request_stream import Floats, Ints, Requests
from planner.service.hosted.served_model import ServedModel
from planner.service.hosted.step_time import Rates, chunk_s, step_s

PASS_TOKENS = 2048  # of one pass, decoded and read together (service.md)
MOST_SEQUENCES = 256  # vLLM's max_num_seqs where nobody sets it
SETTLED = (0.1, 0.9)  # of the answers in order of their end: before it a replica fills, after it runs dry


@dataclass(frozen=True)
class Scheduler:
    """What an engine allows itself."""

    cache_tokens: int  # the KV pool (`KvLimit.tokens`)
    most_sequences: int = MOST_SEQUENCES
    pass_tokens: int = PASS_TOKENS

    def fits(self, given: Ints, answer: Ints) -> NDArray[np.bool_]:
        """Which requests the pool holds at all."""
        return 2 * given + answer <= 2 * self.cache_tokens


@dataclass(frozen=True, eq=False)
class Served:
    """What became of the requests that could be served, in order of arrival; times in s on the requests' clock."""

    requests: Requests
    refused: int  # never fit the cache, left out of all else
    admitted_s: Floats
    first_s: Floats
    ended_s: Floats
    busy_s: float
    read_tokens: int  # of prompts
    decoded_tokens: int  # of answers; the first of each comes with its prompt
    decode_passes: int
    line_s: float  # somebody waited to be admitted
    cache_blocked_s: float  # of that, for cache
    slots_blocked_s: float  # of that, for a sequence to end

    @property
    def ttft_s(self) -> Floats:
        """Arrival to first token inside the engine: client, HTTP and tokenizer (`TTFT_FLOOR_S`) come on top."""
        return self.first_s - self.requests.arrivals_s

    @property
    def e2e_s(self) -> Floats:
        """Arrival to last token, inside the engine."""
        return self.ended_s - self.requests.arrivals_s

    @property
    def queued_s(self) -> Floats:
        """Arrival to admission."""
        return self.admitted_s - self.requests.arrivals_s

    @property
    def tpot_s(self) -> Floats:
        """(Last − first token)/(O − 1) of the requests that have more than one."""
        more = self.requests.output_tokens > 1
        return (self.ended_s - self.first_s)[more] / (self.requests.output_tokens[more] - 1)

    @property
    def span_s(self) -> float:
        """First arrival to last token."""
        return float(np.max(self.ended_s) - self.requests.arrivals_s[0])

    @property
    def utilization(self) -> float:
        """Share of the span in which a pass runs; a replica may be always busy and yet not full."""
        return self.busy_s / self.span_s

    @property
    def output_tok_s(self) -> float:
        """Over the whole span, filling and running dry included."""
        return float(np.sum(self.requests.output_tokens)) / self.span_s

    @property
    def mean_batch(self) -> float:
        """Sequences decoded in a pass that decodes any."""
        return self.decoded_tokens / max(1, self.decode_passes)

    @property
    def settled_per_s(self) -> tuple[float, float]:
        """Requests and output tokens a second between the first and the last tenth of all ends."""
        order = np.argsort(self.ended_s, kind="stable")
        low, high = (int(share * (len(order) - 1)) for share in SETTLED)
        span_s = float(self.ended_s[order[high]] - self.ended_s[order[low]])
        within = self.requests.output_tokens[order[low + 1 : high + 1]]
        return (len(within) / span_s, float(np.sum(within)) / span_s) if span_s > 0 else (math.inf, math.inf)

    def in_flight(self) -> tuple[Floats, Ints]:
        """Moments in s and how many requests are there, waiting included, from each moment to the next."""
        moments, signs = _changes(self.requests.arrivals_s, self.ended_s)
        return moments, np.cumsum(signs)


def simulate(model: ServedModel, reached: Rates, scheduler: Scheduler, requests: Requests) -> Served:
    """Serve the requests first come, first served; every pass decodes first, prompts take what is left of its tokens.

    A pass lasts `step_s` of those decoding at their mean context (a little long where layers slide), plus `chunk_s` of
    what it reads of prompts; one that only reads lasts t0 and its chunks, yet no less than reading the weights. Passes
    between two events are taken at once, at the context in their middle. A request is admitted while a sequence and
    cache are free and holds I + O/2 tokens of cache, its mean over its life as in `kv_limit`: moments beyond the pool,
    in which engines preempt and compute again, are not modelled, nor are cached prefixes. One that exceeds the pool
    alone is refused.
    """
    if not 1 <= scheduler.most_sequences <= scheduler.pass_tokens - 1:
        raise PlannerError(
            f"{scheduler.most_sequences} sequences in passes of {scheduler.pass_tokens} tokens leave none for prompts",
            remedy="Allow at least one sequence, and fewer than a pass has tokens.",
        )
    fits = scheduler.fits(requests.input_tokens, requests.output_tokens)
    kept = Requests(requests.arrivals_s[fits], requests.input_tokens[fits], requests.output_tokens[fits])
    if not len(kept):
        raise PlannerError(
            f"no request fits a cache of {scheduler.cache_tokens:,} tokens",
            remedy="Take more accelerators, a smaller weight format or shorter prompts.",
        )
    replica = _Replica(model, reached, scheduler, kept)
    replica.run()
    return Served(
        requests=kept,
        refused=len(requests) - len(kept),
        admitted_s=np.array(replica.admitted_s),
        first_s=np.array(replica.first_s),
        ended_s=np.array(replica.ended_s),
        busy_s=replica.busy_s,
        read_tokens=replica.read_tokens,
        decoded_tokens=replica.decoded_tokens,
        decode_passes=replica.decode_passes,
        line_s=replica.line_s,
        cache_blocked_s=replica.cache_blocked_s,
        slots_blocked_s=replica.slots_blocked_s,
    )


class _Replica:
    """The state between two passes."""

    def __init__(self, model: ServedModel, reached: Rates, scheduler: Scheduler, requests: Requests) -> None:
        self.model, self.reached, self.scheduler = model, reached, scheduler
        self.arrivals: Sequence[float] = requests.arrivals_s.tolist()
        self.given: Sequence[int] = requests.input_tokens.tolist()
        self.answers: Sequence[int] = requests.output_tokens.tolist()
        self.count = len(self.arrivals)
        self.admitted_s, self.first_s, self.ended_s = ([0.0] * self.count for _ in range(3))
        self.now, self.busy_s = 0.0, 0.0
        self.line_s, self.cache_blocked_s, self.slots_blocked_s = 0.0, 0.0, 0.0
        self.passes, self.decode_passes = 0, 0
        self.read_tokens, self.decoded_tokens = 0, 0
        self.head = 0  # the next to be admitted; those before it are
        self.sequences = 0  # admitted and not ended
        self.half_tokens = 0  # twice the cache they hold, so that O/2 stays whole
        self.reading: tuple[int, int] | None = None  # the one prompt begun and not done, and how far
        self.decoding: list[tuple[int, int]] = []  # a heap: the pass after which it ends, and which request
        self.contexts = 0  # Σ over those decoding of (I − passes made when it began): contexts without the passes

    def run(self) -> None:
        """Until everybody is answered."""
        while self.head < self.count or self.sequences:
            prompts_s, tokens, done = self._read()
            if tokens:
                self._pass(prompts_s, tokens, done)
            elif self.decoding:
                self._passes(self.decoding[0][0] - self.passes)
            else:
                self.now = max(self.now, self.arrivals[self.head])

    def _read(self) -> tuple[float, int, list[int]]:
        """What the next pass reads of prompts: seconds, tokens, and whose prompt it ends."""
        left = self.scheduler.pass_tokens - len(self.decoding)
        seconds, tokens, done = 0.0, 0, list[int]()
        while left > 0 and (self.reading or self._admit()):
            assert self.reading
            index, before = self.reading
            part = min(left, self.given[index] - before)
            seconds += chunk_s(self.model, self.reached, part, before)
            left, tokens = left - part, tokens + part
            if before + part == self.given[index]:
                done.append(index)
                self.reading = None
            else:
                self.reading = (index, before + part)
        return seconds, tokens, done

    def _admit(self) -> bool:
        """Take the next in line, if there is one and nothing blocks it."""
        if self.head == self.count or self.arrivals[self.head] > self.now or self._blocked():
            return False
        self.reading = (self.head, 0)
        self.admitted_s[self.head] = self.now
        self.half_tokens += self._half(self.head)
        self.sequences += 1
        self.head += 1
        return True

    def _half(self, index: int) -> int:
        return 2 * self.given[index] + self.answers[index]

    def _blocked(self) -> bool:
        return self.sequences == self.scheduler.most_sequences or self._out_of_cache()

    def _out_of_cache(self) -> bool:
        return self.half_tokens + self._half(self.head) > 2 * self.scheduler.cache_tokens

    def _pass(self, prompts_s: float, tokens: int, done: list[int]) -> None:
        """One pass that reads prompts, beside those decoding."""
        if self.decoding:
            self._spend(self._step_s(1) + prompts_s, 1)
        else:
            weights_s = self.model.weight_bytes_read(tokens) / self.reached.bytes_s
            self._spend(max(prompts_s, weights_s) + self.reached.overhead_s, 1)
        self.read_tokens += tokens
        for index in done:
            self.first_s[index] = self.now
            if self.answers[index] == 1:
                self._end(index)
            else:
                heapq.heappush(self.decoding, (self.passes + self.answers[index] - 1, index))
                self.contexts += self.given[index] - self.passes

    def _passes(self, most: int) -> None:
        """As many passes without prompts as nothing changes in: until one ends, or the next arrives and may begin."""
        if most > 1 and self.head < self.count and not self._blocked():
            most = self._until(self.arrivals[self.head] - self.now, most)
        self._spend(most * self._step_s(most), most)

    def _until(self, gap_s: float, most: int) -> int:
        """The fewest passes, of at least one and at most so many, that last as long as a gap."""
        late = min(most, max(1, math.ceil(gap_s / self._step_s(1))))  # contexts grow, so passes do: enough, or too many
        passes = max(1, math.ceil(gap_s / self._step_s(late)))  # too few, or just enough
        while passes < late and passes * self._step_s(passes) < gap_s:
            passes += 1
        return min(passes, late)

    def _step_s(self, passes: int) -> float:
        """A pass of those decoding in the middle of so many: the n-th from now attends to I + n more tokens."""
        count = len(self.decoding)
        return step_s(self.model, self.reached, count, self.contexts / count + self.passes + (passes + 1) / 2)

    def _spend(self, seconds: float, passes: int) -> None:
        """Let passes go by, and end the requests whose last token they bring."""
        if self.head < self.count:
            self._wait(min(seconds, max(0.0, self.now + seconds - self.arrivals[self.head])))
        if self.decoding:
            self.decode_passes += passes
            self.decoded_tokens += passes * len(self.decoding)
        self.now += seconds
        self.busy_s += seconds
        self.passes += passes
        while self.decoding and self.decoding[0][0] <= self.passes:
            ends, index = heapq.heappop(self.decoding)
            self.contexts -= self.given[index] - (ends - self.answers[index] + 1)
            self._end(index)

    def _wait(self, seconds: float) -> None:
        """Count how long the next in line waits, and for what."""
        self.line_s += seconds
        if self._out_of_cache():
            self.cache_blocked_s += seconds
        elif self.sequences == self.scheduler.most_sequences:
            self.slots_blocked_s += seconds

    def _end(self, index: int) -> None:
        self.ended_s[index] = self.now
        self.sequences -= 1
        self.half_tokens -= self._half(index)


def _changes(arrivals_s: Floats, ended_s: Floats) -> tuple[Floats, NDArray[np.int64]]:
    moments = np.concatenate((arrivals_s, ended_s))
    signs = np.repeat(np.array([1, -1], dtype=np.int64), (len(arrivals_s), len(ended_s)))
    order = np.argsort(moments, kind="stable")  # arrivals first where both fall together
    return moments[order], signs[order]
