"""What placements cost and bring: each amount by hand, and None with a reason where unknown."""

import datetime as dt

import pytest
from builders import region_with_everything

import placement_opt as po
from placement_opt.basics.rows import CostRow
from placement_opt.instance.placement import Placement
from placement_opt.report.costs import cost_rows

DATE = dt.date(2026, 2, 1)
LAW = po.Rulebook.on(DATE).override(
    {
        "coaching.tariff_eur_per_hour": 75,
        "coaching.internal_subsidy_eur_per_year.light": 3000,
        "sheltered_work.guidance_eur_per_year": 8500,
    }
)
AMOUNTS = [
    name
    for name in CostRow.model_fields
    if name.endswith("_eur_per_year") and not name.startswith("wage")
]


def cost(person=None, work=None, *, rulebook=LAW, coach=None, given=None, date=DATE):
    """Return the row of one person of 36 hours in one opening."""
    own = po.Coach(id="K-own", kind="employer", employer="E-1", hours_per_week=40)
    region = po.Region(
        name="one pair",
        date=date,
        candidates=[
            po.Candidate(
                **{
                    "id": "C-1",
                    "municipality": "M-1",
                    "ground": "38b.1.a",
                    "wage_value": 0.6,
                    "hours_per_week": (8, 36),
                    "coaching_regime": "none",
                    **(person or {}),
                }
            )
        ],
        openings=[po.Opening(id="O-1", employer="E-1", hours_per_week=(8, 36), **(work or {}))],
        employers=[po.Employer(id="E-1")],
        coaches=[po.Coach(id="K-1", hours_per_week=40), own],
    )
    model = po.Model(region, rules=[], objective=[], rulebook=rulebook)
    plan = model.compile().plan_of([Placement("C-1", "O-1", coach, given or {})])
    return cost_rows(plan)[0]


def amounts(row):
    return {
        name.removesuffix("_eur_per_year"): getattr(row, name)
        for name in AMOUNTS
        if getattr(row, name) != 0
    }


def test_a_municipality_pays_subsidy_charges_and_coach():
    intensive = {"coaching_regime": "intensive", "coaching_year": 1}
    row = cost(intensive, coach="K-1")
    # 14.71 x 52 x 36 x 1.08 x 0.4 = 11,896.0358; 1.235 times that is 14,691.6043.
    assert amounts(row) == {
        "subsidy": 11896.04,
        "charges": 2795.56,
        "coaching": 21060.0,  # 15 % of 36 hours, 52 weeks, EUR 75
        "municipality": 35751.6,
        "lkv": 1890.72,  # 36 x 52 x 1.01
        "employer": 16582.32,
    }
    assert row.coaching_payer == "municipality"
    assert row.reasons is None


def test_uwv_pays_the_coach_and_dispensation_spares_the_employer():
    wajong = {
        "ground": "38b.1.c",
        "wage_value": 0.55,
        "hours_per_week": (8, 20),
        "coaching_regime": "light",
        "coaching_year": 1,
    }
    row = cost(wajong, coach="K-own")
    assert amounts(row) == {
        "coaching": 2500.0,  # 20 of 24 hours of EUR 3,000
        "lkv": 1050.4,
        "dispensation": 6884.8,  # 14.71 - 8.09 = 6.62 an hour
        "employer": 10435.2,
    }
    assert row.coaching_payer == "uwv"


def test_a_sheltered_place_costs_subsidy_and_guidance_and_brings_no_advantage():
    advised = {"sheltered": True, "wage_value": 0.2, "hours_per_week": (8, 24)}
    row = cost(advised, {"sheltered": True})
    assert amounts(row) == {
        "subsidy": 13878.71,  # 70 % at most
        "charges": 3261.49,
        "guidance": 8500.0,
        "municipality": 25640.2,
        "employer": 17140.2,
    }
    outside = cost({**advised, "ground": "none"}, {"sheltered": True})
    assert outside.municipality_eur_per_year == 25640.2
    assert outside.employer_eur_per_year is None
    assert outside.reasons == "dispensation: ground sheltered_work does not decide it"


@pytest.mark.parametrize(
    ("person", "lkv"),
    [
        ({"ground": "38b.1.b"}, 1890.72),
        ({"ground": "none"}, 0.0),
        ({"ground_until": "2026-01-31"}, 0.0),
        ({"ground_until": "2026-02-01"}, 1890.72),
        ({"ground_from": "2026-03-01"}, 0.0),
        ({"hours_per_week": (8, 10)}, 525.2),
        ({"ground": "equated"}, None),
        ({"ground": None}, None),
    ],
)
def test_the_wage_cost_advantage_follows_the_register(person, lkv):
    assert cost(person).lkv_eur_per_year == lkv


@pytest.mark.parametrize(
    ("fields", "unknown", "reasons"),
    [
        (
            {"rulebook": po.Rulebook.on("2027-02-01")},
            {"subsidy", "charges", "municipality", "employer"},
            ["subsidy: minimum_wage.eur_per_hour has no verified value on 2027-02-01"],
        ),
        (
            {"person": {"ground": None}},
            {"subsidy", "charges", "municipality", "lkv", "dispensation", "employer"},
            [
                "subsidy: ground is not known",
                "lkv: ground is not known",
                "dispensation: ground is not known",
            ],
        ),
        (
            {"person": {"ground": "38b.2"}},
            {"subsidy", "charges", "municipality", "dispensation", "employer"},
            [
                "subsidy: ground 38b.2 does not decide it",
                "dispensation: ground 38b.2 does not decide it",
            ],
        ),
        (
            {"person": {"wage_value": None}},
            {"subsidy", "charges", "municipality", "employer"},
            ["subsidy: wage_value is not known"],
        ),
        (
            {"person": {"hours_per_week": None}},
            {"subsidy", "charges", "municipality", "lkv", "employer"},
            ["subsidy: hours_per_week is not known", "lkv: hours_per_week is not known"],
        ),
        (
            {"person": {"coaching_regime": None}},
            {"coaching", "municipality", "employer"},
            ["coaching: the coaching hours are not known"],
        ),
        (
            {"person": {"coaching_regime": "light", "coaching_year": 1}},
            {"coaching", "municipality", "employer"},
            ["coaching: no coach is named"],
        ),
        (
            {"person": {"coaching_regime": None, "coaching_hours_per_week": 2}, "coach": "K-own"},
            {"coaching", "municipality", "employer"},
            ["coaching: for an own coach only amounts per regime in the first year are known"],
        ),
        (
            {
                "person": {"ground": "38b.1.b", "coaching_regime": "light", "coaching_year": 1},
                "coach": "K-1",
            },
            {"municipality"},
            ["municipality: who pays the coach follows from no known ground"],
        ),
        (
            {"rulebook": None, "date": None},
            {"subsidy", "charges", "municipality", "lkv", "dispensation", "employer"},
            [
                f"{part}: date must be given, since a dated rule is active"
                for part in ("subsidy", "lkv", "dispensation")
            ],
        ),
    ],
)
def test_what_is_not_known_is_none_with_the_reason(fields, unknown, reasons):
    row = cost(**fields)
    assert {name for name, amount in amounts(row).items() if amount is None} == unknown
    assert row.reasons == "; ".join(reasons)


def test_the_users_own_subsidies_are_taken_as_they_are():
    row = cost({"ground": None}, given={"subsidy_eur_per_year": 1000})
    assert (row.subsidy_eur_per_year, row.charges_eur_per_year) == (1000, 235)
    assert row.municipality_eur_per_year == 1235


def test_the_table_stands_beside_the_plan_and_is_found_again():
    region = region_with_everything()
    model = po.Model(region, rulebook=LAW)
    result = model.solve(time_limit_s=30)
    costs, placements = result.costs, result.placements
    assert list(costs.columns) == list(CostRow.model_fields)
    assert list(costs["candidate_id"]) == list(placements["candidate_id"])
    told = costs["subsidy_eur_per_year"].notna()
    assert told.any()
    assert not told.all()
    assert (costs["subsidy_eur_per_year"] == placements["subsidy_eur_per_year"])[told].all()
    report = po.check_result(region, result)
    assert report.is_sound, str(report)
    row = result.cost_rows[0].model_copy(update={"lkv_eur_per_year": 1.0})
    forged = result.model_copy(update={"cost_rows": (row, *result.cost_rows[1:])})
    assert [finding.subject for finding in po.check_result(region, forged).differences] == ["costs"]


def test_a_budget_can_pay_the_charges_as_well():
    person = {"wage_value": 0.6, "ground": "38b.1.a", "hours_per_week": (8, 36)}
    region = po.Region(
        name="budget",
        date=DATE,
        candidates=[po.Candidate(id="C-1", municipality="M-1", **person)],
        openings=[po.Opening(id="O-1", hours_per_week=(8, 36))],
        municipalities=[po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=14_691.59)],
    )
    for with_charges, placed in ((False, 1), (True, 0)):
        model = po.Model(region, rulebook=LAW)
        model.add(po.WageSubsidyBudget(employer_charges=with_charges))
        result = model.solve()
        assert len(result.placements) == placed
        assert result.budget_rows[0].subsidy_eur_per_year == (0 if with_charges else 11896.04)
