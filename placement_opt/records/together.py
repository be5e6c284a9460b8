"""Groups of people who are placed together, or not at all: couples, duos, whole crews."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from typing_extensions import override

from placement_opt.records.base import Record
from placement_opt.records.fields import Members, Place


class Together(Record):
    """People who work in one place, all of them, or are not placed.

    Parameters
    ----------
    members
        Candidates, by id. A group of one binds nobody.
    where
        What one place is: one ``"opening"`` (the default), or openings of one ``"employer"``; an
        opening without an employer is a place of its own.

    Raises
    ------
    InvalidInputError
        With all problems of the record.

    Examples
    --------
    >>> import placement_opt as po
    >>> region = po.Region(
    ...     name="a couple",
    ...     candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
    ...     openings=[po.Opening(id="O-1"), po.Opening(id="O-2", positions=2)],
    ...     together=[po.Together(members=["C-1", "C-2"])],
    ... )
    >>> po.solve(region).placements["opening_id"].tolist()
    ['O-2', 'O-2']
    """

    subject: ClassVar[str] = "group"
    id_field: ClassVar[str] = "members"

    members: Members
    where: Place = "opening"

    @classmethod
    @override
    def readable_id(cls, fields: Mapping[str, Any]) -> str | None:
        """Return None: a group has no id, and is told by its row."""
        del fields
        return None

    @classmethod
    @override
    def stand_ins(cls, broken: Collection[str]) -> dict[str, Any]:
        """Return a value for each broken field without a default: nobody for the members."""
        return {"members": ()} if "members" in broken else {}
