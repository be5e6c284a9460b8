"""What is derived from an instance is made once, and never travels."""

import copy
import pickle

from placement_opt.instance.instance import Instance
from placement_opt.records import Candidate, Opening, Region

MADE: list[Instance] = []


def noted(instance: Instance) -> tuple[str, ...]:
    MADE.append(instance)
    return instance.candidate_ids


class Count:
    """A class does as well as a function."""

    def __init__(self, instance: Instance) -> None:
        self.n = instance.n_candidates

    @classmethod
    def doubled(cls, instance: Instance) -> int:
        return 2 * instance.n_candidates


def region() -> Region:
    return Region(
        name="two",
        candidates=[Candidate(id="C-1"), Candidate(id="C-2")],
        openings=[Opening(id="O-1")],
    )


def test_what_is_derived_is_made_once_for_each_instance() -> None:
    MADE.clear()
    one, other = Instance(region()), Instance(region())
    for instance in (one, other, one):
        assert instance.derived(noted) == ("C-1", "C-2")
    assert [one, other] == MADE
    assert one.derived(Count) is one.derived(Count)
    assert one.derived(Count).n == 2
    assert one.derived(Count.doubled) == 4


def test_what_is_derived_does_not_travel() -> None:
    instance = Instance(region())
    instance.derived(lambda known: known.n_openings)  # could not be pickled
    for again in (pickle.loads(pickle.dumps(instance)), copy.copy(instance)):
        MADE.clear()
        assert again.derived(noted) == instance.candidate_ids
        assert [again] == MADE
