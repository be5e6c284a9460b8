"""Prices to start from: those of an earlier result, on the rows of today.

What changed since is mostly little, so that the prices of before are near those of today. They are
a start and prove nothing by themselves; whoever uses them proves a bound with them again.
"""

import logging

import numpy as np

from placement_opt.basics.arrays import Bools, Floats
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock
from placement_opt.run.compiled import Compiled
from placement_opt.run.result_record import ResultRecord
from placement_opt.solvers.relaxation.pricing import Pricing

_log = logging.getLogger("placement_opt")


def start_prices(compiled: Compiled, earlier: ResultRecord | None) -> Floats | None:
    """Return prices of all rows in objective units, shape (R,); None where nothing tells them.

    Rows are the same where rule and label are. A row that is new, such as that of an opening, gets
    the price at which no more people would take it than it has room for; other new rows get none.

    Parameters
    ----------
    compiled
        The problem of today.
    earlier
        An earlier result that knows its model, of any region.
    """
    before = None if earlier is None else earlier.compiled()
    if earlier is None or before is None or earlier.certificate is None:
        return None
    if earlier.certificate.proves != "bound":
        return None
    try:
        known = earlier.certificate.prices(before.formulation)
    except (ValueError, IndexError, OverflowError) as error:
        _log.info("the prices of the start plan are not used: %s", error)
        return None
    prices, is_new = _on_rows_of(compiled, before, known)
    prices *= compiled.formulation.objective.scale
    return _with_new_rows(compiled, prices, is_new)


def _on_rows_of(compiled: Compiled, before: Compiled, known: Floats) -> tuple[Floats, Bools]:
    """Look prices up by rule and label; tell which rows are new."""
    formulation, old = compiled.formulation, before.formulation
    prices, is_new = np.zeros(formulation.n_rows), np.ones(formulation.n_rows, dtype=np.bool_)
    number_of = {rule.key: number for number, rule in enumerate(before.rules_of_blocks)}
    for number, rule in enumerate(compiled.rules_of_blocks):
        if rule.key not in number_of:
            continue
        block, of = formulation.blocks[number], old.blocks[number_of[rule.key]]
        place = {label: row for row, label in enumerate(of.labels)}
        row = np.array([place.get(label, -1) for label in block.labels], dtype=np.int64)
        first, at = formulation.row_offsets[number], np.flatnonzero(row >= 0)
        # Rows are divided by what their coefficients share, which changes as people come and go.
        size = _sizes(block)[at] / _sizes(of)[row[at]]
        prices[first + at] = known[old.row_offsets[number_of[rule.key]] + row[at]] * size
        is_new[first + at] = False
    return prices, is_new


def _sizes(block: RowBlock) -> Floats:
    """Return how much one integer of each row is in the user's unit."""
    if block.limits is None:
        return np.ones(len(block))
    return np.array([float(size) for size in block.limits.size])


def _with_new_rows(compiled: Compiled, prices: Floats, is_new: Bools) -> Floats:
    """Price new rows that limit a number of pairs: at the gain of the first who finds no room.

    What somebody gains there is told beside the best of their pairs in rows that were there.
    """
    formulation = compiled.formulation
    pricing = Pricing(formulation)
    anchor = pricing.anchor
    if anchor is None:
        return prices
    rows = [
        (formulation.row_offsets[number] + row, block.usage[[row]].indices, int(block.upper[row]))
        for number, block in enumerate(formulation.blocks)
        if block.each_pair_once and formulation.row_offsets[number] != anchor.rows.start
        for row in np.flatnonzero(is_new[formulation.row_offsets[number] :][: len(block)]).tolist()
        if block.lower[row] == NO_LOWER
    ]
    if not rows:
        return prices
    proven = pricing.settled(prices)
    of_row = anchor.row_of_pair.astype(np.int64) - 1
    left = proven.reduced[: formulation.n_pairs] + proven.prices[anchor.rows][of_row]
    others = left.copy()
    others[np.concatenate([pairs for _, pairs, _ in rows])] = -np.inf
    best = np.maximum(pricing.largest(others), 0.0)
    result = proven.prices
    for row, pairs, limit in rows:
        gain = np.sort(left[pairs] - best[of_row[pairs]])[::-1]
        result[row] = max(0.0, float(gain[limit])) if limit < gain.size else 0.0
    return result
