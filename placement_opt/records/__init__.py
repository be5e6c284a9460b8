"""The boundary: a labour-market region as its owner describes it, read strictly and wholly.

Everything below this package works on arrays of integers; everything above it speaks in these
records. Bad input ends here, with all its problems told at once.
"""

from placement_opt.records.people import Candidate, Coach
from placement_opt.records.periods import Period
from placement_opt.records.region import Region
from placement_opt.records.together import Together
from placement_opt.records.work import Employer, Municipality, Opening

__all__ = [
    "Candidate",
    "Coach",
    "Employer",
    "Municipality",
    "Opening",
    "Period",
    "Region",
    "Together",
]
