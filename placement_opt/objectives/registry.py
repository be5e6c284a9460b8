"""Every term of the library, a line each, in the order in which objectives report them.

Nothing else stands here: public names, the reading of JSON and the contract tests follow from it.
"""
# isort: skip_file

from placement_opt.objectives.match_score import MatchScore as MatchScore
from placement_opt.objectives.priority import Priority as Priority
from placement_opt.objectives.placed_jobs import PlacedJobs as PlacedJobs
from placement_opt.objectives.expected_placements import (
    ExpectedPlacements as ExpectedPlacements,
)
from placement_opt.objectives.pair_score import PairScore as PairScore
from placement_opt.objectives.wage_above_minimum import WageAboveMinimum as WageAboveMinimum
from placement_opt.objectives.step_value import StepValue as StepValue
