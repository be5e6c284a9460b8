"""The exceptions of the library, and the text every input problem is told in.

Infeasible, out of time and cancelled are no exceptions here: they are statuses of a result.
"""

import difflib
import pickle
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from typing_extensions import override

from placement_opt.basics.short_text import MOST_OF_A_VALUE, shortened

if TYPE_CHECKING:
    import pandas as pd

_NUMBER = re.compile(r"\d[\d_.,]*\d|\d")

SHOWN_PROBLEMS = 5
"""So many problems of a kind are named in the text of an error."""

SHOWN_KINDS = 20
"""So many kinds of problem are in the text of an error."""


@dataclass(frozen=True, slots=True, repr=False)
class Problem:
    """One thing that is wrong with the input, told so that its owner can mend it.

    Parameters
    ----------
    subject
        Kind of record, in the singular: ``"candidate"``, ``"opening"``, ``"region"``, ``"pairs"``.
    id
        Pseudonymous id of the record, or None where the problem has no single record.
    field
        Name of the field, as the user wrote it.
    value
        What was given; a value that could be a citizen service number (BSN) is masked.
    expected
        What the field asks for, as the end of the sentence "field ...": ``"must be >= 0"``.
    hint
        The remedy, as a sentence without its full stop.
    file, row, column
        Where it stands in the user's tables: the name of the file or frame, the line of a text
        file (the header is line 1) or the index label of the frame, and the user's own name of the
        column. None where the input was no table.
    """

    subject: str
    id: str | None
    field: str
    value: object
    expected: str
    hint: str
    file: str | None = None
    row: int | str | None = None
    column: str | None = None

    @override
    def __str__(self) -> str:
        name = self.subject if self.id is None else f"{self.subject} {self.id!r}"
        value = shortened(self.value)
        place = f"{self.place}: " if self.place else ""
        return f"{place}{name}: {self.field} {self.expected}, got {value}. Hint: {self.hint}."

    @property
    def place(self) -> str:
        """Where the problem stands in the user's tables; empty where the input was no table."""
        column = None if self.column in {None, self.field} else f"column {self.column!r}"
        return ", ".join(part for part in (self.file, self.line, column) if part)

    @property
    def line(self) -> str:
        """The line of the file, or the row of the frame; empty where there is none."""
        noun = "line" if type(self.row) is int and "." in (self.file or "") else "row"
        return "" if self.row is None else f"{noun} {self.row}"

    @override
    def __repr__(self) -> str:
        held = {name: getattr(self, name) for name in self.__slots__}
        placed = {"file", "row", "column"}
        told = {
            name: value for name, value in held.items() if value is not None or name not in placed
        }
        named = (f"{name}={shortened(value)}" for name, value in told.items())
        return f"Problem({', '.join(named)})"

    @property
    def kind(self) -> tuple[str, str, str, str | None]:
        """What problems share that one text tells: subject, field without place, expected, file.

        Numbers do not tell kinds apart: each person may have a limit of their own.
        """
        expected = _NUMBER.sub("...", self.expected)
        return (self.subject, self.field.partition("[")[0], expected, self.file)

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle, whatever the value is: where that would not come back the same, as its text."""
        value = self.value if _pickles(self.value) else Shown(repr(self.value))
        told = (self.subject, self.id, self.field, value, self.expected, self.hint)
        return type(self), (*told, self.file, self.row, self.column)


@dataclass(frozen=True, slots=True)
class Shown:
    """Stands for a value that could not leave its process; it prints as that value did."""

    text: str

    @override
    def __repr__(self) -> str:
        return self.text


def _pickles(value: object) -> bool:
    if value is None or isinstance(value, (str, int, float)):
        return True
    try:
        again = pickle.loads(pickle.dumps(value))  # noqa: S301 -- made on the same line
        return repr(again) == repr(value)
    except Exception:  # whatever the class of the value raises
        return False


class PlacementError(Exception):
    """Base class of everything this library raises on purpose."""


class InvalidInputError(PlacementError, ValueError):
    """The input has problems; all of them are listed in `problems`.

    The text tells how many there are, and each kind once: how often, the remedy, the first ids.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    @override
    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        return self.text()

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}({shortened(str(self), 10 * MOST_OF_A_VALUE - 100)})"

    def text(self, shown: int = SHOWN_PROBLEMS) -> str:
        """Return a heading with the number of problems, and a line for each kind of them.

        Parameters
        ----------
        shown
            How many problems of a kind are named.
        """
        of_kind: dict[tuple[str, str, str, str | None], list[Problem]] = {}
        for problem in self.problems:
            of_kind.setdefault(problem.kind, []).append(problem)
        count, kinds = len(self.problems), list(of_kind.values())
        lines = [f"{count} problem{'' if count == 1 else 's'} in the input:"]
        lines += [f"  {_told_kind(kind, shown)}" for kind in kinds[:SHOWN_KINDS]]
        if len(kinds) > SHOWN_KINDS:
            more = len(kinds) - SHOWN_KINDS
            lines.append(f"  ... and {more} more kinds; see the attribute `problems`.")
        return "\n".join(lines)

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per problem, with a column for each parameter of `Problem`."""
        import pandas as pd

        columns = list(Problem.__dataclass_fields__)
        rows = [[getattr(problem, name) for name in columns] for problem in self.problems]
        return pd.DataFrame(rows, columns=columns, dtype=object)

    def placed(self, place_of: Callable[[Problem], Problem]) -> Self:
        """Return the same error with the place of each problem in the user's tables."""
        return type(self)(map(place_of, self.problems))

    @classmethod
    def single(
        cls, subject: str, id_: str | None, field: str, value: object, expected: str, hint: str
    ) -> Self:
        """Build the error for one problem."""
        return cls([Problem(subject, id_, field, value, expected, hint)])


_MOST_OF_A_LISTED_VALUE = 60

_WHERE: Mapping[str, Callable[[Problem], str]] = {
    "id": lambda problem: "" if problem.id is None else repr(problem.id),
    "line": lambda problem: f"({problem.line})" if problem.line else "",
    "field": lambda problem: problem.field,
}
_WHAT: Mapping[str, Callable[[Problem], str]] = {
    "value": lambda problem: f"got {shortened(problem.value, _MOST_OF_A_LISTED_VALUE)}",
    "hint": lambda problem: problem.hint,
}


def _told_kind(problems: Sequence[Problem], most: int) -> str:
    """Tell problems of one kind: once what they share, and of the first what sets them apart."""
    first, count = problems[0], len(problems)
    if count == 1:
        return str(first)
    apart = {
        name
        for name, told in (*_WHERE.items(), *_WHAT.items())
        if len({told(problem) for problem in problems}) > 1
    }
    name = first.subject if "id" in apart or first.id is None else f"{first.subject} {first.id!r}"
    columns = {problem.column for problem in problems}
    one_place = replace(first, row=None, column=first.column if len(columns) == 1 else None).place
    name = f"{one_place}: {name}" if one_place else name
    field = first.kind[1] if "field" in apart else first.field
    expected = first.expected
    if any(problem.expected != expected for problem in problems):
        expected = first.kind[2]
    value = "" if "value" in apart else f", got {shortened(first.value)}"
    shown = [_told_apart(problem, apart) for problem in problems[:most]] if apart else []
    more = f" and {count - most:,} more" if count > most and apart else ""
    listed = f": {', '.join(shown)}{more}" if shown else ""
    remedy = "" if "hint" in apart else f" Hint: {first.hint}."
    return f"{name}: {field} {expected}{value}; {count:,} times{listed}.{remedy}"


def _told_apart(problem: Problem, apart: Collection[str]) -> str:
    parts = (told(problem) for name, told in _WHERE.items() if name in apart)
    where = " ".join(part for part in parts if part)
    what = "; ".join(told(problem) for name, told in _WHAT.items() if name in apart)
    return f"{where} ({what})" if where and what else where or what


class Findings:
    """Gathers the problems of several steps, so that all are told at once and each once."""

    def __init__(self) -> None:
        self._problems: dict[tuple[str, str | None, str, str], Problem] = {}
        self._kinds: set[type[InvalidInputError]] = set()
        self._cause: BaseException | None = None

    def add(self, problems: Iterable[Problem]) -> None:
        """Keep problems that were not found before."""
        for found in problems:
            key = (found.subject, found.id, found.field, repr(found.value))
            self._problems.setdefault(key, found)

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Do one step; what it finds wrong is kept, and the next step can follow."""
        try:
            yield
        except InvalidInputError as error:
            self.add(error.problems)
            self._kinds.add(type(error))
            self._cause = self._cause or error.__cause__

    def refuse(self) -> None:
        """Raise everything that was found, if anything was.

        Raises
        ------
        InvalidInputError
            With the problems of all steps.
        """
        if self._problems:
            kind = self._kinds.pop() if len(self._kinds) == 1 else InvalidInputError
            raise kind(self._problems.values()) from self._cause


class PlacementWarning(UserWarning):
    """The input is accepted, but perhaps not meant so; the result tells it in `remarks`, too."""


class UnknownIdError(PlacementError, KeyError):
    """A question names an id that the region does not have."""

    def __init__(self, subject: str, id_: object, known: Iterable[str]) -> None:
        self.subject = subject
        self.id = id_
        self.closest = closest_ids(id_, known)
        # The closest of the closest are themselves: built again from these, as pickle does, the
        # error is the same without all known ids.
        super().__init__(subject, id_, self.closest)

    @override
    def __str__(self) -> str:
        return f"no {self.subject} has the id {self.id!r}. Hint: {closest_hint(self.closest)}."


class UnsupportedRuleError(PlacementError):
    """A solver was asked for by name that cannot take one of the model's rules."""


class SolverUnavailableError(PlacementError, ImportError):
    """A solver was asked for by name that does not exist or is not installed."""


class InternalError(PlacementError):
    """The library contradicts itself: a bug of ours; the text says how to reproduce it.

    Where a plan was found, `plan` holds it as columns (candidate_id, opening_id, coach_id), as
    ``start=`` takes them and ``pandas.DataFrame`` shows them; else it is None.
    """

    plan: Mapping[str, Sequence[str | None]] | None = None


def closest_ids(id_: object, known: Iterable[str], most: int = 3) -> Sequence[str]:
    """Return the known ids that look most like `id_`, best first (at most `most`).

    Capitals, blanks and the byte-order mark of a file do not count. What is no text is compared as
    it prints: the number 7 is close to the id "7".
    """
    spellings: dict[str, str] = {}
    for name in known:
        spellings.setdefault(plain_name(name), name)
    close = difflib.get_close_matches(plain_name(str(id_)), list(spellings), n=most, cutoff=0.6)
    return [spellings[name] for name in close]


def plain_name(name: str) -> str:
    """Return a name without what a spreadsheet changes: marks, outer blanks, capitals, dashes."""
    bare = name.replace("\ufeff", "").strip().casefold()
    return bare.replace("-", "_").replace(" ", "_")


def closest_hint(closest: Sequence[str]) -> str:
    """Say which ids may have been meant, or that none is close."""
    if not closest:
        return "no known id is close; check the spelling or add the record"
    return "did you mean " + " or ".join(repr(id_) for id_ in closest)
