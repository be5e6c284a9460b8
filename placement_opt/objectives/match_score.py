"""How well people and openings fit, seen from both sides."""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar, Literal, Self

from typing_extensions import override

from placement_opt.basics.quantities import read_number
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.objectives.base import PartPoints, Term
from placement_opt.objectives.match_points import (
    RARITY_STEPS,
    Part,
    hours_part,
    match_points,
    preference_part,
    skill_part,
    travel_part,
    wish_part,
)
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records import Candidate, Opening
from placement_opt.records.fields import Ranks


class MatchScore(Term):
    r"""A placement gives up to 1,000 points for how well both sides fit.

    .. math:: \operatorname{round}\Bigl(P_s \frac{\sum_s w_s \min(l_{cs}, r_{os})}
              {\sum_s w_s r_{os}}\Bigr)
              + \operatorname{round}\Bigl(P_w \frac{n - r}{n}\Bigr)
              + \operatorname{round}\Bigl(P_p \frac{n' - r'}{n'}\Bigr)
              + \operatorname{round}\Bigl(P_t \frac{(T_c - t_{co})^+}{T_c}\Bigr)
              + \operatorname{round}\Bigl(P_h \frac{h_{co}}{H_c}\Bigr)

    The parts are: coverage of required skills (s) with levels l and r; the best wish of the
    candidate that the opening meets, by opening or by sector of work, before which come r of n
    names; the candidate's place among the preferences of the opening, before which come r' of n'
    names; the part of the longest journey T that is saved; the hours of the pair over the most
    hours H the candidate wants. Each part is rounded to whole points, halves up, and is 0 where the
    records are silent; an opening that requires nothing is fully covered. Rare skills weigh more,
    as rare words do in a search:
    ``w_s = 1 + round(1000 ln((1 + C) / (1 + c_s)))`` with c_s of the C candidates having the
    skill (inverse document frequency; K. Sparck Jones, Journal of Documentation 28, 1972).
    A column ``score`` given with ``pairs=`` replaces the whole score.

    Parameters
    ----------
    skill_points, wish_points, preference_points, travel_points, hours_points
        Most points of each part: 400, 200, 100, 200 and 100 by default.
    weight
        Factor of the term.
    """

    title: ClassVar[str] = "match score"
    title_nl: ClassVar[str] = "kwaliteit van de match"
    term: Literal["MatchScore"] = "MatchScore"
    skill_points: PartPoints = 400
    wish_points: PartPoints = 200
    preference_points: PartPoints = 100
    travel_points: PartPoints = 200
    hours_points: PartPoints = 100

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self:
        return cls()

    @override
    def points(self, pairs: PairTable) -> Column:
        if pairs.is_given("score"):
            return pairs.given["score"]
        computed = Column.of(match_points(pairs, self._parts(pairs)))
        return pairs.with_given("score", computed)

    def _parts(self, pairs: PairTable) -> list[Part]:
        """Choose the parts that the records name."""
        instance = pairs.instance
        people, work = instance.region.candidates, instance.region.openings
        parts = [skill_part(pairs, self.skill_points)]
        if any(candidate.wishes for candidate in people):
            parts.append(wish_part(pairs, self.wish_points))
        if any(opening.preferences for opening in work):
            parts.append(preference_part(pairs, self.preference_points))
        if any(candidate.max_travel_minutes for candidate in people):
            parts.append(travel_part(pairs, self.travel_points))
        if any(candidate.hours_per_week for candidate in people):
            parts.append(hours_part(pairs, self.hours_points))
        return parts

    @override
    def value(self, plan: Plan) -> Fraction:
        reading = _PlainReading(self, plan)
        scores = (
            plan.once(self, placed, lambda _, one: reading.score(one)) for placed in plan.placements
        )
        return sum(scores, start=Fraction(0))


class _PlainReading:
    """The score of single placements, from the records."""

    def __init__(self, term: MatchScore, plan: Plan) -> None:
        self._term, self._plan = term, plan
        self._weight = plan.instance.derived(_skill_weights)

    def score(self, placement: Placement) -> Fraction:
        if "score" in placement.given:
            return Fraction(placement.given["score"])
        candidate, opening = self._plan.candidate(placement), self._plan.opening(placement)
        parts = (
            (self._term.skill_points, self._covered(placement)),
            (self._term.wish_points, _best_wish(candidate, opening)),
            (self._term.preference_points, _place(opening.preferences, candidate.id)),
            (self._term.travel_points, self._saved(placement)),
            (self._term.hours_points, self._fulfilled(placement)),
        )
        return Fraction(sum(math.floor(most * share + Fraction(1, 2)) for most, share in parts))

    def _covered(self, placement: Placement) -> Fraction:
        candidate, opening = self._plan.candidate(placement), self._plan.opening(placement)
        asked = covered = Fraction(0)
        for skill, level in opening.required_skills.items():
            own = read_number(candidate.skills.get(skill, 0))
            if skill in opening.essential_skills and self._plan.is_granted(placement, skill):
                own = read_number(level)
            asked += self._weight[skill] * read_number(level)
            covered += self._weight[skill] * min(own, read_number(level))
        return covered / asked if asked else Fraction(1)

    def _saved(self, placement: Placement) -> Fraction:
        longest = self._plan.candidate(placement).max_travel_minutes
        minutes = self._plan.travel_minutes(placement)
        if not longest or minutes is None:
            return Fraction(0)
        return max(Fraction(0), 1 - minutes / read_number(longest))

    def _fulfilled(self, placement: Placement) -> Fraction:
        wanted = self._plan.candidate(placement).hours_per_week
        hours = self._plan.hours_per_week(placement)
        if wanted is None or wanted[1] == 0 or hours is None:
            return Fraction(0)
        return hours / read_number(wanted[1])


def _skill_weights(instance: Instance) -> Mapping[str, int]:
    people = instance.region.candidates
    having: dict[str, int] = {}
    for opening in instance.region.openings:
        having |= dict.fromkeys(opening.required_skills, 0)
    for candidate in people:
        for skill, level in candidate.skills.items():
            if skill in having and level > 0:
                having[skill] += 1
    return {
        skill: 1 + round(RARITY_STEPS * math.log((1 + len(people)) / (1 + count)))
        for skill, count in having.items()
    }


def _best_wish(candidate: Candidate, opening: Opening) -> Fraction:
    met = [opening.id] if opening.sector_of_work is None else [opening.id, opening.sector_of_work]
    return max(_place(candidate.wishes, name) for name in met)


def _place(ranking: Ranks, name: str) -> Fraction:
    """Return 1 for the first of a ranking, falling evenly to 1/n for the last, 0 outside."""
    before = total = 0
    found = False
    for entry in ranking:
        equal = (entry,) if isinstance(entry, str) else entry
        found = found or name in equal
        before += 0 if found else len(equal)
        total += len(equal)
    return 1 - Fraction(before, total) if found else Fraction(0)
