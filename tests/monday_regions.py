"""Regions of a few people and openings, before and after something changed."""

import placement_opt as po

THREE = [("C-1", "O-1", 5), ("C-1", "O-2", 9), ("C-2", "O-1", 6), ("C-2", "O-2", 7)]
"""Listed pairs of two people and two openings, with their scores."""


def day(people, openings, **fields):
    return po.Region(name="town", candidates=people, openings=openings, **fields)


def person(number, **fields):
    return po.Candidate(id=f"C-{number}", **fields)


def work(number, **fields):
    return po.Opening(id=f"O-{number}", **fields)


def scored(rows):
    """Return listed pairs of (candidate, opening, score)."""
    names = ("candidate_id", "opening_id", "score")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def listed(people, openings, rows, **fields):
    region = day([person(n) for n in people], [work(n) for n in openings], **fields)
    rules = [po.OnePlacement(), po.OpeningCapacity()]
    rules += [po.FixedPlacements()] if region.fixed_placements else []
    return po.Model(region, pairs=scored(rows), rules=rules, objective=[po.PairScore("score")])


def changes_of(before, placements):
    """Count candidates with another set of openings, from plain pairs."""
    after = {}
    for candidate, opening in placements:
        after.setdefault(candidate, set()).add(opening)
    old = {}
    for candidate, opening in before:
        old.setdefault(candidate, set()).add(opening)
    return sum(old.get(one, set()) != after.get(one, set()) for one in {*old, *after})


def pairs_of(result):
    return [(row.candidate_id, row.opening_id) for row in result.placement_rows]
