"""A plan that is known gets better by single moves: it stays a plan, and all that fits is in it."""

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tiny_models import models, solved
from tiny_regions import ids_of

import placement_opt as po
from placement_opt.solvers.plans import topping_up
from placement_opt.solvers.plans.given_plan import plan_of_given
from placement_opt.solvers.plans.moves import PlanInMoves
from placement_opt.solvers.plans.topping_up import topped_up
from placement_opt.solvers.relaxation.pricing import Pricing
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits

TINY = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def topped(compiled, plan, prices=None):
    formulation, pricing = compiled.formulation, Pricing(compiled.formulation)
    prices = np.zeros(formulation.n_rows) if prices is None else prices
    clock = Clock(SearchLimits(60))
    return topped_up(formulation, plan, pricing.settled(prices), pricing.anchor, clock)


def worth(compiled, solution):
    return compiled.formulation.worth(solution.values(compiled.formulation))


@TINY
@given(model=models(), data=st.data())
def test_it_stays_a_plan_is_never_worse_and_nothing_that_fits_is_left_out(model, data):
    compiled, result = solved(model)
    plan = PlanInMoves.of(compiled.formulation, result.at_hand.solution)
    for pair in result.at_hand.solution.chosen.tolist():
        without = plan.without_pair(pair) if data.draw(st.booleans()) else None
        plan = plan if without is None else without
    poor = plan.solution(result.at_hand.solution)
    assume(Pricing(compiled.formulation).anchor is not None)
    found = topped(compiled, poor)
    assert compiled.formulation.is_satisfied_by(found.values(compiled.formulation))
    assert compiled.judge(compiled.plan(found)).is_sound
    assert (
        worth(compiled, poor) <= worth(compiled, found) <= worth(compiled, result.at_hand.solution)
    )
    now = PlanInMoves.of(compiled.formulation, found)
    placed = set(compiled.pairs.candidate[found.chosen].tolist())
    for pair in range(compiled.pairs.n_pairs):
        if int(compiled.pairs.candidate[pair]) not in placed:
            more = now.with_pair(pair)
            assert more is None or more.gained <= 0


def chain(n_people=3):
    """Openings O-1 ... O-n in a row: each person fits theirs and the next one."""
    people = [po.Candidate(id=f"C-{n}", licences={f"L-{n}", f"L-{n + 1}"}) for n in range(n_people)]
    work = [po.Opening(id=f"O-{n}", licences={f"L-{n}"}) for n in range(1, n_people + 1)]
    return po.Region(name="chain", candidates=people, openings=work)


def solution_with(compiled, *ids):
    known = ids_of(compiled.pairs)
    rows = sorted(known.index(pair) for pair in ids)
    found = plan_of_given(
        compiled.formulation,
        np.array(rows, dtype=np.int64),
        {"coach": np.full(len(rows), -1)},
        SearchLimits(),
    )
    assert found.chosen.tolist() == rows
    return found


def told(compiled, solution):
    return {ids_of(compiled.pairs)[row] for row in solution.chosen.tolist()}


def test_what_has_room_comes_in():
    compiled = po.Model(chain()).compile()
    plan = solution_with(compiled, ("C-0", "O-1"))
    assert len(topped(compiled, plan).chosen) == 3


def test_somebody_makes_room_and_takes_another_pair():
    compiled = po.Model(chain()).compile()
    plan = solution_with(compiled, ("C-1", "O-1"), ("C-2", "O-3"))
    expected = {("C-0", "O-1"), ("C-1", "O-2"), ("C-2", "O-3")}
    assert told(compiled, topped(compiled, plan)) == expected


def test_no_more_is_tried_than_is_told(monkeypatch):
    compiled = po.Model(chain()).compile()
    plan = solution_with(compiled, ("C-1", "O-1"), ("C-2", "O-3"))
    monkeypatch.setattr(topping_up, "MOST_TRIES", 0)
    assert told(compiled, topped(compiled, plan)) == {("C-1", "O-1"), ("C-2", "O-3")}


def test_nobody_makes_room_for_who_is_worth_less():
    people = [po.Candidate(id="C-1", priority=5), po.Candidate(id="C-2")]
    region = po.Region(name="r", candidates=people, openings=[po.Opening(id="O-1")])
    compiled = po.Model(region).compile()
    for who in ("C-1", "C-2"):
        plan = solution_with(compiled, (who, "O-1"))
        assert told(compiled, topped(compiled, plan)) == {("C-1", "O-1")}
