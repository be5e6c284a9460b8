"""How the column of variants is read: each label names a way in which pairs can be had."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.basics.errors import Problem
from placement_opt.instance.variants import VARIANT, Variant
from placement_opt.pairs.listed_columns import ListedColumn, read_labels
from placement_opt.pairs.table import PairTable


def read_variants(
    columns: Mapping[str, ListedColumn],
) -> tuple[Indices | None, tuple[Variant, ...], list[Problem]]:
    """Read the column of variants.

    Returns
    -------
    code : ndarray of int32, shape (rows,), or None
        Position of each row's variant, -1 where it has none; None without such a column.
    variants : tuple of Variant
        The variants that occur, labels ascending.
    problems : list of Problem
        The rows without a label: of a pair in several ways each one has a name.
    """
    if VARIANT not in columns:
        return None, (), []
    code, labels, problems = read_labels(columns[VARIANT])
    return code, tuple(map(Variant, labels)), problems


def in_variants(
    pairs: PairTable, pair: Ints, code: Indices, variants: tuple[Variant, ...]
) -> tuple[PairTable, Ints]:
    """Put pairs in the ways that are listed for them; all others keep their one way.

    Parameters
    ----------
    pairs
        Pairs in one way each.
    pair, code
        The pair of each listed row, and the position of its variant, aligned.
    variants
        The variants.

    Returns
    -------
    PairTable
        The pairs, a row for each way.
    ndarray of int64
        The row of each that was listed.
    """
    key = pair * np.int64(len(variants)) + code
    listed, at = np.unique(key, return_inverse=True)
    of_listed = listed // max(1, len(variants))
    n_ways = np.bincount(of_listed, minlength=pairs.n_pairs)
    source = np.repeat(np.arange(pairs.n_pairs), np.maximum(n_ways, 1))
    variant = np.full(source.size, -1, dtype=np.int32)
    rows = np.flatnonzero(n_ways[source] > 0)
    variant[rows] = listed - of_listed * len(variants)
    table = replace(
        pairs,
        candidate=pairs.candidate[source],
        opening=pairs.opening[source],
        variant=variant,
        variants=variants,
    )
    return table, rows[at]
