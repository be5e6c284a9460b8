"""The exceptions of the library, and the text every input problem is told in.

Infeasible, out of time and cancelled are no exceptions here: they are statuses of a result.
"""

import difflib
import pickle
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from typing_extensions import override

SHOWN_PROBLEMS = 10


@dataclass(frozen=True, slots=True)
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
    """

    subject: str
    id: str | None
    field: str
    value: object
    expected: str
    hint: str

    @override
    def __str__(self) -> str:
        name = self.subject if self.id is None else f"{self.subject} {self.id!r}"
        return f"{name}: {self.field} {self.expected}, got {self.value!r}. Hint: {self.hint}."

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle, whatever the value is: where that would not come back the same, as its text."""
        value = self.value if _pickles(self.value) else Shown(repr(self.value))
        return type(self), (self.subject, self.id, self.field, value, self.expected, self.hint)


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

    The text shows how many there are and the first ten.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    @override
    def __str__(self) -> str:
        count = len(self.problems)
        shown = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        if count == 1:
            return shown[0]
        lines = [f"{count} problems in the input:", *(f"  {text}" for text in shown)]
        if count > SHOWN_PROBLEMS:
            lines.append(f"  ... and {count - SHOWN_PROBLEMS} more; see the attribute `problems`.")
        return "\n".join(lines)

    @classmethod
    def single(
        cls, subject: str, id_: str | None, field: str, value: object, expected: str, hint: str
    ) -> Self:
        """Build the error for one problem."""
        return cls([Problem(subject, id_, field, value, expected, hint)])


class Findings:
    """Gathers the problems of several steps, so that all are told at once and each once."""

    def __init__(self) -> None:
        self._problems: dict[tuple[str, str | None, str], Problem] = {}

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Do one step; what it finds wrong is kept, and the next step can follow."""
        try:
            yield
        except InvalidInputError as error:
            for found in error.problems:
                self._problems.setdefault((found.subject, found.id, found.field), found)

    def refuse(self) -> None:
        """Raise everything that was found, if anything was.

        Raises
        ------
        InvalidInputError
            With the problems of all steps.
        """
        if self._problems:
            raise InvalidInputError(self._problems.values())


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
    """The library contradicts itself: a bug of ours; the text says how to reproduce it."""


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
