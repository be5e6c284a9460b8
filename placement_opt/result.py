"""The answer: a proposal in the user's ids, with its tables, its summary and its answers."""

import os
from collections.abc import Sequence
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import PrivateAttr
from typing_extensions import override

from placement_opt.answers.next_steps import NextSteps
from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.answers.rows_of_people import RowsOfPeople
from placement_opt.answers.why import Why, why
from placement_opt.answers.why_not import WhyNot, why_not
from placement_opt.basics.errors import (
    InvalidInputError,
    PlacementError,
)
from placement_opt.basics.json_files import write_atomically
from placement_opt.report.account_of_result import AccountOfResult
from placement_opt.report.grouped_table import with_groups
from placement_opt.report.tabled_result import TabledResult
from placement_opt.run.compiled import Compiled
from placement_opt.run.result_record import ResultRecord
from placement_opt.run.run_record import in_order_told

if TYPE_CHECKING:
    import pandas as pd

    from placement_opt.model import Model
    from placement_opt.records import Region

_MOST_SHOWN = 1_900
"""Characters of a result that a notebook keeps."""


class Result(NextSteps, AccountOfResult, TabledResult):
    """A plan with its proof, reasons and tables; what does not exist is None.

    A plan is a proposal: a person confirms each placement. Nothing that is done to a table changes
    the result: each is a copy, and the dictionaries are read-only. What is known of the plan, and
    what the fields mean, is told by `ResultRecord`.
    """

    _model: "Model | None" = PrivateAttr(default=None)
    _at_hand: tuple[object, PlanAtHand] | None = PrivateAttr(default=None)
    _of_people: tuple[object, RowsOfPeople] | None = PrivateAttr(default=None)

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

    @override
    def __getstate__(self) -> dict[Any, Any]:
        """Return what travels: without what questions have worked out, which is found again."""
        state = super().__getstate__()
        private = {**state["__pydantic_private__"], **dict.fromkeys(_WORKED_OUT)}
        return {**state, "__pydantic_private__": private}

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
    @override
    def at_hand(self) -> PlanAtHand:
        """The plan in integers, with the prices of its rows; an error without plan or model."""
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

    def with_groups(self, table: str = "placements", groups: Sequence[str] = ()) -> "pd.DataFrame":
        """Return a table with the groups of its candidates, openings and employers as columns.

        Parameters
        ----------
        table
            Name of the table, such as ``"placements"`` or ``"unplaced"``.
        groups
            Which, such as ``["candidate.neighbourhood"]``; none means all that the records have.
            Groups of records that the table does not name are left out.

        Raises
        ------
        InvalidInputError
            When the records have no such group.
        PlacementError
            When there is no such table, or the result was read from a file without its model.
        """
        return with_groups(self.table(table), self.model.region, groups)

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
        known = self._of_people
        if known is None or known[0] is not self.placement_rows:
            known = self._of_people = (self.placement_rows, RowsOfPeople.of(self))
        return why(self, known[1], candidate_id, k)

    def why_not(
        self, candidate_id: str, opening_id: str | None = None, *, time_limit_s: float = 2.0
    ) -> WhyNot:
        """Tell why the plan does not place a candidate in an opening, and what it would cost.

        Parameters
        ----------
        candidate_id, opening_id
            Who and where; None for anywhere.
        time_limit_s
            Seconds for an eligible pair: a plan that holds it is looked for near this one, and
            where time is left the whole is solved again, for bounds that lie closer together.

        Raises
        ------
        UnknownIdError
            When the region has no such candidate or opening.
        PlacementError
            When the result was read from a file without its model.
        """
        return why_not(self, candidate_id, opening_id, time_limit_s)

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


_WORKED_OUT = ("_at_hand", "_of_people", "_regrets")
"""What a result keeps between questions."""


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
