"""Each instrument binds in a tiny region; its optimum is known by hand, by enumeration, by solving.

The enumeration tries every set of pairs with every assignment of coaches, and asks the plain
reading of the rules; it shares nothing with the solvers or the integer rows.
"""

import datetime as dt
import itertools
from fractions import Fraction

import pytest

import placement_opt as po
from placement_opt.instance.placement import Placement

LAW = po.Rulebook.on("2026-02-01").override(
    {
        "wage_subsidy.employer_charges": "0.235",
        "coaching.minimum_hours_per_week.municipality": 12,
        "coaching.minimum_contract_months.municipality": 6,
    }
)
COACHED = {"coaching_regime": "intensive", "coaching_year": 1}
JOB = {"hours_per_week": (8, 25.5)}


def person(number, home="M-1", **fields):
    usual = {"ground": "38b.1.a", "coaching_regime": "none", "wage_value": 0.6, **JOB}
    return po.Candidate(id=f"C-{number}", municipality=home, **{**usual, **fields})


def work(number, employer="E-1", **fields):
    return po.Opening(id=f"O-{number}", employer=employer, **{**JOB, **fields})


def coach(number, **fields):
    return po.Coach(id=f"K-{number}", **{"hours_per_week": 20, **fields})


def towns(**fields):
    return [po.Municipality(id="M-1", **fields), po.Municipality(id="M-2")]


# A case: the rule, what the records add, the score of each pair, the best points with and without.
CASES = {
    "quota of an employer": (
        po.JobsQuota(per="employer", jobs={"E-2": 1}),
        {"candidates": [person(1)], "openings": [work(1), work(2, "E-2")]},
        {"C-1 O-1": 9, "C-1 O-2": 4},
        (4, 9),
    ),
    "priced quota": (
        po.JobsQuota(per="employer", shortfall_price=4),
        {
            "candidates": [person(1), person(2, ground="none")],
            "openings": [work(1), work(2, "E-2")],
            "employers": [
                po.Employer(id="E-1"),
                po.Employer(id="E-2", jobs_pledged=1.5, sector="market"),
            ],
        },
        # Either 9 with 1.5 jobs short, or 4 with half a job short; C-2 does not count.
        {"C-1 O-1": 9, "C-1 O-2": 4, "C-2 O-1": 2, "C-2 O-2": 3},
        (9 + 3 - 6, 12),
    ),
    "quota of a sector in which sheltered work does not count": (
        po.JobsQuota(per="sector", jobs={"market": 1}),
        {"candidates": [person(1, sheltered=True)], "openings": [work(1, sheltered=True), work(2)]},
        {"C-1 O-1": 9, "C-1 O-2": 4},
        (4, 9),
    ),
    "coaching hours": (
        po.Coaching(),
        {
            "candidates": [person(1, **COACHED), person(2, **COACHED)],
            "openings": [work(1, positions=2)],
            "coaches": [coach(1, hours_per_week=7.649)],  # 2 x 3.825 = 7.65
        },
        {"C-1 O-1": 5, "C-2 O-1": 3},
        (5, 8),
    ),
    "caseload": (
        po.Coaching(),
        {
            "candidates": [person(1, **COACHED), person(2, **COACHED)],
            "openings": [work(1, positions=2)],
            "coaches": [coach(1, max_caseload=1), coach(2, municipalities={"M-2"})],
        },
        {"C-1 O-1": 5, "C-2 O-1": 3},
        (5, 8),
    ),
    "an employer's own coach": (
        po.Coaching(),
        {
            "candidates": [person(1, **COACHED), person(2, **COACHED)],
            "openings": [work(1, positions=2), work(2, "E-2", positions=2)],
            "coaches": [
                coach(1, kind="employer", employer="E-2"),
                coach(2, hours_per_week=3.825),
            ],
        },
        # Without the rule both go to E-1; with it only one finds an external coach.
        {"C-1 O-1": 9, "C-1 O-2": 5, "C-2 O-1": 8, "C-2 O-2": 6},
        (15, 17),
    ),
    "contract for coached work": (
        po.CoachedContract(),
        {
            "candidates": [person(1, **COACHED)],
            "openings": [work(1, contract_months=5), work(2, contract_months=6)],
        },
        {"C-1 O-1": 9, "C-1 O-2": 4},
        (4, 9),
    ),
    "subsidy budget": (
        po.WageSubsidyBudget(employer_charges=False),
        {
            "candidates": [person(1), person(2)],
            "openings": [work(1, positions=2)],
            # Each takes EUR 8,426.36 a year: 14.71 x 52 x 25.5 x 1.08 x 0.4.
            "municipalities": towns(wage_subsidy_budget_eur_per_year=16_852.71),
        },
        {"C-1 O-1": 5, "C-2 O-1": 3},
        (5, 8),
    ),
    "subsidy budget with employer charges": (
        po.WageSubsidyBudget(employer_charges=True),
        {
            "candidates": [person(1), person(2)],
            "openings": [work(1, positions=2)],
            # 8,426.3587 x 1.235 = 10,406.5530 each.
            "municipalities": towns(wage_subsidy_budget_eur_per_year=20_813.09),
        },
        {"C-1 O-1": 5, "C-2 O-1": 3},
        (5, 8),
    ),
    "sheltered minimum": (
        po.ShelteredPlaces(),
        {
            "candidates": [person(1, sheltered=True, may_work_regular=True)],
            "openings": [work(1), work(2, sheltered=True)],
            "municipalities": towns(sheltered_places_minimum=1),
        },
        {"C-1 O-1": 9, "C-1 O-2": 4},
        (4, 9),
    ),
    "priced sheltered minimum": (
        po.ShelteredPlaces(shortfall_price=3),
        {
            "candidates": [person(1, sheltered=True, may_work_regular=True)],
            "openings": [work(1), work(2, sheltered=True)],
            "municipalities": towns(sheltered_places_minimum=2),
        },
        {"C-1 O-1": 9, "C-1 O-2": 4},
        (9 - 6, 9),
    ),
    "sheltered cap": (
        po.ShelteredPlaces(),
        {
            "candidates": [person(n, sheltered=True) for n in (1, 2)],
            "openings": [work(1, sheltered=True, positions=2)],
            "municipalities": towns(sheltered_places_maximum=1),
        },
        {"C-1 O-1": 5, "C-2 O-1": 3},
        (5, 8),
    ),
    "who may take a sheltered place": (
        po.ShelteredWork(),
        {
            "candidates": [person(1), person(2, sheltered=True)],
            "openings": [work(1, sheltered=True), work(2)],
        },
        {"C-1 O-1": 9, "C-1 O-2": 4, "C-2 O-1": 3, "C-2 O-2": 2},
        (7, 11),
    ),
    "balance of placements": (
        po.MunicipalityBalance(share=1),
        {
            "candidates": [person(1), person(2), person(3, "M-2"), person(4, "M-2")],
            "openings": [work(1, positions=2)],
        },
        {"C-1 O-1": 9, "C-2 O-1": 8, "C-3 O-1": 2, "C-4 O-1": 1},
        (11, 17),
    ),
    "priced balance of placements": (
        po.MunicipalityBalance(share=0.8, shortfall_price=5),
        {
            "candidates": [person(1), person(2), person(3, "M-2"), person(4, "M-2")],
            "openings": [work(1, positions=2)],
        },
        # 9 + 8 leaves M-2 0.8 placements short of 0.8 x 1/2 x 2.
        {"C-1 O-1": 9, "C-2 O-1": 8, "C-3 O-1": 2, "C-4 O-1": 1},
        (17 - 4, 17),
    ),
    "balance of coached hours": (
        po.MunicipalityBalance(counts="coached_hours", share=0.5),
        {
            # C-4 is not coached and counts nowhere; one of three coached people lives in M-2.
            "candidates": [
                person(1, **COACHED),
                person(2, **COACHED),
                person(3, "M-2", **{**COACHED, "hours_per_week": (8, 20)}),
                person(4, "M-2"),
            ],
            "openings": [work(1, positions=2), work(2)],
        },
        {"C-1 O-1": 9, "C-2 O-1": 8, "C-3 O-1": 2, "C-4 O-2": 1},
        (12, 18),
    ),
    "priced balance of coached hours": (
        po.MunicipalityBalance(counts="coached_hours", share=0.5, shortfall_price=2),
        {
            "candidates": [person(1, **COACHED), person(2, **COACHED), person(3, "M-2", **COACHED)],
            "openings": [work(1, positions=2)],
        },
        # 9 + 8 leaves M-2 short of half of a third of 7.65 hours: 1.275, at 2 points an hour.
        {"C-1 O-1": 9, "C-2 O-1": 8, "C-3 O-1": 2},
        (17 - Fraction("2.55"), 17),
    ),
}


def model_of(fields, scores, *rules):
    firms = [
        po.Employer(id=f"E-{n}", sector="market", target_group_hours_per_year=0) for n in (1, 2)
    ]
    region = po.Region(
        **{"name": "tiny", "date": dt.date(2026, 2, 1), "employers": firms, **fields}
    )
    pairs = [(*pair.split(), score) for pair, score in scores.items()]
    columns = zip(("candidate_id", "opening_id", "score"), zip(*pairs, strict=True), strict=True)
    return po.Model(
        region,
        pairs={name: list(values) for name, values in columns},
        rules=[po.OnePlacement(), po.OpeningCapacity(), *rules],
        objective=[po.PairScore("score")],
        rulebook=LAW,
    )


def enumerated(model, scores):
    """Return the best points of all plans that the plain reading finds sound."""
    compiled = model.compile()
    eligible = {key for key in scores if model.why_not(*key.split()).is_eligible}
    coaches = [None, *(coach.id for coach in model.region.coaches)]
    best = None
    for size in range(len(eligible) + 1):
        for chosen in itertools.combinations(sorted(eligible), size):
            for named in itertools.product(coaches, repeat=size):
                plan = compiled.plan_of(
                    Placement(*key.split(), coach_id, {"score": Fraction(scores[key])})
                    for key, coach_id in zip(chosen, named, strict=True)
                )
                verdict = compiled.judge(plan)
                if verdict.is_sound and (best is None or verdict.objective > best):
                    best = verdict.objective
    return best


@pytest.mark.parametrize("name", CASES)
def test_an_instrument_binds_and_all_agree_on_the_optimum(name):
    rule, fields, scores, (expected, without) = CASES[name]
    model = model_of(fields, scores, rule)
    result = model.solve(gap=0)
    assert result.status is po.Status.OPTIMAL
    assert result.objective == float(expected)
    assert enumerated(model, scores) == expected
    free = model_of(fields, scores)
    assert free.solve(gap=0).objective == float(without)
    assert without > expected, "the rule costs nothing here"


@pytest.mark.parametrize(
    ("name", "record", "field", "enough"),
    [
        ("coaching hours", "coaches", "hours_per_week", 7.65),
        ("caseload", "coaches", "max_caseload", 2),
        ("subsidy budget", "municipalities", "wage_subsidy_budget_eur_per_year", 16_852.72),
        (
            "subsidy budget with employer charges",
            "municipalities",
            "wage_subsidy_budget_eur_per_year",
            20_813.1,
        ),
        ("sheltered cap", "municipalities", "sheltered_places_maximum", 2),
    ],
)
def test_one_unit_more_and_the_limit_no_longer_binds(name, record, field, enough):
    rule, fields, scores, (_, without) = CASES[name]
    first, *rest = fields[record]
    wider = {**fields, record: [first.model_copy(update={field: enough}), *rest]}
    assert model_of(wider, scores, rule).solve(gap=0).objective == without
