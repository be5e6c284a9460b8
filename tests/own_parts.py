"""Rules and terms as a user writes them, sound and not."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse

import placement_opt as po
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.table import PairTable


def region() -> po.Region:
    return po.Region(
        name="own",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(4)],
        openings=[po.Opening(id="O-1", positions=3), po.Opening(id="O-2")],
    )


def at_most(title: str, most: object, n_pairs: int) -> RowBlock:
    usage = sparse.csr_array(np.ones((1, n_pairs), dtype=np.int64))
    return RowBlock(title, ["all"], usage, np.array([NO_LOWER]), np.array([most]))


class AtMost(po.Rule):
    """At most so many placements; the rows may allow another number than the reading."""

    title = "at most so many"
    rule: str = "AtMost"
    most: int = 2
    in_rows: int = 2

    def lower(self, pairs: PairTable) -> RowBlock | None:
        return at_most(self.title, self.in_rows, len(pairs))

    def violations(self, plan: Plan) -> Iterator[Violation]:
        if len(plan) > self.most:
            yield self.broken("all", f"{len(plan)} placed")


class Tenths(po.Term):
    """A tenth for the first pair, two for the next, and so on: floats in a plain array."""

    title = "tenths"
    term: str = "Tenths"

    def points(self, pairs: PairTable) -> Any:
        return 0.1 * np.arange(1, len(pairs) + 1)

    def value(self, plan: Plan) -> Any:
        ids = [(int(p.candidate_id[2:]), int(p.opening_id[2:])) for p in plan.placements]
        return sum(0.1 * (2 * candidate + opening) for candidate, opening in ids)


def model(*rules: po.Rule, objective: Any = None) -> po.Model:
    every = [po.OnePlacement(), po.OpeningCapacity(), *rules]
    return po.Model(region(), rules=every, objective=[Tenths()] if objective is None else objective)


def raising(method: str) -> po.Rule | po.Term:
    def fails(self: object, *given: object) -> Any:
        raise ZeroDivisionError("no such thing")

    base = Tenths if method in {"points", "value"} else AtMost
    name = "rule" if base is AtMost else "term"
    fields = {"__annotations__": {name: str}, name: "Raises", method: fails, "__module__": __name__}
    return type("Raises", (base,), fields)()  # type: ignore[no-any-return]
