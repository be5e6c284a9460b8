"""Concerts in halls of several sizes: the MiniZinc Challenge's `concert-hall-cap`.

Each concert lasts from its start to its end, asks for so many seats, and brings a price. Those that
overlap go to different halls. Run it with ``python examples/public/concerts.py FILE.dzn`` on a file
of the challenges of 2018 and 2024.

Halls of one size form a class, an opening with so many positions. A concert is a candidate, and at
each start of a concert the concerts of a class that then last are at most its halls: which hall
each one gets follows, since intervals that never exceed so many at a time fit in so many halls.
"""

import collections
import itertools
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from dzn import read_dzn

import placement_opt as po

BEST_KNOWN = {"concert-cap.mznc2018.02": 48278, "concert-cap.mznc2018.06": 31985}


def model(values: dict[str, Any]) -> po.Model:
    """Return the model: the concerts and their classes that bring most."""
    halls = collections.Counter(values["capacity"])
    offers = list(
        zip(*(values[name] for name in ("start", "end", "price", "requirement")), strict=True)
    )
    moments = sorted({start for start, *_ in offers})
    lasts = [f"lasts at {moment}" for moment in moments]
    rows = [
        (f"C-{number}", f"H-{size}", price, *(int(start <= moment < end) for moment in moments))
        for number, (start, end, price, seats) in enumerate(offers, start=1)
        for size in sorted(halls)
        if size >= seats
    ]
    counts = {f"H-{size}": count for size, count in halls.items()}
    return po.Model(
        po.Region(
            name="concerts",
            candidates=[po.Candidate(id=f"C-{number + 1}") for number in range(len(offers))],
            openings=[po.Opening(id=id_, positions=len(offers)) for id_ in counts],
        ),
        pairs=pd.DataFrame(rows, columns=["candidate_id", "opening_id", "price", *lasts]),
        rules=[
            po.OnePlacement(),
            *(po.ResourceLimit(uses=one, per="opening", limits=counts) for one in lasts),
        ],
        objective=[po.PairScore("price")],
    )


def timetable(values: dict[str, Any], result: po.Result) -> dict[int, int]:
    """Give each concert of the plan a hall of its class, both as numbers from 0 of the file.

    In order of their starts each takes a hall of the class that is free again.
    """
    free_at = dict.fromkeys(range(len(values["capacity"])), None)
    halls = {}
    rows = zip(result.placements["candidate_id"], result.placements["opening_id"], strict=True)
    placed = [(int(who[2:]) - 1, int(where[2:])) for who, where in rows]
    for concert, size in sorted(placed, key=lambda row: values["start"][row[0]]):
        start = values["start"][concert]
        halls[concert] = next(
            hall
            for hall, until in free_at.items()
            if values["capacity"][hall] == size and (until is None or until <= start)
        )
        free_at[halls[concert]] = values["end"][concert]
    return halls


def counted(values: dict[str, Any], halls: dict[int, int]) -> int:
    """Add up the prices of a timetable, from the file alone.

    Raises
    ------
    ValueError
        When a hall is too small, or has two concerts at a time.
    """
    for concert, hall in halls.items():
        if values["capacity"][hall] < values["requirement"][concert]:
            raise ValueError(f"hall {hall} is too small for concert {concert}")
    for one, other in itertools.combinations(sorted(halls), 2):
        apart = values["end"][one] <= values["start"][other] or (
            values["end"][other] <= values["start"][one]
        )
        if halls[one] == halls[other] and not apart:
            raise ValueError(f"concerts {one} and {other} overlap in hall {halls[one]}")
    return sum(values["price"][concert] for concert in halls)


if __name__ == "__main__":
    file = Path(sys.argv[1])
    asked = read_dzn(file)
    found = model(asked).solve(time_limit_s=60, gap=0)
    print(f"{file.name}: {found.status}, best known {BEST_KNOWN.get(file.stem, 'not known here')}")
    if found.has_plan:
        price = counted(asked, timetable(asked, found))
        print(f"{price} in all, no timetable brings more than {found.bound:g}")
