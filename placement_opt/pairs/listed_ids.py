"""How ids in listed pairs are read: texts, categories, or positions in the user's own order."""

from collections.abc import Iterator, Sequence

import numpy as np

from placement_opt.basics.arrays import Indices
from placement_opt.basics.bsn import masked
from placement_opt.basics.errors import SHOWN_PROBLEMS, Problem, closest_hint, closest_ids
from placement_opt.basics.frame_columns import is_missing
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.pairs.listed_columns import ListedColumn, pairs_problem, positions_of


def read_ids(
    column: ListedColumn, noun: str, ids: Sequence[str], in_order: Sequence[str]
) -> tuple[Indices, list[Problem]]:
    """Turn a column of ids or positions into instance rows.

    Parameters
    ----------
    column
        The column.
    noun
        Kind of record: ``"candidate"`` or ``"opening"``.
    ids
        Ids of the records, ascending: position i is row i.
    in_order
        The same ids in the order of the user's records, which integer positions refer to.

    Returns
    -------
    rows : ndarray of int32, shape (rows,)
        Instance row of each entry, -1 where unknown.
    problems : list of Problem
        One for each unknown id (at its first row), each missing id and each wrong position.
    """
    row_of = {id_: row for row, id_ in enumerate(ids)}
    if column.categories is not None:
        categories, codes = column.categories
        # The last entry, at -1, is for rows that have no category at all.
        of_category = np.append(positions_of(categories, row_of), NOT_GIVEN)
        rows = of_category[codes].astype(np.int32)
        return rows, _unknown_ids(column, rows, noun, ids)
    kind = column.array.dtype.kind
    if kind in "iu":
        return _positions(column, noun, [row_of[id_] for id_ in in_order])
    if kind in "OUT" or not len(column):
        rows = positions_of(column.array.tolist(), row_of).astype(np.int32)
        return rows, _unknown_ids(column, rows, noun, ids)
    expected = f"must hold {noun} ids (texts) or integer positions"
    hint = "a missing id turns a column of integers into floats; leave such rows out"
    given = f"values of type {column.array.dtype}"
    problem = pairs_problem(column.name, given, expected, hint)
    return np.full(len(column), NOT_GIVEN, dtype=np.int32), [problem]


def _positions(
    column: ListedColumn, noun: str, row_of_position: Sequence[int]
) -> tuple[Indices, list[Problem]]:
    position = column.array
    wrong = (position < 0) | (position >= len(row_of_position))
    rows = np.array(row_of_position, dtype=np.int32)[np.where(wrong, 0, position).astype(np.int64)]
    rows[wrong] = NOT_GIVEN
    expected = f"must be a position from 0 to {len(row_of_position) - 1}"
    hint = f"count from 0 in the order of region.{noun}s, or give ids"
    return rows, [
        pairs_problem(column.name, int(position[row]), expected, hint, row)
        for row in np.flatnonzero(wrong).tolist()
    ]


def _unknown_ids(
    column: ListedColumn, rows: Indices, noun: str, ids: Sequence[str]
) -> list[Problem]:
    unknown = np.flatnonzero(rows == NOT_GIVEN).tolist()
    return list(_told(column, unknown, noun, ids)) if unknown else []


def _told(
    column: ListedColumn, unknown: Sequence[int], noun: str, ids: Sequence[str]
) -> Iterator[Problem]:
    told: set[str] = set()
    expected = f"must be the id of a known {noun}"
    for row in unknown:
        value = column.array[row]
        if is_missing(value):
            yield pairs_problem(column.name, None, expected, "leave the row out", row)
        elif not isinstance(value, str):
            hint = "give ids as texts, or a whole column of integer positions"
            yield pairs_problem(column.name, value, expected, hint, row)
        elif value not in told:
            told.add(value)
            # Looking for close ids takes a while; only the shown problems are worth it.
            close = closest_ids(value, ids) if len(told) <= SHOWN_PROBLEMS else ()
            yield pairs_problem(column.name, masked(value), expected, closest_hint(close), row)
