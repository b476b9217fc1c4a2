"""How far a measurement is and how long it will still take."""

from __future__ import annotations

from planner.measurement.grid import Grid

DECODE_STEP_WEIGHT = 6.0
"""One single-token step takes about as long as this many tokens of prefill (first-hand, 2-core CPU: 3 to 10)."""


class Pace:
    """Guesses the first round from what of its grid is done; later rounds from those before."""

    def __init__(self) -> None:
        self._round_weight = 1.0
        self._round_durations_s: list[float] = []
        self._began_s = 0.0
        self._loaded_s: float | None = None
        self._heard_s = 0.0  # when something was last done
        self._warm_up_s = 0.0
        self._weight = 0.0
        self._seen: set[tuple[str, int]] = set()

    def begin_round(self, now_s: float, grid: Grid) -> None:
        """A child process was started and will walk this grid."""
        steps = len(grid.context_tokens) * grid.decode_series * grid.decode_steps
        self._round_weight = float(grid.lengths[0] + sum(grid.lengths)) + steps * DECODE_STEP_WEIGHT
        self._began_s, self._loaded_s, self._weight, self._warm_up_s = now_s, None, 0.0, 0.0
        self._heard_s = now_s
        self._seen.clear()

    def loaded(self, now_s: float) -> None:
        """Its model is loaded; from here on time goes with the tokens."""
        self._loaded_s = self._heard_s = now_s

    def warmed_up(self, now_s: float) -> None:
        """The warm-up is over; its time says nothing of the grid's."""
        self._warm_up_s = now_s - self._heard_s

    def prefilled(self, kind: str, tokens: int, now_s: float) -> None:
        """A prefill is done; its repeats are not in the forecast and count once."""
        self._heard_s = now_s
        if (kind, tokens) not in self._seen:
            self._seen.add((kind, tokens))
            self._weight += tokens

    def decoded(self, steps: int) -> None:
        """A series of single-token steps is done."""
        self._weight += steps * DECODE_STEP_WEIGHT

    def end_round(self, now_s: float) -> None:
        """The round is complete."""
        self._round_durations_s.append(now_s - self._began_s)

    def round_share(self) -> float:
        """Share of the running round's grid that is done, 0…1."""
        return min(self._weight / self._round_weight, 1.0)

    def round_s(self, now_s: float) -> float | None:
        """Duration of a whole round; None before anything is known."""
        if self._round_durations_s:
            return sum(self._round_durations_s) / len(self._round_durations_s)
        if self._loaded_s is None or self._weight == 0:
            return None
        fixed_s = self._loaded_s - self._began_s + self._warm_up_s
        return fixed_s + (now_s - self._began_s - fixed_s) / self.round_share()

    def eta_s(self, now_s: float, rounds_left: int) -> float | None:
        """Time left: the rest of the running round and `rounds_left` whole ones; None before anything is known."""
        round_s = self.round_s(now_s)
        if round_s is None:
            return None
        return max(round_s - (now_s - self._began_s), 0.0) + rounds_left * round_s
