"""Own variables of coaching where people may have several placements."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.coaching_teams import Teams
from placement_opt.pairs.table import PairTable


@dataclass(frozen=True, eq=False, repr=False)
class Splits(ShortRepr):
    """A split for each coached pair and coach, then a link for each person and coach.

    Parameters
    ----------
    pair, hours, person
        Pairs that need coaching, ascending, their hours in integers and their candidate, shape
        (P,).
    of_pair, coach
        The coached pair and the coach of each split, shape (S,), sorted by pair, then coach.
    link
        The link of each split, shape (S,).
    link_person, link_coach
        Person and coach of each link, shape (L,).
    """

    pair: Indices
    hours: Ints
    person: Indices
    of_pair: npt.NDArray[np.intp]
    coach: Ints
    link: npt.NDArray[np.intp]
    link_person: Ints
    link_coach: Ints

    @classmethod
    def of(
        cls,
        pairs: PairTable,
        coached: Indices,
        hours: npt.NDArray[np.integer],
        team: Indices,
        teams: Teams,
    ) -> "Splits":
        """Split some pairs, given with their hours and teams, over their coaches."""
        members = [teams.members[one] for one in team]
        of_pair = np.repeat(np.arange(coached.size), [len(coaches) for coaches in members])
        coach = np.array([k for coaches in members for k in coaches], dtype=np.int64)
        person = pairs.candidate[coached]
        n_coaches = max(len(pairs.instance.coach_ids), 1)
        links, link = np.unique(person[of_pair] * np.int64(n_coaches) + coach, return_inverse=True)
        return cls(
            coached,
            hours.astype(np.int64),
            person,
            of_pair,
            coach,
            link,
            link_person=links // n_coaches,
            link_coach=links % n_coaches,
        )

    @property
    def n_own(self) -> int:
        """Number of own variables."""
        return self.of_pair.size + self.link_person.size

    def team(self, pair: int) -> list[int]:
        """Return the coaches who can serve a coached pair."""
        split = slice(*np.searchsorted(self.of_pair, [pair, pair + 1]))
        team: list[int] = self.coach[split].tolist()
        return team

    def coaches(self, chosen: Ints, own: Ints) -> Mapping[str, Any]:
        """Return ``{"coach": row of the coach of each chosen pair, -1 for none}``."""
        on = np.flatnonzero(own[: self.of_pair.size])
        coach_of_pair = dict(
            zip(self.pair[self.of_pair[on]].tolist(), self.coach[on].tolist(), strict=True)
        )
        return {"coach": np.array([coach_of_pair.get(int(p), -1) for p in chosen], dtype=np.int64)}
