"""The pairs a user lists with ``pairs=``: read wholly, refused wholly, or turned into columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from placement_opt.constraints.base import BUILT_IN_PER
from placement_opt.errors import InvalidInputError, Problem
from placement_opt.instance import NOT_GIVEN, Bools, Indices, Instance, Ints
from placement_opt.listed_columns import ListedColumn, pairs_problem, read_labels, read_numbers
from placement_opt.listed_ids import read_ids
from placement_opt.pair_columns import BUILT_IN_COLUMNS
from placement_opt.pairs import Column, PairRule, PairTable

ID_COLUMNS = ("candidate_id", "opening_id")
SCORE = "score"
NUMERIC_COLUMNS = frozenset({SCORE, *BUILT_IN_COLUMNS})
_RANGES: Mapping[str, tuple[int, int]] = {
    "hours_per_week": (0, 168),
    "coaching_hours_per_week": (0, 168),
    "wage_value": (0, 1),
    "subsidy_eur_per_year": (0, 10**12),
    "subsidy_with_charges_eur_per_year": (0, 10**12),
}


def listed_pairs(instance: Instance, frame: Any, rules: Sequence[PairRule]) -> PairTable:
    """Read the eligible pairs that a user lists; rules can only remove some of them.

    Cost: O(rows log rows), vectorised; ids are looked up once per row or category.

    Parameters
    ----------
    instance
        The compiled region.
    frame
        A pandas frame, or a mapping from column names to sequences of one length. The columns
        ``candidate_id`` and ``opening_id`` hold ids (texts or categoricals), or integer positions
        in ``region.candidates`` and ``region.openings``. Every further column is one of numbers
        (at most 6 decimals; ``score`` may have any) or one of group labels (texts).
    rules
        Rules that may remove pairs.

    Returns
    -------
    PairTable
        The pairs that all rules allow, sorted, with the given columns beside them.

    Raises
    ------
    InvalidInputError
        With all problems of the frame: missing or reserved columns, unknown ids, pairs that are
        listed twice, and values that are missing or of a wrong kind, by row (from 0).
    """
    columns, problems = _columns_of(frame)
    problems += _name_problems(columns)
    ends, found = _read_ends(instance, columns)
    problems += found
    given, labels, found = _read_rest(columns)
    problems += found
    order = np.zeros(0, dtype=np.int64)
    if len(ends) == len(ID_COLUMNS):
        order, found = _sorted(instance, *ends)
        problems += found
    if problems:
        raise InvalidInputError(problems)
    pairs = PairTable(
        instance,
        candidate=ends[0][order],
        opening=ends[1][order],
        given={name: Column.of(column.values[order], column.scale) for name, column in given},
        labels={name: (code[order], texts) for name, code, texts in labels},
    )
    return _allowed(pairs, rules)


def given_of(pairs: PairTable, row: int) -> dict[str, Fraction | str]:
    """Return what the user gave for one pair: exact numbers and group labels, by column."""
    given: dict[str, Fraction | str] = {
        name: column.fraction(row) for name, column in pairs.given.items()
    }
    for name, (code, texts) in pairs.labels.items():
        if code[row] >= 0:
            given[name] = texts[code[row]]
    return given


def _columns_of(frame: Any) -> tuple[dict[str, ListedColumn], list[Problem]]:
    if not hasattr(frame, "keys") or not hasattr(frame, "__getitem__"):
        hint = "give a frame, or {'candidate_id': [...], 'opening_id': [...], 'score': [...]}"
        expected = "must be a frame or a mapping from column names to values"
        raise InvalidInputError.single("pairs", None, "pairs", type(frame).__name__, expected, hint)
    columns: dict[str, ListedColumn] = {}
    problems = []
    for name in dict.fromkeys(frame.keys()):
        if not isinstance(name, str):
            problems.append(pairs_problem("columns", name, "must be texts", f"rename {name!r}"))
        elif getattr(frame[name], "ndim", 1) != 1:
            hint = "give every column once, with one value a row"
            problems.append(pairs_problem(name, None, "must be one column", hint))
        else:
            columns[name] = ListedColumn(name, frame[name])
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        hint = "give one value a row in every column"
        expected = "must all have the same number of rows"
        raise InvalidInputError([*problems, pairs_problem("columns", lengths, expected, hint)])
    return columns, problems


def _name_problems(columns: Mapping[str, ListedColumn]) -> Iterator[Problem]:
    for name in ID_COLUMNS:
        if name not in columns:
            hint = f"add the column {name!r} to the frame"
            yield pairs_problem(name, None, "must be given", hint)
    for name in sorted(set(BUILT_IN_PER) & columns.keys()):
        expected = "must not be named like a way to group that every region has"
        yield pairs_problem("columns", name, expected, f"rename it, such as 'own_{name}'")


def _read_ends(
    instance: Instance, columns: Mapping[str, ListedColumn]
) -> tuple[list[Indices], list[Problem]]:
    region = instance.region
    kinds = (
        ("candidate", [record.id for record in region.candidates], instance.candidate_ids),
        ("opening", [record.id for record in region.openings], instance.opening_ids),
    )
    ends, problems = [], []
    for name, (noun, in_order, ids) in zip(ID_COLUMNS, kinds, strict=True):
        if name in columns:
            rows, found = read_ids(columns[name], noun, ids, in_order)
            ends.append(rows)
            problems += found
    return ends, problems


def _read_rest(
    columns: Mapping[str, ListedColumn],
) -> tuple[list[tuple[str, Column]], list[tuple[str, Indices, tuple[str, ...]]], list[Problem]]:
    given, labels = [], []
    problems: list[Problem] = []
    for name in sorted(set(columns) - {*ID_COLUMNS, *BUILT_IN_PER}):
        column = columns[name]
        if column.holds_texts and name not in NUMERIC_COLUMNS:
            code, texts, found = read_labels(column)
            labels.append((name, code, texts))
        else:
            numbers, found = read_numbers(column, rounded=name == SCORE)
            given.append((name, numbers))
            found = [*found, *(_out_of_range(name, numbers) if not found else ())]
        problems += found
    return given, labels, problems


def _out_of_range(name: str, column: Column) -> Iterator[Problem]:
    if name not in _RANGES:
        return
    low, high = _RANGES[name]
    wrong = (column.values < low * column.scale) | (column.values > high * column.scale)
    for row in np.flatnonzero(wrong).tolist():
        value = float(column.fraction(row))
        hint = "check the unit, or rename the column if it means something else"
        yield pairs_problem(name, value, f"must be from {low} to {high:_}", hint, row)


def _sorted(instance: Instance, candidate: Indices, opening: Indices) -> tuple[Ints, list[Problem]]:
    """Return the order of the pairs, and a problem for each row that lists a pair again."""
    key = candidate.astype(np.int64) * instance.n_openings + opening
    key[(candidate < 0) | (opening < 0)] = NOT_GIVEN
    order = np.argsort(key)
    ordered = key[order]
    if not np.any((ordered[1:] == ordered[:-1]) & (ordered[1:] != NOT_GIVEN)):
        return order, []
    order = np.argsort(key, kind="stable")
    return order, list(_twice(instance, key, order))


def _twice(instance: Instance, key: Ints, order: Ints) -> Iterator[Problem]:
    ordered = key[order]
    again = np.flatnonzero((ordered[1:] == ordered[:-1]) & (ordered[1:] != NOT_GIVEN)) + 1
    for place in again.tolist():
        row, earlier = int(order[place]), int(order[place - 1])
        candidate, opening = divmod(int(key[row]), instance.n_openings)
        pair = (instance.candidate_ids[candidate], instance.opening_ids[opening])
        hint = f"row {earlier} lists the same pair; keep one of both"
        yield pairs_problem("candidate_id, opening_id", pair, "must be listed once", hint, row)


def _allowed(pairs: PairTable, rules: Sequence[PairRule]) -> PairTable:
    """Remove the pairs that some rule does not allow, and count them per rule and candidate."""
    instance = pairs.instance
    kept = np.ones(pairs.n_pairs, dtype=np.bool_)
    rules = [rule for rule in rules if not rule.decided_by & pairs.given.keys()]
    removed = {rule.title: np.zeros(instance.n_candidates, dtype=np.int32) for rule in rules}
    for _, members in pairs.blocks():
        candidate, opening = pairs.candidate[members], pairs.opening[members]
        if not candidate.size:
            continue
        for rule in rules:
            mask = rule.allows(instance, candidate, opening)
            if mask is None:
                continue
            gone = np.bincount(candidate[~mask], minlength=instance.n_candidates)
            removed[rule.title] += gone.astype(np.int32)
            kept[members] &= mask
    return _restricted(pairs, kept, removed)


def _restricted(pairs: PairTable, kept: Bools, removed: Mapping[str, Indices]) -> PairTable:
    if bool(kept.all()):
        return replace(pairs, removed=removed)
    return replace(
        pairs,
        candidate=pairs.candidate[kept],
        opening=pairs.opening[kept],
        removed=removed,
        given={
            name: Column.of(column.values[kept], column.scale)
            for name, column in pairs.given.items()
        },
        labels={name: (code[kept], texts) for name, (code, texts) in pairs.labels.items()},
    )
