"""Steps before a job: who can take which, how long one takes, and what it gives."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from placement_opt.basics.arrays import Indices
from placement_opt.basics.dates import months_later
from placement_opt.basics.short_text import ShortRepr
from placement_opt.records import Opening


@dataclass(frozen=True, eq=False, repr=False)
class OpenSteps(ShortRepr):
    """The steps that people can take where they have what those ask, and what each is worth.

    Parameters
    ----------
    candidate, opening
        Rows of who can take which step, aligned, int32.
    points
        Points of each step that is taken; its price where negative.
    """

    candidate: Indices
    opening: Indices
    points: Fraction = Fraction(0)


def end_of(step: Opening) -> dt.date | None:
    """Return the first day after a step; None where its start or its length is not known."""
    start, months = step.starts_on, step.contract_months
    return None if start is None or months is None else months_later(start, months)


def comes_before(step: Opening, later: Opening) -> bool:
    """Tell whether a step is over when a job or another step starts, as far as dates tell.

    Before a step without a date there is none with a date: nobody could tell when it is over.
    """
    over = end_of(step) or step.starts_on
    if over is None:
        return True
    return later.kind == "job" if later.starts_on is None else over <= later.starts_on
