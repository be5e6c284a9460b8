"""What a result answers about the limits of its plan, or about why there is none."""

from typing import TYPE_CHECKING

from placement_opt.answers.diagnose import Asked, Weights, diagnose, diagnose_short, rows_short
from placement_opt.answers.diagnosis import Diagnosis
from placement_opt.run.result_record import ResultRecord

if TYPE_CHECKING:
    from placement_opt.model import Model


class AnswersOfResult(ResultRecord):
    """The questions about limits that a result answers with its model."""

    @property
    def model(self) -> "Model":
        """The model as solved."""
        raise NotImplementedError

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
        short = rows_short(compiled, self.placement_rows)
        if not short:
            return Diagnosis(is_feasible=True, has_all_conflicts=True, has_all_relaxations=True)
        return diagnose_short(compiled, short, asked)
