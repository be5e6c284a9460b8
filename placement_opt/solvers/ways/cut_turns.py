"""Decides when a search from prices looks for rounding cuts, and for how long."""

import math
from dataclasses import replace

import numpy as np

from placement_opt.solvers.bounds.certified_cuts import certified_cuts
from placement_opt.solvers.bounds.strengthened import Strengthened
from placement_opt.solvers.derived.lumped import lumped
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.ways.priced import Priced


class CutTurns:
    """Looks for cuts for as long as the search has taken so far, whatever its time limit is.

    Where that was too short, it looks again when twice the time has passed.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._due_s = 0.0

    @property
    def is_due(self) -> bool:
        """True when it is time to look for cuts."""
        return self._search.clock.elapsed_s >= self._due_s

    def looked_for(self, priced: Priced) -> tuple[Priced, Strengthened | None]:
        """Look for cuts; see `strengthened`."""
        search, clock = self._search, self._search.clock
        seconds = min(max(schedule.CUTS_S, clock.elapsed_s), clock.share(schedule.CUTS_SHARE))
        found = strengthened(priced, search, seconds)
        is_done = found[1] is not None and not found[1].is_cut_short
        self._due_s = math.inf if is_done else 2 * clock.elapsed_s
        return found


def strengthened(
    priced: Priced, search: Search, seconds: float
) -> tuple[Priced, Strengthened | None]:
    """Add rounding cuts for so many seconds; return the problem with new prices, and the cuts.

    The prices stay where cuts do not lower the bound; the cuts are None where none was tried.
    """
    formulation = priced.formulation
    everything = np.arange(formulation.n_pairs)
    found = certified_cuts(formulation, lumped(formulation), search, everything, seconds)
    if found is None:
        return priced, None
    if found.bound >= priced.bound:
        return priced, found
    n_pairs = formulation.n_pairs
    again = replace(
        priced,
        reduced=found.formulation.reduced(found.prices)[:n_pairs],
        values=np.concatenate([found.values[:n_pairs], priced.values[n_pairs:]]),
        bound=math.ceil(found.bound),
    )
    return again, found
