"""Rankings of wishes and preferences: the best first, equal entries in a list of their own."""

from collections.abc import Collection, Iterator, Sequence

Ranking = Sequence[str | Sequence[str]]
"""Names, the best first; a tuple among them holds names that are equally good."""


def ranked(ranking: Ranking) -> Iterator[tuple[str, int]]:
    """Yield each name with its rank: 1 and the number of names before it; equal ones share it.

    Examples
    --------
    >>> list(ranked(["O-1", ("O-2", "O-3"), "O-4"]))
    [('O-1', 1), ('O-2', 2), ('O-3', 2), ('O-4', 4)]
    """
    rank = 1
    for entry in ranking:
        equal = (entry,) if isinstance(entry, str) else entry
        for name in equal:
            yield name, rank
        rank += len(equal)


def entries_of(ranking: Ranking) -> Iterator[tuple[str, str]]:
    """Yield where each name stands, as `[2]` or `[2][0]`, and the name."""
    for row, entry in enumerate(ranking):
        if isinstance(entry, str):
            yield f"[{row}]", entry
        else:
            yield from ((f"[{row}][{place}]", name) for place, name in enumerate(entry))


def names_of(ranking: Ranking) -> list[str]:
    """Return all names of a ranking, in its order."""
    return [name for name, _ in ranked(ranking)]


def without(ranking: Ranking, gone: Collection[str]) -> Ranking:
    """Return a ranking without some names; of entries that were tied, one alone is an entry."""
    kept: list[str | tuple[str, ...]] = []
    for entry in ranking:
        names = (entry,) if isinstance(entry, str) else entry
        left = tuple(name for name in names if name not in gone)
        if left:
            kept.append(left[0] if len(left) == 1 else left)
    return tuple(kept)
