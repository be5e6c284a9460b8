"""The process behind `benchmarks.apart`: builds, compiles, solves, and writes what it learns."""

import json
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from benchmarks.attempt import Question
from benchmarks.instances import Problem, instances
from benchmarks.memory import peak_mb
from benchmarks.rivals import rival
from benchmarks.run import DoesNotApplyError, Run, Step


def main(question: Question, told: Path) -> None:
    """Answer one question; each thing learnt is one line, written at once."""
    with told.open("w", encoding="utf-8", buffering=1) as file:
        started = time.perf_counter()
        (instance,) = instances(question.instance)
        problem = instance.build(question.seed)
        built = time.perf_counter()
        compiled = problem.model.compile()
        compiled_s = time.perf_counter() - built
        formulation = compiled.formulation
        learnt = {
            "candidates": compiled.pairs.instance.n_candidates,
            "openings": compiled.pairs.instance.n_openings,
            "pairs": formulation.n_pairs,
            "rows": formulation.n_rows,
            "variables": formulation.n_variables,
            "best_known": problem.best_known,
            "build_s": built - started,
            "compile_s": compiled_s,
            "compiled_memory_mb": peak_mb(),
        }
        _write(file, learnt)
        _write(file, _solved(question, problem, file))


def _solved(question: Question, problem: Problem, file: TextIO) -> dict[str, Any]:
    # Loaded before the clock starts: seconds of imports are no part of any solver's time.
    solve = rival(question.solver)

    def tell(step: Step) -> None:
        _write(file, {"step": step})

    formulation = problem.model.compile().formulation
    limits = (question.time_limit_s, question.gap, question.seed, question.workers)
    run = Run(formulation, *limits, tell)
    try:
        solve(problem, run)
        seconds: float | None = run.elapsed_s
    except DoesNotApplyError as reason:
        return {"stop_reason": f"does not apply: {reason}"}
    return {
        "seconds": seconds,
        "objective": run.objective,
        "bound": run.bound,
        "certified_bound": run.certified_bound,
        "stop_reason": run.stop_reason,
        "error": run.error,
    }


def _write(file: TextIO, line: dict[str, Any]) -> None:
    file.write(json.dumps(line) + "\n")
    file.flush()


if __name__ == "__main__":
    main(Question(**json.loads(sys.argv[1])), Path(sys.argv[2]))
