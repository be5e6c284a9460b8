"""CP-SAT on the whole problem, written in bulk, with its own callbacks for plans and bounds."""

from typing import Any

from ortools.sat.python import cp_model

from benchmarks.instances import Problem
from benchmarks.run import Run
from placement_opt.solvers.engines.cp_sat_writing import cp_sat_model, solution_values


class _Told(cp_model.CpSolverSolutionCallback):
    """Tells of each better plan with the bound of that moment."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def on_solution_callback(self) -> None:
        """Tell of a plan."""
        run = self._run
        run.step(run.points(self.objective_value), run.points(self.best_objective_bound))


def solve(problem: Problem, run: Run) -> None:
    """Write the model and solve it with two workers; writing counts."""
    del problem
    model = cp_sat_model(run.formulation)
    solver = cp_model.CpSolver()
    parameters: Any = solver.parameters
    parameters.num_workers = run.workers
    parameters.random_seed = run.seed
    parameters.relative_gap_limit = run.gap
    parameters.max_time_in_seconds = run.remaining_s
    solver.best_bound_callback = lambda bound: run.step(bound=run.points(bound))
    status = solver.solve(model, _Told(run))
    run.stop_reason = solver.status_name(status).lower()
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        run.step(bound=run.points(solver.best_objective_bound))
        run.plan(solution_values(solver.response_proto, run.formulation.n_variables))
