"""Contracts for coached work: what UWV and a municipality's ordinance ask of them."""

import datetime as dt

import pytest

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError
from placement_opt.instance.placement import Placement
from placement_opt.rulebook import MissingParameterError

UTRECHT = {
    "coaching.minimum_hours_per_week.municipality": "12.001",  # more than 12 hours
    "coaching.minimum_contract_months.municipality": 6,
}


def eligible(hours, months, ground="38b.1.c", rulebook=None, payer=None, **candidate):
    person = {"coaching_regime": "intensive", "coaching_year": 1, **candidate}
    region = po.Region(
        name="one pair",
        date=dt.date(2026, 2, 1),
        candidates=[
            po.Candidate(
                id="C-1", municipality="U", ground=ground, hours_per_week=(4, hours), **person
            )
        ],
        openings=[po.Opening(id="O-1", hours_per_week=(4, 40), contract_months=months)],
    )
    model = po.Model(
        region, rules=[po.CoachedContract(payer=payer)], objective=[], rulebook=rulebook
    )
    return model.compile().pairs.n_pairs == 1


@pytest.mark.parametrize(
    ("hours", "months", "is_eligible"),
    [(8, 3, True), (7.999, 3, False), (8, 2, False), (8, None, True), (36, 12, True)],
)
def test_uwv_asks_eight_hours_and_three_months(hours, months, is_eligible):
    assert eligible(hours, months) is is_eligible


@pytest.mark.parametrize(
    ("hours", "months", "is_eligible"),
    [(12, 6, False), (12.001, 6, True), (20, 5, False), (20, None, True)],
)
def test_a_municipality_asks_what_its_ordinance_says(hours, months, is_eligible):
    law = po.Rulebook.on("2026-02-01").override(UTRECHT, municipality="U")
    assert eligible(hours, months, ground="38b.1.a", rulebook=law) is is_eligible
    assert eligible(hours, months, ground="none", rulebook=law, payer="municipality") is is_eligible
    assert eligible(8, 3, rulebook=law), "UWV knows no ordinance"


def test_who_needs_no_coach_needs_no_contract():
    assert eligible(4, 1, coaching_regime="none", coaching_year=None)


def test_what_nobody_says_is_asked_for():
    with pytest.raises(MissingParameterError, match="Utrecht asks more than 12"):
        eligible(20, 6, ground="38b.1.a")
    with pytest.raises(InvalidInputError, match="ground must say who pays the coach"):
        eligible(20, 6, ground="none")
    with pytest.raises(InvalidInputError, match="ground must say who pays the coach"):
        eligible(20, 6, ground=None)
    person = po.Candidate(id="C-1", ground="38b.1.c", coaching_hours_per_week=2, municipality="U")
    region = po.Region(
        name="silent", date="2026-02-01", candidates=[person], openings=[po.Opening(id="O-1")]
    )
    with pytest.raises(InvalidInputError) as caught:
        po.Model(region, rules=[po.CoachedContract()], objective=[]).compile()
    assert [problem.id for problem in caught.value.problems] == ["C-1", "O-1"]


def test_a_broken_contract_is_named():
    law = po.Rulebook.on("2026-02-01").override(UTRECHT)
    region = po.Region(
        name="listed",
        date="2026-02-01",
        candidates=[
            po.Candidate(
                id="C-1",
                ground="38b.1.a",
                hours_per_week=(8, 12),
                coaching_regime="light",
                coaching_year=1,
            )
        ],
        openings=[po.Opening(id="O-1", hours_per_week=(8, 20))],
    )
    compiled = po.Model(region, rules=[po.CoachedContract()], objective=[], rulebook=law).compile()
    verdict = compiled.judge(compiled.plan_of([Placement("C-1", "O-1")]))
    assert str(verdict.violations[0]) == (
        "contract for coached work (C-1): O-1 offers 12 hours a week for unlimited months,"
        " coaching by municipality asks 12.001 hours and 6 months"
    )


def test_who_needs_no_coach_is_asked_for_no_hours():
    coached = po.Candidate(
        id="C-1", coaching_regime="light", coaching_year=1, hours_per_week=(8, 16)
    )
    silent = po.Candidate(id="C-2")
    region = po.Region(
        name="tiny",
        date="2026-02-01",
        candidates=[coached, silent],
        openings=[po.Opening(id="O-1", hours_per_week=(8, 20))],
    )
    model = po.Model(region, rules=[po.CoachedContract(payer="uwv")], objective=[])
    assert model.compile().pairs.n_pairs == 2
