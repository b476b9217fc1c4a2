"""What a comparison found, as rows of a table and as a document."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from planner.measurement.foreign_cpu import DISTURBING_CPUS
from planner.text import rate, significant
from tests.benchmarks.cross_check.ratios import Ratio
from tests.benchmarks.cross_check.starts import Contender, Start

HEADING = (
    f"{'model':<14}{'ours':<10}{'theirs':<25}{'point':<15}{'ours':>8}{'theirs':>9}{'ratio':>8}  "
    f"{'95 % interval':<16}{'n':>4}  target   (tok/s, medians over n process starts)"
)


@dataclass(frozen=True)
class Comparison:
    """Our loop in one format beside another runtime, at every point."""

    model: str
    ours: str
    theirs: str
    target: float | None
    file_bytes: tuple[int, int]  # ours, theirs
    ratios: list[Ratio]
    starts: list[tuple[Start, Start]]

    def rows(self) -> Iterator[str]:
        """Lines under `HEADING`, one a point."""
        for point in self.ratios:
            interval = "unknown" if point.low is None or point.high is None else f"{point.low:.3f} … {point.high:.3f}"
            yield (
                f"{self.model:<14}{self.ours:<10}{self.theirs:<25}{point.point:<15}{significant(point.ours_tok_s):>8}"
                f"{significant(point.theirs_tok_s):>9}{point.ratio:>8.3f}  {interval:<16}{point.pairs:>4}  "
                f"{self._verdict(point)}"
            )

    def meets(self, point: Ratio) -> bool:
        """Whether a point reaches the target; without one, always."""
        return self.target is None or point.ratio >= self.target

    def _verdict(self, point: Ratio) -> str:
        if self.target is None:
            return "none"
        if self.meets(point):
            return f"≥ {self.target} met"
        sure = point.high is not None and point.high < self.target
        return f"≥ {self.target} MISSED" + (
            "" if sure else ", but the interval holds it: more pairs, a quieter machine"
        )


def say(text: str) -> None:
    """One line, now: a comparison takes minutes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_start(number: int, contender: Contender, start: Start) -> None:
    """What one process start yielded."""
    rates = [f"prefill {tokens}: {rate(tok_s)}" for tokens, tok_s in start.prefill_tok_s.items()]
    rates += [f"decode at {tokens}: {rate(tok_s)}" for tokens, tok_s in start.decode_tok_s.items()]
    foreign = "" if start.foreign_cpus is None else f"; {start.foreign_cpus:.2f} foreign CPUs"
    say(f"  {number:>2} {contender.name:<26}{', '.join(rates)}{foreign}")


def say_table(comparisons: Sequence[Comparison]) -> None:
    """Every point, and how many starts other programs disturbed."""
    say("\n" + HEADING)
    for comparison in comparisons:
        say("\n".join(comparison.rows()))
    every = [start for each in comparisons for pair in each.starts for start in pair]
    disturbed = sum(1 for start in every if start.foreign_cpus is not None and start.foreign_cpus > DISTURBING_CPUS)
    say(f"\n{disturbed} of {len(every)} starts were disturbed (more than {DISTURBING_CPUS} foreign CPUs); all count")


def save(file: Path, conditions: dict[str, Any], comparisons: Sequence[Comparison]) -> None:
    """Everything, raw starts included, as JSON."""
    document = {
        **conditions,
        "interval": "95 %, Student's t over the log ratios of pairs, widened to hold the ratio of medians",
        "comparisons": [asdict(each) for each in comparisons],
    }
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
