"""What rules that ask more of coaches need to know of the rows of coaching."""

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.capacity import Capacity


class CoachCapacity(Capacity):
    """Coaches who serve pairs.

    Parameters
    ----------
    coach
        Whom each of the first own variables stands for, those that serve pairs, shape (S,).
    first_coach_row
        The first of the rows that say what coaches have; they are the last ones of the block.
    """

    def __init__(self, coach: Ints, first_coach_row: int) -> None:
        self.coach, self.first_coach_row = coach, first_coach_row
