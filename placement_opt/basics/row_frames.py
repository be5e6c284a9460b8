"""Rows of one kind as a frame, a column for each field."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from placement_opt.basics.rows import Row

if TYPE_CHECKING:
    import pandas as pd


def frame_of(row: type[Row], rows: Sequence[Row]) -> "pd.DataFrame":
    """Return a frame of pandas with the rows, one kind of them."""
    import pandas as pd

    columns = list(row.model_fields)
    cells = [[getattr(entry, name) for name in columns] for entry in rows]
    return pd.DataFrame(cells, columns=columns)
