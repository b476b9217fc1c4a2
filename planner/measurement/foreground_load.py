"""A scripted office program: short bursts of work at irregular moments, each timed from when it was due.

Latency counts from the due moment, not from when the work began: a burst that had to wait for the one before, or for
the scheduler, was late for its user (coordinated omission, Tene 2013). One thread, so never more than one core.
"""

from __future__ import annotations

import json
import random
import re
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from planner.measurement.pipe import leave, open_pipe
from planner.measurement.turn_clock import Clock

SHORTEST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 0.10
"""Between one due moment and the next: a program that reacts to every key or tick (uniform, seeded)."""

PARAGRAPHS = 150
WORDS_A_PARAGRAPH = 60
TRAFFIC_BYTES = 4 * 1024 * 1024  # copied in every burst: beyond most second-level caches
VOCABULARY = (
    "invoice meeting budget quarter report draft figure table client review total amount change order plan cost device "
    "model answer token office note page line mail reply date week month year part list name value"
)
_FIGURE = re.compile(r"\b(\d{1,3})[.,](\d{2})\b")
_LETTERS = re.compile(r"[a-z]+")


@dataclass
class OfficeWork:
    """One burst: open a document of about 60 kB, search it, sort its words, pack it and copy a buffer."""

    seed: int
    checksum: int | None = None
    _document: bytes = b""
    _source: bytearray = field(default_factory=bytearray)
    _target: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        """Write the document; the same seed writes the same one."""
        chance = random.Random(self.seed)  # noqa: S311 - a script, no secret
        vocabulary = VOCABULARY.split()
        paragraphs = [
            {
                "number": number,
                "text": " ".join(chance.choice(vocabulary) for _ in range(WORDS_A_PARAGRAPH)),
                "amount": f"{chance.randint(1, 999)}.{chance.randint(0, 99):02d}",
            }
            for number in range(PARAGRAPHS)
        ]
        self._document = json.dumps({"paragraphs": paragraphs}).encode()
        self._source = bytearray(TRAFFIC_BYTES)
        self._target = bytearray(TRAFFIC_BYTES)

    def __call__(self) -> None:
        """Do it once; the same document gives the same checksum, so no burst can have done less."""
        paragraphs = json.loads(self._document)["paragraphs"]
        words = sorted(word for each in paragraphs for word in _LETTERS.findall(each["text"]))
        amounts = [match for each in paragraphs for match in _FIGURE.findall(each["amount"])]
        packed = zlib.compress(self._document, 1)
        self._target[:] = self._source
        checksum = zlib.crc32(packed, len(amounts) + len(words))
        if self.checksum not in {None, checksum}:
            raise RuntimeError("the foreground load came to another result than before")
        self.checksum = checksum


def play_turns(
    turns: Sequence[Sequence[float]], *, seed: int, work: Callable[[], None], clock: Clock | None = None
) -> Iterator[dict[str, object]]:
    """A message for each turn (begin, end on the performance counter) with its bursts' due moment, wait and work.

    A burst is [due, waited, worked] in s, due after the turn's start. What was due within the turn but had not begun
    at its end is counted as missed. A turn that had begun before we got to it is told with nothing.
    """
    clock = clock or Clock()
    for number, (begin_s, end_s) in enumerate(turns):
        chance = random.Random(seed * 1_000_003 + number)  # noqa: S311 - a script, no secret
        bursts: list[list[float]] = []
        due_s = begin_s + chance.uniform(0.0, LONGEST_PAUSE_S)
        if clock.now_s() > begin_s:
            due_s = end_s
        while due_s < end_s and clock.now_s() < end_s:
            clock.sleep_until(due_s)
            began_s = clock.now_s()
            work()
            bursts.append([due_s - begin_s, max(began_s - due_s, 0.0), clock.now_s() - began_s])
            due_s += chance.uniform(SHORTEST_PAUSE_S, LONGEST_PAUSE_S)
        missed = 0
        while due_s < end_s:
            missed += 1
            due_s += chance.uniform(SHORTEST_PAUSE_S, LONGEST_PAUSE_S)
        yield {"type": "bursts", "turn": number, "bursts": bursts, "missed": missed}


def main() -> None:
    """Play the turns of the one request this process was started for."""
    request, send = open_pipe()
    try:
        work = OfficeWork(int(str(request["seed"])))
        work()  # once before it counts: caches and the interpreter's specialised code
        send({"type": "ready", "at_s": time.perf_counter()})
        turns: Sequence[Sequence[float]] = request["turns"]  # pyright: ignore[reportAssignmentType]
        for message in play_turns(turns, seed=work.seed, work=work):
            send(message)
        send({"type": "done"})
    except Exception as error:  # the parent gets each as a sentence
        send({"type": "error", "error": " ".join(str(error).split())[:600] or type(error).__name__})
    leave()


if __name__ == "__main__":
    main()
