"""Minimum-cost flow: exact and fast where all rows form a network."""

import itertools
import time
from functools import partial

import numpy as np

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.basics.status import StopReason
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.engines.job import JobError, start_job
from placement_opt.solvers.engines.job_folder import job_folder
from placement_opt.solvers.flow.core import core_of, missing_pairs
from placement_opt.solvers.flow.min_cost_flow import (
    INFEASIBLE,
    OPTIMAL,
    cheapest_flow,
    read_flow,
    write_arcs,
)
from placement_opt.solvers.flow.network import Arcs, Network, read_network
from placement_opt.solvers.flow.prices import flow_certificate, potentials
from placement_opt.solvers.flow.sets import NotANetworkError
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.reporting import (
    attempt,
    ended,
    logger,
    prove_bound,
    prove_none,
)

FLOW_WORK = "placement_opt.solvers.flow.min_cost_flow:work"

QUICK_ARCS = 250_000
"""So many arcs mostly take less than a second, hardly more than the start of a process."""

CORE_ROUNDS = 8
"""The core is extended so many times; after that all pairs are taken."""


class NetworkFlow:
    """Exact minimum-cost flow; refuses what is no network (see `solvers.flow.network`).

    It solves the core first. Node potentials of that flow tell which other pairs are worth adding,
    and prove the optimum when none is. A stop leaves the best plan and bound so far. The asked gap
    does not stop it, since the proof is near; so its answer depends on the problem only.

    Parameters
    ----------
    in_process
        True: work in this process, which blocks all threads until the flow ends. False: work in a
        process of its own. None: in this process if the problem is small.
    """

    name = "flow"

    def __init__(self, *, in_process: bool | None = None) -> None:
        self._in_process = in_process
        self._read: tuple[Formulation, Network | str] | None = None

    def refuses(self, formulation: Formulation) -> str | None:
        """Return why the rows are no network, or None when they are."""
        network = self._network(formulation)
        return network if isinstance(network, str) else None

    def solve(self, formulation: Formulation, search: Search) -> Ending:
        """Solve; see `placement_opt.solvers.search.base.Solver.solve`."""
        return attempt(self.name, formulation, search, partial(self._solve, formulation, search))

    def _solve(self, formulation: Formulation, search: Search) -> Ending:
        network = self._network(formulation)
        if isinstance(network, str):
            logger.warning("flow refused the problem: %s", network)
            return Ending.FAILED
        if not network.is_feasible:
            return prove_none(search, self.name)
        return self._search(network, search)

    def _network(self, formulation: Formulation) -> Network | str:
        """Return the network or why there is none; read once, as `solve` follows `refuses`."""
        if self._read is None or self._read[0] is not formulation:
            network: Network | str
            try:
                network = read_network(formulation)
            except NotANetworkError as error:
                network = str(error)
            self._read = (formulation, network)
        return self._read[1]

    def _search(self, network: Network, search: Search) -> Ending:
        """Solve the core, and again with the pairs that its prices ask for, until none is left."""
        taken = core_of(network)
        proof: tuple[Solution, Ints] | None = None
        slowest_s = 0.0
        for n_rounds in itertools.count(1):
            arcs = network.arcs(np.flatnonzero(taken))
            began = time.perf_counter()
            answer = self._flow(
                arcs, network.supply, search.clock, is_slow=slowest_s > schedule.QUICK_FLOW_S
            )
            slowest_s = max(slowest_s, time.perf_counter() - began)
            if answer is None:
                break
            status, flow = answer
            if status == INFEASIBLE and taken.all():
                return prove_none(search, self.name)
            if status == INFEASIBLE:
                taken[:] = True
                continue
            if status != OPTIMAL:
                raise JobError(f"the algorithm ended with {status}")
            solution = _offered(network, taken, flow, search)
            is_stopped = partial(_is_stopped, search.clock)
            potential = potentials(arcs, flow, network.supply.size, is_stopped)
            if potential is None and not taken.all():
                break
            proof = None if potential is None else (solution, potential)
            missing = ~taken if potential is None else missing_pairs(network, taken, potential)
            if not missing.any():
                _certify(network, proof, search)
                gained = network.formulation.gained(solution.values(network.formulation))
                is_kept = prove_bound(search, gained, self.name)
                return Ending.EXHAUSTED if is_kept else Ending.FAILED
            # If pairs are still missing after so many rounds, the prices are no guide.
            taken |= missing | (n_rounds >= CORE_ROUNDS)
        _certify(network, proof, search)
        return ended(search)

    def _flow(
        self, arcs: Arcs, supply: Ints, clock: Clock, *, is_slow: bool
    ) -> tuple[str, Ints] | None:
        """Return how the algorithm ended and its flow, or None when the search said stop."""
        if _is_stopped(clock):
            return None
        arrays = (arcs.tail, arcs.head, arcs.capacity, arcs.cost, supply)
        is_quick = len(arcs) <= QUICK_ARCS and not is_slow
        if is_quick if self._in_process is None else self._in_process:
            return cheapest_flow(*arrays)
        with job_folder() as folder:
            write_arcs(folder.path, *arrays)
            job = start_job(FLOW_WORK, folder)
            try:
                while not job.wait(schedule.POLL_S):
                    if _is_stopped(clock):
                        return None
                job.finish()
            finally:
                job.stop()
            return read_flow(folder.path)


def _is_stopped(clock: Clock) -> bool:
    return clock.stop_reason() not in {None, StopReason.GAP}


def _offered(network: Network, taken: Bools, flow: Ints, search: Search) -> Solution:
    """Offer the plan of a flow over the taken pairs, and return it.

    Raises
    ------
    JobError
        When the plan breaks a row.
    """
    place = np.flatnonzero(taken)
    solution = network.solution(place[flow[: place.size] > 0])
    search.offer(solution, NetworkFlow.name)
    gained = network.formulation.gained(solution.values(network.formulation))
    if search.gained is None or search.gained < gained:
        raise JobError("the flow is not a plan that keeps all rows")
    return solution


def _certify(network: Network, proof: tuple[Solution, Ints] | None, search: Search) -> None:
    """Let the search check in exact integers what a flow and its node potentials prove."""
    if proof is None:
        return
    solution, potential = proof
    certificate = flow_certificate(network, solution.chosen, potential)
    if certificate is None:
        search.note("flow: the prices are no integers, the bound rests on the algorithm's word")
        return
    try:
        search.certify(certificate, NetworkFlow.name)
    except ValueError as error:
        search.note(f"flow: {error}; the bound rests on the algorithm's word")
