"""Which pairs have room for the steps that they need, beside a plan."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.step_needs import StepNeeds
from placement_opt.constraints.step_packer import StepPacker, Taking, listed, taking
from placement_opt.constraints.step_paths import Paths
from placement_opt.constraints.step_rooms import StepRooms
from placement_opt.formulation.capacity import Capacity, Lacking, Packer


class StepRoom(Capacity):
    """Steps with free places that somebody pays, for people who have the time.

    Rows are those of `placement_opt.constraints.step_rows`: needs first, then what steps share.
    """

    def __init__(self, needs: StepNeeds, rooms: StepRooms) -> None:
        self._needs, self._rooms = needs, rooms

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        return self.room_in(chosen, own)(pairs)

    @override
    def room_in(self, chosen: Ints, own: Ints) -> Callable[[Ints], Lacking]:
        return _BesidePlan(self._needs, self._rooms, chosen, own).lacking

    @override
    def packer(self, kept: Ints | None, liked: npt.NDArray[np.integer]) -> Packer:
        needs, rooms = self._needs, self._rooms
        asks = (needs.pair, needs.need), (needs.asking, needs.asked)
        options = needs.option_need, needs.option
        usage = rooms.usage, rooms.of_pairs
        return StepPacker(asks, options, usage, rooms.most, rooms.n_places, kept)


class _BesidePlan:
    """What the steps of a plan leave to one more pair.

    Each step is looked at by itself, for all pairs at once. Only where a pair seems to have room so
    and needs several steps, these are tried together, since each may fit alone and not all of them:
    two trainings that each take most of what is left of a budget.
    """

    def __init__(self, needs: StepNeeds, rooms: StepRooms, chosen: Ints, own: Ints) -> None:
        self._needs, self._rooms, self._own = needs, rooms, own
        self._left = rooms.left(chosen, own)
        self._row = self._without_room()
        self._n_open, self._first = self._open(self._row)

    def lacking(self, pairs: Ints) -> Lacking:
        """Return the rows without room for each pair; see `Capacity.room`."""
        needs, rooms = self._needs, self._rooms
        place = np.full(rooms.of_pairs.shape[1], -1)
        place[pairs] = np.arange(pairs.size)
        asked = (place[needs.pair] >= 0) & (self._n_open[needs.need] == 0)
        taken = rooms.of_pairs.tocoo()
        busy = (place[taken.col] >= 0) & (self._left[taken.row] < taken.data)
        at = np.concatenate([place[needs.pair[asked]], place[taken.col[busy]]])
        row = np.concatenate([self._first[needs.need[asked]], taken.row[busy]])
        seems_open = self._needs_several(place, pairs.size)
        seems_open[at] = False
        n_rows = needs.n_needs + rooms.most.size
        found = [at * n_rows + needs.n_needs + row]
        for one in np.flatnonzero(seems_open).tolist():
            together = np.array(self._together.lacking(int(pairs[one])), dtype=np.int64)
            found.append(one * n_rows + together)
        at, row = np.divmod(np.unique(np.concatenate(found)), n_rows)
        return at, row

    def _needs_several(self, place: Ints, n_pairs: int) -> Bools:
        """Mark the pairs that no single step beside the plan is enough for; of others some, too."""
        needs, is_new = self._needs, self._is_unmet
        asks = np.zeros(self._own.size, dtype=np.bool_)
        asks[needs.asking[is_new[needs.asked]]] = True
        is_enough = (self._row[needs.option] < 0) & ~asks[needs.option]
        n_enough = np.bincount(needs.option_need[is_enough], minlength=needs.n_needs)
        asked = (place[needs.pair] >= 0) & is_new[needs.need]
        at, need = place[needs.pair[asked]], needs.need[asked]
        several: Bools = np.bincount(at, minlength=n_pairs) > 1
        several[at[n_enough[need] == 0]] = True
        return several

    @cached_property
    def _is_unmet(self) -> Bools:
        """Which needs no step of the plan meets, shape (N,)."""
        met = self._needs.option_need[self._own[self._needs.option] > 0]
        is_unmet: Bools = np.bincount(met, minlength=self._needs.n_needs) == 0
        return is_unmet

    @cached_property
    def _together(self) -> "_Together":
        return _Together(self._needs, self._rooms, self._left, self._is_unmet)

    def _without_room(self) -> Ints:
        """Return the row that has no room for each variable beside the plan, -1 where all have."""
        by_variable, needs, own = self._rooms.by_variable, self._needs, self._own
        whose = np.repeat(np.arange(own.size), np.diff(by_variable.indptr))
        short = np.flatnonzero(self._left[by_variable.indices] < by_variable.data)[::-1]
        row = np.full(own.size, -1, dtype=np.int64)
        row[whose[short]] = by_variable.indices[short]
        row[own > 0] = -1
        while True:  # there is none for a step, either, where there is none for what it needs
            n_open, first = self._open(row)
            has_room = (own == 0) & (row < 0)
            stuck = has_room[needs.asking] & (n_open[needs.asked] == 0)
            if not stuck.any():
                return row
            row[needs.asking[stuck]] = first[needs.asked[stuck]]

    def _open(self, row: Ints) -> tuple[Ints, Ints]:
        """Return how many options of each need have room, and the row of the first if it has none.

        `row` has what has no room for each variable.
        """
        needs, of_option = self._needs, row[self._needs.option]
        n_open = np.bincount(needs.option_need[of_option < 0], minlength=needs.n_needs)
        first = np.zeros(needs.n_needs, dtype=np.int64)
        first[needs.option_need[::-1]] = of_option[::-1]
        return n_open, first


class _Together(Paths[int, int]):
    """Tries the steps of a pair together: variables, by the needs that they meet."""

    def __init__(self, needs: StepNeeds, rooms: StepRooms, left: Ints, is_unmet: Bools) -> None:
        asks, asked = is_unmet[needs.need], is_unmet[needs.asked]
        self._of_pair = listed(needs.pair[asks], needs.need[asks])
        self._of_step = listed(needs.asking[asked], needs.asked[asked])
        self._options = listed(needs.option_need, needs.option)
        self._met_by = {need: frozenset(some) for need, some in self._options.items()}
        self._takes, self._pairs_take = taking(rooms.usage), taking(rooms.of_pairs)
        self._left, self._n_needs = left.tolist(), needs.n_needs
        self._by_pair: Taking = ()
        self._known = dict[tuple[tuple[int, ...], Taking], list[int]]()

    def lacking(self, pair: int) -> list[int]:
        """Return the rows that the best steps for a pair lack: of all paths one with the fewest.

        The needs themselves where it is not known whether another path has room.
        """
        needs, by_pair = self._of_pair.get(pair, []), self._pairs_take.get(pair, ())
        key = (*needs,), (*by_pair,)
        if key not in self._known:
            self._by_pair = by_pair
            path, is_proven = self.best(needs)
            rows = [] if path is None else self._short(path)
            if path is None or (rows and not is_proven):
                self._known[key] = needs
            else:
                self._known[key] = [self._n_needs + row for row in rows]
        return self._known[key]

    @override
    def is_met(self, need: int, taken: tuple[int, ...]) -> bool:
        return not self._met_by[need].isdisjoint(taken)

    @override
    def options(self, need: int) -> Sequence[int]:
        return self._options[need]

    @override
    def asked(self, step: int, need: int) -> Sequence[int]:
        return self._of_step.get(step, [])

    @override
    def lack(self, taken: tuple[int, ...]) -> int:
        return len(self._short(taken))

    def _short(self, taken: tuple[int, ...]) -> list[int]:
        """Return the rows in which a pair and steps take more than is left."""
        used = dict(self._by_pair)
        for option in taken:
            for row, amount in self._takes.get(option, ()):
                used[row] = used.get(row, 0) + amount
        return [row for row, amount in used.items() if amount > self._left[row]]
