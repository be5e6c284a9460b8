"""The steps before a job that a result tells of, as a plan holds them."""

from collections.abc import Iterable, Sequence

from placement_opt.basics.rows import PathRow
from placement_opt.instance.placement import Placement
from placement_opt.records import Period


def steps_of(rows: Iterable[PathRow], periods: Sequence[Period]) -> list[Placement]:
    """Return the steps before a job that rows of paths tell of, in a region with such periods."""
    starting = {period.starts_on: period.id for period in periods}
    return [
        Placement(
            row.candidate_id,
            row.opening_id,
            variant=None if row.starts_on is None else starting.get(row.starts_on),
        )
        for row in rows
        if row.kind != "job"
    ]
