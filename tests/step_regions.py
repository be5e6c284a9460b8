"""Regions with steps before a job, and every plan of them by hand-written rules."""

import datetime as dt
import itertools
import random
from fractions import Fraction

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import placement_opt as po

FEW = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ASKED = ({"dutch": 0.5}, {"dutch": 0.5, "welding": 0.5}, {"welding": 0.2}, {})
GIVEN = ({"dutch": 0.9}, {"dutch": 0.5, "welding": 0.9}, {"welding": 0.5}, {"dutch": 0.2})
KNOWN = ({}, {}, {"dutch": 0.2}, {"dutch": 0.9}, {"welding": 0.2})
DAYS = (None, None, None, dt.date(2026, 3, 1), dt.date(2026, 6, 1))


@st.composite
def step_regions(draw):
    """Draw a region with up to three people, two jobs and three steps, so that many are needed.

    Values are drawn from a seed: drawn one by one, most regions would be the simplest ones.
    """
    return region_of(random.Random(draw(st.integers(0, 10**9))))


def region_of(random):
    """Make up a region."""

    def draw(values):
        return random.choice(values)

    homes = ("M-1", "M-2")
    people = [
        po.Candidate(
            id=f"C-{n}",
            municipality=draw(homes),
            skills=draw(KNOWN),
            licences=draw(({"B"}, {"B"}, ())),
            available_from=draw((None, None, dt.date(2026, 4, 1))),
        )
        for n in range(random.randint(1, 3))
    ]
    employers = (None, "E-0", "E-0", "E-1")
    work = []
    for n in range(random.randint(1, 2)):
        asked = draw(ASKED)
        work.append(
            po.Opening(
                id=f"O-{n}",
                employer=draw(employers),
                positions=draw((2, 1, 1, 0)),
                required_skills=asked,
                essential_skills=draw((tuple(asked), tuple(asked)[:1])),
                starts_on=draw(DAYS),
            )
        )
    for n in range(random.randint(1, 3)):
        asked = draw(({}, {}, {"welding": 0.2}, {"dutch": 0.2}))
        work.append(
            po.Opening(
                id=f"S-{n}",
                kind=draw(("training", "trial", "service")),
                employer=draw(employers),
                positions=draw((2, 1, 1, 0)),
                grants=draw(GIVEN),
                cost_eur=draw((None, 100, 250.5)),
                licences=draw(((), (), {"B"})),
                required_skills=asked,
                essential_skills=tuple(asked),
                starts_on=draw(DAYS),
                contract_months=draw((None, 1, 3)),
            )
        )
    return po.Region(
        name="steps",
        date=dt.date(2026, 2, 1),
        candidates=people,
        openings=work,
        employers=[po.Employer(id="E-0"), po.Employer(id="E-1")],
        municipalities=[
            po.Municipality(
                id="M-1",
                reintegration_budget_eur_per_year=draw((None, 0, 250.5, 350.5)),
            ),
            po.Municipality(id="M-2"),
        ],
        excluded_pairs=draw(((), (("C-0", "S-0"),))),
    )


def added(day, months):
    month = day.month + months
    return dt.date(day.year + (month - 1) // 12, (month - 1) % 12 + 1, day.day)


def may_come(region, person, opening):
    """Tell whether all but skills fits, as hand-written rules say."""
    late = person.available_from and opening.starts_on and person.available_from > opening.starts_on
    excluded = (person.id, opening.id) in region.excluded_pairs
    return not late and not excluded and opening.licences <= person.licences


def has(person, skill, opening):
    return person.skills.get(skill, 0) >= opening.required_skills[skill]


def gives(step, skill, later):
    """Tell by hand whether a step gives what a job or step asks, there and in time."""
    if step.grants.get(skill, -1) < later.required_skills[skill]:
        return False
    if step.kind == "trial" and step.employer is not None and step.employer != later.employer:
        return False
    if step.starts_on is None:
        return True
    if later.starts_on is None:
        return later.kind == "job"
    return added(step.starts_on, step.contract_months or 0) <= later.starts_on


def in_some_order(person, steps):
    """Tell whether the steps can be put in an order in which each has what it asks."""
    return any(
        all(
            has(person, skill, step) or any(gives(earlier, skill, step) for earlier in order[:n])
            for n, step in enumerate(order)
            for skill in step.essential_skills
        )
        for order in itertools.permutations(steps)
    )


def ways_of(region, person, at_most):
    """Return every (jobs, steps) that one person can have, whatever others have."""
    jobs = [one for one in region.openings if one.kind == "job" and may_come(region, person, one)]
    steps = [one for one in region.openings if one.kind != "job" and may_come(region, person, one)]
    orders = [
        taken
        for taken in itertools.chain.from_iterable(
            itertools.combinations(steps, n) for n in range(len(steps) + 1)
        )
        if in_some_order(person, taken)
    ]
    return [
        (some, taken)
        for some in itertools.chain.from_iterable(
            itertools.combinations(jobs, n) for n in range(at_most + 1)
        )
        for taken in orders
        if all(
            has(person, skill, job) or any(gives(step, skill, job) for step in taken)
            for job in some
            for skill in job.essential_skills
        )
    ]


def fits(region, ways):
    """Tell whether the people's ways have room together."""
    at = [one.id for jobs, steps in ways for one in (*jobs, *steps)]
    if any(at.count(one.id) > one.positions for one in region.openings):
        return False
    for town in region.municipalities:
        budget = town.reintegration_budget_eur_per_year
        costs = sum(
            Fraction(str(step.cost_eur or 0))
            for person, (_, steps) in zip(region.candidates, ways, strict=True)
            for step in steps
            if person.municipality == town.id
        )
        if budget is not None and costs > Fraction(str(budget)):
            return False
    return True


def best_of_all(region, scores, step_points, at_most=1):
    """Return the most points of any plan, by trying out all."""
    choices = [ways_of(region, person, at_most) for person in region.candidates]
    return max(
        sum(
            sum(scores[person.id, job.id] for job in jobs) + step_points * len(steps)
            for person, (jobs, steps) in zip(region.candidates, ways, strict=True)
        )
        for ways in itertools.product(*choices)
        if fits(region, ways)
    )


class OwnScore(po.Term):
    """Points by pair, as a mapping says."""

    title = "own score"
    scores: dict[str, int]

    def points(self, pairs):
        ids = pairs.instance
        return [
            self.scores[f"{ids.candidate_ids[c]} {ids.opening_ids[o]}"]
            for c, o in zip(pairs.candidate, pairs.opening, strict=True)
        ]

    def value(self, plan):
        return sum(self.scores[f"{p.candidate_id} {p.opening_id}"] for p in plan.placements)


po.register(OwnScore)


def own_scores(region, drawn):
    """Return a score for each pair of a person and a job, and the term that has them."""
    jobs = [one.id for one in region.openings if one.kind == "job"]
    pairs = itertools.product([one.id for one in region.candidates], jobs)
    scores = dict(zip(pairs, drawn, strict=False))
    return scores, OwnScore(scores={f"{c} {o}": score for (c, o), score in scores.items()})


def model_of(region, own, step_points, at_most):
    pair_rules = [po.EssentialSkills(), po.StartDates(), po.Licences(), po.ExcludedPairs()]
    return po.Model(
        region,
        rules=[*pair_rules, po.OpeningCapacity(), po.OnePlacement(at_most=at_most)],
        objective=[own, po.StepValue(points=step_points)],
    )


def shop(levels_of_people, steps, jobs=1, **fields):
    """Return a region of people, one kind of job that asks for dutch, and steps."""
    return po.Region(
        name="shop",
        candidates=[po.Candidate(id=f"C-{n}", **own) for n, own in enumerate(levels_of_people)],
        openings=[
            po.Opening(
                id="O-1",
                employer="E-1",
                positions=jobs,
                required_skills={"dutch": 0.5},
                essential_skills={"dutch"},
            ),
            *steps,
        ],
        employers=[po.Employer(id="E-1"), po.Employer(id="E-2")],
        **fields,
    )


@st.composite
def chain_regions(draw):
    """Draw a region of people and steps of which many ask for what others give, also in circles."""
    return chained(random.Random(draw(st.integers(0, 10**9))))


def chained(random):
    """Make up such a region: a job, and four or five steps from skill to skill."""
    skills = ("a", "b", "c")

    def some(n, *levels, of=skills):
        return {skill: random.choice(levels) for skill in random.sample(of, n)}

    asked = {"c": 0.5} | some(random.choice((0, 1)), 0.5)
    work = [po.Opening(id="O-1", positions=2, required_skills=asked, essential_skills=tuple(asked))]
    for n in range(random.choice((4, 5))):
        asked = some(random.choice((1, 1, 2)) if n else 0, 0.3, 0.6)
        work.append(
            po.Opening(
                id=f"S-{n}",
                kind=random.choice(("training", "training", "service")),
                positions=random.choice((2, 2, 1, 1, 0)),
                grants=some(random.choice((1, 1, 2)), 0.4, 0.9, 0.9),
                cost_eur=random.choice((None, 100, 200)),
                required_skills=asked,
                essential_skills=tuple(asked),
                contract_months=random.choice((1, 1, 1, 2)),
            )
        )
    towns = [
        po.Municipality(id="M-1", reintegration_budget_eur_per_year=random.choice((None, 400))),
        po.Municipality(id="M-2"),
    ]
    people = [
        po.Candidate(
            id=f"C-{n}",
            municipality=random.choice(towns).id,
            skills=some(random.choice((0, 1, 1)), 0.4, 0.9, of=("a", "b")),
        )
        for n in range(random.randint(1, 2))
    ]
    return po.Region(name="chains", candidates=people, openings=work, municipalities=towns)


def training(id_="T-1", **fields):
    return po.Opening(**{"id": id_, "kind": "training", "grants": {"dutch": 0.6}, **fields})


def asking(id_, skill, **fields):
    """Return a step that asks a skill; if nothing else is said, a training in what the job asks."""
    return training(id_, required_skills={skill: 0.5}, essential_skills=(skill,), **fields)


def basics(**fields):
    """Return the training that comes first; its id is the last of all."""
    return training("T-9", **{"grants": {"basics": 0.5}, **fields})
