"""Placements that people have already agreed on stay in every plan."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self

import numpy as np
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.constraints.base import Rule
from placement_opt.constraints.model_part import Examples
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.in_time import START_PERIOD
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation, pair_text
from placement_opt.instance.plan import Plan
from placement_opt.pairs.table import PairTable
from placement_opt.records import Region
from placement_opt.records.fields import CoachesOfCandidates, PairsOfIds, WaysOfIds
from placement_opt.records.kept_coaches import split_coaches
from placement_opt.records.pins import Pin, Pins, pins_of

INELIGIBLE = "must be an eligible opening"
"""What is expected of a fixed placement; a model adds which rules remove it."""

_WITH_VARIANT = 4


class FixedPlacements(Rule):
    r"""Every fixed placement is part of the plan.

    .. math:: \sum_{v} x_{cov} \ge 1 \text{ for each fixed } (c, o), \qquad
              x_{cov} \ge 1 \text{ for each fixed } (c, o, v)

    One that a pair rule removes is bad input; one that other rules contradict makes the problem
    infeasible. Source: practice; a plan is a proposal, and what people have agreed on stands.

    Parameters
    ----------
    placements
        Pairs (candidate id, opening id); None takes the region's `fixed_placements`. With a
        coach's id as the third, the candidate keeps that coach; None names nobody. With a variant
        as the fourth, the pair is fixed in that way, else in any of its ways.
    coaches
        Pairs (candidate id, coach id) of candidates who keep a coach, as those rows say.
    variants
        Triples (candidate id, opening id, variant) of pairs that are fixed in one way, as those
        rows say.
    pins
        Who fixed some of these, when and why, beside what the region's `pins` tell.

    Raises
    ------
    InvalidInputError
        When a model with this rule is compiled, for each placement that pair rules remove, with
        what they say of it, and for coaches that the region does not know.
    """

    title: ClassVar[str] = "fixed placements"
    title_nl: ClassVar[str] = "vastgelegde plaatsingen"
    examples: ClassVar[Examples] = ({}, {"placements": []})
    rule: Literal["FixedPlacements"] = "FixedPlacements"
    placements: PairsOfIds | None = None
    coaches: CoachesOfCandidates = ()
    variants: WaysOfIds = ()
    pins: Pins = ()

    @override
    def __init__(self, /, **fields: Any) -> None:
        variants = _split_variants(fields)
        if variants:
            fields["variants"] = (*(fields.get("variants") or ()), *variants)
        coaches = split_coaches(fields, "placements")
        if coaches:
            fields["coaches"] = (*(fields.get("coaches") or ()), *coaches.values())
        super().__init__(**fields)

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if instance.region.fixed_placements else None

    def fixed_in(self, instance: Instance) -> PairsOfIds:
        """Return the pairs that stay."""
        return instance.region.fixed_placements if self.placements is None else self.placements

    def pins_in(self, instance: Instance) -> tuple[Pin, ...]:
        """Return who fixed what stays, when and why, where that is told; one of each pair."""
        of_region = {pin.pair: pin for pin in instance.region.pins}
        known = of_region | {pin.pair: pin for pin in self.pins}
        return pins_of(self.fixed_in(instance), list(known.values()))

    @override
    def region_as_read(self, region: Region) -> Region:
        return region.with_coaches(dict(self.coaches)) if self.coaches else region

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        fixed = sorted(self.fixed_in(pairs.instance))
        variants = self._variant_of
        found = rows_of_fixed(pairs, fixed, variants)
        if not fixed:
            return None
        width = [len(rows) for rows in found]
        columns = np.array([row for rows in found for row in rows], dtype=np.int32)
        labels = [pair_text(*pair, variants.get(pair)) for pair in fixed]
        return RowBlock(
            self.title,
            labels,
            sparse.coo_array(
                (
                    np.ones(columns.size, dtype=np.int8),
                    (np.repeat(np.arange(len(fixed), dtype=np.int32), width), columns),
                ),
                shape=(len(fixed), pairs.n_pairs),
            ).tocsr(),
            np.ones(len(fixed), dtype=np.int64),
            np.full(len(fixed), NO_UPPER, dtype=np.int64),
            limits=RowLimits.of(labels, "placements", least=[Fraction(1)] * len(fixed)),
            asks_one=True,
        )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        ways = {
            (p.candidate_id, p.opening_id): {
                p.variant,
                plan.way(p),
                plan.group(p, START_PERIOD),
            }
            for p in plan.placements
        }
        for pair in self.fixed_in(plan.instance):
            named = self._variant_of.get(pair)
            if pair not in ways or named not in {None, *ways[pair]}:
                yield self.broken(pair_text(*pair, named), "not in the plan")

    @property
    def _variant_of(self) -> Mapping[tuple[str, str], str]:
        return {(candidate, opening): variant for candidate, opening, variant in self.variants}


def _split_variants(fields: MutableMapping[str, Any]) -> list[tuple[Any, Any, Any]]:
    """Take the variants out of rows (candidate id, opening id, coach id, variant)."""
    rows, variants = fields.get("placements"), list[tuple[Any, Any, Any]]()
    if isinstance(rows, (list, tuple)):
        parted = list[Any](rows)
        for number, row in enumerate(rows):
            if isinstance(row, (list, tuple)) and len(row) == _WITH_VARIANT:
                parted[number] = row[:-1]
                variants += [] if row[-1] is None else [(row[0], row[1], row[-1])]
        fields["placements"] = parted
    return variants


def rows_of_fixed(
    pairs: PairTable,
    fixed: Sequence[tuple[str, str]],
    variants: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> list[Sequence[int]]:
    """Return the rows of each fixed placement: all ways of a pair, or one where that is named.

    One that is not eligible is refused; other rules would silently contradict it.

    Raises
    ------
    InvalidInputError
        With one problem for each fixed placement outside the eligible pairs.
    """
    instance, problems = pairs.instance, list[Problem]()
    found = list[Sequence[int]]()
    for candidate_id, opening_id in fixed:
        ways = pairs.ways(instance.candidate_idx(candidate_id), instance.opening_idx(opening_id))
        named = variants.get((candidate_id, opening_id))
        found.append([row for row in ways if pairs.is_named(row, named)])
        if found[-1]:
            continue
        expected = INELIGIBLE
        hint = (
            "release it: leave it out of fixed_placements, or give it as `released` to po.replan;"
            " or mend the records"
        )
        if ways:
            expected = f"must be in a variant that the pair has, not {named!r}"
            hint = closest_hint(closest_ids(named, [str(pairs.variant_of(row)) for row in ways]))
        field_ = "fixed_placements"
        problems.append(Problem("candidate", candidate_id, field_, opening_id, expected, hint))
    if problems:
        raise InvalidInputError(problems)
    return found
