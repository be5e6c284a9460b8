"""A diagnosis: all minimal conflicts and relaxations, against brute force and known answers."""

import itertools
import math

import numpy as np
import pytest
from formulations import brute_force
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.csgraph import maximum_bipartite_matching
from tiny_models import MOST_PAIRS, models
from tiny_regions import coach_choices, ids_of, subsets

import placement_opt as po
from placement_opt.answers.limits import Limits, opened
from placement_opt.answers.relaxed import Ends, ends_of, least_moves, with_limits
from placement_opt.formulation.certificate import without_gains
from placement_opt.instance.plan import Placement
from placement_opt.solvers.search.limits import SearchLimits

MANY = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)
PLAIN_RULES = (po.OnePlacement(), po.OpeningCapacity(), po.EveryCandidatePlaced())


def crowd(n_people, n_openings, allowed=None, positions=1):
    """People who must all be placed, and openings; `allowed` lists pairs, None allows all."""
    region = po.Region(
        name="crowd",
        candidates=[po.Candidate(id=f"C-{c}") for c in range(n_people)],
        openings=[po.Opening(id=f"O-{o}", positions=positions) for o in range(n_openings)],
    )
    pairs = None
    if allowed is not None:
        pairs = {
            "candidate_id": [f"C-{c}" for c, _ in allowed],
            "opening_id": [f"O-{o}" for _, o in allowed],
            "score": [1] * len(allowed),
        }
    return po.Model(region, pairs=pairs, rules=PLAIN_RULES, objective=[po.PlacedJobs()][:0])


def sets_of(found):
    return [frozenset((limit.rule, limit.group) for limit in part) for part in found]


def conflicts_of(diagnosis):
    return sets_of(conflict.limits for conflict in diagnosis.conflicts)


def relaxations_of(diagnosis, kind):
    return sets_of(one.changes for one in diagnosis.relaxations if one.kind == kind)


class TestKnownAnswers:
    @pytest.mark.parametrize(("n_people", "n_openings"), [(2, 1), (3, 2), (5, 3), (6, 2)])
    def test_too_few_places_for_all(self, n_people, n_openings):
        found = crowd(n_people, n_openings).diagnose(
            max_conflicts=1000, max_relaxations=1000, solve_first=1
        )
        people = [("EveryCandidatePlaced", f"C-{c}") for c in range(n_people)]
        places = [("OpeningCapacity", f"O-{o}") for o in range(n_openings)]
        expected = {
            frozenset([*some, *places]) for some in itertools.combinations(people, n_openings + 1)
        }
        assert len(expected) == math.comb(n_people, n_openings + 1)
        assert len(found.conflicts) == len(expected)
        assert set(conflicts_of(found)) == expected
        assert all(conflict.is_minimal for conflict in found.conflicts)
        ways = {frozenset([place]) for place in places}
        ways |= set(map(frozenset, itertools.combinations(people, n_people - n_openings)))
        assert len(ways) == n_openings + math.comb(n_people, n_openings) - (
            n_people - n_openings == 0
        )
        for kind in ("drop", "move"):
            told = relaxations_of(found, kind)
            assert len(told) == len(ways)
            assert set(told) == ways
        assert found.has_all_conflicts
        assert found.has_all_relaxations
        assert found.is_feasible is False

    def test_how_far_limits_move(self):
        found = crowd(5, 2).diagnose(max_conflicts=100, max_relaxations=100)
        moved = [one for one in found.relaxations if one.kind == "move"]
        for one in moved:
            steps = {(c.rule, c.side, c.before, c.after) for c in one.changes}
            if len(one.changes) == 1:
                assert steps == {("OpeningCapacity", "at most", 1.0, 4.0)}
                assert (one.cost, one.placements) in {(3.0, 5), (3.0, None)}
            else:
                assert steps == {("EveryCandidatePlaced", "at least", 1.0, 0.0)}
        assert moved[0].placements == 5
        assert all(one.is_minimal for one in moved)
        dropped = [one for one in found.relaxations if one.kind == "drop"]
        assert all(c.after is None for one in dropped for c in one.changes)
        assert len(found.relaxations[0].changes) == 1, "the lightest come first"

    @MANY
    @given(data=st.data())
    def test_a_conflict_of_people_shares_one_place_too_few(self, data):
        n_people, n_openings = data.draw(st.integers(2, 6)), data.draw(st.integers(1, 4))
        each = list(itertools.product(range(n_people), range(n_openings)))
        allowed = [pair for pair in each if data.draw(st.sampled_from((True, True, False)))]
        assume(allowed)
        found = crowd(n_people, n_openings, allowed).diagnose(
            max_conflicts=500, max_relaxations=500, solve_first=0
        )
        table = np.zeros((n_people, n_openings), dtype=int)
        table[tuple(np.array(allowed).T)] = 1
        matched = maximum_bipartite_matching(sparse.csr_array(table), perm_type="column")
        assert found.is_feasible is bool((matched >= 0).all())
        for conflict in conflicts_of(found):
            people = {int(g[2:]) for rule, g in conflict if rule == "EveryCandidatePlaced"}
            places = {int(g[2:]) for rule, g in conflict if rule == "OpeningCapacity"}
            shared = set(np.flatnonzero(table[sorted(people)].any(axis=0)).tolist())
            assert places == shared
            assert len(shared) == len(people) - 1
            rows = sparse.csr_array(table[sorted(people)])
            flow = maximum_bipartite_matching(rows, perm_type="column")
            assert int((flow >= 0).sum()) == len(people) - 1


def kind_of(violation):
    """Which limit of a group a violation is about; None where no limit is, but a person's coach."""
    if violation.rule == po.Coaching.title:
        for text, unit in (
            ("caseload", "people"),
            ("hours a week", "coaching_hours_per_week"),
            ("more than one coach", "coaches"),
        ):
            if text in violation.text:
                return unit
        return None
    if violation.rule == po.OnePlacement.title:
        return "hours_per_week" if "hours a week" in violation.text else "placements"
    return "any"


def broken_sets(compiled):
    """What each plan breaks, by a plain reading; plans whose people have no coach left out."""
    region = compiled.pairs.instance.region
    for pairs in subsets(ids_of(compiled.pairs)):
        chosen = [Placement(*pair) for pair in pairs]

        def needs_coach(placement):
            return (compiled.plan_of([placement]).coaching_hours_per_week(placement) or 0) > 0

        for option in coach_choices(region, chosen, needs_coach):
            violations = compiled.judge(compiled.plan_of(option)).violations
            told = [(v.rule, v.about, kind_of(v)) for v in violations]
            if all(kind is not None for *_, kind in told):
                yield frozenset(told)


def least(sets):
    """The sets that hold no other one."""
    sets = set(sets)
    return {one for one in sets if not any(other < one for other in sets)}


def hitting(sets):
    """The minimal sets that hit each of the given ones."""
    found = {frozenset()}
    for one in sets:
        found = least({have if have & one else have | {item} for have in found for item in one})
    return found


def items_of(changes):
    def kind(one):
        is_told_apart = one.title in {po.Coaching.title, po.OnePlacement.title}
        return one.unit if is_told_apart else "any"

    return frozenset((one.title, one.group, kind(one)) for one in changes)


class TestEveryRuleAtOnce:
    @MANY
    @given(model=models(hard=True), all_placed=st.booleans())
    def test_conflicts_and_relaxations_are_those_of_all_plans(self, model, all_placed):
        if all_placed:
            model.add(po.EveryCandidatePlaced())
        compiled = model.compile()
        assume(compiled.pairs.n_pairs <= MOST_PAIRS)
        broken = least(broken_sets(compiled))
        found = model.diagnose(max_conflicts=500, max_relaxations=500, solve_first=2)
        assert found.is_feasible is (frozenset() in broken)
        if found.is_feasible:
            assert (found.conflicts, found.relaxations) == ((), ())
            return
        assert found.has_all_conflicts
        assert found.has_all_relaxations
        assert {items_of(one.limits) for one in found.conflicts} == hitting(broken)
        assert all(one.is_minimal for one in found.conflicts)
        dropped = [items_of(one.changes) for one in found.relaxations if one.kind == "drop"]
        assert len(dropped) == len(set(dropped))
        assert set(dropped) == broken

    @MANY
    @given(model=models(hard=True))
    def test_limits_move_by_what_is_enough_and_no_less(self, model):
        model.add(po.EveryCandidatePlaced())
        compiled = model.compile()
        assume(compiled.pairs.n_pairs <= 5)
        bare = without_gains(opened(compiled.formulation))
        assume(bare.n_variables <= 12)
        assume(brute_force(bare) is None)
        limits = Limits.of(compiled)
        found = model.diagnose(solve_first=0)
        titles = {
            (one.title, one.group, one.unit) for r in found.relaxations[:2] for one in r.changes
        }
        rows = [
            row
            for row in range(bare.n_rows)
            if (
                (limit := limits.of_row(row)).rule.title,
                limit.group,
                limit.unit,
            )
            in titles
        ]
        moves = least_moves(bare, limits, frozenset(rows), {}, SearchLimits(20.0, gap=0.0))
        assert moves.is_proven
        assert brute_force(with_limits(bare, moves.rows)) is not None
        for row, ends in moves.rows.items():
            before = ends_of(bare, row)
            for less in (
                Ends(min(before.lower, ends.lower + 1), ends.upper),
                Ends(ends.lower, max(before.upper, ends.upper - 1)),
            ):
                if less != ends:
                    assert brute_force(with_limits(bare, {**moves.rows, row: less})) is None
