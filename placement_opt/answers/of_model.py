"""What a model answers without a plan: its pairs, and why there is no plan."""

from typing import TYPE_CHECKING

from placement_opt.answers.blocking_rules import blocking_rules
from placement_opt.answers.diagnose import (
    Asked,
    Weights,
    diagnose,
    diagnose_short,
    rows_priced,
)
from placement_opt.answers.diagnosis import Diagnosis
from placement_opt.answers.pairs_frame import pairs_frame
from placement_opt.answers.why_not import WhyNot, why_not_eligible
from placement_opt.basics.row_frames import frame_of
from placement_opt.basics.rows_of_limits import BlockingRulesRow
from placement_opt.pairs.table import PairTable
from placement_opt.run.compiled import Compiled

if TYPE_CHECKING:
    import pandas as pd


class AnswersOfModel:
    """The questions that a model answers by itself."""

    def compile(self) -> Compiled:
        """Turn the model into integers."""
        raise NotImplementedError

    def pairs_frame(
        self, candidate_id: str | None = None, opening_id: str | None = None
    ) -> "pd.DataFrame":
        """Return every eligible pair with its numbers, those of a plan; a row for each variant.

        Columns: candidate_id, opening_id, variant where pairs have any, points, ``points.<term>``
        for each term (weighted, so that they add up), minutes, hours_per_week,
        coaching_hours_per_week, subsidy_eur_per_year; NaN where nobody gave it or no rule reads it.

        `candidate_id` and `opening_id` leave only the pairs of one person, of one opening.

        Raises
        ------
        UnknownIdError
            When the region has no such candidate or opening.
        """
        return pairs_frame(self.compile(), candidate_id, opening_id)

    def listed_pairs(self) -> PairTable | None:
        """Return the pairs that were listed, before any rule; None where none were."""
        raise NotImplementedError

    def blocking_rules(self) -> "pd.DataFrame":
        """Tell which pair rules keep most people and pairs out, alone and together.

        One row for each rule, and for each set of rules that keep people out together; the columns
        are those of `BlockingRulesRow`. Takes as long as finding the eligible pairs.
        """
        compiled = self.compile()
        rows = blocking_rules(compiled.pairs, compiled.rules, self.listed_pairs())
        return frame_of(BlockingRulesRow, rows)

    def diagnose(
        self,
        *,
        max_conflicts: int = 20,
        max_relaxations: int = 20,
        time_limit_s: float = 60.0,
        weights: Weights = None,
        solve_first: int = 3,
        seed: int = 0,
        meet_minimums: bool = False,
    ) -> Diagnosis:
        """Tell why no plan keeps all limits, and the lightest ways to make room.

        A limit is that of one rule and one group: the positions of an opening, one placement of a
        person, the hours of a coach. What pair rules take away is no limit; see `blocking_rules`.

        Parameters
        ----------
        max_conflicts, max_relaxations
            So many of each are enough.
        time_limit_s
            Wall-clock seconds.
        weights
            What it weighs to drop a limit, or to move it by one unit of its own: 1 where nothing is
            said. A mapping names rules, or (rule, group), and ``math.inf`` is for what has to stay.
            ``"small_groups"`` protects these: a limit that is half as large weighs twice.
        solve_first
            Of so many sets of limits the best plan under the new limits is looked for.
        seed
            Seed of the solvers.
        meet_minimums
            Ask why priced minimums, such as jobs quotas, cannot all be met: they count as limits
            that have to stay.

        Returns
        -------
        Diagnosis
            Minimal conflicts and minimal relaxations; none where a plan keeps all limits.

        Raises
        ------
        InvalidInputError
            For weights of no limit or that are no positive numbers, and as `compile`.
        """
        asked = Asked(max_conflicts, max_relaxations, time_limit_s, weights, solve_first, seed)
        compiled = self.compile()
        priced = rows_priced(compiled) if meet_minimums else ()
        return diagnose_short(compiled, priced, asked) if priced else diagnose(compiled, asked)

    def why_not(self, candidate_id: str, opening_id: str) -> WhyNot:
        """Tell which rules remove a pair, if any do; `Result.why_not` tells it of a plan.

        Raises
        ------
        UnknownIdError
            When the region has no such candidate or opening.
        """
        compiled = self.compile()
        return why_not_eligible(compiled.pairs, compiled.rules, candidate_id, opening_id)
