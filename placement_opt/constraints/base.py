"""What a rule is, and what all rules share: limits per group, sums, violations."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar, overload

import numpy as np

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import RemarkRow
from placement_opt.constraints.model_part import ModelPart
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.groupings import GROUPINGS, Group, Ways, each_way, group_text
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Shortfall, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.groups import Groups
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records import Candidate, Opening, Region
from placement_opt.rulebook import Rulebook


class Rule(ModelPart):
    """A rule that plans keep: one file, one class, one line in the registry.

    A rule may remove pairs (`allows`), lower to rows over pairs (`lower`), or both; and it judges a
    plan by a plain reading (`violations`) that shares no code with either. A rule with a price is
    never broken: it names what is short (`shortfalls`) and the price is paid in points.
    """

    subject: ClassVar[str] = "rule"
    id_field: ClassVar[str] = "rule"
    decided_by: ClassVar[frozenset[str]] = frozenset()
    """Pair columns that, once given with ``pairs=``, decide in the rows instead of `allows`."""
    judges_steps: ClassVar[bool] = False
    """Whether `allows` and `violations` decide about steps before a job as they do about jobs."""
    keeps_out: ClassVar[tuple[str, str] | None] = None
    """What rows that keep somebody out ask for, in English and Dutch, where they are no limits."""
    replaces: ClassVar[frozenset[str]] = frozenset()
    """Rules whose place it takes in a model, by name, since it asks all that they ask."""
    rule: str

    @property
    def key(self) -> tuple[str, ...]:
        """What a later rule must share to replace this one: its class and its `per`."""
        return (self.rule, group_text(getattr(self, "per", "")))

    @property
    def summed_columns(self) -> frozenset[str]:
        """Pair columns that the rule sums: judged at once, and rounded as limits are."""
        return frozenset()

    @property
    def placements_per_candidate(self) -> int | None:
        """Most placements of one candidate that the rule's rows allow; None where they say nothing.

        Other rules rely on it when they are lowered (`PairTable.placements_per_candidate`).
        """
        return None

    def label_nl(self, label: str) -> str:
        """Return the label of a row in Dutch, where it has words beside ids."""
        return label

    def placements_in(self, instance: Instance) -> int | None:
        """Return the same in a region, whose periods may allow more."""
        del instance
        return self.placements_per_candidate

    def price_of(self, group: Group) -> Fraction | None:
        """Return the points per unit of a group's shortfall, exact; None where it is hard."""
        price = getattr(self, "shortfall_price", None)
        if isinstance(price, Mapping):
            price = price.get(group)
        return None if price is None else read_number(price)

    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        """Tell which pairs the rule leaves eligible, broadcasting both index arrays; None: all.

        Parameters
        ----------
        instance
            The region. Columns of `instance.candidates` and `instance.openings` are in the order of
            `instance.candidate_ids` and `instance.opening_ids`: ids ascending as texts, which is
            not the order of `region.candidates` and `region.openings`.
        candidate, opening
            Rows of those columns, int32, of shapes that broadcast, such as (n, 1) and (1, O).
        """
        del instance, candidate, opening
        return None

    def allows_ways(self, pairs: PairTable) -> Bools | None:
        """Tell which ways of the eligible pairs the rule leaves, shape (E,); None: all.

        For rules that read the coaching regime, where people have `coaching_options`: `allows`
        says whether a pair is allowed in some regime, and this in which. `pairs.person` are the
        rows among `instance.people.People` of each pair's person in the regime of its way. In a
        region with periods and steps it is asked once more of the starts, `pairs.start`.
        """
        del pairs
        return None

    def lower(self, pairs: PairTable) -> RowBlock | None:
        """Turn the rule into integer rows over the eligible pairs; None where it has none.

        `pairs.candidate` and `pairs.opening` are rows of the columns of `pairs.instance`, whose ids
        are in ascending order: `pairs.instance.candidate_ids[pairs.candidate[p]]` is the id of the
        candidate of pair p.
        """
        del pairs
        return None

    def law_as_read(self, law: Rulebook) -> Rulebook:
        """Return the law as a model with this rule reads it: with what the rule supplies to it."""
        return law

    def region_as_read(self, region: Region) -> Region:
        """Return the region as a model with this rule reads it: with what the rule knows of it."""
        return region

    def remarks(self, pairs: PairTable) -> Iterator[RemarkRow]:
        """Yield what is accepted and perhaps not meant, such as a limit of a label of no pair."""
        del pairs
        yield from ()

    def violations(self, plan: Plan) -> Iterator[Violation]:
        """Yield each way in which the plan breaks the rule, by a plain reading of the records."""
        raise NotImplementedError

    def shortfalls(self, plan: Plan) -> Iterator[Shortfall]:
        """Yield what the plan leaves short of priced minimums, by a plain reading."""
        del plan
        yield from ()

    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield the least single changes of a record with which the rule allows a pair it removes.

        Each is enough by itself. What a person needs, their advice, ground and age, and what the
        law forbids are never among them. Nothing is yielded where no single change is enough.
        """
        del instance, candidate, opening
        yield from ()

    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        """Yield the least raise of each single limit that has room for a placement beside a plan.

        Asked of rules whose rows have no room for it. Each is enough for this rule by itself; its
        `unit` is the least step of the limit, since less may do where others move.
        """
        del plan, placement
        yield from ()

    def gained(self, plan: Plan) -> Fraction | None:
        """Return the points that own variables gain at their best on a plan, by a plain reading.

        None for a rule whose own variables gain nothing. What priced shortfalls cost is told by
        `shortfalls` and no part of it.
        """
        del plan
        return None

    def broken(self, about: Group, text: str) -> Violation:
        """Build a violation of this rule."""
        return Violation(self.title, group_text(about), text)


def limit_of_group(
    rule: Rule, field: str, limits: Any, groups: Groups, per: Ways
) -> tuple[dict[int, Fraction], Groups]:
    """Resolve a limit to exact numbers per group row.

    Returns
    -------
    limits : dict
        Exact limit by position in the labels.
    groups : Groups
        The groups, with those added that only the limit names.

    Raises
    ------
    InvalidInputError
        When a mapping names an id of a built-in kind that the region does not have.
    """
    if limits is None:
        return {}, groups
    if not isinstance(limits, Mapping):
        every = range(len(groups.labels) - groups.n_added)
        return dict.fromkeys(every, read_number(limits)), groups
    known = set(groups.labels)
    unknown = [label for label in limits if label not in known]
    problems = list(_unknown_ids(rule, field, unknown, groups, per))
    if problems:
        raise InvalidInputError(problems)
    groups = groups.with_labels(unknown)
    row = {label: position for position, label in enumerate(groups.labels)}
    return {row[label]: read_number(limit) for label, limit in limits.items()}, groups


def prices_of_groups(
    rule: Rule, groups: Groups, per: Ways
) -> tuple[Mapping[int, Fraction], Groups]:
    """Resolve `shortfall_price` to exact points per unit by group row; rows without one are hard.

    Returns and raises as `limit_of_group`; a number also holds for groups that only the rule names.
    """
    given = getattr(rule, "shortfall_price", None)
    if given is None or isinstance(given, Mapping):
        return limit_of_group(rule, "shortfall_price", given, groups, per)
    return dict.fromkeys(range(len(groups.labels)), read_number(given)), groups


def _unknown_ids(
    rule: Rule, field: str, named: Sequence[Group], groups: Groups, per: Ways
) -> Iterator[Problem]:
    """Yield a problem for each group that names an unknown id of a built-in kind."""
    known_of = groups.crossed or (groups.labels,)
    for place, (way, known) in enumerate(zip(each_way(per), known_of, strict=True)):
        labels = {group if isinstance(group, str) else group[place] for group in named}
        if way in GROUPINGS:
            for label in sorted(labels.difference(map(str, known))):
                expected = f"must name a known {way.replace('_', ' ')}"
                hint = closest_hint(closest_ids(label, map(str, known)))
                yield Problem("rule", rule.rule, field, label, expected, hint)


def plain_limits(plan: Plan, limits: Any, per: Ways) -> dict[Group, Fraction]:
    """Read a limit as {label: number} without any columns; a number means every label."""
    if limits is None:
        return {}
    if isinstance(limits, Mapping):
        return {label: read_number(limit) for label, limit in limits.items()}
    return dict.fromkeys(plan.labels_of(per), read_number(limits))


@overload
def used(plan: Plan, per: str, uses: str | None) -> dict[str, Fraction]: ...
@overload
def used(plan: Plan, per: Ways, uses: str | None) -> dict[Group, Fraction]: ...
def used(plan: Plan, per: Ways, uses: str | None) -> Mapping[Any, Fraction]:
    """Sum a pair column over the placements of each group, by a plain reading."""
    if uses is None:
        labels = Counter(label for one in plan.placements for label in plan.groups(one, per))
        return {label: Fraction(count) for label, count in labels.items()}
    sums: dict[Group, Fraction] = {}
    for placement in plan.placements:
        for label in plan.groups(placement, per):
            amount = plan.amount(placement, uses) or Fraction(0)
            sums[label] = sums.get(label, Fraction(0)) + amount
    return sums


def usage_column(rule: Rule, pairs: PairTable, uses: str | None) -> Column:
    """Return the summed column: ones for None, else a built-in or given column, values >= 0."""
    if uses is None:
        return Column(np.ones(pairs.n_pairs, dtype=np.int8))
    column = pair_column(pairs, uses, asked_by=rule.title)
    if column.values.size and int(column.values.min()) < 0:
        row = int(np.argmin(column.values))
        raise InvalidInputError.single(
            "pairs",
            f"row {row}",
            uses,
            float(column.fraction(row)),
            f"must be >= 0, since {rule.rule} sums it",
            "shift the column, or use a pair score for values of both signs",
        )
    return column
