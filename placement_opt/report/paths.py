"""The path of each person to work: the steps that a plan has them take, then the job."""

import datetime as dt
from collections.abc import Iterable, Iterator

from placement_opt.basics.rows import PathRow
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.instance.steps import end_of

_FIRST = ("service", "training", "trial", "job")
"""What comes first where no dates say it."""


def path_rows(plan: Plan) -> tuple[PathRow, ...]:
    """Return a row for each step and job, by person and in their order; none without steps."""
    if not any(opening.kind != "job" for opening in plan.instance.region.openings):
        return ()
    taken: dict[str, list[Placement]] = {}
    for one in (*plan.steps, *plan.placements):
        taken.setdefault(one.candidate_id, []).append(one)
    return tuple(row for person in sorted(taken) for row in _path(plan, taken[person]))


def _path(plan: Plan, taken: list[Placement]) -> Iterator[PathRow]:
    def order(one: Placement) -> tuple[bool, str, int, str]:
        opening = plan.opening(one)
        start = "" if opening.starts_on is None else opening.starts_on.isoformat()
        return opening.kind == "job", start, _FIRST.index(opening.kind), opening.id

    for number, one in enumerate(sorted(taken, key=order), start=1):
        opening = plan.opening(one)
        over = end_of(opening)
        yield PathRow(
            candidate_id=one.candidate_id,
            step=number,
            opening_id=opening.id,
            kind=opening.kind,
            starts_on=opening.starts_on,
            ends_on=None if over is None else over - dt.timedelta(days=1),
        )


def steps_of(rows: Iterable[PathRow]) -> list[Placement]:
    """Return the steps before a job that rows of paths tell of."""
    return [Placement(row.candidate_id, row.opening_id) for row in rows if row.kind != "job"]
