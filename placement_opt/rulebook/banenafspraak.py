"""The jobs agreement (banenafspraak): jobs of 25.5 hours, national targets and counts.

Sources per number stand in ``parameters/banenafspraak.toml``; the statute is Wfsv chapter 3.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from placement_opt.rulebook.exact import Exact, read_exact
from placement_opt.rulebook.parameter_book import ParameterBook
from placement_opt.rulebook.refusals import check_choice, invalid

Sector = Literal["market", "government"]
SECTORS: tuple[Sector, ...] = ("market", "government")
TOTALS: tuple[str, ...] = (*SECTORS, "total")


class AgreementRules(ParameterBook):
    """What the jobs agreement counts, and how far the country has come."""

    @property
    def job_hours_per_week(self) -> Decimal:
        """Paid hours a week that make one job (25.5); goes with `job_hours_per_year`."""
        return self.value("banenafspraak.job_hours_per_week")

    @property
    def job_hours_per_year(self) -> Decimal:
        """Paid hours a year that make one job (1,331): the average of the target group."""
        return self.value("banenafspraak.job_hours_per_year")

    @property
    def worker_hours_per_year(self) -> Decimal:
        """Paid hours a year of the average worker (1,623), for the size threshold."""
        return self.value("banenafspraak.worker_hours_per_year")

    def jobs(
        self, hours_per_week: Exact | None = None, *, hours_per_year: Exact | None = None
    ) -> Fraction:
        """Count paid hours of the target group as jobs, pro rata and unrounded.

        jobs = hours a week / 25.5, or hours a year / 1,331: never heads, never whole jobs.

        Parameters
        ----------
        hours_per_week
            Sum of the weekly paid hours.
        hours_per_year
            Sum of the yearly paid hours, instead of the weekly ones.

        Raises
        ------
        InvalidInputError
            When not exactly one of the two is given, or it is no number >= 0.

        Examples
        --------
        >>> from placement_opt.rulebook import Rulebook
        >>> Rulebook.on("2019-06-01").jobs(hours_per_week=51)
        Fraction(2, 1)
        """
        if hours_per_week is not None and hours_per_year is None:
            hours = read_exact(hours_per_week, "hours_per_week")
            return hours / Fraction(self.job_hours_per_week)
        if hours_per_year is not None and hours_per_week is None:
            hours = read_exact(hours_per_year, "hours_per_year")
            return hours / Fraction(self.job_hours_per_year)
        given = (hours_per_week, hours_per_year)
        hint = "weekly hours go with 25.5, yearly hours with 1,331: do not mix them"
        raise invalid("hours_per_week", given, "or hours_per_year must be given, not both", hint)

    def national_target(self, *, year: int, sector: str = "total") -> int:
        """Return the extra jobs agreed for the end of a year, since 1 January 2013.

        Parameters
        ----------
        year
            Calendar year; the figure of 2015 includes the trial years 2013-14.
        sector
            "market", "government" or "total".

        Raises
        ------
        MissingParameterError
            When no verified figure is known.
        InvalidInputError
            For an unknown sector or year.
        """
        return self._national("target_jobs", year, sector)

    def national_increment(self, *, year: int, sector: str = "total") -> int:
        """Return the extra jobs a single year asks for: the difference of two targets.

        Raises
        ------
        MissingParameterError
            When one of the two figures is not verified.
        InvalidInputError
            For an unknown sector or year.
        """
        before = self.national_target(year=year - 1, sector=sector)
        return self.national_target(year=year, sector=sector) - before

    def national_realised(self, *, year: int, sector: str = "total") -> int:
        """Return the extra jobs counted at the end of a year, in the official monitor.

        Raises
        ------
        MissingParameterError
            When no official count was found.
        InvalidInputError
            For an unknown sector or year.
        """
        return self._national("realised_jobs", year, sector)

    def _national(self, figure: str, year: int, sector: str) -> int:
        check_choice("sector", sector, TOTALS)
        return self.whole(f"banenafspraak.{figure}.{sector}", on=self.day_of(year))
