"""OR-Tools' minimum-cost flow, on arrays or on the files of one folder.

It neither heeds an interrupter nor lets other threads run meanwhile.
"""

from pathlib import Path

import numpy as np

from placement_opt.basics.arrays import Indices, Ints

ARCS = "arcs.npy"
FLOW = "flow.npy"
STATUS = "status.txt"

OPTIMAL = "OPTIMAL"
INFEASIBLE = "INFEASIBLE"


def cheapest_flow(
    tail: Indices, head: Indices, capacity: Ints, cost: Ints, supply: Ints
) -> tuple[str, Ints]:
    """Return how the algorithm ended (its own word) and the flow on each arc, shape (A,).

    Exact in integers: a cost-scaling push-relabel, about ``O(nodes^2 arcs log(nodes cost))`` at
    worst, a second for a million arcs in practice.
    """
    from ortools.graph.python import min_cost_flow

    network = min_cost_flow.SimpleMinCostFlow()
    arc = network.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    network.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
    status = network.solve()
    if status == network.OPTIMAL:
        return OPTIMAL, np.asarray(network.flows(arc), dtype=np.int64)
    # Without an optimum there is no flow to read: asking for one would crash.
    no_flow = np.zeros_like(cost)
    if status == network.INFEASIBLE and np.any(cost):
        # Prices that run out of their range end the same way; without costs there are none.
        ending, _ = cheapest_flow(tail, head, capacity, no_flow, supply)
        return (ending if ending == INFEASIBLE else "BAD_COST_RANGE"), no_flow
    return str(status.name), no_flow


def write_arcs(
    folder: Path, tail: Indices, head: Indices, capacity: Ints, cost: Ints, supply: Ints
) -> None:
    """Write what `work` reads."""
    with (folder / ARCS).open("wb") as file:
        for array in (tail, head, capacity, cost, supply):
            np.save(file, array)


def read_flow(folder: Path) -> tuple[str, Ints]:
    """Read what `work` wrote at its end."""
    return (folder / STATUS).read_text(encoding="ascii"), np.load(folder / FLOW)


def work(folder: Path) -> None:
    """Solve the folder's network."""
    with (folder / ARCS).open("rb") as file:
        tail, head, capacity, cost, supply = (np.load(file) for _ in range(5))
    status, flow = cheapest_flow(tail, head, capacity, cost, supply)
    np.save(folder / FLOW, flow)
    (folder / STATUS).write_text(status, encoding="ascii")
