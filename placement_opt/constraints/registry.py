"""Every rule of the library, a line each, in the order in which models ask them.

Nothing else stands here: public names, the reading of JSON and the contract tests follow from it.
"""
# isort: skip_file

# Pair rules: they only decide which pairs are eligible.
from placement_opt.constraints.essential_skills import EssentialSkills as EssentialSkills
from placement_opt.constraints.travel_time import TravelTime as TravelTime
from placement_opt.constraints.hours_overlap import HoursOverlap as HoursOverlap
from placement_opt.constraints.workplace_needs import WorkplaceNeeds as WorkplaceNeeds
from placement_opt.constraints.start_dates import StartDates as StartDates
from placement_opt.constraints.working_days import WorkingDays as WorkingDays
from placement_opt.constraints.licences import Licences as Licences
from placement_opt.constraints.sheltered_work import ShelteredWork as ShelteredWork
from placement_opt.constraints.coached_contract import CoachedContract as CoachedContract
from placement_opt.constraints.excluded_pairs import ExcludedPairs as ExcludedPairs
from placement_opt.constraints.dropped_out import DroppedOut as DroppedOut
from placement_opt.constraints.steps import Steps as Steps

# Coupling rules: they hold over many pairs at once.
from placement_opt.constraints.one_placement import OnePlacement as OnePlacement
from placement_opt.constraints.one_variant import OneVariant as OneVariant
from placement_opt.constraints.opening_capacity import OpeningCapacity as OpeningCapacity
from placement_opt.constraints.opening_hours import OpeningHours as OpeningHours
from placement_opt.constraints.crews import Crews as Crews
from placement_opt.constraints.placed_together import PlacedTogether as PlacedTogether
from placement_opt.constraints.supervision_places import SupervisionPlaces as SupervisionPlaces
from placement_opt.constraints.coaching import Coaching as Coaching
from placement_opt.constraints.few_coaches import FewCoaches as FewCoaches
from placement_opt.constraints.wage_subsidy_budget import WageSubsidyBudget as WageSubsidyBudget
from placement_opt.constraints.jobs_quota import JobsQuota as JobsQuota
from placement_opt.constraints.sheltered_places import ShelteredPlaces as ShelteredPlaces
from placement_opt.constraints.municipality_balance import (
    MunicipalityBalance as MunicipalityBalance,
)
from placement_opt.constraints.fixed_placements import FixedPlacements as FixedPlacements
from placement_opt.constraints.smooth_intake import SmoothIntake as SmoothIntake
from placement_opt.constraints.few_changes import FewChanges as FewChanges
from placement_opt.constraints.stability import Stability as Stability
from placement_opt.constraints.every_candidate_placed import (
    EveryCandidatePlaced as EveryCandidatePlaced,
)
from placement_opt.constraints.resource_limit import ResourceLimit as ResourceLimit
