"""Draws mutants of a module: which places of its code are broken, and how.

Cosmic-ray lists every break that its operators can make. Left out here are those that change no
behaviour (annotations, `@override`, the words of an f-string) and those that any test notices (a
sum made a bitwise or). Of each place that is left one break is drawn, so that an addition with a
dozen breaks weighs no more than a comparison.
"""

import ast
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.commands.init import init
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import MutationSpec

Position = tuple[int, int]
Span = tuple[Position, Position]

KEPT: dict[str, dict[str, tuple[str, ...]]] = {
    "ReplaceBinaryOperator": {
        "Add": ("Sub", "Mul"),
        "Sub": ("Add",),
        "Mul": ("Add", "FloorDiv"),
        "Div": ("Mul",),
        "FloorDiv": ("Mul", "Div"),
        "Mod": ("FloorDiv",),
        "Pow": ("Mul",),
        "LShift": ("RShift",),
        "RShift": ("LShift",),
        "BitOr": ("BitAnd",),
        "BitAnd": ("BitOr",),
        "BitXor": ("BitOr",),
    },
    "ReplaceComparisonOperator": {
        "Eq": ("NotEq", "LtE", "GtE"),
        "NotEq": ("Eq", "Lt", "Gt"),
        "Lt": ("LtE", "NotEq", "GtE"),
        "LtE": ("Lt", "Eq", "Gt"),
        "Gt": ("GtE", "NotEq", "LtE"),
        "GtE": ("Gt", "Eq", "Lt"),
        "Is": ("IsNot",),
        "IsNot": ("Is",),
    },
    "ReplaceUnaryOperator": {"USub": ("UAdd",), "Delete": ("Not", "Invert")},
}
"""Of the families of replacements, those that a careless hand could make."""

FEWEST = 4
"""A module of few lines has so many places broken all the same."""

SILENT_DECORATORS = frozenset(("override", "abstractmethod", "final"))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One break: the `occurrence`-th place of an operator in a module."""

    module: str
    line: int
    column: int
    operator: str
    occurrence: int

    @property
    def key(self) -> str:
        """What a file of results knows the mutant by."""
        return f"{self.module}:{self.line}:{self.column} {self.operator}#{self.occurrence}"

    def spec(self) -> MutationSpec:
        """Return it as cosmic-ray applies it; the end of the place plays no part in that."""
        start, end = (self.line, self.column), (self.line, self.column + 1)
        return MutationSpec(Path(self.module), f"core/{self.operator}", self.occurrence, start, end)


def drawn(module: str, share: float, seed: int, session: Path) -> list[Mutant]:
    """Return mutants of different places of a module, in the order of the file.

    Parameters
    ----------
    module
        Path of the module from the working directory.
    share
        How many of the places to break: 1 for all; at least `FEWEST` where there are so many.
    seed
        The same seed draws the same mutants of the same text.
    session
        A new file for the work of cosmic-ray.
    """
    silent = list(silent_spans(Path(module).read_text(encoding="utf-8")))
    places: dict[tuple[Position, Position, str], list[Mutant]] = defaultdict(list)
    with use_db(session) as database:
        init([Path(module)], database, {})
        for item in database.work_items:
            spec = item.mutations[0]
            name = spec.operator_name.removeprefix("core/")
            family = name.partition("_")[0]
            if not _is_kept(name) or _is_within(spec, silent):
                continue
            mutant = Mutant(module, spec.start_pos[0], spec.start_pos[1], name, spec.occurrence)
            places[spec.start_pos, spec.end_pos, family].append(mutant)
    draw = random.Random(f"{seed} {module}")  # noqa: S311 - a sample, no secret
    how_many = min(max(FEWEST, round(share * len(places))), len(places))
    chosen = draw.sample(sorted(places), how_many)
    return [
        draw.choice(sorted(places[place], key=lambda mutant: (mutant.operator, mutant.occurrence)))
        for place in sorted(chosen)
    ]


def silent_spans(source: str) -> Iterator[Span]:
    """Yield the places of a text whose change is no change of behaviour.

    Annotations, f-strings (messages), decorators for readers and type checkers, the settings of
    `dataclass`, `strict=` of `zip`, and what only type checkers run.
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(returns=returns, decorator_list=decorators):
                yield from _spans(returns)
                yield from _spans(*filter(_is_silent, decorators))
            case ast.ClassDef(decorator_list=decorators):
                yield from _spans(*filter(_is_silent, decorators))
            case ast.arg(annotation=annotation) | ast.AnnAssign(annotation=annotation):
                yield from _spans(annotation)
            case ast.JoinedStr():
                yield from _spans(node)
            case ast.Call(func=ast.Name(id="zip"), keywords=keywords):
                yield from _spans(*keywords)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield from _spans(node)
            case _:
                pass


def _is_kept(operator: str) -> bool:
    family, *change = operator.split("_")
    return family not in KEPT or change[1] in KEPT[family].get(change[0], ())


def _is_silent(decorator: ast.expr) -> bool:
    match decorator:
        case ast.Name(id=name):
            return name in SILENT_DECORATORS
        case ast.Call(func=ast.Name(id="dataclass")):
            return True
        case _:
            return False


def _spans(*nodes: ast.expr | ast.stmt | ast.keyword | None) -> Iterator[Span]:
    for node in nodes:
        if node is not None and node.end_lineno is not None and node.end_col_offset is not None:
            # The @ of a decorator stands before its expression.
            yield (node.lineno, node.col_offset - 1), (node.end_lineno, node.end_col_offset)


def _is_within(spec: MutationSpec, spans: list[Span]) -> bool:
    return any(first <= spec.start_pos < last for first, last in spans)
