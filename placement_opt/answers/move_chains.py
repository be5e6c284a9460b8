"""Who has another opening in another plan, in the order of a chain of moves."""

from collections.abc import Sequence

import numpy as np

from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.basics.arrays import Ints
from placement_opt.basics.rows import ResultPart


class Move(ResultPart):
    """A candidate whose opening differs between two plans.

    Attributes
    ----------
    candidate_id
        Who.
    before, after
        The opening in either plan, None for not placed; several are joined by ", ".
    """

    candidate_id: str
    before: str | None = None
    after: str | None = None


def moves_between(hand: PlanAtHand, chosen: Ints) -> tuple[Move, ...]:
    """Return who has another opening in a plan than in the plan at hand, in order of their ids."""
    pairs = hand.compiled.pairs
    instance = pairs.instance

    def openings(of: Ints) -> dict[int, str]:
        found: dict[int, list[str]] = {}
        for pair in of.tolist():
            ids = found.setdefault(int(pairs.candidate[pair]), [])
            ids.append(instance.opening_ids[pairs.opening[pair]])
        return {candidate: ", ".join(sorted(ids)) for candidate, ids in found.items()}

    was = openings(np.setdiff1d(hand.solution.chosen, chosen))
    now = openings(np.setdiff1d(chosen, hand.solution.chosen))
    return tuple(
        Move(candidate_id=instance.candidate_ids[one], before=was.get(one), after=now.get(one))
        for one in sorted({*was, *now})
        if was.get(one) != now.get(one)  # the same opening in another way is no move
    )


def in_chains(moves: Sequence[Move], first: str) -> tuple[Move, ...]:
    """Return moves so that each is followed by those that make room for it.

    The chain of the candidate `first` comes first. Moves that make room elsewhere, such as in a
    budget, follow in chains of their own.

    Examples
    --------
    >>> moves = [Move(candidate_id="B", before="O-1"), Move(candidate_id="A", after="O-1")]
    >>> [move.candidate_id for move in in_chains(moves, "A")]
    ['A', 'B']
    """
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(moves)))
    graph.add_edges_from(
        (one, other)
        for one, come in enumerate(moves)
        for other, leave in enumerate(moves)
        if one != other and _openings(come.after) & _openings(leave.before)
    )
    # A chain starts with somebody for whom nobody has to come: first the one asked about.
    starts = sorted(graph, key=lambda at: (moves[at].candidate_id != first, graph.in_degree(at)))
    order: dict[int, None] = {}
    for start in starts:
        if start not in order:
            rest = graph.subgraph(at for at in graph if at not in order)
            order.update(dict.fromkeys(nx.dfs_preorder_nodes(rest, start)))
    return tuple(moves[at] for at in order)


def _openings(ids: str | None) -> set[str]:
    return set() if ids is None else set(ids.split(", "))
