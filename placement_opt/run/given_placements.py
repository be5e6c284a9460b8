"""Reads a plan as people have it: a result, a frame, columns, or rows of ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, TypeAlias

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.frame_columns import cells_of, frame_columns, is_missing
from placement_opt.run.result_record import ResultRecord

GivenPlan: TypeAlias = Any
"""A `Result`, a frame or mapping of columns with `candidate_id` and `opening_id`, perhaps
`coach_id` and `variant`; or rows: pairs, triples with the coach, four with coach and variant, or
mappings and records with those names."""

IDS = ("candidate_id", "opening_id", "coach_id", "variant")
NEEDED = IDS[:2]

LARGEST_ID = 10**18
"""Numbers from here on are no ids."""


@dataclass(frozen=True, slots=True)
class GivenPlacement:
    """One row of a given plan: ids as texts, None for what is not given."""

    candidate_id: str | None
    opening_id: str | None
    coach_id: str | None = None
    variant: str | None = None

    @property
    def pair(self) -> tuple[str, str] | None:
        """The ids of candidate and opening, or None where one is not given."""
        if self.candidate_id is None or self.opening_id is None:
            return None
        return self.candidate_id, self.opening_id


def placements_of(plan: GivenPlan, subject: str = "start") -> list[GivenPlacement]:
    """Read the rows of a plan.

    Whole numbers are read as their digits (an empty cell turns a column of them into floats);
    None, NaN, NA and blanks mean "not given".

    Parameters
    ----------
    plan
        The plan.
    subject
        What it is, for the errors.

    Raises
    ------
    InvalidInputError
        When it is none of these; where rows are wrong, with a problem for each.
    """
    columns = None if isinstance(plan, ResultRecord) else frame_columns(plan)
    rows: Sequence[Sequence[Any]]
    if isinstance(plan, ResultRecord):
        rows = [[getattr(row, name) for name in IDS] for row in plan.placement_rows]
    elif columns is not None:
        rows = _of_columns(columns, plan, subject)
    elif isinstance(plan, Iterable) and not isinstance(plan, str | bytes):
        rows = _of_rows(plan, subject)
    else:
        raise _unreadable(plan, subject)
    return [GivenPlacement(*map(id_text, row)) for row in rows]


def id_text(value: object) -> str | None:
    """Return the text of an id as it was meant: 7, 7.0 and "7" are the id "7"; None for nothing."""
    if is_missing(value):
        return None
    if isinstance(value, str):
        return str(value) if value.strip() else None
    is_number = isinstance(value, Integral) or hasattr(value, "as_integer_ratio")
    if is_number and not isinstance(value, bool):
        amount: Any = value
        if abs(amount) < LARGEST_ID and amount == amount // 1:
            return str(int(amount))
    return str(value)


def _of_columns(given: Sequence[tuple[Any, Any]], plan: Any, subject: str) -> list[Sequence[Any]]:
    if not set(NEEDED) <= {name for name, _ in given}:
        raise _unreadable(plan, subject)
    columns: dict[str, list[Any]] = {}
    problems = []
    for name, column in given:
        if name not in IDS:
            continue
        is_column = isinstance(column, Iterable) and not isinstance(column, str | bytes | Mapping)
        if name in columns or not is_column or getattr(column, "ndim", 1) != 1:
            expected = "must be one column, with one value a row"
            hint = "give a list, an array or a column of a frame, once"
            problems.append(Problem(subject, None, name, type(column).__name__, expected, hint))
        else:
            columns[name] = cells_of(column)
    if problems:
        raise InvalidInputError(problems)
    length = len(columns[NEEDED[0]])
    expected, hint = f"must be as long as {NEEDED[0]}", "give every column for all rows"
    problems = [
        Problem(subject, None, name, len(cells), expected, hint)
        for name, cells in columns.items()
        if len(cells) != length
    ]
    if problems:
        raise InvalidInputError(problems)
    nothing = [None] * length
    return list(zip(*(columns.get(name, nothing) for name in IDS), strict=True))


def _of_rows(plan: Iterable[Any], subject: str) -> list[Sequence[Any]]:
    rows, problems = [], []
    for number, given in enumerate(plan):
        row = _row(given)
        if row is None:
            shown = given if isinstance(given, str | int | float) else type(given).__name__
            problems.append(
                Problem(
                    subject,
                    f"row {number}",
                    "row",
                    shown,
                    "must be (candidate_id, opening_id), with the coach_id and variant if any",
                    "give the result of an earlier solve, or result.placements",
                )
            )
        else:
            rows.append(row)
    if problems:
        raise InvalidInputError(problems)
    return rows


def _row(given: Any) -> Sequence[Any] | None:
    if isinstance(given, Mapping):
        return [given.get(name) for name in IDS] if set(NEEDED) <= set(given) else None
    if all(hasattr(given, name) for name in NEEDED):
        return [getattr(given, name, None) for name in IDS]
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        return None
    row = list(given)
    return row if len(NEEDED) <= len(row) <= len(IDS) else None


def _unreadable(plan: Any, subject: str) -> InvalidInputError:
    return InvalidInputError.single(
        subject,
        None,
        subject,
        type(plan).__name__,
        "must be a Result, a frame with candidate_id and opening_id, or pairs of ids",
        "give the result of an earlier solve, or result.placements",
    )
