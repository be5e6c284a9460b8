"""A copy of the pairs a user lists: what counts is what they were when they were given.

They are read when the model is compiled, and again after a rule was added. A frame that is changed
in between, as in a loop over scenarios, must not change the model.
"""

import copy
from collections.abc import Mapping
from typing import Any


def own_copy(frame: Any) -> Any:
    """Return a copy of a frame, or of a mapping from column names to values, and of each column.

    Cells are not copied: those that can be read are numbers and texts. What is no frame is left as
    it is, to be refused when it is read.
    """
    if isinstance(frame, Mapping):
        return {name: _copied(column) for name, column in frame.items()}
    return _copied(frame)


def _copied(values: Any) -> Any:
    # pandas and numpy copy their cells with `copy`, polars calls it `clone`.
    for name in ("copy", "clone"):
        method = getattr(values, name, None)
        if callable(method):
            return method()
    try:
        return copy.copy(values)
    except Exception:  # whatever a foreign class raises; the values may still be readable
        return values
