"""Why no plan keeps all limits, or meets all priced minimums, and the lightest ways out."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from placement_opt.answers.conflict import crossed
from placement_opt.answers.diagnosis import (
    ConflictOfLimits,
    Diagnosis,
    LimitChange,
    LimitInConflict,
    Relaxation,
)
from placement_opt.answers.in_whole_numbers import Verdict, limited_rows
from placement_opt.answers.limit_changes import (
    changes_of,
    cost_of,
    in_conflict,
    weights_by_name,
    weights_by_size,
)
from placement_opt.answers.limits import Limits, opened
from placement_opt.answers.minimal_sets import MinimalSets, Rows, minimal_sets
from placement_opt.answers.one_search import searched
from placement_opt.answers.relaxed import Moved, Moves, ends_of, least_moves, with_limits, without
from placement_opt.answers.some_plan import filled_up
from placement_opt.answers.still_infeasible import (
    Allowance,
    Answer,
    Judge,
)
from placement_opt.basics.arrays import Bools, Ints
from placement_opt.basics.errors import InternalError
from placement_opt.formulation.certificate import bound_in_points, without_gains
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.readings import Readings
from placement_opt.run.compiled import Compiled
from placement_opt.solvers.derived.rows_alone import rows_alone
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits

Weights = Mapping[str | tuple[str, str], float] | Literal["small_groups"] | None

SETS_SHARE = 0.6
"""Share of the time for finding conflicts and what mends them; the rest tells by how much."""

MOVES_S, PLAN_S = 5.0, 10.0
"""What one search for the least moves may take, and one for the best plan after them."""


@dataclass(frozen=True)
class Asked:
    """What `Model.diagnose` was asked for."""

    max_conflicts: int = 20
    max_relaxations: int = 20
    time_limit_s: float = 60.0
    weights: Weights = None
    solve_first: int = 3
    seed: int = 0


def diagnose(compiled: Compiled, asked: Asked) -> Diagnosis:
    """Return why no plan keeps all limits of a model; `Model.diagnose` says it in full."""
    return _Case(compiled, opened(compiled.formulation), (), asked).diagnosis()


def diagnose_short(compiled: Compiled, short: tuple[int, ...], asked: Asked) -> Diagnosis:
    """Return why priced minimums cannot all be met, by their rows."""
    formulation = _met(opened(compiled.formulation), short)
    return _Case(compiled, formulation, short, asked).diagnosis()


def rows_priced(compiled: Compiled) -> tuple[int, ...]:
    """Return the rows of priced minimums, ascending."""
    formulation, rows = compiled.formulation, set[int]()
    for number, block in enumerate(formulation.blocks):
        if block.limits is not None and block.variable_usage is not None:
            of_rows = block.variable_usage.tocsc()[:, np.flatnonzero(_shortfalls(block))].indices
            first, least = formulation.row_offsets[number], block.limits.least
            rows |= {first + row for row in of_rows.tolist() if least[row] is not None}
    return tuple(sorted(rows))


def rows_short(compiled: Compiled, solution: Solution) -> tuple[int, ...]:
    """Return those that a plan falls short of, ascending."""
    formulation, values = compiled.formulation, solution.values(compiled.formulation)
    short, priced = list[int](), np.array(rows_priced(compiled), dtype=np.int64)
    for number, block in enumerate(formulation.blocks):
        first, last = formulation.row_offsets[number : number + 2]
        mine = priced[(priced >= first) & (priced < last)] - first
        if mine.size and block.variable_usage is not None:
            own = np.where(_shortfalls(block), formulation.own_values(values, number), 0)
            short += (first + mine[(block.variable_usage @ own)[mine] > 0]).tolist()
    return tuple(short)


def _shortfalls(block: RowBlock) -> Bools:
    """Tell which own variables of a block are what its rows fall short of, shape (V,)."""
    used = None if block.limits is None else block.limits.is_used
    return np.zeros(block.n_own, dtype=np.bool_) if used is None else ~used


def _met(formulation: Formulation, rows: tuple[int, ...]) -> Formulation:
    """Return a problem in which the shortfalls of some rows are zero."""
    blocks = list(formulation.blocks)
    for number, block in enumerate(blocks):
        first, last = formulation.row_offsets[number : number + 2]
        mine = [row - first for row in rows if first <= row < last]
        if mine and block.variables is not None and block.variable_usage is not None:
            own = np.unique(block.variable_usage[mine].indices)
            own = own[_shortfalls(block)[own]]
            upper = block.variables.upper.copy()
            upper[own] = 0
            blocks[number] = replace(block, variables=replace(block.variables, upper=upper))
    return replace(formulation, blocks=tuple(blocks))


class _Case:
    """One question: a problem, what its rows limit, and which of them have to stay."""

    def __init__(
        self, compiled: Compiled, formulation: Formulation, stay: tuple[int, ...], asked: Asked
    ) -> None:
        self._until = time.perf_counter() + asked.time_limit_s
        self._compiled = compiled
        self._formulation = formulation
        self._bare = without_gains(formulation)
        self._limits = Limits.of(compiled)
        self._stay = stay
        self._asked = asked
        allowance = Allowance(SETS_SHARE * asked.time_limit_s)
        self._judge = Judge(self._bare, asked.seed, allowance)
        self._is_large = False
        self._readings, self._verdict_s = Readings(), 0.0

    @property
    def _left_s(self) -> float:
        return self._until - time.perf_counter()

    def diagnosis(self) -> Diagnosis:
        """Find conflicts and relaxations, and tell them."""
        asked = self._asked
        judge = self._judge
        rows = judge.untied(limited_rows(self._bare))
        self._is_large = judge.is_large(rows)
        weights = self._weights(rows)
        alone = crossed(self._bare)
        known = [] if alone is None else [Answer(Verdict.INFEASIBLE, alone, is_minimal=True)]
        found = minimal_sets(
            judge, rows, known, weights, asked.max_conflicts, asked.max_relaxations
        )
        return Diagnosis(
            is_feasible=found.has_plan,
            conflicts=tuple(
                ConflictOfLimits(limits=self._in_conflict(conflict), is_minimal=is_minimal)
                for conflict, is_minimal in found.conflicts.items()
            ),
            relaxations=self._relaxations(found, weights),
            has_all_conflicts=found.has_all_conflicts,
            has_all_relaxations=found.has_all_relaxations,
            short=self._in_conflict(self._stay),
        )

    def _weights(self, rows: Ints) -> dict[int, float | None]:
        """Return what each row weighs, None for one that has to stay."""
        given, weights = self._asked.weights, dict[int, float | None]()
        limits = [self._limits.of_row(row) for row in rows.tolist()]
        stay = [limit.row for limit in limits if limit.stays]
        if given == "small_groups":
            weights |= weights_by_size(limits)
        elif given is not None:
            weights |= weights_by_name(given, limits)
        return weights | dict.fromkeys([*self._stay, *stay])

    def _in_conflict(self, rows: Rows | tuple[int, ...]) -> tuple[LimitInConflict, ...]:
        return tuple(in_conflict(self._limits.of_row(row)) for row in sorted(rows))

    def _relaxations(
        self, found: MinimalSets, weights: Mapping[int, float | None]
    ) -> tuple[Relaxation, ...]:
        """Tell each set of rows as limits that move, and as limits that are dropped."""
        per_unit = {row: weight for row, weight in weights.items() if weight is not None}
        ways: list[tuple[tuple[float, float, int], Moved, Relaxation]] = []
        for place, rows in enumerate(found.relaxations):
            weight = sum(per_unit.get(row, 1.0) for row in rows)
            moves = self._moves(rows, per_unit)
            if moves is not None:
                cost = self._cost(moves, per_unit)
                move = self._told("move", moves.rows, rows, cost, is_minimal=moves.is_proven)
                ways.append(((weight, cost, place), moves.rows, move))
            drop = without(rows)
            ways.append(((weight, math.inf, place), drop, self._told("drop", drop, rows)))
        n_plans = sum(place < self._asked.solve_first for (*_, place), _, _ in ways)
        told = []
        for key, moved, way in ways:
            if key[2] < self._asked.solve_first:
                # A share is left over, so that the last plan is judged in time.
                seconds = self._left_s / (n_plans + 1) - self._verdict_s
                plan = self._plan(moved, min(PLAN_S, seconds))
                told.append((key, way.model_copy(update=plan)))
                n_plans -= 1
            else:
                told.append((key, way))
        told.sort(key=lambda one: one[0])
        return tuple(relaxation for _, relaxation in told)

    def _told(
        self,
        kind: Literal["move", "drop"],
        moved: Moved,
        rows: Rows,
        cost: float | None = None,
        *,
        is_minimal: bool = True,
    ) -> Relaxation:
        """Tell what becomes of the limits of some rows."""
        changes = self._changes(moved, rows)
        return Relaxation(kind=kind, changes=changes, is_minimal=is_minimal, cost=cost)

    def _moves(self, rows: Rows, weights: Mapping[int, float]) -> Moves | None:
        """Return by how little the limits of some rows have to move; None where that is not known.

        In a large problem that is asked of all rows in conflict alone, which is the least that it
        can be, and a plan of the whole then shows that it is enough.
        """
        seconds = min(MOVES_S, self._left_s)
        if seconds <= 0:
            return None
        search = SearchLimits(seconds, gap=0.0, seed=self._asked.seed)
        cost = {
            row: weights.get(row, 1.0) * float(abs(self._limits.of_row(row).size)) for row in rows
        }
        if not self._is_large:
            return least_moves(self._bare, cost, search)
        some = self._judge.with_ties(np.union1d(self._judge.core, sorted(rows)))
        place = {row: at for at, row in enumerate(some.tolist())}
        of_some = {place[row]: each for row, each in cost.items()}
        found = least_moves(rows_alone(self._bare, some), of_some, search)
        if found is None:
            return None
        moved = {int(some[at]): ends for at, ends in found.rows.items()}
        is_enough = self._judge.plan_of(moved, self._left_s) is not None
        return Moves(moved, found.is_proven) if is_enough else None

    def _cost(self, moves: Moves, weights: Mapping[int, float]) -> float:
        """Return by how much limits move, weighted."""
        return sum(
            weights.get(row, 1.0)
            * cost_of(self._limits.of_row(row), ends_of(self._bare, row), ends)
            for row, ends in moves.rows.items()
        )

    def _changes(self, moved: Moved, rows: Rows) -> tuple[LimitChange, ...]:
        """Tell what becomes of the ends of rows that move, or of all ends of rows that go."""
        return tuple(
            change
            for row in sorted(rows & moved.keys())
            for change in changes_of(self._limits.of_row(row), ends_of(self._bare, row), moved[row])
        )

    def _plan(self, moved: Moved, seconds: float) -> dict[str, float | int | None]:
        """Return what the best plan found under other limits brings, and how much it could be.

        Raises
        ------
        InternalError
            When the plain reading of the rules finds anything but the limits that gave way broken.
        """
        if seconds <= 0:
            return {}
        changed, compiled, start = with_limits(self._formulation, moved), self._compiled, None
        limits = SearchLimits(seconds, seed=self._asked.seed)
        if self._is_large:
            start = self._judge.plan_of(moved, seconds)
            start = None if start is None else filled_up(changed, start, limits)
        outcome = searched(changed, limits, start=start)
        if outcome.solution is None:
            return {}
        self._judge.remember(outcome.solution)
        began = time.perf_counter()
        verdict = compiled.judge(compiled.plan(outcome.solution, readings=self._readings))
        self._verdict_s = max(self._verdict_s, time.perf_counter() - began)
        gave_way = {(one.rule.title, one.group) for one in map(self._limits.of_row, moved)}
        wrong = [v for v in verdict.violations if (v.rule, v.about) not in gave_way]
        if wrong:
            raise InternalError(f"a plan under other limits breaks a rule: {wrong[0]}")
        points, bound = verdict.objective, None
        if outcome.bound is not None:
            bound = max(points, bound_in_points(compiled.formulation, outcome.bound))
        return {
            "placements": int(outcome.solution.chosen.size),
            "points": float(points),
            "points_bound": None if bound is None else float(bound),
        }
