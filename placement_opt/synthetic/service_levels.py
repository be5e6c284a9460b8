"""Service levels of a synthetic region: people who would do with more than one coaching regime."""

from collections.abc import Sequence

from placement_opt.records import Candidate
from placement_opt.synthetic import mix
from placement_opt.synthetic.agreements import Pairs
from placement_opt.synthetic.draws import Draws
from placement_opt.synthetic.layout import in_units

_WITH_OPTIONS_PER_MILLE = 500
_OWN_PERCENT = (55, 85)
_LESS_PERCENT = (10, 30)
_MORE_PERCENT = (2, 12)


def with_options(
    seed: int, candidates: Sequence[Candidate], agreed: Pairs
) -> tuple[Candidate, ...]:
    """Let half of the people in their first year of coaching do with another regime as well.

    Beside their own regime they have the next lighter and the next more intensive one, where there
    is one, with a lower and a higher chance that a placement holds. Nobody who keeps a coach or
    was agreed on.
    """
    taken = {candidate_id for candidate_id, _ in agreed}
    draws, n = Draws(seed, "service levels"), len(candidates)
    drawn = draws.chance(_WITH_OPTIONS_PER_MILLE, n).tolist()
    percents = (_OWN_PERCENT, _LESS_PERCENT, _MORE_PERCENT)
    chances = zip(*(draws.integers(*percent, n).tolist() for percent in percents), strict=True)
    return tuple(
        _in_levels(person, *percent)
        if would_do and person.coach is None and person.id not in taken
        else person
        for person, would_do, percent in zip(candidates, drawn, chances, strict=True)
    )


def _in_levels(person: Candidate, own: int, less: int, more: int) -> Candidate:
    """Return a person with a choice of regimes, from the one regime that the record names."""
    # What later years of lighter regimes take of a coach's hours is not known by law.
    if person.coaching_regime in {None, "none"} or person.coaching_year != 1:
        return person
    at = mix.REGIMES.index(str(person.coaching_regime))
    levels = {at - 1: own - less, at: own, at + 1: own + more}
    options = {
        mix.REGIMES[level]: in_units(percent, 100)
        for level, percent in levels.items()
        if 0 < level < len(mix.REGIMES)
    }
    return person.model_copy(update={"coaching_regime": None, "coaching_options": options})
