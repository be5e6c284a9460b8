"""A small region of scored pairs, and a solver that keeps only what is given."""

import itertools

import pandas as pd
import pytest

import placement_opt as po
from placement_opt.solvers.search.base import Ending


def region(n_candidates=3, n_openings=3, **fields):
    return po.Region(
        name="r",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(n_candidates)],
        openings=[po.Opening(id=f"O-{n}") for n in range(n_openings)],
        **fields,
    )


def model(place=None, scores=None, *rules):
    """Every pair is eligible; pair (c, o) is worth ``10 * c + o + 1`` unless `scores` says else."""
    place = region() if place is None else place
    pairs = itertools.product(range(len(place.candidates)), range(len(place.openings)))
    cells = [
        (f"C-{c}", f"O-{o}", (scores or {}).get((c, o), 10 * c + o + 1), c + 1) for c, o in pairs
    ]
    frame = pd.DataFrame(cells, columns=["candidate_id", "opening_id", "score", "size"])
    return po.Model(
        place,
        pairs=frame,
        rules=[po.OnePlacement(), po.OpeningCapacity(), *rules],
        objective=[po.PairScore("score")],
    )


class Idle:
    name = "idle"

    def refuses(self, formulation):
        del formulation

    def solve(self, formulation, search):
        del formulation, search
        return Ending.STOPPED


def kept_only(of, start=None):
    """Solve without any search: what comes back is what was made of the start."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("placement_opt.run.solve_parameters.get_solver", lambda _: Idle())
        return of.solve(start=start)


def placed(result):
    return {(row.candidate_id, row.opening_id) for row in result.placement_rows}


START = [("C-0", "O-2"), ("C-1", "O-1"), ("C-2", "O-0")]


def with_at_most(region, at_most):
    of = po.Model(region)
    return of.add(po.OnePlacement(at_most=at_most)) if at_most > 1 else of
