"""Training before the job, for people who came in by a channel of the employer's own.

A warehouse wants 14 people who can drive a fork-lift truck. Ten places in a course that the
municipality pays are free, and the employer met people on an open day of its own: eight of them at
least should start. Run it with ``python examples/systems/training_first.py``.
"""

import placement_opt as po

CHANNELS = {"open day": 20, "municipality": 30}
SKILLED_EVERY = 6
COURSE_PLACES, COURSE_EUR, BUDGET_EUR = 10, 1_250, 11_000
ASKED = 8


def region() -> po.Region:
    """Make up people of two channels, every sixth of whom has the skill already."""
    channels = [channel for channel, count in CHANNELS.items() for _ in range(count)]
    return po.Region(
        name="training before the job",
        date="2026-02-01",
        candidates=[
            po.Candidate(
                id=f"C-{number:02}",
                municipality="Beuningen",
                hours_per_week=(16, 24 + number % 3 * 4),
                skills={"fork-lift": 0.8} if number % SKILLED_EVERY == 0 else {},
                groups={"channel": channel},
            )
            for number, channel in enumerate(channels)
        ],
        employers=[po.Employer(id="E-warehouse")],
        openings=[
            po.Opening(
                id="O-warehouse",
                employer="E-warehouse",
                positions=14,
                hours_per_week=(16, 32),
                required_skills={"fork-lift": 0.6},
                essential_skills={"fork-lift"},
            ),
            po.Opening(
                id="T-course",
                kind="training",
                positions=COURSE_PLACES,
                grants={"fork-lift": 0.7},
                cost_eur=COURSE_EUR,
            ),
        ],
        municipalities=[
            po.Municipality(id="Beuningen", reintegration_budget_eur_per_year=BUDGET_EUR)
        ],
    )


def plan() -> po.Result:
    """Return the best plan in which at least eight people of the open day start."""
    model = po.Model(region())
    model.add(po.ResourceLimit(per="candidate.channel", minimums={"open day": ASKED}))
    model.add(po.StepValue(points=-1))  # of plans that are as good, that with fewer courses
    return model.solve()


if __name__ == "__main__":
    found = plan()
    print(found.summary())
    print(found.paths.to_string())
