"""OR-Tools' minimum-cost flow, on arrays or on files in a folder.

It cannot be interrupted, and lets no other thread run meanwhile.
"""

from pathlib import Path

import numpy as np

from placement_opt.basics.arrays import Indices, Ints

ARCS = "arcs.npz"
FLOW = "flow.npz"

OPTIMAL = "OPTIMAL"
INFEASIBLE = "INFEASIBLE"


def cheapest_flow(
    tail: Indices, head: Indices, capacity: Ints, cost: Ints, supply: Ints
) -> tuple[str, Ints]:
    """Return how the algorithm ended (its own word) and the flow on each arc, shape (A,).

    A cost-scaling push-relabel method, exact in integers: ``O(nodes^2 arcs log(nodes cost))`` at
    worst, about a second for a million arcs in practice.
    """
    from ortools.graph.python import min_cost_flow

    network = min_cost_flow.SimpleMinCostFlow()
    arc = network.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    network.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
    status = network.solve()
    if status == network.OPTIMAL:
        return OPTIMAL, np.asarray(network.flows(arc), dtype=np.int64)
    # Without an optimum, reading the flow would crash.
    no_flow = np.zeros_like(cost)
    if status == network.INFEASIBLE and np.any(cost):
        # It also says this when its prices overflow, which cannot happen without costs.
        ending, _ = cheapest_flow(tail, head, capacity, no_flow, supply)
        return (ending if ending == INFEASIBLE else "BAD_COST_RANGE"), no_flow
    return str(status.name), no_flow


def write_arcs(folder: Path, *arrays: Indices | Ints) -> None:
    """Write what `work` reads: the arguments of `cheapest_flow`."""
    np.savez(folder / ARCS, *arrays)


def read_flow(folder: Path) -> tuple[str, Ints]:
    """Return the answer of `cheapest_flow` that `work` wrote at its end."""
    with np.load(folder / FLOW) as answer:
        return str(answer["status"]), answer["flow"]


def work(folder: Path) -> None:
    """Solve the network in the folder."""
    with np.load(folder / ARCS) as arrays:
        status, flow = cheapest_flow(*(arrays[name] for name in arrays.files))
    np.savez(folder / FLOW, status=status, flow=flow)
