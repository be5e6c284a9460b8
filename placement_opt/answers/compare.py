"""Plans side by side: totals, groups, and who is elsewhere; and variants of a model, solved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from placement_opt.answers.changes import openings_of
from placement_opt.answers.limit_prices import limit_prices
from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.html import html_table
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.base import Rule
from placement_opt.instance.groupings import Ways
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.instance.steps_of_paths import steps_of
from placement_opt.objectives.base import Term
from placement_opt.records import Region

if TYPE_CHECKING:
    import pandas as pd

    from placement_opt.model import Model
    from placement_opt.result import Result

Change = Any
"""A rule or a term to add, several of them, a region, a model; or a function from the model to one
of these."""

BASE = "as it is"
"""The name of the plan that scenarios are compared with."""


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(ShortRepr):
    """Plans side by side, the first being the one that others are compared with.

    Parameters
    ----------
    results
        The plans by name, in order.
    per
        How `groups` groups placements.
    """

    results: "Mapping[str, Result]"
    per: Ways = "municipality"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: what each plan comes to."""
        shown = ["plan", "status", "placed", "objective", "difference", "changes"]
        told = self.totals[shown].astype(object).to_dict("split")["data"]
        rows = [[f"{cell:,.2f}" if type(cell) is float else cell for cell in row] for row in told]
        return html_table("Comparison", [tuple(row) for row in [shown, *rows]])

    @property
    def totals(self) -> "pd.DataFrame":
        """One row per plan: proof, points, people, hours and euros, and how it differs.

        Columns: plan, status, objective, bound, difference (points beside the first plan), placed,
        unplaced, hours_per_week, coaching_hours_per_week, subsidy_eur_per_year (sums of what is
        known), shortfall_jobs, changes (people with another opening than in the first plan).
        """
        import pandas as pd

        first = next(iter(self.results.values()))
        base, known = openings_of(first), first.objective
        rows = []
        for name, result in self.results.items():
            own, points = openings_of(result), result.objective
            placed, rest = result.placement_rows, result.has_plan and first.has_plan
            people = {*base, *own}
            rows.append(
                {
                    "plan": name,
                    "status": result.status.value,
                    "objective": points,
                    "bound": result.bound,
                    "difference": None if points is None or known is None else points - known,
                    "placed": len(own) if result.has_plan else None,
                    "unplaced": len(result.unplaced_rows) if result.has_plan else None,
                    "hours_per_week": sum(row.hours_per_week or 0 for row in placed),
                    "coaching_hours_per_week": sum(
                        row.coaching_hours_per_week or 0 for row in placed
                    ),
                    "subsidy_eur_per_year": sum(row.subsidy_eur_per_year or 0 for row in placed),
                    "shortfall_jobs": sum(row.shortfall_jobs for row in result.quota_rows),
                    "changes": sum(base.get(one) != own.get(one) for one in people)
                    if rest
                    else None,
                }
            )
        counts = dict.fromkeys(("placed", "unplaced", "changes"), "Int64")
        return pd.DataFrame(rows).astype(counts)

    @property
    def groups(self) -> "pd.DataFrame":
        """One row per group with a placement in any plan: group, and placements in each plan.

        Raises
        ------
        PlacementError
            When a result was read from a file without its model.
        """
        import pandas as pd

        counts: dict[str, dict[Any, int]] = {}
        for name, result in self.results.items():
            plan = plan_of(result)
            counts[name] = {}
            for placement in plan.placements:
                group = plan.group(placement, self.per)
                if group is not None:
                    counts[name][group] = counts[name].get(group, 0) + 1
        groups = sorted({group for of in counts.values() for group in of})
        columns: dict[str, Any] = {"group": groups}
        columns |= {name: [of.get(group, 0) for group in groups] for name, of in counts.items()}
        return pd.DataFrame(columns)

    @property
    def moves(self) -> "pd.DataFrame":
        """One row per candidate whose opening is not the same in all plans: it, in each plan.

        None stands for not placed; where people may have several openings, those are told
        together.
        """
        import pandas as pd

        plans = {name: openings_of(result) for name, result in self.results.items()}
        people = sorted({one for plan in plans.values() for one in plan})
        moved = [one for one in people if len({plan.get(one, ()) for plan in plans.values()}) > 1]
        columns: dict[str, Any] = {"candidate_id": moved}
        for name, plan in plans.items():
            told = [", ".join(plan.get(one, ())) or None for one in moved]
            columns[name] = pd.Series(told, dtype=object)
        return pd.DataFrame(columns)

    @property
    def prices(self) -> "pd.DataFrame":
        """One row per scarce limit: rule, group, unit, and what one more is worth in each plan.

        In points, by the prices that prove the certified bound, else those of the linear relaxation
        where it is small: an estimate for the next unit, and not the only one where several sets of
        prices prove the same. NaN for a plan without prices, 0 where a limit costs nothing. Limits
        of single people are left out; the dearest come first.

        Raises
        ------
        PlacementError
            When a result was read from a file without its model.
        """
        import pandas as pd

        found = {name: limit_prices(result) for name, result in self.results.items()}
        keys = sorted({key for prices in found.values() for key in prices or ()})
        columns: dict[str, Any] = {
            name: [key[place] for key in keys]
            for place, name in enumerate(("rule", "group", "unit"))
        }
        for name, prices in found.items():
            told = [None if prices is None else prices.get(key, 0.0) for key in keys]
            columns[name] = pd.Series(told, dtype="float64")
        frame = pd.DataFrame(columns)
        dearest = frame[list(found)].abs().max(axis=1)
        order = dearest.sort_values(ascending=False, kind="stable").index
        return frame.loc[order].reset_index(drop=True)


def compare(*results: "Result", per: Ways = "municipality", **named: "Result") -> Comparison:
    """Put plans side by side: totals, groups and who is elsewhere.

    Parameters
    ----------
    results
        The plans, called ``a``, ``b`` and so on.
    per
        How groups are made, as in rules: ``"municipality"``, ``"employer"`` and so on.
    named
        Plans with names of their own: ``compare(friday=plan, monday=new)``.

    Raises
    ------
    InvalidInputError
        When there are fewer than two plans.
    """
    plans = {**dict(zip(ascii_lowercase, results, strict=False)), **named}
    least = 2
    if len(plans) < max(least, len(results) + len(named)):
        raise InvalidInputError.single(
            "compare",
            None,
            "results",
            len(plans),
            "must be two plans or more, each with a name of its own",
            "write compare(plan, other), or compare(friday=plan, monday=other)",
        )
    return Comparison(plans, per)


def scenarios(
    model: "Model",
    changes: Mapping[str, Change],
    per: Ways = "municipality",
    **solve: Any,
) -> Comparison:
    """Solve variants of a model and put them side by side, the model as it is first.

    Parameters
    ----------
    model
        The model, which stays as it is.
    changes
        What each variant changes, by its name: a rule or a term that is added (in place of one of
        the same kind, as in `Model.add`), a list of them, another region, another model, or a
        function that takes a model and returns one of these.
    per
        As for `compare`.
    solve
        Parameters of `Model.solve`, for every variant. Each starts from the plan as it is, and
        from its prices.

    Returns
    -------
    Comparison
        ``totals["difference"]`` is what each change costs or brings, in points; ``prices`` what one
        unit more of each limit is worth in each variant.

    Raises
    ------
    InvalidInputError
        When a change is none of these; as `Model.solve` does.
    """
    variants = {BASE: model, **{name: _changed(model, name, of) for name, of in changes.items()}}
    results: dict[str, Result] = {}
    for name, variant in variants.items():
        start = {"start": results[BASE]} if results and results[BASE].has_plan else {}
        results[name] = variant.solve(**{**start, **solve})
    return Comparison(results, per)


def _changed(model: "Model", name: str, change: Change) -> "Model":
    if isinstance(change, Callable) and not isinstance(change, type):  # type: ignore[arg-type]
        change = change(model.of_region(model.region))
    if isinstance(change, type(model)):
        return change
    if isinstance(change, Region):
        return model.of_region(change)
    parts = change if isinstance(change, Sequence) and not isinstance(change, str) else [change]
    if not parts or not all(isinstance(part, Rule | Term) for part in parts):
        raise InvalidInputError.single(
            "scenarios",
            name,
            "changes",
            str(change)[:60],
            "must be a rule, a term, a list of them, a region, a model, or a function to one",
            "write {'one coach more': po.Region(...), 'no budget': po.WageSubsidyBudget(...)}",
        )
    variant = model.of_region(model.region)
    for part in parts:
        variant.add(part)
    return variant


def plan_of(result: "Result") -> Plan:
    """Return the plan in the setting in which groups are read."""
    compiled = result.model.compile()
    placements = []
    for row in result.placement_rows:
        found = compiled.row_of(row)
        placements.append(
            Placement(row.candidate_id, row.opening_id, row.coach_id, variant=row.variant)
            if found is None
            else compiled.placement(found, row.coach_id)
        )
    periods = compiled.pairs.instance.region.periods
    return compiled.plan_of(placements, steps_of(result.path_rows, periods))
