"""What rules and terms share: their name in JSON, when a region asks for them, what they need."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self, TypeVar

from typing_extensions import override

from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.basics.rows import AssumptionRow
from placement_opt.instance.instance import Instance
from placement_opt.pairs.table import PairTable
from placement_opt.records.base import Record

Examples = Sequence[Mapping[str, Any]]
PartT = TypeVar("PartT", bound="ModelPart")

REGISTERED: dict[str, type["ModelPart"]] = {}
"""Classes of the user's own that JSON may name; `placement_opt.register` fills it."""


class ModelPart(Record):
    """A rule or a term: a record with a title that is read back by the name of its class."""

    title: ClassVar[str]
    title_nl: ClassVar[str] = ""
    examples: ClassVar[Examples] = ({},)
    """Settings that make a difference, as fields; the contract tests try each of them."""

    @override
    def __init__(self, /, **fields: Any) -> None:
        if type(self).model_fields[self.id_field].is_required():  # a class of the user's own
            fields.setdefault(self.id_field, self.json_name())
        super().__init__(**fields)

    @classmethod
    def json_name(cls) -> str:
        """Return the name in JSON: the default of `id_field`, else the name of the class."""
        field = cls.model_fields[cls.id_field]
        return cls.__name__ if field.is_required() else str(field.default)

    @classmethod
    def standard(cls, instance: Instance) -> Self | None:
        """Return the part as `po.solve` uses it, or None where the region's records are silent."""
        del instance
        return None

    def problems(self, instance: Instance) -> Iterator[Problem]:
        """Yield what the part cannot do without and the records leave out, whatever the pairs.

        Asked of all rules and terms before pairs are looked for, so that all is told at once.
        """
        del instance
        yield from ()

    def assumptions(self, pairs: PairTable) -> Iterator[AssumptionRow]:
        """Yield what the part takes for granted where the records are silent.

        One row for each assumption, with the number of records that it holds for, told by
        `Result.assumptions` and the summary. Last known values of the law are not the part's to
        tell: the rulebook remembers them.
        """
        del pairs
        yield from ()


def part_from_json(base: type[PartT], library: Sequence[type[PartT]], fields: Any) -> PartT:
    """Read a rule or a term from the fields that `model_dump` wrote, by the name among them.

    Raises
    ------
    InvalidInputError
        When nothing of the library and nothing registered has that name, or with all problems of
        its fields.
    """
    own = {name: kind for name, kind in REGISTERED.items() if issubclass(kind, base)}
    known: dict[str, type[PartT]] = {kind.json_name(): kind for kind in library} | own
    name = str(fields.get(base.id_field))
    if name not in known:
        expected = f"must be the name of a known {base.subject}"
        close = closest_ids(name, known)
        register = f"register a class of your own first: placement_opt.register({name})"
        hint = closest_hint(close) if close else register
        raise InvalidInputError.single(base.subject, None, base.id_field, name, expected, hint)
    return known[name].model_validate(fields)
