"""What stands for a region: the region, a model, a file or folder of it, a function that makes it.

Each has a name, by which its result is found.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import TypeAlias

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.model import Model
from placement_opt.records import Region
from placement_opt.rulebook import Rulebook

_LOG = logging.getLogger("placement_opt")

Source: TypeAlias = (
    "Region | Model | str | PathLike[str] | Callable[[], Region] | Callable[[], Model]"
)
"""A function is called in the worker that solves what it makes, and has to travel there."""

Sources: TypeAlias = "Mapping[str, Source] | Sequence[Source] | str | PathLike[str]"
"""By name, in order, or as a folder of JSON files and of folders, one for each region."""

_IN_A_FOLDER = "must hold a JSON file or a folder of CSV files for each region"


def named_sources(regions: object) -> dict[str, Source]:
    """Return each region by its name.

    Without a mapping a region or a model has the name of the region, a file or folder its own name
    without its ending, and a function its ``__name__``.

    Raises
    ------
    InvalidInputError
        With everything that stands for no region, and names that are not there or not unique.
    FileNotFoundError
        When there is no such folder.
    """
    if isinstance(regions, str | PathLike):
        return _of_folder(Path(regions))
    if isinstance(regions, Mapping):
        named: list[tuple[object, object]] = list(regions.items())
    elif isinstance(regions, Sequence):
        named = [(_name_of(source), source) for source in regions]
    else:
        raise _bad(regions, "must be a mapping from name to region, a sequence, or a folder")
    if not named:
        raise _bad(regions, "must hold at least one region")
    problems: list[Problem] = []
    names, found = [name for name, _ in named], dict[str, Source]()
    for name, source in named:
        if not isinstance(source, Region | Model | str | PathLike) and not callable(source):
            expected = "must be a region, a model, a file, a folder, or a function that makes one"
            problems += _bad(source, expected, name).problems
        elif not isinstance(name, str) or not name or names.count(name) > 1:
            problems += _bad(name, "must be a name that no other has", name).problems
        else:
            found[name] = source
    if problems:
        raise InvalidInputError(problems)
    return found


def _bad(value: object, expected: str, name: object = None) -> InvalidInputError:
    hint = 'write solve_many({"Rijk van Nijmegen": region, "Achterhoek": "achterhoek.json"})'
    id_ = name if isinstance(name, str) else None
    return InvalidInputError.single("solve_many", id_, "regions", value, expected, hint)


def _name_of(source: object) -> str:
    if isinstance(source, Region):
        return source.name
    if isinstance(source, Model):
        return source.region.name
    if isinstance(source, str | PathLike):
        path = Path(source)
        return path.stem if path.suffix.lower() == ".json" else path.name
    return str(getattr(source, "__name__", ""))


def _of_folder(folder: Path) -> dict[str, Source]:
    """Return the regions of a folder; what else is in it is told in the log."""
    if not folder.is_dir():
        hint = "give the folder that holds a file or a folder for each region"
        raise FileNotFoundError(f"no folder at {fspath(folder)!r}. Hint: {hint}.")
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    found = [path for path in entries if path.is_dir() or path.suffix.lower() == ".json"]
    if left := [path.name for path in entries if path not in found]:
        _LOG.warning("%s: not taken for regions: %s", folder, ", ".join(left))
    if not found:
        raise _bad(fspath(folder), _IN_A_FOLDER)
    return named_sources(found)


def model_of(source: Source, rulebook: Rulebook | None) -> Model:
    """Return the model of a region, under the standard rules unless it is a model already.

    A model is copied, so that what is compiled for the solve is not kept.

    Raises
    ------
    InvalidInputError
        With all problems of the region; when a function makes something else.
    OSError
        When a file cannot be read.
    """
    if isinstance(source, str | PathLike):
        path = Path(source)
        region = Region.from_folder(path) if path.is_dir() else Region.from_json(path)
        return Model(region, rulebook=rulebook)
    made = source() if callable(source) else source
    return (
        made.of_region(made.region) if isinstance(made, Model) else Model(made, rulebook=rulebook)
    )
