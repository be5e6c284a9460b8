"""A plan in integers with the prices of its rows: what answers about a plan are found from."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy import sparse

from placement_opt.answers.row_prices import FEW_VARIABLES, SECONDS
from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.errors import InvalidInputError, PlacementError
from placement_opt.basics.rows import PlacementRow
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.one_placement import OnePlacement
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_UPPER
from placement_opt.instance.placement import pair_text
from placement_opt.instance.readings import Readings
from placement_opt.run.compiled import Compiled
from placement_opt.run.result_record import ResultRecord
from placement_opt.solvers.plans.given_plan import plan_of_given
from placement_opt.solvers.relaxation.relaxation import whole_relaxation
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits


@dataclass(frozen=True, eq=False, repr=False)
class PlanAtHand(ShortRepr):
    """A plan of a compiled model, as its solution in integers, with prices of the rows.

    Parameters
    ----------
    compiled
        The model as solved.
    solution
        The plan; it keeps every row.
    coach_of
        The row of the coach that each candidate has, shape (C,), -1 for none.
    certificate
        Prices that prove a bound; all zero where nothing is known.
    certified
        The problem that they prove it over, with its cuts.
    """

    compiled: Compiled
    solution: Solution
    coach_of: Ints
    certificate: Certificate
    certified: Formulation

    @classmethod
    def of(cls, result: ResultRecord, compiled: Compiled) -> "PlanAtHand":
        """Read the plan of a result back into integers; takes a second for a large region.

        Raises
        ------
        PlacementError
            When the result has no plan, or one that does not keep the rows of the model.
        """
        if not result.has_plan:
            raise PlacementError(f"there is no plan to ask about: {result.status.value}")
        chosen, coach_of = _read(compiled, result.placement_rows)
        coach = coach_of[compiled.pairs.candidate[chosen]]
        solution = plan_of_given(compiled.formulation, chosen, {"coach": coach}, SearchLimits())
        if solution is None or not np.array_equal(solution.chosen, chosen):
            raise PlacementError("the plan breaks rules of its model, so nothing is said about it")
        return cls(compiled, solution, coach_of, *_priced(result, compiled.formulation))

    @property
    def formulation(self) -> Formulation:
        """The problem that was solved."""
        return self.compiled.formulation

    @cached_property
    def points(self) -> Fraction:
        """What the plan is worth, in points."""
        return self.formulation.worth(self.solution.values(self.formulation))

    @cached_property
    def readings(self) -> Readings:
        """What plain readings said of placements of this plan and of plans near it."""
        return Readings()

    @cached_property
    def certified_units(self) -> int:
        """The bound that the prices prove, in integer units of the objective."""
        return self.certificate.bound(self.certified)

    @cached_property
    def prices(self) -> Floats:
        """The price of each row, cuts included, in objective units; shape (R + cuts,)."""
        prices: Floats = self.certificate.prices / 2.0**self.certificate.bits
        return prices

    @cached_property
    def reduced(self) -> Floats:
        """What each pair gains less what it pays at the prices, in objective units; shape (E,)."""
        reduced: Floats = self.certified.reduced(self.prices)[: self.formulation.n_pairs]
        return reduced

    @cached_property
    def activity(self) -> Ints:
        """What each row of the blocks sums to, shape (R,)."""
        n_rows = self.formulation.row_offsets[len(self.formulation.blocks)]
        return self.formulation.activity(self.solution.values(self.formulation))[:n_rows]

    @cached_property
    def chosen_of_row(self) -> sparse.csr_array:
        """The entries of the chosen pairs: rows by place among `solution.chosen`."""
        return sparse.csr_array(self.formulation.columns(self.solution.chosen).tocsr())

    @cached_property
    def chosen_of_candidate(self) -> Ints:
        """The chosen pair of each candidate, the last one of several, shape (C,); -1 for none."""
        chosen, pairs = self.solution.chosen, self.compiled.pairs
        found = np.full(pairs.instance.n_candidates, -1, dtype=np.int64)
        found[pairs.candidate[chosen]] = chosen
        return found

    @cached_property
    def loss_of_leaving(self) -> Floats:
        """What each chosen pair loses at the prices if it goes and nothing comes for it.

        Shape of `solution.chosen`, in objective units.
        """
        chosen = self.solution.chosen
        candidate = self.compiled.pairs.candidate[chosen]
        loss: Floats = self.reduced[chosen] + self._price_of_candidate[candidate]
        return loss

    @cached_property
    def room(self) -> "Room":
        """What the rows have left."""
        return Room.of(self)

    @cached_property
    def _price_of_candidate(self) -> Floats:
        """What the row of each candidate costs, shape (C,); zeros without such rows."""
        offsets = self.formulation.row_offsets
        n_candidates = self.compiled.pairs.instance.n_candidates
        for number, rule in enumerate(self.compiled.rules_of_blocks):
            if isinstance(rule, OnePlacement):  # of stacked jobs, rows of hours follow
                return self.prices[offsets[number] : offsets[number] + n_candidates]
        return np.zeros(n_candidates)


@dataclass(frozen=True, eq=False, repr=False)
class Room(ShortRepr):
    """What the rows have left in a plan, each looked at by itself.

    Parameters
    ----------
    left
        Units of each row of the blocks, shape (R,). Of people whom holders of capacity serve it is
        one unit of the row's need where some holder has room for one more, else zero. Rows that
        own variables keep have no end of it.
    need
        What one pair in a row takes of a holder, shape (R,); one where there are no holders.
    of_own
        How many more of its row each own variable could serve, shape (N - E,).
    """

    left: Ints
    need: Ints
    of_own: Ints

    @classmethod
    def of(cls, hand: PlanAtHand) -> "Room":
        """Look at all rows of a plan; cost O(entries of the own variables + rows)."""
        formulation = hand.formulation
        left, need = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        of_own = [np.zeros(0, np.int64)]
        for number, block in enumerate(formulation.blocks):
            rows = slice(*formulation.row_offsets[number : number + 2])
            slack = np.where(block.upper == NO_UPPER, NO_UPPER, block.upper - hand.activity[rows])
            ones, unlimited = np.ones(len(block), np.int64), np.full(block.n_own, NO_UPPER)
            if block.holders is not None and block.variable_usage is not None:
                usage, served = block.variable_usage, block.holders.row
                slack, ones, unlimited = _of_holders(usage, served, slack)
            elif block.variables is not None:
                slack = np.full(len(block), NO_UPPER)
            left.append(slack)
            need.append(ones)
            of_own.append(unlimited)
        return cls(np.concatenate(left), np.concatenate(need), np.concatenate(of_own))


def _of_holders(usage: sparse.csr_array, row_served: Ints, slack: Ints) -> tuple[Ints, Ints, Ints]:
    """Return what rows with holders have left, their need, and the room of each own variable."""
    entries, (n_rows, n_own) = usage.tocoo(), usage.shape
    holds = (row_served[entries.col] != entries.row) & (entries.data > 0)
    own, row, amount = entries.col[holds], entries.row[holds], entries.data[holds]
    of_own = np.full(n_own, NO_UPPER)
    limited = slack[row] < NO_UPPER
    np.minimum.at(of_own, own[limited], slack[row[limited]] // amount[limited])
    need, best = np.ones(n_rows, np.int64), np.zeros(n_rows, np.int64)
    serves = np.flatnonzero(row_served >= 0)
    np.maximum.at(best, row_served[serves], of_own[serves])
    is_serving = row_served[own] >= 0
    np.maximum.at(need, row_served[own[is_serving]], amount[is_serving].astype(np.int64))
    return np.where(best > 0, need, 0), need, of_own


def _read(compiled: Compiled, rows: Sequence[PlacementRow]) -> tuple[Ints, Ints]:
    """Return the pairs of placements, ascending, and the coach of each candidate."""
    instance = compiled.pairs.instance
    coach_row = {id_: row for row, id_ in enumerate(instance.coach_ids)}
    coach_of = np.full(instance.n_candidates, -1, dtype=np.int64)
    chosen = []
    for row in rows:
        candidate = instance.candidate_idx(row.candidate_id)
        pair = compiled.row_of(row)
        if pair is None:
            raise InvalidInputError.single(
                "result",
                None,
                "placements",
                pair_text(row.candidate_id, row.opening_id, row.variant),
                "must be an eligible pair of the model",
                "give the model that was solved",
            )
        chosen.append(pair)
        if row.coach_id is not None:
            coach_of[candidate] = coach_row[row.coach_id]
    return np.array(sorted(chosen), dtype=np.int64), coach_of


def _priced(result: ResultRecord, formulation: Formulation) -> tuple[Certificate, Formulation]:
    """Return prices and the problem they are for: those of the result, else of a small relaxation.

    All are zero where neither is there.
    """
    record = result.certificate
    if record is not None and record.proves == "bound":
        return record.prices_over(formulation)
    duals = np.zeros(formulation.n_rows)
    if formulation.n_variables <= FEW_VARIABLES:
        relaxed = whole_relaxation(formulation, SECONDS)
        duals = duals if relaxed is None else relaxed.prices
    return Certificate.from_duals(formulation, duals), formulation
