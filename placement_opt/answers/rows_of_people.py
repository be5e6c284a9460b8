"""The rows of a result by person, so that one person's are found without reading all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from placement_opt.basics.rows import CostRow, PathRow, PlacementRow, UnplacedRow
from placement_opt.run.result_record import ResultRecord


class _OfPerson(Protocol):
    @property
    def candidate_id(self) -> str:
        """The person."""


RowT = TypeVar("RowT", bound=_OfPerson)


@dataclass(frozen=True, eq=False)
class RowsOfPeople:
    """Placements, costs, reasons and paths by candidate id, in the order of the result."""

    placements: Mapping[str, tuple[PlacementRow, ...]]
    costs: Mapping[str, tuple[CostRow, ...]]
    unplaced: Mapping[str, tuple[UnplacedRow, ...]]
    paths: Mapping[str, tuple[PathRow, ...]]

    @classmethod
    def of(cls, result: ResultRecord) -> "RowsOfPeople":
        """Sort the rows of a result; costs a pass over them."""
        return cls(
            _by_person(result.placement_rows),
            _by_person(result.cost_rows),
            _by_person(result.unplaced_rows),
            _by_person(result.path_rows),
        )


def _by_person(rows: Iterable[RowT]) -> Mapping[str, tuple[RowT, ...]]:
    found: dict[str, tuple[RowT, ...]] = {}
    for row in rows:
        found[row.candidate_id] = (*found.get(row.candidate_id, ()), row)
    return found
