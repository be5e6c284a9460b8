"""A single change with which somebody is placed: what it is, and what it gains."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from placement_opt.answers.change_words import all_told, told
from placement_opt.answers.why import Language, Reader
from placement_opt.basics.rows import ResultPart

Value = bool | int | float | str | tuple[float, float] | None


class Change(ResultPart):
    """A single change with which a person is placed.

    Attributes
    ----------
    candidate_id, opening_id
        Who is placed with the change, and where in the plan that was found.
    kind
        What the record is: a candidate, an opening, an employer, a coach, a municipality, or a
        rule, whose `record` is its class and what sets it apart.
    record, field
        The id of the record, and its field, with a key where it has one (``skills['dutch']``).
    before, after
        The value today, and with the change; days are written as in ``2026-04-01``.
    size
        The change as a share of what the field usually ranges over.
    gain_points
        What the plan with the change is worth more than the plan at hand, in points.
    starts_on
        The first day of that placement, in a region with periods; else None.
    is_proven
        True where both plans are proven the best; else they are the best that were found.
    """

    candidate_id: str
    opening_id: str
    kind: Literal["candidate", "opening", "employer", "coach", "municipality", "rule"]
    record: str
    field: str
    before: Value
    after: Value
    size: float
    gain_points: float
    starts_on: dt.date | None = None
    is_proven: bool

    def text(self, language: Language = "en", *, to: Reader = "consultant") -> str:
        """Return the change in words, with what its reader may see.

        A person sees what is about themselves and about openings: of coaches, employers and
        municipalities that more room is needed, and no id. An employer sees what is about its own
        openings and itself, but for what the workplace would provide: that tells a need.
        """
        return told(self, language, to)


class Changes(list[Change]):
    """The smallest changes that were found, smallest first.

    Parameters
    ----------
    changes
        The changes.
    is_complete
        False where the time ran out before all were tried that could be as small: changes that
        were not verified in time are left out.

    Examples
    --------
    >>> Changes(is_complete=False).text()
    'The time ran out before every change was tried: there may be others.'
    """

    def __init__(self, changes: Iterable[Change] = (), *, is_complete: bool = True) -> None:
        super().__init__(changes)
        self.is_complete = is_complete

    def text(self, language: Language = "en", *, to: Reader = "consultant") -> str:
        """Return a line for each change, and whether there may be others; see `Change.text`."""
        return all_told(self, language, to)
