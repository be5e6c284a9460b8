"""Prices of an earlier result on the rows of today, and the large way that starts from them."""

import numpy as np
import pytest

import placement_opt as po
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.certificate_record import CertificateRecord
from placement_opt.formulation.mixed_integer_rounding import cuts_of
from placement_opt.run.start_prices import start_prices
from placement_opt.solvers.bounds.cut_rounds import strengthen
from placement_opt.solvers.plans.moves import PlanInMoves
from placement_opt.solvers.relaxation.pricing import Pricing
from placement_opt.solvers.relaxation.relaxation import whole_relaxation
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.ways.large import search_large


def of_prices(compiled, prices):
    """Return the bound in points that prices prove, in exact integers."""
    units = Certificate.from_duals(compiled.formulation, prices).bound(compiled.formulation)
    return units / compiled.formulation.objective.scale


@pytest.fixture(scope="module")
def friday():
    """A plan with a bound by prices, some of them of cuts, however little time there was."""
    region = po.synthetic_region("rijk-van-nijmegen", candidates=150, openings=60, seed=5)
    result = po.solve(region, time_limit_s=2, gap=0.05)
    formulation = result.model.compile().formulation
    found = strengthen(formulation, np.arange(formulation.n_pairs), 20, rounds=4)
    assert cuts_of(found.formulation)
    proven = Certificate.from_duals(found.formulation, found.prices)
    units = proven.bound(found.formulation)
    record = CertificateRecord.of_bound(proven, found.formulation, units)
    bound = units / formulation.objective.scale
    return result.model_copy(update={"certificate": record, "certified_bound": bound})


def with_fewer_openings(region, n):
    fixed = {opening for _, opening in region.fixed_placements}
    current = {c.current_opening for c in region.candidates}
    free = [o.id for o in region.openings if o.id not in fixed | current][:n]
    openings = [o for o in region.openings if o.id not in free]
    people = [
        c.model_copy(update={"wishes": tuple(w for w in c.wishes if w not in free)})
        for c in region.candidates
    ]
    return region.model_copy(update={"openings": tuple(openings), "candidates": tuple(people)})


def with_a_new_opening(region):
    twin = region.openings[0].model_copy(update={"id": "O-new", "positions": 2})
    return region.model_copy(update={"openings": (*region.openings, twin)})


def test_prices_of_the_same_problem_prove_nearly_the_same_bound(friday):
    compiled = friday.model.compile()
    prices = start_prices(compiled, friday)
    assert prices is not None
    again = Pricing(compiled.formulation).tightest(prices)
    assert again.bound / compiled.formulation.objective.scale >= friday.certified_bound - 1e-6
    gap = of_prices(compiled, again.prices) / friday.certified_bound - 1
    nothing = Pricing(compiled.formulation).tightest(np.zeros(prices.size))
    assert gap < 0.02 < of_prices(compiled, nothing.prices) / friday.certified_bound - 1


@pytest.mark.parametrize("changed", [with_a_new_opening, lambda r: with_fewer_openings(r, 3)])
def test_prices_go_to_the_rows_of_the_same_rule_and_label(friday, changed):
    region = changed(friday.model.region)
    compiled = friday.model.of_region(region).compile()
    prices = start_prices(compiled, friday)
    settled = Pricing(compiled.formulation).tightest(prices)
    nothing = Pricing(compiled.formulation).tightest(np.zeros(prices.size))
    best = whole_relaxation(compiled.formulation, 20)
    best = of_prices(compiled, best.prices)
    far = of_prices(compiled, nothing.prices) - best
    assert best - 1e-6 <= of_prices(compiled, settled.prices) <= best + 0.15 * far


def test_a_new_opening_costs_what_the_first_who_finds_no_room_would_gain(friday):
    compiled = friday.model.of_region(with_a_new_opening(friday.model.region)).compile()
    prices = start_prices(compiled, friday)
    number = [r.rule for r in compiled.rules_of_blocks].index("OpeningCapacity")
    block = compiled.formulation.blocks[number]
    row = compiled.formulation.row_offsets[number] + list(block.labels).index("O-new")
    assert prices[row] > 0
    pricing = Pricing(compiled.formulation)
    bounds = {}
    for times in (0.0, 0.5, 1.0, 1.5):
        tried = prices.copy()
        tried[row] *= times
        bounds[times] = pricing.settled(tried).bound
    assert bounds[1.0] == min(bounds.values()) < bounds[0.0]


def test_nothing_is_known_of_a_result_without_model_or_prices(friday, tmp_path):
    compiled = friday.model.compile()
    assert start_prices(compiled, None) is None
    friday.to_json(tmp_path / "plan.json")
    assert start_prices(compiled, po.Result.from_json(tmp_path / "plan.json")) is None
    assert start_prices(compiled, friday.model_copy(update={"certificate": None})) is None
    full = po.Region(
        name="r",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1")],
    )
    none = po.Model(full, rules=[po.EveryCandidatePlaced(), po.OpeningCapacity()]).solve()
    assert none.status is po.Status.INFEASIBLE
    assert start_prices(none.model.compile(), none) is None


def test_the_large_way_begins_with_them(friday):
    model = friday.model.of_region(with_a_new_opening(friday.model.region))
    before = [(row.candidate_id, row.opening_id) for row in friday.placement_rows]
    model.add(po.FewChanges(before=before, max_changes=4))
    compiled = model.compile()
    best = of_prices(compiled, whole_relaxation(compiled.formulation, 20).prices)
    search = Search(compiled.formulation, SearchLimits(time_limit_s=20, gap=1e-3))
    search.prices = start_prices(compiled, friday)
    assert search_large(compiled.formulation, search) in set(Ending)
    assert "prices: from an earlier solve" in search.notes
    bound = search.bound / compiled.formulation.objective.scale
    assert bound <= best + 0.01 * abs(best)
    assert search.best is not None


def test_the_large_way_makes_more_of_the_plan_before_it_solves_anything(friday):
    compiled = friday.model.compile()
    formulation = compiled.formulation
    search = Search(formulation, SearchLimits(time_limit_s=20, gap=1e-3))
    search.prices = start_prices(compiled, friday)
    plan = PlanInMoves.of(formulation, friday.at_hand.solution)
    for pair in friday.at_hand.solution.chosen.tolist()[:10]:
        plan = plan.without_pair(pair) or plan
    assert search.offer(plan.solution(friday.at_hand.solution), "start plan")
    poor = search.gained
    search_large(formulation, search)
    told = {event.source: event.objective for event in search.trace}
    assert told["start plan and more"] > poor / formulation.objective.scale
