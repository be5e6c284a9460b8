"""Sheltered work (beschut werk), Participatiewet 10b: places, and who may take them.

Such work is never counted for the jobs agreement or the quota; see `Rulebook.counts` and the
entry "sheltered_work" of `Rulebook.ground`. Sources stand in ``parameters/sheltered_work.toml``.
"""

from decimal import Decimal

from placement_opt.rulebook.parameter_book import ParameterBook


class ShelteredWorkRules(ParameterBook):
    """Places for people who can only work in a sheltered setting."""

    def sheltered_place_hours_per_week(self) -> Decimal:
        """Return the hours a week of one place, which the user supplies.

        Raises
        ------
        MissingParameterError
            Unless supplied: the norm of 31 hours is not verified.
        """
        return self.value("sheltered_work.place_hours_per_week")

    def sheltered_minimum_places(self) -> int:
        """Return the places the minister asks of the municipality, which the user supplies.

        ``override({"sheltered_work.minimum_places": 44}, municipality=...)`` supplies them, and
        `for_municipality` reads them.

        Raises
        ------
        MissingParameterError
            Unless supplied.
        """
        return self.whole("sheltered_work.minimum_places")

    def sheltered_guidance_eur_per_year(self) -> Decimal:
        """Return what the guidance of one place costs a municipality in a year.

        Raises
        ------
        MissingParameterError
            From 2018 on, unless supplied; the figure of 2017 is that of one municipality.
        """
        return self.value("sheltered_work.guidance_eur_per_year")

    def national_sheltered_places(self, *, year: int) -> int:
        """Return the places the minister asked of all municipalities together.

        Raises
        ------
        MissingParameterError
            From 2018 on: the figures were not found.
        InvalidInputError
            For an unknown year.
        """
        return self.whole("sheltered_work.national_places", on=self.day_of(year))

    def may_take(
        self, *, sheltered_candidate: bool, sheltered_opening: bool, may_work_regular: bool = False
    ) -> bool:
        """Return whether a candidate may take an opening, as far as sheltered work decides.

        A sheltered opening asks for a positive advice (UWV advises, the municipality decides);
        someone with such an advice takes an ordinary opening only where that is allowed.

        Parameters
        ----------
        sheltered_candidate
            Whether the candidate has the positive advice.
        sheltered_opening
            Whether the opening is a sheltered place.
        may_work_regular
            Whether the candidate may take ordinary work all the same.
        """
        if sheltered_opening:
            return sheltered_candidate
        return may_work_regular or not sheltered_candidate
