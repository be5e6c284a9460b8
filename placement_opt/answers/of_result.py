"""What a result answers about the limits of its plan, or about why there is none."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from placement_opt.answers.bottlenecks import bottlenecks
from placement_opt.answers.diagnose import Asked, Weights, diagnose, diagnose_short, rows_short
from placement_opt.answers.diagnosis import Diagnosis
from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.basics.row_frames import frame_of
from placement_opt.basics.rows_of_limits import BottleneckRow
from placement_opt.basics.status import Status
from placement_opt.run.result_record import ResultRecord

if TYPE_CHECKING:
    import pandas as pd

    from placement_opt.model import Model


class AnswersOfResult(ResultRecord):
    """The questions about limits that a result answers with its model."""

    @property
    def model(self) -> "Model":
        """The model as solved."""
        raise NotImplementedError

    @property
    def at_hand(self) -> PlanAtHand:
        """The plan in integers, with the prices of its rows."""
        raise NotImplementedError

    def bottlenecks(
        self,
        prove: int = 10,
        *,
        rules: Collection[str] | None = None,
        steps: Mapping[str, float] | None = None,
        time_limit_s: float = 60.0,
    ) -> "pd.DataFrame":
        """Tell what is scarce: each limit that is full or has a price, the dearest first.

        Columns are those of `BottleneckRow`: use and limit; the price, which is what the linear
        relaxation says that one unit more is worth, with the range of prices that prove the same
        where the region is small; and for the first rows what one more and one less really bring.

        Parameters
        ----------
        prove
            For so many rows, the first ones, the problem is solved again with one more and with one
            less: whole where it is small, else near this plan, in a few seconds. Each gain is told
            with the ends between which it is proven to lie. 0 reads the prices only.
        rules
            Classes of rules to tell. None takes all but `OnePlacement`: no one can be widened.
        steps
            By unit, how many of it one more is: 1 where nothing is said.
            ``{"eur_per_year": 1000}`` asks what a thousand euros more bring.
        time_limit_s
            Seconds for all plans together.

        Raises
        ------
        InvalidInputError
            When `steps` names a unit that no limit counts, or is no positive number.
        PlacementError
            When there is no plan, or the result was read from a file without its model.
        """
        hand = self.at_hand
        bound = None if self.bound is None else Fraction(self.bound)
        bound = hand.points if self.status is Status.OPTIMAL else bound
        rows = bottlenecks(hand, bound, prove, rules, steps, time_limit_s)
        frame = frame_of(BottleneckRow, rows)
        unknown = [name for name in map(str, frame) if name.startswith(("gain_", "price_"))]
        kinds = dict.fromkeys(unknown, "float64")
        kinds |= dict.fromkeys(("placements_of_one_more", "placements_of_one_less"), "Int64")
        return frame.astype(kinds)

    def diagnose(
        self,
        *,
        max_conflicts: int = 20,
        max_relaxations: int = 20,
        time_limit_s: float = 60.0,
        weights: Weights = None,
        solve_first: int = 3,
        seed: int = 0,
    ) -> Diagnosis:
        """Tell why there is no plan, or why priced minimums fall short, and the lightest ways out.

        Without a plan it is the answer of `Model.diagnose`. With one it is about the priced
        minimums that the plan falls short of, such as jobs quotas: `Diagnosis.short` names them,
        the conflicts say why no plan meets all of them, the relaxations which other limits have to
        give way and by how much. Where some plan meets all of them, there is no conflict: meeting
        them costs more points than their price. Parameters and errors are those of
        `Model.diagnose`.

        Raises
        ------
        PlacementError
            When the result was read from a file without its model.
        """
        asked = Asked(max_conflicts, max_relaxations, time_limit_s, weights, solve_first, seed)
        compiled = self.model.compile()
        if not self.has_plan:
            return diagnose(compiled, asked)
        short = rows_short(compiled, self.at_hand.solution)
        if not short:
            return Diagnosis(is_feasible=True, has_all_conflicts=True, has_all_relaxations=True)
        return diagnose_short(compiled, short, asked)
