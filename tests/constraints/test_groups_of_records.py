"""Groups of the user's own: rules by them, and by several ways at once, against brute force."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import placement_opt as po

AREAS = ("north", "south", None)
CROSSED = ("employer", "candidate.neighbourhood")


def region_of(areas, employers, chains=(), pledges=(), positions=9):
    def labelled(name, labels, n):
        return {name: labels[n]} if n < len(labels) and labels[n] is not None else {}

    return po.Region(
        name="grouped",
        date="2026-02-01",
        candidates=[
            po.Candidate(
                id=f"C-{n}",
                groups=labelled("neighbourhood", areas, n),
                ground="38b.1.a",
                hours_per_week=(0, 25.5),
            )
            for n in range(len(areas))
        ],
        openings=[
            po.Opening(
                id=f"O-{n}", employer=employer, positions=positions, hours_per_week=(0, 25.5)
            )
            for n, employer in enumerate(employers)
        ],
        employers=[
            po.Employer(
                id=id_,
                sector="market",
                groups=labelled("chain", chains, n),
                jobs_pledged=pledges[n] if pledges else None,
            )
            for n, id_ in enumerate(sorted(set(employers) - {None}))
        ],
    )


def pairs_of(region, points):
    pairs = [(c, o) for c in region.candidates for o in region.openings]
    return {
        "candidate_id": [c.id for c, _ in pairs],
        "opening_id": [o.id for _, o in pairs],
        "score": [points[row % len(points)] for row in range(len(pairs))],
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    areas=st.lists(st.sampled_from(AREAS), min_size=2, max_size=5).filter(any),
    employers=st.lists(st.sampled_from(("E-0", "E-1", None)), min_size=1, max_size=2),
    points=st.lists(st.integers(1, 9), min_size=1, max_size=10),
    most=st.integers(0, 3),
)
def test_a_limit_per_employer_and_neighbourhood_is_that_of_brute_force(
    areas, employers, points, most
):
    region = region_of(areas, employers)
    frame = pairs_of(region, points)
    model = po.Model(
        region,
        pairs=frame,
        rules=[po.OnePlacement(), po.ResourceLimit(per=CROSSED, limits=most)],
        objective=[po.PairScore("score")],
    )
    n = len(employers)
    best = 0
    for choice in itertools.product([None, *range(n)], repeat=len(areas)):
        groups = [
            (employers[o], areas[c])
            for c, o in enumerate(choice)
            if o is not None and employers[o] is not None and areas[c] is not None
        ]
        if all(groups.count(group) <= most for group in groups):
            points_of = (frame["score"][c * n + o] for c, o in enumerate(choice) if o is not None)
            best = max(best, sum(points_of))
    assert model.solve(time_limit_s=20).objective == best


def test_a_record_without_a_label_is_free():
    region = region_of(["north", "north", None, None], ["E-0"])
    rule = po.ResourceLimit(per="candidate.neighbourhood", limits=1)
    result = po.Model(region).add(rule).solve(time_limit_s=20)
    assert len(result.placements) == 3


def test_a_mistyped_name_of_a_group_is_told_at_once_with_the_nearest():
    region = region_of(["north"], ["E-0"], chains=["Jansen"])
    with pytest.raises(po.InvalidInputError, match=r"did you mean 'candidate\.neighbourhood'"):
        po.Model(region).add(po.ResourceLimit(per="candidate.neighborhood", limits=1))
    with pytest.raises(po.InvalidInputError, match=r"did you mean 'employer\.chain'"):
        po.Model(region).add(po.ResourceLimit(per=("sector", "employer.chian"), limits=1))


def test_a_mistyped_label_is_told_with_the_nearest_and_limits_nothing():
    region = region_of(["north", "south"], ["E-0"])
    rules = (
        po.ResourceLimit(per="candidate.neighbourhood", limits={"nort": 0}),
        po.ResourceLimit(per=CROSSED, limits={("E-0", "sout"): 0}),
    )
    for rule, meant in zip(rules, ("north", "south"), strict=True):
        with pytest.warns(po.PlacementWarning, match=f"did you mean '{meant}'"):
            assert len(po.Model(region).add(rule).solve(time_limit_s=20).placements) == 2


def test_an_unknown_id_among_crossed_ways_is_bad_input():
    region = region_of(["north"], ["E-0"])
    rule = po.ResourceLimit(per=CROSSED, limits={("E-00", "north"): 1})
    with pytest.raises(po.InvalidInputError, match="known employer, got 'E-00'"):
        po.Model(region).add(rule).compile()


@pytest.mark.parametrize(
    ("per", "limits"),
    [
        ("employer", {("E-0", "north"): 1}),
        (CROSSED, {"E-0": 1}),
        (CROSSED, {("E-0", "north", "red"): 1}),
    ],
)
def test_groups_have_the_shape_that_per_makes(per, limits):
    with pytest.raises(po.InvalidInputError, match="limits must map"):
        po.ResourceLimit(per=per, limits=limits)


@pytest.mark.parametrize("per", [(), ("employer",), ("employer", "employer")])
def test_crossed_ways_are_several_and_different(per):
    with pytest.raises(po.InvalidInputError, match="per must name"):
        po.ResourceLimit(per=per, limits=1)


def test_a_quota_per_chain_sums_pledges_and_leaves_others_free():
    region = region_of(
        ["north"] * 3, ["E-0", "E-1", "E-2"], chains=["Jansen", "Jansen"], pledges=[1, 1, 9]
    )
    quota = po.JobsQuota(per="employer.chain", shortfall_price={"Jansen": 5})
    result = po.Model(region, rules=[po.OnePlacement(), quota]).solve(time_limit_s=20)
    (row,) = result.quotas.to_dict("records")
    assert (row["group"], row["target_jobs"], row["placed_jobs"]) == ("Jansen", 2, 3 - free(result))


def free(result):
    return sum(placement.opening_id == "O-2" for placement in result.placements.itertuples())


def test_crossed_groups_stand_in_tables_summary_and_files(tmp_path):
    region = region_of(["north", None, "south"], ["E-0", "E-1"])
    quota = po.JobsQuota(
        per=CROSSED,
        jobs={("E-0", "north"): 2, ("E-1", "south"): 1},
        shortfall_price={("E-0", "north"): 10, ("E-1", "south"): 20},
    )
    result = po.Model(region).add(quota).solve(time_limit_s=20)
    assert set(result.quotas["group"]) == {("E-0", "north"), ("E-1", "south")}
    assert set(result.quotas["price_per_job"]) == {10, 20}
    assert "employers x candidate.neighbourhood" in result.summary()
    assert "werkgevers x candidate.neighbourhood" in result.summary("nl")
    result.to_json(tmp_path / "result.json")
    read = po.Result.from_json(tmp_path / "result.json")
    assert read.quotas.equals(result.quotas)
    assert po.check_result(region, read).is_sound


def test_groups_are_kept_in_files_and_count_in_the_fingerprint():
    region = region_of(["north", None], ["E-0"], chains=["Jansen"])
    assert po.Region.from_json_text(region.to_json_text()) == region
    assert region_of(["north", "south"], ["E-0"]).fingerprint() != region.fingerprint()
    assert po.Candidate(id="C-1", groups={"area": None}).groups == {}
    with pytest.raises(po.InvalidInputError, match="groups"):
        po.Candidate(id="C-1", groups="north")


def test_unknown_grounds_count_for_nothing_and_are_told():
    region = region_of(["north"] * 2, ["E-0"], pledges=[1])
    known, silent = region.candidates
    silent = silent.model_copy(update={"ground": None})
    region = region.model_copy(update={"candidates": (known, silent)})
    result = po.solve(region, time_limit_s=20)
    assert result.quotas["placed_jobs"].tolist() == [1]
    (row,) = result.assumptions.to_dict("records")
    assert (row["rule"], row["about"], row["count"]) == ("JobsQuota", "ground", 1)
    assert row["text"] in result.summary()
    assert row["text_nl"] in result.summary("nl")
    assert po.check_result(region, result).is_sound
