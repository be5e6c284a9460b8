"""What if some do not come, or stop: draws by the chances of placements, each planned again."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from placement_opt.answers.changes import openings_of
from placement_opt.answers.compare import Comparison, plan_of
from placement_opt.answers.replan import replan
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.html import html_table
from placement_opt.basics.quantities import read_number
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.jobs_quota import JobsQuota
from placement_opt.constraints.quota_standing import placed_jobs
from placement_opt.instance.groupings import Group, Ways
from placement_opt.instance.plan import Plan
from placement_opt.objectives.expected_placements import ExpectedPlacements
from placement_opt.pairs.chances import SUCCESS

if TYPE_CHECKING:
    import pandas as pd

    from placement_opt.result import Result

Quota = tuple[Ways, Group, str | None]
"""A row of a quota: how it groups, its group, and its period where it is asked in each."""

_DIGITS = 8  # bytes of a drawn number
_MOST_DRAWS = 10_000


@dataclass(frozen=True, eq=False, repr=False)
class DropOuts(ShortRepr):
    """Draws of who drops out of a plan: what is planned, expected, left, and planned again.

    Parameters
    ----------
    plan
        The plan.
    chances
        How likely each person of the plan is to stay.
    out
        Who drops out in each draw, by its name, ids ascending.
    replanned
        The plan made again in each draw, by its name; empty where that was not asked.
    """

    plan: "Result"
    chances: Mapping[str, Fraction]
    out: Mapping[str, tuple[str, ...]]
    replanned: Mapping[str, "Result"]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the numbers of each draw."""
        shown = ["draw", "dropped_out", "planned", "expected", "realised", "replanned"]
        told = self.totals[shown].astype(object).to_dict("split")["data"]
        rows = [[f"{cell:,.2f}" if type(cell) is float else cell for cell in row] for row in told]
        return html_table("Drop-out", [tuple(row) for row in [shown, *rows]])

    @property
    def totals(self) -> "pd.DataFrame":
        """One row per draw, in placements.

        Columns: draw, dropped_out (people), planned, expected (the sum of all chances), realised
        (placements of those who stay), replanned (placements once the plan is made again), status
        and objective of that plan, changes (people who stay or come, with another opening than
        before). What was not planned again, or has no plan, is missing there.
        """
        import pandas as pd

        count = {who: len(rows) for who, rows in self._plan.of_candidate.items()}
        planned, expected = sum(count.values()), self._expected(count)
        rows = []
        for draw, out in self.out.items():
            new = self.replanned.get(draw)
            has_plan = new is not None and new.has_plan
            rows.append(
                {
                    "draw": draw,
                    "dropped_out": len(out),
                    "planned": planned,
                    "expected": expected,
                    "realised": planned - sum(count[who] for who in out),
                    "replanned": len(new.placement_rows) if new and has_plan else None,
                    "status": None if new is None else new.status.value,
                    "objective": None if new is None else new.objective,
                    "changes": self._changes(new, out) if new and has_plan else None,
                }
            )
        types = {"replanned": "Int64", "changes": "Int64", "objective": "float64"}
        return pd.DataFrame(rows).astype(types)

    @property
    def quotas(self) -> "pd.DataFrame":
        """One row per draw and group of each jobs quota, in jobs.

        Columns: draw, per, group, period, target_jobs and in_service_jobs, then what the plan adds
        (planned_jobs), what the chances leave of it on average (expected_jobs), what those who stay
        add (realised_jobs), and what the plan adds once it is made again (replanned_jobs).
        """
        import pandas as pd

        columns = ["draw", "per", "group", "period", "target_jobs", "in_service_jobs"]
        kinds = ["planned_jobs", "expected_jobs", "realised_jobs", "replanned_jobs"]
        nothing: dict[str, Fraction] = {}
        rows = []
        for draw, out in self.out.items():
            again = {} if draw not in self.replanned else _quotas(self.replanned[draw])
            for row in self.plan.quota_rows:
                key = row.per, row.group, row.period
                jobs = self._jobs.get(key, nothing)
                stays = sum((each for who, each in jobs.items() if who not in out), Fraction(0))
                asked = row.target_jobs, row.in_service_jobs, row.placed_jobs
                left = self._expected(jobs), float(stays), again.get(key)
                rows.append((draw, *key, *asked, *left))
        frame = pd.DataFrame(rows, columns=[*columns, *kinds])
        return frame.astype({"replanned_jobs": "float64"})

    @property
    def people(self) -> "pd.DataFrame":
        """One row per placement that does not hold: draw, candidate_id, opening_id and chance.

        The column of the chance is ``success_probability``.
        """
        import pandas as pd

        rows = [
            (draw, who, one.opening_id, float(self.chances[who]))
            for draw, out in self.out.items()
            for who in out
            for one in self._plan.of_candidate[who]
        ]
        return pd.DataFrame(rows, columns=["draw", "candidate_id", "opening_id", SUCCESS])

    @property
    def comparison(self) -> Comparison:
        """The plan and those made again side by side, the plan first, as of `compare`."""
        return Comparison({"planned": self.plan, **self.replanned})

    @cached_property
    def _plan(self) -> Plan:
        return plan_of(self.plan)

    @cached_property
    def _jobs(self) -> Mapping[Quota, Mapping[str, Fraction]]:
        """What each person of the plan adds to each row of a quota, in jobs."""
        found: dict[Quota, dict[str, Fraction]] = {}
        periods = self._plan.instance.region.periods or (None,)
        for rule in self.plan.model.rules:
            if not isinstance(rule, JobsQuota):
                continue
            for period in periods if rule.at == "each_period" else periods[-1:]:
                shown = None if period is None or rule.at == "end" else period.id
                for who, placements in self._plan.of_candidate.items():
                    alone = self._plan.of_some(placements)
                    for group, jobs in placed_jobs(alone, rule.per, period).items():
                        found.setdefault((rule.per, group, shown), {})[who] = jobs
        return found

    def _expected(self, amounts: Mapping[str, Any]) -> float:
        return float(sum(self.chances[who] * amount for who, amount in amounts.items()))

    def _changes(self, new: "Result", out: tuple[str, ...]) -> int:
        before, after = openings_of(self.plan), openings_of(new)
        people = {*before, *after}.difference(out)
        return sum(before.get(who) != after.get(who) for who in people)


def drop_outs(
    result: "Result",
    draws: int = 5,
    seed: int = 0,
    *,
    chance: float | None = None,
    only_count: bool = False,
    **replanned: Any,
) -> DropOuts:
    """Draw who drops out of a plan, by the chances of placements, and plan again in each draw.

    A placement holds with its chance: the pair column ``success_probability``, else that of the
    person's regime, else `chance`, else the `unknown_chance` of the model's `ExpectedPlacements`.
    Who drops out is placed nowhere; their position, coach and euros are free, and others may
    take them. So the new plan is never worse than what is left of the old one, where that keeps all
    rules.

    Draws are the same for the same seed, and each person's is a number of its own: in another plan
    the same people drop out where their chances are the same. Who has several placements stays
    while all of them hold.

    Parameters
    ----------
    result
        The plan.
    draws
        How many, at most 10,000.
    seed
        Which ones.
    chance
        How likely a placement of which nobody knows it is to hold.
    only_count
        Count who stays, and solve nothing.
    replanned
        What else `replan` takes: ``max_changes``, ``change_price`` (with a small price nobody moves
        for nothing), ``fixed``, ``time_limit_s`` of each draw.

    Raises
    ------
    InvalidInputError
        When the result has no plan, a chance is unknown or no share, or `draws` is out of range; as
        `replan` does.
    PlacementError
        When the result was read from a file without its model.

    Examples
    --------
    >>> import placement_opt as po
    >>> people = [po.Candidate(id=f"C-{n}") for n in range(4)]
    >>> jobs = [po.Opening(id="O-1", positions=3)]
    >>> plan = po.solve(po.Region(name="r", candidates=people, openings=jobs))
    >>> found = po.drop_outs(plan, draws=2, seed=3, chance=0.7)
    >>> found.totals[["dropped_out", "planned", "realised", "replanned"]].values.tolist()
    [[1, 3, 2, 3], [0, 3, 3, 3]]
    """
    if type(draws) is not int or not 1 <= draws <= _MOST_DRAWS:
        raise _refused("draws", draws, f"must be a whole number from 1 to {_MOST_DRAWS:,}")
    if not result.has_plan:
        raise _refused("result", result.status.value, "must hold a plan")
    chances = _chances(result, chance)
    out = {
        f"draw {draw}": tuple(
            who for who, share in chances.items() if _number(seed, draw, who) >= share
        )
        for draw in range(1, draws + 1)
    }
    again: dict[str, Result] = {}
    for name, people in out.items():
        if not only_count:
            again[name] = replan(result, dropped_out=people, **replanned) if people else result
    return DropOuts(result, chances, out, again)


def _number(seed: int, draw: int, candidate_id: str) -> Fraction:
    """Return a number from 0 to 1 for a person in a draw, whoever else is in the plan."""
    text = f"{seed} {draw} {candidate_id}".encode()
    drawn = hashlib.blake2b(text, digest_size=_DIGITS).digest()
    return Fraction(int.from_bytes(drawn, "big"), 2 ** (8 * _DIGITS))


def _chances(result: "Result", given: float | None) -> dict[str, Fraction]:
    """Return how likely each person of a plan is to stay, ids ascending."""
    plan, problems = plan_of(result), list[Problem]()
    chances: dict[str, Fraction] = {}
    unknown = given
    if given is None:
        terms = [term for term in result.model.objective if isinstance(term, ExpectedPlacements)]
        unknown = terms[0].unknown_chance if terms else None
    for who in sorted(plan.of_candidate):
        for placement in plan.of_candidate[who]:
            told = plan.amount(placement, SUCCESS)
            share = told if told is not None or unknown is None else read_number(unknown)
            problems += _problems(who, share)
            if share is not None:
                chances[who] = min(share, chances.get(who, share))
    if problems:
        raise InvalidInputError(problems)
    return chances


def _problems(candidate_id: str, share: Fraction | None) -> Iterator[Problem]:
    told, hint = SUCCESS, "write 80 % as 0.8"
    if share is None:
        hint = f"give the pair column {told}, coaching_options, or chance= for all others"
        yield Problem("candidate", candidate_id, told, None, "must be known", hint)
    elif not 0 <= share <= 1:
        yield Problem("candidate", candidate_id, told, float(share), "must be 0 to 1", hint)


def _quotas(new: "Result") -> dict[Quota, float]:
    return {(row.per, row.group, row.period): row.placed_jobs for row in new.quota_rows}


def _refused(field: str, value: object, expected: str) -> InvalidInputError:
    hint = "write po.drop_outs(plan, draws=5, seed=1)"
    return InvalidInputError.single("drop_outs", None, field, value, expected, hint)
