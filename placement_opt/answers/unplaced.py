"""Why a candidate has no placement, in words: nothing eligible, outcompeted and by what, no gain.

`placement_opt.answers.reasons` says when each reason is true. All of it is read from the plan, the
integer rows and their prices: a pass over the pairs of those who are left, not a solve.
"""

from collections.abc import Sequence

import numpy as np

from placement_opt.answers.reasons import Kind, Reason, reasons
from placement_opt.answers.row_words import RowWords
from placement_opt.basics.arrays import Bools, Floats
from placement_opt.basics.rows import UnplacedRow
from placement_opt.constraints.base import Rule
from placement_opt.constraints.opening_capacity import OpeningCapacity
from placement_opt.formulation.formulation import Formulation
from placement_opt.pairs.table import PairTable
from placement_opt.solvers.search.board import Solution


def unplaced_rows(
    pairs: PairTable,
    formulation: Formulation,
    solution: Solution,
    rules: Sequence[Rule],
    prices: Floats,
) -> tuple[UnplacedRow, ...]:
    """Return a reason for every candidate without a placement, ids ascending.

    Parameters
    ----------
    pairs, formulation
        The compiled problem.
    solution
        The verified plan.
    rules
        The rules of the model.
    prices
        What a unit of each row is worth; see `placement_opt.answers.row_prices`.
    """
    placed = np.zeros(pairs.instance.n_candidates, dtype=np.bool_)
    placed[pairs.candidate[solution.chosen]] = True
    left = np.flatnonzero(~placed)
    start = pairs.candidate_start.astype(np.int64)
    closed = _closed(pairs, formulation)
    found = reasons(formulation, solution, prices, start, left, closed)
    told = {reason.of: reason for reason in found}
    words = _Words(pairs, formulation, rules, closed)
    return tuple(
        words.row(told[candidate]) if candidate in told else words.nothing_eligible(candidate)
        for candidate in left.tolist()
    )


def _closed(pairs: PairTable, formulation: Formulation) -> Bools:
    """Tell which pairs are of an opening without positions, where positions are counted."""
    if all(block.title != OpeningCapacity.title for block in formulation.blocks):
        return np.zeros(pairs.n_pairs, dtype=np.bool_)
    closed: Bools = (pairs.instance.openings.positions == 0)[pairs.opening]
    return closed


class _Words:
    """Tells reasons in the user's ids, in English and in Dutch."""

    def __init__(
        self, pairs: PairTable, formulation: Formulation, rules: Sequence[Rule], closed: Bools
    ) -> None:
        self._pairs = pairs
        self._rows = RowWords(formulation, rules)
        is_open = ~closed if pairs.variant is None else ~closed & pairs.is_first_way
        n_candidates = pairs.instance.n_candidates
        self._n_open = np.bincount(pairs.candidate[is_open], minlength=n_candidates).tolist()

    def nothing_eligible(self, candidate: int) -> UnplacedRow:
        """Tell which pair rule removed most of the pairs of somebody who has none."""
        pairs = self._pairs
        removed = {title: int(counts[candidate]) for title, counts in pairs.removed.items()}
        title = max(removed, key=lambda name: removed[name], default=None)
        if title is None or removed[title] == 0:
            return self._told(
                candidate,
                "no_eligible_opening",
                "no eligible opening: no pair with this candidate was given",
                "geen passende vacature: er is geen koppeling met deze kandidaat opgegeven",
            )
        count, total = removed[title], pairs.instance.n_jobs
        return self._told(
            candidate,
            "no_eligible_opening",
            f"no eligible opening: {title} removes {count:,} of {total:,}",
            f"geen passende vacature: {self._rows.title_nl(title)} sluit {count:,} van de"
            f" {total:,} uit",
            because=title,
            about=str(count),
        )

    def row(self, reason: Reason) -> UnplacedRow:
        """Tell the reason of somebody who has pairs."""
        if reason.kind is Kind.CLOSED:
            return self._all_closed(reason)
        opening = self._pairs.instance.opening_ids[self._pairs.opening[reason.pair]]
        at_best = {"eligible_openings": self._n_open[reason.of], "best_opening_id": opening}
        if reason.kind is Kind.ROOM_LEFT:
            return self._told(
                reason.of,
                "room_left",
                f"there is room at {opening} and the total would rise: a better plan is open,"
                " within the gap of this one",
                f"bij {opening} is ruimte en het totaal zou stijgen: een beter plan is mogelijk,"
                " binnen de marge van dit plan",
                **at_best,
            )
        if reason.kind is Kind.NOT_WORTHWHILE:
            return self._told(
                reason.of,
                "not_worthwhile",
                f"the total would not rise by a placement, also at {opening}",
                f"een plaatsing verhoogt het totaal niet, ook niet bij {opening}",
                **at_best,
            )
        rows = [self._rows.named(row) for row in reason.rows]
        head, head_nl = "outcompeted at the best opening", "verdrongen bij de beste vacature"
        alone = alone_nl = ""
        if reason.kind is Kind.TOO_LARGE:
            head, head_nl = "no room at the best opening", "geen ruimte bij de beste vacature"
            alone = ", even for this candidate alone"
            alone_nl = ", ook niet voor deze kandidaat alleen"
        lacking, lacking_nl = self._rows.without_room(reason)
        return self._told(
            reason.of,
            "outcompeted",
            f"{head} {opening}{alone}: {lacking}",
            f"{head_nl} {opening}{alone_nl}: {lacking_nl}",
            because=rows[0].title,
            about=rows[0].about,
            **at_best,
        )

    def _all_closed(self, reason: Reason) -> UnplacedRow:
        total = int(self._pairs.eligible_openings[reason.of])
        return self._told(
            reason.of,
            "no_eligible_opening",
            f"no open opening: {OpeningCapacity.title} leaves none of {total:,}, all are closed",
            f"geen open vacature: alle {total:,} zijn gesloten ({OpeningCapacity.title_nl})",
            because=OpeningCapacity.title,
            about=str(total),
        )

    def _told(
        self, candidate: int, reason: str, text: str, text_nl: str, **fields: str | int
    ) -> UnplacedRow:
        told = {
            "candidate_id": self._pairs.instance.candidate_ids[candidate],
            "reason": reason,
            "eligible_openings": 0,
            "text": text,
            "text_nl": text_nl,
        }
        return UnplacedRow.model_validate(told | fields)
