"""A measurement as it is told: a live line for the round that runs, a lasting line for every finished one."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from planner import text
from planner.basis import Quantity
from planner.cli.console import messages
from planner.measurement import request as events
from planner.measurement.runs import Run
from planner.measurement.statistics import summarise


class MeasurementProgress:
    """Shows the supervisor's events on stderr; without a terminal only the lasting lines appear."""

    def __init__(self, *, lasting: bool = True) -> None:
        self._lasting = lasting  # whether finished rounds leave a line
        console = messages()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[left]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._console = console
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, event: events.Event) -> None:
        """Tell one event."""
        match event:
            case events.Preparing():
                self.live(f"{event.model}: {event.sentence}", event.share, None)
            case events.RoundStarted():
                self.live(f"{event.model} · round {event.number} of about {event.planned}", None, event.eta_s)
            case events.Progress():
                speed = f" · {text.rate(event.tok_s)}" if event.tok_s is not None else ""
                words = f"{event.model} · round {event.number} of about {event.planned} · {event.phase}{speed}"
                self.live(words, event.share, event.eta_s)
            case events.RoundFinished() if self._lasting:
                self._console.print(Text(round_line(event)), soft_wrap=True)
            case events.RoundFinished():
                pass

    def live(self, words: str, share: float | None, eta_s: float | None) -> None:
        """Put this on the live line."""
        left = f"{text.seconds(eta_s)} left" if eta_s is not None else ""
        if self._task is None:
            self._task = self._progress.add_task(words, total=1.0, left=left)
        self._progress.update(self._task, description=words, left=left, completed=share or 0.0)


def round_line(event: events.RoundFinished) -> str:
    """«smollm2-135m int4 · round 2 of about 4 · decode 71.2 tok/s ±3 % at 128 tokens · 8 s left»."""
    run = event.run_so_far
    parts = [f"{event.model} {run.weight_format}", f"round {event.number} of about {event.planned}", *speeds(run)]
    if event.eta_s is not None and event.number < event.planned:
        parts.append(f"{text.seconds(event.eta_s)} left")
    return " · ".join(parts)


def speeds(run: Run) -> list[str]:
    """The decode and prefill throughput known so far, each at its shortest context or prompt."""
    summary = summarise(run)
    return [
        f"{name} {with_half_width(points[0][1])} at {points[0][0]:,} tokens"
        for name, points in (("decode", summary.decode), ("prefill", summary.prefill))
        if points
    ]


def with_half_width(figure: Quantity) -> str:
    """«31.4 tok/s ±4 %»: the wider half of the interval as a share of the value."""
    if figure.low is None or figure.high is None or figure.value == 0:
        return text.quantity(figure)
    half = max(figure.high - figure.value, figure.value - figure.low) / abs(figure.value)
    return f"{text.quantity(figure, interval=False)} ±{text.share(half)}"
