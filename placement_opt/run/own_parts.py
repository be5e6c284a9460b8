"""Rules and terms of the user's own: what is wrong with one is told as the user's, by its name.

The library's rules and terms are asked as they are. Those of a user are asked through `OwnRule` and
`OwnTerm`, which look at what comes back: nothing that a user's class does wrong ends in an error of
ours, and nothing of it is guessed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.rows import AssumptionRow, RemarkRow
from placement_opt.constraints import RULES
from placement_opt.constraints.base import Rule
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.objectives import TERMS
from placement_opt.objectives.base import Term
from placement_opt.pairs.listed_columns import ListedColumn, read_numbers
from placement_opt.pairs.table import Column, PairTable

Part: TypeAlias = Rule | Term

_SEE = "see docs/adding_a_rule.md"
_NEEDED: Sequence[tuple[type[Part], tuple[str, ...], str, str]] = (
    (
        Rule,
        ("violations",),
        "must be defined: it judges a plan by a plain reading of the records",
        f"write `def violations(self, plan)`, which yields `self.broken(...)`; {_SEE}",
    ),
    (
        Rule,
        ("lower", "allows"),
        "must be defined: without rows or a mask of pairs no plan would keep the rule",
        f"write `lower`, which returns rows, or `allows`, which returns a mask of pairs; {_SEE}",
    ),
    (
        Term,
        ("points",),
        "must be defined: it gives the points of each eligible pair",
        f"write `def points(self, pairs)`, which returns a number for each pair; {_SEE}",
    ),
    (
        Term,
        ("value",),
        "must be defined: it reads the points of a plan from the records",
        f"write `def value(self, plan)`, which returns the unweighted sum; {_SEE}",
    ),
)


def is_own(part: Part) -> bool:
    """Tell whether a rule or term is of a class of the user's, not of the library."""
    return type(part) not in {*RULES, *TERMS}


def unfinished(part: Part) -> Iterator[Problem]:
    """Yield what a rule or term of the user's own lacks, before it is asked for anything."""
    kind = type(part)
    for base, methods, expected, hint in _NEEDED:
        if isinstance(part, base) and all(
            getattr(kind, method) is getattr(base, method) for method in methods
        ):
            yield _problem(part, methods[0], None, expected, hint)
    title = getattr(kind, "title", None)
    if not isinstance(title, str) or not title:
        yield _problem(
            part, "title", title, "must be a text on the class", 'write `title = "my rule"`'
        )
    named = part.rule if isinstance(part, Rule) else part.term
    library = {known.__name__: known for known in (*RULES, *TERMS)}.get(named)
    if library is not None and not isinstance(part, library):
        hint = f"name it after its class: {kind.__name__!r}"
        expected = "must not be the name of one of the library's own"
        yield _problem(part, part.id_field, named, expected, hint)


def _problem(part: Part, field: str, value: object, expected: str, hint: str) -> Problem:
    return Problem(part.subject, type(part).__name__, field, value, expected, hint)


def _refuse(part: Part, field: str, value: object, expected: str, hint: str) -> NoReturn:
    raise InvalidInputError([_problem(part, field, value, expected, hint)])


def _asked(part: Part, method: str, *given: Any) -> Any:
    """Call a method of the user's.

    Raises
    ------
    InvalidInputError
        When it raises: names the class and the method, and keeps the error as its cause.
    """
    try:
        return getattr(part, method)(*given)
    except (InvalidInputError, MemoryError):
        raise
    except Exception as error:
        hint = f"mend `{method}` of {type(part).__name__}; the cause of this error says where"
        told = f"{type(error).__name__}: {error}"
        found = _problem(part, method, told, "must run without an error", hint)
        raise InvalidInputError([found]) from error


class OwnRule:
    """Asks a rule of the user's own, and looks at what it says."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.title = rule.title
        self.decided_by = rule.decided_by
        self.judges_steps = rule.judges_steps
        self.summed_columns = rule.summed_columns
        self.per = getattr(rule, "per", ())

    def problems(self, instance: Instance) -> list[Problem]:
        """Return what the records leave out that the rule needs."""
        return list(_asked(self._rule, "problems", instance))

    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        """Return the rule's mask over the pairs, of their shape."""
        answer = _asked(self._rule, "allows", instance, candidate, opening)
        if answer is None:
            return None
        mask, shape = np.asarray(answer), np.broadcast_shapes(candidate.shape, opening.shape)
        expected = f"must be a mask (dtype bool) that broadcasts to shape {shape}"
        hint = "compare columns at `candidate` and `opening`, which broadcast against each other"
        try:
            wide = np.broadcast_to(mask, shape)
        except ValueError:
            _refuse(self._rule, "allows", f"an array of shape {mask.shape}", expected, hint)
        if mask.dtype != np.bool_:
            _refuse(self._rule, "allows", f"an array of {mask.dtype}", expected, hint)
        return wide

    def allows_ways(self, pairs: PairTable) -> Bools | None:
        """Return the rule's mask over the ways of pairs."""
        answer = _asked(self._rule, "allows_ways", pairs)
        if answer is None:
            return None
        mask = np.asarray(answer)
        if mask.dtype != np.bool_ or mask.shape != (pairs.n_pairs,):
            expected = f"must be a mask (dtype bool) of shape {(pairs.n_pairs,)}"
            told = f"an array of {mask.dtype} of shape {mask.shape}"
            hint = "compare columns at `pairs.person`, `pairs.opening` or `pairs.variant`"
            _refuse(self._rule, "allows_ways", told, expected, hint)
        return mask

    def lower(self, pairs: PairTable) -> RowBlock | None:
        """Return the rule's rows."""
        block = _asked(self._rule, "lower", pairs)
        if block is None:
            return None
        if not isinstance(block, RowBlock):
            hint = f"build one with `grouped_limit`, or as RowBlock(self.title, ...); {_SEE}"
            kind = type(block).__name__
            _refuse(self._rule, "lower", kind, "must return a RowBlock or None", hint)
        self._refuse_rows(_wrong_rows(block, pairs.n_pairs))
        own = block.variable_usage
        block = replace(
            block,
            usage=block.usage.tocsr(),
            lower=np.asarray(block.lower, dtype=np.int64),
            upper=np.asarray(block.upper, dtype=np.int64),
            variable_usage=None if own is None else own.tocsr(),
        )
        self._refuse_rows(_wrong_declarations(block))
        return block

    def _refuse_rows(self, wrong: Iterable[tuple[str, str, str]]) -> None:
        for field, value, expected in wrong:
            hint = f"return `{field}` as RowBlock asks for it; {_SEE}"
            _refuse(self._rule, f"lower: {field}", value, expected, hint)

    def remarks(self, pairs: PairTable) -> list[RemarkRow]:
        """Return what the rule accepts and is perhaps not meant."""
        return list(_asked(self._rule, "remarks", pairs))

    def assumptions(self, pairs: PairTable) -> list[AssumptionRow]:
        """Return what the rule takes for granted."""
        return list(_asked(self._rule, "assumptions", pairs))


def _wrong_rows(block: Any, n_pairs: int) -> Iterator[tuple[str, str, str]]:
    """Yield (field, what it is, what it has to be) for what is wrong with a block of rows."""
    limits = {"lower": np.asarray(block.lower), "upper": np.asarray(block.upper)}
    n_rows, n_own = len(block.labels), block.n_own
    for field, limit in limits.items():
        if limit.dtype.kind not in "iu" or limit.shape != (n_rows,):
            told = f"{limit.dtype} of shape {limit.shape}"
            yield field, told, f"must be integers, one for each of the {n_rows} labels"
    shapes: dict[str, tuple[Any, int]] = {"usage": (block.usage, n_pairs)}
    if block.variables is not None or block.variable_usage is not None:
        shapes["variable_usage"] = (block.variable_usage, n_own)
    for field, (matrix, width) in shapes.items():
        told = type(matrix).__name__
        if isinstance(matrix, (sparse.sparray, sparse.spmatrix)):
            shape, dtype = getattr(matrix, "shape", ()), getattr(matrix, "dtype", None)
            if shape == (n_rows, width) and np.issubdtype(dtype, np.integer):
                continue
            told = f"{dtype} of shape {shape}"
        expected = f"must be a sparse matrix of integers of shape {(n_rows, width)}"
        yield field, told, expected


def _wrong_declarations(block: RowBlock) -> Iterator[tuple[str, str, str]]:
    """Yield the same for what a block of sound rows declares of them."""
    n_rows, n_pairs = block.usage.shape
    times = np.bincount(block.usage.indices, minlength=n_pairs)
    if block.each_pair_once and np.any(times != 1):
        yield "each_pair_once", "True", "must be False unless every pair stands in just one row"
    if block.holders is not None:
        row = np.asarray(block.holders.row)
        if row.shape != (block.n_own,) or np.any(row < -1) or np.any(row >= n_rows):
            expected = f"must have a row below {n_rows}, or -1, for each own variable"
            yield "holders", f"rows of shape {row.shape}", expected


class OwnTerm:
    """Asks a term of the user's own, and reads what it gives as exact points."""

    def __init__(self, term: Term) -> None:
        self._term = term

    def problems(self, instance: Instance) -> list[Problem]:
        """Return what the records leave out that the term needs."""
        return list(_asked(self._term, "problems", instance))

    def assumptions(self, pairs: PairTable) -> list[AssumptionRow]:
        """Return what the term takes for granted."""
        return list(_asked(self._term, "assumptions", pairs))

    def points(self, pairs: PairTable) -> Column:
        """Return the points of each pair; a plain array of numbers is read as scores are."""
        answer = _asked(self._term, "points", pairs)
        values = answer.values if isinstance(answer, Column) else _as_array(answer)
        told = f"{values.dtype} of shape {values.shape}"
        expected = f"must be one number for each of the {pairs.n_pairs} eligible pairs"
        hint = "return an array of shape (len(pairs),), or a Column of integers and their scale"
        if values.shape != (pairs.n_pairs,) or values.dtype.kind not in "iufO":
            _refuse(self._term, "points", told, expected, hint)
        if isinstance(answer, Column):
            if values.dtype.kind not in "iu" or answer.scale < 1:
                told += f", scale {answer.scale}"
                _refuse(self._term, "points", told, "must be integers over a positive scale", hint)
            return answer
        column, wrong = read_numbers(ListedColumn("points", values), fine=True)
        if wrong:
            ids = (pairs.instance.candidate_ids, pairs.instance.opening_ids)
            row = int((wrong[0].id or "row 0").removeprefix("row "))
            pair = f"{ids[0][pairs.candidate[row]]} in {ids[1][pairs.opening[row]]}"
            more = f" and {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
            told = f"{wrong[0].value!r} for {pair}{more}"
            hint = "give every eligible pair a finite number, 0 where the term has nothing to say"
            _refuse(self._term, "points", told, wrong[0].expected, hint)
        return column


def _as_array(answer: object) -> npt.NDArray[Any]:
    if isinstance(answer, (list, tuple)):
        return ListedColumn("points", answer).array
    return np.asarray(answer)


def asked_rule(rule: Rule) -> Rule | OwnRule:
    """Return who is asked for pairs and rows: the rule, or for the user's own an `OwnRule`."""
    return OwnRule(rule) if is_own(rule) else rule


def asked_term(term: Term) -> Term | OwnTerm:
    """Return who is asked for points: the term, or for the user's own an `OwnTerm`."""
    return OwnTerm(term) if is_own(term) else term
