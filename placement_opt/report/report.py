"""Turns an outcome into a result: tables, reasons, proof, statistics and the record of the run."""

import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from placement_opt.answers.conflict import Conflict, conflict_of
from placement_opt.answers.conflict_names import names_of
from placement_opt.answers.row_prices import row_prices
from placement_opt.answers.unplaced import unplaced_rows
from placement_opt.basics.rows import ProofPart
from placement_opt.basics.status import Status
from placement_opt.formulation.certificate import NO_PLAN, Certificate, bound_in_points, told_bound
from placement_opt.formulation.mixed_integer_rounding import cuts_of
from placement_opt.instance.instance import Floats
from placement_opt.instance.plan import Plan
from placement_opt.records.json_text import part_record
from placement_opt.report.costs import cost_rows
from placement_opt.report.tables import (
    budget_rows,
    coach_rows,
    placement_rows,
    quota_rows,
    term_rows,
)
from placement_opt.run.compiled import Compiled
from placement_opt.run.decisions import unread_rows
from placement_opt.run.result_record import ResultRecord
from placement_opt.run.start_outcome import StartOutcome
from placement_opt.run.verification import Verdict
from placement_opt.solvers.search.base import Outcome, Search, Solution
from placement_opt.solvers.search.resident_memory import peak_memory_mb


def report(
    compiled: Compiled,
    search: Search,
    outcome: Outcome,
    judged: tuple[Plan, Verdict] | None,
    stats: Mapping[str, Any],
    parameters: Mapping[str, Any],
    start: StartOutcome | None = None,
) -> ResultRecord:
    """Build the result of a solve.

    Parameters
    ----------
    compiled
        The model in integers.
    search, outcome
        How the search went and what it found.
    judged
        The verified plan with its verdict, or None without a plan.
    stats
        Seconds per phase and what else the model measured.
    parameters
        The parameters of `solve`.
    start
        What became of the start plan, where one was given.
    """
    instance = compiled.pairs.instance
    region, formulation = instance.region, compiled.formulation
    tables: dict[str, Any] = {}
    objective = None
    if judged is not None and outcome.solution is not None:
        prices = row_prices(formulation, search)
        tables = _tables(compiled, outcome.solution, *judged, prices)
        objective = float(judged[1].objective)
    bound, certified = _bounds(compiled, outcome, search, judged)
    conflict = None
    if outcome.status is Status.INFEASIBLE:
        conflict = conflict_of(formulation, search)
        tables |= _told(conflict, compiled)
    return ResultRecord(
        region=region.name,
        date=None if region.date is None else region.date.isoformat(),
        status=outcome.status,
        stop_reason=outcome.stop_reason,
        objective=objective,
        bound=bound,
        certified_bound=certified,
        proof=_proof(outcome, search, bound, certified),
        n_candidates=instance.n_candidates,
        start=start,
        remark_rows=compiled.remarks,
        stats={**_sizes(compiled), **stats, "way": list(search.notes), "trace": _trace(search)},
        run=_run_record(compiled, parameters, None if judged is None else judged[0]),
        certificate=_certificate(search, conflict),
        **tables,
    )


def _told(conflict: Conflict, compiled: Compiled) -> dict[str, Any]:
    if not conflict.rows.size:
        return {}
    names = names_of(compiled.formulation, compiled.rules_of_blocks, conflict.rows)
    return {"conflicts": names, "conflicts_are_minimal": conflict.is_minimal}


def _tables(
    compiled: Compiled, solution: Solution, plan: Plan, verdict: Verdict, prices: Floats
) -> dict[str, Any]:
    instance, formulation = compiled.pairs.instance, compiled.formulation
    points = formulation.objective.points_of(solution.chosen)
    titles_nl = {rule.title: rule.title_nl or rule.title for rule in compiled.rules}
    return {
        "placement_rows": placement_rows(plan, points, compiled.rules),
        "unplaced_rows": unplaced_rows(compiled.pairs, formulation, solution, titles_nl, prices),
        "quota_rows": quota_rows(instance, plan, compiled.rules),
        "coach_rows": coach_rows(instance, plan, compiled.rules),
        "budget_rows": budget_rows(instance, plan, compiled.rules),
        "cost_rows": cost_rows(instance, plan),
        "term_rows": term_rows(verdict),
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


def _sizes(compiled: Compiled) -> dict[str, Any]:
    formulation, pairs = compiled.formulation, compiled.pairs
    return {
        "candidates": pairs.instance.n_candidates,
        "openings": pairs.instance.n_openings,
        "pairs": pairs.n_pairs,
        "rows": formulation.n_rows,
        "variables": formulation.n_variables,
        "peak_memory_mb": peak_memory_mb(),
    }


def _trace(search: Search) -> list[dict[str, Any]]:
    """Return the best plan and bound over time."""
    return [
        {
            "elapsed_s": round(event.elapsed_s, 3),
            "source": event.source,
            "objective": event.objective,
            "bound": event.bound,
        }
        for event in search.trace
    ]


def _run_record(
    compiled: Compiled, parameters: Mapping[str, Any], plan: Plan | None
) -> dict[str, Any]:
    instance = compiled.pairs.instance
    packages = ("placement_opt", "ortools", "numpy", "scipy", "pydantic")
    rulebook = instance.known_rulebook
    return {
        "versions": {name: _version(name) for name in packages}
        | {"python": platform.python_version()},
        "parameters": dict(parameters),
        "input": compiled.fingerprint,
        "rules": [part_record(rule) for rule in compiled.rules],
        "unread": unread_rows(instance, compiled.rules, plan),
        "objective": [part_record(term) for term in compiled.terms],
        "rulebook": None if rulebook is None else rulebook.run_record(),
        "status": "proposal, to be confirmed by a person",
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "not installed"


def _certificate(search: Search, conflict: Conflict | None) -> dict[str, Any] | None:
    if conflict is not None:
        # Of the rows in conflict alone where they have prices: those are told, too.
        ray = conflict.certificate(search.formulation) or search.ray
        return None if ray is None else {"proves": NO_PLAN, **_prices(ray)}
    if search.certificate is None:
        return None
    return {
        **_prices(search.certificate),
        "cuts": [asdict(cut) for cut in cuts_of(search.certified_formulation)],
        "bound_units": search.certified,
        "scale": search.formulation.objective.scale,
    }


def _prices(certificate: Certificate) -> dict[str, Any]:
    priced = np.flatnonzero(certificate.prices)
    return {
        "bits": certificate.bits,
        "rows": int(certificate.prices.size),
        "row": priced.tolist(),
        "price": certificate.prices[priced].tolist(),
    }
