"""A diagnosis: all minimal conflicts and relaxations, against brute force and known answers."""

import contextlib
import itertools
import math

import numpy as np
import pytest
from diagnosed import conflicts_of, crowd, relaxations_of
from formulations import brute_force
from hypothesis import HealthCheck, assume, event, given, note, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.csgraph import maximum_bipartite_matching
from tiny_models import MOST_PAIRS, all_steps, models
from tiny_regions import coach_choices, subsets

import placement_opt as po
from placement_opt.answers import some_plan as some_plan_module
from placement_opt.answers import still_infeasible
from placement_opt.answers.limits import Limits, opened
from placement_opt.answers.relaxed import Ends, ends_of, least_moves, with_limits
from placement_opt.answers.some_plan import rows_around, some_plan
from placement_opt.constraints import RULES
from placement_opt.constraints.base import Rule
from placement_opt.formulation.certificate import without_gains
from placement_opt.solvers.search.limits import SearchLimits

MANY = settings(
    max_examples=30,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)


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


OF_A_PAIR = {rule.title for rule in RULES if rule.allows is not Rule.allows} - {po.Coaching.title}
"""What breaks these is a step that the person cannot take, or one that is lacking: no limit."""


def kind_of(violation):
    """Which limit of a group a violation is about; None where no limit is, but a person's coach."""
    if violation.rule in OF_A_PAIR - {po.Steps.title}:
        return None
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
    """What each plan breaks, by a plain reading; who has no coach, or lacks a step, is left out."""
    region = compiled.pairs.instance.region
    step = {one.id: f"{one.kind} {one.id}" for one in region.openings if one.kind != "job"}
    for rows in subsets(range(compiled.pairs.n_pairs)):
        chosen = [compiled.placement(row) for row in rows]

        def needs_coach(placement):
            return (compiled.plan_of([placement]).coaching_hours_per_week(placement) or 0) > 0

        for steps in all_steps(region, chosen):
            for option in coach_choices(region, chosen, needs_coach):
                violations = compiled.judge(compiled.plan_of(option, steps)).violations
                told = [(v.rule, step.get(v.about, v.about), kind_of(v)) for v in violations]
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
        note(f"region {model.region.model_dump_json()}")
        note(f"rules {model.rules}")
        # Nobody has more placements than allowed, whatever gives way: other rules rely on it.
        many = (po.OnePlacement.title, "placements")
        broken = least(
            one
            for one in broken_sets(compiled)
            if many not in {(title, kind) for title, _, kind in one}
        )
        found = model.diagnose(max_conflicts=500, max_relaxations=500, solve_first=2)
        event(f"feasible: {found.is_feasible}")
        assert found.is_feasible is (frozenset() in broken)
        if found.is_feasible:
            assert (found.conflicts, found.relaxations) == ((), ())
            return
        assert found.has_all_conflicts
        assert found.has_all_relaxations
        told = [items_of(one.limits) for one in found.conflicts]
        given = [frozenset(one for one in part if (one[0], one[2]) != many) for part in told]
        assert least(given) == hitting(broken)
        assert len(set(given)) == len(given), "none differs by what is given"
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
        cost = {row: float(abs(limits.of_row(row).size)) for row in rows}
        moves = least_moves(bare, cost, SearchLimits(20.0, gap=0.0))
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


@contextlib.contextmanager
def large_from(n_variables):
    """Within, problems of so many variables are asked about as if they were large."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(still_infeasible, "LARGE_VARIABLES", n_variables)
        patched.setattr(some_plan_module, "MOST_REPAIRS", 2)
        yield


class TestLarge:
    """Problems of which no copy is made: the same answers by other ways."""

    @pytest.mark.parametrize("n_variables", [0, 8])
    @pytest.mark.parametrize(("n_people", "n_openings"), [(2, 1), (4, 3), (4, 2)])
    def test_the_same_answers(self, n_people, n_openings, n_variables):
        model = crowd(n_people, n_openings)
        asked = {"max_conflicts": 1000, "max_relaxations": 1000, "solve_first": 2}
        expected = model.diagnose(**asked)
        with large_from(n_variables):
            found = model.diagnose(**asked)
        assert set(conflicts_of(found)) == set(conflicts_of(expected))
        assert all(conflict.is_minimal for conflict in found.conflicts)
        for kind in ("drop", "move"):
            assert set(relaxations_of(found, kind)) == set(relaxations_of(expected, kind))
        assert found.has_all_conflicts
        assert found.has_all_relaxations
        costs = [sorted(way.cost or 0 for way in each.relaxations) for each in (found, expected)]
        assert costs[0] == costs[1]
        told = [way for way in found.relaxations if way.placements is not None]
        assert told
        assert all(way.points <= way.points_bound for way in told)

    def test_rows_around_what_is_missed_hold_the_conflict(self):
        bare = without_gains(
            opened(crowd(4, 4, [(0, 0), (1, 0), (2, 1), (2, 2), (3, 3)]).compile().formulation)
        )
        attempt = some_plan(bare, SearchLimits(10.0), repair=False)
        assert attempt.plan is None
        (missed,) = attempt.missed.tolist()
        *_, around = rows_around(bare, missed, attempt.nearest)
        labels = [label for block in bare.blocks for label in block.labels]
        assert {labels[row] for row in around} == {"C-0", "C-1", "O-0"}

    def test_some_plan_is_found_near_another(self):
        bare = without_gains(opened(crowd(4, 4).compile().formulation))
        first = some_plan(bare, SearchLimits(10.0)).plan
        assert bare.is_satisfied_by(first.values(bare))
        again = some_plan(bare, SearchLimits(10.0), first).plan
        assert again.chosen.tolist() == first.chosen.tolist()
