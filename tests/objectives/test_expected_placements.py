"""What is expected to hold, beside what is planned: equal to counting out all outcomes."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError

WAYS = ("intensive", "light")
CHANCES = (0, 0.2, 0.333333, 0.9, 1)


def region_of(**fields):
    return po.Region(
        name="tiny",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(3)],
        openings=[po.Opening(id=f"O-{n}") for n in range(2)],
        **fields,
    )


def frame_of(chances, **columns):
    return {
        "candidate_id": [f"C-{c}" for c, _, _ in chances],
        "opening_id": [f"O-{o}" for _, o, _ in chances],
        "variant": [way for *_, way in chances],
        "success_probability": list(chances.values()),
        **columns,
    }


def model_of(chances, rules=(), points=1, **columns):
    return po.Model(
        region_of(),
        pairs=frame_of(chances, **columns),
        rules=[po.OnePlacement(), po.OpeningCapacity(), *rules],
        objective=[po.ExpectedPlacements(points_per_placement=points)],
    )


@st.composite
def chances_of(draw):
    keys = list(itertools.product(range(3), range(2), WAYS))
    listed = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1, max_size=8))
    drawn = st.lists(st.sampled_from(CHANCES), min_size=len(listed), max_size=len(listed))
    return dict(zip(listed, draw(drawn), strict=True))


def expected_by_outcomes(chances):
    """Sum over every outcome of independent placements how many hold, times its chance."""
    expected = Fraction(0)
    for holds in itertools.product((0, 1), repeat=len(chances)):
        chance = Fraction(1)
        for held, one in zip(holds, chances, strict=True):
            chance *= one if held else 1 - one
        expected += sum(holds) * chance
    return expected


def plans(chances):
    """Yield every set of ways in which nobody and no opening is taken twice."""
    for size in range(3):
        for taken in itertools.combinations(chances, size):
            people, work = ({key[side] for key in taken} for side in (0, 1))
            if len(people) == len(work) == size:
                yield taken


@settings(deadline=None, max_examples=40)
@given(chances=chances_of(), hours=st.sampled_from((2, 4.5, 9)))
def test_the_best_plan_is_that_of_brute_force_over_all_outcomes(chances, hours):
    needed = {"intensive": 4, "light": 0.5}
    rules = [po.ResourceLimit(uses="coach_hours", per="region", limits=hours)]
    coach_hours = [needed[way] for *_, way in chances]
    result = model_of(chances, rules, coach_hours=coach_hours).solve(gap=0)
    best = max(
        expected_by_outcomes([Fraction(str(chances[key])) for key in plan])
        for plan in plans(chances)
        if sum(needed[way] for *_, way in plan) <= hours
    )
    assert result.objective == pytest.approx(float(best), abs=1e-9)
    assert result.expected_placements == pytest.approx(float(best), abs=1e-9)
    told = result.placements["success_probability"]
    assert sum(told) == pytest.approx(float(best), abs=1e-9)


def test_expected_is_told_beside_planned_and_checked_again(tmp_path):
    chances = {(0, 0, "light"): 0.5, (0, 0, "intensive"): 0.9, (1, 1, "light"): 0.3}
    result = model_of(chances, points=200).solve(gap=0)
    assert (result.objective, result.expected_placements) == (240, 1.2)
    assert "1.2 of these 2 placements hold" in result.summary()
    assert "1,2 van deze 2 plaatsingen houden stand" in result.summary("nl")
    result.to_json(tmp_path / "plan.json")
    again = po.Result.from_json(tmp_path / "plan.json")
    frame = frame_of(chances)
    assert po.check_result(region_of(), again, pairs=frame).is_sound
    forged = again.model_copy(update={"expected_placements": 2.0})
    assert not po.check_result(region_of(), forged, pairs=frame).is_sound


def test_without_the_term_nothing_is_expected():
    result = po.Model(region_of(), pairs=frame_of({(0, 0, "light"): 0.5})).solve()
    assert result.expected_placements is None
    assert "success_probability" not in result.placements.columns
    assert "placements hold" not in result.summary()


@pytest.mark.parametrize(("chance", "told"), [(80, "0 to 1"), (-0.1, "0 to 1"), (None, "finite")])
def test_what_is_no_chance_is_bad_input(chance, told):
    with pytest.raises(InvalidInputError, match=told):
        model_of({(0, 0, "light"): 0.5, (1, 0, "light"): chance}).compile()


def test_chances_that_nobody_gives_are_bad_input():
    model = po.Model(region_of(), objective=[po.ExpectedPlacements()])
    with pytest.raises(InvalidInputError, match="success_probability"):
        model.compile()
    some = {"candidate_id": ["C-0"], "opening_id": ["O-0"], "success_probability": [0.5]}
    with pytest.raises(InvalidInputError, match="pair_defaults"):
        po.Model(region_of(), pair_values=some, objective=[po.ExpectedPlacements()]).compile()


def test_chances_of_some_pairs_and_a_default_for_the_others():
    some = {"candidate_id": ["C-0"], "opening_id": ["O-0"], "success_probability": [0.5]}
    model = po.Model(
        region_of(),
        pair_values=some,
        pair_defaults={"success_probability": 0.4},
        objective=[po.ExpectedPlacements(points_per_placement=10)],
    )
    assert model.solve(gap=0).objective == 9
