"""Job coaching: hours as a share of the hours worked, contract rules per payer.

Sources per number stand in ``parameters/coaching.toml``. The shares of the intensive regime are an
upper bound of UWV; a municipality's ordinance may say otherwise, see `Rulebook.for_municipality`.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from placement_opt.basics.flags import as_flag
from placement_opt.rulebook.exact import SUBJECT, Exact, euros, read_decimal, read_exact
from placement_opt.rulebook.parameter_book import ParameterBook
from placement_opt.rulebook.refusals import check_choice, invalid

REGIMES: tuple[str, ...] = ("none", "very_light", "light", "middle", "intensive")
PAYERS: tuple[str, ...] = ("municipality", "uwv")
COACH_KINDS: tuple[str, ...] = ("external", "employer")
# From this year of coaching on, the share no longer falls.
LAST_STEP = 3
AS_FIRST_YEAR = "the share of the first year, on request"
"""Source of the shares that `with_first_year_shares` supplies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingContract:
    """What a contract must offer before a payer grants job coaching.

    Attributes
    ----------
    payer
        "uwv" for Wajong and WIA, "municipality" for the Participatiewet.
    minimum_hours_per_week
        Hours a week the contract must reach.
    minimum_contract_months
        Months the contract must last.
    minimum_pay_share
        Share of the minimum wage that must be earned; None where no rule is known.
    maximum_years
        Years of coaching for the same work; None where no rule is known.
    """

    payer: str
    minimum_hours_per_week: Decimal
    minimum_contract_months: Decimal
    minimum_pay_share: Decimal | None
    maximum_years: Decimal | None

    def allows(
        self,
        *,
        hours_per_week: Exact,
        contract_months: Exact | None,
        pay_share: Exact | None = None,
    ) -> bool:
        """Return whether a contract is long enough, in hours and in months, and paid enough.

        Parameters
        ----------
        hours_per_week
            Hours a week of the contract.
        contract_months
            Months it lasts; None where it has no end.
        pay_share
            Pay as a share of the minimum wage; None leaves pay aside.

        Raises
        ------
        InvalidInputError
            For a number below 0.
        """
        if read_exact(hours_per_week, "hours_per_week") < Fraction(self.minimum_hours_per_week):
            return False
        if contract_months is not None:
            months = read_exact(contract_months, "contract_months")
            if months < Fraction(self.minimum_contract_months):
                return False
        if pay_share is None or self.minimum_pay_share is None:
            return True
        return read_exact(pay_share, "pay_share") >= Fraction(self.minimum_pay_share)


class CoachingRules(ParameterBook):
    """How much coaching a placement takes, and when it is granted."""

    def coaching_share(self, regime: str, year: int | None = None) -> Fraction:
        """Return the coaching hours per hour worked.

        Parameters
        ----------
        regime
            "none", "very_light", "light", "middle" or "intensive".
        year
            Year of coaching, from 1; not needed for "none".

        Raises
        ------
        MissingParameterError
            Where no share was found: every regime but the intensive one from year 2 on.
        InvalidInputError
            For an unknown regime or year.
        """
        check_choice("regime", regime, REGIMES)
        if regime == "none":
            return Fraction(0)
        if not isinstance(year, int) or isinstance(year, bool) or year < 1:
            raise invalid("year", year, "must be a year of coaching >= 1", "use 1, 2, 3, ...")
        return self.fraction(f"coaching.share.{regime}.year_{min(year, LAST_STEP)}")

    def with_first_year_shares(self) -> Self:
        """Return the same rulebook with the first year's share where a later one is not known.

        An ordinance's own first year counts for its municipality. What was supplied so has
        `AS_FIRST_YEAR` as its source.
        """
        book = self
        for place in (None, *self.municipalities):
            read = self.for_municipality(place)
            for regime in REGIMES[1:]:
                first = read.find(f"coaching.share.{regime}.year_1")
                for year in range(2, LAST_STEP + 1):
                    name = f"coaching.share.{regime}.year_{year}"
                    known = book.for_municipality(place).find(name)
                    # What is supplied for everybody must not hide an ordinance's own first year.
                    is_known = read.find(name) is not None
                    if first is None or first.value is None or is_known:
                        continue
                    if known is not None and known.value == first.value:
                        continue
                    book = book.with_parameter(
                        name, first.value, municipality=place, source=AS_FIRST_YEAR
                    )
        return book

    def coaching_hours_per_week(
        self, *, regime: str, year: int | None = None, hours_per_week: Exact
    ) -> Decimal:
        """Return the weekly coaching hours of one placement, exactly.

        Parameters
        ----------
        regime, year
            As `coaching_share`.
        hours_per_week
            Hours worked a week.

        Raises
        ------
        MissingParameterError
            As `coaching_share`.
        InvalidInputError
            For an unknown regime or year, or hours that are no finite decimal >= 0.

        Examples
        --------
        >>> from placement_opt.rulebook import Rulebook
        >>> Rulebook.on("2019-06-01").coaching_hours_per_week(
        ...     regime="intensive", year=1, hours_per_week="25.5"
        ... )
        Decimal('3.825')
        """
        hours = Fraction(read_decimal(hours_per_week, "hours_per_week"))
        return read_decimal(self.coaching_share(regime, year) * hours, "coaching_hours_per_week")

    def coaching_caseload(
        self,
        *,
        regime: str,
        year: int,
        coach_hours_per_week: Exact,
        hours_per_week: Exact | None = None,
    ) -> Fraction:
        """Return how many people of one regime fill a coach's client hours, unrounded.

        Parameters
        ----------
        regime, year
            As `coaching_share`; "none" fills no hours and is refused.
        coach_hours_per_week
            Hours a week the coach has for clients.
        hours_per_week
            Hours each client works a week; those of one job (25.5) by default.

        Raises
        ------
        MissingParameterError
            As `coaching_share`.
        InvalidInputError
            For numbers below 0, and where a client takes no hours.
        """
        if hours_per_week is None:
            hours_per_week = self.value("banenafspraak.job_hours_per_week")
        worked = read_exact(hours_per_week, "hours_per_week")
        taken = self.coaching_share(regime, year) * worked
        if taken == 0:
            hint = "ask only for a regime and hours that need a coach"
            raise invalid("regime", regime, "must take coaching hours", hint)
        return read_exact(coach_hours_per_week, "coach_hours_per_week") / taken

    def coaching_contract(self, payer: str) -> CoachingContract:
        """Return what a contract must offer before the payer grants coaching.

        Parameters
        ----------
        payer
            "uwv" or "municipality"; the latter's rules stand in its ordinance and are supplied
            with `override`, for one municipality or for all.

        Raises
        ------
        MissingParameterError
            When the minimum hours or months of the payer are not known.
        InvalidInputError
            For an unknown payer.
        """
        check_choice("payer", payer, PAYERS)
        pay = self.find(f"coaching.minimum_pay_share.{payer}")
        years = self.find(f"coaching.maximum_years.{payer}")
        return CoachingContract(
            payer=payer,
            minimum_hours_per_week=self.value(f"coaching.minimum_hours_per_week.{payer}"),
            minimum_contract_months=self.value(f"coaching.minimum_contract_months.{payer}"),
            minimum_pay_share=None if pay is None else pay.value,
            maximum_years=None if years is None else years.value,
        )

    def coaching_grant_months(self, coach_kind: str) -> int:
        """Return for how many months UWV grants coaching at a time.

        Parameters
        ----------
        coach_kind
            "external", or "employer" for the employer's own coach (interne jobcoach).

        Raises
        ------
        MissingParameterError
            When the rulebook's date lies before the rule that was read.
        InvalidInputError
            For an unknown kind of coach.
        """
        check_choice("coach_kind", coach_kind, COACH_KINDS)
        return self.whole(f"coaching.grant_months.{coach_kind}")

    def coaching_years_left(
        self, payer: str, *, years_used: Exact = 0, same_work: bool = True
    ) -> Fraction:
        """Return the years of coaching that can still be granted without special grounds.

        Parameters
        ----------
        payer
            "uwv" or "municipality".
        years_used
            Years of coaching so far; a half year is "0.5".
        same_work
            Whether those were for the same work: other work starts anew.

        Raises
        ------
        MissingParameterError
            When the payer's longest time is not known: a municipality's stands in its ordinance.
        InvalidInputError
            For an unknown payer, years below 0, or a `same_work` that is no bool.
        """
        check_choice("payer", payer, PAYERS)
        used = read_exact(years_used, "years_used")
        if not as_flag(same_work, SUBJECT, "same_work"):
            used = Fraction(0)
        return max(Fraction(0), self.fraction(f"coaching.maximum_years.{payer}") - used)

    def coaching_eur_per_year(self, *, coaching_hours_per_week: Exact) -> Decimal:
        """Return what an external coach costs in a year, to the cent.

        Raises
        ------
        MissingParameterError
            Unless the tariff is supplied: none was found.
        InvalidInputError
            For hours below 0.
        """
        hours = read_exact(coaching_hours_per_week, "coaching_hours_per_week")
        weeks = self.fraction("wage_subsidy.weeks_per_year")
        return euros(hours * weeks * self.fraction("coaching.tariff_eur_per_hour"))

    def own_coach_eur_per_year(self, *, regime: str, hours_per_week: Exact) -> Decimal:
        """Return the subsidy for an employer's own coach (interne jobcoach), to the cent.

        The whole amount from 24 hours worked a week on, pro rata below.

        Parameters
        ----------
        regime
            "very_light", "light", "middle" or "intensive".
        hours_per_week
            Hours the coached person works a week.

        Raises
        ------
        MissingParameterError
            When the amount of the rulebook's date is not known: only that of 2014 is.
        InvalidInputError
            For an unknown regime, or hours below 0.
        """
        check_choice("regime", regime, REGIMES[1:])
        amount = self.fraction(f"coaching.internal_subsidy_eur_per_year.{regime}")
        full = self.fraction("coaching.internal_subsidy_full_hours_per_week")
        worked = read_exact(hours_per_week, "hours_per_week")
        return euros(amount * min(Fraction(1), worked / full))
