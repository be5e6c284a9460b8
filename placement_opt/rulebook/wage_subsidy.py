"""The wage-cost subsidy (loonkostensubsidie, LKS) and the minimum wage it is computed from.

Participatiewet 10d; sources per number stand in ``parameters/wage_subsidy.toml`` and
``parameters/minimum_wage.toml``.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from placement_opt.basics.flags import as_flag
from placement_opt.rulebook.exact import SUBJECT, Exact, euros, read_exact
from placement_opt.rulebook.parameter_book import ParameterBook
from placement_opt.rulebook.refusals import invalid

MONTHS = 12
ADULT_AGE = 21
"""Age from which the full minimum wage holds; also that of whose record gives none."""
YOUNGEST_AGE = 15
BBL_AGES = range(18, ADULT_AGE)
"""Ages at which an apprentice may have a lower minimum wage than others of that age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WageSubsidy:
    """The subsidy on one job of one person; every amount is rounded once, from the exact one.

    Attributes
    ----------
    base_exact
        Minimum wage with holiday allowance, EUR per month, scaled to the hours.
    subsidy_exact
        Subsidy without employer charges, EUR per month.
    cap_exact
        Most the subsidy can be, EUR per month, without employer charges.
    employer_charges
        Allowance for employer charges, as a share of the subsidy; None where it is not known.
    months_at_most
        Months the form may last: 6 for the fixed form, None for the measured one.
    """

    base_exact: Fraction
    subsidy_exact: Fraction
    cap_exact: Fraction
    employer_charges: Fraction | None
    months_at_most: int | None

    @property
    def base_per_month_eur(self) -> Decimal:
        """Minimum wage with holiday allowance for these hours, per month."""
        return euros(self.base_exact)

    @property
    def cap_per_month_eur(self) -> Decimal:
        """Most the subsidy can be per month, without employer charges."""
        return euros(self.cap_exact)

    @property
    def is_capped(self) -> bool:
        """Whether the cap binds."""
        return self.subsidy_exact == self.cap_exact

    @property
    def per_month_eur(self) -> Decimal:
        """Subsidy per month, without employer charges."""
        return euros(self.subsidy_exact)

    @property
    def per_year_eur(self) -> Decimal:
        """Twelve times the unrounded month, then to the cent, without employer charges."""
        return euros(self.subsidy_exact * MONTHS)

    @property
    def per_month_with_charges_eur(self) -> Decimal | None:
        """Subsidy per month with employer charges; None where their share is not known."""
        if self.employer_charges is None:
            return None
        return euros(self.subsidy_exact * (1 + self.employer_charges))

    @property
    def per_year_with_charges_eur(self) -> Decimal | None:
        """Twelve times the unrounded month with charges, then to the cent; None if unknown."""
        if self.employer_charges is None:
            return None
        return euros(self.subsidy_exact * (1 + self.employer_charges) * MONTHS)


class WageSubsidyRules(ParameterBook):
    """What a municipality pays an employer for work of less than full wage value."""

    def minimum_wage_eur_per_hour(self, age: int = ADULT_AGE, *, bbl: bool = False) -> Decimal:
        """Return the statutory minimum wage (WML) per hour.

        Youth wages are a share of the adult wage, rounded to the cent: so computed they equal
        the published ones.

        Parameters
        ----------
        age
            Age in years, 15 or more; from 21 on the adult wage.
        bbl
            Whether for an apprentice in a learning job (beroepsbegeleidende leerweg), whose wage
            is lower at 18 to 20 until 2026.

        Raises
        ------
        MissingParameterError
            When the wage of the rulebook's date is not known.
        InvalidInputError
            For an age below 15.
        """
        _check_age(age)
        adult = self.value("minimum_wage.eur_per_hour")
        if age >= ADULT_AGE:
            return adult
        kind = "bbl" if as_flag(bbl, SUBJECT, "bbl") and age in BBL_AGES else "youth"
        return euros(Fraction(adult) * self.fraction(f"minimum_wage.{kind}_share.{age}"))

    def wage_subsidy(
        self,
        *,
        wage_value: Exact | None = None,
        hours_per_week: Exact,
        minimum_wage_age: int = ADULT_AGE,
        fixed: bool = False,
        employer_charges: Exact | None = None,
        full_time_hours_per_week: Exact | None = None,
        base_eur_per_month: Exact | None = None,
    ) -> WageSubsidy:
        """Return the wage-cost subsidy on one job.

        base = WML per hour x 36 x 52 / 12 x 1.08; subsidy = (1 - wage value) x base, at most
        70 % of it, times hours / 36. The cap is taken without the employer charges, which are
        then added; Participatiewet 10d(4).

        Parameters
        ----------
        wage_value
            Share of the minimum wage the work in this function is worth, 0 to 1.
        hours_per_week
            Agreed hours a week.
        minimum_wage_age
            Age for the youth minimum wage; 21 stands for adults.
        fixed
            The fixed form (forfaitair), 50 % for at most 6 months, without a wage value;
            Participatiewet 10d(5).
        employer_charges
            Allowance as a share of the subsidy, such as "0.235"; the rulebook's own by default,
            which is known from 2015 on.
        full_time_hours_per_week
            Full-time week of the sector: more hours are not subsidised.
        base_eur_per_month
            Minimum wage with holiday allowance per month for 36 hours, where it is known
            otherwise; replaces the computed one.

        Raises
        ------
        MissingParameterError
            When the minimum wage of the rulebook's date is not verified.
        InvalidInputError
            For numbers out of range, and unless exactly one of wage value and fixed form is
            given.

        Examples
        --------
        >>> from placement_opt.rulebook import Rulebook
        >>> subsidy = Rulebook.on("2026-01-01").wage_subsidy(wage_value="0.60", hours_per_week=36)
        >>> subsidy.per_month_eur
        Decimal('991.34')
        """
        if as_flag(fixed, SUBJECT, "fixed") == (wage_value is not None):
            hint = "give the measured wage value, or fixed=True without one"
            raise invalid("wage_value", wage_value, "or fixed=True must be given, not both", hint)
        hours = read_exact(hours_per_week, "hours_per_week", maximum=168)
        if full_time_hours_per_week is not None:
            hours = min(hours, read_exact(full_time_hours_per_week, "full_time_hours_per_week"))
        base = self._base_eur_per_month(minimum_wage_age, base_eur_per_month)
        base *= hours / self.fraction("wage_subsidy.hours_norm_per_week")
        cap = base * self.fraction("wage_subsidy.cap")
        if wage_value is None:
            share = self.fraction("wage_subsidy.fixed_share")
            months_at_most = self.whole("wage_subsidy.fixed_months")
        else:
            share = 1 - read_exact(wage_value, "wage_value", maximum=1)
            months_at_most = None
        return WageSubsidy(
            base_exact=base,
            subsidy_exact=min(base * share, cap),
            cap_exact=cap,
            employer_charges=self._charges(employer_charges),
            months_at_most=months_at_most,
        )

    def wage_subsidy_eur_per_year(
        self,
        wage_value: Exact,
        hours_per_week: Exact,
        age: int = ADULT_AGE,
        *,
        with_charges: bool = False,
    ) -> Decimal:
        """Return the measured subsidy of twelve months, with or without employer charges.

        Twelve times the unrounded monthly amount, rounded once to the cent.

        Raises
        ------
        MissingParameterError
            As `wage_subsidy`; with charges, also when their share is not verified.
        InvalidInputError
            As `wage_subsidy`.
        """
        has_charges = as_flag(with_charges, SUBJECT, "with_charges")
        subsidy = self.wage_subsidy(
            wage_value=wage_value,
            hours_per_week=hours_per_week,
            minimum_wage_age=age,
            employer_charges=self.employer_charges() if has_charges else 0,
        )
        return euros(subsidy.subsidy_exact * (1 + (subsidy.employer_charges or 0)) * MONTHS)

    def employer_charges(self) -> Decimal:
        """Return the allowance for employer charges, as a share of the subsidy.

        Raises
        ------
        MissingParameterError
            When the share on the rulebook's date is not known: it is from 2015 on.
        """
        return self.value("wage_subsidy.employer_charges")

    def _base_eur_per_month(self, age: int, supplied: Exact | None) -> Fraction:
        if supplied is not None:
            return read_exact(supplied, "base_eur_per_month")
        per_year = (
            Fraction(self.minimum_wage_eur_per_hour(age))
            * self.fraction("wage_subsidy.hours_norm_per_week")
            * self.fraction("wage_subsidy.weeks_per_year")
        )
        return per_year * (1 + self.fraction("wage_subsidy.holiday_allowance")) / MONTHS

    def _charges(self, supplied: Exact | None) -> Fraction | None:
        if supplied is not None:
            return read_exact(supplied, "employer_charges", maximum=1)
        known = self.find("wage_subsidy.employer_charges")
        return None if known is None or known.value is None else Fraction(known.value)


def _check_age(age: object) -> None:
    if isinstance(age, bool) or not isinstance(age, int) or age < YOUNGEST_AGE:
        hint = "use 15 to 20 for a youth wage, 21 for everybody older"
        raise invalid("age", age, f"must be an age of {YOUNGEST_AGE} or more", hint)
