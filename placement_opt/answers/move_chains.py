"""Puts moves in the order of a chain: who comes somewhere, then who makes room there."""

from collections.abc import Sequence

from placement_opt.answers.solve_again import Move


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
