"""Tells whether a change places a person, by solving what it makes of the region.

Small problems are solved whole, with and without the person: then it is proven. In large ones the
region is made again over the plan, everybody's best pairs and all of the person's, and solved near
the plan; what is found is a plan of the changed region, judged by all of its rules.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from scipy import sparse
from typing_extensions import override

from placement_opt.answers.changed_models import holding
from placement_opt.answers.likely_changes import prices_of_like_rows
from placement_opt.answers.pace import Pace
from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.answers.possible_changes import Possible
from placement_opt.answers.regrets import Regrets
from placement_opt.answers.solve_again import solve_near
from placement_opt.answers.some_compiled import Ends, compiled_some
from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.status import OPTIMAL_GAP, Status
from placement_opt.constraints.base import Rule
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange
from placement_opt.pairs.table import PairTable
from placement_opt.run.compiled import Compiled
from placement_opt.solvers.plans.given_plan import taken_one_by_one
from placement_opt.solvers.relaxation.pricing import Pricing
from placement_opt.solvers.search.limits import SearchLimits

if TYPE_CHECKING:
    from placement_opt.answers.next_steps import NextSteps
    from placement_opt.model import Model
    from placement_opt.result import Result

SECONDS = 20.0
"""What each whole solve of a small problem may take."""

LEAST_S = 0.05
"""What a solve gets at least, also where the time is up."""

NEAR_SECONDS = 2.0
"""What each solve near the plan may take."""

FIRST_PAIRS = 3
"""So many pairs of each person, the best at the prices, are looked at beside the plan."""


@dataclass(frozen=True)
class Placed:
    """That a change places a person: where, when, what is gained, and whether that is proven."""

    opening_id: str
    starts_on: dt.date | None
    gain_points: float
    is_proven: bool


class Judge(Protocol):
    """Tells what becomes of a person by a change."""

    def placed(self, possible: Possible) -> Placed | None:
        """Return what a change brings where it places the person, else None."""


def changed_model(model: "Model", change: RecordChange) -> "Model":
    """Return a model with a change of a record or of a rule.

    Raises
    ------
    InvalidInputError
        When the record cannot hold the value.
    """
    other = model.of_region(change.applied(model.region))
    for rule in model.rules:
        if change.kind == "rule" and " ".join(rule.key) == change.record:
            other.add(rule.model_copy(update={change.field: change.value}))
    return other


class WholeJudge:
    """Solves the changed region whole; the plan at hand is proven the best."""

    def __init__(self, result: "NextSteps", candidate_id: str, pace: Pace) -> None:
        self._model, self._candidate_id, self._pace = result.model, candidate_id, pace
        self._best = result.objective or 0.0

    def placed(self, possible: Possible) -> Placed | None:
        """Return what a change brings where a best plan places the person, else None."""
        try:
            model = changed_model(self._model, possible.change)
            free = self._solved(model)
            where = self._where(free)
            if where is None and free.status is Status.OPTIMAL:
                model.add(SomebodyPlaced(candidate_id=self._candidate_id))
                held = self._solved(model)
                is_as_good = held.status is Status.OPTIMAL and _reaches(held, free.objective)
                where = self._where(held) if is_as_good else None
        except InvalidInputError:
            return None
        if where is None or free.objective is None or not _reaches(free, self._best):
            return None
        return Placed(*where, free.objective - self._best, free.status is Status.OPTIMAL)

    def can_be_placed(self, change: RecordChange) -> bool:
        """Tell whether some plan with a change places the person and loses nothing."""
        try:
            model = changed_model(self._model, change)
            model.add(SomebodyPlaced(candidate_id=self._candidate_id))
            return _reaches(self._solved(model), self._best)
        except InvalidInputError:
            return False

    def _solved(self, model: "Model") -> "Result":
        seconds = max(LEAST_S, min(SECONDS, self._pace.left_s))
        return model.solve(gap=0, time_limit_s=seconds)

    def _where(self, result: "Result") -> tuple[str, dt.date | None] | None:
        rows = (row for row in result.placement_rows if row.candidate_id == self._candidate_id)
        return next(((row.opening_id, row.starts_on) for row in rows), None)


def _reaches(result: "Result", points: float | None) -> bool:
    """Tell whether a plan is worth so many points, up to what counts as no difference."""
    if result.objective is None or points is None:
        return False
    return result.objective >= points - OPTIMAL_GAP * max(1.0, abs(points))


class SomebodyPlaced(Rule):
    """One person has a placement, whichever."""

    title = "somebody placed"
    title_nl = "iemand geplaatst"
    rule: Literal["SomebodyPlaced"] = "SomebodyPlaced"
    candidate_id: str

    @override
    def lower(self, pairs: PairTable) -> RowBlock:
        start, stop = pairs.candidate_start[pairs.instance.candidate_idx(self.candidate_id) :][:2]
        own = np.arange(start, stop, dtype=np.int32)
        usage = sparse.csr_array(
            (np.ones(own.size, dtype=np.int8), own, np.array([0, own.size])),
            shape=(1, pairs.n_pairs),
        )
        one = np.ones(1, dtype=np.int64)
        return RowBlock(self.title, [self.candidate_id], usage, one, one * NO_UPPER)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        if self.candidate_id not in plan.of_candidate:
            yield self.broken(self.candidate_id, "no placement")


class NearJudge:
    """Solves the changed region near the plan at hand."""

    def __init__(
        self, result: "NextSteps", hand: PlanAtHand, candidate_id: str, pace: Pace
    ) -> None:
        self._model, self._hand, self._candidate_id = result.model, hand, candidate_id
        self._pace = pace

    def placed(self, possible: Possible) -> Placed | None:
        """Return what a change brings where a plan with the person loses nothing, else None."""
        pair = (self._candidate_id, possible.opening_id)
        try:
            model = changed_model(self._model, possible.change)
            compiled = compiled_some(model, self.ends)
            held = holding(compiled, [pair])
        except InvalidInputError:
            return None
        hand = self._moved_to(compiled)
        if hand is None or not self._pace.left_s:
            return None
        near = self._by_moves(hand, pair)
        if near is not None:
            return Placed(possible.opening_id, None, near, is_proven=False)
        seconds = max(LEAST_S, min(NEAR_SECONDS, self._pace.left_s))
        again = solve_near(hand, held, time_limit_s=seconds, at_least=self._hand.points)
        if again.points is None:
            return None
        row = compiled.pairs.instance.opening_idx(possible.opening_id)
        day = again.first_day(self._candidate_id, [row])
        gained = float(again.points - self._hand.points)
        return Placed(possible.opening_id, day, gained, is_proven=False)

    def _by_moves(self, hand: PlanAtHand, pair: tuple[str, str]) -> float | None:
        """Return what a few moves to a plan with the pair gain; None where they lose, or fail."""
        compiled, instance = hand.compiled, hand.compiled.pairs.instance
        row = compiled.pairs.find(instance.candidate_idx(pair[0]), instance.opening_idx(pair[1]))
        near = None if row is None else Regrets.of(hand, None).nearest(row)
        if near is None or hand.points + near.gained < self._hand.points:
            return None
        verdict = compiled.judge(compiled.plan(near.solution(hand.solution), hand.coach_of))
        gained = verdict.objective - self._hand.points
        return float(gained) if verdict.is_sound and gained >= 0 else None

    @cached_property
    def ends(self) -> Ends:
        """The rows of candidate and opening of the pairs that are looked at."""
        hand, pairs = self._hand, self._hand.compiled.pairs
        order = np.argsort(-hand.reduced, kind="stable")
        order = order[np.argsort(pairs.candidate[order], kind="stable")]
        rank = np.arange(order.size) - pairs.candidate_start[pairs.candidate[order]]
        kept = np.concatenate([order[rank < FIRST_PAIRS], hand.solution.chosen])
        n_openings = pairs.instance.n_openings
        person = np.full(n_openings, pairs.instance.candidate_idx(self._candidate_id))
        return (
            np.concatenate([pairs.candidate[kept], person]),
            np.concatenate([pairs.opening[kept], np.arange(n_openings)]),
        )

    def _moved_to(self, compiled: Compiled) -> PlanAtHand | None:
        """Return the plan at hand as a plan of the changed region, with prices of like rows."""
        hand, pairs = self._hand, self._hand.compiled.pairs
        chosen = hand.solution.chosen
        ways = (
            (pairs.candidate[p], pairs.opening[p], pairs.variant_of(p)) for p in chosen.tolist()
        )
        found = [compiled.pairs.find(int(c), int(o), way) for c, o, way in ways]
        rows = np.array([row for row in found if row is not None], dtype=np.int64)
        coach = hand.coach_of[compiled.pairs.candidate[rows]]
        if rows.size < chosen.size:
            return None
        limits = SearchLimits()
        solution = taken_one_by_one(compiled.formulation, rows, {"coach": coach}, limits)
        if solution is None or not np.array_equal(solution.chosen, rows):
            return None
        prices = Pricing(compiled.formulation).settled(prices_of_like_rows(compiled, hand)).prices
        certificate = Certificate.from_duals(compiled.formulation, prices)
        return PlanAtHand(compiled, solution, hand.coach_of, certificate, compiled.formulation)
