"""Pairs in several ways: at most one is taken, through every stage.

The brute force uses nothing but plans and the plain reading of the rules, as in
`test_every_rule_at_once`; that of the multiple-choice assignment knows nothing of the package.
"""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import VARIANTS, check_equals_brute_force, examples, models_in_variants

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError, UnknownIdError
from placement_opt.report.page.people import cards_of
from placement_opt.solvers import get_solver
from placement_opt.solvers.plans.given_plan import least_plan, plan_of_given
from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.plans.upper_limits import asked_by_name
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits

PLAIN_RULES = (po.OnePlacement(), po.OpeningCapacity())


def check_told(_model, result):
    """Each pair is taken in one way at most."""
    rows = [(row.candidate_id, row.opening_id) for row in result.placement_rows]
    assert len(rows) == len(set(rows))


@examples(120)
@given(model=models_in_variants())
def test_every_rule_at_once_equals_brute_force(model):
    check_equals_brute_force(model, ["cp-sat"], check_told)


@examples(50)
@given(model=models_in_variants())
def test_other_solvers_equal_brute_force(model):
    check_equals_brute_force(model, ["auto", "mip", "flow"], check_told)


def region_of(n_candidates=2, n_openings=2, **fields):
    return po.Region(
        name="tiny",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(n_candidates)],
        openings=[po.Opening(id=f"O-{n}") for n in range(n_openings)],
        **fields,
    )


@st.composite
def choices(draw):
    """Draw scores by (candidate, opening, variant) of a multiple-choice assignment problem."""
    keys = list(itertools.product(range(3), range(3), range(3)))
    listed = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1, max_size=12))
    scores = st.lists(st.integers(-5, 20), min_size=len(listed), max_size=len(listed))
    return dict(zip(listed, draw(scores), strict=True))


def frame_of(scores, **columns):
    return pd.DataFrame(
        {
            "candidate_id": [f"C-{c}" for c, _, _ in scores],
            "opening_id": [f"O-{o}" for _, o, _ in scores],
            "variant": [VARIANTS[way] for *_, way in scores],
            "score": list(scores.values()),
            **columns,
        }
    )


def model_of(scores, at_most=1, **columns):
    rules = [po.OnePlacement(at_most=at_most), po.OpeningCapacity()]
    objective = [po.PairScore("score")]
    frame = frame_of(scores, **columns)
    return po.Model(region_of(3, 3), pairs=frame, rules=rules, objective=objective)


def best_choice(scores, at_most):
    """Return the best sum where openings take one person, and a pair has one way."""
    best = 0
    for size in range(1, 4):
        for taken in itertools.combinations(scores, size):
            people = [candidate for candidate, _, _ in taken]
            work = [opening for _, opening, _ in taken]
            if len(set(work)) == size and all(people.count(one) <= at_most for one in people):
                best = max(best, sum(scores[key] for key in taken))
    return best


@pytest.mark.parametrize("at_most", [1, 2])
@pytest.mark.parametrize("solver", ["auto", "cp-sat", "mip", "flow"])
def test_the_door_is_a_multiple_choice_assignment(at_most, solver):
    @examples(15)
    @given(scores=choices())
    def check(scores):
        model = model_of(scores, at_most)
        if get_solver(solver).refuses(model.compile().formulation) is None:
            found = model.solve(solver=solver, gap=0).objective
            assert found == pytest.approx(best_choice(scores, at_most))

    check()


@examples(25)
@given(model=models_in_variants(), k=st.integers(2, 3))
def test_identical_variants_are_worth_one(model, k):
    """Copies of one way change nothing, and neither do people and openings that are counted."""
    frame = pd.DataFrame(model._given.listed).drop_duplicates(["candidate_id", "opening_id"])
    plain = frame.drop(columns="variant")
    copies = pd.concat([plain.assign(variant=VARIANTS[n]) for n in range(k)])
    results = [
        po.Model(model.region, pairs=pairs, rules=model.rules, objective=model.objective).solve(
            gap=0
        )
        for pairs in (plain, copies)
    ]
    assert results[0].status is results[1].status
    assert results[0].objective == pytest.approx(results[1].objective, abs=1e-9)
    for name in ("pairs", "candidates", "openings"):
        assert results[0].stats[name] == results[1].stats[name]
    for one, other in zip(*(result.opening_rows for result in results), strict=True):
        assert one.eligible_candidates == other.eligible_candidates
    for one, other in zip(*(result.quota_rows for result in results), strict=True):
        assert one.attainable_jobs == other.attainable_jobs


@examples(25)
@given(scores=choices(), data=st.data())
def test_a_dominated_variant_changes_nothing(scores, data):
    known = [key for key in scores if (*key[:2], 2) not in scores]
    if not known:
        return
    worse = data.draw(st.sampled_from(known))
    more = scores | {(*worse[:2], 2): scores[worse] - 1}
    for at_most in (1, 2):
        found = [model_of(some, at_most).solve(gap=0).objective for some in (scores, more)]
        assert found[0] == pytest.approx(found[1])


def test_a_plan_says_in_which_way():
    model = model_of({(0, 0, 0): 1, (0, 0, 1): 3, (1, 1, 0): 2})
    result = model.solve()
    told = result.placements[["candidate_id", "opening_id", "variant", "points"]]
    assert told.to_numpy().tolist() == [["C-0", "O-0", "fast", 3.0], ["C-1", "O-1", "calm", 2.0]]
    assert "variant" in result.to_polars().columns
    pairs = model.pairs_frame()
    assert pairs[["variant", "points"]].to_numpy().tolist() == [
        ["calm", 1],
        ["fast", 3],
        ["calm", 2],
    ]
    assert (result.stats["pairs"], result.stats["variants"]) == (2, 3)
    assert [row.eligible_candidates for row in result.opening_rows] == [1, 1, 0]


def test_without_variants_no_table_has_the_column():
    region = region_of()
    result = po.solve(region)
    assert "variant" not in result.placements.columns
    assert "variants" not in result.stats
    model = po.Model(region)
    assert "variant" not in model.pairs_frame().columns
    assert not any(isinstance(rule, po.OneVariant) for rule in model.rules)


@pytest.mark.parametrize("at_most", [1, 2])
def test_a_result_is_checked_again_from_its_file(tmp_path, at_most):
    scores = {(0, 0, 0): 1, (0, 0, 1): 3, (0, 1, 2): 4, (1, 1, 0): 2, (1, 0, 1): 3}
    model = model_of(scores, at_most)
    result = model.solve(gap=0)
    result.to_json(tmp_path / "plan.json")
    again = po.Result.from_json(tmp_path / "plan.json", model=model)
    assert again == result
    assert again.placements.equals(result.placements)
    report = po.check_result(model.region, again, pairs=frame_of(scores))
    assert report.is_sound, str(report)
    other = again.placement_rows[0].model_copy(update={"variant": "never"})
    forged = again.model_copy(update={"placement_rows": (other, *again.placement_rows[1:])})
    report = po.check_result(model.region, forged, pairs=frame_of(scores))
    assert not report.is_sound
    assert "(never) is not eligible" in str(report)


def test_two_ways_of_a_pair_at_once_are_refused_by_the_judge():
    compiled = model_of({(0, 0, 0): 1, (0, 0, 1): 3}, at_most=2).compile()
    verdict = compiled.judge(compiled.plan_of(map(compiled.placement, range(2))))
    assert {v.rule for v in verdict.violations} >= {po.OneVariant.title, "placed once per opening"}
    assert "taken in 2 ways, at most one" in verdict.told()


def test_the_rule_is_there_whether_it_is_named_or_not():
    scores = {(0, 0, 0): 1, (0, 0, 1): 3, (0, 1, 0): 1}
    named = model_of(scores, at_most=2)
    assert [rule.rule for rule in named.rules].count("OneVariant") == 1
    block = next(b for b in named.compile().formulation.blocks if b.title == po.OneVariant.title)
    assert block.usage.toarray().tolist() == [[1, 1, 0]]
    assert list(block.labels) == ["C-0 in O-0"]
    alone = [b.title for b in model_of(scores).compile().formulation.blocks]
    assert po.OneVariant.title not in alone


def test_reproducible_runs_take_the_same_ways():
    random = np.random.default_rng(3)
    keys = list(itertools.product(range(3), range(3), range(3)))
    scores = dict(zip(keys, random.integers(0, 4, len(keys)).tolist(), strict=True))
    runs = [model_of(scores, at_most=2).solve(reproducible=True, time_limit_s=5) for _ in range(2)]
    assert runs[0].placement_rows == runs[1].placement_rows


def test_a_rule_can_group_by_variant():
    scores = {(0, 0, 0): 5, (0, 0, 1): 3, (1, 1, 0): 5, (1, 1, 1): 1}
    model = model_of(scores).add(po.ResourceLimit(per="variant", limits={"calm": 1}))
    assert model.solve(gap=0).objective == 8
    both = model_of(scores).add(
        po.ResourceLimit(per=("variant", "opening"), limits={("calm", "O-0"): 0})
    )
    assert both.solve(gap=0).objective == 8


SEVERAL = {(0, 0, 0): 1, (0, 0, 1): 3, (1, 1, 0): 2, (1, 0, 2): 4}


@pytest.mark.parametrize(
    ("fixed", "variant", "objective"),
    [(("C-0", "O-0"), "fast", 5), (("C-0", "O-0", None, "calm"), "calm", 3)],
)
def test_a_fixed_pair_is_in_any_way_unless_one_is_named(fixed, variant, objective):
    model = model_of(SEVERAL).add(po.FixedPlacements(placements=[fixed]))
    result = model.solve(gap=0)
    assert result.objective == objective
    assert result.placement_rows[0].variant == variant
    again = po.FixedPlacements.model_validate_json(model.rules[-1].model_dump_json())
    assert again == model.rules[-1]


def test_a_fixed_pair_in_a_way_that_it_does_not_have_is_bad_input():
    model = model_of(SEVERAL).add(po.FixedPlacements(placements=[("C-0", "O-0", None, "calmly")]))
    with pytest.raises(InvalidInputError, match="in a variant that the pair has, not 'calmly'"):
        model.compile()
    with pytest.raises(InvalidInputError) as caught:
        po.FixedPlacements(placements=[("C-0", "O-0", None, 5), ("C-1",)])
    assert [problem.field for problem in caught.value.problems] == [
        "placements[1]",
        "variants[0][2]",
    ]


def test_a_start_names_its_ways_and_is_completed_to_the_best_ones():
    model = model_of(SEVERAL)
    named = {"candidate_id": ["C-0"], "opening_id": ["O-0"], "variant": ["calm"]}
    limited = {"time_limit_s": 5, "solver": "cp-sat"}
    assert model.solve(start=named, **limited).start.kept == 1
    assert model.solve(start=[("C-0", "O-0", None, "calm")], **limited).start.kept == 1
    plain = model.solve(start=[("C-0", "O-0"), ("C-1", "O-1")], **limited).start
    assert (plain.kept, plain.left_out) == (2, ())
    gone = model.solve(start=[("C-0", "O-0", None, "late")], **limited).start
    assert [left.reason for left in gone.left_out] == ["not_eligible"]
    assert gone.left_out[0].first == ("C-0 in O-0 (late)",)
    twice = [("C-0", "O-0", None, "calm"), ("C-0", "O-0", None, "fast")]
    assert [left.reason for left in model.solve(start=twice).start.left_out] == ["listed_twice"]


def test_a_start_without_ways_takes_those_that_fit():
    model = model_of(SEVERAL).add(po.ResourceLimit(per="variant", limits={"fast": 0}))
    started = model.solve(start=[("C-0", "O-0")], time_limit_s=5).start
    assert (started.kept, started.left_out) == (1, ())


def test_another_way_of_the_same_pair_is_no_change():
    model = model_of({(0, 0, 0): 1, (0, 0, 1): 3, (1, 1, 0): 2, (1, 0, 2): 9})
    model.add(po.FewChanges(before=[("C-0", "O-0"), ("C-1", "O-1")], max_changes=0))
    assert model.solve(gap=0).objective == 5
    for at_most in (1, 2):
        again = po.replan(
            model_of({(0, 0, 0): 5, (1, 1, 0): 2}, at_most).solve(gap=0),
            pairs=frame_of({(0, 0, 1): 3, (0, 0, 2): 4, (1, 1, 0): 2, (1, 0, 2): 9}),
            max_changes=0,
        )
        assert again.objective == 6
        assert again.change_rows == ()


def test_a_change_is_told_with_the_points_of_its_way():
    new = po.replan(
        model_of({(0, 0, 0): 5}).solve(gap=0),
        pairs=frame_of({(0, 0, 1): 3, (0, 1, 0): 7, (0, 1, 1): 8}),
    )
    assert [row.why for row in new.change_rows] == ["8 points in O-1; 3 points in O-0 before"]


def test_why_tells_this_way_and_the_others():
    model = model_of({(0, 0, 0): 1, (0, 0, 1): 3, (0, 1, 0): 2})
    why = model.solve(gap=0).why("C-0")
    assert [row.variant for row in why.placements] == ["fast"]
    assert [term.points for term in why.terms] == [3]
    told = [(one.opening_id, one.variant, one.regret_points) for one in why.runner_ups]
    assert told == [("O-1", "calm", 1), ("O-0", "calm", 2)]
    assert "O-1 (calm)" in why.text()
    assert "calm" not in why.text(to="employer")


def test_one_way_per_pair_is_no_limit_that_could_be_raised():
    model = model_of({(0, 0, 0): 1, (0, 0, 1): 3, (0, 1, 0): 2, (1, 1, 0): 5}, at_most=2)
    assert set(model.solve(gap=0).bottlenecks(prove=0)["rule"]) <= {"OpeningCapacity"}


def test_who_has_nothing_is_told_of_openings_not_of_ways():
    scores = {(0, 0, 0): 5, (0, 0, 1): 5, (1, 0, 0): 1, (1, 0, 1): 2}
    (row,) = [
        row for row in model_of(scores).solve(gap=0).unplaced_rows if row.candidate_id == "C-1"
    ]
    assert (row.reason, row.eligible_openings) == ("outcompeted", 1)


def test_the_cp_sat_model_knows_the_variable_of_each_way():
    cp_model = model_of(SEVERAL).to_cp_sat()
    assert cp_model.pairs()["variant"].tolist() == ["calm", "fast", "late", "calm"]
    assert cp_model.variable("C-0", "O-0", "fast").index == 1
    with pytest.raises(UnknownIdError, match=r"C-0 in O-0 \(calm\)"):
        cp_model.variable("C-0", "O-0")


def test_a_way_listed_twice_and_one_without_a_name_are_told_together():
    frame = {
        "candidate_id": ["C-0", "C-0", "C-0", "C-9"],
        "opening_id": ["O-0"] * 4,
        "variant": ["calm", "calm", None, "fast"],
        "score": [1, 2, 3, "x"],
    }
    with pytest.raises(InvalidInputError) as caught:
        po.Model(region_of(), pairs=frame).compile()
    told = {(problem.id, problem.field) for problem in caught.value.problems}
    assert told == {
        ("row 1", "candidate_id, opening_id, variant"),
        ("row 2", "variant"),
        ("row 3", "candidate_id"),
        ("row 3", "score"),
    }
    twice = next(p for p in caught.value.problems if p.field.startswith("candidate_id, "))
    assert twice.value == ("C-0", "O-0", "calm")


def test_values_put_listed_pairs_in_several_ways_and_leave_the_others():
    frame = {
        "candidate_id": ["C-0", "C-0", "C-1"],
        "opening_id": ["O-1", "O-1", "O-9"],
        "variant": ["fast", "calm", "calm"],
        "weight": [7, 2, 1],
    }
    model = po.Model(
        region_of(),
        pair_values=frame,
        pair_defaults={"weight": 1},
        rules=PLAIN_RULES,
        objective=[po.PairScore("weight")],
    )
    told = model.pairs_frame().replace({np.nan: None})
    assert told[["candidate_id", "opening_id", "variant", "points"]].to_numpy().tolist() == [
        ["C-0", "O-0", None, 1],
        ["C-0", "O-1", "calm", 2],
        ["C-0", "O-1", "fast", 7],
        ["C-1", "O-0", None, 1],
        ["C-1", "O-1", None, 1],
    ]
    result = model.solve(gap=0)
    assert [(row.opening_id, row.variant) for row in result.placement_rows] == [
        ("O-1", "fast"),
        ("O-0", None),
    ]
    assert "1 listed pairs are not eligible" in result.remarks["text"][0]
    again = po.check_result(model.region, result, pair_values=frame, pair_defaults={"weight": 1})
    assert again.is_sound, str(again)


def test_values_of_a_way_listed_twice_or_without_a_name_are_bad_input():
    frame = {
        "candidate_id": ["C-0", "C-0"],
        "opening_id": ["O-0", "O-0"],
        "variant": ["calm", "calm"],
        "score": [1, 2],
    }
    with pytest.raises(InvalidInputError, match="candidate_id, opening_id, variant"):
        po.Model(region_of(), pair_values=frame).compile()
    frame["variant"] = ["calm", None]
    with pytest.raises(InvalidInputError, match="variant"):
        po.Model(region_of(), pair_values=frame).compile()


def test_a_pair_that_a_rule_removes_is_removed_in_all_its_ways():
    region = region_of(excluded_pairs=[("C-0", "O-0")])
    frame = frame_of({(0, 0, 0): 5, (0, 0, 1): 6, (0, 1, 0): 1})
    model = po.Model(region, pairs=frame, objective=[po.PairScore("score")])
    compiled = model.compile()
    assert compiled.pairs.removed["excluded pairs"].tolist() == [1, 0]
    assert model.solve().objective == 1
    assert "excluded" in str(model.why_not("C-0", "O-0"))


def test_comparisons_know_the_ways():
    model = model_of(SEVERAL)
    fixed = po.FixedPlacements(placements=[("C-0", "O-0", None, "calm")])
    compared = po.scenarios(model, {"fixed": fixed}, per="variant")
    counts = compared.groups.set_index("group")
    assert counts.loc["calm"].tolist() == [1, 2]


def test_a_pair_blocks_once_whatever_its_ways():
    ranks = {"candidate_rank": [1, 1, 2, 1], "opening_rank": [2, 2, 1, 1]}
    scores = {(0, 0, 0): 1, (0, 0, 1): 2, (0, 1, 0): 9, (1, 0, 2): 1}
    model = model_of(scores, **ranks).add(po.Stability(max_blocking_pairs=9))
    model.add(po.FixedPlacements(placements=[("C-0", "O-1")]))
    model.add(po.ResourceLimit(per="candidate", limits={"C-1": 0}))
    assert len(model.solve(gap=0).blocking_rows) == 2
    ranks["candidate_rank"][1] = 3
    with pytest.raises(InvalidInputError, match="the same in all variants"):
        model_of(scores, **ranks).add(po.Stability()).compile()


def test_the_page_tells_the_way_and_other_openings_once(tmp_path):
    scores = {(0, 0, 0): 1, (0, 0, 1): 9, (0, 1, 0): 2, (0, 1, 1): 3, (1, 1, 0): 4}
    result = model_of(scores).solve(gap=0)
    cards = cards_of(result, "en")
    [other] = cards["next"]["C-0"]
    assert other[:3] == ["O-1", 3.0, 0]
    assert [cards["reasons"][place] for place in other[3]] == [
        "positions of an opening (O-1) is full"
    ]
    result.report(tmp_path / "plan.html")
    assert "O-0 (fast)" in (tmp_path / "plan.html").read_text(encoding="utf-8")


def test_one_way_of_a_fixed_pair_is_there_from_the_start():
    model = model_of(SEVERAL).add(po.FixedPlacements(placements=[("C-0", "O-0"), ("C-1", "O-1")]))
    formulation = model.compile().formulation
    assert asked_by_name(formulation).tolist() == [1, 3]
    assert asked_by_name(formulation, np.array([2, 0, 1])).tolist() == [0, 3]
    limits = SearchLimits(time_limit_s=10)
    assert least_plan(formulation, limits).chosen.tolist() == [1, 3]
    kept = plan_of_given(formulation, np.array([0]), {"coach": np.array([-1])}, limits)
    assert kept.chosen.tolist() == [0, 3]
    assert rounded(formulation, np.array([2, 0]), Clock(limits)).chosen.tolist() == [0, 3]
