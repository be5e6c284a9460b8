"""The grounds of the target-group register (doelgroepregister): what counts, what they open."""

import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from placement_opt.rulebook.recorded_book import RecordedBook
from placement_opt.rulebook.refusals import check_choice, invalid, read_date
from placement_opt.rulebook.shipped import parameter_files

SHELTERED_WORK = "sheltered_work"


class Ground(BaseModel):
    """One ground of Wfsv 38b, or a kind of employment that stands beside them.

    The ground decides, not a yes/no flag: registration itself opens only the LKV banenafspraak
    and the no-risk policy. None means that it depends on the law the person is under.

    Attributes
    ----------
    code
        The code that `Candidate.ground` uses.
    meaning
        The ground in a few words.
    determined_by
        Who establishes it.
    counts_for_agreement
        Whether the hours count for the jobs agreement.
    in_register
        Whether the person has a register entry.
    lkv
        Opens the wage-cost advantage (LKV banenafspraak), Wtl 2.10.
    no_risk
        Opens the no-risk policy, Ziektewet 29b.
    wage_subsidy
        Opens the wage-cost subsidy (LKS) of the Participatiewet.
    wage_dispensation
        Opens pay below the minimum wage (loondispensatie), Wajong 2:20.
    coaching_payer
        Who pays the job coach: "municipality" or "uwv".
    counts_from
        First day on which the ground counts; None where it is as old as the agreement.
    source, as_of, confidence, note
        As on a parameter.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    meaning: str
    determined_by: tuple[str, ...]
    counts_for_agreement: bool
    in_register: bool | None = None
    lkv: bool | None = None
    no_risk: bool | None = None
    wage_subsidy: bool | None = None
    wage_dispensation: bool | None = None
    coaching_payer: Literal["municipality", "uwv"] | None = None
    counts_from: dt.date | None = None
    source: str
    as_of: str
    confidence: Literal["V", "D"]
    note: str = ""


class GroundRules(RecordedBook):
    """Which people and hours the jobs agreement counts."""

    def ground(self, code: str) -> Ground:
        """Return a ground by its code; "sheltered_work" and "none" stand beside the grounds.

        Raises
        ------
        InvalidInputError
            For an unknown code.
        """
        check_choice("ground", code, tuple(grounds()))
        if self.notes is not None:
            self.notes.grounds.add(code)
        return grounds()[code]

    def grounds(self) -> tuple[Ground, ...]:
        """Return all grounds, in the order in which the law tests them: first match wins."""
        return tuple(grounds().values())

    def counts(
        self,
        ground: str | None,
        *,
        on: dt.date | None = None,
        ground_from: dt.date | None = None,
        ground_until: dt.date | None = None,
        sheltered: bool = False,
        period: tuple[dt.date, dt.date] | None = None,
    ) -> bool | None:
        """Return whether a person's hours on a day count for the jobs agreement.

        Someone counts while the registration has not ended, on a ground that was in force. A
        registration that starts or ends inside a wage-return period counts for that whole period,
        Wfsv 38g(8).

        Parameters
        ----------
        ground
            Code of the ground; None = unknown, "none" = not in the register.
        on
            The day; the rulebook's own by default.
        ground_from, ground_until
            First and last day of the registration; None is open.
        sheltered
            Whether the work is sheltered (Participatiewet 10b): then it never counts.
        period
            First and last day of the wage-return period around the day; its calendar month by
            default.

        Returns
        -------
        bool or None
            None when the ground is unknown: unknown is not "no".

        Raises
        ------
        InvalidInputError
            For an unknown ground, or dates that contradict each other.
        """
        first, last = _period(self.date if on is None else read_date(on), period)
        if ground_from is not None and ground_until is not None and ground_until < ground_from:
            expected = f"must be >= ground_from {ground_from.isoformat()}"
            raise invalid("ground_until", ground_until.isoformat(), expected, "swap the two dates")
        if sheltered:
            return False
        if ground is None:
            return None
        known = self.ground(ground)
        if not known.counts_for_agreement:
            return False
        starts = (ground_from, known.counts_from)
        begun = all(start is None or start <= last for start in starts)
        return begun and (ground_until is None or first <= ground_until)

    @override
    def run_record(self) -> dict[str, Any]:
        """Return what a run rests on, with the grounds it asked about."""
        asked = sorted(self.notes.grounds) if self.notes is not None else []
        listed = [grounds()[code].model_dump(mode="json", exclude_none=True) for code in asked]
        return {**super().run_record(), "grounds": listed}

    @override
    def _content(self) -> dict[str, Any]:
        listed = {code: ground.model_dump(mode="json") for code, ground in grounds().items()}
        return {**super()._content(), "grounds": listed}


@functools.cache
def grounds() -> Mapping[str, Ground]:
    """Return the grounds that come with the library by code, in the order of the law."""
    rows = parameter_files()["grounds.toml"]["ground"]
    return {row["code"]: Ground.model_validate(row) for row in rows}


def _period(day: dt.date, period: tuple[dt.date, dt.date] | None) -> tuple[dt.date, dt.date]:
    if period is None:
        first = day.replace(day=1)
        following = (first + dt.timedelta(days=32)).replace(day=1)
        return first, following - dt.timedelta(days=1)
    first, last = period
    if not first <= day <= last:
        given = f"{first.isoformat()} to {last.isoformat()}"
        expected = f"must contain the day {day.isoformat()}"
        raise invalid("period", given, expected, "give the wage-return period around the day")
    return first, last
