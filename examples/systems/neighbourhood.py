"""A neighbourhood with reserved places, where people bid for the work that they want most.

A new health centre reserves places for people who live near it. Everybody has 100 points and
spreads them over openings; the plan takes what is bid the highest, and keeps the reserved places.
Run it with ``python examples/systems/neighbourhood.py``.
"""

import random

import placement_opt as po

PLACES = {"O-reception": 2, "O-kitchen": 4, "O-garden": 3, "O-laundry": 3}
NEAR, N_PEOPLE, RESERVED = "Hatert", 24, 6
POINTS = 100


def region() -> po.Region:
    """Make up the people of two neighbourhoods; one in four lives near the centre."""
    return po.Region(
        name="a neighbourhood with bids",
        candidates=[
            po.Candidate(
                id=f"C-{number:02}",
                groups={"neighbourhood": NEAR if number % 4 == 0 else "Dukenburg"},
            )
            for number in range(N_PEOPLE)
        ],
        openings=[
            po.Opening(id=id_, positions=places, groups={"site": "health centre"})
            for id_, places in PLACES.items()
        ],
    )


def bids(seed: int = 3) -> dict[str, list[object]]:
    """Return what everybody bids: up to three openings, 100 points in all."""
    draw = random.Random(seed)
    rows = []
    for number in range(N_PEOPLE):
        # Who lives near would take any work there, and spreads the points over three openings.
        count = 3 if number % 4 == 0 else draw.randint(1, 2)
        wanted = draw.sample(sorted(PLACES), count)
        cuts = sorted(draw.sample(range(1, POINTS), count - 1))
        ends = zip([0, *cuts], [*cuts, POINTS], strict=True)
        rows += [
            (f"C-{number:02}", opening, high - low)
            for opening, (low, high) in zip(wanted, ends, strict=True)
        ]
    names = ("candidate_id", "opening_id", "bid")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def plan(*, reserved: bool = True) -> po.Result:
    """Return the plan of the highest bids, with or without reserved places."""
    rules: list[po.Rule] = [po.OnePlacement(), po.OpeningCapacity()]
    if reserved:
        groups = ("opening.site", "candidate.neighbourhood")
        least = {("health centre", NEAR): RESERVED}
        rules.append(po.ResourceLimit(per=groups, minimums=least))
    return po.Model(region(), pairs=bids(), rules=rules, objective=[po.PairScore("bid")]).solve()


if __name__ == "__main__":
    free, found = plan(reserved=False), plan()
    print(found.summary())
    print(f"{free.objective - found.objective:g} points of bids is what the reserved places cost")
