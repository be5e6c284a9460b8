"""Trainings, services and trials of a synthetic region, and the budgets that pay for them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from placement_opt.records import Candidate, Municipality, Opening
from placement_opt.synthetic import mix
from placement_opt.synthetic.draws import Draws
from placement_opt.synthetic.layout import locations

_OPENINGS_PER_STEP = 10
_POSITIONS = (2, 12)
_COST_HUNDREDS = (5, 40)
_MONTHS = (1, 6)
_TRIAL_MONTHS = 2
_TRIALS_IN_TEN, _SERVICES_IN_TEN = 3, 2
_BUDGET_EUR_PER_CANDIDATE = 120


def make_steps(seed: int, openings: Sequence[Opening]) -> tuple[Opening, ...]:
    """Draw steps that give the skills that most openings cannot do without, one for ten openings.

    Trainings and services cost something, take one to six months and serve any job; a trial is
    free, takes two months and serves its own employer. Services are done from home.
    """
    asked = Counter(skill for one in openings for skill in sorted(one.essential_skills))
    wanted = [skill for skill, _ in asked.most_common()]
    asking = [one for one in openings if one.essential_skills]
    if not wanted:
        return ()
    draws, n = Draws(seed, "steps"), max(1, len(openings) // _OPENINGS_PER_STEP)
    kind, place = draws.integers(0, 9, n), draws.choice(mix.WORK_WEIGHTS, n)
    positions, cost = draws.integers(*_POSITIONS, n), draws.integers(*_COST_HUNDREDS, n)
    employer, months = draws.integers(0, len(asking) - 1, n), draws.integers(*_MONTHS, n)
    return tuple(
        _trial(number, asking[at])
        if drawn < _TRIALS_IN_TEN
        else Opening(
            id=f"S-{number + 1:03d}",
            kind="service" if drawn < _TRIALS_IN_TEN + _SERVICES_IN_TEN else "training",
            municipality=mix.PLACES[town].id,
            location=where,
            remote=drawn < _TRIALS_IN_TEN + _SERVICES_IN_TEN,
            positions=places,
            grants={wanted[number % len(wanted)]: 1},
            cost_eur=100 * hundreds,
            contract_months=length,
        )
        for number, (drawn, town, where, places, hundreds, at, length) in enumerate(
            zip(
                kind.tolist(),
                place.tolist(),
                locations(draws, place),
                positions.tolist(),
                cost.tolist(),
                employer.tolist(),
                months.tolist(),
                strict=True,
            )
        )
    )


def _trial(number: int, job: Opening) -> Opening:
    return Opening(
        id=f"S-{number + 1:03d}",
        kind="trial",
        employer=job.employer,
        municipality=job.municipality,
        location=job.location,
        remote=job.remote,
        positions=2 * job.positions,
        grants=dict.fromkeys(sorted(job.essential_skills), 1),
        contract_months=_TRIAL_MONTHS,
    )


def with_budgets(
    municipalities: Sequence[Municipality], candidates: Sequence[Candidate]
) -> Iterator[Municipality]:
    """Give each municipality a budget for steps by the number of its candidates."""
    people = Counter(one.municipality for one in candidates)
    for one in municipalities:
        euros = _BUDGET_EUR_PER_CANDIDATE * people[one.id]
        yield one.model_copy(update={"reintegration_budget_eur_per_year": euros})
