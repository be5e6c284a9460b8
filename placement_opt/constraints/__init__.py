"""The rules, one a file, and their registry: one line per rule.

Imports `formulation` and what lies below it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import Field

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
from placement_opt.instance.instance import Instance
from placement_opt.records.base import record_named

AnyRule = Annotated[
    # Pair rules: they only decide which pairs are eligible.
    EssentialSkills
    | TravelTime
    | HoursOverlap
    | WorkplaceNeeds
    | StartDates
    | ShelteredWork
    | CoachedContract
    | ExcludedPairs
    # Coupling rules: they hold over many pairs at once.
    | OnePlacement
    | OpeningCapacity
    | SupervisionPlaces
    | Coaching
    | WageSubsidyBudget
    | JobsQuota
    | ShelteredPlaces
    | MunicipalityBalance
    | FixedPlacements
    | EveryCandidatePlaced
    | ResourceLimit,
    Field(discriminator="rule"),
]
"""Every rule of the library, told apart by the field `rule`."""

RULES: tuple[type[Rule], ...] = get_args(get_args(AnyRule)[0])


def standard_rules(instance: Instance) -> tuple[Rule, ...]:
    """Return the rules that the region's records name, as `po.solve` uses them."""
    candidates = (rule.standard(instance) for rule in RULES)
    return tuple(rule for rule in candidates if rule is not None)


def rule_from_json(fields: Mapping[str, Any]) -> Rule:
    """Read a rule from the fields that `model_dump` wrote.

    Raises
    ------
    InvalidInputError
        When the rule is unknown or a field is wrong.
    """
    return record_named(RULES, fields)
