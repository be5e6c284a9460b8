"""The fewest trainings so that all jobs are done: the MiniZinc Challenge's `skill-allocation`.

Engineers have some skills and learn a few more at most; each job asks for one skill and one
engineer, who does so many jobs at most, and so many of them overseas. Run it with
``python examples/public/trainings.py FILE.dzn`` on a file of the challenges of 2020 and 2025.

An engineer is a candidate and a job an opening. A training is a step before jobs that grants one
skill, and costs one of the trainings that the engineer's own account holds.
"""

import collections
import sys
from pathlib import Path
from typing import Any

from dzn import read_dzn

import placement_opt as po

BEST_KNOWN = {
    "skill_allocation_mzn_1m_1": 2,
    "skill_allocation_mzn_2m_1": 2,
    "skill_allocation_mzn_2m_3": 3,
    "skill_allocation_mzn_2w_1": 3,
    "skill_allocation_mzn_3m_3": 2,
}
OVERSEAS_CAP = 5  # what the challenge's model asks where a file does not say
NOT_READ = ("allEng", "nInterstateCap", "nMinJobs", "nTrainingCap")  # no file of 2020 sets one
OVERSEAS = 4  # the column of a job that says so; column 0 is its skill, counted from 1


def read(path: Path) -> dict[str, Any]:
    """Return the values of a file by the names that the challenge's model gives them.

    Raises
    ------
    ValueError
        When the file sets a limit that is not modelled here.
    """
    values = {"nOverseasCap": OVERSEAS_CAP, **read_dzn(path)}
    unread = [name for name in NOT_READ if values.get(name, 0) > 0]
    if unread:
        raise ValueError(f"{path.name}: {', '.join(unread)} is not modelled here")
    return values


def region(values: dict[str, Any]) -> po.Region:
    """Return engineers, jobs, a training for each skill, and an account for each engineer."""
    skills = range(1, len(values["engineer_skills"][0]) + 1)
    has = [
        {f"skill {skill}": 1 for skill in skills if row[skill - 1]}
        for row in values["engineer_skills"]
    ]
    jobs = [
        po.Opening(
            id=f"J-{number}",
            required_skills={f"skill {job[0]}": 1},
            essential_skills={f"skill {job[0]}"},
            groups={"place": "overseas" if job[OVERSEAS] else "here"},
        )
        for number, job in enumerate(values["jobs"], start=1)
    ]
    trainings = [
        po.Opening(
            id=f"T-{skill}",
            kind="training",
            positions=len(has),
            grants={f"skill {skill}": 1},
            cost_eur=1,
        )
        for skill in skills
    ]
    accounts = [f"account {number}" for number in range(1, len(has) + 1)]
    most = values["nNewSkillsPerPerson"]
    return po.Region(
        name="skill allocation",
        candidates=[
            po.Candidate(id=f"E-{number}", municipality=account, skills=own)
            for number, (own, account) in enumerate(zip(has, accounts, strict=True), start=1)
        ],
        openings=[*jobs, *trainings],
        municipalities=[
            po.Municipality(id=account, reintegration_budget_eur_per_year=most)
            for account in accounts
        ],
    )


def model(values: dict[str, Any]) -> po.Model:
    """Return the model: every job is done, with as few trainings as possible."""
    made = region(values)
    jobs = [opening.id for opening in made.openings if opening.kind == "job"]
    abroad = {(one.id, "overseas"): values["nOverseasCap"] for one in made.candidates}
    return po.Model(
        made,
        rules=[
            po.EssentialSkills(),
            po.OnePlacement(at_most=values["nMaxJobs"]),
            po.OpeningCapacity(),
            po.ResourceLimit(per="opening", minimums=dict.fromkeys(jobs, 1)),
            po.ResourceLimit(per=("candidate", "opening.place"), limits=abroad),
        ],
        objective=[po.StepValue(points=-1)],
    )


def counted(values: dict[str, Any], result: po.Result) -> int:
    """Count the trainings of a plan from its tables and the file alone.

    Raises
    ------
    ValueError
        When the plan breaks what the challenge asks.
    """
    learnt = collections.defaultdict(set)
    paths = result.paths
    for who, what, kind in zip(
        paths["candidate_id"], paths["opening_id"], paths["kind"], strict=True
    ):
        if kind == "training":
            learnt[int(who[2:])].add(int(what[2:]))
    done, here, abroad = set(), collections.Counter(), collections.Counter()
    for who, what in zip(
        result.placements["candidate_id"], result.placements["opening_id"], strict=True
    ):
        engineer, number = int(who[2:]), int(what[2:])
        skill, *rest = values["jobs"][number - 1]
        if not values["engineer_skills"][engineer - 1][skill - 1] and skill not in learnt[engineer]:
            raise ValueError(f"{who} lacks skill {skill} of {what}")
        done.add(number)
        here[engineer] += 1
        abroad[engineer] += rest[OVERSEAS - 1]
    most = values["nMaxJobs"], values["nOverseasCap"], values["nNewSkillsPerPerson"]
    counts = here.values(), abroad.values(), map(len, learnt.values())
    if len(done) < len(values["jobs"]) or sum(here.values()) > len(done):
        raise ValueError("some job is not done by one engineer")
    if any(max(of, default=0) > limit for of, limit in zip(counts, most, strict=True)):
        raise ValueError("some engineer has more than is allowed")
    return sum(map(len, learnt.values()))


if __name__ == "__main__":
    file = Path(sys.argv[1])
    asked = read(file)
    found = model(asked).solve(time_limit_s=60, gap=0)
    print(f"{file.name}: {found.status}, best known {BEST_KNOWN.get(file.stem, 'not known here')}")
    if found.has_plan:
        print(f"{counted(asked, found)} trainings, no plan has fewer than {-found.bound:g}")
