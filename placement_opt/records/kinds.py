"""The kinds of record a region is made of, by the name of their field in it."""

from collections.abc import Mapping

from placement_opt.records.base import Record
from placement_opt.records.people import Candidate, Coach
from placement_opt.records.periods import Period
from placement_opt.records.together import Together
from placement_opt.records.work import Employer, Municipality, Opening

RECORD_KINDS: Mapping[str, type[Record]] = {
    "candidates": Candidate,
    "openings": Opening,
    "employers": Employer,
    "coaches": Coach,
    "municipalities": Municipality,
    "together": Together,
    "periods": Period,
}
