"""The smallest single changes with which somebody who is left would be placed."""

import heapq
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from placement_opt.answers.change import Change, Changes
from placement_opt.answers.changed_plans import Judge, NearJudge, Placed, WholeJudge
from placement_opt.answers.likely_changes import likely
from placement_opt.answers.pace import Pace
from placement_opt.answers.possible_changes import Possible, of_limits, of_rules
from placement_opt.answers.regrets import Regrets
from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.status import Status
from placement_opt.instance.record_change import RecordChange

if TYPE_CHECKING:
    from placement_opt.answers.next_steps import NextSteps

MOST_PAIRS = 2_000
"""Problems with at most so many pairs, whose plan is proven, are solved whole for each change."""

FIRST_FULL = 20
"""In larger ones so many of the person's pairs are asked for limits without room."""

MOST_TRIES = 2
"""In larger ones so many values of one field are tried, the least first."""


def what_would_place(
    result: "NextSteps", regrets: Regrets, candidate_id: str, k: int, time_limit_s: float
) -> Changes:
    """Return the smallest changes, smallest first; `Result.what_would_place` says all."""
    pace = Pace(time_limit_s)
    if k < 1:
        raise InvalidInputError.single(
            "what_would_place", None, "k", k, "must be at least 1", "ask for three with k=3"
        )
    hand, compiled = regrets.hand, regrets.hand.compiled
    row = compiled.pairs.instance.candidate_idx(candidate_id)
    if any(placed.candidate_id == candidate_id for placed in result.placement_rows):
        return Changes()
    first, last = compiled.pairs.candidate_start[row : row + 2].tolist()
    pairs = np.arange(first, last)
    is_small = result.status is Status.OPTIMAL and compiled.pairs.n_pairs <= MOST_PAIRS
    if is_small:
        whole = WholeJudge(result, candidate_id, pace)
        found = [*of_rules(compiled, candidate_id), *of_limits(regrets, pairs, only_single=False)]
        return _Search(found, whole, whole, pace).smallest(candidate_id, k)
    best = pairs[np.argsort(-hand.reduced[pairs], kind="stable")[:FIRST_FULL]]
    near = NearJudge(result, hand, candidate_id, pace)
    found = [*of_rules(compiled, candidate_id), *of_limits(regrets, best, only_single=True)]
    with pace.step():  # about as long as it takes to try one
        found = likely(result.model, hand, found, candidate_id, near.ends) if pace.fits else found
    return _Search(found, near, None, pace).smallest(candidate_id, k)


class _Search:
    """Tries changes, the smallest first, until enough of them place the person."""

    def __init__(
        self, found: list[Possible], judge: Judge, whole: WholeJudge | None, pace: Pace
    ) -> None:
        self._judge, self._whole, self._pace = judge, whole, pace
        self._left: list[tuple[Fraction, int, Possible, Placed | None]] = []
        distinct = {(one.about, one.change.amount, _opening(one, whole)): one for one in found}
        for number, possible in enumerate(distinct.values()):
            change = possible.change
            # Of a limit less may do where others move: how much is found when its turn comes.
            least = change.by(1) if whole is not None else change
            self._left.append((least.size, number, possible, None))
        heapq.heapify(self._left)

    def smallest(self, candidate_id: str, k: int) -> Changes:
        """Return the `k` smallest; of equal ones those that gain most."""
        told: dict[tuple[str, str, str], Change] = {}
        tries: dict[tuple[str, str, str], int] = {}
        is_complete = True
        while self._left:
            size, number, possible, placed = heapq.heappop(self._left)
            if len(told) >= k and float(size) > sorted(one.size for one in told.values())[k - 1]:
                break
            about = possible.about
            if about in told and float(size) >= told[about].size:
                continue
            if not self._pace.fits:
                is_complete = False
                break
            if placed is None and self._whole is not None and possible.change.unit is not None:
                least = self._least(self._whole, possible)
                if least is not None:  # its turn comes by what it really takes
                    settled = Possible(least[0], possible.opening_id)
                    heapq.heappush(self._left, (least[0].size, number, settled, least[1]))
                continue
            tries[about] = tries.get(about, 0) + 1
            if self._whole is None and tries[about] > MOST_TRIES:
                continue
            placed = placed or self._placed(self._judge, possible)
            if placed is not None:
                told[about] = _told(candidate_id, possible.change, placed)
        first = sorted(told.values(), key=lambda one: (one.size, -one.gain_points, one.record))[:k]
        return Changes(first, is_complete=is_complete and self._pace.left_s > 0)

    def _placed(self, judge: Judge, possible: Possible) -> Placed | None:
        with self._pace.step():
            return judge.placed(possible)

    def _least(self, judge: WholeJudge, possible: Possible) -> tuple[RecordChange, Placed] | None:
        """Return the least raise of a limit with which a best plan places the person, or None.

        Where some plan with the person loses nothing at one value it does at every larger one, so
        that the least of those values is found by halving; from there on each is tried. None, too,
        where the time ends before that.
        """
        change = possible.change
        if change.unit is None:
            return None
        low, high = 1, int(change.amount / change.unit)
        if not judge.can_be_placed(change):
            return None
        while low < high:
            if not self._pace.fits:
                return None
            middle = (low + high) // 2
            if judge.can_be_placed(change.by(middle)):
                high = middle
            else:
                low = middle + 1
        for steps in range(low, int(change.amount / change.unit) + 1):
            if not self._pace.fits:
                return None
            placed = self._placed(judge, Possible(change.by(steps), possible.opening_id))
            if placed is not None:
                return change.by(steps), placed
        return None


def _opening(possible: Possible, whole: WholeJudge | None) -> str | None:
    """Return what sets changes of the same value apart: nothing where all is solved whole."""
    return possible.opening_id if whole is None else None


def _told(candidate_id: str, change: RecordChange, placed: Placed) -> Change:
    return Change(
        candidate_id=candidate_id,
        opening_id=placed.opening_id,
        kind=change.kind,
        record=change.record,
        field=change.name,
        before=_plain(change.before),
        after=_plain(change.after),
        size=float(change.size),
        gain_points=placed.gain_points,
        starts_on=placed.starts_on,
        is_proven=placed.is_proven,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
