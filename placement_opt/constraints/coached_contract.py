"""Coached work has a contract for which whoever pays the coach grants coaching."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import Findings, InvalidInputError, Problem
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.coaching_teams import needs_coaching
from placement_opt.constraints.model_part import Examples
from placement_opt.instance.columns import HOUR, NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.instance.people import in_some_way, people_of
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan, contract_hours
from placement_opt.instance.record_change import RecordChange, plain, set_to
from placement_opt.pairs.table import PairTable
from placement_opt.records import Candidate, Opening
from placement_opt.rulebook import CoachingContract


class CoachedContract(Rule):
    r"""Coached work has a contract that is long enough for whoever pays the coach.

    .. math:: x_{co} = 0 \text{ unless } \text{hours}_{co} \ge \text{minimum hours}_{p(c)}
              \text{ and } \text{months}_o \ge \text{minimum months}_{p(c)}

    where p is the payer that the candidate's ground names: UWV, or the municipality by its
    ordinance. It holds for people whose record asks for coaching. Hours are those of the records;
    a contract without an end is long enough. Pay, which the payer also looks at, is left aside.

    Parameters
    ----------
    payer
        Who pays for people whose ground does not say; None (the default) makes them bad input.

    References
    ----------
    Conditions of UWV for job coaching; Participatiewet art. 8a(2)(e): a municipality's minimum
    stands in its ordinance and is supplied with `Rulebook.override`.
    """

    title: ClassVar[str] = "contract for coached work"
    title_nl: ClassVar[str] = "contract voor werk met een jobcoach"
    examples: ClassVar[Examples] = (
        {"payer": "municipality"},
        {"payer": "uwv"},
    )
    rule: Literal["CoachedContract"] = "CoachedContract"
    payer: Literal["municipality", "uwv"] | None = None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        return in_some_way(
            instance, candidate, lambda rows: self._long_enough(instance, rows, opening)
        )

    @override
    def allows_ways(self, pairs: PairTable) -> Bools | None:
        return self._long_enough(pairs.instance, pairs.person, pairs.opening)

    def _long_enough(self, instance: Instance, person: Indices, opening: Indices) -> Bools | None:
        """Mark the pairs of people in a regime whose contract will do; both are broadcast."""
        people = instance.derived(people_of)
        hours, months = (np.zeros(len(people.records), dtype=np.int64) for _ in range(2))
        asking = [row for row in np.unique(person).tolist() if needs_coaching(people.records[row])]
        if not asking:
            return None
        candidate = people.candidate[person]
        findings = Findings()
        findings.add(_silence(instance, people.candidate[asking].tolist(), np.unique(opening)))
        for row in asking:
            with findings.gathered():
                contract = self._contract(instance, people.records[row])
                hours[row] = math.ceil(Fraction(contract.minimum_hours_per_week) * HOUR)
                months[row] = math.ceil(contract.minimum_contract_months)
        findings.refuse()
        records = (instance.opening_of[id_] for id_ in instance.opening_ids)
        lasts = np.array([record.contract_months or NOT_GIVEN for record in records])[opening]
        offered = np.minimum(
            instance.candidates.hours_max[candidate], instance.openings.hours_max[opening]
        )
        long_enough = (lasts == NOT_GIVEN) | (lasts >= months[person])
        uncoached = hours[person] + months[person] == 0
        result: Bools = uncoached | (long_enough & (offered >= hours[person]))
        return result

    @override
    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield a longer contract, or more hours of the side that limits them; the law stands."""
        contract = self._contract(instance, candidate)
        asked, offered = Fraction(contract.minimum_hours_per_week), opening.hours_per_week
        months, least = opening.contract_months, math.ceil(contract.minimum_contract_months)
        wanted = candidate.hours_per_week
        if wanted is None or offered is None:
            return
        low = [side for side in (candidate, opening) if _most(side) < asked]
        is_short = months is not None and months < least
        if is_short and not low and months is not None:
            yield set_to(opening, "contract_months", least, least - months)
        if len(low) == 1 and not is_short and low[0].hours_per_week is not None:
            hours = (low[0].hours_per_week[0], plain(asked))
            yield set_to(low[0], "hours_per_week", hours, asked - _most(low[0]))

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            person, opening = plan.candidate(placement), plan.opening(placement)
            coached = person.coaching_regime not in {None, "none"}
            if not (coached or person.coaching_hours_per_week):
                continue
            contract = self._contract(plan.instance, person)
            hours = contract_hours(person, opening) or Fraction(0)
            if not contract.allows(hours_per_week=hours, contract_months=opening.contract_months):
                yield self.broken(
                    person.id,
                    f"{opening.id} offers {float(hours):g} hours a week for"
                    f" {opening.contract_months or 'unlimited'} months, coaching by"
                    f" {contract.payer} asks {contract.minimum_hours_per_week} hours and"
                    f" {contract.minimum_contract_months} months",
                )

    def _contract(self, instance: Instance, person: Candidate) -> CoachingContract:
        """Return what the payer of a person's coach asks; UWV knows no ordinance."""
        law = instance.rulebook
        ground = None if person.ground is None else law.ground(person.ground)
        payer = (None if ground is None else ground.coaching_payer) or self.payer
        if payer is None:
            raise InvalidInputError.single(
                "candidate",
                person.id,
                "ground",
                person.ground,
                f"must say who pays the coach, since {self.title} needs it",
                'give another ground, or the rule with payer="municipality" or payer="uwv"',
            )
        law = law if payer == "uwv" else instance.rulebook_of(person.municipality)
        return law.coaching_contract(payer)


def _most(side: Candidate | Opening) -> Fraction:
    """Return the most hours a week of somebody who gives them."""
    hours = side.hours_per_week
    return Fraction(0) if hours is None else read_number(hours[1])


def _silence(instance: Instance, asking: list[int], openings: Indices) -> Iterator[Problem]:
    people = [row for row in asking if instance.candidates.hours_max[row] == NOT_GIVEN]
    work = openings[instance.openings.hours_max[openings] == NOT_GIVEN].tolist()
    silent = [
        *(("candidate", instance.candidate_ids[row]) for row in people),
        *(("opening", instance.opening_ids[row]) for row in work),
    ]
    expected = f"must be given, since {CoachedContract.title} needs it"
    hint = "give the fewest and the most hours a week, such as (16, 24)"
    for subject, id_ in silent:
        yield Problem(subject, id_, "hours_per_week", None, expected, hint)
