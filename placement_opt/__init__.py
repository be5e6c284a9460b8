"""The best allocation of candidates to openings in a region, proven and explained.

Public names load on first use, so that importing the package costs next to nothing.

>>> import placement_opt as po
>>> "solve" in dir(po)
True
"""

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from placement_opt.basics.errors import (
        InternalError,
        InvalidInputError,
        PlacementError,
        PlacementWarning,
        Problem,
        SolverUnavailableError,
        UnknownIdError,
        UnsupportedRuleError,
    )
    from placement_opt.basics.status import Status, StopReason
    from placement_opt.checking import CheckReport, check_result
    from placement_opt.constraints.base import Rule
    from placement_opt.constraints.coached_contract import CoachedContract
    from placement_opt.constraints.coaching import Coaching
    from placement_opt.constraints.essential_skills import EssentialSkills
    from placement_opt.constraints.every_candidate_placed import EveryCandidatePlaced
    from placement_opt.constraints.excluded_pairs import ExcludedPairs
    from placement_opt.constraints.fixed_placements import FixedPlacements
    from placement_opt.constraints.hours_overlap import HoursOverlap
    from placement_opt.constraints.jobs_quota import JobsQuota
    from placement_opt.constraints.municipality_balance import MunicipalityBalance
    from placement_opt.constraints.one_placement import OnePlacement
    from placement_opt.constraints.opening_capacity import OpeningCapacity
    from placement_opt.constraints.resource_limit import ResourceLimit
    from placement_opt.constraints.sheltered_places import ShelteredPlaces
    from placement_opt.constraints.sheltered_work import ShelteredWork
    from placement_opt.constraints.start_dates import StartDates
    from placement_opt.constraints.supervision_places import SupervisionPlaces
    from placement_opt.constraints.travel_time import TravelTime
    from placement_opt.constraints.wage_subsidy_budget import WageSubsidyBudget
    from placement_opt.constraints.workplace_needs import WorkplaceNeeds
    from placement_opt.model import Model, solve
    from placement_opt.objectives.base import Term
    from placement_opt.objectives.match_score import MatchScore
    from placement_opt.objectives.pair_score import PairScore
    from placement_opt.objectives.placed_jobs import PlacedJobs
    from placement_opt.objectives.priority import Priority
    from placement_opt.records import (
        Candidate,
        Coach,
        Employer,
        Municipality,
        Opening,
        Region,
    )
    from placement_opt.report.levy import levy_scenario
    from placement_opt.result import Result
    from placement_opt.rulebook import MissingParameterError, Rulebook
    from placement_opt.solvers.search.base import Event
    from placement_opt.synthetic import planted_region, synthetic_region

    __version__: str

_MODULE_OF = {
    "Candidate": "records",
    "CheckReport": "checking",
    "Coach": "records",
    "CoachedContract": "constraints.coached_contract",
    "Coaching": "constraints.coaching",
    "Employer": "records",
    "EssentialSkills": "constraints.essential_skills",
    "Event": "solvers.search.base",
    "EveryCandidatePlaced": "constraints.every_candidate_placed",
    "ExcludedPairs": "constraints.excluded_pairs",
    "FixedPlacements": "constraints.fixed_placements",
    "HoursOverlap": "constraints.hours_overlap",
    "InternalError": "basics.errors",
    "InvalidInputError": "basics.errors",
    "JobsQuota": "constraints.jobs_quota",
    "MatchScore": "objectives.match_score",
    "MissingParameterError": "rulebook",
    "Model": "model",
    "Municipality": "records",
    "MunicipalityBalance": "constraints.municipality_balance",
    "OnePlacement": "constraints.one_placement",
    "Opening": "records",
    "OpeningCapacity": "constraints.opening_capacity",
    "PairScore": "objectives.pair_score",
    "PlacedJobs": "objectives.placed_jobs",
    "PlacementError": "basics.errors",
    "PlacementWarning": "basics.errors",
    "Priority": "objectives.priority",
    "Problem": "basics.errors",
    "Region": "records",
    "ResourceLimit": "constraints.resource_limit",
    "Result": "result",
    "Rule": "constraints.base",
    "Rulebook": "rulebook",
    "ShelteredPlaces": "constraints.sheltered_places",
    "ShelteredWork": "constraints.sheltered_work",
    "SolverUnavailableError": "basics.errors",
    "StartDates": "constraints.start_dates",
    "Status": "basics.status",
    "StopReason": "basics.status",
    "SupervisionPlaces": "constraints.supervision_places",
    "Term": "objectives.base",
    "TravelTime": "constraints.travel_time",
    "UnknownIdError": "basics.errors",
    "UnsupportedRuleError": "basics.errors",
    "WageSubsidyBudget": "constraints.wage_subsidy_budget",
    "WorkplaceNeeds": "constraints.workplace_needs",
    "check_result": "checking",
    "levy_scenario": "report.levy",
    "planted_region": "synthetic",
    "solve": "model",
    "synthetic_region": "synthetic",
}

__all__ = [
    "Candidate",
    "CheckReport",
    "Coach",
    "CoachedContract",
    "Coaching",
    "Employer",
    "EssentialSkills",
    "Event",
    "EveryCandidatePlaced",
    "ExcludedPairs",
    "FixedPlacements",
    "HoursOverlap",
    "InternalError",
    "InvalidInputError",
    "JobsQuota",
    "MatchScore",
    "MissingParameterError",
    "Model",
    "Municipality",
    "MunicipalityBalance",
    "OnePlacement",
    "Opening",
    "OpeningCapacity",
    "PairScore",
    "PlacedJobs",
    "PlacementError",
    "PlacementWarning",
    "Priority",
    "Problem",
    "Region",
    "ResourceLimit",
    "Result",
    "Rule",
    "Rulebook",
    "ShelteredPlaces",
    "ShelteredWork",
    "SolverUnavailableError",
    "StartDates",
    "Status",
    "StopReason",
    "SupervisionPlaces",
    "Term",
    "TravelTime",
    "UnknownIdError",
    "UnsupportedRuleError",
    "WageSubsidyBudget",
    "WorkplaceNeeds",
    "__version__",
    "check_result",
    "levy_scenario",
    "planted_region",
    "solve",
    "synthetic_region",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            value: Any = version(__name__)
        except PackageNotFoundError:  # run from a checkout that is not installed
            value = "not installed"
    elif name in _MODULE_OF:
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
