"""Start plans: a plan that people already have, given to a solve and never made worse."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.basics.bsn import masked
from placement_opt.formulation.formulation import Formulation
from placement_opt.instance.placement import pair_text
from placement_opt.pairs.table import PairTable
from placement_opt.run.compiled import Compiled
from placement_opt.run.given_placements import GivenPlacement
from placement_opt.run.start_outcome import (
    SHOWN_IDS,
    LeftOut,
    LeftOutReason,
    StartOutcome,
    start_lines,
)
from placement_opt.solvers.plans.additions import PlanInRows
from placement_opt.solvers.plans.given_plan import best_within, least_plan, plan_of_given
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.board import LEAST_PLAN, Solution
from placement_opt.solvers.search.limits import SearchLimits

UNKNOWN_COACH = -2
"""Stands for a coach that is named and not known; -1 for none named."""

_log = logging.getLogger("placement_opt")


@dataclass(frozen=True, eq=False)
class Started:
    """How a search began.

    Parameters
    ----------
    outcome
        What became of the start plan; None where none was given.
    coach_of
        The coach that each candidate had in it, shape (C,), -1 for none.
    """

    outcome: StartOutcome | None = None
    coach_of: Ints | None = None

    def told(self) -> str:
        """Return what became of the start plan, in one line."""
        return "none given" if self.outcome is None else "; ".join(start_lines(self.outcome))


def offer_start(
    compiled: Compiled, search: Search, start: Sequence[GivenPlacement] | None
) -> Started:
    """Offer the start plan, then the empty plan, to the search.

    What is not known, not eligible, or breaks a rule beside the rest is left out, as little as
    possible; what rules ask for beyond it is added where it can be found. All of it is told.
    """
    started = Started()
    if start is not None:
        try:
            started = _offered(compiled, search, start)
        except Exception:
            _log.exception("reading the start plan failed, which is a bug of ours; it is not used")
            started = Started(StartOutcome(given=len(start)))
        is_whole = started.outcome is None or not started.outcome.left_out
        _log.log(logging.INFO if is_whole else logging.WARNING, "start plan %s", started.told())
    nobody = least_plan(search.formulation, search.limits)
    if nobody is not None:
        search.offer(nobody, LEAST_PLAN)
    return started


def _offered(compiled: Compiled, search: Search, start: Sequence[GivenPlacement]) -> Started:
    pairs, formulation = compiled.pairs, compiled.formulation
    read = _Read.of(pairs, start, formulation.objective.gain)
    solution, given = _planned(formulation, read, search.limits)
    rows, coach = _in_order(given)
    if solution is not None:
        is_empty = not np.isin(rows, solution.chosen).any()
        if not search.offer(solution, LEAST_PLAN if is_empty else "start plan"):
            solution = None
    if solution is not None:
        better = best_within(formulation, solution, search.limits)
        if better is not None:
            search.offer(better, "part of the start plan")
    wanted = np.full(pairs.instance.n_candidates, -1, dtype=np.int64)
    wanted[pairs.candidate[rows]] = np.maximum(coach, -1)
    left_out = [*read.left_out()]
    if solution is None:
        return Started(StartOutcome(given=len(start), left_out=tuple(left_out)), wanted)
    is_kept = np.isin(rows, solution.chosen, assume_unique=True)
    left_out += _beside(compiled, solution, rows[~is_kept])
    place = np.searchsorted(solution.chosen, rows[is_kept])
    now, before = compiled.coaches(solution, wanted)[place], coach[is_kept]
    outcome = StartOutcome(
        given=len(start),
        kept=int(is_kept.sum()),
        added=solution.chosen.size - int(is_kept.sum()),
        coaches_kept=int(((now >= 0) & (now == before)).sum()),
        coaches_found=int(((now >= 0) & (before == -1)).sum()),
        coaches_changed=int(((now >= 0) & (before != -1) & (now != before)).sum()),
        left_out=tuple(left_out),
        is_plan=True,
    )
    return Started(outcome, wanted)


def _planned(
    formulation: Formulation, read: "_Read", limits: SearchLimits
) -> tuple[Solution | None, dict[int, int]]:
    """Return a plan of what was read, and the rows that stand for that, with their coaches.

    Where the start names no variant, the way that gains most is tried first, then all of them.
    """

    def made(given: dict[int, int]) -> Solution | None:
        rows, coach = _in_order(given)
        return plan_of_given(formulation, rows, {"coach": np.maximum(coach, -1)}, limits)

    first = made(read.coach_of_row)
    if not read.ways_of_row or (
        first is not None and np.isin([*read.coach_of_row], first.chosen).all()
    ):
        return first, read.coach_of_row
    ways = {row: read.ways_of_row.get(row, (row,)) for row in read.coach_of_row}
    second = made({way: read.coach_of_row[row] for row, each in ways.items() for way in each})
    if second is None or (first is not None and _gained(formulation, second, first) <= 0):
        return first, read.coach_of_row
    taken = set(second.chosen.tolist())
    held = {row: next((way for way in each if way in taken), row) for row, each in ways.items()}
    return second, {held[row]: coach for row, coach in read.coach_of_row.items()}


def _gained(formulation: Formulation, plan: Solution, other: Solution) -> int:
    """Return what a plan gains beside another, in units of the objective."""
    gain, n_pairs = formulation.objective.gain, formulation.n_pairs
    return sum(
        sign * int(gain[each.chosen].sum() + gain[n_pairs:] @ each.own)
        for sign, each in ((1, plan), (-1, other))
    )


def _in_order(given: Mapping[int, int]) -> tuple[Ints, Ints]:
    """Return rows, ascending, with the coach of each."""
    rows = np.array(sorted(given), dtype=np.int64)
    return rows, np.array([given[row] for row in rows.tolist()], dtype=np.int64)


@dataclass
class _Read:
    """The eligible pairs of a start, with their coach rows, and what else it has, by reason.

    `ways_of_row` holds all ways of the pairs whose variant the start does not name.
    """

    coach_of_row: dict[int, int] = field(default_factory=dict)
    ways_of_row: dict[int, range] = field(default_factory=dict)
    others: dict[LeftOutReason, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: PairTable, start: Sequence[GivenPlacement], gain: Ints) -> "_Read":
        read, instance = cls(), pairs.instance
        taken: set[tuple[str, str]] = set()
        coach_row = {id_: row for row, id_ in enumerate(instance.coach_ids)}
        for given in start:
            if given.pair is None:
                read._leave("no_opening", given.candidate_id or given.opening_id or "empty row")
                continue
            candidate_id, opening_id = given.pair
            if candidate_id not in instance.candidate_of:
                read._leave("unknown_candidate", candidate_id)
                continue
            if opening_id not in instance.opening_of:
                read._leave("unknown_opening", opening_id)
                continue
            ends = instance.candidate_idx(candidate_id), instance.opening_idx(opening_id)
            ways = pairs.ways(*ends)
            fit = [row for row in ways if pairs.is_named(row, given.variant)]
            if not fit or given.pair in taken:
                reason: LeftOutReason = "listed_twice" if fit else "not_eligible"
                read._leave(reason, pair_text(candidate_id, opening_id, given.variant))
                continue
            row = max(fit, key=lambda way: (gain[way], -way))
            if len(fit) > 1:
                read.ways_of_row[row] = ways
            taken.add(given.pair)
            named = given.coach_id
            read.coach_of_row[row] = -1 if named is None else coach_row.get(named, UNKNOWN_COACH)
        return read

    def left_out(self) -> Iterator[LeftOut]:
        """Yield what was left out so far, by reason."""
        for reason, ids in self.others.items():
            yield LeftOut(reason=reason, count=len(ids), first=tuple(ids[:SHOWN_IDS]))

    def _leave(self, reason: LeftOutReason, id_: str) -> None:
        self.others.setdefault(reason, []).append(str(masked(id_)))


def _beside(compiled: Compiled, solution: Solution, left: Ints) -> Iterator[LeftOut]:
    """Yield the given pairs that a plan does not have, by the rule that they break beside it."""
    formulation, pairs = compiled.formulation, compiled.pairs
    change = PlanInRows(formulation, solution).with_each(left)
    broken: dict[int, str] = {}
    number = np.searchsorted(formulation.row_offsets, change.lacking[1], side="right") - 1
    for position, of_rule in zip(change.lacking[0].tolist(), number.tolist(), strict=True):
        broken.setdefault(position, formulation.blocks[of_rule].title)
    groups: dict[tuple[LeftOutReason, str | None], list[str]] = {}
    ids = pairs.instance.candidate_ids, pairs.instance.opening_ids
    for position, pair in enumerate(left.tolist()):
        rule = broken.get(position)
        lowers = rule is None and change.gain[position] < 0
        key: tuple[LeftOutReason, str | None]
        key = ("lowers_the_total" if lowers else "breaks_a_rule", rule)
        ends = ids[0][pairs.candidate[pair]], ids[1][pairs.opening[pair]]
        name = pair_text(*ends, pairs.variant_of(pair))
        groups.setdefault(key, []).append(name)
    for (reason, rule), names in groups.items():
        shown = tuple(names[:SHOWN_IDS])
        yield LeftOut(reason=reason, rule=rule, count=len(names), first=shown)
