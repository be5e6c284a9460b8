"""Minimum-cost flow: exact and fast where all rows form a network."""

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import Formulation
from placement_opt.solvers.base import Ending, Search
from placement_opt.solvers.job import JobError, start_job
from placement_opt.solvers.min_cost_flow import (
    INFEASIBLE,
    OPTIMAL,
    cheapest_flow,
    read_flow,
    write_arcs,
)
from placement_opt.solvers.network import Network, read_network
from placement_opt.solvers.network_sets import NotANetworkError
from placement_opt.solvers.reporting import (
    POLL_S,
    ended,
    is_contradictory,
    logger,
    prove_bound,
    prove_none,
    stop_asked,
)

WORK = "placement_opt.solvers.min_cost_flow:work"

QUICK_ARCS = 200_000
"""So many arcs take a fraction of a second, less than the start of a process."""


class NetworkFlow:
    """Exact minimum-cost flow; refuses what is no network (see `placement_opt.solvers.network`).

    It has no incumbents on its way and no use for a start: it proves the optimum at its end. A
    stop before that leaves the search as it was. Its answer depends on the problem alone.

    Parameters
    ----------
    in_process
        True: work in this process, where it blocks all threads until it ends; False: in a
        process of its own. None: here when small.
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
        """Solve; see `placement_opt.solvers.base.Solver.solve`."""
        if is_contradictory(formulation):
            return prove_none(search, self.name)
        try:
            network = self._network(formulation)
            if isinstance(network, str):
                logger.warning("flow refused the problem: %s", network)
                return Ending.FAILED
            if not network.is_feasible:
                return prove_none(search, self.name)
            answer = self._flow(network, search)
            return ended(search) if answer is None else _conclude(network, search, *answer)
        except Exception:
            logger.warning("flow failed; the best plan so far is kept", exc_info=True)
            return Ending.FAILED

    def _network(self, formulation: Formulation) -> Network | str:
        """Read the network once, since a solve comes after the question whether it is one."""
        if self._read is None or self._read[0] is not formulation:
            network: Network | str
            try:
                network = read_network(formulation)
            except NotANetworkError as error:
                network = str(error)
            self._read = (formulation, network)
        return self._read[1]

    def _flow(self, network: Network, search: Search) -> tuple[str, npt.NDArray[np.int64]] | None:
        """Return how the algorithm ended and its flow, or None when the search said stop."""
        arcs = network.arcs
        parts = (arcs.tail, arcs.head, arcs.capacity, arcs.cost, network.supply)
        if stop_asked(search):
            return None
        is_quick = len(arcs.tail) <= QUICK_ARCS
        if is_quick if self._in_process is None else self._in_process:
            return cheapest_flow(*parts)
        with tempfile.TemporaryDirectory(
            prefix="placement_opt-", ignore_cleanup_errors=True
        ) as path:
            folder = Path(path)
            write_arcs(folder, *parts)
            job = start_job(WORK, folder, in_process=False)
            try:
                while not job.wait(POLL_S):
                    if stop_asked(search):
                        return None
                job.finish()
            finally:
                job.stop()
            return read_flow(folder)


def _conclude(network: Network, search: Search, status: str, flow: npt.NDArray[np.int64]) -> Ending:
    """Report the final answer."""
    name = NetworkFlow.name
    if status == INFEASIBLE:
        return prove_none(search, name)
    if status != OPTIMAL:
        raise JobError(f"the algorithm ended with {status}")
    solution = network.solution(flow)
    values = solution.values(network.formulation)
    if not network.formulation.is_satisfied_by(values):
        raise JobError("the flow is not a plan that keeps all rows")
    search.offer(solution, name)
    is_kept = prove_bound(search, network.formulation.gained(values), name)
    return Ending.EXHAUSTED if is_kept else Ending.FAILED
