"""A model in integers, with the way back: from a solution to a plan in ids, and its verdict."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.basics.rows import AssumptionRow, PlacementRow, RemarkRow
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.base import Rule
from placement_opt.constraints.steps import Steps
from placement_opt.formulation.formulation import Formulation
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.instance.readings import Readings
from placement_opt.objectives.base import Term
from placement_opt.pairs.groups import LabelsOfPairs
from placement_opt.pairs.placements import PairsByIds, placement_of
from placement_opt.pairs.table import PairTable
from placement_opt.run.own_parts import is_own
from placement_opt.run.verification import Verdict, judge
from placement_opt.solvers.search.board import Solution


@dataclass(frozen=True, eq=False, repr=False)
class Compiled(ShortRepr):
    """A model turned into integers: eligible pairs and the problem over them.

    `rules_of_blocks` are the rules that have rows, in the order of the formulation's blocks;
    `fingerprint` tells which region it was made from, `remarks` what is accepted and perhaps not
    meant, `assumptions` what rules and terms take for granted.
    """

    pairs: PairTable
    formulation: Formulation
    rules: tuple[Rule, ...]
    terms: tuple[Term, ...]
    fingerprint: str
    rules_of_blocks: tuple[Rule, ...]
    remarks: tuple[RemarkRow, ...] = ()
    assumptions: tuple[AssumptionRow, ...] = ()

    def coaches(self, solution: Solution, liked: Ints | None = None) -> Ints:
        """Return the row of the coach of each chosen pair, -1 for none.

        `liked` is the coach that each candidate had, shape (C,), -1 for none: where people can
        take each other's places, each keeps theirs.
        """
        chosen, offset = solution.chosen, self.formulation.n_pairs
        coach = np.full(chosen.size, -1, dtype=np.int64)
        columns = None if liked is None else {"coach": liked[self.pairs.candidate[chosen]]}
        for number, block in enumerate(self.formulation.blocks):
            if block.capacity is not None:
                start, stop = self.formulation.offsets[number : number + 2]
                own = solution.own[start - offset : stop - offset]
                coach = block.capacity.lift(chosen, own, columns).get("coach", coach)
        return coach

    def plan(
        self, solution: Solution, liked: Ints | None = None, readings: Readings | None = None
    ) -> Plan:
        """Lift a solution back into the user's ids.

        `liked` as in `coaches`; `readings` are what was read of other plans of the same pairs.
        """
        coach_ids, coach = self.pairs.instance.coach_ids, self.coaches(solution, liked)
        placements = (
            self.placement(row, coach_ids[k] if k >= 0 else None)
            for row, k in zip(solution.chosen.tolist(), coach.tolist(), strict=True)
        )
        return self.plan_of(placements, self._steps(solution), readings)

    def _steps(self, solution: Solution) -> Iterator[Placement]:
        """Yield who takes which step before a job."""
        offset = self.formulation.n_pairs
        for number, rule in enumerate(self.rules_of_blocks):
            if isinstance(rule, Steps):
                start, stop = self.formulation.offsets[number : number + 2]
                own = solution.own[start - offset : stop - offset]
                yield from rule.taken(self.pairs, solution.chosen, own)

    def placement(self, row: int, coach_id: str | None = None) -> Placement:
        """Return the placement that a row of the pairs stands for."""
        return placement_of(self.pairs, row, coach_id)

    def row_of(self, placement: PlacementRow) -> int | None:
        """Return the row of the pairs that a row of a result tells of; None where it has none."""
        instance = self.pairs.instance
        if placement.candidate_id not in instance.candidate_of:
            return None
        if placement.opening_id not in instance.opening_of:
            return None
        candidate = instance.candidate_idx(placement.candidate_id)
        opening = instance.opening_idx(placement.opening_id)
        return self.pairs.find(candidate, opening, placement.variant)

    def plan_of(
        self,
        placements: Iterable[Placement],
        steps: Iterable[Placement] = (),
        readings: Readings | None = None,
    ) -> Plan:
        """Put placements in the setting that the rules read them in; `readings` as in `plan`."""
        pairs = self.pairs
        ids = pairs.instance.candidate_ids
        people = frozenset(ids[c] for c in np.flatnonzero(np.diff(pairs.candidate_start)))
        return Plan(
            pairs.instance,
            placements,
            people,
            self.labels,
            PairsByIds(pairs),
            pairs.given.keys(),
            steps,
            readings,
        )

    @cached_property
    def labels(self) -> LabelsOfPairs:
        """Every label of the pairs, by column, and combinations of them."""
        return LabelsOfPairs(self.pairs)

    def judge(self, plan: Plan) -> Verdict:
        """Judge a plan by the plain reading of all rules and terms."""
        parts: list[Rule | Term] = [*self.rules, *self.terms]
        own = list(filter(is_own, parts))
        return judge(plan, self.rules, self.terms, own)
