"""The law as dated data: what counts, what is asked, what is paid, on which day, and by whom.

Imports `basics`.
"""

from placement_opt.rulebook.banenafspraak import SECTORS, Sector
from placement_opt.rulebook.book import Rulebook
from placement_opt.rulebook.coaching import REGIMES, CoachingContract
from placement_opt.rulebook.exact import Exact
from placement_opt.rulebook.grounds import Ground
from placement_opt.rulebook.instruments import NoRiskPolicy, TrialPlacement, WageDispensation
from placement_opt.rulebook.parameter import MissingParameter, Parameter, ParameterChange
from placement_opt.rulebook.quota_position import QuotaPosition
from placement_opt.rulebook.refusals import MissingParameterError
from placement_opt.rulebook.wage_subsidy import ADULT_AGE, WageSubsidy

__all__ = [
    "ADULT_AGE",
    "REGIMES",
    "SECTORS",
    "CoachingContract",
    "Exact",
    "Ground",
    "MissingParameter",
    "MissingParameterError",
    "NoRiskPolicy",
    "Parameter",
    "ParameterChange",
    "QuotaPosition",
    "Rulebook",
    "Sector",
    "TrialPlacement",
    "WageDispensation",
    "WageSubsidy",
]
