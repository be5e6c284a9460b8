"""Which of two coaches' people each should have, so that one is full and the other has the room.

What is unused is scattered: a little at every coach. One coach after the other is filled up with
people of a second one, whose room grows by as much, until somebody more fits there.
"""

from collections.abc import Sequence


def fullest(
    hours: Sequence[int], room: int, least: int, most: int
) -> tuple[int, tuple[int, ...]] | None:
    """Choose people that fill a coach's room best.

    Sums that so many people can have are kept as the bits of one integer for each number of
    people, so that adding a person to all of them is one shift. Cost O(people * most * room / 64).

    Parameters
    ----------
    hours
        Hours of each person, positive integers.
    room
        Hours that they may take together at most.
    least, most
        How many people are to be chosen.

    Returns
    -------
    tuple or None
        The hours they take together, as many as possible, and their places, ascending; None where
        no choice fits.

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
