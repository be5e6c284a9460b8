"""Nobody travels longer than they said they can."""

import math
from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import Problem
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, set_to
from placement_opt.instance.travel import TravelTable
from placement_opt.pairs.table import candidate_blocks
from placement_opt.records import Candidate, Opening, Region


class TravelTime(Rule):
    r"""A one-way journey takes at most the candidate's maximum.

    .. math:: x_{co} = 0 \text{ unless } \text{minutes}_{co} \le \text{max minutes}_c

    Minutes come from the region's table, else from the straight line between both places and the
    speed of the candidate's way of travelling; remote work takes 0. Candidates without a maximum
    go anywhere. Source: the candidate's own limit; the speeds are assumptions of this library.
    """

    title: ClassVar[str] = "travel time"
    title_nl: ClassVar[str] = "reistijd"
    judges_steps: ClassVar[bool] = True
    rule: Literal["TravelTime"] = "TravelTime"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        candidates = instance.region.candidates
        limited = any(candidate.max_travel_minutes is not None for candidate in candidates)
        return cls() if limited else None

    @override
    def problems(self, instance: Instance) -> Iterator[Problem]:
        """Yield limited candidates and openings whose minutes to some other end are unknown.

        Each candidate that lacks a location or a transport, and each opening that lacks a
        location, where the region's own table does not make up for it.
        """
        candidates, openings = instance.candidates, instance.openings
        no_location, no_transport = np.isnan(candidates.latitude), candidates.transport == NOT_GIVEN
        # To remote work everybody's journey is known: none.
        adrift, unplaced = (
            no_location | no_transport,
            np.isnan(openings.latitude) & ~openings.remote,
        )
        limited = candidates.max_travel != NOT_GIVEN
        problem_candidates = np.zeros(instance.n_candidates, dtype=np.bool_)
        problem_openings = np.zeros(instance.n_openings, dtype=np.bool_)
        suspects = (
            (limited & adrift, np.ones(instance.n_openings, dtype=np.bool_)),
            (limited, unplaced),
        )
        for these, those in suspects:
            for candidate, opening, unknown in _unknown(instance, these, those):
                problem_candidates[candidate[unknown.any(axis=1)]] = True
                problem_openings[opening[unknown.any(axis=0)]] = True
        yield from _candidate_problems(instance, "location", problem_candidates & no_location)
        yield from _candidate_problems(instance, "transport", problem_candidates & no_transport)
        yield from _opening_problems(instance, problem_openings & unplaced)

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        most = instance.candidates.max_travel[candidate]
        return instance.derived(TravelTable).within(candidate, opening, most)

    @override
    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield a longer journey, in whole minutes."""
        minutes = instance.derived(_nobody).travel_minutes(Placement(candidate.id, opening.id))
        most = candidate.max_travel_minutes
        if most is not None and minutes is not None and minutes > read_number(most):
            longer = math.ceil(minutes)
            yield set_to(candidate, "max_travel_minutes", longer, longer - read_number(most))

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            most = plan.candidate(placement).max_travel_minutes
            if most is None:
                continue
            minutes = plan.travel_minutes(placement)
            about, to = placement.candidate_id, placement.opening_id
            if minutes is None:
                yield self.broken(about, f"travel time to {to} is unknown, at most {most:g} wanted")
            elif minutes > read_number(most):
                yield self.broken(
                    about, f"{float(minutes):g} minutes to {to}, at most {most:g} wanted"
                )


def _nobody(instance: Instance) -> Plan:
    """Return the plan without placements, which reads a journey from the records."""
    return Plan(instance, ())


def knows_places(region: Region) -> bool:
    """Tell whether any journey can be measured: a location, remote work, or a table of minutes."""
    homes = any(candidate.location is not None for candidate in region.candidates)
    work = any(opening.location is not None or opening.remote for opening in region.openings)
    return homes or work or bool(region.travel_minutes)


def _unknown(
    instance: Instance, candidates: Bools, openings: Bools
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Bools]]:
    """Yield blocks (candidates, openings, minutes unknown) over the marked records."""
    rows, columns = np.flatnonzero(candidates), np.flatnonzero(openings)
    if not columns.size:
        return
    opening = columns.astype(np.int32)[np.newaxis, :]
    for part in candidate_blocks(len(rows), len(columns)):
        block = rows[part]
        minutes = instance.derived(TravelTable).minutes(
            block.astype(np.int32)[:, np.newaxis], opening
        )
        yield block, columns, minutes == NOT_GIVEN


def _candidate_problems(instance: Instance, field: str, rows: Bools) -> Iterator[Problem]:
    for row in np.flatnonzero(rows):
        id_ = instance.candidate_ids[row]
        most = instance.candidate_of[id_].max_travel_minutes
        yield Problem(
            "candidate",
            id_,
            field,
            None,
            f"must be given, since max_travel_minutes is ({most:g} minutes)",
            "give location and transport, rows of travel_minutes, or leave the maximum out",
        )


def _opening_problems(instance: Instance, rows: Bools) -> Iterator[Problem]:
    for row in np.flatnonzero(rows):
        yield Problem(
            "opening",
            instance.opening_ids[row],
            "location",
            None,
            "must be given, since candidates limit their travel time",
            "give the location, rows of travel_minutes, or remote=True",
        )
