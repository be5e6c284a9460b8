"""An employer takes over coaching: a colleague is trained as a coach for the people it takes.

Without the colleague the hours of the region's coaches bound the plan. With one, people of this
employer need nobody from outside, the others get the hours, and one coach at most comes to each
employer. Run it with ``python examples/systems/own_coach.py``.
"""

import placement_opt as po

N_PEOPLE, POSITIONS = 30, {"E-bakery": 12, "E-cleaning": 9, "E-depot": 9}
COLLEAGUE = po.Coach(
    id="K-colleague", kind="employer", employer="E-bakery", hours_per_week=16, max_caseload=12
)


def region(*, takes_over: bool) -> po.Region:
    """Make up people who need different hours of a coach, and three employers."""
    outside = [po.Coach(id=f"K-{n}", hours_per_week=20, max_caseload=15) for n in (1, 2)]
    return po.Region(
        name="an employer that takes over coaching",
        candidates=[
            po.Candidate(id=f"C-{n:02}", coaching_hours_per_week=(1.5, 2, 3.5)[n % 3])
            for n in range(N_PEOPLE)
        ],
        employers=[po.Employer(id=id_) for id_ in POSITIONS],
        openings=[
            po.Opening(id=f"O-{id_[2:]}", employer=id_, positions=count)
            for id_, count in POSITIONS.items()
        ],
        coaches=[*outside, COLLEAGUE] if takes_over else outside,
    )


def plan(*, takes_over: bool) -> po.Result:
    """Return the plan with the most placements in which one coach comes to each employer."""
    model = po.Model(
        region(takes_over=takes_over),
        objective=[po.ExpectedPlacements(points_per_placement=1, unknown_chance=1)],
    )
    return model.add(po.FewCoaches(at_most=1)).solve()


if __name__ == "__main__":
    before, after = plan(takes_over=False), plan(takes_over=True)
    print(f"{len(before.placements)} people without a colleague, {len(after.placements)} with one")
    print(after.placements.groupby(["employer_id", "coach_id"]).size().to_string())
