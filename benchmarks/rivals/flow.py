"""OR-Tools' SimpleMinCostFlow, for pure assignment: the yardstick of our own network way."""

import numpy as np
from ortools.graph.python import min_cost_flow

from benchmarks.instances import Problem
from benchmarks.rivals.pure_assignment import as_assignment
from benchmarks.run import Run


def solve(problem: Problem, run: Run) -> None:
    """Solve from arc arrays to flows; making the arc arrays does not count.

    Every candidate sends out one unit, over a pair and an opening or past both, to one sink.
    """
    del problem
    given = as_assignment(run.formulation)
    n_right = len(given.room)
    sink = given.n_left + n_right
    people, places = np.arange(given.n_left), given.n_left + np.arange(n_right)
    tail = np.concatenate([given.left, places, people]).astype(np.int32)
    head = np.concatenate([given.n_left + given.right, np.full(len(tail) - given.left.size, sink)])
    ones = np.ones(given.n_left, dtype=np.int64)
    capacity = np.concatenate([np.ones(given.left.size, dtype=np.int64), given.room, ones])
    cost = np.zeros(tail.size, dtype=np.int64)
    cost[: given.gain.size] = -given.gain
    supply = np.concatenate([ones, np.zeros(n_right, dtype=np.int64), [-given.n_left]])
    run.begin()
    network = min_cost_flow.SimpleMinCostFlow()
    arcs = network.add_arcs_with_capacity_and_unit_cost(tail, head.astype(np.int32), capacity, cost)
    network.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    status = network.solve()
    run.stop_reason = status.name.lower()
    if status == network.OPTIMAL:
        flows = np.asarray(network.flows(arcs))[: given.gain.size]
        optimum = run.points(-network.optimal_cost())
        run.step(optimum, optimum)
        run.plan(flows)
