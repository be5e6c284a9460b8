"""A crew is there as a whole: nobody, or at least so many."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from scipy import sparse
from typing_extensions import override

from placement_opt.constraints.base import Rule
from placement_opt.constraints.grouped_limit import Usage
from placement_opt.constraints.while_running import in_period, used_while_running
from placement_opt.formulation.pair_entries import narrow_rows
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.groupings import Group, group_text
from placement_opt.instance.in_time import PERIOD
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.table import Column, PairTable

SHORT = "people short of a crew"
"""What a crew limits: one that is there may be short of nobody, and nobody is short of nothing."""


class Crews(Rule):
    r"""An opening that needs a crew takes nobody, or at least so many people.

    .. math:: m_o y_o \le \sum_{c} x_{co} \le n_o y_o, \qquad y_o \in \{0, 1\}

    with m the crew's minimum and n the number of eligible people. `Opening.crew_minimum` of who
    gives it; others are free. In a region with periods it holds in each of them. Source: practice,
    such as sorting centres that open a site for a group with guidance of its own; no law.
    """

    title: ClassVar[str] = "crew of an opening"
    title_nl: ClassVar[str] = "ploeg van een vacature"
    keeps_out: ClassVar[tuple[str, str] | None] = ("asks for more people", "vraagt meer mensen")
    rule: Literal["Crews"] = "Crews"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if _minimums(instance) else None

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        least = _minimums(pairs.instance)
        groups = grouped(pairs, "opening" if pairs.start is None else ("opening", PERIOD))
        is_crew = np.array([_opening(label) in least for label in groups.labels], dtype=np.bool_)
        n_eligible = np.bincount(groups.code, minlength=is_crew.size)
        rows = np.flatnonzero(is_crew & (n_eligible > 0))
        if not rows.size:
            return None
        labels, n_eligible, n_crews = (
            [groups.labels[row] for row in rows],
            n_eligible[rows],
            rows.size,
        )
        minimum = np.array([least[_opening(label)] for label in labels])
        people = Usage(groups, Column(np.ones(pairs.n_pairs, dtype=np.int8))).matrix(rows.tolist())
        people = people.astype(np.int64)
        # Of each crew a row says what it asks, and another what it allows.
        crews = np.arange(2 * n_crews)
        amount = np.concatenate([-minimum, n_eligible]).astype(np.int64)
        own = sparse.coo_array((amount, (crews, crews % n_crews)), shape=(crews.size, n_crews))
        ids = list(map(group_text, labels))
        too_few, no_crew = [f"{id_}: too few" for id_ in ids], [f"{id_}: no crew" for id_ in ids]
        limits = RowLimits.of(ids, SHORT, size=Fraction(-1), most=[Fraction(0)] * n_crews)
        return RowBlock(
            self.title,
            [*too_few, *no_crew],
            narrow_rows(sparse.vstack([people, -people], format="csr")),
            np.zeros(2 * n_crews, dtype=np.int64),
            np.full(2 * n_crews, NO_UPPER),
            Variables(
                np.zeros(n_crews, dtype=np.int64),
                (n_eligible >= minimum).astype(np.int64),  # who are too few are no crew
                [Fraction(0)] * n_crews,
                follow=True,
                in_between=True,
            ),
            own.tocsr(),
            limits=limits.above(RowLimits.ties(no_crew)).with_own(None, np.ones_like(rows)),
        )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        least = _minimums(plan.instance)
        for opening_id, in_time in used_while_running(plan, "opening").items():
            for period, there in in_time.items():
                if there < least.get(opening_id, 0):
                    text = f"{there} people, a crew is at least {least[opening_id]}"
                    yield self.broken(in_period(opening_id, period), text)


def _opening(label: Group) -> str:
    return label if isinstance(label, str) else label[0]


def _minimums(instance: Instance) -> dict[str, int]:
    """Return the crew's minimum by opening id; one alone is a crew of one, and no rule."""
    return {
        opening.id: opening.crew_minimum
        for opening in instance.region.openings
        if opening.crew_minimum is not None and opening.crew_minimum > 1
    }
