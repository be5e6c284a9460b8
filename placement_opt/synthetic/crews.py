"""Crews and groups of a synthetic region: sites that open for several people, and duos."""

from collections.abc import Iterator, Sequence

import numpy as np

from placement_opt.records import Candidate, Employer, Opening, Together
from placement_opt.synthetic.agreements import Pairs
from placement_opt.synthetic.draws import Draws

_OPENINGS_PER_CREW = 20
_CANDIDATES_PER_GROUP = 50
_SITE = {"positions": 8, "crew_minimum": 4, "guidance_share": 0.5}


def with_crews(
    seed: int, openings: Sequence[Opening], employers: Sequence[Employer], agreed: Pairs
) -> tuple[Opening, ...]:
    """Make one opening in twenty a site for a crew, which halves the own coaching of its people.

    No sheltered work, nothing that was agreed on, and no employer who can supervise a few only.
    """
    taken = {opening_id for _, opening_id in agreed}
    supervised = {employer.id for employer in employers if employer.supervision_places is not None}
    able = [
        row
        for row, opening in enumerate(openings)
        if not opening.sheltered and opening.id not in taken and opening.employer not in supervised
    ]
    drawn = Draws(seed, "crews").shuffled(np.array(able, dtype=np.int64))
    sites = set(drawn[: max(len(openings) // _OPENINGS_PER_CREW, 1)].tolist())
    return tuple(
        opening.model_copy(update=_SITE) if row in sites else opening
        for row, opening in enumerate(openings)
    )


def make_groups(seed: int, candidates: Sequence[Candidate], agreed: Pairs) -> tuple[Together, ...]:
    """Let two in every fifty people of one municipality stay together, by turns in two ways."""
    taken = {candidate_id for candidate_id, _ in agreed}
    drawn = Draws(seed, "groups").shuffled(np.arange(len(candidates)))
    able = (
        person
        for row in drawn.tolist()
        if not (person := candidates[row]).sheltered
        and person.coach is None
        and person.id not in taken
    )
    n_groups = max(len(candidates) // _CANDIDATES_PER_GROUP, 1)
    return tuple(
        Together(members=members, where=("opening", "employer")[number % 2])
        for number, members in zip(range(n_groups), _neighbours(able), strict=False)
    )


def _neighbours(people: Iterator[Candidate]) -> Iterator[tuple[str, str]]:
    """Yield two people of one municipality at a time."""
    waiting: dict[str | None, str] = {}
    for person in people:
        other = waiting.pop(person.municipality, None)
        if other is None:
            waiting[person.municipality] = person.id
        else:
            yield other, person.id
