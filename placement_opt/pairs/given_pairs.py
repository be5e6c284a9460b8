"""What a model says about pairs: which there are, or values for some of the eligible ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from placement_opt.basics.errors import Findings, InvalidInputError
from placement_opt.instance.instance import Instance
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.pairs.listed import column_names, listed_pairs
from placement_opt.pairs.listed_copy import own_copy
from placement_opt.pairs.pair_values import PairValues
from placement_opt.pairs.rule_protocols import PairRule, PairTerm
from placement_opt.pairs.table import PairTable


@dataclass(frozen=True, eq=False)
class GivenPairs:
    """What was given as ``pairs=``, or as ``pair_values=`` and ``pair_defaults=``; copies."""

    listed: Any = None
    values: PairValues | None = None

    @classmethod
    def of(cls, pairs: Any, values: Any, defaults: Mapping[str, Any] | None) -> Self:
        """Keep copies of what was given.

        Raises
        ------
        InvalidInputError
            When both kinds are given, or the defaults are no mapping.
        """
        if defaults is not None and not isinstance(defaults, Mapping):
            expected = "must map columns to the value of all other pairs"
            hint = 'write it as {"probability": 0.5}'
            told = type(defaults).__name__
            raise InvalidInputError.single("model", None, "pair_defaults", told, expected, hint)
        if pairs is not None and (values is not None or defaults):
            expected = "must be left out where pairs= is given"
            hint = "put the values in the columns of pairs="
            told = type(values).__name__
            raise InvalidInputError.single("model", None, "pair_values", told, expected, hint)
        listed = None if pairs is None else own_copy(pairs)
        if values is None and not defaults:
            return cls(listed)
        copied = None if values is None else own_copy(values)
        return cls(listed, PairValues(copied, dict(defaults or {})))

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of either kind, and of those with a default."""
        if self.values is None:
            return () if self.listed is None else column_names(self.listed)
        return (*column_names(self.values.frame), *self.values.defaults)

    def pairs(
        self,
        instance: Instance,
        rules: Sequence[PairRule],
        terms: Sequence[PairTerm],
        findings: Findings,
    ) -> PairTable:
        """Return the eligible pairs with what was given beside them.

        Problems of rules are gathered in `findings`; see `listed_pairs` and `enumerate_pairs`.

        Raises
        ------
        InvalidInputError
            For what cannot be read at all.
        """
        if self.listed is not None:
            return listed_pairs(instance, self.listed, rules, terms, findings)
        pairs = enumerate_pairs(instance, rules, findings, given=self.columns)
        return pairs if self.values is None else self.values.over(pairs, rules, terms)
