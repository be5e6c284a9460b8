"""Groups that stay together: all members in one place, or none."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po

EMPLOYERS = ("E-0", "E-0", None, None)


def region_of(n_people, positions, groups=(), where="opening"):
    """Return people, openings of so many positions, and groups of people by number."""
    return po.Region(
        name="together",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(n_people)],
        openings=[
            po.Opening(id=f"O-{n}", positions=places, employer=EMPLOYERS[n])
            for n, places in enumerate(positions)
        ],
        employers=[po.Employer(id="E-0")],
        together=[po.Together(members=[f"C-{n}" for n in group], where=where) for group in groups],
    )


def places_of(result):
    return dict(result.placements[["candidate_id", "opening_id"]].itertuples(index=False))


def scored(region, scores, rules=None):
    """Return a model of the pairs that have a score."""
    pairs = [(c, o) for c, row in enumerate(scores) for o, s in enumerate(row) if s is not None]
    frame = {
        "candidate_id": [f"C-{c}" for c, _ in pairs],
        "opening_id": [f"O-{o}" for _, o in pairs],
        "score": [scores[c][o] for c, o in pairs],
    }
    return po.Model(region, pairs=frame, rules=rules, objective=[po.PairScore("score")])


def test_a_couple_goes_where_both_fit():
    scores = [[9, 1], [9, 1]]
    assert len(places_of(scored(region_of(2, (1, 2)), scores).solve())) == 2
    model = scored(region_of(2, (1, 2), [(0, 1)]), scores)
    assert "PlacedTogether" in {type(rule).__name__ for rule in model.rules}
    found = model.solve()
    assert places_of(found) == {"C-0": "O-1", "C-1": "O-1"}
    assert found.objective == 2


def test_an_employer_is_one_place_and_openings_without_one_are_not():
    scores = [[5, 1, 1, 1], [1, 5, 1, 1]]
    at_one = scored(region_of(2, (1, 1, 1, 1), [(0, 1)], "employer"), scores).solve()
    assert places_of(at_one) == {"C-0": "O-0", "C-1": "O-1"}
    assert places_of(scored(region_of(2, (1, 1, 1, 1), [(0, 1)]), scores).solve()) == {}
    scores = [[None, None, 5, 1], [None, None, 1, 5]]
    assert places_of(scored(region_of(2, (1, 1, 1, 1), [(0, 1)], "employer"), scores).solve()) == {}


def test_who_is_left_reads_what_the_group_asks_for():
    left = po.solve(region_of(3, (1,), [(0, 1, 2)])).unplaced
    assert set(left["because"]) == {"groups that stay together"}
    assert left["text"][0].endswith("(C-0 + C-1 + C-2, O-0: C-0) ask for places for all members")
    assert left["text_nl"][0].endswith("(C-0 + C-1 + C-2, O-0: C-0) vragen plek voor alle leden")
    found = po.solve(region_of(2, (1,), [(0, 1)]))
    assert "ask for places for all members" in found.opening_rows[0].text
    assert "ask for places for all members" in str(found.why_not("C-0", "O-0"))


def test_a_plan_that_parts_a_group_is_no_plan():
    region = region_of(3, (3, 3), [(0, 1, 2)])
    kept = po.solve(region)
    assert po.check_result(region, kept).is_sound
    rules = [po.OnePlacement(), po.OpeningCapacity()]
    unread = po.Model(region_of(3, (2, 1), [(0, 1, 2)]), rules=rules).solve()
    (row,) = unread.run.unread
    assert (row.rule, row.pairs) == ("PlacedTogether", 1)
    assert row.against == 2
    fixed = region.model_copy(update={"fixed_placements": [("C-0", "O-0"), ("C-1", "O-1")]})
    assert po.solve(fixed).status == po.Status.INFEASIBLE


def test_several_placements_are_shared_place_by_place():
    scores = [[3, 3, None, 3], [None, 3, None, 3]]
    rules = [po.OnePlacement(at_most=2), po.OpeningCapacity(), po.PlacedTogether()]
    by_employer = scored(region_of(2, (2,) * 4, [(0, 1)], "employer"), scores, rules).solve()
    assert by_employer.objective == 12
    scores = [[3, 3, None, None], [None, 3, None, None]]
    # One job beside two at the same employer is together, too.
    assert (
        scored(region_of(2, (2,) * 4, [(0, 1)], "employer"), scores, rules).solve().objective == 9
    )
    assert scored(region_of(2, (2,) * 4, [(0, 1)]), scores, rules).solve().objective == 6


GROUPS = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True), max_size=3)
SCORES = st.lists(st.tuples(*[st.one_of(st.none(), st.integers(1, 9))] * 4), min_size=4, max_size=4)
PLACES = st.tuples(*[st.integers(0, 3)] * 4)
WHERE = st.sampled_from(("opening", "employer"))


def place_of(opening, where):
    employer = EMPLOYERS[opening] if where == "employer" else None
    return opening if employer is None else employer


def best_of(scores, positions, groups, where):
    """Return the best total by trying out all plans."""
    best = 0
    for choice in itertools.product((None, 0, 1, 2, 3), repeat=len(scores)):
        chosen = [(c, o) for c, o in enumerate(choice) if o is not None]
        places = [None if o is None else place_of(o, where) for o in choice]
        if (
            all(scores[c][o] is not None for c, o in chosen)
            and all(sum(o == at for _, o in chosen) <= n for at, n in enumerate(positions))
            and all(len({places[member] for member in group}) == 1 for group in groups)
        ):
            best = max(best, sum(scores[c][o] for c, o in chosen))
    return best


@settings(max_examples=40, deadline=None)
@given(SCORES, PLACES, GROUPS, WHERE, st.sampled_from(("auto", "cp-sat", "mip")))
def test_the_best_plan_of_groups_is_that_of_trying_out_all(
    scores, positions, groups, where, solver
):
    if not any(score is not None for row in scores for score in row):
        return
    region = region_of(4, positions, groups, where)
    found = scored(region, scores).solve(solver=solver)
    assert found.status == po.Status.OPTIMAL
    assert found.objective == best_of(scores, positions, groups, where)


@settings(max_examples=15, deadline=None)
@given(SCORES, PLACES, st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True), WHERE)
def test_groups_said_in_another_way_change_nothing(scores, positions, group, where):
    if not any(score is not None for row in scores for score in row):
        return

    def best(*groups):
        return scored(region_of(4, positions, groups, where), scores).solve().objective

    assert best([group[0]]) == best()
    links = [list(pair) for pair in itertools.pairwise(group)]
    assert best(group) == best(group[::-1]) == best(*links) == best(group, *links)


def test_a_group_of_one_is_no_rule():
    region = region_of(2, (1,), [(0,), (1,)])
    assert all(not isinstance(rule, po.PlacedTogether) for rule in po.Model(region).rules)


@pytest.mark.parametrize("where", ["opening", "employer"])
def test_a_start_plan_that_parts_a_group_is_repaired(where):
    region = region_of(4, (2, 2), [(0, 1)], where)
    start = {"candidate_id": ["C-0", "C-2"], "opening_id": ["O-0", "O-1"]}
    found = po.Model(region).solve(start=start)
    assert len(places_of(found)) == 4
