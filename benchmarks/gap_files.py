"""Generalised assignment problems in the OR-Library's text format, as placement problems.

A file holds whitespace-separated integers: the numbers of agents m and items n, then m * n costs
agent by agent, m * n weights agent by agent, and m capacities. A file may also hold several
problems, one after the other, with their number in front. Every item goes to exactly one agent;
the weights of an agent's items stay within its capacity; the total cost is to be small.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from placement_opt.basics.errors import InvalidInputError

BEST_KNOWN = "best_known.csv"
_NO_PROBLEMS = frozenset({".csv", ".md", ".tsv"})
_NAMES_OF_TEXTS = ("LICENSE", "README")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class GapProblem:
    """One problem: `cost` and `weight` of shape (agents, items), `capacity` of shape (agents,).

    `best_known` is the lowest total cost that is known, or None.
    """

    name: str
    cost: Ints
    weight: Ints
    capacity: Ints
    best_known: int | None = None


def gap_paths(place: Path) -> list[Path]:
    """Return the files of a folder, or the one file that is named.

    A folder with a ``best_known.csv`` has the files that it lists; any other has all its files but
    texts (README, LICENSE, ``*.md``) and tables.

    Raises
    ------
    InvalidInputError
        When there is nothing to read.
    """
    if place.is_file():
        return [place]
    known = best_known(place)
    if known:
        paths = [place / name for name in known if (place / name).is_file()]
    elif place.is_dir():
        paths = sorted(path for path in place.iterdir() if _may_be_problem(path))
    else:
        paths = []
    if not paths:
        raise _problem(place, "place", str(place), "must be a GAP file or a folder of GAP files")
    return paths


def _may_be_problem(path: Path) -> bool:
    is_text = path.suffix in _NO_PROBLEMS or path.name.startswith(_NAMES_OF_TEXTS)
    return path.is_file() and not is_text


def best_known(folder: Path) -> dict[str, int]:
    """Return the best known cost of each problem that the folder's ``best_known.csv`` lists."""
    path = folder / BEST_KNOWN
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["instance"]: int(row["best_known"]) for row in csv.DictReader(file)}


def read_gap(path: Path) -> list[GapProblem]:
    """Read all problems of a file; those of a file with several are named ``<file>-<number>``.

    Raises
    ------
    InvalidInputError
        When the file is not in the format.
    """
    numbers = _numbers(path)
    if len(numbers) < 2 or np.any(numbers[:1] < 1):
        raise _problem(path, "numbers", len(numbers), "must begin with how many agents and items")
    known = best_known(path.parent)
    if len(numbers) == _length(numbers):
        return [_read_one(path, path.name, numbers, known)]
    problems = []
    rest = numbers[1:]
    for number in range(1, int(numbers[0]) + 1):
        if len(rest) < 2 or len(rest) < _length(rest):
            break
        name = f"{path.stem}-{number}"
        problems.append(_read_one(path, name, rest[: _length(rest)], known))
        rest = rest[_length(rest) :]
    if len(problems) == numbers[0] and not len(rest):
        return problems
    m, n = numbers[:2].tolist()
    asked = f"must be {_length(numbers)} for {m} agents and {n} items"
    raise _problem(path, "count of numbers", len(numbers), asked)


def _numbers(path: Path) -> Ints:
    try:
        words = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise _problem(path, "text", str(error), "must be readable") from None
    for place, word in enumerate(words):
        if not word.lstrip("+-").isdecimal() or len(word) > len("-1000000000000000000"):
            raise _problem(path, f"number {place + 1}", word, "must be a whole number")
    return np.array([int(word) for word in words], dtype=np.int64)


def _length(numbers: Ints) -> int:
    m, n = int(numbers[0]), int(numbers[1])
    return 2 + 2 * m * n + m


def _read_one(path: Path, name: str, numbers: Ints, known: dict[str, int]) -> GapProblem:
    m, n = numbers[:2].tolist()
    if m < 1 or n < 1:
        raise _problem(path, "agents and items", (m, n), "must be at least 1 each")
    cost, weight, capacity = np.split(numbers[2:], [m * n, 2 * m * n])
    if np.any(weight < 0) or np.any(capacity < 0):
        least = min(int(weight.min()), int(capacity.min()))
        raise _problem(path, "weights and capacities", least, "must be at least 0")
    shape = (m, n)
    return GapProblem(name, cost.reshape(shape), weight.reshape(shape), capacity, known.get(name))


def _problem(path: Path, field: str, value: object, expected: str) -> InvalidInputError:
    hint = "the format is: agents, items, costs by agent, weights by agent, capacities"
    return InvalidInputError.single("GAP file", path.name, field, value, expected, hint)
