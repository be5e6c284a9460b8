"""Stability beside periods: who would rather have each other from some start on."""

import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rankings import rank
from tiny_regions import in_periods

import placement_opt as po

ONE_EACH = po.MatchScore(
    skill_points=1, wish_points=0, preference_points=0, travel_points=0, hours_points=0
)
QUARTERS = in_periods("2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01")
THREE = in_periods("2026-01-01", "2026-02-01", "2026-04-01", "2026-06-01")
TWO_SIDED = [po.OnePlacement(), po.OpeningCapacity(), po.StartDates()]


def model_of(region, *rules):
    return po.Model(region, rules=[*TWO_SIDED, *rules], objective=[ONE_EACH])


def two_people(months=None, ready=None, periods=QUARTERS):
    """Return a region in which the opening likes C-0 best, who is ready on a day."""
    return po.Region(
        name="two people, one opening",
        date="2026-01-01",
        candidates=[
            po.Candidate(id="C-0", wishes=["O-0"], available_from=ready),
            po.Candidate(id="C-1", wishes=["O-0"]),
        ],
        openings=[po.Opening(id="O-0", preferences=["C-0", "C-1"], contract_months=months)],
        periods=periods,
    )


def fixed(*placements):
    rows = [(person, "O-0", None, start) for person, start in placements]
    return po.FixedPlacements(placements=rows)


def blocking(region, *placements):
    """Return who blocks in the plan of these placements alone, and from when on."""
    none = po.ResourceLimit(per="region", limits=len(placements))
    found = model_of(region, none, fixed(*placements)).solve()
    columns = ["candidate_id", "start_period", "displaced_candidate_id"]
    return found.blocking_pairs[columns].values.tolist()


def test_a_less_welcome_person_is_in_the_way_of_a_better_one_only():
    region = two_people()
    assert blocking(region, ("C-0", "P-0")) == []
    assert blocking(region, ("C-1", "P-0")) == [["C-0", "P-0", "C-1"]]
    # A later start of the same pair is no reason to block.
    assert blocking(region, ("C-0", "P-3")) == []


def test_a_place_is_open_where_it_is_so_for_the_whole_run_of_some_start():
    half_year = two_people(months=6)
    assert blocking(half_year, ("C-0", "P-0")) == [["C-1", "P-2", None]]
    assert blocking(half_year, ("C-0", "P-1")) == [["C-1", "P-3", None]]
    # From P-2 on there is no start whose run the better one leaves free.
    whole = two_people(months=6, periods=QUARTERS[:3])
    assert blocking(whole, ("C-0", "P-1")) == []
    late = two_people(months=6, ready=dt.date(2026, 10, 1))
    assert blocking(late, ("C-1", "P-0")) == [["C-0", "P-3", None]]
    assert blocking(late, ("C-1", "P-2")) == [["C-0", "P-3", "C-1"]]


def test_both_follow_each_other_where_none_may_block():
    region = two_people(months=6)
    found = model_of(region, po.Stability()).solve()
    assert found.blocking_pairs.empty
    assert len(found.placements) == 2
    late = two_people(months=6, ready=dt.date(2026, 10, 1))
    held = fixed(("C-1", "P-2"))
    assert model_of(late, held, po.Stability()).solve().status is po.Status.INFEASIBLE
    priced = model_of(late, held, po.Stability(price=0.125)).solve()
    assert priced.terms.set_index("term")["points"]["Stability shortfall"] == -0.125
    moved = {
        (step.rule, step.group, step.before, step.after)
        for way in model_of(late, held, po.Stability()).diagnose().relaxations
        for step in way.changes
        if step.rule == "Stability"
    }
    assert ("Stability", "all blocking pairs", 0, 1) in moved


def test_without_periods_no_start_is_told():
    region = two_people().model_copy(update={"periods": ()})
    found = po.Model(region, rules=TWO_SIDED[:2], objective=[ONE_EACH]).solve()
    assert "start_period" not in found.blocking_pairs.columns


def entries(names):
    return st.lists(st.sampled_from(names), unique=True, max_size=len(names)).flatmap(
        lambda order: st.sampled_from((tuple(order), (tuple(order),) if order else ()))
    )


@st.composite
def markets(draw):
    people, work = ["C-0", "C-1", "C-2"][: draw(st.sampled_from((3, 2)))], ["O-0", "O-1"]
    days = st.sampled_from((None, None, dt.date(2026, 2, 10), dt.date(2026, 4, 1)))
    months = st.sampled_from((None, 1, 2, 3))
    return po.Region(
        name="two sides in time",
        date="2026-01-01",
        candidates=[
            po.Candidate(id=one, wishes=draw(entries(work)), available_from=draw(days))
            for one in people
        ],
        openings=[
            po.Opening(
                id=one,
                preferences=draw(entries(people)),
                positions=draw(st.sampled_from((1, 1, 2))),
                starts_on=draw(days),
                contract_months=draw(months),
            )
            for one in work
        ],
        periods=draw(st.sampled_from((THREE, THREE[:2]))),
    )


def run_of(region, work, start):
    """The periods of a run: of `THREE` only the first one has a single month."""
    n_periods = 2 if work.contract_months in {2, 3} and start == 0 else 1
    n_periods += work.contract_months == 3 and start > 0
    n_periods = 99 if work.contract_months is None else n_periods
    return range(start, min(len(region.periods), start + n_periods))


def starts_of(region, person, work):
    for number, period in enumerate(region.periods):
        if all(
            day is None or period.ends_on >= day for day in (person.available_from, work.starts_on)
        ):
            yield number


def blocks(region, plan, person, work, strength):
    """Judge one pair by the words of the definition, over every start; the first, or None."""
    mine, theirs = rank(person.wishes, work.id), rank(work.preferences, person.id)
    if mine is None or theirs is None or plan.get(person.id, (None,))[0] == work.id:
        return None
    had = rank(person.wishes, plan[person.id][0]) if person.id in plan else None
    mine_now = 99 if had is None else had
    for start in starts_of(region, person, work):
        gain = no_loss = True
        for period in run_of(region, work, start):
            staff = [
                rank(work.preferences, one)
                for one, (where, when) in plan.items()
                if where == work.id and period in run_of(region, work, when)
            ]
            if len(staff) >= work.positions:
                worst = max(99 if place is None else place for place in staff)
                gain, no_loss = gain and worst > theirs, no_loss and worst >= theirs
        if {
            "weak": mine_now > mine and gain,
            "strong": (mine_now > mine and no_loss) or (mine_now >= mine and gain),
            "super": mine_now >= mine and no_loss,
        }[strength]:
            return region.periods[start].id
    return None


def plans_of(region):
    """Yield every plan: where each person starts when, no place held by two at once."""
    options = [
        [None, *((o.id, s) for o in region.openings for s in starts_of(region, person, o))]
        for person in region.candidates
    ]
    for choice in itertools.product(*options):
        people = zip(region.candidates, choice, strict=True)
        plan = {person.id: each for person, each in people if each is not None}
        if all(
            sum(where == o.id and t in run_of(region, o, when) for where, when in plan.values())
            <= o.positions
            for o in region.openings
            for t in range(len(region.periods))
        ):
            yield plan


@pytest.mark.parametrize("strength", ["weak", "strong", "super"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(region=markets(), most=st.sampled_from((0, 0, 1)), price=st.sampled_from((None, None, 0.25)))
def test_the_best_plan_is_the_best_of_all_that_are_stable(strength, region, most, price):
    lengths = [(one.ends_on - one.starts_on).days + 1 for one in region.periods]
    by_id = {o.id: o for o in region.openings}
    every = list(itertools.product(region.candidates, region.openings))
    best = None
    for plan in plans_of(region):
        n_blocking = sum(blocks(region, plan, c, o, strength) is not None for c, o in every)
        if n_blocking <= most or price is not None:
            value = sum(
                sum(lengths[t] for t in run_of(region, by_id[where], start)) / sum(lengths)
                for where, start in plan.values()
            )
            value -= (price or 0) * max(0, n_blocking - most)
            best = value if best is None else max(best, value)
    rule = po.Stability(max_blocking_pairs=most, strength=strength, price=price)
    model = model_of(region, rule)
    found = model.solve(solver="cp-sat", gap=0)
    assert found.objective == (None if best is None else pytest.approx(best, abs=1e-9))
    if best is None:
        return
    number = {period.id: at for at, period in enumerate(region.periods)}
    plan = {
        row.candidate_id: (row.opening_id, number[row.start_period]) for row in found.placement_rows
    }
    wanted = {
        (c.id, o.id, start)
        for c, o in every
        if (start := blocks(region, plan, c, o, strength)) is not None
    }
    told = {(r.candidate_id, r.opening_id, r.start_period) for r in found.blocking_rows or ()}
    assert told == wanted
    report = po.check_result(region, found, rules=model.rules, objective=model.objective)
    assert report.is_sound, report
