"""The periods of a plan in time, such as the quarters of a year."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import ClassVar

from typing_extensions import override

from placement_opt.basics.errors import Problem
from placement_opt.records.base import Record
from placement_opt.records.fields import Date, Identifier

WITHIN = " / "
"""Between a period and the rest of a label: what `per` of several ways makes has it, too."""


class Period(Record):
    """A stretch of days at whose beginning placements can start.

    Parameters
    ----------
    id
        Id of the period, such as ``"2026-Q1"``.
    starts_on, ends_on
        Its first and its last day.

    Raises
    ------
    InvalidInputError
        With all problems of the record.

    Examples
    --------
    >>> import placement_opt as po
    >>> po.Period(id="Q1", starts_on="2026-01-01", ends_on="2026-03-31").ends_on
    datetime.date(2026, 3, 31)
    """

    subject: ClassVar[str] = "period"

    id: Identifier
    starts_on: Date
    ends_on: Date

    @classmethod
    @override
    def stand_ins(cls, broken: Collection[str]) -> dict[str, object]:
        """Return a value for each broken field without a default."""
        days = {"starts_on": dt.date.min, "ends_on": dt.date.max}
        return super().stand_ins(broken) | {name: days[name] for name in days.keys() & broken}

    @override
    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        """Yield the problems between fields that are each right by themselves."""
        if WITHIN in self.id and "id" not in unread:
            yield self.problem("id", f"must not hold {WITHIN!r}", "join words by a hyphen")
        if self.ends_on < self.starts_on and not {"starts_on", "ends_on"} & {*unread}:
            expected = f"must be {self.starts_on} or later: the last day of the period"
            yield self.problem("ends_on", expected, "check both days")


def out_of_order(periods: Sequence[Period]) -> Iterator[Problem]:
    """Yield a problem for each period that does not start on the day after the one before it."""
    for before, after in pairwise(periods):
        day = before.ends_on + dt.timedelta(days=1)
        if after.starts_on != day:
            expected = f"must be {day}, the day after {before.id} ends"
            hint = "list periods one after the other; ends_on is the last day of a period"
            yield after.problem("starts_on", expected, hint)
