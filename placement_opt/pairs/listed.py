"""The pairs a user lists with ``pairs=``: read wholly, refused wholly, or turned into columns."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import (
    Findings,
    InvalidInputError,
    Problem,
    closest_hint,
    closest_ids,
    plain_name,
)
from placement_opt.basics.frame_columns import frame_columns
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.groupings import GROUPINGS, Ways, each_way
from placement_opt.instance.instance import Instance
from placement_opt.instance.variants import VARIANT, Variant
from placement_opt.pairs.columns import PAIR_COLUMNS
from placement_opt.pairs.listed_columns import ListedColumn, pairs_problem
from placement_opt.pairs.listed_given import GivenLabels, GivenNumbers, GivenOfPair
from placement_opt.pairs.listed_ids import read_ids
from placement_opt.pairs.listed_variants import read_variants
from placement_opt.pairs.rule_protocols import PairRule, PairTerm, gather_problems
from placement_opt.pairs.table import PairTable

ID_COLUMNS = ("candidate_id", "opening_id")
SCORE = "score"
NUMERIC_COLUMNS = frozenset({SCORE, *PAIR_COLUMNS})
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class ColumnUses:
    """Which columns are judged, and how: those that the library computes or something names.

    `summed` are numbers that rules sum, `valued` numbers that terms count, `grouped` labels.
    """

    summed: frozenset[str]
    valued: frozenset[str]
    grouped: frozenset[str]

    @classmethod
    def of(cls, rules: Sequence[PairRule], terms: Sequence[PairTerm]) -> "ColumnUses":
        """Ask all rules and terms."""
        amounts = (name for name, column in PAIR_COLUMNS.items() if column.is_amount)
        return cls(
            summed=frozenset(amounts).union(*(rule.summed_columns for rule in rules)),
            valued=frozenset({SCORE}).union(*(term.valued_columns for term in terms)),
            grouped=frozenset(way for rule in rules for way in each_way(_per(rule))),
        )

    @property
    def numbers(self) -> frozenset[str]:
        """Columns that something reads as numbers."""
        return self.summed | self.valued


def _per(rule: PairRule) -> Ways:
    per = getattr(rule, "per", ())
    return per if isinstance(per, tuple) else str(per)


def listed_pairs(
    instance: Instance,
    frame: Any,
    rules: Sequence[PairRule],
    terms: Sequence[PairTerm] = (),
    findings: Findings | None = None,
) -> PairTable:
    """Read the eligible pairs that a user lists; rules can only remove some of them.

    Cost: O(rows log rows), vectorised; ids are looked up once per row or category, and a column is
    read when something uses it.

    Parameters
    ----------
    instance
        The compiled region.
    frame
        A frame of pandas or polars, or a mapping from column names to sequences of one length. The
        columns ``candidate_id`` and ``opening_id`` hold ids (texts or categoricals), or integer
        positions in ``region.candidates`` and ``region.openings``. A column ``variant`` names ways
        in which a pair can be had: it is then listed once for each, with values of its own. Every
        further column is one of numbers or one of group labels (texts). Numbers that a rule sums
        are read on a grid of 10^-6, and those that only terms value with as many digits as fit (see
        `rounded_array`).
    rules
        All rules of the model; some may remove pairs.
    terms
        All terms of the objective.
    findings
        Where problems are gathered; the rows that are sound are then returned, so that rules and
        terms can tell theirs with them. None raises the problems.

    Returns
    -------
    PairTable
        The pairs that all rules allow, sorted, with the given columns beside them. A column that
        no rule or term names, and that overrides no computed one, is not judged.

    Raises
    ------
    InvalidInputError
        With all problems of the frame: missing or reserved columns, unknown ids, pairs that are
        listed twice, and values that are missing or of a wrong kind, by row (from 0). With
        `findings` only where nothing of the frame can be read.
    """
    wrong = Findings() if findings is None else findings
    uses = ColumnUses.of(rules, terms)
    columns, problems = columns_of(frame)
    problems += name_problems(columns)
    ends, found = read_ends(instance, columns)
    problems += found
    variant, variants, found = read_variants(columns)
    problems += found
    given, labels = _rest(columns, uses)
    problems += given.problems(uses.numbers)
    problems += labels.problems(uses.grouped)
    order = np.zeros(0, dtype=np.int64)
    if len(ends) == len(ID_COLUMNS):
        order, found = _sorted(instance, ends[0], ends[1], variant, variants)
        problems += found
    if problems:
        if len(ends) < len(ID_COLUMNS):
            raise InvalidInputError(problems)
        wrong.add(problems)
        order = order[(ends[0][order] >= 0) & (ends[1][order] >= 0)]

    def table(kept: Ints) -> PairTable:
        return PairTable(
            instance,
            candidate=ends[0][kept],
            opening=ends[1][kept],
            variant=None if variant is None else variant[kept],
            variants=variants,
            given=given.of_pairs(kept),
            labels=labels.of_pairs(kept),
        )

    pairs = table(order)
    gather_problems(rules, instance, wrong)
    kept, removed = _allowed(pairs, rules, wrong)
    if findings is None:
        wrong.refuse()
    return replace(pairs if bool(kept.all()) else table(order[kept]), removed=removed)


def given_of(pairs: PairTable, row: int) -> Mapping[str, Fraction | str]:
    """Return what the user gave for one pair, each column read when it is asked for."""
    return GivenOfPair(pairs, row)


def columns_of(frame: Any) -> tuple[dict[str, ListedColumn], list[Problem]]:
    """Return the columns of a frame or mapping by name, and what is wrong with their names.

    Raises
    ------
    InvalidInputError
        When it is neither, or its columns differ in length.
    """
    given = frame_columns(frame)
    if given is None:
        hint = "give a frame, or {'candidate_id': [...], 'opening_id': [...], 'score': [...]}"
        expected = "must be a frame or a mapping from column names to values"
        raise InvalidInputError.single("pairs", None, "pairs", type(frame).__name__, expected, hint)
    columns: dict[str, ListedColumn] = {}
    problems = []
    names = [name for name, _ in given]
    for name, values in dict(given).items():
        if not isinstance(name, str):
            problems.append(pairs_problem("columns", name, "must be texts", f"rename {name!r}"))
        elif names.count(name) > 1 or not _is_column(values):
            hint = "give every column once, with one value a row"
            problems.append(pairs_problem(name, None, "must be one column", hint))
        else:
            columns[name] = ListedColumn(name, values)
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        hint = "give one value a row in every column"
        expected = "must all have the same number of rows"
        raise InvalidInputError([*problems, pairs_problem("columns", lengths, expected, hint)])
    return columns, problems


def _is_column(values: Any) -> bool:
    has_rows = hasattr(values, "__len__") and hasattr(values, "__getitem__")
    return has_rows and not isinstance(values, str | bytes | Mapping) and _ndim(values) == 1


def _ndim(values: Any) -> int:
    return int(getattr(values, "ndim", 1))


def name_problems(columns: Mapping[str, ListedColumn]) -> Iterator[Problem]:
    """Yield a problem for each column that is missing, misspelt or named like a way to group."""
    misspelt = _misspelt(columns)
    for name in ID_COLUMNS:
        if name not in columns and name not in misspelt:
            close = closest_ids(name, set(columns) - {*ID_COLUMNS})
            hint = f"{closest_hint(close)}? " if close else ""
            hint += f"add the column {name!r} to the frame"
            yield pairs_problem(name, None, "must be given", hint)
    for name, written in misspelt.items():
        hint = f"rename it to {name!r}"
        if _BYTE_ORDER_MARK in written:
            hint += '; its first character is a byte-order mark: read the file as "utf-8-sig"'
        yield pairs_problem("columns", written, f"must be written as {name!r}", hint)
    for name in sorted(GROUPINGS.keys() & columns.keys()):
        expected = "must not be named like a way to group that every region has"
        yield pairs_problem("columns", name, expected, f"rename it, such as 'own_{name}'")


def column_names(frame: Any) -> tuple[str, ...]:
    """Return the names of the columns of ``pairs=``; none where it is no frame at all."""
    names = frame if isinstance(frame, Mapping) else getattr(frame, "columns", ())
    is_listed = isinstance(names, Iterable) and not isinstance(names, str)
    return tuple(name for name in names if isinstance(name, str)) if is_listed else ()


def _misspelt(columns: Collection[str]) -> dict[str, str]:
    """Return how a name with a meaning is written, where only blanks or capitals set it apart."""
    meant = {*ID_COLUMNS, VARIANT, *NUMERIC_COLUMNS} - set(columns)
    return {plain: name for name in columns if (plain := plain_name(name)) in meant}


def read_ends(
    instance: Instance, columns: Mapping[str, ListedColumn]
) -> tuple[list[Indices], list[Problem]]:
    """Return the rows of candidates and openings that the columns of ids name, -1 for unknown."""
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


def _rest(
    columns: Mapping[str, ListedColumn], uses: ColumnUses
) -> tuple[GivenNumbers, GivenLabels]:
    """Tell the columns of numbers and of labels apart; neither is read yet."""
    named = {*ID_COLUMNS, VARIANT, *GROUPINGS}
    rest = {name: columns[name] for name in sorted(set(columns) - named)}
    labels = {
        name: column
        for name, column in rest.items()
        if name not in uses.numbers and column.holds_texts
    }
    numbers = {name: column for name, column in rest.items() if name not in labels}
    every = np.arange(len(next(iter(columns.values()), ())), dtype=np.int64)
    fine = uses.valued - uses.summed
    return GivenNumbers(numbers, every, fine), GivenLabels(labels, every)


def _sorted(
    instance: Instance,
    candidate: Indices,
    opening: Indices,
    variant: Indices | None,
    variants: Sequence[Variant],
) -> tuple[Ints, list[Problem]]:
    """Return the order of the pairs, and a problem for each row that lists a pair again."""
    key = candidate.astype(np.int64) * instance.n_openings + opening
    is_known = (candidate >= 0) & (opening >= 0)
    if variant is not None:
        key = key * len(variants) + variant
        is_known &= variant >= 0
    key[~is_known] = NOT_GIVEN
    order = np.argsort(key)
    ordered = key[order]
    if not np.any((ordered[1:] == ordered[:-1]) & (ordered[1:] != NOT_GIVEN)):
        return order, []
    order = np.argsort(key, kind="stable")
    return order, list(_twice(instance, key, order, variants))


def _twice(
    instance: Instance, key: Ints, order: Ints, variants: Sequence[Variant]
) -> Iterator[Problem]:
    columns = ", ".join((*ID_COLUMNS, VARIANT) if variants else ID_COLUMNS)
    ordered = key[order]
    again = np.flatnonzero((ordered[1:] == ordered[:-1]) & (ordered[1:] != NOT_GIVEN)) + 1
    for place in again.tolist():
        row, earlier = int(order[place]), int(order[place - 1])
        number, code = divmod(int(key[row]), max(1, len(variants)))
        candidate, opening = divmod(number, instance.n_openings)
        pair = [instance.candidate_ids[candidate], instance.opening_ids[opening]]
        pair += [way.label for way in variants[code : code + 1]]
        hint = f"row {earlier} lists the same pair; keep one of both"
        yield pairs_problem(columns, tuple(pair), "must be listed once", hint, row)


def _allowed(
    pairs: PairTable, rules: Sequence[PairRule], findings: Findings
) -> tuple[Bools, dict[str, Indices]]:
    """Mark the pairs that all rules allow, and count the others per rule and candidate."""
    instance = pairs.instance
    kept = np.ones(pairs.n_pairs, dtype=np.bool_)
    rules = [rule for rule in rules if not rule.decided_by & pairs.given.keys()]
    removed = {rule.title: np.zeros(instance.n_candidates, dtype=np.int32) for rule in rules}
    for _, members in pairs.blocks():
        candidate, opening = pairs.candidate[members], pairs.opening[members]
        if not candidate.size:
            continue
        for rule in rules:
            mask = None
            with findings.gathered():
                mask = rule.allows(instance, candidate, opening)
            if mask is None:
                continue
            whose = candidate[~mask & pairs.is_first_way[members]]
            gone = np.bincount(whose, minlength=instance.n_candidates)
            removed[rule.title] += gone.astype(np.int32)
            kept[members] &= mask
    return kept, removed
