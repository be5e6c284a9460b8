"""What finding and reading pairs asks of rules and terms, which stand in higher rooms."""

from collections.abc import Iterable
from typing import Protocol

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import Findings, Problem
from placement_opt.instance.instance import Instance
from placement_opt.pairs.table import PairTable


class PairRule(Protocol):
    """What the enumeration needs of a rule that can remove pairs."""

    @property
    def title(self) -> str:
        """Name the rule for people."""

    @property
    def decided_by(self) -> frozenset[str]:
        """Pair columns that, once given, decide in the rows which pairs can be placed."""

    @property
    def summed_columns(self) -> frozenset[str]:
        """Pair columns whose numbers the rule sums."""

    def problems(self, instance: Instance) -> Iterable[Problem]:
        """Tell what the records leave out that the rule needs."""

    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        """Tell which pairs are eligible, broadcasting both index arrays; None allows all."""

    def allows_ways(self, pairs: PairTable) -> Bools | None:
        """Tell which ways of the eligible pairs are allowed, shape (E,); None allows all."""


class PairTerm(Protocol):
    """What the reading of listed pairs needs of a term."""

    @property
    def valued_columns(self) -> frozenset[str]:
        """Pair columns whose numbers the term counts."""


def gather_problems(rules: Iterable[PairRule], instance: Instance, findings: Findings) -> None:
    """Ask each rule what the records leave out, before any pair is looked at."""
    for rule in rules:
        with findings.gathered():
            findings.add(rule.problems(instance))
