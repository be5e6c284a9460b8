"""Every eligible pair in the open: the numbers are those of the plan and of the records."""

import math

import numpy as np
import pytest
from builders import region_with_everything
from hypothesis import HealthCheck, given, settings
from tiny_models import all_steps, models
from tiny_regions import ids_of

import placement_opt as po
from placement_opt.instance.placement import Placement

TINY = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
AMOUNTS = ("hours_per_week", "coaching_hours_per_week", "subsidy_eur_per_year")


def same(told, amount):
    return math.isnan(told) if amount is None else told == float(amount)


def with_steps(compiled, placement):
    """Return a plan of a placement alone, after the fewest steps that it needs."""
    for steps in all_steps(compiled.pairs.instance.region, [placement]):
        plan = compiled.plan_of([placement], steps)
        broken = {one.rule for one in compiled.judge(plan).violations}
        if po.EssentialSkills.title not in broken:
            return plan
    return compiled.plan_of([placement])


def check_against_plain_readings(model):
    """Each pair alone is a plan: its numbers are read from the records, and its points summed."""
    compiled, frame = model.compile(), model.pairs_frame()
    assert list(zip(frame["candidate_id"], frame["opening_id"], strict=True)) == ids_of(
        compiled.pairs
    )
    for row in frame.to_dict("records"):
        way = row["variant"] if isinstance(row.get("variant"), str) else None
        placement = Placement(row["candidate_id"], row["opening_id"], variant=way)
        plan = with_steps(compiled, placement)
        assert same(row["minutes"], plan.travel_minutes(placement))
        assert same(row["hours_per_week"], plan.hours_per_week(placement))
        assert same(row["coaching_hours_per_week"], plan.coaching_hours_per_week(placement))
        assert same(row["subsidy_eur_per_year"], plan.subsidy_eur_per_year(placement))
        for term in model.objective:
            points = row[".".join(("points", *term.key))]
            assert points == float(term.value(plan) * int(term.weight))
        terms = sum(of for name, of in row.items() if name.startswith("points."))
        assert row["points"] == pytest.approx(terms)


@TINY
@given(model=models())
def test_numbers_are_those_of_the_records(model):
    check_against_plain_readings(model)


def test_numbers_are_those_of_the_plan():
    model = po.Model(region_with_everything())
    result = model.solve(gap=0)
    frame = model.pairs_frame().set_index(["candidate_id", "opening_id"])
    assert result.placement_rows
    for row in result.placement_rows:
        pair = frame.loc[(row.candidate_id, row.opening_id)]
        assert pair["points"] == row.points
        for name in AMOUNTS:
            assert same(pair[name], row[name])
    told = frame.loc[[(r.candidate_id, r.opening_id) for r in result.placement_rows]]
    for term in result.term_rows:
        of_term = [name for name in frame if name == f"points.{term.term}"]
        assert [told[name].sum() for name in of_term] in ([], [pytest.approx(term.points)])


def test_some_pairs_are_those_rows_of_all():
    model = po.Model(region_with_everything())
    whole = model.pairs_frame()
    one, other = whole["candidate_id"].iloc[0], whole["opening_id"].iloc[-1]
    of_one = whole["candidate_id"] == one
    of_other = whole["opening_id"] == other
    for asked, rows in (
        ({"candidate_id": one}, of_one),
        ({"opening_id": other}, of_other),
        ({"candidate_id": one, "opening_id": other}, of_one & of_other),
    ):
        found = model.pairs_frame(**asked)
        assert found.equals(whole[rows].reset_index(drop=True))
    with pytest.raises(po.UnknownIdError, match="C-99"):
        model.pairs_frame("C-99")
    with pytest.raises(po.UnknownIdError, match="O-99"):
        model.pairs_frame(opening_id="O-99")


class Rank(po.Term):
    """Points by rank among all pairs: what a pair gets depends on the others."""

    title = "rank"

    def points(self, pairs):
        return np.arange(len(pairs)) / 4

    def value(self, plan):
        raise NotImplementedError


def test_listed_columns_and_terms_of_the_users_own():
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1"), po.Opening(id="O-2")],
    )
    pairs = {
        "candidate_id": ["C-1", "C-2", "C-2"],
        "opening_id": ["O-1", "O-1", "O-2"],
        "score": [0.1, 0.2, 10**15 + 0.5],
        "hours_per_week": [8, 12.75, 16],
    }
    terms = [po.PairScore("score", weight=-1), Rank()]
    model = po.Model(region, pairs=pairs, rules=[po.OnePlacement()], objective=terms)
    frame = model.pairs_frame(candidate_id="C-2")
    assert frame["points.PairScore.score"].tolist() == [-0.2, -(10**15) - 0.5]
    assert frame["points.Rank"].tolist() == [0.25, 0.5]
    assert frame["hours_per_week"].tolist() == [12.75, 16]
    assert frame["subsidy_eur_per_year"].isna().all()


def test_values_of_some_pairs_stand_beside_computed_ones():
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id="C-1", hours_per_week=(8, 20)), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1", hours_per_week=(8, 32))],
    )
    values = {
        "candidate_id": ["C-2"],
        "opening_id": ["O-1"],
        "hours_per_week": [12.75],
        "coaching_hours_per_week": [1.5],
    }
    rules = [
        po.OnePlacement(),
        po.ResourceLimit(uses="hours_per_week", per="region", limits=99),
    ]
    model = po.Model(region, pair_values=values, rules=rules)
    frame = model.pairs_frame()
    assert frame["hours_per_week"].tolist() == [20, 12.75]
    assert frame["coaching_hours_per_week"].isna().tolist()[0]
    rows = {row.candidate_id: row for row in model.solve().placement_rows}
    for row in frame.to_dict("records"):
        for name in AMOUNTS:
            assert same(row[name], rows[row["candidate_id"]][name])
    alone = model.pairs_frame(candidate_id="C-2")
    assert alone.equals(frame.iloc[1:].reset_index(drop=True))
