"""What steps before a job take: their places, the budgets that pay them, and people's own time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Ints
from placement_opt.basics.quantities import read_number, scaled_int
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.step_needs import StepNeeds
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.groupings import group_text
from placement_opt.instance.instance import Instance
from placement_opt.instance.step_times import StepTimes
from placement_opt.pairs.table import PairTable

CENT = 100


@dataclass(frozen=True, eq=False, repr=False)
class StepRooms(ShortRepr):
    """Rows of what steps share, each with an upper limit.

    Parameters
    ----------
    usage
        What each of the V variables takes of each row, CSR of shape (R, V).
    of_pairs
        What each pair takes of them, CSR of shape (R, E): of people's own time alone.
    most
        The limits, shape (R,).
    labels, limits
        What each row is about, and what it limits in people and in euros.
    n_places
        How many of the rows are the places of a step; they come first.
    """

    usage: sparse.csr_array
    of_pairs: sparse.csr_array
    most: Ints
    labels: list[str]
    limits: RowLimits
    n_places: int = 0

    @classmethod
    def of(cls, pairs: PairTable, needs: StepNeeds, *, is_valued: bool) -> "StepRooms":
        """Return the rows; `is_valued` where steps have points, so that any may be taken."""
        times = needs.times
        parts = [_places(pairs, needs, times), _budgets(pairs, needs, times)]
        if times.periods is not None:
            parts.append(_own_time(pairs, needs, times, is_valued=is_valued))
        parts.append(_once(pairs, needs, is_valued=is_valued))
        return cls.stacked(parts)

    @classmethod
    def stacked(cls, parts: "Sequence[StepRooms]") -> "StepRooms":
        """Put rows of several kinds below each other."""
        limits = parts[0].limits
        for part in parts[1:]:
            limits = limits.above(part.limits)
        return cls(
            sparse.vstack([part.usage for part in parts], format="csr"),
            sparse.vstack([part.of_pairs for part in parts], format="csr"),
            np.concatenate([part.most for part in parts]),
            [label for part in parts for label in part.labels],
            limits,
            parts[0].n_places,
        )

    @cached_property
    def by_variable(self) -> sparse.csr_array:
        """What each variable takes of each row, CSR of shape (V, R)."""
        return self.usage.T.tocsr()

    def left(self, chosen: Ints, own: Ints) -> Ints:
        """Return what a plan leaves of each row, shape (R,)."""
        is_chosen = np.zeros(self.of_pairs.shape[1], dtype=np.int64)
        is_chosen[chosen] = 1
        left: Ints = self.most - self.usage @ own - self.of_pairs @ is_chosen
        return left


def _places(pairs: PairTable, needs: StepNeeds, times: StepTimes) -> StepRooms:
    """Return a row for the places of each step, in each period in which it runs."""
    variable, period = times.running(needs.step, needs.start)
    key, row = np.unique(needs.step[variable] * times.n_starts + period, return_inverse=True)
    steps, running = np.divmod(key, times.n_starts)
    ids = [pairs.instance.opening_ids[step] for step in steps.tolist()]
    records = [pairs.instance.opening_of[id_] for id_ in ids]
    labels = [
        _in_period(f"{one.kind} {one.id}", times, at)
        for one, at in zip(records, running.tolist(), strict=True)
    ]
    most = np.array([one.positions for one in records], dtype=np.int64)
    places = [Fraction(one.positions) for one in records]
    return StepRooms(
        _table(np.ones(row.size, dtype=np.int64), row, variable, (key.size, needs.step.size)),
        sparse.csr_array((key.size, pairs.n_pairs), dtype=np.int64),
        most,
        labels,
        RowLimits.of(labels, "placements", most=places),
        n_places=key.size,
    )


def _budgets(pairs: PairTable, needs: StepNeeds, times: StepTimes) -> StepRooms:
    """Return a row for the budget of each municipality, of the calendar year of the start."""
    instance, euros = pairs.instance, budgets_of(pairs.instance)
    paying = {id_: row for row, id_ in enumerate(euros)}
    of_town = np.array([*(paying.get(id_, -1) for id_ in instance.municipality_ids), -1])
    home = instance.candidates.municipality[needs.candidate]
    cost = costs_of(needs, instance)
    town = np.where(cost > 0, of_town[np.where(home == NOT_GIVEN, -1, home)], -1)
    paid = np.flatnonzero(town >= 0)
    years = _years(times)
    year = np.array(years, dtype=np.int64)[needs.start[paid]] - years[0]
    n_years = years[-1] - years[0] + 1
    key, row = np.unique(town[paid] * n_years + year, return_inverse=True)
    names = list(euros)
    towns = [(names[at // n_years], years[0] + at % n_years) for at in key.tolist()]
    labels = [id_ if times.periods is None else group_text((id_, str(at))) for id_, at in towns]
    most = [euros[id_] for id_, _ in towns]
    cents = [int(amount * CENT) for amount in most]
    return StepRooms(
        _table(cost[paid], row, paid, (key.size, needs.step.size)),
        sparse.csr_array((key.size, pairs.n_pairs), dtype=np.int64),
        np.array(cents, dtype=np.int64),
        labels,
        RowLimits.of(labels, "eur_per_year", size=Fraction(1, CENT), most=most),
    )


def _own_time(
    pairs: PairTable, needs: StepNeeds, times: StepTimes, *, is_valued: bool
) -> StepRooms:
    """Return a row for each person and period: one step at a time, and no job beside it.

    Services run beside others. The job that a step is taken for starts once it is over, so jobs
    stand in the rows only where people may have several, or take steps that no job needs.
    """
    instance, n_periods = pairs.instance, times.n_starts
    services = [one for one, id_ in enumerate(instance.opening_ids) if _is_service(instance, id_)]
    busy = np.flatnonzero(~np.isin(needs.step, services))
    place, period = times.running(needs.step[busy], needs.start[busy])
    variable = busy[place]
    key, row = np.unique(needs.candidate[variable] * n_periods + period, return_inverse=True)
    of_pairs, n_jobs = _jobs(pairs, key, n_periods, is_asked=is_valued)
    is_kept = (np.bincount(row, minlength=key.size) > 1) | (n_jobs > 0)
    # So many jobs at once, or a step: with one job each sum is at most 1.
    most = np.maximum(1, np.minimum(n_jobs, pairs.placements_per_candidate))
    usage = _table(most[row], row, variable, (key.size, needs.step.size))
    labels = [
        _in_period(f"{instance.candidate_ids[person]}, one thing at a time", times, at)
        for person, at in zip(*(one.tolist() for one in np.divmod(key, n_periods)), strict=True)
    ]
    kept = np.flatnonzero(is_kept)
    told = [labels[at] for at in kept.tolist()]
    return StepRooms(usage[kept], of_pairs[kept], most[kept], told, RowLimits.ties(told))


def _jobs(
    pairs: PairTable, key: Ints, n_periods: int, *, is_asked: bool
) -> tuple[sparse.csr_array, Ints]:
    """Return the pairs that run in each person's period, shape (R, E), and how many jobs it are."""
    is_asked |= pairs.placements_per_candidate > 1
    if not is_asked or pairs.start is None or pairs.end is None:
        shape = (key.size, pairs.n_pairs)
        return sparse.csr_array(shape, dtype=np.int64), np.zeros(key.size, dtype=np.int64)
    every = np.arange(n_periods)
    is_on = (every >= pairs.start[:, np.newaxis]) & (every < pairs.end[:, np.newaxis])
    pair, period = np.nonzero(is_on)
    wanted = pairs.candidate[pair].astype(np.int64) * n_periods + period
    row = np.searchsorted(key, wanted)
    found = row < key.size
    found[found] = key[row[found]] == wanted[found]
    pair, row = pair[found], row[found]
    ones = np.ones(row.size, dtype=np.int64)
    of_pairs = _table(ones, row, pair, (key.size, pairs.n_pairs))
    jobs = np.unique(np.stack([row, pairs.number[pair]]), axis=1)[0]
    return of_pairs, np.bincount(jobs, minlength=key.size)


def _once(pairs: PairTable, needs: StepNeeds, *, is_valued: bool) -> StepRooms:
    """Return a row for each person and step with several starts: it is taken once.

    A step without points that needs no other may be taken again in a solution; it is then left out.
    """
    instance = pairs.instance
    every = np.arange(needs.step.size) if is_valued else np.unique(needs.asking)
    key, row = np.unique(
        needs.candidate[every] * np.int64(instance.n_openings) + needs.step[every],
        return_inverse=True,
    )
    kept = np.flatnonzero(np.bincount(row, minlength=key.size) > 1)
    ones = np.ones(row.size, dtype=np.int64)
    usage = _table(ones, row, every, (key.size, needs.step.size))
    labels = [
        f"{instance.candidate_ids[person]} takes {instance.opening_ids[step]} once"
        for person, step in (divmod(int(key[at]), instance.n_openings) for at in kept.tolist())
    ]
    return StepRooms(
        usage[kept],
        sparse.csr_array((kept.size, pairs.n_pairs), dtype=np.int64),
        np.ones(kept.size, dtype=np.int64),
        labels,
        RowLimits.ties(labels),
    )


def budgets_of(instance: Instance) -> dict[str, Fraction]:
    """Return the euros that each municipality has for steps, ids ascending, where it says so."""
    return {
        id_: read_number(one.reintegration_budget_eur_per_year)
        for id_, one in sorted(instance.municipality_of.items())
        if one.reintegration_budget_eur_per_year is not None
    }


def costs_of(needs: StepNeeds, instance: Instance) -> Ints:
    """Return what each variable costs, in cents, shape (V,)."""
    steps, step = np.unique(needs.step, return_inverse=True)
    records = [instance.opening_of[instance.opening_ids[row]] for row in steps.tolist()]
    cost = np.array([scaled_int(one.cost_eur or 0, 2) for one in records], dtype=np.int64)
    return cost[step]


def without_payer(needs: StepNeeds, instance: Instance) -> Iterator[int]:
    """Yield the candidates who could take a step that costs something, and nobody would pay it."""
    if budgets_of(instance):
        home = instance.candidates.municipality[needs.candidate]
        lost = (costs_of(needs, instance) > 0) & (home == NOT_GIVEN)
        yield from np.unique(needs.candidate[lost]).tolist()


def _years(times: StepTimes) -> list[int]:
    """Return the calendar year in which each start is; one that is not named without periods."""
    if times.periods is None:
        return [0] * times.n_starts
    return [one.starts_on.year for one in times.periods.records]


def _is_service(instance: Instance, opening_id: str) -> bool:
    return instance.opening_of[opening_id].kind == "service"


def _in_period(about: str, times: StepTimes, period: int) -> str:
    return about if times.periods is None else group_text((about, times.periods.ids[period]))


def _table(amount: Ints, row: Ints, column: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((amount, (row, column)), shape=shape)
