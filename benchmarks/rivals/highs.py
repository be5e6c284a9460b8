"""HiGHS, a mixed-integer solver, on the whole problem through its own Python package."""

from typing import Any

import highspy
import numpy as np

from benchmarks.instances import Problem
from benchmarks.run import Run
from placement_opt.solvers.engines.linear_program import LinearProgram, ObjectiveUnit


def solve(problem: Problem, run: Run) -> None:
    """Write the model and solve it; writing counts."""
    del problem
    unit = ObjectiveUnit.of(run.formulation)

    def told(event: Any) -> None:
        step = event.data_out
        plan, bound = (
            run.points(x * unit.units) for x in (step.mip_primal_bound, step.mip_dual_bound)
        )
        run.step(plan if np.isfinite(plan) else None, bound)

    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("threads", run.workers)
    highs.setOptionValue("random_seed", run.seed)
    highs.setOptionValue("mip_rel_gap", run.gap)
    highs.setOptionValue("time_limit", run.remaining_s)
    highs.passModel(_model(LinearProgram.of(run.formulation, unit)))
    highs.cbMipInterrupt.subscribe(told)
    highs.cbMipImprovingSolution.subscribe(told)
    highs.run()
    run.stop_reason = highs.modelStatusToString(highs.getModelStatus()).lower()
    info = highs.getInfo()
    run.step(bound=run.points(info.mip_dual_bound * unit.units))
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        run.plan(np.array(highs.getSolution().col_value))


def _model(program: LinearProgram) -> Any:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.gain), len(program.row_lower)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.gain
    model.col_lower_, model.col_upper_ = program.lower, program.upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = program.start.astype(np.int32)
    model.a_matrix_.index_ = program.member
    model.a_matrix_.value_ = program.value
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[is_integer] for is_integer in program.is_integer.tolist()]
    return model
