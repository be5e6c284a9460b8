"""Regions in which some people are placed with others only, or not at all."""

import placement_opt as po


def region_of(n_people, crews, groups=(), fixed=()):
    """Return people, openings of (positions, crew minimum), groups and fixed placements."""
    return po.Region(
        name="with others",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(n_people)],
        openings=[
            po.Opening(id=f"O-{n}", positions=places, crew_minimum=least)
            for n, (places, least) in enumerate(crews)
        ],
        together=[po.Together(members=[f"C-{n}" for n in group]) for group in groups],
        fixed_placements=fixed,
    )
