"""Chooses which people one of two coaches should have, so that it is full and the other has room.

Often every coach has a little room, and none has enough. So one coach after another is filled up
with people of a second one, until that has room for one more person.
"""

from collections.abc import Sequence


def fullest(
    hours: Sequence[int], room: int, least: int, most: int
) -> tuple[int, tuple[int, ...]] | None:
    """Choose people whose hours fill the room of a coach best.

    For each number of people one integer holds the sums they can have, as its bits. To add a person
    to all those sums is one shift. Cost O(people * most * room / 64).

    Parameters
    ----------
    hours
        Hours of each person, positive integers.
    room
        Hours that they may take together.
    least, most
        Numbers of people to choose.

    Returns
    -------
    tuple or None
        The most hours that they can take together, and their places, ascending; None where no
        choice fits.

    Examples
    --------
    >>> fullest([5, 4, 3], room=8, least=0, most=2)
    (8, (0, 2))
    >>> fullest([5, 4, 3], room=8, least=3, most=3) is None
    True
    """
    most = min(most, len(hours))
    if room < 0 or least > most:
        return None
    inside = (1 << (room + 1)) - 1
    sums = [1] + [0] * most
    steps = [tuple(sums)]
    for needed in hours:
        for count in range(most, 0, -1):
            sums[count] |= (sums[count - 1] << needed) & inside
        steps.append(tuple(sums))
    best, count = max((sums[n].bit_length() - 1, n) for n in range(max(0, least), most + 1))
    if best < 0:
        return None
    total, chosen = best, []
    for place in range(len(hours) - 1, -1, -1):
        if steps[place][count] >> total & 1:
            continue
        chosen.append(place)
        total -= hours[place]
        count -= 1
    return best, tuple(reversed(chosen))
