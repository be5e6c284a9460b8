"""The rulebook as other programs ask it: one object, one date, every instrument."""

from placement_opt.rulebook.coaching import CoachingRules
from placement_opt.rulebook.grounds import GroundRules
from placement_opt.rulebook.instruments import InstrumentRules
from placement_opt.rulebook.quota import QuotaRules
from placement_opt.rulebook.sheltered_work import ShelteredWorkRules


class Rulebook(QuotaRules, GroundRules, CoachingRules, InstrumentRules, ShelteredWorkRules):
    """Dutch rules of inclusive job placement as they hold on one date.

    Open it with `on`, or with `from_file` where your own values stand in a file; put your own
    values in place with `with_parameter` and `override`, per municipality where an ordinance
    decides. A rulebook is immutable: both return a new one.
    Arithmetic is exact; numbers may be given as int, Decimal, Fraction, float (read as the decimal
    it prints as), numpy scalar or decimal string. Jobs and quota hours come back as Fraction,
    parameters and hours a week as Decimal, money as Decimal to the cent. A value that is not
    verified is never guessed: asking for it raises MissingParameterError, which says what to
    supply.

    Examples
    --------
    >>> from datetime import date
    >>> rulebook = Rulebook.on(date(2027, 1, 1)).with_parameter(
    ...     "minimum_wage.eur_per_hour", "15.00", source="my own reading"
    ... )
    >>> rulebook.wage_subsidy(wage_value="0.60", hours_per_week=36).per_month_eur
    Decimal('1010.88')
    """
