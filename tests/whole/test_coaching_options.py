"""Service levels: the plan chooses the regime of each person, within the hours of the coaches.

The brute force uses nothing but plans and the plain reading of the rules; that of the service
levels below knows nothing of the package.
"""

import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_models import check_equals_brute_force, examples, models

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError

MOST_WAYS = 9
SHARE = {
    "none": Fraction(0),
    "light": Fraction(6, 100),
    "middle": Fraction(10, 100),
    "intensive": Fraction(15, 100),
}
"""Shares of the hours of work in the first year, as the law of 2026 has them."""


@st.composite
def models_with_options(draw):
    """Draw a model with every rule in which some pair can be had in a regime."""
    model = draw(models(options=True))
    pairs = model.compile().pairs
    assume(pairs.n_pairs <= MOST_WAYS)
    assume((pairs.person >= pairs.instance.n_candidates).any())
    return model


@examples(60)
@given(model=models_with_options())
def test_every_rule_at_once_equals_brute_force(model):
    check_equals_brute_force(model, ["cp-sat"])


@examples(25)
@given(model=models_with_options())
def test_other_solvers_equal_brute_force(model):
    check_equals_brute_force(model, ["auto", "mip", "flow"])


def region_of(options, coach_hours=8.0, positions=1, **fields):
    """Return people of 20 hours with options, as many openings, and two coaches."""
    people = [
        po.Candidate(
            id=f"C-{n}", hours_per_week=(20, 20), coaching_year=1, coaching_options=chances
        )
        for n, chances in enumerate(options)
    ]
    coaches = [
        po.Coach(id="K-0", hours_per_week=coach_hours),
        po.Coach(id="K-1", hours_per_week=2, regimes={"light"}),
    ]
    known = {
        "name": "levels",
        "date": "2026-02-01",
        "candidates": people,
        "openings": [
            po.Opening(id=f"O-{n}", hours_per_week=(20, 32), positions=positions)
            for n in range(len(people))
        ],
        "coaches": coaches,
    }
    return po.Region(**known | fields)


def expected_only(region, **options):
    rules = [po.OnePlacement(), po.OpeningCapacity(), po.Coaching()]
    objective = [po.ExpectedPlacements(points_per_placement=1, **options)]
    return po.Model(region, rules=rules, objective=objective)


def best_levels(options, coach_hours):
    """Return the most expected placements where everybody has an opening, by counting out."""
    best = Fraction(0)
    for levels in itertools.product(*((None, *chances) for chances in options)):
        taken = [(n, level) for n, level in enumerate(levels) if level is not None]
        coached = [one for one in taken if SHARE[one[1]]]
        for coaches in itertools.product((0, 1), repeat=len(coached)):
            free = [Fraction(str(coach_hours)), Fraction(2)]
            for (_, level), coach in zip(coached, coaches, strict=True):
                free[coach] -= 20 * SHARE[level] if coach == 0 or level == "light" else 10**6
            if min(free) >= 0:
                best = max(best, sum(Fraction(str(options[n][level])) for n, level in taken))
    return best


def chances_of():
    chance = st.sampled_from((0, 0.25, 0.333333, 0.6, 0.85, 1))
    return st.dictionaries(st.sampled_from(sorted(SHARE)), chance, min_size=1, max_size=3)


@examples(40)
@given(
    options=st.lists(chances_of(), min_size=1, max_size=3),
    hours=st.sampled_from((0, 1.2, 3, 4.5, 6)),
)
def test_the_best_levels_are_those_of_counting_out(options, hours):
    result = expected_only(region_of(options, hours)).solve(gap=0)
    assert result.objective == pytest.approx(float(best_levels(options, hours)), abs=1e-9)
    assert result.expected_placements == pytest.approx(result.objective, abs=1e-9)
    for row in result.placement_rows:
        chances = options[int(row.candidate_id[2:])]
        assert row.success_probability == chances[row.variant]
        assert row.coaching_hours_per_week == pytest.approx(float(20 * SHARE[row.variant]))
        assert (row.coach_id is None) is (row.variant == "none")


@examples(15)
@given(options=st.lists(chances_of(), min_size=2, max_size=3))
def test_more_coach_hours_never_give_fewer_expected_placements(options):
    found = [
        expected_only(region_of(options, hours)).solve(gap=0).objective
        for hours in (0, 1.2, 2.4, 3, 6, 9)
    ]
    assert found == sorted(found)


@pytest.mark.parametrize("regime", ["none", "light", "middle", "intensive"])
def test_one_option_is_the_plain_regime(regime):
    with_options = region_of([{regime: 0.5}] * 3, 4)
    plain = [
        person.model_copy(update={"coaching_options": {}, "coaching_regime": regime})
        for person in with_options.candidates
    ]
    rules = [*po.Model(with_options).rules, po.CoachedContract(payer="uwv")]
    terms = [po.MatchScore(), po.PlacedJobs()]
    models = [
        po.Model(region, rules=rules, objective=terms)
        for region in (with_options, with_options.model_copy(update={"candidates": plain}))
    ]
    one, other = (model.compile().formulation for model in models)
    assert one.objective.gain.tolist() == other.objective.gain.tolist()
    for mine, theirs in zip(one.blocks, other.blocks, strict=True):
        assert (mine.title, list(mine.labels)) == (theirs.title, list(theirs.labels))
        assert mine.usage.toarray().tolist() == theirs.usage.toarray().tolist()
        assert (mine.upper.tolist(), mine.lower.tolist()) == (
            theirs.upper.tolist(),
            theirs.lower.tolist(),
        )
    results = [model.solve(gap=0) for model in models]
    assert results[0].objective == results[1].objective
    assert {row.variant for row in results[0].placement_rows} == {regime}
    assert {row.variant for row in results[1].placement_rows} == {None}


def test_options_that_are_alike_give_the_objective_of_one():
    law = po.Rulebook.on("2026-02-01").override(
        {"coaching.share.light.year_1": "0.15", "coaching.share.middle.year_1": "0.15"}
    )
    found = []
    for chances in ({"intensive": 0.7}, {"intensive": 0.7, "middle": 0.7}):
        model = expected_only(region_of([chances] * 3, 6))
        same = po.Model(model.region, rules=model.rules, objective=model.objective, rulebook=law)
        found.append(same.solve(gap=0).objective)
    assert found[0] == found[1] == pytest.approx(1.4)


def levels_region():
    """Two people, of whom one gains more by intensive coaching, and hours for one of them."""
    options = [{"light": 0.6, "intensive": 0.65}, {"light": 0.4, "intensive": 0.9}]
    return region_of(options, 4.2, coaches=[po.Coach(id="K-0", hours_per_week=4.2)])


def test_intensive_goes_where_it_is_needed_and_light_where_it_will_do():
    result = po.solve(levels_region(), gap=0)
    told = [(row.candidate_id, row.variant) for row in result.placement_rows]
    assert told == [("C-0", "light"), ("C-1", "intensive")]
    assert result.expected_placements == pytest.approx(1.5)
    assert [term.term for term in result.term_rows][-1] == "ExpectedPlacements"
    assert [rule.rule for rule in result.model.rules].count("OneVariant") == 1
    assert "1.5 of these 2 placements hold" in result.summary()
    assert "intensive" in result.placements["variant"].tolist()
    assert "(light)" in result.why("C-1").text()
    assert "light" not in result.why("C-1").text(to="employer")


def test_a_result_is_checked_again_from_its_file(tmp_path):
    region = levels_region()
    result = po.solve(region, gap=0)
    result.to_json(tmp_path / "plan.json")
    again = po.Result.from_json(tmp_path / "plan.json")
    assert po.check_result(region, again).is_sound
    row = again.placement_rows[0].model_copy(update={"variant": "intensive"})
    forged = again.model_copy(update={"placement_rows": (row, *again.placement_rows[1:])})
    report = po.check_result(region, forged)
    assert not report.is_sound
    assert "coaching capacity" in str(report)


def test_a_regime_can_be_fixed_and_started_from():
    model = po.Model(levels_region())
    fixed = model.add(po.FixedPlacements(placements=[("C-0", "O-1", None, "intensive")]))
    result = fixed.solve(gap=0)
    assert [(row.candidate_id, row.variant) for row in result.placement_rows] == [
        ("C-0", "intensive"),
        ("C-1", "light"),
    ]
    started = po.Model(levels_region()).solve(start=result, time_limit_s=5).start
    assert (started.kept, started.left_out) == (2, ())


def test_a_coach_who_covers_no_regime_of_a_person_serves_none_of_their_ways():
    coaches = [po.Coach(id="K-0", hours_per_week=40, regimes={"light"})]
    region = region_of([{"light": 0.6, "intensive": 0.8}, {"intensive": 0.9}], coaches=coaches)
    result = po.solve(region, gap=0)
    assert [(row.candidate_id, row.variant) for row in result.placement_rows] == [("C-0", "light")]
    compiled = result.model.compile()
    assert compiled.pairs.n_pairs == 2
    assert compiled.pairs.removed["coaching capacity"].tolist() == [0, 2]
    assert "coaching capacity" in str(result.why_not("C-1", "O-0"))
    (row,) = result.unplaced_rows
    assert (row.candidate_id, row.reason) == ("C-1", "no_eligible_opening")
    told = {(one.record, one.field) for one in result.what_would_place("C-1")}
    assert ("K-0", "regimes['intensive']") in told


def test_listed_pairs_keep_the_regimes_that_are_listed():
    region = levels_region()
    listed = {
        "candidate_id": ["C-0", "C-1", "C-1"],
        "opening_id": ["O-0", "O-0", "O-1"],
        "variant": ["intensive", "light", "intensive"],
    }
    ways = po.Model(region, pairs=listed).pairs_frame()
    assert ways["variant"].tolist() == ["intensive", "light", "intensive"]
    del listed["variant"]
    ways = po.Model(region, pairs=listed).pairs_frame()
    assert ways["variant"].tolist() == ["intensive", "light"] * 3
    ways = po.Model(region, pair_values={**listed, "score": [1, 2, 3]}).pairs_frame()
    assert len(ways) == 8


def test_a_listed_pair_without_a_coach_for_its_one_way_is_counted_as_removed():
    coaches = [po.Coach(id="K-0", hours_per_week=40, regimes={"light"})]
    region = region_of([{"light": 0.6, "intensive": 0.8}], coaches=coaches)
    listed = {"candidate_id": ["C-0"], "opening_id": ["O-0"], "variant": ["intensive"]}
    pairs = po.Model(region, pairs=listed).compile().pairs
    assert pairs.n_pairs == 0
    assert pairs.removed["coaching capacity"].tolist() == [1]


def test_a_way_that_is_no_option_is_bad_input():
    listed = {"candidate_id": ["C-0"], "opening_id": ["O-0"], "variant": ["middle"]}
    with pytest.raises(InvalidInputError, match="coaching_options of C-0: intensive, light"):
        po.Model(levels_region(), pairs=listed).compile()


def test_options_exclude_a_regime_and_hours_and_name_known_regimes():
    with pytest.raises(InvalidInputError) as caught:
        po.Candidate(id="C-1", coaching_regime="light", coaching_options={"light": 0.5})
    assert [problem.field for problem in caught.value.problems] == ["coaching_regime"]
    with pytest.raises(InvalidInputError) as caught:
        po.Candidate(id="C-1", coaching_options={"heavy": 0.5, "light": 80})
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {"coaching_options['heavy']", "coaching_options['light']"}
    with pytest.raises(InvalidInputError, match="chances of success"):
        po.Candidate(id="C-1", coaching_options="light")


def test_a_year_that_options_need_is_asked_for_once():
    region = region_of([{"light": 0.5, "intensive": 0.8}])
    silent = region.candidates[0].model_copy(update={"coaching_year": None})
    with pytest.raises(InvalidInputError) as caught:
        po.Model(region.model_copy(update={"candidates": [silent]})).compile()
    assert [(one.id, one.field) for one in caught.value.problems] == [("C-0", "coaching_year")]


class NoIntensive(po.Rule):
    """Nobody is coached intensively."""

    title = "no intensive coaching"

    def allows_ways(self, pairs):
        return ~np.isin([pairs.variant_of(row) for row in range(len(pairs))], ["intensive"])

    def allows(self, instance, candidate, opening):
        return None

    def violations(self, plan):
        for placement in plan.placements:
            if plan.candidate(placement).coaching_regime == "intensive":
                yield self.broken(placement.candidate_id, "is coached intensively")


class WrongMask(NoIntensive):
    """Gives a mask of another shape."""

    def allows_ways(self, pairs):
        return np.ones(len(pairs) + 1, dtype=bool)


def test_a_rule_of_the_users_own_removes_ways():
    result = po.Model(levels_region()).add(NoIntensive()).solve(gap=0)
    assert {row.variant for row in result.placement_rows} == {"light"}
    with pytest.raises(InvalidInputError, match="must be a mask"):
        po.Model(levels_region()).add(WrongMask()).compile()


def test_options_are_read_from_cells_in_dutch_too():
    frames = {
        "candidates": pd.DataFrame(
            {"id": ["C-1", "C-2"], "begeleidingsopties": ["licht:0,6; intensief:0,85", None]}
        ),
        "openings": pd.DataFrame({"id": ["O-1"]}),
    }
    region = po.Region.from_frames(
        **frames,
        name="cells",
        dialect="dutch",
        defaults={"candidates": {"coaching_regime": "none"}},
    )
    people = region.candidates
    assert people[0].coaching_options == {"light": 0.6, "intensive": 0.85}
    assert people[1].coaching_options == {}
    assert [person.coaching_regime for person in people] == [None, "none"]


def test_a_chance_that_nobody_gives_is_refused_or_told():
    region = levels_region()
    plain = po.Candidate(id="C-2", hours_per_week=(20, 20), coaching_regime="none")
    region = region.model_copy(
        update={
            "candidates": (*region.candidates, plain),
            "openings": (*region.openings, po.Opening(id="O-2", hours_per_week=(20, 20))),
        }
    )
    with pytest.raises(InvalidInputError, match="coaching_options must be given"):
        expected_only(region).compile()
    half = expected_only(region, unknown_chance=0.5).solve(gap=0)
    assert half.expected_placements == pytest.approx(2)
    result = po.solve(region, gap=0)
    assert result.expected_placements == pytest.approx(2.5)
    (row,) = result.assumption_rows
    assert (row.rule, row.count) == ("ExpectedPlacements", 1)


def test_a_minimum_of_expected_placements_can_be_asked():
    region = levels_region()
    rules = [po.OnePlacement(), po.OpeningCapacity(), po.Coaching()]
    least = po.ResourceLimit(uses="success_probability", per="region", minimums=1.5)
    for objective in ([], [po.PlacedJobs()]):
        result = po.Model(region, rules=[*rules, least], objective=objective).solve(gap=0)
        assert sum(row.success_probability or 0 for row in result.placement_rows) in {0, 1.5}
        assert {row.variant for row in result.placement_rows} == {"light", "intensive"}


def test_coached_hours_are_balanced_by_those_whose_options_ask_for_some():
    options = [{"light": 0.6, "none": 0.5}, {"none": 0.9}]
    people = [
        person.model_copy(update={"municipality": place})
        for person, place in zip(region_of(options).candidates, ("A", "B"), strict=True)
    ]
    region = region_of(options, candidates=people)
    rule = po.MunicipalityBalance(counts="coached_hours", share=1)
    model = po.Model(region, rules=[*po.Model(region).rules, rule])
    result = model.solve(gap=0)
    assert len(result.placement_rows) == 2


@pytest.mark.parametrize("at_most", [1, 2])
def test_a_step_makes_somebody_eligible_in_each_regime(at_most):
    options = [{"light": 0.4, "intensive": 0.9}] * 2
    people = [
        person.model_copy(update={"skills": skills})
        for person, skills in zip(region_of(options).candidates, ({}, {"dutch": 0.6}), strict=True)
    ]
    asked = {"required_skills": {"dutch": 0.5}, "essential_skills": {"dutch"}}
    work = [po.Opening(id=f"O-{n}", hours_per_week=(20, 32), **asked) for n in range(2)]
    training = po.Opening(id="T", kind="training", grants={"dutch": 0.5})
    coach = po.Coach(id="K", hours_per_week=4.5)
    region = region_of(options, candidates=people, openings=[*work, training], coaches=[coach])
    model = po.Model(region).add(po.OnePlacement(at_most=at_most))
    result = model.solve(gap=0)
    assert len(model.pairs_frame()) == 8
    assert sorted(row.variant for row in result.placement_rows) == ["intensive", "light"]
    assert result.expected_placements == pytest.approx(1.3)
    steps = [(row.candidate_id, row.opening_id) for row in result.path_rows if row.kind != "job"]
    assert steps == [("C-0", "T")]
    assert po.check_result(region, result).is_sound
