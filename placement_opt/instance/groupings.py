"""The ways to group placements that every region has, and their registry: one line per way.

Each way is read twice, and the two readings have to agree: `code` from the columns of the
instance, for rows over pairs, and `label` from the records, for the judge of a plan.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from placement_opt.basics.arrays import Indices
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.instance.instance import Instance
from placement_opt.records import Candidate, Employer, Opening

SECTORS = ("government", "market")


@dataclass(frozen=True)
class Grouping:
    """One way to group placements.

    Parameters
    ----------
    plural, plural_nl
        What the groups are called, in English and Dutch.
    labels
        Every label of the region, also those without a placement.
    code
        The group of each (candidate row, opening row) as a position in the labels, -1 for none.
    label
        The label of a person in an opening by a plain reading of their records; None for none.
    of_employer
        The label of an employer's own staff; None for a way that does not group employers.
    """

    plural: str
    plural_nl: str
    labels: Callable[[Instance], tuple[str, ...]]
    code: Callable[[Instance, Indices, Indices], Indices]
    label: Callable[[Instance, Candidate, Opening], str | None]
    of_employer: Callable[[Instance, Employer], str | None] | None = None


def _sector_code(instance: Instance, _candidate: Indices, opening: Indices) -> Indices:
    """Return the position of each opening's sector among the labels.

    Raises
    ------
    InvalidInputError
        When an employer with an opening does not say its sector: unknown is not "none".
    """
    position = {label: row for row, label in enumerate(SECTORS)}
    problems, sector = [], np.full(len(instance.employer_ids) + 1, -1, dtype=np.int32)
    offering = set(instance.openings.employer.tolist())
    for row, employer_id in enumerate(instance.employer_ids):
        given = instance.employer_of[employer_id].sector
        if given is not None:
            sector[row] = position[given]
        elif row in offering:
            hint = 'give "market" or "government"; a rule per sector needs it'
            problems.append(Problem("employer", employer_id, "sector", None, "must be given", hint))
    if problems:
        raise InvalidInputError(problems)
    return sector[instance.openings.employer][opening]


def _sector(instance: Instance, _candidate: Candidate, opening: Opening) -> str | None:
    return None if opening.employer is None else instance.employer_of[opening.employer].sector


GROUPINGS: Mapping[str, Grouping] = {
    "candidate": Grouping(
        plural="candidates",
        plural_nl="kandidaten",
        labels=lambda instance: instance.candidate_ids,
        code=lambda _, candidate, _o: candidate,
        label=lambda _, candidate, _o: candidate.id,
    ),
    "opening": Grouping(
        plural="openings",
        plural_nl="vacatures",
        labels=lambda instance: instance.opening_ids,
        code=lambda _, _c, opening: opening,
        label=lambda _, _c, opening: opening.id,
    ),
    "employer": Grouping(
        plural="employers",
        plural_nl="werkgevers",
        labels=lambda instance: instance.employer_ids,
        code=lambda instance, _c, opening: instance.openings.employer[opening],
        label=lambda _, _c, opening: opening.employer,
        of_employer=lambda _, employer: employer.id,
    ),
    "municipality": Grouping(
        plural="municipalities",
        plural_nl="gemeenten",
        labels=lambda instance: instance.municipality_ids,
        code=lambda instance, candidate, _o: instance.candidates.municipality[candidate],
        label=lambda _, candidate, _o: candidate.municipality,
    ),
    "opening_municipality": Grouping(
        plural="municipalities of openings",
        plural_nl="gemeenten van vacatures",
        labels=lambda instance: instance.municipality_ids,
        code=lambda instance, _c, opening: instance.openings.municipality[opening],
        label=lambda _, _c, opening: opening.municipality,
        of_employer=lambda _, employer: employer.municipality,
    ),
    "sector": Grouping(
        plural="sectors",
        plural_nl="sectoren",
        labels=lambda _: SECTORS,
        code=_sector_code,
        label=_sector,
        of_employer=lambda _, employer: employer.sector,
    ),
    "region": Grouping(
        plural="regions",
        plural_nl="regio's",
        labels=lambda instance: (instance.region.name,),
        code=lambda _, candidate, _o: np.zeros_like(candidate),
        label=lambda instance, _c, _o: instance.region.name,
        of_employer=lambda instance, _e: instance.region.name,
    ),
}
"""By the name that `per` of a rule gives."""
