"""Some pairs of a model, for a question that is about those alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import Findings
from placement_opt.instance.instance import Instance
from placement_opt.pairs.given_pairs import GivenPairs
from placement_opt.pairs.rule_protocols import PairRule, PairTerm, gather_problems
from placement_opt.pairs.table import PairTable


@dataclass(frozen=True, eq=False)
class SomePairs(GivenPairs):
    """What a model says about pairs, of which only some are looked at.

    Parameters
    ----------
    candidate, opening
        Rows of the instance of each pair, int32, by candidate, then opening, each pair once. Those
        that are not eligible are left out.
    """

    candidate: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    opening: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.int32))

    @override
    def pairs(
        self,
        instance: Instance,
        rules: Sequence[PairRule],
        terms: Sequence[PairTerm],
        findings: Findings,
    ) -> PairTable:
        if self.listed is not None or self.values is not None:
            every = super().pairs(instance, rules, terms, findings)
            return every.taken(np.flatnonzero(self._are_among(every)))
        gather_problems(rules, instance, findings)
        allowed = np.ones(self.candidate.size, dtype=np.bool_)
        for rule in rules:
            with findings.gathered():
                mask = rule.allows(instance, self.candidate, self.opening)
                allowed &= True if mask is None else mask
        return PairTable(instance, self.candidate[allowed], self.opening[allowed])

    def _are_among(self, table: PairTable) -> Bools:
        n_openings = table.instance.n_openings
        wanted = self.candidate.astype(np.int64) * n_openings + self.opening
        known = table.candidate.astype(np.int64) * n_openings + table.opening
        result: Bools = np.isin(known, wanted)
        return result

    @classmethod
    def among(
        cls, given: GivenPairs, candidate: Indices | Ints, opening: Indices | Ints
    ) -> "SomePairs":
        """Return the same with some pairs only, given in any order and perhaps twice."""
        key = np.unique(np.stack([candidate, opening]).astype(np.int32), axis=1)
        return cls(given.listed, given.values, key[0].copy(), key[1].copy())
