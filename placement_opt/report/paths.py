"""The path of each person to work: the steps that a plan has them take, then the job."""

import datetime as dt
from collections.abc import Iterator

from placement_opt.basics.rows import PathRow
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.instance.steps import end_of

_FIRST = ("service", "training", "trial", "job")
"""What comes first where neither dates nor skills say it."""


def path_rows(plan: Plan) -> tuple[PathRow, ...]:
    """Return a row for each step and job, by person and in their order; none without steps."""
    if not any(opening.kind != "job" for opening in plan.instance.region.openings):
        return ()
    taken: dict[str, list[Placement]] = {}
    for one in (*plan.steps, *plan.placements):
        taken.setdefault(one.candidate_id, []).append(one)
    return tuple(row for person in sorted(taken) for row in _path(plan, taken[person]))


def _path(plan: Plan, taken: list[Placement]) -> Iterator[PathRow]:
    rounds = enumerate(plan.steps_in_turn(taken[0].candidate_id))
    turn = {step.opening_id: number for number, steps in rounds for step in steps}

    def order(one: Placement) -> tuple[bool, str, int, int, str]:
        opening, (first, _) = plan.opening(one), _days(plan, one)
        start, last = "" if first is None else first.isoformat(), len(turn)
        turn_of = turn.get(opening.id, last)
        return opening.kind == "job", start, turn_of, _FIRST.index(opening.kind), opening.id

    for number, one in enumerate(sorted(taken, key=order), start=1):
        first, last = _days(plan, one)
        yield PathRow(
            candidate_id=one.candidate_id,
            step=number,
            opening_id=one.opening_id,
            kind=plan.opening(one).kind,
            starts_on=first,
            ends_on=last,
        )


def _days(plan: Plan, one: Placement) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day, as far as they are known: of its run, else its own."""
    run, opening = plan.run(one), plan.opening(one)
    if run:
        return run[0].starts_on, run[-1].ends_on
    over = end_of(opening)
    return opening.starts_on, None if over is None else over - dt.timedelta(days=1)
