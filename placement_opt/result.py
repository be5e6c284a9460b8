"""The answer: a proposal in the user's ids, with its tables, its summary and its answers."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, Self

from pydantic import PrivateAttr
from typing_extensions import override

from placement_opt.answers.why_not import WhyNot
from placement_opt.basics.errors import PlacementError
from placement_opt.basics.rows import (
    AssumptionRow,
    BudgetRow,
    CoachRow,
    CostRow,
    PlacementRow,
    QuotaRow,
    RemarkRow,
    Row,
    TermRow,
    UnplacedRow,
)
from placement_opt.report.summary import summarise
from placement_opt.run.result_record import ResultRecord

if TYPE_CHECKING:
    import pandas as pd

_MOST_SHOWN = 1_900
"""Characters of a result that a notebook keeps."""


class Result(ResultRecord):
    """A plan with its proof, reasons and tables; what does not exist is None.

    A plan is a proposal: a person confirms each placement. Nothing that is done to a table changes
    the result: each is a copy, and the dictionaries are read-only. What is known of the plan, and
    what the fields mean, is told by `ResultRecord`.
    """

    _frames: dict[str, "tuple[object, pd.DataFrame]"] = PrivateAttr(default_factory=dict)
    _why_not: "Callable[[str, str, Result], WhyNot] | None" = PrivateAttr(default=None)

    @classmethod
    def of(cls, record: ResultRecord, why_not: "Callable[[str, str, Result], WhyNot]") -> Self:
        """Return the result that a record tells, with who answers `why_not`: the model solved."""
        result = cls(**{name: getattr(record, name) for name in type(record).model_fields})
        result._why_not = why_not
        return result

    @property
    def placements(self) -> "pd.DataFrame":
        """One row per placement: ids, coach, hours, coaching hours, subsidy, points."""
        return self._table(PlacementRow, "placement_rows")

    @property
    def unplaced(self) -> "pd.DataFrame":
        """One row per candidate without a placement, with the reason."""
        return self._table(UnplacedRow, "unplaced_rows")

    @property
    def quotas(self) -> "pd.DataFrame":
        """Target, in service, placed and shortfall of each group, with price and scenario levy."""
        return self._table(QuotaRow, "quota_rows")

    @property
    def coaches(self) -> "pd.DataFrame":
        """Hours and people of each coach in a steady week, used and free."""
        return self._table(CoachRow, "coach_rows")

    @property
    def budgets(self) -> "pd.DataFrame":
        """Subsidy spent and free per municipality."""
        return self._table(BudgetRow, "budget_rows")

    @property
    def costs(self) -> "pd.DataFrame":
        """What each placement costs and brings per instrument, with reasons for what is unknown."""
        return self._table(CostRow, "cost_rows")

    @property
    def terms(self) -> "pd.DataFrame":
        """Weight, unweighted sum and points of each objective term."""
        return self._table(TermRow, "term_rows")

    @property
    def remarks(self) -> "pd.DataFrame":
        """What to know of the plan: limits that limit nothing, rules that contradict themselves."""
        return self._table(RemarkRow, "remark_rows")

    @property
    def assumptions(self) -> "pd.DataFrame":
        """What the plan takes for granted, such as last known values of the law, for how many."""
        return self._table(AssumptionRow, "assumption_rows")

    def _table(self, row: type[Row], name: str) -> "pd.DataFrame":
        """Return a copy of a table, made once from its rows."""
        rows = getattr(self, name)
        known = self._frames.get(name)
        if known is None or known[0] is not rows:  # a changed copy shares what was made before
            known = self._frames[name] = (rows, _frame(row, rows))
        return known[1].copy()

    def why_not(self, candidate_id: str, opening_id: str) -> WhyNot:
        """Tell why a candidate is not in an opening under this plan.

        Raises
        ------
        UnknownIdError
            When the region has no such candidate or opening.
        PlacementError
            When the result was read from a file: ask `Model.why_not` with it instead.
        """
        if self._why_not is None:
            raise PlacementError(
                "a result from a file has no region at hand;"
                " ask po.Model(region).why_not(candidate_id, opening_id, result)"
            )
        return self._why_not(candidate_id, opening_id, self)

    def summary(self, language: Literal["en", "nl"] = "en") -> str:
        """Return the plan in one page for a placement manager, in English or Dutch."""
        return summarise(self, language)

    @override
    def __str__(self) -> str:
        """Return the summary, cut after a line where it is long."""
        lines = self.summary().split("\n")
        length = list(accumulate(len(line) + 1 for line in lines))
        shown = sum(end <= _MOST_SHOWN for end in length)
        more = [] if shown == len(lines) else ["... the rest: result.summary()"]
        return "\n".join(lines[:shown] + more)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def _frame(row: type[Row], rows: Sequence[Row]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(
        [[getattr(entry, name) for name in row.model_fields] for entry in rows],
        columns=list(row.model_fields),
    )
