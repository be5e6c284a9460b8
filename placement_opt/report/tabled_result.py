"""A result with its tables: as frames of pandas and polars, and as a workbook."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import PrivateAttr

from placement_opt.basics.errors import PlacementError, closest_hint, closest_ids
from placement_opt.basics.json_files import write_bytes_atomically
from placement_opt.basics.rows import (
    AssumptionRow,
    BlockingRow,
    ChangeRow,
    CostRow,
    OpeningRow,
    PathRow,
    PlacementRow,
    RemarkRow,
    Row,
    TermRow,
    UnplacedRow,
)
from placement_opt.basics.rows_of_limits import BudgetRow, CoachRow, QuotaRow
from placement_opt.instance.variants import VARIANT
from placement_opt.pairs.chances import SUCCESS
from placement_opt.report.summary import summarise
from placement_opt.run.result_record import PERIODS, VARIANTS, ResultRecord

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_TABLES: Mapping[str, tuple[type[Row], str]] = {
    "placements": (PlacementRow, "placement_rows"),
    "unplaced": (UnplacedRow, "unplaced_rows"),
    "openings": (OpeningRow, "opening_rows"),
    "paths": (PathRow, "path_rows"),
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

_WITH_TIME: Mapping[str, tuple[str, ...]] = {
    "placements": ("start_period", "starts_on", "contract_starts_on", "ends_on"),
    "quotas": ("period",),
    "budgets": ("year",),
    "coaches": ("period",),
    "blocking_pairs": ("start_period",),
}
"""Columns that only plans in time have."""


class TabledResult(ResultRecord):
    """The record of a result with its tables. Each table is a copy, made once from its rows."""

    _frames: dict[str, "tuple[object, pd.DataFrame]"] = PrivateAttr(default_factory=dict)

    @property
    def placements(self) -> "pd.DataFrame":
        """One row per placement: ids, coach, hours, coaching hours, subsidy, points, variant."""
        return self._table("placements")

    @property
    def unplaced(self) -> "pd.DataFrame":
        """One row per candidate without a placement, with the reason."""
        return self._table("unplaced")

    @property
    def openings(self) -> "pd.DataFrame":
        """One row per job opening: places, how many are filled, and why the others are free."""
        return self._table("openings")

    @property
    def paths(self) -> "pd.DataFrame":
        """One row per step of each person's path, the job last; empty in a region without steps."""
        return self._table("paths")

    @property
    def quotas(self) -> "pd.DataFrame":
        """Target, in service, placed and shortfall of each group, with price and scenario levy."""
        return self._table("quotas")

    @property
    def coaches(self) -> "pd.DataFrame":
        """Hours and people of each coach in a steady week, or in each period, used and free."""
        return self._table("coaches")

    @property
    def budgets(self) -> "pd.DataFrame":
        """Subsidy spent and free per municipality, with periods in each calendar year."""
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

    def table(self, table: str) -> "pd.DataFrame":
        """Return a table by its name, such as ``"placements"``.

        Raises
        ------
        PlacementError
            When there is no such table.
        """
        _check_table(table)
        return self._table(table)

    def _table(self, table: str) -> "pd.DataFrame":
        """Return a copy of a table, made once from its rows."""
        name = _TABLES[table][1]
        rows = getattr(self, name) or ()
        known = self._frames.get(name)
        if known is None or known[0] is not rows:  # a changed copy shares what was made before
            import pandas as pd

            columns, cells = self._cells(table)
            known = self._frames[name] = (rows, pd.DataFrame(cells, columns=columns))
        return known[1].copy()

    def _cells(self, table: str) -> tuple[list[str], list[list[Any]]]:
        """Return columns and cells of a table; variants and chances only where they are in play."""
        row, rows = _TABLES[table]
        is_shown = {VARIANT: VARIANTS in self.stats, SUCCESS: self.expected_placements is not None}
        if table in _WITH_TIME:
            is_shown |= dict.fromkeys(_WITH_TIME[table], PERIODS in self.stats)
        columns = [name for name in row.model_fields if is_shown.get(name, True)]
        entries = getattr(self, rows) or ()
        return columns, [[getattr(entry, name) for name in columns] for entry in entries]

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
        _check_table(table)
        try:
            import polars as pl
        except ImportError:
            hint = "pip install polars, or take the table as pandas"
            raise PlacementError(f"to_polars needs polars. Hint: {hint}.") from None
        columns, cells = self._cells(table)
        return pl.DataFrame(cells, schema=columns, orient="row", infer_schema_length=None)

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

        sheets = {table: self._cells(table) for table in _TABLES}
        told = [[line] for line in self.summary().split("\n")]
        content = workbook_bytes({"summary": (["summary"], told)} | sheets)
        write_bytes_atomically(path, content, overwrite=overwrite)

    def summary(self, language: Literal["en", "nl"] = "en") -> str:
        """Return the plan in one page for a placement manager, in English or Dutch."""
        return summarise(self, language)


def _check_table(table: str) -> None:
    if table not in _TABLES:
        hint = closest_hint(closest_ids(table, _TABLES))
        raise PlacementError(f"no table {table!r}. Hint: {hint}.")
