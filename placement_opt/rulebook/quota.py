"""The quota scheme (quotumregeling) in exact arithmetic: percentage, shortfall, levy as scenario.

Wfsv 34, 38f-38h, 122na; sources per number stand in ``parameters/quota.toml``.
"""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from placement_opt.rulebook.banenafspraak import SECTORS, AgreementRules
from placement_opt.rulebook.exact import Exact, read_decimal, read_exact
from placement_opt.rulebook.quota_position import QuotaPosition
from placement_opt.rulebook.refusals import check_choice, invalid


class QuotaRules(AgreementRules):
    """What the quota scheme would ask of an employer."""

    @property
    def threshold_hours_per_year(self) -> Decimal:
        """Paid hours a year from which an employer is liable: 25 x 1,623 = 40,575."""
        return read_decimal(self._threshold_hours(self.date), "threshold_hours_per_year")

    def quota_percentage(self, *, sector: str, year: int | None = None) -> Decimal:
        """Return the quota percentage set for a sector and year, as set: two decimals.

        Parameters
        ----------
        sector
            "market" or "government".
        year
            Calendar year; the rulebook's own by default.

        Raises
        ------
        MissingParameterError
            When no verified percentage is known; the text says for which years one is.
        InvalidInputError
            For an unknown sector or year.

        Examples
        --------
        >>> from placement_opt.rulebook import Rulebook
        >>> Rulebook.on("2019-06-01").quota_percentage(sector="government", year=2019)
        Decimal('2.14')
        """
        check_choice("sector", sector, SECTORS)
        return self.value(f"quota.percentage.{sector}", on=self.day_of(year))

    def quota_percentage_indication(self, *, year: int) -> Decimal:
        """Return the percentage announced in 2018 for the government sector, 2020 to 2024.

        An indication only: for 2024 it was 0.33 point too high.

        Raises
        ------
        MissingParameterError
            When none was announced for the year.
        InvalidInputError
            For an unknown year.
        """
        return self.value("quota.percentage_indication.government", on=self.day_of(year))

    def quota_percentage_from(
        self, *, zero_measurement_jobs: Exact, extra_jobs: Exact, workers: Exact
    ) -> Decimal:
        """Compute a sector's percentage in the popular form, rounded down to two decimals.

        B = (zero-measurement jobs + extra jobs) x 1,331 / (workers x 1,623) x 100. The statute's
        own algebra, Wfsv 38f(2), is an image that was not read; the rounding is Wfsv 38f(1).

        Parameters
        ----------
        zero_measurement_jobs
            Jobs of the sector on 1 January 2013.
        extra_jobs
            Target of the year before plus half of the year's increment.
        workers
            Workers of the sector.

        Raises
        ------
        InvalidInputError
            For a number below 0, or no workers.
        """
        jobs = read_exact(zero_measurement_jobs, "zero_measurement_jobs")
        jobs += read_exact(extra_jobs, "extra_jobs")
        count = read_exact(workers, "workers")
        if count == 0:
            raise invalid("workers", workers, "must be > 0", "give the workers of the sector")
        hours = jobs * Fraction(self.job_hours_per_year)
        share = hours / (count * Fraction(self.worker_hours_per_year))
        hundredths = share * 100 * 100
        return Decimal(hundredths.numerator // hundredths.denominator).scaleb(-2)

    def required_jobs(
        self,
        *,
        hours_per_week: Exact,
        percentage: Exact | None = None,
        sector: str | None = None,
        year: int | None = None,
    ) -> Fraction:
        """Return the jobs of 25.5 hours a week an employer should offer, unrounded.

        Parameters
        ----------
        hours_per_week
            Weekly paid hours of all workers.
        percentage
            Quota percentage; that of `sector` and `year` by default.
        sector, year
            As `quota_percentage`.

        Raises
        ------
        MissingParameterError
            When no percentage is given and none is known.
        InvalidInputError
            For a number below 0, or an unknown sector or year.
        """
        hours = read_exact(hours_per_week, "hours_per_week")
        share = self._percentage(percentage, sector, year) / 100
        job = self.fraction("banenafspraak.job_hours_per_week", on=self.day_of(year))
        return hours * share / job

    def quota_position(
        self,
        *,
        paid_hours: Exact,
        target_group_hours: Exact,
        percentage: Exact | None = None,
        sector: str | None = None,
        year: int | None = None,
        paid_hours_previous_year: Exact | None = None,
        hired_in_hours: Exact = 0,
        hired_in_target_group_hours: Exact = 0,
        lent_out_hours: Exact = 0,
        lent_out_target_group_hours: Exact = 0,
        sheltered_hours: Exact = 0,
    ) -> QuotaPosition:
        """Return one employer's position: required, in service, shortfall, scenario levy.

        Parameters
        ----------
        paid_hours
            Own paid hours (verloonde uren) of all workers in the year: sick, leave and paid
            overtime hours included. An employer of part of the year converts them first,
            Wfsv 34(8)(b).
        target_group_hours
            Own paid hours of the target group, the lent-out ones still included.
        percentage
            Quota percentage, used as given; that of `sector` and `year` by default.
        sector, year
            As `quota_percentage`; threshold, hours of a job and levy are those of the year too.
        paid_hours_previous_year
            Own paid hours of the year before, for the threshold; `paid_hours` by default.
        hired_in_hours, lent_out_hours
            Hours that move from lender to hirer, in A; Wfsv 38g(4).
        hired_in_target_group_hours, lent_out_target_group_hours
            The target group's part of them, which moves in C as well.
        sheltered_hours
            Sheltered work inside `target_group_hours`, which never counts in C.

        Raises
        ------
        MissingParameterError
            When no percentage is given and none is known.
        InvalidInputError
            For a number below 0, a part larger than its whole, an unknown sector or year.

        Examples
        --------
        >>> from placement_opt.rulebook import Rulebook
        >>> rulebook = Rulebook.on("2019-06-01")
        >>> position = rulebook.quota_position(
        ...     paid_hours=100_000, target_group_hours=0, percentage="3.09"
        ... )
        >>> position.levy_eur
        Decimal('11607.81')
        """
        day = self.day_of(year)
        paid = read_exact(paid_hours, "paid_hours")
        target = read_exact(target_group_hours, "target_group_hours")
        hired = read_exact(hired_in_hours, "hired_in_hours")
        hired_target = read_exact(hired_in_target_group_hours, "hired_in_target_group_hours")
        lent = read_exact(lent_out_hours, "lent_out_hours")
        lent_target = read_exact(lent_out_target_group_hours, "lent_out_target_group_hours")
        sheltered = read_exact(sheltered_hours, "sheltered_hours")
        before = paid
        if paid_hours_previous_year is not None:
            before = read_exact(paid_hours_previous_year, "paid_hours_previous_year")
        _check_part("target_group_hours", target, "paid_hours", paid)
        _check_part("lent_out_hours", lent, "paid_hours", paid)
        _check_part("hired_in_target_group_hours", hired_target, "hired_in_hours", hired)
        _check_part("lent_out_target_group_hours", lent_target, "lent_out_hours", lent)
        counted = target - sheltered
        _check_part("sheltered_hours", sheltered, "target_group_hours", target)
        _check_part(
            "lent_out_target_group_hours", lent_target, "target_group_hours that count", counted
        )
        return QuotaPosition(
            paid_hours=paid + hired - lent,
            target_group_hours=counted + hired_target - lent_target,
            percentage=self._percentage(percentage, sector, year),
            hours_per_job=self.fraction("banenafspraak.job_hours_per_year", on=day),
            threshold_hours=self._threshold_hours(day),
            paid_hours_of_employer=paid,
            paid_hours_previous_year=before,
            levy_eur_per_job=self.fraction("quota.levy_eur_per_job", on=day),
        )

    def levy_executed(self, *, year: int | None = None) -> bool:
        """Return whether a levy is really collected over a year; so far it never is.

        Not before 2026 (Wfsv 122na), and since then only after a decision that was not taken.
        ``with_parameter("quota.levy_executed", 1, year=...)`` says otherwise.

        Raises
        ------
        InvalidInputError
            For an unknown year.
        """
        return self.value("quota.levy_executed", on=self.day_of(year)) == 1

    def levy_eur_per_target_group_hour(self) -> Fraction:
        """Return what one more target-group hour is worth to a liable employer, unrounded.

        5,000 / 1,331: about 3.757 EUR an hour for people already on the payroll.
        """
        return self.fraction("quota.levy_eur_per_job") / Fraction(self.job_hours_per_year)

    def _threshold_hours(self, day: dt.date) -> Fraction:
        worker = self.fraction("banenafspraak.worker_hours_per_year", on=day)
        return self.fraction("quota.threshold_workers", on=day) * worker

    def _percentage(
        self, percentage: Exact | None, sector: str | None, year: int | None
    ) -> Fraction:
        if percentage is not None:
            return read_exact(percentage, "percentage", maximum=100)
        if sector is None:
            hint = 'give percentage="2.14", or the sector and the year it was set for'
            raise invalid("percentage", None, "or sector must be given", hint)
        return Fraction(self.quota_percentage(sector=sector, year=year))


def _check_part(field: str, part: Fraction, whole_field: str, whole: Fraction) -> None:
    if part > whole:
        hint = "hours that move count in all hours and in those of the target group"
        raise invalid(field, str(part), f"must be <= {whole_field} ({whole})", hint)
