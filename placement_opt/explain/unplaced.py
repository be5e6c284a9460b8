"""Why a candidate has no placement: nothing eligible, outcompeted and by what, or not worthwhile.

Reads the plan's slack in the integer rows, so it costs one pass over the pairs of those who are
left, not a solve.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import NO_UPPER, Formulation, RowBlock
from placement_opt.instance import Ints
from placement_opt.pairs import PairTable
from placement_opt.result import UnplacedRow
from placement_opt.solvers.base import Solution


@dataclass(frozen=True, eq=False)
class _Blocking:
    """First rule and row that leave no room for each pair; -1 where all have room."""

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
    gain = formulation.objective.gain
    blocking = _blocking(formulation, solution)
    rows = []
    for candidate in left:
        start, stop = pairs.candidate_start[candidate : candidate + 2]
        if start == stop:
            rows.append(_nothing_eligible(pairs, int(candidate), titles_nl))
            continue
        best = int(start + np.argmax(gain[start:stop]))
        rows.append(_lost(pairs, formulation, blocking, best, int(stop - start), titles_nl))
    return tuple(rows)


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
    formulation: Formulation,
    blocking: _Blocking,
    best: int,
    n_eligible: int,
    titles_nl: dict[str, str],
) -> UnplacedRow:
    instance = pairs.instance
    candidate_id = instance.candidate_ids[pairs.candidate[best]]
    opening_id = instance.opening_ids[pairs.opening[best]]
    if blocking.block[best] < 0:
        return UnplacedRow(
            candidate_id=candidate_id,
            reason="not_worthwhile",
            eligible_openings=n_eligible,
            best_opening_id=opening_id,
            text=f"the total would not rise by a placement, also at {opening_id}",
            text_nl=f"een plaatsing verhoogt het totaal niet, ook niet bij {opening_id}",
        )
    block = formulation.blocks[blocking.block[best]]
    about = str(block.labels[blocking.row[best]])
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


def _blocking(formulation: Formulation, solution: Solution) -> _Blocking:
    """Find for each pair the first row that has no room for one more placement."""
    n_pairs = formulation.n_pairs
    found = _Blocking(np.full(n_pairs, -1, dtype=np.int32), np.zeros(n_pairs, dtype=np.int64))
    values = solution.values(formulation)
    for number, block in enumerate(formulation.blocks):
        if block.room is not None:
            full, row = block.room(solution.chosen, formulation.own_values(values, number))
            _note(found, number, np.flatnonzero(full), row[full])
        else:
            _note(found, number, *_tight(block, values[:n_pairs]))
    return found


def _tight(
    block: RowBlock, placed: Ints
) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.integer]]:
    """Return the (pair, row) where one more placement would leave a row's limits.

    Rows that hold variables of their own are left out: a shortfall, say, makes room at its price.
    """
    entries, used = block.usage.tocoo(), block.usage @ placed
    after = used[entries.row] + entries.data
    tight = (block.upper[entries.row] != NO_UPPER) & (after > block.upper[entries.row])
    # What lowers a sum: leaving a job that counts for a quota.
    tight |= (entries.data < 0) & (after < block.lower[entries.row])
    if block.variable_usage is not None:
        tight &= np.diff(block.variable_usage.indptr)[entries.row] == 0
    return entries.col[tight], entries.row[tight]


def _note(
    found: _Blocking,
    number: int,
    pair: npt.NDArray[np.integer],
    row: npt.NDArray[np.integer],
) -> None:
    new = found.block[pair] < 0
    found.block[pair[new]] = number
    found.row[pair[new]] = row[new]
