"""Models on a device as lines of a table: figures at usual lengths, limits, and the run behind them."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.basis import Basis, Quantity
from planner.measurement.runs import Run
from planner.profiles.performance import ModelPerformance, RatePoint
from planner.profiles.profile import DeviceProfile
from ui.device_verbs import ReachedLimit
from ui.verbs import Verbs

USUAL_TOKENS = 512
BASIS_WORDS = {Basis.ESTIMATED: "predicted"}


@dataclass(frozen=True)
class PerformanceRow:
    """One line of the table: a model in a format on this device, with the run behind it if it was measured here."""

    performance: ModelPerformance
    ttft_s: Quantity | None
    run: Run | None
    limit: ReachedLimit | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same line after a new measurement."""
        known = self.performance
        return known.model, known.weight_format, known.runtime, known.execution_provider

    @property
    def prefill(self) -> RatePoint | None:
        """The prefill figure nearest to a usual prompt."""
        return nearest(self.performance.prefill)

    @property
    def decode(self) -> RatePoint | None:
        """The decode figure nearest to a usual context."""
        return nearest(self.performance.decode)

    @property
    def category(self) -> str:
        """Model and format, as a line of a chart is named."""
        return f"{self.performance.model} {self.performance.weight_format}"

    @property
    def basis_words(self) -> str:
        """«measured», «published», «predicted»."""
        return BASIS_WORDS.get(self.performance.basis, self.performance.basis.value)

    @property
    def when(self) -> str:
        """The day it was measured, published or predicted."""
        if self.run is not None:
            return text.day(self.run.finished_at.date())
        figure = self.decode or self.prefill
        return text.day(figure.tok_s.as_of if figure else None)


def nearest(points: tuple[RatePoint, ...]) -> RatePoint | None:
    """The point nearest to 512 tokens; one that states no length only where there is no other."""
    stated = [point for point in points if point.tokens is not None]
    if stated:
        return min(stated, key=lambda point: abs((point.tokens or 0) - USUAL_TOKENS))
    return points[0] if points else None


def performance_rows(profile: DeviceProfile, verbs: Verbs) -> tuple[PerformanceRow, ...]:
    """Every model this device is known or foretold to run."""
    runs = {run.run_id: run for run in profile.runs}
    rows: list[PerformanceRow] = []
    for performance in verbs.performances(profile):
        run = runs.get(performance.run_id or "")
        ttft_s = _ttft_s(profile, performance, run, verbs)
        rows.append(PerformanceRow(performance, ttft_s, run, verbs.device.decode_limit(performance, profile)))
    return tuple(rows)


def _ttft_s(profile: DeviceProfile, performance: ModelPerformance, run: Run | None, verbs: Verbs) -> Quantity | None:
    """TTFT of a 512-token prompt, where the run timed it, its source states it or its prefill is foretold."""
    if run is not None:
        return dict(verbs.summarise(run).ttft_s).get(USUAL_TOKENS)
    for figure in profile.figures:
        same = (figure.model, figure.weight_format, figure.runtime, figure.execution_provider) == (
            performance.model,
            performance.weight_format,
            performance.runtime,
            performance.execution_provider,
        )
        if same and figure.prefill_tokens == USUAL_TOKENS and figure.ttft_s is not None:
            return figure.ttft_s
    return verbs.device.ttft_s(performance, USUAL_TOKENS) if performance.basis is Basis.ESTIMATED else None
