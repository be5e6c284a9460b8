"""Switches are True or False: a text such as "no", which Python takes for true, is none."""

from placement_opt.basics.errors import InvalidInputError


def as_flag(value: object, subject: str, name: str) -> bool:
    """Return a parameter that is True or False, as a bool of Python.

    Raises
    ------
    InvalidInputError
        When it is anything else.
    """
    if isinstance(value, bool):
        return value
    if type(value).__module__ == "numpy" and type(value).__name__ in {"bool", "bool_"}:
        return bool(value)
    hint = "write True or False, without quotes"
    raise InvalidInputError.single(subject, None, name, value, "must be True or False", hint)
