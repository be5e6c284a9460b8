"""A model of two people and two jobs, in a line."""

import datetime as dt

import placement_opt as po

DATE = dt.date(2026, 2, 1)


def region(n_candidates=2, n_openings=2, **fields):
    people = fields.pop("candidate", {})
    work = fields.pop("opening", {})
    return po.Region(
        name="tiny",
        candidates=[po.Candidate(id=f"C-{n}", **people) for n in range(1, n_candidates + 1)],
        openings=[po.Opening(id=f"O-{n}", **work) for n in range(1, n_openings + 1)],
        **fields,
    )


PAIRS = {
    "candidate_id": ["C-1", "C-1", "C-2", "C-2"],
    "opening_id": ["O-1", "O-2", "O-1", "O-2"],
    "score": [5, 4, 3, 1],
}

BASE = [po.OnePlacement(), po.OpeningCapacity()]

SCORE = [po.PairScore("score")]


def model(rules=BASE, objective=SCORE, pairs=PAIRS, **fields):
    return po.Model(region(**fields), pairs=pairs, rules=rules, objective=objective)


def placed(result):
    return {(row.candidate_id, row.opening_id) for row in result.placement_rows}


def problems_of(info):
    return [(p.subject, p.id, p.field) for p in info.value.problems]
