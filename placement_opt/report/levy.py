"""The quota levy (quotumheffing) as a scenario: where employers stand before and after a plan.

No levy is executed; see `Rulebook.levy_executed`. Wfsv 34, 38f to 38h and 122na. Arithmetic is
exact, in fractions; only the finished table holds jobs as floats.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from placement_opt.basics.errors import InvalidInputError
from placement_opt.instance.instance import Instance
from placement_opt.records import Region
from placement_opt.report.levy_rows import LevyRow, levy_row
from placement_opt.report.planned_hours import planned_hours
from placement_opt.rulebook import SECTORS, Exact, Rulebook
from placement_opt.rulebook.exact import read_exact
from placement_opt.rulebook.refusals import check_choice, check_year

if TYPE_CHECKING:
    import pandas as pd

_AFTER = ("placed_jobs", "required_jobs_after", "shortfall_jobs_after", "levy_eur_after")
_EUROS = ("levy_eur_before", "levy_eur_after")
_TEXTS = ("employer_id", "sector", "reason")


def levy_scenario(
    region: Region,
    year: int | None = None,
    percentage: Exact | Mapping[str, Exact] | None = None,
    plan: Any = None,
    *,
    rulebook: Rulebook | None = None,
) -> "pd.DataFrame":
    """Return what the quota scheme would ask of each employer, before and after a plan.

    A scenario: no levy was ever executed. The hours of the employers' records are taken as those
    of the year. A placement counts as if it lasted the whole year: its weekly hours / 25.5 are
    jobs, and each job is 1,331 hours a year. These hours add to all paid hours, and to those of
    the target group where the person's registration is valid on the region's date and the work is
    not sheltered (beschut werk); somebody who leaves a current opening takes the hours along.

    Parameters
    ----------
    region
        The region with its employers.
    year
        Calendar year whose law is applied; that of the region's date by default.
    percentage
        Quota percentage for everybody, or {sector: percentage}; the rulebook's own otherwise.
    plan
        A `Result`, a frame of placements (``candidate_id``, ``opening_id`` and perhaps
        ``hours_per_week``), or pairs of ids. None leaves the columns of the plan out.
    rulebook
        The law as data, for values of your own; that of the year by default.

    Returns
    -------
    DataFrame
        A row per employer, by id: ``employer_id``, ``sector``, ``percentage``, ``required_jobs``,
        ``in_service_jobs``, ``shortfall_jobs_before``, ``levy_eur_before``, with a plan
        ``placed_jobs``, ``required_jobs_after``, ``shortfall_jobs_after``, ``levy_eur_after``, and
        ``reason``. Jobs are floats (NaN where unknown) nearest to the exact fraction; a shortfall
        below zero is a surplus. Levies are Decimal to the cent, or None where something is not
        known; ``reason`` says what is, or why there is none. ``attrs`` holds the year, whether
        the law executes a levy then, and the parameters used, with their sources.

    Raises
    ------
    InvalidInputError
        For an unknown year or sector, a percentage out of range, a plan that is none, names
        unknown ids or lists a pair twice; with a plan, when the region has no date.

    Examples
    --------
    >>> import placement_opt as po
    >>> office = po.Employer(
    ...     id="E-1",
    ...     sector="government",
    ...     paid_hours_per_year=100_000,
    ...     paid_hours_previous_year=100_000,
    ...     target_group_hours_per_year=1_331,
    ... )
    >>> region = po.Region(
    ...     name="tiny",
    ...     candidates=[po.Candidate(id="C-1")],
    ...     openings=[po.Opening(id="O-1")],
    ...     employers=[office],
    ... )
    >>> table = po.levy_scenario(region, year=2018)
    >>> table["levy_eur_before"].item()
    Decimal('2250.19')
    """
    year = _year(region, year)
    law = _law(region, year, rulebook)
    percentages = _percentages(percentage)
    changes = None if plan is None else planned_hours(Instance(region, law), plan)
    employers = sorted(region.employers, key=lambda employer: employer.id)
    rows = [levy_row(law, year, employer, percentages, changes) for employer in employers]
    table = _frame(rows, with_plan=plan is not None)
    is_known = law.find("quota.levy_executed", on=law.day_of(year)) is not None
    executed = law.levy_executed(year=year) if is_known else None
    table.attrs = {"year": year, "levy_executed": executed, "rulebook": law.run_record()}
    return table


def _year(region: Region, year: int | None) -> int:
    if year is not None:
        return year
    if region.date is None:
        raise InvalidInputError.single(
            "levy_scenario",
            None,
            "year",
            None,
            "must be given, since the region has no date",
            "name the calendar year whose law is meant, such as year=2019",
        )
    return region.date.year


def _law(region: Region, year: int, rulebook: Rulebook | None) -> Rulebook:
    """Return the rulebook to ask, on the region's own day where that lies in the year."""
    if rulebook is None:
        own = region.date if region.date is not None and region.date.year == year else None
        rulebook = Rulebook.on(own or dt.date(check_year(year), 12, 31))
    return rulebook.noting()


def _percentages(given: Exact | Mapping[str, Exact] | None) -> Mapping[str | None, Fraction]:
    """Read the percentage per sector; a single one also holds for a sector that is not known."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        number = read_exact(given, "percentage", maximum=100)
        return dict.fromkeys((None, *SECTORS), number)
    for sector in given:
        check_choice("percentage", sector, SECTORS)
    return {sector: read_exact(given[sector], "percentage", maximum=100) for sector in given}


def _frame(rows: list[LevyRow], *, with_plan: bool) -> "pd.DataFrame":
    import pandas as pd

    names = [field.name for field in fields(LevyRow) if with_plan or field.name not in _AFTER]
    columns: dict[str, pd.Series[Any]] = {}
    for name in names:
        values = [getattr(row, name) for row in rows]
        if name in _TEXTS or name in _EUROS:
            columns[name] = pd.Series(values, dtype=object)
        else:
            numbers = [None if value is None else float(value) for value in values]
            columns[name] = pd.Series(numbers, dtype="float64")
    return pd.DataFrame(columns)
