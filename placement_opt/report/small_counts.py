"""A table of counts in which small ones are left out, so that neither they nor totals reveal them.

Each row holds people of a group who are placed and who are not; rows and columns add up to totals
that are told. A count from 1 to below the limit is small. Three steps leave it out:

1. A row with a small number of placed or unplaced people tells neither: one follows from the other.
   A row with few people at all does not tell its people either.
2. Of what is left out, totals tell the sums. More rows are left out, the smallest first, until no
   small count follows from those sums: until each could be another number.
3. Where that is not enough, nothing but the totals is told, and those that are small are not.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True, slots=True)
class Counted:
    """People of a group: placed and unplaced."""

    group: str
    placed: int
    unplaced: int

    @property
    def people(self) -> int:
        """All of them."""
        return self.placed + self.unplaced


def told_counts(rows: Sequence[Counted], least: int) -> list[dict[str, str | int | None]]:
    """Return the table as it may be told: None for what is left out, the total last.

    Parameters
    ----------
    rows
        A row for each group.
    least
        The smallest count that may be told; 0 is always told where nothing else forbids it.
    """
    hidden, nameless = _left_out(rows, least)
    told: list[dict[str, str | int | None]] = []
    for number, row in enumerate(rows):
        is_told = number not in hidden
        told.append(
            {
                "group": row.group,
                "people": None if number in nameless else row.people,
                "placed": row.placed if is_told else None,
                "unplaced": row.unplaced if is_told else None,
            }
        )
    total = Counted("total", sum(r.placed for r in rows), sum(r.unplaced for r in rows))
    is_few = _is_small(total.people, least)
    is_split = _is_small(total.placed, least) or _is_small(total.unplaced, least)
    told.append(
        {
            "group": total.group,
            "people": None if is_few else total.people,
            "placed": None if is_split else total.placed,
            "unplaced": None if is_split else total.unplaced,
        }
    )
    return told


def _left_out(rows: Sequence[Counted], least: int) -> tuple[set[int], set[int]]:
    """Return the rows whose placed and unplaced people, and those whose people, are left out."""
    is_small = partial(_is_small, least=least)
    nameless = {n for n, row in enumerate(rows) if is_small(row.people)}
    hidden = nameless | {
        n for n, row in enumerate(rows) if is_small(row.placed) or is_small(row.unplaced)
    }
    by_size = sorted(range(len(rows)), key=lambda n: (rows[n].people, rows[n].group))
    while len(nameless) == 1 or 0 < sum(rows[n].people for n in nameless) < least:
        more = next((n for n in by_size if n not in nameless and rows[n].people), None)
        if more is None:
            return set(range(len(rows))), set(range(len(rows)))
        nameless.add(more)
        hidden.add(more)
    while _follows(rows, hidden, nameless, is_small):
        more = next((n for n in by_size if n not in hidden), None)
        if more is None:
            return set(range(len(rows))), set(range(len(rows)))
        hidden.add(more)
    return hidden, nameless


def _is_small(count: int, least: int) -> bool:
    return 0 < count < least


def _follows(
    rows: Sequence[Counted],
    hidden: Iterable[int],
    nameless: set[int],
    is_small: Callable[[int], bool],
) -> bool:
    """Tell whether a small count that is left out follows from the totals.

    Rows whose people are told are cells of their own; those whose are not are one cell together.
    With two columns and known sums each cell lies between bounds that are met.
    """
    known = [rows[n] for n in hidden if n not in nameless]
    rest = sum(rows[n].people for n in nameless)
    sizes = [row.people for row in known] + ([rest] if nameless else [])
    placed = sum(rows[n].placed for n in hidden)
    for row in known:
        low = max(0, placed - (sum(sizes) - row.people))
        high = min(row.people, placed)
        if low == high and (is_small(row.placed) or is_small(row.unplaced)):
            return True
    return False


def counted(of_person: Mapping[str, str], placed: Iterable[str]) -> list[Counted]:
    """Count people by group, groups ascending.

    Parameters
    ----------
    of_person
        The group of each person.
    placed
        Who is placed.
    """
    people = Counter(of_person.values())
    there = Counter(of_person[who] for who in set(placed))
    return [Counted(group, there[group], people[group] - there[group]) for group in sorted(people)]
