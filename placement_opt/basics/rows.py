"""The parts of a result: the rows of its tables, each kind with its columns."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from placement_opt.basics.html import html_table
from placement_opt.basics.short_text import Told, told_parts


class ResultPart(BaseModel):
    """A part of a result: named values that nobody changes.

    ``part["name"]`` reads the same as ``part.name``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __getitem__(self, name: str) -> Any:
        return self.__dict__[name]

    @override
    def __repr_args__(self) -> Iterator[tuple[str | None, Told]]:
        return told_parts(super().__repr_args__())

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the answer in words where it has some, else its fields."""
        if callable(words := getattr(self, "text", None)):
            lines = str(words()).split("\n")
            return html_table(type(self).__name__, [("", line) for line in lines])
        fields = ((name, getattr(self, name)) for name in type(self).model_fields)
        return html_table(type(self).__name__, [*told_parts(fields)])


class Row(ResultPart):
    """A row of a table."""


class PlacementRow(Row):
    """One proposed placement; amounts are None where nobody gave what they follow from.

    `variant` is the way in which the pair is had, None for a pair with one way only;
    `start_period`, `starts_on`, `contract_starts_on` (after a trial, and None where that lasts to
    the end of the periods) and `ends_on`, the last day within them, are told in a region with
    periods; `success_probability` is the chance that it holds, where
    `ExpectedPlacements` counts it.
    """

    candidate_id: str
    opening_id: str
    employer_id: str | None = None
    coach_id: str | None = None
    hours_per_week: float | None = None
    coaching_hours_per_week: float | None = None
    subsidy_eur_per_year: float | None = None
    points: float
    variant: str | None = None
    start_period: str | None = None
    starts_on: dt.date | None = None
    contract_starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    success_probability: float | None = None


class UnplacedRow(Row):
    """Why a candidate has no placement.

    `reason` is one of

    - ``"no_eligible_opening"``: rules remove every opening, or all that are left are closed, by a
      limit that has no room for anybody; `because` is the rule that does so most often, and
      `about` how many.
    - ``"outcompeted"``: a placement would raise the total, but limits have no room left, or (the
      text says so) too little for this person even alone. With room in what the text names, the
      person could be placed beside all others, for more points. `because` and `about` name the
      scarcest of it, by the prices of the rows.
    - ``"not_worthwhile"``: nowhere would a placement raise the total, also with all room.
    - ``"room_left"``: there is room at `best_opening_id`, and the total would rise: a better plan
      is open, within the gap of this one.

    `eligible_openings` counts the openings that no rule removes and that are not closed.
    """

    candidate_id: str
    reason: Literal["no_eligible_opening", "outcompeted", "not_worthwhile", "room_left"]
    eligible_openings: int
    best_opening_id: str | None = None
    because: str | None = None
    about: str | None = None
    text: str
    text_nl: str


class ChangeRow(Row):
    """A candidate with another opening than before, None for not placed; what `why` says is so.

    Where people may have several openings, those are told together, ids ascending. `room` says who
    left the opening of now, or has the one of before: for consultants alone, since it names others.
    """

    candidate_id: str
    before: str | None = None
    after: str | None = None
    why: str
    why_nl: str = ""
    room: str | None = None
    room_nl: str | None = None


class PathRow(Row):
    """A step of somebody's path, 1 for the first: steps before a job, then the job itself.

    Where a region has steps, everybody who is placed or takes one has a path. `ends_on` is its
    last day; both days are None where the records do not give them.
    """

    candidate_id: str
    step: int
    opening_id: str
    kind: Literal["job", "trial", "training", "service"]
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


class BlockingRow(Row):
    """A person and an opening that would rather have each other than what the plan gives them.

    `candidate_rank` is the opening's place among the person's wishes, `opening_rank` the person's
    among its preferences; 1 is best. `present_opening_id` is the best opening that the plan gives
    the person, None for none; `displaced_candidate_id` is whom the opening likes least of its
    people, None where a place is free. The ranks beside these are None where they are not ranked.
    `start_period`, told in a region with periods, is the first from which on the opening would take
    the person.
    """

    candidate_id: str
    opening_id: str
    candidate_rank: float
    opening_rank: float
    present_opening_id: str | None = None
    present_rank: float | None = None
    displaced_candidate_id: str | None = None
    displaced_rank: float | None = None
    start_period: str | None = None


class OpeningRow(Row):
    """An opening with its places, and why some of them are free.

    `reason` is one of

    - ``"full"``: all places are taken.
    - ``"closed"``: it has no places.
    - ``"no_eligible_candidate"``: rules remove everybody; `because` is the rule that removes most.
    - ``"nobody_left"``: everybody eligible is placed, here or elsewhere.
    - ``"held_back"``: a placement of somebody who is left would raise the total, but a limit has no
      room for it; `because` and `about` name the scarcest one for `best_candidate_id`.
    - ``"not_worthwhile"``: no placement of somebody who is left would raise the total.
    - ``"room_left"``: one would, and there is room: a better plan is open, within the gap.
    """

    opening_id: str
    employer_id: str | None = None
    places: int
    filled: int
    reason: Literal[
        "full",
        "closed",
        "no_eligible_candidate",
        "nobody_left",
        "held_back",
        "not_worthwhile",
        "room_left",
    ]
    eligible_candidates: int
    best_candidate_id: str | None = None
    because: str | None = None
    about: str | None = None
    text: str
    text_nl: str


class CostRow(Row):
    """What a placement costs the municipality and brings the employer, in euros per twelve months.

    Amounts that the records and verified law do not decide are None, and `reasons` says why; a
    total is None where a part of it is. The municipality pays the subsidy with the charges, the
    guidance of sheltered work, and the coaching where it is the `coaching_payer`. The employer
    receives the subsidy with the charges, the wage-cost advantage (lkv), what wage dispensation
    spares, and the coaching where the coach is its own. It pays the wage above the minimum wage of
    the person's age, without holiday allowance; None where the opening gives no wage.
    """

    candidate_id: str
    opening_id: str
    municipality_id: str | None = None
    employer_id: str | None = None
    subsidy_eur_per_year: float | None = None
    charges_eur_per_year: float | None = None
    coaching_eur_per_year: float | None = None
    coaching_payer: Literal["municipality", "uwv"] | None = None
    guidance_eur_per_year: float | None = None
    municipality_eur_per_year: float | None = None
    lkv_eur_per_year: float | None = None
    dispensation_eur_per_year: float | None = None
    employer_eur_per_year: float | None = None
    wage_above_minimum_eur_per_year: float | None = None
    reasons: str | None = None


class RemarkRow(Row):
    """What whoever uses a plan has to know of it.

    `kind` is ``"unused"`` (a limit of a label that no pair has, values of pairs that are not
    eligible), ``"slip"`` (the same, and a label
    of a pair is close to it), or ``"contradiction"`` (a rule or term of the user's own whose two
    readings disagree: what the solver proved is then not told).
    """

    kind: Literal["unused", "slip", "contradiction"]
    about: str
    text: str
    text_nl: str


class AssumptionRow(Row):
    """What a plan takes for granted because nobody gave it, and for how many records.

    `rule` names the class that assumes it, ``"Rulebook"`` for a value of the law that was known
    until an earlier day; `about` is the field or the parameter.
    """

    rule: str
    about: str
    count: int
    text: str
    text_nl: str


class TermRow(Row):
    """What one term adds to the objective: ``points = weight * value``."""

    term: str
    weight: float
    value: float
    points: float


class ProofPart(Row):
    """One proven bound: its value, what proved it, and over which pairs."""

    bound: float | None
    by: str
    how: Literal["exact re-check", "solver's word", "infeasible"]
    over: str
