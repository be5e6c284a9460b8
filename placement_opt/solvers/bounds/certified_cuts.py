"""Adds rounding cuts to a problem with lumped holders and proves its bounds for the whole one."""

from collections.abc import Callable

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import cuts_of
from placement_opt.solvers.bounds.cut_rounds import MOST_ROUNDS, strengthen
from placement_opt.solvers.bounds.strengthened import Strengthened
from placement_opt.solvers.derived.lumped import LumpedProblem, certify
from placement_opt.solvers.relaxation.pricing import Pricing
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.resident_memory import give_back


def certified_cuts(
    formulation: Formulation,
    problem: LumpedProblem,
    search: Search,
    core: Ints,
    seconds: float,
    *,
    own: Ints | None = None,
    pricing: Pricing | None = None,
    rounds: int = MOST_ROUNDS,
    on_point: Callable[[Strengthened], None] = lambda _point: None,
) -> Strengthened | None:
    """Add cuts to the linear relaxation; certify each better bound and tell it to the search.

    `formulation` is the whole problem and `problem` the lumped one. The other parameters and the
    result are those of `placement_opt.solvers.bounds.cut_rounds.strengthen`.
    """

    def on_bound(strong: Strengthened) -> None:
        certify(formulation, problem, strong.prices, search, cuts_of(strong.formulation))
        give_back()

    found = strengthen(
        problem.formulation,
        core,
        seconds,
        own=own,
        pricing=pricing,
        rounds=rounds,
        stop=search.clock.stop_asked,
        on_point=on_point,
        on_bound=on_bound,
    )
    if found is None:
        search.note("rounding cuts: the linear program was not solved in time")
    else:
        n_cuts = len(cuts_of(found.formulation))
        search.note(f"rounding cuts: {n_cuts} in {found.n_rounds} rounds")
    return found
