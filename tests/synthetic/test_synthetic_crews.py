"""Crews and groups of made-up regions."""

import pytest

import placement_opt as po

SIZE = {"candidates": 120, "openings": 40, "seed": 3}


def test_crews_and_groups_come_on_top_of_the_same_region():
    plain, crewed = po.synthetic_region(**SIZE), po.synthetic_region(**SIZE, crews=True)
    assert crewed == po.synthetic_region(**SIZE, crews=True)
    sites = [opening for opening in crewed.openings if opening.crew_minimum is not None]
    assert len(sites) == 2
    assert all((site.positions, site.guidance_share) == (8, 0.5) for site in sites)
    assert not any(site.sheltered for site in sites)
    assert [(len(g.members), g.where) for g in crewed.together] == [(2, "opening"), (2, "employer")]
    home = {person.id: person.municipality for person in crewed.candidates}
    assert all(len({home[member] for member in group.members}) == 1 for group in crewed.together)
    others = {site.id for site in sites}
    kept = [[o for o in region.openings if o.id not in others] for region in (plain, crewed)]
    assert kept[0] == kept[1]
    undone = {"openings": plain.openings, "together": ()}
    assert crewed.model_copy(update=undone) == plain
    with pytest.raises(po.InvalidInputError, match="crews"):
        po.synthetic_region(**SIZE, crews="yes")


def test_their_plan_keeps_them_together():
    """Judged by hand, from the table of placements alone."""
    region = po.synthetic_region(**SIZE, crews=True)
    result = po.solve(region, time_limit_s=30, gap=0.02)
    assert result.status in {po.Status.OPTIMAL, po.Status.FEASIBLE}
    where = dict(result.placements[["candidate_id", "opening_id"]].itertuples(index=False))
    staff = list(where.values())
    employer = {opening.id: opening.employer for opening in region.openings}
    for opening in region.openings:
        n_there = staff.count(opening.id)
        assert n_there <= opening.positions
        assert n_there == 0 or n_there >= (opening.crew_minimum or 0)
    for group in region.together:
        places = {where.get(member) for member in group.members}
        if group.where == "employer":
            places = {employer.get(place) for place in places}
        assert len(places) == 1
    assert po.check_result(region, result).is_sound
