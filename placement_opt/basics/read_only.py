"""Dictionaries and lists that nobody changes in place: of records, rules and results.

They are ordinary ones to read, to compare, to write as JSON and to pickle. A result that can be
changed would no longer be what was proven, and a rule that changes after it was given would count
in one solve and not in another.
"""

from collections.abc import Mapping
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import AfterValidator
from typing_extensions import override

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")

_REFUSAL = "is read-only here. Hint: change a copy, such as {}(...)"


def _refused(self: object, *_given: object, **_named: object) -> NoReturn:
    kind = "dict" if isinstance(self, dict) else "list"
    raise TypeError(f"this {kind} {_REFUSAL.format(kind)}")


class ReadOnlyDict(dict[KeyT, ValueT]):
    """A dictionary that refuses to be changed; `dict(...)` makes a copy that does not."""

    __setitem__ = __delitem__ = __ior__ = _refused
    clear = pop = popitem = setdefault = update = _refused

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return ReadOnlyDict, (dict(self),)


class ReadOnlyList(list[ValueT]):
    """A list that refuses to be changed; `list(...)` makes a copy that does not."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refused
    append = clear = extend = insert = pop = remove = reverse = sort = _refused

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return ReadOnlyList, (list(self),)


def read_only(value: Any) -> Any:
    """Return a value whose dictionaries and lists, at any depth, are read-only copies."""
    if isinstance(value, Mapping):
        return ReadOnlyDict({key: read_only(each) for key, each in value.items()})
    if isinstance(value, list):
        return ReadOnlyList(map(read_only, value))
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(map(read_only, value))
    return value


Facts = Annotated[dict[str, Any], AfterValidator(read_only)]
"""A dictionary that nobody changes, at any depth."""
