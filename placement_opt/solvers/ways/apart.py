"""Solves independent components one after the other and adds up their plans and their bounds."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from placement_opt.basics.status import StopReason
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import SUM_LIMIT, Formulation
from placement_opt.formulation.mixed_integer_rounding import Cut, cuts_of, with_cuts
from placement_opt.solvers.derived.components import Component
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.guarded import guarded
from placement_opt.solvers.search.reporting import ended, logger, prove_bound, prove_none

NAME = "components"

Solve = Callable[[Formulation, Search], Ending]


def solve_apart(components: Sequence[Component], search: Search, solve: Solve) -> Ending:
    """Solve the components of a problem, each in its share of the time.

    The plan of the whole is offered when every component has one. Its bound is the sum of their
    bounds, and its certificate has all their prices and cuts. It is infeasible as soon as one
    component is.

    Parameters
    ----------
    components
        As `placement_opt.solvers.derived.components.components` returns them.
    search
        The search of the whole; each component begins from its best plan.
    solve
        Solves one component.
    """
    search.note(f"{NAME}: {len(components)} of them share no row; solved one after the other")
    gaps = dict.fromkeys((search.limits.gap, 0.0))
    searches: list[Search] = []
    endings: list[Ending] = []
    for gap in gaps:
        # Where components gain and lose, all may keep the gap and their sum may not: solve on.
        endings = _solve_each(components, search, solve, searches, gap)
        none = next((one.infeasible_by for one in searches if one.infeasible_by is not None), None)
        if none is not None:
            return prove_none(search, none)
        _offer(components, searches, search)
        _prove(components, searches, search)
        if Ending.FAILED in endings and not search.is_proven:
            return Ending.FAILED
        if search.clock.stop_reason() is not None:
            break
    is_done = len(endings) == len(components) and Ending.STOPPED not in endings
    return Ending.FINISHED if is_done and not search.is_proven else ended(search)


def _solve_each(
    components: Sequence[Component],
    search: Search,
    solve: Solve,
    searches: list[Search],
    gap: float,
) -> list[Ending]:
    """Solve each component up to a gap; go on from `searches`, which become the new ones."""
    before, endings = searches.copy(), []
    searches.clear()
    ahead = sum(component.formulation.n_variables for component in components)
    for number, component in enumerate(components, start=1):
        own_search = _search_of(component, search, component.formulation.n_variables / ahead, gap)
        if not search.limits.reproducible:
            ahead -= component.formulation.n_variables
        if before:
            own_search.go_on_from(before[number - 1])
        searches.append(own_search)
        if search.clock.stop_reason() in {None, StopReason.GAP}:
            # Guarded here as well: the search of the whole does not have these plans yet.
            endings.append(
                guarded(solve, component.formulation, own_search, schedule.COMPONENT_STOP_S)
            )
            own_search.clock.cancel()
        search.notes.extend(f"component {number}: {note}" for note in own_search.notes)
        if own_search.infeasible_by is not None:
            break
    return endings


def _search_of(component: Component, search: Search, share: float, gap: float) -> Search:
    """Begin the search of one component, from the best plan of the whole."""
    whole = search.clock.at_most(search.limits.time_limit_s)
    limits = replace(search.limits, time_limit_s=share * whole, gap=gap)
    inside = Search(component.formulation, limits, search.clock.is_cancelled)
    if search.prices is not None:
        inside.prices = search.prices[component.rows]
    if search.best is not None:
        is_chosen = np.isin(component.pairs, search.best.chosen, assume_unique=True)
        own = search.best.own[component.own]
        inside.offer(Solution(np.flatnonzero(is_chosen), own), search.best_source or "start")
    return inside


def _offer(components: Sequence[Component], searches: Sequence[Search], search: Search) -> None:
    """Offer all plans together; a component without one places nobody, if its rows allow that."""
    chosen = []
    own = np.zeros(search.formulation.n_variables - search.formulation.n_pairs, dtype=np.int64)
    for component, found in zip(components, searches, strict=True):
        if found.best is None:
            none = np.zeros(0, dtype=np.int64)
            least = found.formulation.own_lower
            found.offer(Solution(none, least), "nobody")
        if found.best is None:
            return
        chosen.append(component.pairs[found.best.chosen])
        own[component.own] = found.best.own
    sources = {found.best_source for found in searches} - {None}
    source = sources.pop() if len(sources) == 1 else NAME
    search.offer(Solution(np.sort(np.concatenate(chosen)), own), source or NAME)


def _prove(components: Sequence[Component], searches: Sequence[Search], search: Search) -> None:
    """Prove the sum of all bounds, and join the certificates."""
    certificates = []
    total = 0
    for component, found in zip(components, searches, strict=True):
        nothing = Certificate(np.zeros(component.formulation.n_rows, dtype=np.int64), 0)
        if found.bound is None:
            found.certify(nothing, "bounds of the variables")
        certificates.append(found.certificate or nothing)
        total += found.bound or 0
    sources = {found.bound_source for found in searches} - {None}
    source = sources.pop() if len(sources) == 1 else NAME
    if not prove_bound(search, total, source or NAME):
        return
    try:
        certificate, strong = _together(components, searches, certificates, search.formulation)
        search.certify(certificate, source or NAME, strong)
    except ValueError as error:
        logger.info("%s: no certificate of the whole, %s", NAME, error)


def _together(
    components: Sequence[Component],
    searches: Sequence[Search],
    certificates: Sequence[Certificate],
    whole: Formulation,
) -> tuple[Certificate, Formulation]:
    """Return the certificate of the whole, and the whole with all cuts.

    Raises ValueError where the prices are too far apart for one scale in int64.
    """
    bits = max(certificate.bits for certificate in certificates)
    prices = np.zeros(whole.n_rows, dtype=np.int64)
    cuts: list[Cut] = []
    of_cuts: list[int] = []
    for component, found, certificate in zip(components, searches, certificates, strict=True):
        shift = bits - certificate.bits
        if float(np.abs(certificate.prices).max(initial=0)) * 2.0**shift >= SUM_LIMIT:
            raise ValueError("the components' prices are too far apart")
        component_prices = certificate.prices << shift
        n_rows = component.rows.size
        prices[component.rows] = component_prices[:n_rows]
        own_cuts = cuts_of(found.certified_formulation)[: component_prices.size - n_rows]
        # Rows behind those of the rules are earlier cuts of the same component.
        row = np.concatenate([component.rows, whole.n_rows + len(cuts) + np.arange(len(own_cuts))])
        variable = np.concatenate([component.pairs, whole.n_pairs + component.own])
        cuts += [
            replace(
                cut,
                rows=tuple(row[list(cut.rows)].tolist()),
                complemented=tuple(variable[list(cut.complemented)].tolist()),
            )
            for cut in own_cuts
        ]
        of_cuts += component_prices[n_rows:].tolist()
    joined = np.concatenate([prices, np.array(of_cuts, dtype=np.int64)])
    return Certificate(joined, bits), with_cuts(whole, cuts)
