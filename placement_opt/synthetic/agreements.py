"""What is settled before the plan is made: fixed and excluded pairs, and coaches people keep."""

from collections.abc import Iterator, Sequence

from placement_opt.instance.straight_line import straight_line_minutes
from placement_opt.records import Candidate, Coach, Opening
from placement_opt.synthetic.draws import Draws

_MOST_FIXED = 3
_CANDIDATES_PER_FIXED = 200
_CANDIDATES_PER_EXCLUDED = 300
_COACHES_PER_KEPT = 10
_OPENINGS_TRIED = 300

Pairs = tuple[tuple[str, str], ...]


def with_kept_coaches(
    candidates: Sequence[Candidate], coaches: Sequence[Coach]
) -> tuple[Candidate, ...]:
    """Let one person for every ten coaches keep a coach who covers them, one each."""
    changed = list(candidates)
    coached = [row for row, person in enumerate(candidates) if person.coaching_regime != "none"]
    external = [coach for coach in coaches if coach.kind == "external"]
    for coach in external[: len(coaches) // _COACHES_PER_KEPT]:
        row = next((row for row in coached if _covers(coach, candidates[row])), None)
        if row is not None:
            coached.remove(row)
            changed[row] = candidates[row].model_copy(update={"coach": coach.id})
    return tuple(changed)


def _covers(coach: Coach, candidate: Candidate) -> bool:
    return (
        (not coach.municipalities or candidate.municipality in coach.municipalities)
        and (not coach.regimes or candidate.coaching_regime in coach.regimes)
        and (not coach.needs or candidate.needs <= coach.needs)
    )


def fixed(candidates: Sequence[Candidate], openings: Sequence[Opening]) -> Pairs:
    """Agree on up to three placements of people without a coach, at different employers."""
    wanted = min(len(candidates) // _CANDIDATES_PER_FIXED, _MOST_FIXED)
    agreed: list[tuple[str, str]] = []
    employers: set[str | None] = set()
    for candidate in candidates:
        if len(agreed) == wanted:
            break
        opening = next(_fitting(candidate, openings[:_OPENINGS_TRIED], employers), None)
        if opening is not None:
            agreed.append((candidate.id, opening.id))
            employers.add(opening.employer)
    return tuple(agreed)


def _fitting(
    candidate: Candidate, openings: Sequence[Opening], taken: set[str | None]
) -> Iterator[Opening]:
    if candidate.sheltered or candidate.coaching_regime != "none":
        return
    for opening in openings:
        is_new = opening.employer not in taken and opening.id != candidate.current_opening
        if is_new and _is_eligible(candidate, opening):
            yield opening


def _is_eligible(candidate: Candidate, opening: Opening) -> bool:
    """Tell whether the standard pair rules leave the pair, by a plain reading of drawn records."""
    offered, asked = opening.hours_per_week, candidate.hours_per_week
    where, home = opening.location, candidate.location
    if opening.sheltered or offered is None or asked is None or where is None or home is None:
        return False
    if candidate.transport is None or candidate.max_travel_minutes is None:
        return False
    minutes = straight_line_minutes(home, where, candidate.transport)
    late = (
        candidate.available_from is not None
        and opening.starts_on is not None
        and candidate.available_from > opening.starts_on
    )
    return (
        not late
        and (opening.remote or minutes <= candidate.max_travel_minutes)
        and min(asked[1], offered[1]) >= max(asked[0], offered[0])
        and candidate.needs <= opening.provides
        and all(
            candidate.skills.get(skill, 0) >= opening.required_skills[skill]
            for skill in opening.essential_skills
        )
    )


def excluded(
    seed: int, candidates: Sequence[Candidate], openings: Sequence[Opening], agreed: Pairs
) -> Pairs:
    """Rule out a few pairs at random, none of them agreed on."""
    draws = Draws(seed, "excluded")
    n = max(len(candidates) // _CANDIDATES_PER_EXCLUDED, 1)
    drawn = zip(
        draws.integers(0, len(candidates) - 1, n).tolist(),
        draws.integers(0, len(openings) - 1, n).tolist(),
        strict=True,
    )
    pairs = sorted({(candidates[person].id, openings[job].id) for person, job in drawn})
    return tuple(pair for pair in pairs if pair not in agreed)
