"""How rounds become a run: identity, settings and conditions once, then the document after every round."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from planner.errors import MeasurementError
from planner.measurement.energy.recorder import EnergyRecorder
from planner.measurement.node_placement import NodePlacement, where_nodes_ran
from planner.measurement.round_record import RoundRecord
from planner.measurement.round_runner import Launch, new_id
from planner.measurement.runs import Conditions, Round, Run, RunOutcome, ThreadTrial

IDLE_S = 5.0  # of rest that is metered before the first round and after the last, where there is a meter
MOST_IDLE_S = 60.0  # a battery tells so slowly that it would take minutes


class RunWriter:
    """Writes one run as it grows."""

    def __init__(
        self, launch: Launch, trials: tuple[ThreadTrial, ...], conditions: Conditions, recorder: EnergyRecorder
    ) -> None:
        self.launch = launch
        self._trials = trials
        self._conditions = conditions
        self._recorder = recorder
        self._started_at = datetime.now(UTC)
        self._run_id = new_id(self._started_at)
        self._runtime = "onnxruntime"
        self._nodes: tuple[NodePlacement, ...] = ()

    def measure_idle(self, stop: threading.Event) -> None:
        """Meter the machine at rest; at once where there is nothing to meter with."""
        shortest_s = self._recorder.shortest_window_s or 0.0
        self._recorder.measure_idle(min(max(IDLE_S, 2 * shortest_s), MOST_IDLE_S), stop)

    def find_nodes(self, stop: threading.Event) -> None:
        """Find out on which providers the graph's nodes run; unknown where a provider cannot be timed so."""
        launch = self.launch
        with contextlib.suppress(MeasurementError):  # the rounds ran: their figures stand without it
            self._nodes = where_nodes_ran(
                launch.model.folder.graph_path,
                launch.model.decoder(),
                launch.execution_provider,
                launch.threads,
                python=launch.python,
                memory_limit_bytes=launch.memory_limit_bytes,
                stop=stop,
            )

    def close(self, record: RoundRecord) -> Round:
        """A finished round as a value, with its energy."""
        self._runtime = record.runtime or self._runtime
        return record.close(self._recorder.round_energy(record.spans))

    def run(self, rounds: Sequence[Round], outcome: RunOutcome, message: str) -> Run:
        """The run with these rounds."""
        model = self.launch.model
        return Run(
            run_id=self._run_id,
            started_at=self._started_at,
            finished_at=datetime.now(UTC),
            model=model.identity,
            weight_format=model.weight_format,
            settings=self.launch.settings(self._runtime, self._trials),
            conditions=self._conditions,
            rounds=tuple(rounds),
            energy=self._recorder.run_energy(),
            nodes=self._nodes,
            outcome=outcome,
            message=message,
        )
