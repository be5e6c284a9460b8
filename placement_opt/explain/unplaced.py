"""Why a candidate has no placement: nothing eligible, outcompeted and by what, or not worthwhile.

Reads the plan's slack in the integer rows, so it costs one pass over the pairs of those who are
left, not a solve.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import Formulation
from placement_opt.instance import Ints
from placement_opt.pairs import PairTable
from placement_opt.result import UnplacedRow
from placement_opt.row_blocks import NO_UPPER, RowBlock
from placement_opt.solvers.base import Solution


@dataclass(frozen=True, eq=False)
class _Blocking:
    """First rule and row that leave no room for each of some pairs; -1 where all have room."""

    block: npt.NDArray[np.int32]
    row: npt.NDArray[np.int64]


def unplaced_rows(
    pairs: PairTable,
    formulation: Formulation,
    solution: Solution,
    titles_nl: dict[str, str],
) -> tuple[UnplacedRow, ...]:
    """Return a reason for every candidate without a placement, ids ascending.

    Parameters
    ----------
    pairs, formulation
        The compiled problem.
    solution
        The verified plan.
    titles_nl
        Dutch title of each rule, by its English title.
    """
    instance = pairs.instance
    placed = np.zeros(instance.n_candidates, dtype=np.bool_)
    placed[pairs.candidate[solution.chosen]] = True
    left = np.flatnonzero(~placed)
    best = _best_pairs(pairs, formulation.objective.gain, left)
    blocking = _blocking(formulation, solution, best)
    n_eligible = np.diff(pairs.candidate_start)
    rows, lost = [], 0
    for candidate in left.tolist():
        if n_eligible[candidate] == 0:
            rows.append(_nothing_eligible(pairs, candidate, titles_nl))
            continue
        block, row = int(blocking.block[lost]), int(blocking.row[lost])
        full = None if block < 0 else (formulation.blocks[block], row)
        rows.append(_lost(pairs, int(best[lost]), full, int(n_eligible[candidate]), titles_nl))
        lost += 1
    return tuple(rows)


def _best_pairs(
    pairs: PairTable, gain: Ints, candidates: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the first best pair of each candidate that has any, candidates ascending."""
    start = pairs.candidate_start
    wanted = np.zeros(pairs.instance.n_candidates, dtype=np.bool_)
    wanted[candidates] = True
    member = np.flatnonzero(np.repeat(wanted, np.diff(start)))
    owner, first = np.unique(pairs.candidate[member], return_index=True)
    most = np.maximum.reduceat(gain[member], first) if first.size else gain[member]
    is_best = gain[member] == np.repeat(most, np.diff(start)[owner])
    best = member[is_best]
    _, at = np.unique(pairs.candidate[best], return_index=True)
    first_best: npt.NDArray[np.int64] = best[at]
    return first_best


def _nothing_eligible(pairs: PairTable, candidate: int, titles_nl: dict[str, str]) -> UnplacedRow:
    removed = {title: int(counts[candidate]) for title, counts in pairs.removed.items()}
    candidate_id = pairs.instance.candidate_ids[candidate]
    title = max(removed, key=lambda name: removed[name], default=None)
    if title is None or removed[title] == 0:
        return UnplacedRow(
            candidate_id=candidate_id,
            reason="no_eligible_opening",
            eligible_openings=0,
            text="no eligible opening: no pair with this candidate was given",
            text_nl="geen passende vacature: er is geen koppeling met deze kandidaat opgegeven",
        )
    count, total = removed[title], pairs.instance.n_openings
    return UnplacedRow(
        candidate_id=candidate_id,
        reason="no_eligible_opening",
        eligible_openings=0,
        because=title,
        about=str(count),
        text=f"no eligible opening: {title} removes {count:,} of {total:,}",
        text_nl=(
            f"geen passende vacature: {titles_nl.get(title, title)} sluit {count:,} van de"
            f" {total:,} uit"
        ),
    )


def _lost(
    pairs: PairTable,
    best: int,
    full: tuple[RowBlock, int] | None,
    n_eligible: int,
    titles_nl: dict[str, str],
) -> UnplacedRow:
    instance = pairs.instance
    candidate_id = instance.candidate_ids[pairs.candidate[best]]
    opening_id = instance.opening_ids[pairs.opening[best]]
    if full is None:
        return UnplacedRow(
            candidate_id=candidate_id,
            reason="not_worthwhile",
            eligible_openings=n_eligible,
            best_opening_id=opening_id,
            text=f"the total would not rise by a placement, also at {opening_id}",
            text_nl=f"een plaatsing verhoogt het totaal niet, ook niet bij {opening_id}",
        )
    block, row = full
    about = str(block.labels[row])
    title_nl = titles_nl.get(block.title, block.title)
    return UnplacedRow(
        candidate_id=candidate_id,
        reason="outcompeted",
        eligible_openings=n_eligible,
        best_opening_id=opening_id,
        because=block.title,
        about=about,
        text=f"outcompeted at the best opening {opening_id}: {block.title} ({about}) is full",
        text_nl=f"verdrongen bij de beste vacature {opening_id}: {title_nl} ({about}) is vol",
    )


def _blocking(
    formulation: Formulation, solution: Solution, pairs: npt.NDArray[np.int64]
) -> _Blocking:
    """Find for each of the pairs the first row that has no room for one more placement."""
    found = _Blocking(np.full(pairs.size, -1, dtype=np.int32), np.zeros(pairs.size, dtype=np.int64))
    values = solution.values(formulation)
    activity = formulation.activity(values)
    for number, block in enumerate(formulation.blocks):
        if block.room is not None:
            full, row = block.room(solution.chosen, formulation.own_values(values, number))
            at = np.flatnonzero(full[pairs])
            _note(found, number, at, row[pairs[at]])
        else:
            rows = slice(*formulation.row_offsets[number : number + 2])
            _note(found, number, *_tight(block, activity[rows], pairs))
    return found


def _tight(
    block: RowBlock, used: Ints, pairs: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.integer]]:
    """Return the (place in `pairs`, row) where one more placement would leave a row's limits.

    Rows that hold variables of their own are left out: a shortfall, say, makes room at its price.
    """
    at, row, amount = block.by_pair.of_pairs(pairs)
    after = used[row] + amount
    tight = (block.upper[row] != NO_UPPER) & (after > block.upper[row])
    # What lowers a sum: leaving a job that counts for a quota.
    tight |= (amount < 0) & (after < block.lower[row])
    if block.variable_usage is not None:
        tight &= np.diff(block.variable_usage.indptr)[row] == 0
    return at[tight], row[tight]


def _note(
    found: _Blocking,
    number: int,
    at: npt.NDArray[np.integer],
    row: npt.NDArray[np.integer],
) -> None:
    new = found.block[at] < 0
    found.block[at[new]] = number
    found.row[at[new]] = row[new]
