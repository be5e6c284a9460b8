"""The record of a run: written from a compiled model, read back by whoever checks its result."""

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import AfterValidator, ConfigDict

from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.read_only import Facts, read_only
from placement_opt.basics.rows import ResultPart
from placement_opt.constraints import rule_from_json
from placement_opt.constraints.base import Rule
from placement_opt.instance.plan import Plan
from placement_opt.objectives import term_from_json
from placement_opt.objectives.base import Term
from placement_opt.records.json_text import part_record
from placement_opt.run.compiled import Compiled
from placement_opt.run.unread_decisions import UnreadDecisions, unread_decisions_in
from placement_opt.solvers import DEFAULT_SOLVER
from placement_opt.solvers.search.limits import SearchLimits

PartT = TypeVar("PartT", Rule, Term)

_PACKAGES = ("placement_opt", "ortools", "numpy", "scipy", "pydantic")


@dataclass(frozen=True)
class RunParameters(SearchLimits):
    """The limits of a run, the solver that was asked, and what became of the start plan in words.

    ``parameters["seed"]`` reads the same as ``parameters.seed``.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    solver: str = DEFAULT_SOLVER
    start: str = "none given"

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


class RunRecord(ResultPart):
    """What it takes to repeat a run and to check its result.

    Attributes
    ----------
    versions
        Version of Python and of each package that has a say in the answer.
    parameters
        The parameters of `solve`.
    input
        Fingerprint of the region; see `Region.fingerprint`.
    rules, objective
        All fields of each rule and term; `rule` and `term` hold the name of the class.
    unread
        Decisions in the records that no rule of the model reads.
    rulebook
        The law by date and hash, the values supplied to it, and those used, with their sources;
        `Rulebook.from_record` opens it again. None where the region has no date.
    status
        What the plan is for the people in it.
    """

    versions: Annotated[dict[str, str], AfterValidator(read_only)]
    parameters: RunParameters
    input: str
    rules: tuple[Facts, ...]
    objective: tuple[Facts, ...]
    unread: tuple[UnreadDecisions, ...] = ()
    rulebook: Facts | None = None
    status: str = "proposal, to be confirmed by a person"

    @classmethod
    def of(cls, compiled: Compiled, parameters: RunParameters, plan: Plan | None) -> Self:
        """Write down a run; `plan` is what it ended with, if anything."""
        instance = compiled.pairs.instance
        rulebook = instance.known_rulebook
        return cls(
            versions={name: _version(name) for name in _PACKAGES}
            | {"python": platform.python_version()},
            parameters=parameters,
            input=compiled.fingerprint,
            rules=tuple(map(part_record, compiled.rules)),
            objective=tuple(map(part_record, compiled.terms)),
            unread=unread_decisions_in(instance, compiled.rules, plan),
            rulebook=None if rulebook is None else rulebook.run_record(),
        )

    def read_rules(self) -> list[Rule]:
        """Make the rules again; of the library's classes only.

        Raises
        ------
        InvalidInputError
            With all that cannot be read: rules of the user's own have to be given.
        """
        return _read("rules", self.rules, rule_from_json)

    def read_terms(self) -> list[Term]:
        """Make the terms again; as `read_rules`."""
        return _read("objective", self.objective, term_from_json)


def _read(
    part: str, told: Sequence[Facts], read: Callable[[Mapping[str, Any]], PartT]
) -> list[PartT]:
    parts, problems = [], []
    for fields in told:
        try:
            parts.append(read(fields))
        except InvalidInputError as error:
            given = f"or give {part}=model.{part}, with the classes of your own"
            problems += [replace(found, hint=f"{found.hint}, {given}") for found in error.problems]
    if problems:
        raise InvalidInputError(problems)
    return parts


def in_order_told(given: Sequence[PartT], told: Sequence[Facts]) -> tuple[list[PartT], list[str]]:
    """Return given rules or terms in the order of a run record, and where the two differ.

    A field that a class has gained since the run counts as it is by default: so was it then.
    """
    of_text = {json.dumps(part_record(part), sort_keys=True): part for part in given}
    recorded = [json.dumps(_as_now(fields, given), sort_keys=True) for fields in told]
    wrong = [f"{text} is not in the run record" for text in of_text if text not in recorded]
    wrong += [f"{text} of the run record is not given" for text in recorded if text not in of_text]
    return (list(given) if wrong else [of_text[text] for text in recorded]), wrong


def _as_now(fields: Facts, given: Sequence[PartT]) -> Facts:
    """Return the fields of a recorded part with those that its class has gained since."""
    for part in given:
        now, kind = part_record(part), type(part).model_fields
        gained = [name for name in now if name not in fields and name != part.id_field]
        if {**fields, **{name: now[name] for name in gained}} == now and all(
            getattr(part, name) == kind[name].get_default(call_default_factory=True)
            for name in gained
        ):
            return now
    return fields


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "not installed"
