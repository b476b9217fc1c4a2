"""What is told while a measurement runs: which round of how many, how fast, how long still."""

from __future__ import annotations

import time

from planner.measurement.grid import Grid
from planner.measurement.messages import ChildMessage, DecodeTimed, FirstRun, Loaded, PhaseBegan, PrefillTimed, WarmedUp
from planner.measurement.pace import Pace
from planner.measurement.request import OnEvent, Progress, RoundFinished, RoundStarted
from planner.measurement.runs import Run
from planner.measurement.statistics import tpot_s


class Teller:
    """Turns what happens into events with a forecast."""

    def __init__(self, model: str, on_event: OnEvent) -> None:
        self._model = model
        self._on_event = on_event
        self._pace = Pace()
        self._number = 0
        self._planned = 0
        self._phase = ""
        self._share = 0.0

    def round_started(self, number: int, planned: int, grid: Grid) -> None:
        """A child process is about to start; `planned` counts all rounds expected."""
        now_s = time.monotonic()
        self._number, self._planned = number, max(planned, number)
        self._pace.begin_round(now_s, grid)
        self._on_event(
            RoundStarted(model=self._model, number=number, planned=self._planned, eta_s=self._eta_s(now_s)),
        )

    def heard(self, message: ChildMessage) -> None:
        """The child said something: tell phases and samples."""
        now_s = time.monotonic()
        match message:
            case PhaseBegan():
                self._phase = message.phase
                self._progress(now_s, None)
            case Loaded():
                self._pace.loaded(now_s)
            case FirstRun():
                self._pace.prefilled("first run", message.prompt_tokens, now_s)
                self._progress(now_s, message.prompt_tokens / message.duration_s)
            case WarmedUp():
                self._pace.warmed_up(now_s)
            case PrefillTimed():
                self._pace.prefilled("prefill", message.tokens, now_s)
                self._progress(now_s, message.tokens / message.duration_s)
            case DecodeTimed():
                self._pace.decoded(len(message.token_times_s))
                self._progress(now_s, 1 / tpot_s(message.token_times_s))
            case _:
                return

    def round_complete(self) -> None:
        """The running round ran its whole grid, so its duration forecasts the next."""
        self._pace.end_round(time.monotonic())

    def round_finished(self, run_so_far: Run, planned: int) -> None:
        """A round ended and is part of the run."""
        round_s = self._pace.round_s(time.monotonic())
        left = max(planned - self._number, 0)
        self._on_event(
            RoundFinished(
                model=self._model,
                number=self._number,
                planned=max(planned, self._number),
                run_so_far=run_so_far,
                eta_s=0.0 if left == 0 else None if round_s is None else left * round_s,
            )
        )

    def _progress(self, now_s: float, tok_s: float | None) -> None:
        # More rounds may be planned after one that widened the interval; a bar that runs backwards helps nobody.
        self._share = max(self._share, (self._number - 1 + self._pace.round_share()) / self._planned)
        self._on_event(
            Progress(
                model=self._model,
                number=self._number,
                planned=self._planned,
                phase=self._phase,
                tok_s=tok_s,
                share=self._share,
                eta_s=self._eta_s(now_s),
            )
        )

    def _eta_s(self, now_s: float) -> float | None:
        return self._pace.eta_s(now_s, self._planned - self._number)
