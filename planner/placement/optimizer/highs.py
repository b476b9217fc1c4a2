"""HiGHS, run on one thread, in silence, and with a limit on its work instead of its time."""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np

from planner.placement.optimizer.answer import Answer
from planner.placement.optimizer.rows import Program

TOLERANCE = 1e-9
OPTIONS = {
    "parallel": "off",
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": TOLERANCE,
    "primal_feasibility_tolerance": TOLERANCE,
    "dual_feasibility_tolerance": TOLERANCE,
    # Neither helps problems of this kind, and both cost a third of a small one's time.
    "mip_heuristic_run_feasibility_jump": False,
    "mip_detect_symmetry": False,
}


class Silent(highspy.Highs):
    """A solver that says nothing: the first thing its making calls would print a banner on the standard output."""

    def enableCallbacks(self) -> None:  # noqa: N802
        """None are used; silence is asked for in their place."""
        self.setOptionValue("output_flag", False)


class Stoppable(Silent):
    """A silent solver that can be interrupted from within its search."""

    def enableCallbacks(self) -> None:  # noqa: N802
        """Silence first, since this prints as well."""
        super().enableCallbacks()
        highspy.Highs.enableCallbacks(self)


def search(made: Program, cost: list[float], most_nodes: int, stop: Callable[[], bool] | None = None) -> Answer:
    """The values that make `cost` least, or the best found in `most_nodes` nodes of the search tree.

    `stop` is asked between nodes; once it says so, the search ends with the best it has.
    """
    solver = Silent() if stop is None else _stoppable(stop)
    for name, value in OPTIONS.items():
        solver.setOptionValue(name, value)
    solver.setOptionValue("mip_max_nodes", most_nodes)
    solver.passModel(_model(made, cost))
    solver.run()
    info = solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Answer(
        values=list(solver.getSolution().col_value) if found else None,
        bound=info.mip_dual_bound,
        nodes=info.mip_node_count,
        stopped=solver.getModelStatus()
        not in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible},
    )


def _stoppable(stop: Callable[[], bool]) -> Stoppable:
    solver = Stoppable()

    def ask(event: highspy.highs.HighsCallbackEvent) -> None:
        if stop():
            event.interrupt()

    solver.cbMipInterrupt += ask
    return solver


def _model(made: Program, cost: list[float]) -> highspy.HighsLp:
    starts = [0]
    for row in made.rows:
        starts.append(starts[-1] + len(row))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(made.rows)
    model.col_cost_ = np.array(cost)
    model.col_lower_, model.col_upper_ = np.array(made.lower), np.array(made.upper)
    model.row_lower_, model.row_upper_ = np.array(made.row_lower), np.array(made.row_upper)
    kinds = {True: highspy.HighsVarType.kInteger, False: highspy.HighsVarType.kContinuous}
    model.integrality_ = [kinds[integer] for integer in made.integer]
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array(starts)
    model.a_matrix_.index_ = np.array([column for row in made.rows for column in row], dtype=np.int32)
    model.a_matrix_.value_ = np.array([value for row in made.rows for value in row.values()], dtype=float)
    return model
