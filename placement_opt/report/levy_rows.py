"""One employer's row of the levy scenario: what is asked, what is owed, and why nothing is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.quantities import read_number
from placement_opt.records import Employer
from placement_opt.report.planned_hours import PlannedHours
from placement_opt.rulebook import MissingParameterError, QuotaPosition, Rulebook
from placement_opt.rulebook.exact import euros

_NO_CHANGE = PlannedHours()


@dataclass(frozen=True, slots=True, kw_only=True)
class LevyRow:
    """One employer; None is what is not known, and then `reason` says why."""

    employer_id: str
    sector: str | None
    percentage: Fraction | None
    required_jobs: Fraction | None = None
    in_service_jobs: Fraction | None = None
    shortfall_jobs_before: Fraction | None = None
    levy_eur_before: Decimal | None = None
    placed_jobs: Fraction | None = None
    required_jobs_after: Fraction | None = None
    shortfall_jobs_after: Fraction | None = None
    levy_eur_after: Decimal | None = None
    reason: str | None = None


def levy_row(
    law: Rulebook,
    year: int,
    employer: Employer,
    percentages: Mapping[str | None, Fraction],
    changes: Mapping[str, PlannedHours] | None,
) -> LevyRow:
    """Return the row of one employer.

    Parameters
    ----------
    law, year
        The law as data, and the year it is asked about.
    employer
        The record.
    percentages
        Quota percentages that the user gave, by sector; those of the law otherwise.
    changes
        What a plan changes, by employer id; None without a plan.
    """
    percentage, reasons = _percentage(law, year, employer, percentages)
    position, found = _position(law, year, employer, percentage)
    reasons += found
    row = LevyRow(employer_id=employer.id, sector=employer.sector, percentage=percentage)
    after = None
    if changes is not None:
        change = changes.get(employer.id, _NO_CHANGE)
        job_hours = law.fraction("banenafspraak.job_hours_per_week", on=law.day_of(year))
        reasons += change.unknown
        if not change.unknown:
            row = replace(row, placed_jobs=change.target_group / job_hours)
            after = None if position is None else _after(position, change, job_hours)
    if position is not None:
        row = replace(row, in_service_jobs=position.in_service_jobs)
    if percentage is not None and position is not None:
        row, told = _with_levies(row, position, after, employer.paid_hours_previous_year)
        reasons += told
    return replace(row, reason="; ".join(dict.fromkeys(reasons)) or None)


def _percentage(
    law: Rulebook, year: int, employer: Employer, given: Mapping[str | None, Fraction]
) -> tuple[Fraction | None, list[str]]:
    if employer.sector in given:
        return given[employer.sector], []
    if employer.sector is None:
        return None, ["sector is not given"]
    try:
        return Fraction(law.quota_percentage(sector=employer.sector, year=year)), []
    except MissingParameterError:
        return None, [f"no verified quota percentage of {employer.sector} in {year}: give one"]


def _position(
    law: Rulebook, year: int, employer: Employer, percentage: Fraction | None
) -> tuple[QuotaPosition | None, list[str]]:
    """Return where the employer stands, or why nobody knows; hours left out are not moved."""
    own = ("paid_hours", "target_group_hours")
    hours = {f"{name}_per_year": getattr(employer, f"{name}_per_year") for name in own}
    missing = [f"{name} is not given" for name, amount in hours.items() if amount is None]
    for moved in ("hired_in", "lent_out"):
        whole, part = f"{moved}_hours_per_year", f"{moved}_target_group_hours_per_year"
        amounts = getattr(employer, whole), getattr(employer, part)
        # The law moves hours in both sums, so that one of the two alone says nothing.
        missing += [
            f"{name} is not given"
            for name, amount, other in zip((whole, part), amounts, amounts[::-1], strict=True)
            if amount is None and other
        ]
        hours |= {whole: amounts[0] or 0, part: amounts[1] or 0}
    if missing:
        return None, missing
    exact: dict[str, Any] = {
        name.removesuffix("_per_year"): read_number(hours[name]) for name in hours
    }
    before = employer.paid_hours_previous_year
    try:
        position = law.quota_position(
            # What is in service does not depend on the percentage.
            percentage=0 if percentage is None else percentage,
            year=year,
            paid_hours_previous_year=None if before is None else read_number(before),
            **exact,
        )
    except InvalidInputError as error:  # a value that the law lacks, or hours that contradict
        return None, [f"{problem.field} {problem.expected}" for problem in error.problems]
    return position, []


def _after(position: QuotaPosition, change: PlannedHours, job_hours: Fraction) -> QuotaPosition:
    """Return the position with the plan's weekly hours, as hours of a whole year."""
    hours_per_year = position.hours_per_job / job_hours
    everybody = change.everybody * hours_per_year
    return replace(
        position,
        paid_hours=position.paid_hours + everybody,
        paid_hours_of_employer=position.paid_hours_of_employer + everybody,
        target_group_hours=position.target_group_hours + change.target_group * hours_per_year,
    )


def _with_levies(
    row: LevyRow, before: QuotaPosition, after: QuotaPosition | None, previous_year: float | None
) -> tuple[LevyRow, list[str]]:
    """Fill in what is asked and owed before and after, with the reasons for none."""
    levy, reason = _levy(before, previous_year)
    row = replace(
        row,
        required_jobs=before.required_jobs,
        shortfall_jobs_before=before.shortfall_jobs,
        levy_eur_before=levy,
    )
    if after is None:
        return row, [reason] if reason else []
    levy, then = _levy(after, previous_year)
    row = replace(
        row,
        required_jobs_after=after.required_jobs,
        shortfall_jobs_after=after.shortfall_jobs,
        levy_eur_after=levy,
    )
    if reason == then:
        return row, [reason] if reason else []
    told = (("before", reason), ("after", then))
    return row, [f"{when} the plan: {text}" for when, text in told if text]


def _levy(
    position: QuotaPosition, previous_year: float | None
) -> tuple[Decimal | None, str | None]:
    return levy_of(
        position.shortfall_jobs,
        paid_hours=position.paid_hours_of_employer,
        paid_hours_previous_year=None if previous_year is None else read_number(previous_year),
        threshold_hours=position.threshold_hours,
        levy_eur_per_job=position.levy_eur_per_job,
    )


def levy_of(
    shortfall_jobs: Fraction,
    *,
    paid_hours: Fraction | None,
    paid_hours_previous_year: Fraction | None,
    threshold_hours: Fraction,
    levy_eur_per_job: Fraction,
) -> tuple[Decimal | None, str | None]:
    """Return the scenario levy to the cent, or None, with the reason why it is 0 or unknown.

    Parameters
    ----------
    shortfall_jobs
        Jobs missing; a surplus has no levy.
    paid_hours, paid_hours_previous_year
        The employer's own paid hours of both years; None where not known.
    threshold_hours
        Hours from which an employer is liable, in both years.
    levy_eur_per_job
        EUR per missing job.
    """
    if shortfall_jobs <= 0:
        return Decimal("0.00"), None
    for hours, when in ((paid_hours, "the year"), (paid_hours_previous_year, "the year before")):
        if hours is not None and hours < threshold_hours:
            own, least = f"{float(hours):,.8g}", f"{float(threshold_hours):,.8g}"
            return Decimal("0.00"), f"no levy: {own} paid hours in {when}, below {least}"
    if paid_hours is None:
        return None, "paid_hours_per_year is not given"
    if paid_hours_previous_year is None:
        return None, "paid_hours_previous_year is not given"
    return euros(shortfall_jobs * levy_eur_per_job), None
