"""Other incentives: wage-cost advantage (LKV), wage dispensation, no-risk policy, trial placement.

Sources per number stand in ``parameters/instruments.toml``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from placement_opt.rulebook.exact import Exact, euros, read_exact
from placement_opt.rulebook.refusals import check_choice
from placement_opt.rulebook.wage_subsidy import ADULT_AGE, WageSubsidyRules

LKV_KINDS: tuple[str, ...] = ("banenafspraak", "arbeidsgehandicapte", "herplaatsing")
TRIAL_LAWS: tuple[str, ...] = ("pw", "ww", "wia", "wajong")
# From this year on the LKV banenafspraak lasts as long as the job.
LASTING_LKV_YEAR = 2026


@dataclass(frozen=True, slots=True, kw_only=True)
class WageDispensation:
    """Pay below the minimum wage in proportion to performance (loondispensatie).

    Attributes
    ----------
    pay_eur_per_hour
        Least the employer pays per hour.
    dispensed_eur_per_hour
        What the employer need not pay, per hour.
    """

    pay_eur_per_hour: Decimal
    dispensed_eur_per_hour: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPlacement:
    """How long someone may work on trial, unpaid, keeping the benefit (proefplaatsing).

    Attributes
    ----------
    law
        The law the benefit comes from.
    months
        Months at first.
    extension_months
        Months it can be prolonged by, at most.
    """

    law: str
    months: int
    extension_months: int

    @property
    def months_at_most(self) -> int:
        """Months with the longest extension."""
        return self.months + self.extension_months


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRiskPolicy:
    """Sickness benefit UWV pays in the employer's place (no-riskpolis), Ziektewet 29b.

    Attributes
    ----------
    daily_wage_share
        Share of the daily wage.
    full_pay_weeks
        Weeks in which the whole daily wage is paid on request.
    """

    daily_wage_share: Decimal
    full_pay_weeks: int


class InstrumentRules(WageSubsidyRules):
    """What an employer receives beside the wage-cost subsidy."""

    def paid_hours_per_year(self, hours_per_week: Exact) -> Fraction:
        """Return the paid hours of a year with as many weeks as the wage-cost subsidy has: 52.

        Raises
        ------
        MissingParameterError
            When the rulebook's date lies before the rule that was read.
        InvalidInputError
            For hours below 0.
        """
        hours = read_exact(hours_per_week, "hours_per_week", maximum=168)
        return hours * self.fraction("wage_subsidy.weeks_per_year")

    def lkv_eur_per_year(self, kind: str, *, paid_hours_per_year: Exact) -> Decimal:
        """Return the wage-cost advantage (LKV) of one worker and year, to the cent.

        Parameters
        ----------
        kind
            "banenafspraak", "arbeidsgehandicapte", or "herplaatsing" for an arbeidsgehandicapte
            who is placed again in the own firm.
        paid_hours_per_year
            Paid hours of the worker in the year.

        Raises
        ------
        MissingParameterError
            When the amounts of the rulebook's date are not verified.
        InvalidInputError
            For an unknown kind, or hours below 0.
        """
        check_choice("kind", kind, LKV_KINDS)
        hours = read_exact(paid_hours_per_year, "paid_hours_per_year")
        amount = hours * self.fraction(f"lkv.eur_per_hour.{kind}")
        return euros(min(amount, self.fraction(f"lkv.maximum_eur_per_year.{kind}")))

    def highest_lkv(
        self, kinds: Iterable[str], *, paid_hours_per_year: Exact
    ) -> tuple[str, Decimal] | None:
        """Return the one advantage that is paid of several: only the highest, Wtl 4.1(3).

        Parameters
        ----------
        kinds
            Kinds the worker qualifies for; the first one wins a tie.
        paid_hours_per_year
            Paid hours of the worker in the year.

        Returns
        -------
        tuple or None
            Kind and EUR per year; None without any kind.

        Raises
        ------
        MissingParameterError, InvalidInputError
            As `lkv_eur_per_year`.
        """
        amounts = [
            (kind, self.lkv_eur_per_year(kind, paid_hours_per_year=paid_hours_per_year))
            for kind in kinds
        ]
        return max(amounts, key=lambda pair: pair[1]) if amounts else None

    def lkv_maximum_years(self, kind: str) -> int | None:
        """Return the years an advantage lasts, or None for as long as the job lasts.

        Parameters
        ----------
        kind
            As `lkv_eur_per_year`.

        Raises
        ------
        MissingParameterError
            When the length on the rulebook's date is not verified.
        InvalidInputError
            For an unknown kind.
        """
        check_choice("kind", kind, LKV_KINDS)
        name = f"lkv.maximum_years.{kind}"
        lasting = kind == "banenafspraak" and self.date.year >= LASTING_LKV_YEAR
        if lasting and self.find(name) is None:
            return None
        return self.whole(name)

    def wage_dispensation(
        self, *, wage_value: Exact, minimum_wage_age: int = ADULT_AGE
    ) -> WageDispensation:
        """Return the pay under wage dispensation, which UWV grants to Wajong and 38b.1.g.

        Parameters
        ----------
        wage_value
            Share of the minimum wage the work in this function is worth, 0 to 1.
        minimum_wage_age
            Age for the youth minimum wage; 21 stands for adults.

        Raises
        ------
        MissingParameterError
            When the minimum wage of the rulebook's date is not verified.
        InvalidInputError
            For a wage value out of range.
        """
        minimum = self.minimum_wage_eur_per_hour(minimum_wage_age)
        pay = euros(Fraction(minimum) * read_exact(wage_value, "wage_value", maximum=1))
        dispensed = euros(Fraction(minimum) - Fraction(pay))
        return WageDispensation(pay_eur_per_hour=pay, dispensed_eur_per_hour=dispensed)

    def trial_placement(self, law: str) -> TrialPlacement:
        """Return how long a trial placement may last under the law of the benefit.

        Parameters
        ----------
        law
            "pw", "ww", "wia" or "wajong".

        Raises
        ------
        MissingParameterError
            When the rulebook's date lies before the text that was read.
        InvalidInputError
            For an unknown law.
        """
        check_choice("law", law, TRIAL_LAWS)
        extension = self.whole("trial_placement.extension_months.pw") if law == "pw" else 0
        return TrialPlacement(
            law=law,
            months=self.whole(f"trial_placement.months.{law}"),
            extension_months=extension,
        )

    def no_risk_policy(self) -> NoRiskPolicy:
        """Return what the no-risk policy pays.

        Raises
        ------
        MissingParameterError
            When the rulebook's date lies before the text that was read.
        """
        return NoRiskPolicy(
            daily_wage_share=self.value("no_risk.daily_wage_share"),
            full_pay_weeks=self.whole("no_risk.full_pay_weeks"),
        )
