"""Three pairs to be listed, and what is wrong with a frame of them."""

import pytest

from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.resource_limit import ResourceLimit
from placement_opt.instance.instance import Instance
from placement_opt.pairs.listed import listed_pairs
from placement_opt.records import Candidate, Opening, Region

# The user's order is not that of the ids.
REGION = Region(
    name="test",
    candidates=[Candidate(id="C-3"), Candidate(id="C-1", sheltered=True), Candidate(id="C-2")],
    openings=[Opening(id="O-2"), Opening(id="O-1")],
    excluded_pairs=[("C-3", "O-1")],
)
INSTANCE = Instance(REGION)
PAIRS = {"candidate_id": ["C-3", "C-1", "C-3"], "opening_id": ["O-2", "O-1", "O-1"]}

# What makes the columns `usage` and `team` count; columns that nothing uses are not judged.
USED = (ResourceLimit(uses="usage", per="team", limits=1),)


def problems(frame, instance=INSTANCE):
    with pytest.raises(InvalidInputError) as caught:
        listed_pairs(instance, frame, USED)
    assert all(problem.subject == "pairs" for problem in caught.value.problems)
    return caught.value.problems


def the_problem(**columns):
    (problem,) = problems({**PAIRS, **columns})
    return problem
