"""The answer: a proposal in the user's ids, what is proven about it, and its tables."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from os import PathLike
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, PrivateAttr, ValidationError
from typing_extensions import override

from placement_opt.errors import InvalidInputError, PlacementError
from placement_opt.json_files import parse_json, read_text, write_atomically
from placement_opt.read_only import ReadOnlyDict, read_only
from placement_opt.short_text import Told, told_parts
from placement_opt.start_outcome import StartOutcome
from placement_opt.status import Status, StopReason, relative_gap

if TYPE_CHECKING:
    import pandas as pd


Facts = Annotated[dict[str, Any], AfterValidator(read_only)]
"""A dictionary that nobody changes, at any depth."""


_MOST_SHOWN = 1_900
"""Characters of a result that a notebook keeps."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @override
    def __repr_args__(self) -> Iterator[tuple[str | None, Told]]:
        return told_parts(super().__repr_args__())


class PlacementRow(_Row):
    """One proposed placement; amounts are None where nobody gave what they follow from."""

    candidate_id: str
    opening_id: str
    employer_id: str | None = None
    coach_id: str | None = None
    hours_per_week: float | None = None
    coaching_hours_per_week: float | None = None
    subsidy_eur_per_year: float | None = None
    points: float


class UnplacedRow(_Row):
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


class QuotaRow(_Row):
    """Where a group stands, in jobs of 25.5 hours a week, and what is missing in hours a year.

    `levy_eur` is a scenario, EUR a year; where it is 0 by law, off or unknown, `levy_reason` says
    why.
    """

    per: str
    group: str
    target_jobs: float
    in_service_jobs: float
    placed_jobs: float
    shortfall_jobs: float
    price_per_job: float | None = None
    points: float
    shortfall_hours_per_year: float | None = None
    levy_eur: float | None = None
    levy_reason: str | None = None


class CoachRow(_Row):
    """Load of one coach under the plan, in a steady week.

    Hours and people are those of the plan; free ones are what it leaves of the coach's own.
    `employer_id` is that of an employer's own coach.
    """

    coach_id: str
    kind: Literal["external", "employer"] = "external"
    employer_id: str | None = None
    people: int
    max_caseload: int | None = None
    free_people: int | None = None
    hours_per_week: float
    free_hours_per_week: float


class BudgetRow(_Row):
    """What a municipality's wage-cost subsidies cost, and what is free for them."""

    municipality_id: str
    placements: int
    subsidy_eur_per_year: float
    budget_eur_per_year: float


class CostRow(_Row):
    """What a placement costs the municipality and brings the employer, in euros per twelve months.

    Amounts that the records and verified law do not decide are None, and `reasons` says why; a
    total is None where a part of it is. The municipality pays the subsidy with the charges, the
    guidance of sheltered work, and the coaching where it is the `coaching_payer`. The employer
    receives the subsidy with the charges, the wage-cost advantage (lkv), what wage dispensation
    spares, and the coaching where the coach is its own.
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
    reasons: str | None = None


class RemarkRow(_Row):
    """What whoever uses a plan has to know of it.

    `kind` is ``"unused"`` (a limit of a label that no pair has), ``"slip"`` (the same, and a label
    of a pair is close to it), or ``"contradiction"`` (a rule or term of the user's own whose two
    readings disagree: what the solver proved is then not told).
    """

    kind: Literal["unused", "slip", "contradiction"]
    about: str
    text: str
    text_nl: str


class TermRow(_Row):
    """What one term adds to the objective: ``points = weight * value``."""

    term: str
    weight: float
    value: float
    points: float


class ProofPart(_Row):
    """One proven bound: its value, what proved it, and over which pairs."""

    bound: float | None
    by: str
    how: Literal["exact re-check", "solver's word", "infeasible"]
    over: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The answer for one candidate and one opening.

    Parameters
    ----------
    candidate_id, opening_id
        The pair that was asked about.
    is_eligible
        Whether every pair rule allows it.
    is_placed
        Whether the plan places the candidate there.
    reasons
        What stands in the way, in words; empty when nothing does.
    """

    candidate_id: str
    opening_id: str
    is_eligible: bool
    is_placed: bool
    reasons: tuple[str, ...]

    @override
    def __str__(self) -> str:
        pair = f"{self.candidate_id} in {self.opening_id}"
        if self.is_placed:
            return f"{pair}: placed there"
        if not self.reasons:
            return f"{pair}: eligible; nothing of its own stands in the way"
        return f"{pair}: " + "; ".join(self.reasons)


class Result(BaseModel):
    """A plan with its proof, reasons and tables; what does not exist is None.

    A plan is a proposal: a person confirms each placement. Nothing that is done to a table changes
    the result: each is a copy, and the dictionaries are read-only.

    Attributes
    ----------
    status, stop_reason
        What is known about the plan, and why the search stopped.
    objective
        Points of the plan, always maximised; None without a plan.
    bound
        No plan has more points than this; the best proven by any part.
    certified_bound
        The best bound that was re-checked in exact integer arithmetic.
    proof
        How each bound was proven, and over which pairs.
    conflicts
        Where no plan exists: rows as ``"rule (about)"`` that no plan keeps together.
    conflicts_are_minimal
        True where it is shown that any of those left out makes room for a plan, False where
        some may not be needed; None without conflicts.
    start
        What became of the start plan; None where none was given.
    stats
        Seconds per phase, pairs, rows, peak memory, the way the solver took.
    run
        Versions, seed, parameters, input hash, what it takes to repeat the run; `rulebook` names
        the law by date and hash, the values supplied to it, and those used, with their sources.
    certificate
        Prices that prove `certified_bound`, or None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    date: str | None = None
    status: Status
    stop_reason: StopReason
    objective: float | None = None
    bound: float | None = None
    certified_bound: float | None = None
    proof: tuple[ProofPart, ...] = ()
    n_candidates: int
    start: StartOutcome | None = None
    placement_rows: tuple[PlacementRow, ...] = ()
    unplaced_rows: tuple[UnplacedRow, ...] = ()
    quota_rows: tuple[QuotaRow, ...] = ()
    coach_rows: tuple[CoachRow, ...] = ()
    budget_rows: tuple[BudgetRow, ...] = ()
    cost_rows: tuple[CostRow, ...] = ()
    term_rows: tuple[TermRow, ...] = ()
    remark_rows: tuple[RemarkRow, ...] = ()
    conflicts: tuple[str, ...] = ()
    conflicts_are_minimal: bool | None = None
    stats: Facts = ReadOnlyDict()
    run: Facts = ReadOnlyDict()
    certificate: Facts | None = None
    _frames: dict[str, "tuple[object, pd.DataFrame]"] = PrivateAttr(default_factory=dict)
    _why_not: "Callable[[str, str, Result], WhyNot] | None" = PrivateAttr(default=None)

    @override
    def __eq__(self, other: object) -> bool:
        """Compare what is told; who answers `why_not` is no part of it."""
        return isinstance(other, Result) and self.model_dump() == other.model_dump()

    __hash__ = None  # type: ignore[assignment] # holds dictionaries

    def answered_by(self, why_not: "Callable[[str, str, Result], WhyNot]") -> Self:
        """Remember who answers `why_not`: the model that was solved."""
        self._why_not = why_not
        return self

    @property
    def gap(self) -> float | None:
        """``(bound - objective) / max(|objective|, |bound|)``, or None while one is missing."""
        if self.objective is None or self.bound is None:
            return None
        return relative_gap(self.objective, self.bound)

    @property
    def has_plan(self) -> bool:
        """True when there is a plan, possibly an empty one."""
        return self.status in {Status.OPTIMAL, Status.FEASIBLE}

    @property
    def placements(self) -> "pd.DataFrame":
        """One row per placement: ids, coach, hours, coaching hours, subsidy, points."""
        return self._table(PlacementRow, "placement_rows")

    @property
    def unplaced(self) -> "pd.DataFrame":
        """One row per candidate without a placement, with the reason."""
        return self._table(UnplacedRow, "unplaced_rows")

    @property
    def quotas(self) -> "pd.DataFrame":
        """Target, in service, placed and shortfall of each group, with price and scenario levy."""
        return self._table(QuotaRow, "quota_rows")

    @property
    def coaches(self) -> "pd.DataFrame":
        """Hours and people of each coach in a steady week, used and free."""
        return self._table(CoachRow, "coach_rows")

    @property
    def budgets(self) -> "pd.DataFrame":
        """Subsidy spent and free per municipality."""
        return self._table(BudgetRow, "budget_rows")

    @property
    def costs(self) -> "pd.DataFrame":
        """What each placement costs and brings per instrument, with reasons for what is unknown."""
        return self._table(CostRow, "cost_rows")

    @property
    def terms(self) -> "pd.DataFrame":
        """Weight, unweighted sum and points of each objective term."""
        return self._table(TermRow, "term_rows")

    @property
    def remarks(self) -> "pd.DataFrame":
        """What to know of the plan: limits that limit nothing, rules that contradict themselves."""
        return self._table(RemarkRow, "remark_rows")

    def _table(self, row: type[_Row], name: str) -> "pd.DataFrame":
        """Return a copy of a table, made once from its rows."""
        rows = getattr(self, name)
        known = self._frames.get(name)
        if known is None or known[0] is not rows:  # a changed copy shares what was made before
            known = self._frames[name] = (rows, _frame(row, rows))
        return known[1].copy()

    @property
    def is_contradicted(self) -> bool:
        """True where a rule or term of the user's own contradicts itself on this plan."""
        return any(row.kind == "contradiction" for row in self.remark_rows)

    def why_not(self, candidate_id: str, opening_id: str) -> WhyNot:
        """Tell why a candidate is not in an opening under this plan.

        Raises
        ------
        UnknownIdError
            When the region has no such candidate or opening.
        PlacementError
            When the result was read from a file: ask `Model.why_not` with it instead.
        """
        if self._why_not is None:
            raise PlacementError(
                "a result from a file has no region at hand;"
                " ask po.Model(region).why_not(candidate_id, opening_id, result)"
            )
        return self._why_not(candidate_id, opening_id, self)

    def summary(self, language: Literal["en", "nl"] = "en") -> str:
        """Return the plan in one page for a placement manager, in English or Dutch."""
        from placement_opt.summary import summarise

        return summarise(self, language)

    @override
    def __repr_args__(self) -> Iterator[tuple[str | None, Told]]:
        """Tell the headline: what is known, and how many people it is about."""
        names = ("region", "date", "status", "stop_reason", "objective", "bound", "gap")
        told = {name: getattr(self, name) for name in names}
        told |= {"status": str(self.status), "stop_reason": str(self.stop_reason)}
        counts = {"placements": self.placement_rows, "unplaced": self.unplaced_rows}
        return told_parts([*told.items(), *counts.items(), ("remarks", self.remark_rows)])

    @override
    def __str__(self) -> str:
        """Return the summary, cut after a line where it is long."""
        lines = self.summary().split("\n")
        length = list(accumulate(len(line) + 1 for line in lines))
        shown = sum(end <= _MOST_SHOWN for end in length)
        more = [] if shown == len(lines) else ["... the rest: result.summary()"]
        return "\n".join(lines[:shown] + more)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"

    def to_json(self, path: str | PathLike[str], overwrite: bool = False) -> None:  # noqa: FBT001, FBT002 - contract
        """Write the result to a file, wholly or not at all.

        Raises
        ------
        FileExistsError
            When the file exists and `overwrite` is False.
        OSError
            When it cannot be written there: no such folder, a folder of that name, no permission.
        """
        write_atomically(path, self.model_dump_json(indent=1) + "\n", overwrite=overwrite)

    @classmethod
    def from_json(cls, path: str | PathLike[str]) -> Self:
        """Read a result that `to_json` wrote.

        Raises
        ------
        InvalidInputError
            When the file is no result.
        """
        fields = parse_json(read_text(path))
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidInputError.single(
                "result",
                None,
                ".".join(map(str, first["loc"])) or "file",
                str(first["input"])[:60],
                f"must be as Result.to_json writes it ({first['msg'].lower()})",
                "write the file with Result.to_json",
            ) from None


def _frame(row: type[_Row], rows: Sequence[_Row]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(
        [[getattr(entry, name) for name in row.model_fields] for entry in rows],
        columns=list(row.model_fields),
    )
