"""One reason of one person, as a reader is told it."""

import datetime as dt

import placement_opt as po

DATE = dt.date(2026, 2, 1)


def told(people, work, rules=None, objective=None, pairs=None, solver="cp-sat", **fields):
    """Solve, and return the row of each person without a placement."""
    region = po.Region(name="small", date=DATE, candidates=people, openings=work, **fields)
    result = po.Model(region, rules=rules, objective=objective, pairs=pairs).solve(
        solver=solver, gap=0
    )
    assert result.status is po.Status.OPTIMAL
    for row in result.unplaced_rows:
        assert row.text
        assert row.text_nl
        if row.because is not None:
            assert row.because in row.text
    return {row.candidate_id: row for row in result.unplaced_rows}


def person(id_="C-1", **fields):
    defaults = {
        "hours_per_week": (0, 20),
        "ground": "38b.1.a",
        "coaching_regime": "none",
        "wage_value": 1,
    }
    return po.Candidate(id=id_, **defaults | fields)


def job(id_="O-1", **fields):
    return po.Opening(id=id_, **{"hours_per_week": (0, 20)} | fields)
