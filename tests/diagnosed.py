"""Small problems without a plan, and what a diagnosis of them says, as sets."""

import placement_opt as po

PLAIN_RULES = (po.OnePlacement(), po.OpeningCapacity(), po.EveryCandidatePlaced())


def crowd(n_people, n_openings, allowed=None, positions=1):
    """People who must all be placed, and openings; `allowed` lists pairs, None allows all."""
    region = po.Region(
        name="crowd",
        candidates=[po.Candidate(id=f"C-{c}") for c in range(n_people)],
        openings=[po.Opening(id=f"O-{o}", positions=positions) for o in range(n_openings)],
    )
    pairs = None
    if allowed is not None:
        pairs = {
            "candidate_id": [f"C-{c}" for c, _ in allowed],
            "opening_id": [f"O-{o}" for _, o in allowed],
            "score": [1] * len(allowed),
        }
    return po.Model(region, pairs=pairs, rules=PLAIN_RULES, objective=[po.PlacedJobs()][:0])


def sets_of(found):
    return [frozenset((limit.rule, limit.group) for limit in part) for part in found]


def conflicts_of(diagnosis):
    return sets_of(conflict.limits for conflict in diagnosis.conflicts)


def relaxations_of(diagnosis, kind):
    return sets_of(one.changes for one in diagnosis.relaxations if one.kind == kind)
