"""Start plans that break rules: never worse than the best part of them."""

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest
from formulations import problem, rows
from given_plans import START, kept_only, model, placed, region, with_at_most
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_regions import coach_choices, pairs_of, subsets, tiny_regions

import placement_opt as po
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.pairs.listed import given_of
from placement_opt.solvers.derived.components import components
from placement_opt.solvers.engines import cp_sat
from placement_opt.solvers.plans import given_filling, given_plan
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.board import LEAST_PLAN, Solution
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.ways import apart as components_search
from placement_opt.solvers.ways import auto

SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

EXTRA = {
    "standard": lambda of: of,
    "stacked": lambda of: of.add(po.OnePlacement(at_most=2)),
    "everybody": lambda of: of.add(po.EveryCandidatePlaced()),
    "hard quota": lambda of: of.add(po.JobsQuota(per="employer", jobs={"E-0": 0.25})),
    "a minimum": lambda of: of.add(po.ResourceLimit(per="opening", minimums={"O-0": 1})),
}


def best_of(of, region, start):
    """Return the most points of any part of a start that keeps every rule, or None."""
    compiled = of.compile()
    pairs, instance = compiled.pairs, compiled.pairs.instance
    rows = {
        (c, o): pairs.find(instance.candidate_idx(c), instance.opening_idx(o)) for c, o in start
    }
    placements = [
        Placement(c, o, None, given_of(pairs, row))
        for (c, o), row in rows.items()
        if row is not None
    ]
    best = None
    others = [rule for rule in compiled.rules if not isinstance(rule, po.Coaching)]
    for part in subsets(placements):
        plan = compiled.plan_of(part)
        if any(found for rule in others for found in rule.violations(plan)):
            continue

        def needs_one(placement, plan=plan):
            return bool(plan.coaching_hours_per_week(placement))

        for named in coach_choices(region, part, needs_one):
            verdict = compiled.judge(compiled.plan_of(named))
            if verdict.is_sound:
                best = verdict.objective if best is None else max(best, verdict.objective)
                break
    return best


@st.composite
def starts(draw, region):
    """Draw at most five pairs of a region, eligible or not, with any coach or none."""
    some = pairs_of(region)
    any_pair = st.tuples(
        st.sampled_from([c.id for c in region.candidates]),
        st.sampled_from([o.id for o in region.openings]),
    )
    pair = st.one_of(st.sampled_from(some), any_pair) if some else any_pair
    pairs = draw(st.lists(pair, max_size=5))
    coach = st.sampled_from([None, "K-9", *(coach.id for coach in region.coaches)])
    return [(*pair, draw(coach)) for pair in pairs]


@pytest.mark.parametrize("kind", EXTRA)
@SOME
@given(region=tiny_regions(), small=st.booleans(), data=st.data())
def test_never_worse_than_the_best_part_of_the_start(kind, region, small, data):
    if kind == "hard quota" and Instance(region).employer_of.get("E-0") is None:
        return
    of = EXTRA[kind](po.Model(region))
    start = data.draw(starts(region))
    expected = best_of(of, region, {pair[:2] for pair in start})
    with pytest.MonkeyPatch.context() as patched:
        if not small:  # the ways of large problems are right for small ones too
            patched.setattr(given_plan, "MOST_VARIABLES", 0)
            patched.setattr(given_plan, "FEW_VARIABLES", 0)
            patched.setattr(given_filling, "MOST_FILLING", 0)
        result = kept_only(of, start)
        assert result.start.given == len(start)
        counted = result.start.kept + sum(left.count for left in result.start.left_out)
        if result.start.is_plan:
            assert counted == len(start)
        if expected is None:
            return
        assert result.start.is_plan
        assert result.objective >= float(expected) - 1e-9
        how = data.draw(
            st.sampled_from(
                [
                    {"time_limit_s": 0},
                    {"time_limit_s": 0.001, "solver": "cp-sat"},
                    {"solver": "mip", "time_limit_s": 0},
                    {"reproducible": True, "time_limit_s": 0},
                ]
            )
        )
        assert of.solve(start=start, **how).objective >= float(expected) - 1e-9


def test_the_flow_keeps_a_start():
    of = model()
    for limit in (0, 5):
        result = of.solve(start=[*START, ("C-0", "O-0")], solver="flow", time_limit_s=limit)
        assert result.objective >= 3 + 12 + 21
        assert result.start.kept == 3


def test_parts_that_share_no_row_keep_their_start(monkeypatch):
    monkeypatch.setattr(auto, "components", functools.partial(components, least=1))
    place = po.Region(
        name="two",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(6)],
        openings=[po.Opening(id=f"O-{n}", positions=3) for n in range(2)],
    )
    pairs = {
        "candidate_id": [f"C-{n}" for n in range(6)],
        "opening_id": [f"O-{n // 3}" for n in range(6)],
        "score": [1, 2, 3, 4, 5, 6],
        "size": [1, 2, 3, 1, 2, 3],
    }
    of = po.Model(
        place,
        pairs=pairs,
        rules=[po.ResourceLimit(uses="size", per="opening", limits=3)],
        objective=[po.PairScore("score")],
    )
    alone = of.solve()
    assert any("components: 2 of them share no row" in note for note in alone.stats["way"])
    start = [("C-0", "O-0"), ("C-1", "O-0"), ("C-2", "O-0"), ("C-5", "O-1")]
    for how in ({"cancel": lambda: True}, {"time_limit_s": 0}, {}):
        assert of.solve(start=start, **how).objective >= 3 + 6


def spoiled(of, first, seed):
    """Yield a plan in the ways that people spoil one: without coaches, or with rows too many."""
    rows = first.placements[["candidate_id", "opening_id", "coach_id"]]
    random = np.random.default_rng(seed)
    pairs = of.compile().pairs
    some = random.choice(pairs.n_pairs, 30, replace=False)
    extra = pd.DataFrame(
        {
            "candidate_id": [pairs.instance.candidate_ids[c] for c in pairs.candidate[some]],
            "opening_id": [pairs.instance.opening_ids[o] for o in pairs.opening[some]],
        }
    )
    yield first
    yield rows
    yield rows.drop(columns="coach_id")
    yield rows.assign(coach_id=random.permutation(rows["coach_id"].to_numpy()))
    yield pd.concat([rows, extra])


@pytest.mark.parametrize("at_most", [1, 2])
def test_a_region_keeps_its_plan_however_it_is_spoiled(at_most):
    """A region with budgets, quotas and coaches, where nothing but the plan itself is as good."""
    of = with_at_most(po.synthetic_region(candidates=200, openings=60, seed=1), at_most)
    first = of.solve(time_limit_s=8, gap=0.05, seed=1)
    for start in spoiled(of, first, 1):
        again = kept_only(of, start)
        assert again.objective >= first.objective - 1e-9


def test_the_ways_of_large_problems_keep_who_finds_a_place(monkeypatch):
    monkeypatch.setattr(given_plan, "MOST_VARIABLES", 50)
    monkeypatch.setattr(given_plan, "FEW_VARIABLES", 0)
    monkeypatch.setattr(given_filling, "MOST_FILLING", 500)
    of = po.Model(po.synthetic_region(candidates=200, openings=60, seed=2))
    first = of.solve(time_limit_s=8, gap=0.05, seed=1)
    *whole, extra = spoiled(of, first, 2)
    for start in whole:
        again = kept_only(of, start)
        assert again.objective >= first.objective - 1e-9
    # Here only who is left out and who is in their way are decided again.
    assert kept_only(of, extra).objective >= 0.98 * first.objective
    lacks = po.ResourceLimit(per="region", minimums=len(first.placement_rows) - 3)
    half = first.placements[: len(first.placement_rows) // 2]
    completed = kept_only(of.add(lacks), half)
    assert completed.start.kept == len(half)
    assert len(completed.placement_rows) >= len(first.placement_rows) - 3


@pytest.mark.parametrize(("start", "is_hint"), [(None, False), (START, True), ([], False)])
def test_the_plan_of_nobody_is_no_hint(start, is_hint, monkeypatch):
    hints = []
    plain = cp_sat.write_hint

    def write_hint(proto, formulation, best):
        hints.append(best is not None)
        plain(proto, formulation, best)

    monkeypatch.setattr(given_plan, "FEW_VARIABLES", 0)
    monkeypatch.setattr(cp_sat, "write_hint", write_hint)
    place = region(fixed_placements=[("C-0", "O-2")])
    model(place, None, po.FixedPlacements()).solve(solver="cp-sat", start=start)
    assert hints == [is_hint]


@pytest.mark.parametrize("small", [True, False])
def test_a_start_that_takes_what_a_hard_quota_needs_gives_way(small, monkeypatch):
    if not small:
        monkeypatch.setattr(given_plan, "MOST_VARIABLES", 0)
        monkeypatch.setattr(given_plan, "FEW_VARIABLES", 0)
    place = po.Region(
        name="leaving",
        date=dt.date(2026, 2, 1),
        candidates=[
            po.Candidate(
                id="C-0",
                ground="38b.1.a",
                ground_until=dt.date(2030, 1, 1),
                hours_per_week=(0, 25.5),
                current_opening="O-0",
            )
        ],
        openings=[
            po.Opening(id=f"O-{n}", employer=f"E-{n}", hours_per_week=(0, 25.5)) for n in (0, 1)
        ],
        employers=[
            po.Employer(id="E-0", sector="market", target_group_hours_per_year=1331),
            po.Employer(id="E-1", sector="market", target_group_hours_per_year=0),
        ],
    )
    of = po.Model(
        place,
        pairs={"candidate_id": ["C-0"], "opening_id": ["O-1"], "score": [5]},
        rules=[po.OnePlacement(), po.JobsQuota(per="sector", jobs={"market": 1})],
        objective=[po.PairScore("score")],
    )
    assert kept_only(of, [("C-0", "O-1")]).objective == 5
    of.add(po.JobsQuota(per="employer", jobs={"E-0": 1}))
    result = kept_only(of, [("C-0", "O-1")])
    assert result.start.is_plan
    assert placed(result) == set()
    assert result.start.left_out[0].count == 1


def test_who_is_kept_only_beside_somebody_left_out_gives_way(monkeypatch):
    """A row of both signs: what is left out takes the ground from under what was taken."""
    monkeypatch.setattr(given_plan, "MOST_VARIABLES", 0)
    blocks = [
        rows("full", [[1, 0]], [NO_LOWER], [0]),
        rows("at least", [[1, -1]], [0], [NO_UPPER]),
    ]
    whole = problem([5, 5], blocks)
    coaches = {"coach": np.full(2, -1)}
    plan = given_plan.plan_of_given(whole, np.arange(2), coaches, SearchLimits())
    assert plan is not None
    assert plan.chosen.tolist() == []


@pytest.mark.parametrize("source", [LEAST_PLAN, "start plan"])
def test_a_part_knows_where_its_start_comes_from(source):
    whole = problem([1, 1], [rows("r", [[1, 0], [0, 1]], [NO_LOWER] * 2, [1, 1])])
    search = Search(whole, SearchLimits())
    assert search.offer(Solution(np.array([1]), np.zeros(0, dtype=int)), source)
    for part in components(whole, least=1):
        inside = components_search._search_of(part, search, 0.5, gap=0.0)
        assert inside.best_source == source
