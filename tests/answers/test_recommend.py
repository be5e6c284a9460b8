"""What to look at next: bounds of regrets by brute force, lists without crowding, words."""

import math

import numpy as np
import pytest
from builders import region_with_everything
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tiny_models import all_plans, models, solved
from tiny_regions import ids_of

import placement_opt as po

TINY = settings(
    max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@TINY
@given(model=models(), data=st.data())
def test_bounds_hold_the_regret_of_brute_force(model, data):
    compiled, result = solved(model)
    plans = [
        (verdict.objective, {(p.candidate_id, p.opening_id) for p in placements})
        for verdict, placements in all_plans(compiled)
    ]
    best = max(objective for objective, _ in plans)
    pairs = ids_of(compiled.pairs)
    of = data.draw(st.sampled_from(("candidate_id", "opening_id")))
    at = of == "opening_id"
    who = data.draw(st.sampled_from(pairs))[at]
    found = result.recommend(**{of: who}, k=9)
    present = {(row.candidate_id, row.opening_id) for row in result.placement_rows}
    told = set(zip(found.candidate_id, found.opening_id, strict=True))
    assert told.isdisjoint(present)
    for pair in pairs:
        if pair[at] == who and pair not in told | present:
            assert not any(pair in placed for _, placed in plans), "left out, and yet possible"
    for row in found.itertuples():
        held = [v for v, placed in plans if (row.candidate_id, row.opening_id) in placed]
        regret = float(best - max(held)) if held else math.inf
        assert row.regret_low <= regret + 1e-6
        if not math.isnan(row.regret_high):
            assert regret <= row.regret_high + 1e-6
        assert row.is_proven == (not math.isnan(row.regret_points))
        if row.is_proven:
            assert row.regret_points == pytest.approx(regret, abs=1e-6)
        if not math.isnan(row.loss_points):
            assert held
            assert row.loss_points >= result.objective - float(max(held)) - 1e-6


def town(n_people, n_openings, **fields):
    people = [po.Candidate(id=f"C-{n:02}") for n in range(n_people)]
    work = [po.Opening(id=f"O-{n:02}", positions=1 + n % 3) for n in range(n_openings)]
    return po.Region(name="town", candidates=people, openings=work, **fields)


def scored(region, score):
    rows = [(c.id, o.id) for c in region.candidates for o in region.openings]
    columns = {
        "candidate_id": [c for c, _ in rows],
        "opening_id": [o for _, o in rows],
        "score": [score(int(c[2:]), int(o[2:])) for c, o in rows],
    }
    rules = [po.OnePlacement(), po.OpeningCapacity()]
    rules += [po.FixedPlacements()] if region.fixed_placements else []
    return po.Model(region, pairs=columns, rules=rules, objective=[po.PairScore("score")])


def test_of_a_plain_assignment_free_places_are_proven():
    result = scored(town(2, 4), lambda c, o: 10 - o + c).solve(gap=0)
    now = {row.candidate_id: row.opening_id for row in result.placement_rows}
    found = result.recommend(candidate_id="C-00", k=9)
    assert now["C-00"] not in set(found.opening_id)
    free = found[~found.opening_id.isin(now.values())]
    assert free.is_proven.all()
    rest = {opening: 10 - int(opening[2:]) for opening in free.opening_id}
    here = 10 - int(now["C-00"][2:])
    assert free.regret_points.tolist() == [here - rest[o] for o in free.opening_id]
    assert (free.reasons.str.contains("there is room")).all()
    assert found.price_points.is_monotonic_increasing
    dutch = result.recommend(candidate_id="C-00", k=9, language="nl")
    assert dutch.reasons.str.contains("punten").all()
    assert dutch.drop(columns="reasons").equals(found.drop(columns="reasons"))


def test_somebody_who_is_fixed_is_recommended_nowhere_else():
    region = town(2, 3, fixed_placements=[("C-00", "O-02")])
    result = scored(region, lambda c, o: 1 + c + o).solve(gap=0)
    assert result.recommend(candidate_id="C-00").empty
    assert set(result.recommend(opening_id="O-00").candidate_id) == {"C-01"}


def test_a_closed_opening_is_not_recommended():
    region = town(1, 2)
    closed = region.openings[0].model_copy(update={"positions": 0})
    region = region.model_copy(update={"openings": (closed, region.openings[1])})
    result = scored(region, lambda c, o: 5 - o).solve(gap=0)
    assert result.recommend(candidate_id="C-00").empty  # placed in the other one
    assert result.recommend(opening_id="O-00").empty


def test_what_cannot_be_asked():
    result = scored(town(1, 1), lambda c, o: 1).solve()
    for wrong in ({}, {"candidate_id": "C-00", "opening_id": "O-00"}):
        with pytest.raises(po.InvalidInputError, match="must be one of both"):
            result.recommend(**wrong)
    with pytest.raises(po.InvalidInputError, match="at least 1"):
        result.recommend(candidate_id="C-00", k=0)
    with pytest.raises(po.UnknownIdError, match="C-99"):
        result.recommend(candidate_id="C-99")
    for wrong in ({"k": 0}, {"crowding": 0}):
        with pytest.raises(po.InvalidInputError, match="recommend_all"):
            result.recommend_all(**wrong)
    model = scored(town(1, 1), lambda c, o: 1).add(po.ResourceLimit(per="region", minimums=2))
    with pytest.raises(po.PlacementError, match="no plan"):
        model.solve().recommend(candidate_id="C-00")


def test_reasons_name_no_other_person():
    result = po.Model(region_with_everything()).solve(gap=0)
    ids = [candidate.id for candidate in result.model.region.candidates]
    for opening in result.model.region.openings:
        for row in result.recommend(opening_id=opening.id, k=20).itertuples():
            assert not [id_ for id_ in ids if id_ in row.reasons]


@pytest.mark.parametrize(("k", "crowding"), [(1, 1), (2, 1), (3, 2), (3, 1.5)])
def test_no_opening_is_on_more_lists_than_told(k, crowding):
    # Everybody likes the first opening best, so that without the promise all lists begin with it.
    result = scored(town(12, 9), lambda c, o: 100 - 5 * o + c % 2).solve(gap=0)
    found = result.recommend_all(k=k, crowding=crowding)
    places = {opening.id: opening.positions for opening in result.model.region.openings}
    for opening, count in found.opening_id.value_counts().items():
        share = k * 12 * places[opening] / sum(places.values())
        assert count <= math.ceil(crowding * share)
    lists = found.groupby("candidate_id")
    assert (lists.size() <= k).all()
    if crowding > 1:
        assert len(found) == 12 * k, "there is room for full lists"
    assert not found.duplicated(["candidate_id", "opening_id"]).any()
    assert [*lists["rank"].max()] == [*lists.size()]
    present = {(row.candidate_id, row.opening_id) for row in result.placement_rows}
    assert present.isdisjoint(zip(found.candidate_id, found.opening_id, strict=True))


def test_lists_are_as_full_as_brute_force_finds_and_then_the_cheapest():
    score = np.random.default_rng(5).integers(1, 60, (4, 3))
    result = scored(town(4, 3), lambda c, o: int(score[c, o])).solve(gap=0)
    every = result.recommend_all(k=3, crowding=100)
    price = {(r.candidate_id, r.opening_id): r.price_points for r in every.itertuples()}
    found = result.recommend_all(k=1, crowding=1)
    limit = {o.id: math.ceil(4 * o.positions / 6) for o in result.model.region.openings}
    best = min(costs_of(sorted({c for c, _ in price}), price, limit))
    assert (-len(found), pytest.approx(found.price_points.sum(), abs=0.05)) == best


def costs_of(people, price, limit):
    """Yield (minus entries, cost) of every way to give each person one opening or none."""
    if not people:
        yield 0, 0.0
        return
    first, *rest = people
    yield from costs_of(rest, price, limit)
    for (who, opening), cost in price.items():
        if who == first and limit[opening]:
            fewer = limit | {opening: limit[opening] - 1}
            yield from ((n - 1, c + cost) for n, c in costs_of(rest, price, fewer))


@TINY
@given(model=models(), k=st.integers(1, 3))
def test_lists_hold_what_single_questions_tell(model, k):
    result = model.solve(solver="cp-sat", gap=0)
    assume(result.has_plan and result.model.compile().pairs.n_pairs)
    found = result.recommend_all(k=k, crowding=3)
    for who, of_one in found.groupby("candidate_id"):
        every = result.recommend(candidate_id=who, k=99)
        for row in of_one.itertuples():
            # A pair stands on a list once, whatever the ways in which it can be had.
            ways = list(every[every.opening_id == row.opening_id].itertuples())
            assert any(
                row.regret_low == one.regret_low
                and row.price_points == pytest.approx(one.price_points)
                and row.reasons == one.reasons
                for one in ways
            ), (row, ways)
