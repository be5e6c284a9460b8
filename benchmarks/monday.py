"""A region on Monday: a few people and openings left since Friday, and as many came."""

import random
from collections.abc import Collection, Sequence
from typing import Any

import placement_opt as po

SHARE = 0.005
"""So many of the people and of the openings leave, at least one of each, and as many come."""


def monday_of(friday: po.Region, seed: int) -> po.Region:
    """Return the region with a few others; nobody with a fixed or present placement leaves."""
    size = {"candidates": len(friday.candidates), "openings": len(friday.openings)}
    other = po.synthetic_region(**size, seed=seed + 100)
    draw = random.Random(seed)  # noqa: S311 - no secret
    fixed = [pair[:2] for pair in friday.fixed_placements]
    held = {pair[0] for pair in fixed} | {c.id for c in friday.candidates if c.current_opening}
    places = {pair[1] for pair in fixed} | {c.current_opening for c in friday.candidates}
    employers = {None, *(employer.id for employer in friday.employers)}
    new = [opening for opening in other.openings if opening.employer in employers]
    people = _swapped(friday.candidates, other.candidates, held, "C", draw)
    work = _swapped(friday.openings, new, places, "O", draw)
    return friday.model_copy(update={"candidates": people, "openings": work})


def _swapped(
    records: Sequence[Any], new: Sequence[Any], held: Collection[Any], kind: str, draw: Any
) -> tuple[Any, ...]:
    """Return records of which a few left, and new ones under ids of their own."""
    count = max(1, round(SHARE * len(records)))
    gone = {one.id for one in draw.sample([one for one in records if one.id not in held], count)}
    came = draw.sample(list(new), count)
    named = [one.model_copy(update={"id": f"{kind}-N{at}"}) for at, one in enumerate(came)]
    return (*(one for one in records if one.id not in gone), *named)
