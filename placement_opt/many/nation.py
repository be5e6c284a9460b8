"""What many regions have come to: their results, what failed, and sums over all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from placement_opt.basics.errors import Problem
from placement_opt.basics.rows_of_limits import QuotaRow
from placement_opt.basics.short_text import ShortRepr
from placement_opt.basics.status import Status, relative_gap
from placement_opt.many.nation_words import nation_summary
from placement_opt.result import Result

if TYPE_CHECKING:
    import pandas as pd

FailureKind: TypeAlias = Literal["bad_input", "error", "lost_worker", "stopped"]
"""The region has problems, an error of ours or of a function, its workers were lost again and
again, or the run was stopped before it began."""


@dataclass(frozen=True, repr=False)
class RegionFailure(ShortRepr):
    """Why a region has no result.

    Parameters
    ----------
    kind
        What went wrong; see `FailureKind`.
    text
        The same in words, with the remedy where there is one.
    problems
        The problems of the region's input.
    trace
        Where an error was raised; empty for bad input.
    """

    kind: FailureKind
    text: str
    problems: tuple[Problem, ...] = ()
    trace: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class NationResult(ShortRepr):
    """Plans of many regions that share nothing, and what is proven of them together.

    Parameters
    ----------
    results
        The result of each region by its name, in the order that was given. A region or a model that
        was given answers questions (`Result.why_not`); one that a worker read or made does so once
        its result has its model, see `Result.from_json`.
    failures
        Why a region has no result, by its name.
    remarks
        What to know of a region besides, by its name: how its files were read, that its result is
        that of an earlier run, that a worker was lost, that its result could not be written.
    elapsed_s
        Seconds of the whole run.
    """

    results: Mapping[str, Result]
    failures: Mapping[str, RegionFailure] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    elapsed_s: float = 0.0

    @property
    def status(self) -> Status:
        """What is known of all regions together.

        OPTIMAL where every region is, FEASIBLE where every region has a plan, INFEASIBLE where it
        is proven that some region has none; else NO_SOLUTION, as when a region failed.
        """
        found = {result.status for result in self.results.values()}
        if Status.INFEASIBLE in found:
            return Status.INFEASIBLE
        if self.failures or not found or Status.NO_SOLUTION in found:
            return Status.NO_SOLUTION
        return Status.OPTIMAL if found == {Status.OPTIMAL} else Status.FEASIBLE

    @property
    def objective(self) -> float | None:
        """Points of all plans that there are; None without any."""
        points = [r.objective for r in self.results.values() if r.objective is not None]
        return sum(points) if points else None

    @property
    def bound(self) -> float | None:
        """No plans of the regions have more points together; None where a region has no bound."""
        bounds = [r.bound for r in self.results.values() if r.bound is not None]
        return None if self.failures or len(bounds) < max(1, len(self.results)) else sum(bounds)

    @property
    def gap(self) -> float | None:
        """The relative gap between the two; None where a region has no plan or no bound."""
        all_have_plans = all(result.has_plan for result in self.results.values())
        if self.objective is None or self.bound is None or not all_have_plans:
            return None
        return relative_gap(self.objective, self.bound)

    @property
    def quotas(self) -> "pd.DataFrame":
        """The quotas of every region; columns: region, and those of `Result.quotas`."""
        import pandas as pd

        known = {column for result in self.results.values() for column in result.quotas.columns}
        columns = [column for column in QuotaRow.model_fields if column in known or not known]
        rows = [
            [name, *(getattr(row, column) for column in columns)]
            for name, result in self.results.items()
            for row in result.quota_rows
        ]
        return pd.DataFrame(rows, columns=["region", *columns])

    @property
    def regions(self) -> "pd.DataFrame":
        """One row per region: what is known of it, and what it took.

        Columns: region, status (or the kind of failure), stop_reason, objective, bound, gap,
        candidates, placed, shortfall_jobs, elapsed_s, peak_memory_mb (of the process that solved
        it), remark.
        """
        import pandas as pd

        rows: list[dict[str, object]] = []
        for name, result in self.results.items():
            rows.append(
                {
                    "region": name,
                    "status": result.status.value,
                    "stop_reason": result.stop_reason.value,
                    "objective": result.objective,
                    "bound": result.bound,
                    "gap": result.gap,
                    "candidates": result.n_candidates,
                    "placed": len({row.candidate_id for row in result.placement_rows}),
                    "shortfall_jobs": sum(row.shortfall_jobs for row in result.quota_rows),
                    "elapsed_s": result.stats.get("elapsed_s"),
                    "peak_memory_mb": result.stats.get("peak_memory_mb"),
                    "remark": self.remarks.get(name),
                }
            )
        for name, failure in self.failures.items():
            rows.append({"region": name, "status": failure.kind, "remark": failure.text})
        columns = (
            "region status stop_reason objective bound gap candidates placed shortfall_jobs"
            " elapsed_s peak_memory_mb remark"
        )
        frame = pd.DataFrame(rows, columns=columns.split())
        return frame.astype({"candidates": "Int64", "placed": "Int64"})

    def summary(self, language: Literal["en", "nl"] = "en") -> str:
        """Return the whole in one page, in English or Dutch."""
        return nation_summary(self, language)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(self.summary())}</pre>"
