"""Fixed placements with the coach that was agreed on: the person keeps that coach."""

from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.records.gone import Gone, References
from placement_opt.records.people import Candidate

_WITH_COACH = 3


def split_coaches(
    fields: MutableMapping[str, Any], name: str = "fixed_placements"
) -> Mapping[int, tuple[str, Any]]:
    """Take the coaches out of rows (candidate id, opening id, coach id) of a field.

    Returns
    -------
    Mapping
        Candidate id and coach by row; rows whose coach is None name none.
    """
    rows = fields.get(name)
    if not isinstance(rows, (list, tuple)):
        return {}
    parted: list[Any] = []
    coaches: dict[int, tuple[str, Any]] = {}
    for number, given in enumerate(rows):
        row = given.tolist() if hasattr(given, "tolist") else given
        if isinstance(row, (list, tuple)) and len(row) == _WITH_COACH:
            if row[2] is not None:
                coaches[number] = (str(row[0]), row[2])
            row = row[:2]
        parted.append(row)
    fields[name] = parted
    return coaches


class KeptCoaches:
    """The coach of each person who has one by a fixed placement.

    Parameters
    ----------
    coaches
        As `split_coaches` returns them.
    people
        The candidates.
    known
        Ids of the coaches; None where they cannot be judged.
    references
        Whether an unknown coach is a problem, or noted in `gone`.
    """

    def __init__(
        self,
        coaches: Mapping[int, tuple[str, Any]],
        people: Sequence[Candidate],
        known: Collection[str] | None,
        references: References,
    ) -> None:
        self.people: dict[int, Candidate] = {}
        self.gone: list[Gone] = []
        self.problems: list[Problem] = []
        row_of = {person.id: row for row, person in enumerate(people)} if coaches else {}
        for number, (person_id, coach) in coaches.items():
            row = row_of.get(person_id)
            if row is None:
                continue  # told with the pair
            person = self.people.get(row, people[row])
            self.problems += self._keep(number, row, person, coach, known, references)

    def _keep(
        self,
        number: int,
        row: int,
        person: Candidate,
        coach: Any,
        known: Collection[str] | None,
        references: References,
    ) -> Iterator[Problem]:
        place = f"fixed_placements[{number}][2]"
        try:
            kept = person.model_copy(update={"coach": coach})
        except InvalidInputError as error:
            (found,) = error.problems
            yield Problem("region", None, place, found.value, found.expected, found.hint)
            return
        if known is not None and kept.coach not in known:
            if references == "told":
                self.gone.append(Gone("fixed_placements", number, "coach", str(kept.coach)))
                return
            hint = "check the spelling or add the record"
            yield Problem("region", None, place, kept.coach, "must be the id of a coach", hint)
        elif person.coach not in {None, kept.coach}:
            expected = f"must be the coach that the candidate keeps ({person.coach})"
            hint = "name one coach, in the placement or in the record of the candidate"
            yield Problem("region", None, place, kept.coach, expected, hint)
        else:
            self.people[row] = kept
