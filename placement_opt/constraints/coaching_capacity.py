"""What rules that ask more of coaches need to know of the rows of coaching."""

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.capacity import Capacity


class CoachCapacity(Capacity):
    """Coaches who serve pairs.

    Parameters
    ----------
    coach
        Whom each of the first own variables stands for, those that serve pairs, shape (S,).
    first_coach_row
        The first of the rows that say what coaches have: first the hours of each coach, with
        periods in each of them.
    rows
        Which of those rows the block has, ascending; None for all.
    """

    def __init__(self, coach: Ints, first_coach_row: int, rows: Ints | None = None) -> None:
        self.coach, self.first_coach_row, self.rows = coach, first_coach_row, rows

    def row_of_hours(self, load: Ints) -> Ints:
        """Return the rows of the hours of coaches, with T periods of ``coach * T + period``."""
        place: Ints = load if self.rows is None else np.searchsorted(self.rows, load)
        return self.first_coach_row + place
