"""One employer's position against the quota, in exact arithmetic; Wfsv 34, 38g and 38h."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from placement_opt.rulebook.exact import euros


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaPosition:
    """Where one employer stands against the quota of one year; nothing is rounded but euros.

    Attributes
    ----------
    paid_hours
        A: paid hours of all workers in the year, hired-in hours moved; Wfsv 38g(3)-(4).
    target_group_hours
        C: paid hours of the target group, hired-in hours moved, sheltered work left out.
    percentage
        B: percent of A that the target group should work.
    hours_per_job
        D: yearly hours of one job.
    threshold_hours
        Hours from which an employer is liable, in both years; Wfsv 34(4), 34(6).
    paid_hours_of_employer, paid_hours_previous_year
        Own paid hours of both years, nothing moved: what the threshold looks at.
    levy_eur_per_job
        EUR per missing job and year; Wfsv 38h(4).
    """

    paid_hours: Fraction
    target_group_hours: Fraction
    percentage: Fraction
    hours_per_job: Fraction
    threshold_hours: Fraction
    paid_hours_of_employer: Fraction
    paid_hours_previous_year: Fraction
    levy_eur_per_job: Fraction

    @property
    def required_hours(self) -> Fraction:
        """A x B / 100: hours the target group should work."""
        return self.paid_hours * self.percentage / 100

    @property
    def required_jobs(self) -> Fraction:
        """Required hours in jobs of 1,331 hours."""
        return self.required_hours / self.hours_per_job

    @property
    def in_service_jobs(self) -> Fraction:
        """Hours of the target group in jobs of 1,331 hours."""
        return self.target_group_hours / self.hours_per_job

    @property
    def shortfall_hours(self) -> Fraction:
        """A x B / 100 - C; below zero for a surplus."""
        return self.required_hours - self.target_group_hours

    @property
    def shortfall_jobs(self) -> Fraction:
        """S = (A x B / 100 - C) / D, unrounded; below zero for a surplus."""
        return self.shortfall_hours / self.hours_per_job

    @property
    def liable(self) -> bool:
        """Whether the employer reaches the size threshold in both years."""
        smallest = min(self.paid_hours_of_employer, self.paid_hours_previous_year)
        return smallest >= self.threshold_hours

    @property
    def levy_eur(self) -> Decimal:
        """Scenario levy to the cent: EUR 5,000 x S when liable and S > 0, otherwise 0.

        No levy is executed; see `Rulebook.levy_executed`.
        """
        missing_jobs = max(self.shortfall_jobs, Fraction(0)) if self.liable else Fraction(0)
        return euros(missing_jobs * self.levy_eur_per_job)
