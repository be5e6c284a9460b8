"""What somebody may ask next of a plan: where to look, and what would place a person."""

from typing import TYPE_CHECKING, Literal

from pydantic import PrivateAttr

from placement_opt.answers.change import Changes
from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.answers.recommend import recommend
from placement_opt.answers.recommend_all import recommend_all
from placement_opt.answers.regrets import Regrets
from placement_opt.answers.what_would_place import what_would_place
from placement_opt.run.result_record import ResultRecord

if TYPE_CHECKING:
    import pandas as pd

    from placement_opt.model import Model


class NextSteps(ResultRecord):
    """A result that answers what to do next; `placement_opt.Result` is one."""

    _regrets: Regrets | None = PrivateAttr(default=None)

    @property
    def model(self) -> "Model":
        """The model as solved."""
        raise NotImplementedError

    @property
    def at_hand(self) -> PlanAtHand:
        """The plan in integers, with the prices of its rows."""
        raise NotImplementedError

    def recommend(
        self,
        candidate_id: str | None = None,
        opening_id: str | None = None,
        k: int = 5,
        language: Literal["en", "nl"] = "en",
    ) -> "pd.DataFrame":
        """Return which openings to look at next for a person, or whom for an opening.

        The first question prepares prices and plan, once a result: about two seconds for 15,000
        people and 3,000 openings. After that an answer takes milliseconds. It is the same for
        people who are placed; the present placement is left out, and so is what no plan can hold.

        Parameters
        ----------
        candidate_id, opening_id
            The person, or the opening.
        k
            At most so many rows, in the order of the prices.
        language
            Of the reasons.

        Returns
        -------
        DataFrame
            Columns ``candidate_id``, ``opening_id``, ``points`` of the pair; ``regret_points``,
            what the best plan with the pair falls short of the best plan, where that is proven
            (`is_proven`), else NaN; ``regret_low``, ``regret_high``, the ends between which it
            lies, by prices and by a plan that was found; ``loss_points``, what that plan is worth
            less than this one, NaN with ``regret_high`` where none was found by a few moves;
            ``price_points``, what the pair falls short at the prices: an estimate; ``reasons``.

        Raises
        ------
        UnknownIdError
            When the region has no such candidate or opening.
        InvalidInputError
            When not exactly one of both is asked about, or `k` is below 1.
        PlacementError
            When there is no plan, or the result was read from a file without its model.
        """
        return recommend(self.regrets, candidate_id, opening_id, k, language)

    def recommend_all(
        self, k: int = 3, crowding: float = 2, language: Literal["en", "nl"] = "en"
    ) -> "pd.DataFrame":
        """Return a list of next openings for each person, no opening on too many of the lists.

        An opening is on at most `crowding` times its even share of the lists, rounded up. Its even
        share is its places, over the places of all openings for which somebody is eligible, times
        `k` for each person who is eligible somewhere. Lists are then as full as they can be, and
        of those the sum of what their entries fall short at the prices is the least (a cheapest
        flow), over the ``4 k + 20`` first openings of each person at the prices, and over all of
        those whose list would stay short. It takes seconds for 15,000 people.

        Parameters
        ----------
        k
            Entries of a list.
        crowding
            How many times its even share an opening may be listed, above 0.
        language
            Of the reasons.

        Returns
        -------
        DataFrame
            Columns ``candidate_id``, ``opening_id``, ``rank``, ``points``, ``regret_low``,
            ``price_points`` and ``reasons``, as `recommend` has them; by candidate and rank.

        Raises
        ------
        InvalidInputError
            When `k` is below 1, or `crowding` not above 0.
        PlacementError
            When there is no plan, or the result was read from a file without its model.
        """
        return recommend_all(self.regrets, k, crowding, language)

    def what_would_place(
        self, candidate_id: str, k: int = 3, *, time_limit_s: float = 60
    ) -> Changes:
        """Return the smallest single changes with which somebody who is left would be placed.

        A change is of one field of one record: a longer journey, hours, a day, a licence, a skill
        by a training, something more that the workplace provides, a position, coach hours, a
        budget, or whatever the rules of the model tell (`Rule.changes`, `Rule.more_room`). Needs,
        sheltered advice, ground and age of a person are never among them, nor what the law forbids.

        Where the plan is proven the best and there are at most 2,000 eligible pairs, the region
        with each change is solved whole: a best plan places the person, `gain_points` is the
        difference of both optima, and no smaller value of that field would do, limits counted in
        the field's least step. In larger regions what the change touches is made again and solved
        near the plan: the plan that was found is sound under all rules of the changed region,
        holds the person and loses nothing, and nothing more is proven.

        Parameters
        ----------
        candidate_id
            The person; who is placed gets an empty list.
        k
            At most so many changes, each of another record or field.
        time_limit_s
            Seconds in all, once the plan is prepared. No try begins that would end later, as long
            as the longest before it; what is not verified by then is left out, and
            ``is_complete`` of the answer is False.

        Returns
        -------
        list of Change
            By size, the share of what the field usually ranges over; of equal ones the larger gain
            first. It has `text()`, and `is_complete`: see `Changes`.

        Raises
        ------
        UnknownIdError
            When the region has no such candidate.
        InvalidInputError
            When `k` is below 1.
        PlacementError
            When there is no plan, or the result was read from a file without its model.
        """
        return what_would_place(self, self.regrets, candidate_id, k, time_limit_s)

    @property
    def regrets(self) -> Regrets:
        """Return what questions about pairs are answered from, made once."""
        hand, known = self.at_hand, self._regrets
        if known is None or known.hand is not hand:
            known = self._regrets = Regrets.of(hand, self.bound)
        return known
