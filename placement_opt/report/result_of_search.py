"""From the end of a search to a result: a verified plan, told with what is proven of it."""

from collections.abc import Mapping
from typing import Any

from placement_opt.answers.conflict import Conflict, conflict_of
from placement_opt.answers.conflict_names import names_of
from placement_opt.answers.openings import opening_rows
from placement_opt.answers.row_prices import row_prices
from placement_opt.answers.unplaced import unplaced_rows
from placement_opt.basics.rows import ProofPart
from placement_opt.basics.status import Status
from placement_opt.formulation.certificate import bound_in_points, told_bound
from placement_opt.formulation.certificate_record import CertificateRecord
from placement_opt.instance.plan import Plan
from placement_opt.report.costs import cost_rows
from placement_opt.report.paths import path_rows
from placement_opt.report.tables import (
    blocking_rows,
    budget_rows,
    coach_rows,
    expected_placements,
    placement_rows,
    quota_rows,
    term_rows,
)
from placement_opt.run.assumptions import assumption_rows
from placement_opt.run.compiled import Compiled
from placement_opt.run.progress import Stopwatch
from placement_opt.run.result_record import PERIODS, VARIANTS, ResultRecord
from placement_opt.run.run_record import RunParameters, RunRecord
from placement_opt.run.start_plan import Started
from placement_opt.run.two_readings import contradicted, contradictions, plan_kept
from placement_opt.run.verification import Fault, Verdict
from placement_opt.solvers.search.base import Ending, Outcome, Search
from placement_opt.solvers.search.resident_memory import peak_memory_mb


def result_of(
    compiled: Compiled,
    search: Search,
    ending: Ending,
    parameters: RunParameters,
    watch: Stopwatch,
    started: Started,
) -> ResultRecord:
    """Return the result of a search that has ended.

    Parameters
    ----------
    compiled
        The model in integers.
    search, ending
        The search, and how it ended.
    parameters
        What `solve` was asked.
    watch
        Knows the seconds of each phase so far; those of the verdict are added.
    started
        What became of the start plan.

    Raises
    ------
    InternalError
        When the plan fails verification, or cannot be told; it holds the plan.
    """
    outcome = search.outcome(ending)
    judged, faults = None, tuple[Fault, ...]()
    with plan_kept(compiled, search, outcome.solution, started.coach_of):
        if outcome.solution is not None:
            with watch.phase("verify"):
                plan = compiled.plan(outcome.solution, started.coach_of)
                verdict = compiled.judge(plan)
                faults = contradictions(compiled, search, outcome.solution, plan, verdict)
                judged = (plan, verdict)
        result = _told(compiled, search, outcome, judged, parameters, watch.seconds, started)
        return contradicted(result, faults, compiled.formulation.points(search.gained or 0))


def _told(
    compiled: Compiled,
    search: Search,
    outcome: Outcome,
    judged: tuple[Plan, Verdict] | None,
    parameters: RunParameters,
    seconds: Mapping[str, float],
    started: Started,
) -> ResultRecord:
    """Tell an outcome; `judged` is the verified plan with its verdict, None without a plan."""
    instance, formulation = compiled.pairs.instance, compiled.formulation
    stats = _stats(compiled, search, outcome, seconds)
    tables: dict[str, Any] = {}
    objective = None
    if judged is not None:
        tables = _tables(compiled, search, outcome, *judged)
        objective = float(judged[1].objective)
    bound, certified = _bounds(compiled, outcome, search, judged)
    conflict = None
    if outcome.status is Status.INFEASIBLE:
        conflict = conflict_of(formulation, search)
        tables |= _conflicts(conflict, compiled)
    return ResultRecord(
        region=instance.region.name,
        date=None if instance.region.date is None else instance.region.date.isoformat(),
        status=outcome.status,
        stop_reason=outcome.stop_reason,
        objective=objective,
        bound=bound,
        certified_bound=certified,
        proof=_proof(outcome, search, bound, certified),
        n_candidates=instance.n_candidates,
        start=started.outcome,
        remark_rows=compiled.remarks,
        assumption_rows=assumption_rows(compiled),
        stats=stats,
        run=RunRecord.of(compiled, parameters, None if judged is None else judged[0]),
        certificate=_certificate(search, conflict),
        **tables,
    )


def _conflicts(conflict: Conflict, compiled: Compiled) -> dict[str, Any]:
    if not conflict.rows.size:
        return {}
    names = names_of(compiled.formulation, compiled.rules_of_blocks, conflict.rows)
    return {"conflicts": names, "conflicts_are_minimal": conflict.is_minimal}


def _tables(
    compiled: Compiled, search: Search, outcome: Outcome, plan: Plan, verdict: Verdict
) -> dict[str, Any]:
    formulation, solution = compiled.formulation, outcome.solution
    if solution is None:
        return {}
    prices = row_prices(formulation, search)
    points = formulation.objective.points_of(solution.chosen)
    rules = compiled.rules
    return {
        "placement_rows": placement_rows(plan, points, compiled.rules, compiled.terms),
        "expected_placements": expected_placements(plan, compiled.terms),
        "unplaced_rows": unplaced_rows(compiled.pairs, formulation, solution, rules, prices),
        "opening_rows": opening_rows(compiled, solution, prices),
        "path_rows": path_rows(plan),
        "quota_rows": quota_rows(plan, compiled.rules, compiled.pairs),
        "coach_rows": coach_rows(plan, compiled.rules),
        "budget_rows": budget_rows(plan, compiled.rules),
        "cost_rows": cost_rows(plan, compiled.rules),
        "term_rows": term_rows(verdict),
        "blocking_rows": blocking_rows(plan, compiled.rules),
    }


def _bounds(
    compiled: Compiled,
    outcome: Outcome,
    search: Search,
    judged: tuple[Plan, Verdict] | None,
) -> tuple[float | None, float | None]:
    """Return bound and certified bound in points, never below the plan's own objective.

    Where no plan exists there is nothing to bound.
    """
    if outcome.status is Status.INFEASIBLE:
        return None, None
    objective = None if judged is None else judged[1].objective

    def told(units: int | None) -> float | None:
        if units is None:
            return None
        return told_bound(bound_in_points(compiled.formulation, units), objective)

    return told(outcome.bound), told(search.certified)


def _proof(
    outcome: Outcome, search: Search, bound: float | None, certified: float | None
) -> tuple[ProofPart, ...]:
    parts = []
    over = "all eligible pairs"
    if certified is not None:
        parts.append(ProofPart(bound=certified, by="dual prices", how="exact re-check", over=over))
    if outcome.status is Status.INFEASIBLE:
        by = outcome.proven_by or "solver"
        parts.append(ProofPart(bound=None, by=by, how="infeasible", over=over))
    elif outcome.bound is not None and outcome.bound != search.certified:
        by = outcome.proven_by or "solver"
        parts.append(ProofPart(bound=bound, by=by, how="solver's word", over=over))
    return tuple(parts)


def _certificate(search: Search, conflict: Conflict | None) -> CertificateRecord | None:
    if conflict is not None:
        # Of the rows in conflict alone where they have prices: those are told, too.
        ray = conflict.certificate(search.formulation) or search.ray
        return None if ray is None else CertificateRecord.of_no_plan(ray)
    if search.certificate is None or search.certified is None:
        return None
    return CertificateRecord.of_bound(
        search.certificate, search.certified_formulation, search.certified
    )


def _stats(
    compiled: Compiled, search: Search, outcome: Outcome, seconds: Mapping[str, float]
) -> dict[str, Any]:
    """Return what was measured; `ResultRecord` says what it is."""
    formulation, pairs = compiled.formulation, compiled.pairs
    return {
        "candidates": pairs.instance.n_candidates,
        "openings": pairs.instance.n_openings,
        "pairs": pairs.n_distinct,
        **({} if pairs.variant is None else {VARIANTS: pairs.n_pairs}),
        **({PERIODS: len(periods)} if (periods := pairs.instance.region.periods) else {}),
        "rows": formulation.n_rows,
        "variables": formulation.n_variables,
        "peak_memory_mb": peak_memory_mb(),
        "seconds": {name: round(spent, 3) for name, spent in seconds.items()},
        "elapsed_s": round(search.clock.elapsed_s, 3),
        "found_by": outcome.found_by,
        "proven_by": outcome.proven_by,
        "way": list(search.notes),
        "trace": [
            {
                "elapsed_s": round(event.elapsed_s, 3),
                "source": event.source,
                "objective": event.objective,
                "bound": event.bound,
            }
            for event in search.trace
        ],
    }
