"""All minimal sets of limits that contradict each other, and all minimal ways to mend that.

Each way to mend drops a limit of every conflict. So the lightest set of limits that hits all
conflicts known so far is tried: where the other limits have a plan, it is a minimal relaxation;
where they have none, they hold another conflict. When no set is left to try, both lists are
complete (Liffiton and others, MARCO, Constraints 2016; here with the lightest sets first).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from placement_opt.answers.conflict import shrunk
from placement_opt.answers.in_whole_numbers import Verdict
from placement_opt.answers.still_infeasible import Answer, Judge
from placement_opt.basics.arrays import Ints

Rows = frozenset[int]

WEIGHT_UNITS = 1_000
"""Weights are rounded to a thousandth."""

FEW_ROWS, SHRINKING_S = 200, 2.0
"""A conflict of so few rows is shown to be minimal in a moment, also where time is up."""

HITTING_S = 10.0
"""What one search for the lightest set may take; more than a moment is never needed."""


@dataclass
class MinimalSets:
    """Conflicts and relaxations of a problem, as sets of rows.

    Parameters
    ----------
    conflicts
        Sets of rows without a plan, and whether each is shown to be minimal, in the order found.
    relaxations
        Minimal sets of rows without which there is a plan, the lightest first.
    has_plan
        True where a plan keeps all rows, False where none does, None where that is not known.
    has_all_conflicts, has_all_relaxations
        True where nothing is missing from either.
    """

    conflicts: dict[Rows, bool] = field(default_factory=dict)
    relaxations: list[Rows] = field(default_factory=list)
    has_plan: bool | None = None
    has_all_conflicts: bool = False
    has_all_relaxations: bool = False


def minimal_sets(
    judge: Judge,
    rows: Ints,
    known: Sequence[Answer],
    weights: Mapping[int, float | None],
    most_conflicts: int,
    most_relaxations: int,
) -> MinimalSets:
    """Find minimal conflicts and minimal relaxations until all are found, or time is up.

    Parameters
    ----------
    judge
        Tells whether rows have a plan, as long as its allowance lasts.
    rows
        All rows that limit something, ascending.
    known
        Conflicts that are known beforehand.
    weights
        What it weighs to drop a row: 1 where nothing is said, None where it may not be dropped.
    most_conflicts, most_relaxations
        So many of each are enough.
    """
    found, unknown = MinimalSets(), list[Rows]()
    for answer in known:
        _add(found, answer, judge)
    while not judge.allowance.is_spent:
        enough = len(found.conflicts) >= most_conflicts
        if enough and len(found.relaxations) >= most_relaxations:
            break
        tried, is_over = _lightest(found, unknown, weights, judge)
        if tried is None:
            found.has_all_conflicts = found.has_all_relaxations = is_over and not unknown
            break
        answer = judge.ask(rows[~np.isin(rows, list(tried))])
        if answer.verdict is Verdict.INFEASIBLE:
            _add(found, answer, judge)
        elif answer.verdict is Verdict.FEASIBLE:
            found.relaxations.append(tried)
        else:
            unknown.append(tried)
    if found.conflicts:
        found.has_plan = False
    elif frozenset() in found.relaxations:
        found.has_plan = True
        found.relaxations, found.has_all_conflicts = [], True
        found.has_all_relaxations = True
    _keep(found, most_conflicts, most_relaxations)
    return found


def _add(found: MinimalSets, answer: Answer, judge: Judge) -> None:
    """Leave out of an infeasible set what it does not need, and note what is left."""
    if answer.rows.size <= FEW_ROWS:
        judge.allowance.at_least(SHRINKING_S)
    least = answer if answer.is_minimal else shrunk(answer, judge) or answer
    found.conflicts[frozenset(least.rows.tolist())] = least.is_minimal


def _keep(found: MinimalSets, most_conflicts: int, most_relaxations: int) -> None:
    """Keep no more than was asked for."""
    if len(found.conflicts) > most_conflicts:
        found.conflicts = dict(list(found.conflicts.items())[:most_conflicts])
        found.has_all_conflicts = False
    if len(found.relaxations) > most_relaxations:
        found.relaxations = found.relaxations[:most_relaxations]
        found.has_all_relaxations = False


def _lightest(
    found: MinimalSets, unknown: Sequence[Rows], weights: Mapping[int, float | None], judge: Judge
) -> tuple[Rows | None, bool]:
    """Return the lightest set of rows that hits all conflicts and holds no set tried before.

    Where there is none, it is also told whether that is proven.
    """
    from ortools.sat.python import cp_model

    tried = [*found.relaxations, *unknown]
    if not found.conflicts:
        return (None, True) if tried else (frozenset(), False)
    model: Any = cp_model.CpModel()
    dropped = {row: model.new_bool_var("") for row in sorted(frozenset().union(*found.conflicts))}
    for row, literal in dropped.items():
        if weights.get(row, 1.0) is None:
            model.add(literal == 0)
    for conflict in found.conflicts:
        model.add_bool_or([dropped[row] for row in sorted(conflict)])
    for rows in tried:
        model.add_bool_or([~dropped[row] for row in sorted(rows)])
    weight = {row: max(1, round(WEIGHT_UNITS * (weights.get(row) or 1.0))) for row in dropped}
    model.minimize(sum(weight[row] * literal for row, literal in dropped.items()))
    solver = judge.solver(HITTING_S)
    status = solver.solve(model)
    if status != cp_model.OPTIMAL:
        return None, status == cp_model.INFEASIBLE
    return frozenset(row for row, literal in dropped.items() if solver.value(literal)), False
