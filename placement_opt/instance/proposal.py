"""Placements in ids, and the records, periods and groups behind each of them."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from functools import cached_property, partial
from itertools import chain
from typing import Any, Self

from placement_opt.basics.quantities import read_number
from placement_opt.instance.groupings import Group, Ways, way_to_group
from placement_opt.instance.in_time import (
    PERIOD,
    START_PERIOD,
    run_of,
    start_of,
    under_contract,
    way_of,
)
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.readings import Readings, ReadT
from placement_opt.instance.steps import comes_before
from placement_opt.instance.variants import VARIANT
from placement_opt.records import Candidate, Employer, Opening, Period


class Proposal:
    """All placements of a proposal, and the records behind each.

    Parameters
    ----------
    instance
        The region.
    placements
        The proposal, in any order.
    eligible_candidates
        Ids of the candidates that have an eligible opening; rules that spread placements evenly
        count those.
    labels
        Every label of each label column of ``pairs=`` by column name, and every combination that
        occurs of several ways to group.
    eligible
        Every eligible pair by its two ids, as a placement without a coach.
    given_columns
        Names of the columns that the user gave for some of them.
    steps
        Who takes which step before a job, in any order; `placements` are jobs only.
    readings
        What was read of placements of the same pairs before.
    """

    def __init__(
        self,
        instance: Instance,
        placements: Iterable[Placement],
        eligible_candidates: frozenset[str] = frozenset(),
        labels: Mapping[Any, tuple[Group, ...]] | None = None,
        eligible: Mapping[tuple[str, str], Placement] | None = None,
        given_columns: Collection[str] = (),
        steps: Iterable[Placement] = (),
        readings: Readings | None = None,
    ) -> None:
        self.instance = instance
        self.placements = tuple(placements)
        self.steps = tuple(steps)
        self.eligible_candidates = eligible_candidates
        self.eligible = {} if eligible is None else eligible
        self.given_columns = given_columns
        self.readings = Readings() if readings is None else readings
        self._labels = {} if labels is None else labels
        self._in_regime: dict[tuple[str, str], Candidate] = {}
        self._runs: dict[tuple[str, str | None], tuple[Period, ...]] = {}

    def __len__(self) -> int:
        return len(self.placements)

    @cached_property
    def of_candidate(self) -> Mapping[str, tuple[Placement, ...]]:
        """Placements by candidate id; candidates without one are left out."""
        grouped: dict[str, tuple[Placement, ...]] = {}
        for placement in self.placements:
            earlier = grouped.get(placement.candidate_id, ())
            grouped[placement.candidate_id] = (*earlier, placement)
        return grouped

    @cached_property
    def of_steps(self) -> Self:
        """The steps before a job as a plan of their own, for rules that judge them like jobs."""
        return type(self)(self.instance, self.steps, steps=self.steps)

    def of_some(self, placements: Iterable[Placement]) -> Self:
        """Return some of the placements as a plan of their own, in the same setting."""
        return type(self)(
            self.instance,
            placements,
            self.eligible_candidates,
            self._labels,
            self.eligible,
            self.given_columns,
            self.steps,
            self.readings,
        )

    def once(
        self, what: Hashable, placement: Placement, read: Callable[[Any, Placement], ReadT]
    ) -> ReadT:
        """Return what is read of a placement, with the steps before it; it is read once."""
        taken = self.of_steps.of_candidate.get(placement.candidate_id, ()) if self.steps else ()
        steps = tuple((step.opening_id, step.variant) for step in taken)
        key = (placement.candidate_id, placement.opening_id, placement.variant, steps)
        return self.readings.once(what, key, partial(read, self, placement))

    def is_granted(self, placement: Placement, skill: str) -> bool:
        """Tell whether a step of the plan gives the person a skill as a job or step asks it."""
        in_turn = chain.from_iterable(self.steps_in_turn(placement.candidate_id))
        return any(self.gives(step, placement, skill) for step in in_turn)

    def steps_in_turn(self, candidate_id: str) -> list[list[Placement]]:
        """Return the steps of a person, in rounds: all that a step asks is given in those before.

        Steps that nothing makes possible are left out.
        """
        waiting = self.of_steps.of_candidate.get(candidate_id, ()) if self.steps else ()
        rounds = list[list[Placement]]()
        while waiting:
            before = list(chain.from_iterable(rounds))
            ready = [
                step
                for step in waiting
                if all(
                    any(self.gives(earlier, step, skill) for earlier in before)
                    for skill in self.lacking(step)
                )
            ]
            if not ready:
                break
            rounds.append(ready)
            waiting = tuple(step for step in waiting if step not in ready)
        return rounds

    def lacking(self, placement: Placement) -> list[str]:
        """Return the essential skills that a person does not have as a job or step asks them."""
        opening, has = self.opening(placement), self.candidate(placement).skills
        return [
            skill
            for skill in sorted(opening.essential_skills)
            if read_number(has.get(skill, 0)) < read_number(opening.required_skills[skill])
        ]

    def gives(self, step: Placement, later: Placement, skill: str) -> bool:
        """Tell whether a step is over in time for a job or step, and gives a skill as that asks."""
        taken, opening = self.opening(step), self.opening(later)
        level, least = taken.grants.get(skill), opening.required_skills[skill]
        is_open = taken.kind != "trial" or taken.employer in {None, opening.employer}
        is_enough = level is not None and read_number(level) >= read_number(least)
        return is_open and is_enough and self._is_over(step, later)

    def _is_over(self, step: Placement, later: Placement) -> bool:
        """Tell whether a step is over when another thing starts: by their runs, else by dates."""
        if not self.instance.region.periods:
            return comes_before(self.opening(step), self.opening(later))
        return self.run(step)[-1].ends_on < self.run(later)[0].starts_on

    def labels_of(self, per: Ways) -> tuple[Group, ...]:
        """Return every label of a way to group, also those without a placement."""
        way = way_to_group(per) if isinstance(per, str) else None
        return self._labels.get(per, ()) if way is None else way.labels(self.instance)

    def candidate(self, placement: Placement) -> Candidate:
        """Return the record of the person, in the regime of the placement if they have options."""
        record = self.instance.candidate_of[placement.candidate_id]
        regime = self.way(placement)
        if regime is None or regime not in record.coaching_options:
            return record
        key = (record.id, regime)
        if key not in self._in_regime:
            self._in_regime[key] = record.in_regime(regime)
        return self._in_regime[key]

    def opening(self, placement: Placement) -> Opening:
        """Return the record of the opening."""
        return self.instance.opening_of[placement.opening_id]

    def employer(self, placement: Placement) -> Employer | None:
        """Return the record of the employer, or None for an opening without one."""
        employer_id = self.opening(placement).employer
        return None if employer_id is None else self.instance.employer_of[employer_id]

    def way(self, placement: Placement) -> str | None:
        """Return the label of the way in which a pair is had, without the period of its start."""
        return way_of(self.instance.region.periods, placement.variant)

    def run(self, placement: Placement) -> tuple[Period, ...]:
        """Return the periods in which a placement runs; none in a region without periods."""
        periods, variant = self.instance.region.periods, placement.variant
        if not periods:
            return ()
        key = (placement.opening_id, variant)
        if key not in self._runs:
            self._runs[key] = tuple(run_of(periods, variant, self.opening(placement)))
        return self._runs[key]

    def run_under_contract(self, placement: Placement) -> tuple[Period, ...]:
        """Return those of these periods that come after a trial."""
        return tuple(under_contract(self.run(placement), self.opening(placement)))

    def groups(self, placement: Placement, per: Ways) -> tuple[Group, ...]:
        """Return the labels of all groups that a placement belongs to.

        It is in several where they are of the periods in which it runs, else in one or none.
        """
        ways = (per,) if isinstance(per, str) else per
        if PERIOD not in ways:
            group = self.group(placement, per)
            return () if group is None else (group,)
        labels = [None if way == PERIOD else self._label(placement, way) for way in ways]
        found = list[Group]()
        for period in self.run(placement):
            here = [
                period.id if way == PERIOD else label
                for way, label in zip(ways, labels, strict=True)
            ]
            known = tuple(label for label in here if label is not None)
            if len(known) == len(here):
                found.append(known[0] if isinstance(per, str) else known)
        return tuple(found)

    def group(self, placement: Placement, per: Ways) -> Group | None:
        """Return the label of the group that a placement belongs to, or None.

        Of several ways it is the label of each, and None where one of them is. Of the periods in
        which a placement runs `groups` knows.
        """
        if not isinstance(per, str):
            labels = [self._label(placement, way) for way in per]
            known = tuple(label for label in labels if label is not None)
            return known if len(known) == len(labels) else None
        return self._label(placement, per)

    def _label(self, placement: Placement, per: str) -> str | None:
        if per == VARIANT:
            return self.way(placement)
        if per == START_PERIOD:
            return start_of(self.instance.region.periods, placement.variant)
        way = way_to_group(per)
        if way is not None:
            candidate, opening = self.candidate(placement), self.opening(placement)
            return way.label(self.instance, candidate, opening)
        label = placement.given.get(per)
        return None if label is None else str(label)
