"""The answer: a proposal in the user's ids, with its tables, its summary and its answers."""

import os
from collections.abc import Mapping, Sequence
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import PrivateAttr
from typing_extensions import override

from placement_opt.answers.of_result import AnswersOfResult
from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.answers.why import Why, why
from placement_opt.answers.why_not import WhyNot
from placement_opt.basics.errors import (
    InvalidInputError,
    PlacementError,
    closest_hint,
    closest_ids,
)
from placement_opt.basics.json_files import write_atomically, write_bytes_atomically
from placement_opt.basics.rows import (
    AssumptionRow,
    BlockingRow,
    BudgetRow,
    ChangeRow,
    CoachRow,
    CostRow,
    OpeningRow,
    PlacementRow,
    QuotaRow,
    RemarkRow,
    Row,
    TermRow,
    UnplacedRow,
)
from placement_opt.report.summary import summarise
from placement_opt.run.compiled import Compiled
from placement_opt.run.result_record import ResultRecord
from placement_opt.run.run_record import in_order_told

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from placement_opt.model import Model
    from placement_opt.records import Region

_TABLES: Mapping[str, tuple[type[Row], str]] = {
    "placements": (PlacementRow, "placement_rows"),
    "unplaced": (UnplacedRow, "unplaced_rows"),
    "openings": (OpeningRow, "opening_rows"),
    "quotas": (QuotaRow, "quota_rows"),
    "coaches": (CoachRow, "coach_rows"),
    "budgets": (BudgetRow, "budget_rows"),
    "costs": (CostRow, "cost_rows"),
    "terms": (TermRow, "term_rows"),
    "changes": (ChangeRow, "change_rows"),
    "blocking_pairs": (BlockingRow, "blocking_rows"),
    "remarks": (RemarkRow, "remark_rows"),
    "assumptions": (AssumptionRow, "assumption_rows"),
}
"""Row and field of each table."""

_MOST_SHOWN = 1_900
"""Characters of a result that a notebook keeps."""


class Result(AnswersOfResult):
    """A plan with its proof, reasons and tables; what does not exist is None.

    A plan is a proposal: a person confirms each placement. Nothing that is done to a table changes
    the result: each is a copy, and the dictionaries are read-only. What is known of the plan, and
    what the fields mean, is told by `ResultRecord`.
    """

    _frames: dict[str, "tuple[object, pd.DataFrame]"] = PrivateAttr(default_factory=dict)
    _model: "Model | None" = PrivateAttr(default=None)
    _at_hand: tuple[object, PlanAtHand] | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, record: ResultRecord, model: "Model") -> Self:
        """Return the result that a record tells, with the model as solved, which answers for it."""
        result = cls(**{name: getattr(record, name) for name in type(record).model_fields})
        result._model = model
        return result

    @classmethod
    @override
    def from_json(cls, path: str | os.PathLike[str], model: "Model | None" = None) -> Self:
        """Read a result that `to_json` wrote.

        Parameters
        ----------
        path
            The file.
        model
            The model that was solved, made again: the result then answers questions as it did.

        Raises
        ------
        InvalidInputError
            When the file is no result, or it is one of another region, other rules or other terms.
        """
        result = super().from_json(path)
        if model is None:
            return result
        _refuse_another_model(result, model)
        return cls.of(result, model)

    @property
    @override
    def model(self) -> "Model":
        """The model as solved.

        Raises
        ------
        PlacementError
            When the result was read from a file without it.
        """
        if self._model is None:
            raise PlacementError(
                "a result from a file knows its model only when told:"
                " read it with po.Result.from_json(path, model=po.Model(region))"
            )
        return self._model

    @override
    def compiled(self) -> Compiled | None:
        return None if self._model is None else self._model.compile()

    @property
    def at_hand(self) -> PlanAtHand:
        """The plan in integers, with the prices of its rows: what answers are found from.

        Read once, which takes a second or two for a large region.

        Raises
        ------
        PlacementError
            When there is no plan, or the result was read from a file without its model.
        """
        known = self._at_hand
        is_same = known is not None and known[0] is self.placement_rows  # as for `_table`
        if known is None or not is_same or not self.has_plan:
            known = self._at_hand = (
                self.placement_rows,
                PlanAtHand.of(self, self.model.compile()),
            )
        return known[1]

    @property
    def known_region(self) -> "Region | None":
        """The region, None for a result that was read from a file without its model."""
        return None if self._model is None else self._model.region

    @property
    def placements(self) -> "pd.DataFrame":
        """One row per placement: ids, coach, hours, coaching hours, subsidy, points."""
        return self._table("placements")

    @property
    def unplaced(self) -> "pd.DataFrame":
        """One row per candidate without a placement, with the reason."""
        return self._table("unplaced")

    @property
    def openings(self) -> "pd.DataFrame":
        """One row per opening: places, how many are filled, and why the others are free."""
        return self._table("openings")

    @property
    def quotas(self) -> "pd.DataFrame":
        """Target, in service, placed and shortfall of each group, with price and scenario levy."""
        return self._table("quotas")

    @property
    def coaches(self) -> "pd.DataFrame":
        """Hours and people of each coach in a steady week, used and free."""
        return self._table("coaches")

    @property
    def budgets(self) -> "pd.DataFrame":
        """Subsidy spent and free per municipality."""
        return self._table("budgets")

    @property
    def costs(self) -> "pd.DataFrame":
        """What each placement costs and brings per instrument, with reasons for what is unknown."""
        return self._table("costs")

    @property
    def terms(self) -> "pd.DataFrame":
        """Weight, unweighted sum and points of each objective term."""
        return self._table("terms")

    @property
    def changes(self) -> "pd.DataFrame":
        """Who has another opening than in the plan before, and why; see `placement_opt.replan`."""
        return self._table("changes")

    @property
    def blocking_pairs(self) -> "pd.DataFrame":
        """Who would rather have each other: see `placement_opt.Stability`."""
        return self._table("blocking_pairs")

    @property
    def remarks(self) -> "pd.DataFrame":
        """What to know of the plan: limits that limit nothing, rules that contradict themselves."""
        return self._table("remarks")

    @property
    def assumptions(self) -> "pd.DataFrame":
        """What the plan takes for granted, such as last known values of the law, for how many."""
        return self._table("assumptions")

    def _table(self, table: str) -> "pd.DataFrame":
        """Return a copy of a table, made once from its rows."""
        row, name = _TABLES[table]
        rows = getattr(self, name) or ()
        known = self._frames.get(name)
        if known is None or known[0] is not rows:  # a changed copy shares what was made before
            known = self._frames[name] = (rows, _frame(row, rows))
        return known[1].copy()

    def to_polars(self, table: str = "placements") -> "pl.DataFrame":
        """Return a table as a frame of polars.

        Parameters
        ----------
        table
            Name of the table, such as ``"placements"`` or ``"unplaced"``.

        Raises
        ------
        PlacementError
            When there is no such table, or polars is not installed.
        """
        if table not in _TABLES:
            hint = closest_hint(closest_ids(table, _TABLES))
            raise PlacementError(f"no table {table!r}. Hint: {hint}.")
        try:
            import polars as pl
        except ImportError:
            hint = "pip install polars, or take the table as pandas"
            raise PlacementError(f"to_polars needs polars. Hint: {hint}.") from None
        row, name = _TABLES[table]
        columns, rows = list(row.model_fields), _cells(row, getattr(self, name) or ())
        return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)

    def to_excel(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write all tables to a workbook (xlsx), a sheet each, wholly or not at all.

        Parameters
        ----------
        path
            The file.
        overwrite
            Replace a file that exists.

        Raises
        ------
        FileExistsError
            If the file exists and `overwrite` is False.
        OSError
            If it cannot be written there.
        PlacementError
            When XlsxWriter is not installed; it comes with the extra `excel`.
        """
        from placement_opt.report.workbook import workbook_bytes

        sheets = {
            table: (list(row.model_fields), _cells(row, getattr(self, name) or ()))
            for table, (row, name) in _TABLES.items()
        }
        told = [[line] for line in self.summary().split("\n")]
        content = workbook_bytes({"summary": (["summary"], told)} | sheets)
        write_bytes_atomically(path, content, overwrite=overwrite)

    def report(
        self,
        path: str | os.PathLike[str],
        language: Literal["en", "nl"] = "en",
        to: Literal["manager", "consultant"] = "manager",
        *,
        overwrite: bool = False,
    ) -> None:
        """Write the plan as one HTML page for people who do not program, wholly or not at all.

        The page stands alone: it needs no network, prints, and can be searched and sorted.

        Parameters
        ----------
        path
            The file, such as ``"plan.html"``.
        language
            ``"en"`` or ``"nl"``.
        to
            ``"manager"``: figures, charts, and a table of people without money and points.
            ``"consultant"``: also subsidy, points and a card for each person.
        overwrite
            Replace a file that exists.

        Raises
        ------
        InvalidInputError
            When language or reader is another one.
        FileExistsError
            If the file exists and `overwrite` is False.
        OSError
            If it cannot be written there.
        """
        from placement_opt.report.page.page import page_text

        write_atomically(path, page_text(self, language, to), overwrite=overwrite)

    def why(self, candidate_id: str, k: int = 3) -> Why:
        """Tell why a candidate has this placement, or none: points, costs, and what came next.

        Parameters
        ----------
        candidate_id
            The candidate.
        k
            How many other openings are told. In a small region whose plan is proven the best, each
            is solved for: the regret of a pair is what the best plan with it falls short.

        Raises
        ------
        UnknownIdError
            When the region has no such candidate.
        PlacementError
            When the result was read from a file without its model.
        """
        return why(self, candidate_id, k)

    def why_not(self, candidate_id: str, opening_id: str) -> WhyNot:
        """Tell why a candidate is not in an opening under this plan.

        Raises
        ------
        UnknownIdError
            When the region has no such candidate or opening.
        PlacementError
            When the result was read from a file without its model.
        """
        return self.model.why_not(candidate_id, opening_id, self)

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

    @override
    def _repr_html_(self) -> str:
        """Return what a notebook shows: the summary, aligned as it is."""
        return f"<pre style='background:none;color:inherit'>{escape(str(self))}</pre>"


def _refuse_another_model(result: ResultRecord, model: "Model") -> None:
    wrong = in_order_told(model.rules, result.run.rules)[1]
    wrong += in_order_told(model.objective, result.run.objective)[1]
    if result.run.input != model.region.fingerprint():
        wrong.insert(0, "the result is of another region")
    if wrong:
        raise InvalidInputError.single(
            "result",
            None,
            "model",
            wrong[0],
            "must be the model that was solved",
            "make it of the same region, rules and objective",
        )


def _cells(row: type[Row], rows: Sequence[Row]) -> list[list[Any]]:
    return [[getattr(entry, name) for name in row.model_fields] for entry in rows]


def _frame(row: type[Row], rows: Sequence[Row]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(_cells(row, rows), columns=list(row.model_fields))
