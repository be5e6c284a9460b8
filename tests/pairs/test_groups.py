"""Ways to group pairs: the columns and the plain reading of the records agree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import regions

from placement_opt.basics.errors import InvalidInputError
from placement_opt.instance.groupings import GROUPINGS, groups_of_records
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.groups import LabelsOfPairs, grouped
from placement_opt.pairs.table import PairTable


def all_pairs(region):
    instance = Instance(region)
    rows, places = np.indices((instance.n_candidates, instance.n_openings))
    return PairTable(instance, rows.ravel().astype(np.int32), places.ravel().astype(np.int32))


def named(region):
    """Return every label that a record of the region gives, by way to group."""
    employers = {employer.id for employer in region.employers}
    towns = {
        *(town.id for town in region.municipalities),
        *(
            record.municipality
            for record in (*region.candidates, *region.openings, *region.employers)
        ),
    } - {None}
    return {
        "candidate": {candidate.id for candidate in region.candidates},
        "opening": {opening.id for opening in region.openings},
        "employer": employers,
        "municipality": towns,
        "opening_municipality": towns,
        "sector": {"government", "market"},
        "region": {region.name},
    }


@pytest.mark.parametrize("per", GROUPINGS)
def test_both_readings_of_a_group_agree(per):
    @settings(deadline=None, max_examples=60)
    @given(region=regions())
    def check(region):
        pairs, instance = all_pairs(region), Instance(region)
        ends = zip(pairs.candidate.tolist(), pairs.opening.tolist(), strict=True)
        placements = [
            Placement(instance.candidate_ids[candidate], instance.opening_ids[opening])
            for candidate, opening in ends
        ]
        plan = Plan(instance, placements)
        labels = plan.labels_of(per)
        assert set(labels) == named(region).get(per, set(labels))
        assert {plan.group(placement, per) for placement in placements} <= {*labels, None}
        employer_of = [instance.opening_of[p.opening_id].employer for p in placements]
        silent = {employer.id for employer in region.employers if employer.sector is None}
        if per == "sector" and silent & set(employer_of):
            with pytest.raises(InvalidInputError, match="sector must be given"):
                grouped(pairs, per)
            return
        groups = grouped(pairs, per)
        assert groups.code.dtype == np.int32
        told = [None if code < 0 else groups.labels[code] for code in groups.code.tolist()]
        assert told == [plan.group(placement, per) for placement in placements]

    check()


@settings(deadline=None, max_examples=60)
@given(region=regions())
def test_an_employer_is_in_the_group_of_its_openings(region):
    instance = Instance(region)
    for opening in region.openings:
        if opening.employer is None:
            continue
        employer = instance.employer_of[opening.employer]
        for per in ("employer", "sector", "region"):
            placement = Placement(instance.candidate_ids[0], opening.id)
            label = Plan(instance, [placement]).group(placement, per)
            assert GROUPINGS[per].of_employer(instance, employer) == label


@settings(deadline=None, max_examples=60)
@given(
    region=regions(),
    per=st.lists(
        st.sampled_from(
            ("candidate", "employer", "municipality", "candidate.area", "opening.site.part")
        ),
        min_size=2,
        max_size=3,
        unique=True,
    ).map(tuple),
    few=st.sampled_from((0, 1 << 22)),
)
def test_both_readings_of_crossed_ways_agree(region, per, few):
    pairs, instance = all_pairs(region), Instance(region)
    known = groups_of_records(instance)
    missing = [way for way in per if "." in way and way not in known]
    if missing:
        with pytest.raises(InvalidInputError, match=missing[0]):
            grouped(pairs, per)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("placement_opt.pairs.groups._FEW_CELLS", few)
        groups = grouped(pairs, per)
    placements = [
        Placement(instance.candidate_ids[candidate], instance.opening_ids[opening])
        for candidate, opening in zip(pairs.candidate.tolist(), pairs.opening.tolist(), strict=True)
    ]
    plan = Plan(instance, placements, labels=LabelsOfPairs(pairs))
    expected = [plan.group(placement, per) for placement in placements]
    told = [None if code < 0 else groups.labels[code] for code in groups.code.tolist()]
    assert told == expected
    assert plan.labels_of(per) == groups.labels == tuple(sorted(set(expected) - {None}))
