"""Even spread over municipalities, of placements and of coached hours."""

import datetime as dt
from fractions import Fraction

import numpy as np
import pytest
from tiny_regions import subsets

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError
from placement_opt.formulation.own_variables import following
from placement_opt.formulation.row_blocks import NO_UPPER
from placement_opt.instance.placement import Placement

COACHED = {"coaching_regime": "intensive", "coaching_year": 1, "hours_per_week": (8, 20)}


def region(*homes, positions=10, coached=True):
    """One opening, and a candidate C-n per municipality named, coached for 3 hours a week each."""
    fields = COACHED if coached else {"coaching_regime": "none"}
    return po.Region(
        name="tiny",
        date=dt.date(2026, 2, 1),
        candidates=[
            po.Candidate(id=f"C-{n}", municipality=home, **fields) for n, home in enumerate(homes)
        ],
        openings=[po.Opening(id="O-1", positions=positions, hours_per_week=(8, 36))],
    )


def judged(rule, region, *placed):
    compiled = po.Model(region, rules=[rule], objective=[]).compile()
    return compiled.judge(compiled.plan_of([Placement(f"C-{n}", "O-1") for n in placed]))


def lowered(rule, region):
    pairs = po.Model(region, rules=[], objective=[]).compile().pairs
    return rule.lower(pairs)


@pytest.mark.parametrize("counts", ["placements", "coached_hours"])
@pytest.mark.parametrize(
    ("share", "placed", "short"),
    [
        (1, (), None),  # nothing is placed, nothing is due
        (1, (0, 2), None),  # one of two each: exactly even
        (1, (0, 1), ("M-2", 1)),
        (0.5, (0, 1, 2), None),  # a third is more than half of an even part
        (0.67, (0, 1, 2), ("M-2", Fraction("0.005"))),
    ],
)
def test_a_municipality_gets_its_part(counts, share, placed, short):
    rule = po.MunicipalityBalance(share=share, counts=counts, shortfall_price=10)
    verdict = judged(rule, region("M-1", "M-1", "M-2", "M-2"), *placed)
    unit = 3 if counts == "coached_hours" else 1
    found = {s.about: s.amount for _, s in verdict.shortfalls if s.amount}
    assert found == ({} if short is None else {short[0]: short[1] * unit})
    hard = po.MunicipalityBalance(share=share, counts=counts)
    assert judged(hard, region("M-1", "M-1", "M-2", "M-2"), *placed).is_sound is (short is None)


def test_a_broken_balance_is_named_in_its_unit():
    rule = po.MunicipalityBalance(share=1, counts="coached_hours")
    verdict = judged(rule, region("M-1", "M-2"), 0)
    assert str(verdict.violations[0]) == (
        "balance between municipalities (M-2): 1.5 coached hours below its fair part"
    )


def test_only_people_whose_record_asks_for_coaching_count_for_coached_hours():
    people = region("M-1", "M-2").candidates
    silent = po.Candidate(id="C-9", municipality="M-3", coaching_regime="none")
    both = region("M-1", "M-2").model_copy(update={"candidates": (*people, silent)})
    rule = po.MunicipalityBalance(share=1, counts="coached_hours", shortfall_price=1)
    verdict = judged(rule, both, 0)
    assert {short.about: short.amount for _, short in verdict.shortfalls} == {
        "M-1": 0,
        "M-2": Fraction(3, 2),
    }
    block = lowered(rule, both)
    assert list(block.labels[-2:]) == ["M-1", "M-2"]


def test_nobody_who_is_coached_leaves_nothing_to_spread():
    model = po.Model(region("M-1", "M-2", coached=False), objective=[])
    model.add(po.MunicipalityBalance(counts="coached_hours"))
    assert [b.title for b in model.compile().formulation.blocks if b.variables is not None] == [
        po.MunicipalityBalance.title  # the standard one, of placements
    ]


def test_both_kinds_stand_side_by_side():
    model = po.Model(region("M-1", "M-2"))
    model.add(po.MunicipalityBalance(share=0.5))
    model.add(po.MunicipalityBalance(share=0.7, counts="coached_hours"))
    model.add(po.MunicipalityBalance(share=0.6, counts="coached_hours"))
    kept = [rule for rule in model.rules if isinstance(rule, po.MunicipalityBalance)]
    assert [(rule.counts, rule.share) for rule in kept] == [
        ("placements", 0.5),
        ("coached_hours", 0.6),
    ]


def test_rows_stay_short():
    homes = [f"M-{n}" for n in range(40)]
    block = lowered(po.MunicipalityBalance(shortfall_price=1), region(*homes))
    per_row = np.diff(block.variable_usage.indptr)
    assert per_row.tolist() == [1] * 40 + [41] + [3] * 40
    assert np.diff(block.usage.indptr).tolist() == [1] * 40 + [0] * 41


def test_counts_total_and_shortfalls_follow_from_the_pairs():
    block = lowered(
        po.MunicipalityBalance(share=1, shortfall_price=5), region("M-1", "M-1", "M-2", "M-2")
    )
    used = block.usage @ np.array([1, 1, 1, 0])
    upper = np.where(block.upper == NO_UPPER, NO_UPPER, block.upper - used)
    # Two and one placed, three in all; M-2 lacks half a placement, told in halves.
    assert following(block, block.lower - used, upper).tolist() == [2, 1, 3, 0, 1]


@pytest.mark.parametrize("counts", ["placements", "coached_hours"])
def test_who_would_leave_others_behind_is_told_so(counts):
    closed = {
        "candidate_id": ["C-0", "C-1", "C-2", "C-3"],
        "opening_id": ["O-1", "O-1", "O-2", "O-2"],
    }
    tiny = region("M-1", "M-1", "M-2", "M-2")
    openings = (*tiny.openings, po.Opening(id="O-2", positions=1, hours_per_week=(8, 20)))
    rules = [
        po.OnePlacement(),
        po.OpeningCapacity(),
        po.MunicipalityBalance(share=1, counts=counts),
    ]
    model = po.Model(tiny.model_copy(update={"openings": openings}), pairs=closed, rules=rules)
    result = model.solve(gap=0)
    assert len(result.placement_rows) == 2
    left = {row.candidate_id: row for row in result.unplaced_rows}
    (of_m1,) = left.keys() & {"C-0", "C-1"}
    assert (left[of_m1].because, left[of_m1].about) == (po.MunicipalityBalance.title, "M-2")


@pytest.mark.parametrize("counts", ["placements", "coached_hours"])
@pytest.mark.parametrize("share", [0.5, 0.8, 1])
def test_the_room_of_every_plan_is_what_the_plain_reading_leaves(counts, share):
    tiny, rule = (
        region("M-1", "M-2", "M-2", "M-3"),
        po.MunicipalityBalance(share=share, counts=counts),
    )
    block, people, n_told = lowered(rule, tiny), range(4), 0
    for placed in subsets(people):
        used = block.usage @ np.isin(people, placed).astype(np.int64)
        upper = np.where(block.upper == NO_UPPER, NO_UPPER, block.upper - used)
        own = following(block, block.lower - used, upper)
        assert (own is None) is bool(judged(rule, tiny, *placed).violations)
        if own is None:
            continue
        left = np.array(sorted(set(people) - set(placed)), dtype=np.int64)
        places, rows = block.capacity.room(left, np.array(placed, dtype=np.int64), own)
        for place, other in enumerate(left.tolist()):
            broken = judged(rule, tiny, *placed, other).violations
            told = [block.labels[row] for row in rows[places == place]]
            assert told == [found.about for found in broken]
            n_told += len(told)
    assert n_told


def test_an_unknown_count_is_refused():
    with pytest.raises(InvalidInputError, match="counts must be"):
        po.MunicipalityBalance(counts="people")


def test_the_even_part_can_follow_the_inhabitants():
    homes = region("M-1", "M-1", "M-1", "M-2")
    towns = [po.Municipality(id="M-1", population=1_000), po.Municipality(id="M-2", population=9)]
    known = homes.model_copy(update={"municipalities": towns})
    rule = po.MunicipalityBalance(share=1, need="population", shortfall_price=10)
    verdict = judged(rule, known, 0, 3)
    found = {s.about: s.amount for _, s in verdict.shortfalls}
    assert found == {"M-1": Fraction(1_000, 1_009) * 2 - 1, "M-2": 0}
    # As many inhabitants as candidates: the same plan falls as short as without them.
    even = [po.Municipality(id="M-1", population=3), po.Municipality(id="M-2", population=1)]
    same = homes.model_copy(update={"municipalities": even})
    by_people = po.MunicipalityBalance(share=1, shortfall_price=10)
    for placed in subsets(range(4)):
        amounts = [
            [s.amount for _, s in judged(one, same, *placed).shortfalls]
            for one in (rule, by_people)
        ]
        assert amounts[0] == amounts[1]


def test_municipalities_without_inhabitants_are_asked_for_at_once():
    towns = [po.Municipality(id="M-1", population=5), po.Municipality(id="M-2")]
    known = region("M-1", "M-2").model_copy(update={"municipalities": towns})
    rule = po.MunicipalityBalance(need="population")
    with pytest.raises(InvalidInputError) as caught:
        po.Model(known, rules=[rule]).compile()
    assert [(p.id, p.field) for p in caught.value.problems] == [("M-2", "population")]
