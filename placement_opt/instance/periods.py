"""The periods of a plan as columns: who can start when, and how long each placement runs."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.basics.dates import months_later
from placement_opt.instance.columns import frozen
from placement_opt.instance.instance import Instance
from placement_opt.records import Period


@dataclass(frozen=True, eq=False)
class Periods:
    """T periods, one after the other, and what they mean for people and openings.

    Parameters
    ----------
    records
        The periods, T of them.
    first_of_candidate, first_of_opening
        The first period in which each can start, T for none, shapes (C,) and (O,).
    contract
        The period in which the contract of a placement in each opening that starts in each period
        begins: the same one, or the first one after a trial, T for none, shape (O, T).
    end
        The period before which such a placement is over: as many months after the begin of the
        contract as that lasts, and T at most, shape (O, T).
    """

    records: tuple[Period, ...]
    first_of_candidate: Indices
    first_of_opening: Indices
    contract: Indices
    end: Indices

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the periods."""
        return tuple(period.id for period in self.records)

    @property
    def n_periods(self) -> int:
        """Number of periods, T."""
        return len(self.records)

    @cached_property
    def day(self) -> Ints:
        """Day on which each period starts, counted from the first, and their end, shape (T+1,)."""
        lengths = ((one.ends_on - one.starts_on).days + 1 for one in self.records)
        return frozen(accumulate(lengths, initial=0), np.int64)

    def first(self, candidate: Indices, opening: Indices) -> Indices:
        """Return the first period in which each pair can start, T for none; both are broadcast."""
        first: Indices = np.maximum(
            self.first_of_candidate[candidate], self.first_of_opening[opening]
        )
        return first

    def days(
        self, start: npt.NDArray[np.integer], end: npt.NDArray[np.integer]
    ) -> tuple[Ints, int]:
        """Return how many days each run has, and how many the horizon, without common factors."""
        common = int(np.gcd.reduce(self.day))
        return (self.day[end] - self.day[start]) // common, int(self.day[-1]) // common

    @cached_property
    def years_on(self) -> Ints:
        """Whole years from the start of each period to that of each later one, shape (T, T)."""
        starts = [period.starts_on for period in self.records]
        years = np.zeros((len(starts), len(starts)), dtype=np.int64)
        for row, first in enumerate(starts):
            for column, day in enumerate(starts):
                if day > first:
                    apart = day.year - first.year
                    years[row, column] = apart - (months_later(first, 12 * apart) > day)
        years.setflags(write=False)
        return years

    @cached_property
    def years(self) -> dict[int, tuple[tuple[int, ...], int]]:
        """By calendar year the days of it that lie in each period, and how many the year has."""
        found: dict[int, tuple[tuple[int, ...], int]] = {}
        for year in range(self.records[0].starts_on.year, self.records[-1].ends_on.year + 1):
            first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
            ends = ((max(one.starts_on, first), min(one.ends_on, last)) for one in self.records)
            within = tuple(max(0, (after - before).days + 1) for before, after in ends)
            found[year] = within, (last - first).days + 1
        return found


def periods_of(instance: Instance) -> Periods | None:
    """Return the periods of a region; None without them. `Instance.derived` keeps them."""
    records = instance.region.periods
    if not records:
        return None
    people = (person.available_from for person in instance.candidate_records)
    work = [instance.opening_of[id_] for id_ in instance.opening_ids]
    last_days = [period.ends_on for period in records]
    n_periods = len(records)
    runs = {
        terms: [_run(records, start, *terms) for start in range(n_periods)]
        for terms in {(one.trial_months, one.contract_months) for one in work}
    }
    of_work = np.array([runs[one.trial_months, one.contract_months] for one in work])
    of_work = of_work.reshape(len(work), n_periods, 2)
    return Periods(
        records,
        frozen((_first(last_days, day) for day in people), np.int16),
        frozen((_first(last_days, one.starts_on) for one in work), np.int16),
        frozen(of_work[:, :, 0], np.int16),
        frozen(of_work[:, :, 1], np.int16),
    )


def _first(last_days: Sequence[dt.date], day: dt.date | None) -> int:
    """Return the first period that is not over on a day."""
    return 0 if day is None else bisect_left(last_days, day)


def _run(
    records: Sequence[Period], start: int, trial: int | None, contract: int | None
) -> tuple[int, int]:
    """Return the period in which the contract begins, and the one before which it is over."""
    begins = start if trial is None else _later(records, start, trial)
    if contract is None or begins == len(records):
        return begins, len(records)
    return begins, _later(records, begins, contract)


def _later(records: Sequence[Period], start: int, months: int) -> int:
    """Return the first period that starts no earlier than so many months after another."""
    day = months_later(records[start].starts_on, months)
    return bisect_left([period.starts_on for period in records], day)
