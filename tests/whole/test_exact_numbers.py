"""Money and hours are never binary floating point: cases in which it would give another answer.

Each case first shows that plain floats go wrong, so that it fails for whoever computes in them.
"""

import ast
import datetime as dt
from pathlib import Path

import pytest

import placement_opt as po
from placement_opt.instance.placement import Placement
from placement_opt.report.costs import cost_rows

PACKAGE = Path(po.__file__).parent
DATE = dt.date(2026, 2, 1)
EXACT_FILES = [
    *sorted((PACKAGE / "rulebook").glob("*.py")),
    *sorted((PACKAGE / "constraints").glob("*.py")),
    *(
        PACKAGE / f"{name}.py"
        for name in (
            "pairs/columns",
            "instance/plan",
            "instance/proposal",
            "report/costs",
            "report/tables",
        )
    ),
]
TELLS_ONLY = (
    *("violations", "_too_fine", "_coach_violations", "_shown", "_total", "told"),
    "expected_placements",
)
"""Functions that make a float of an exact number to tell it, and do not go on computing."""


def n_placed(people, work, *rules, pairs=None, **records):
    """Return how many are placed at best, by the solver and the judge."""
    region = po.Region(name="tiny", date=DATE, candidates=people, openings=work, **records)
    rules = [po.OnePlacement(), po.OpeningCapacity(), *rules]
    model = po.Model(region, rules=rules, objective=[po.PairScore("score")], pairs=pairs)
    result = model.solve(gap=0)
    assert result.status is po.Status.OPTIMAL
    assert po.check_result(region, result, pairs).is_sound
    return len(result.placement_rows)


def listed(n_people, **columns):
    ids = [f"C-{n}" for n in range(n_people)]
    ones = [1] * n_people
    return {"candidate_id": ids, "opening_id": ["O-1"] * n_people, "score": ones, **columns}


def persons(n_people, **fields):
    return [po.Candidate(id=f"C-{n}", **fields) for n in range(n_people)]


def test_a_subsidy_to_the_cent():
    in_floats = 12 * (1 - 0.9) * (14.71 * 36 * 52 / 12 * 1.08) * 31.25 / 36
    assert f"{in_floats:.2f}" == "2581.60"  # exactly 2,581.605, which rounds to .61
    person = po.Candidate(
        id="C-0",
        municipality="M-1",
        ground="38b.1.a",
        wage_value=0.9,
        hours_per_week=(8, 31.25),
        coaching_regime="none",
    )
    work = [po.Opening(id="O-1", hours_per_week=(8, 36))]
    for budget, expected in ((2581.61, 1), (2581.60, 0)):
        town = po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=budget)
        budgets = po.WageSubsidyBudget(employer_charges=False)
        placed = n_placed([person], work, budgets, pairs=listed(1), municipalities=[town])
        assert placed == expected
    region = po.Region(name="tiny", date=DATE, candidates=[person], openings=work)
    model = po.Model(region)
    plan = model.compile().plan_of([Placement("C-0", "O-1")])
    assert cost_rows(plan)[0].subsidy_eur_per_year == 2581.61


def test_a_budget_spent_to_the_last_cent():
    assert 0.1 + 0.2 > 0.3
    town = po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=0.3)
    pairs = listed(2, subsidy_eur_per_year=[0.1, 0.2])
    work = [po.Opening(id="O-1", positions=2)]
    people = persons(2, municipality="M-1")
    placed = n_placed(people, work, po.WageSubsidyBudget(), pairs=pairs, municipalities=[town])
    assert placed == 2


def test_the_last_minutes_of_a_coach():
    people = [
        po.Candidate(id=f"C-{n}", coaching_hours_per_week=hours)
        for n, hours in enumerate((0.1, 0.2))
    ]
    work = [po.Opening(id="O-1", positions=2)]
    coaches = [po.Coach(id="K-1", hours_per_week=0.3)]
    assert n_placed(people, work, po.Coaching(), pairs=listed(2), coaches=coaches) == 2


def test_hours_that_are_a_share_of_hours():
    assert 0.15 * 25.5 != 3.825
    coached = {"coaching_regime": "intensive", "coaching_year": 1, "hours_per_week": (8, 25.5)}
    work = [po.Opening(id="O-1", positions=2, hours_per_week=(8, 36))]
    for free, expected in ((7.65, 2), (7.649, 1)):
        coaches = [po.Coach(id="K-1", hours_per_week=free)]
        placed = n_placed(
            persons(2, **coached), work, po.Coaching(), pairs=listed(2), coaches=coaches
        )
        assert placed == expected


def test_a_job_made_of_many_small_contracts():
    assert sum([2.55 / 25.5] * 10) < 1
    people = persons(10, ground="38b.1.a", hours_per_week=(1, 2.55))
    work = [po.Opening(id="O-1", employer="E-1", positions=10, hours_per_week=(1, 8))]
    firms = [po.Employer(id="E-1", jobs_pledged=1)]
    quota = po.JobsQuota(per="employer")
    assert n_placed(people, work, quota, pairs=listed(10), employers=firms) == 10


def test_a_limit_on_hours_used_up():
    assert 0.1 + 0.2 > 0.3
    people = [po.Candidate(id=f"C-{n}", hours_per_week=(0, h)) for n, h in enumerate((0.1, 0.2))]
    work = [po.Opening(id="O-1", positions=2, hours_per_week=(0, 8))]
    limit = po.ResourceLimit(uses="hours_per_week", per="region", limits=0.3)
    assert n_placed(people, work, limit, pairs=listed(2)) == 2


@pytest.mark.parametrize("counts", ["placements", "coached_hours"])
def test_an_even_part_that_is_just_met(counts):
    assert 0.8 * 3 / 6 * 5 > 2  # three of six people live in M-2: 2 of 5 are their part
    people = [
        po.Candidate(
            id=f"C-{n}", municipality="M-1" if n < 3 else "M-2", coaching_hours_per_week=0.1
        )
        for n in range(6)
    ]
    work = [po.Opening(id="O-1", positions=5)]
    balance = po.MunicipalityBalance(share=0.8, counts=counts)
    scores = [3, 3, 3, 2, 2, 2]
    pairs = {**listed(6), "score": scores}
    assert n_placed(people, work, balance, pairs=pairs) == 5


def operands(node):
    if isinstance(node, ast.BinOp):
        return (node.left, node.right)
    if isinstance(node, ast.Compare):
        return (node.left, *node.comparators)
    return (node.value,) if isinstance(node, ast.AugAssign) else ()


def floats_in(node, *, told=False):
    """Yield the lines where a float is made, or written into arithmetic, other than to tell it."""
    if isinstance(node, ast.FunctionDef):
        told = told or node.name in TELLS_ONLY
    told = told or isinstance(node, ast.JoinedStr | ast.Raise)
    for operand in operands(node):
        if isinstance(operand, ast.Constant) and isinstance(operand.value, float):
            yield operand.lineno
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        told = told or node.func.id.endswith("Row")
        if node.func.id == "float" and not told:
            yield node.lineno
    for child in ast.iter_child_nodes(node):
        yield from floats_in(child, told=told)


@pytest.mark.parametrize("path", EXACT_FILES, ids=lambda path: path.stem)
def test_no_rule_computes_in_floats(path):
    assert list(floats_in(ast.parse(path.read_text(encoding="utf-8")))) == []
