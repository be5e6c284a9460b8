"""The model: collects rules and terms, compiles, solves, verifies. The only module that knows all.

Flow: records -> Instance -> eligible pairs -> rows and points -> Formulation -> solver -> Outcome
-> verdict (always) -> Result in the user's ids.
"""

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from typing_extensions import override

from placement_opt.answers.of_model import AnswersOfModel
from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.html import html_table
from placement_opt.basics.short_text import told_parts
from placement_opt.constraints.base import Rule
from placement_opt.instance.groupings import groups_of_records
from placement_opt.instance.in_time import IN_TIME
from placement_opt.instance.instance import Instance
from placement_opt.objectives import standard_terms
from placement_opt.objectives.base import Term
from placement_opt.pairs.given_pairs import GivenPairs
from placement_opt.pairs.listed import listed_pairs
from placement_opt.pairs.table import PairTable
from placement_opt.records import Region
from placement_opt.report.result_of_search import result_of
from placement_opt.result import Result
from placement_opt.rulebook import Rulebook
from placement_opt.run.compile_model import compile_model
from placement_opt.run.compiled import Compiled
from placement_opt.run.model_checks import check_parts, check_region, rules_of, unreplaced
from placement_opt.run.one_solve import solved
from placement_opt.run.progress import Stopwatch
from placement_opt.run.solve_parameters import RegionSolveParameters, SolveParameters, taking
from placement_opt.run.start_plan import Started
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.presses import before_any_plan

if TYPE_CHECKING:
    import pandas as pd

    from placement_opt.solvers.engines.cp_sat_model import PlacementCpModel


class Model(AnswersOfModel):
    """A region with the rules its plans keep and the terms that value them.

    Parameters
    ----------
    region
        The labour-market region.
    pairs
        A DataFrame (or mapping of columns) with ``candidate_id``, ``opening_id`` and any numeric or
        label columns. Given, only the listed pairs are eligible; columns named like a computed one
        (``score``, ``hours_per_week``, ``coaching_hours_per_week``, ``wage_value``,
        ``subsidy_eur_per_year``, ``subsidy_with_charges_eur_per_year``) override it. A column
        ``variant`` names ways in which a pair can be had: it is listed once for each, and a plan
        takes at most one. Later changes to the frame do not count.
    pair_values
        A frame like that of ``pairs``, for some of the pairs that the rules leave eligible: its
        values and variants count for the pairs it lists, all others stay as they are. An empty
        cell is not given. An own numeric column that something uses needs a value for every
        eligible pair or a default; a pair without a label is in no group. Listed pairs that are
        not eligible, or not there at all, are told in `result.remarks`.
    pair_defaults
        By column what holds for eligible pairs that `pair_values` says nothing of.
    rules
        The complete list of rules, pair rules included. None takes the standard rules for whatever
        the region's records name.
    objective
        The complete list of terms; None takes the standard terms.
    rulebook
        The law as data, with the ordinances of municipalities (`Rulebook.override`); None takes
        the one of the region's date, and beyond what is known the last known values, which
        `Result.assumptions` tells. A rulebook that is given decides itself: see `Rulebook.on`.

    Raises
    ------
    InvalidInputError
        When a rule is given twice, something is no rule or term, or the rulebook has an ordinance
        of a municipality that the region does not know. Problems of the data that only
        an active rule can see are raised when the model is compiled: all of them, once.

    Examples
    --------
    >>> import placement_opt as po
    >>> region = po.Region(
    ...     name="tiny",
    ...     candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
    ...     openings=[po.Opening(id="O-1"), po.Opening(id="O-2")],
    ... )
    >>> pairs = {
    ...     "candidate_id": ["C-1", "C-1", "C-2"],
    ...     "opening_id": ["O-1", "O-2", "O-1"],
    ...     "score": [5, 4, 3],
    ... }
    >>> model = po.Model(region, pairs=pairs, objective=[po.PairScore("score")])
    >>> result = model.solve()
    >>> result.status.value, result.objective
    ('OPTIMAL', 7.0)
    """

    def __init__(
        self,
        region: Region,
        *,
        pairs: Any = None,
        pair_values: Any = None,
        pair_defaults: Mapping[str, Any] | None = None,
        rules: Sequence[Rule] | None = None,
        objective: Sequence[Term] | None = None,
        rulebook: Rulebook | None = None,
    ) -> None:
        self.region = check_region(region)
        self.instance = Instance(region, rulebook)
        self._rulebook = rulebook
        self._given = GivenPairs.of(pairs, pair_values, pair_defaults)
        self._compiled: Compiled | None = None
        self._seconds: Mapping[str, float] = {}
        self._rules = rules_of(self.instance, rules, pairs, self._given.columns)
        self._terms = list(standard_terms(self.instance) if objective is None else objective)
        self._check(self._rules, self._terms)

    @override
    def __repr__(self) -> str:
        of_region = [(name, getattr(self.region, name)) for name in ("candidates", "openings")]
        parts = [("region", self.region.name), *of_region]
        parts += [("rules", self._rules), ("terms", self._terms)]
        told = ", ".join(f"{name}={part!r}" for name, part in told_parts(parts))
        return f"{type(self).__name__}({told})"

    def _repr_html_(self) -> str:
        parts = [("rule", rule.title) for rule in self._rules]
        parts += [("term", f"{term.title} (x {term.weight})") for term in self._terms]
        return html_table(f"Model of {self.region.name}", parts)

    def _check(self, rules: Sequence[object], terms: Sequence[object]) -> None:
        groups = groups_of_records(self.instance)
        in_time = IN_TIME if self.region.periods else ()
        check_parts(rules, terms, self._given.columns, (*groups, *in_time))

    @property
    def given(self) -> GivenPairs:
        """What was given of pairs."""
        return self._given

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the model, in the order they were given."""
        return tuple(self._rules)

    @property
    def objective(self) -> tuple[Term, ...]:
        """The terms of the model."""
        return tuple(self._terms)

    @property
    def has_given_pairs(self) -> bool:
        """True where `pairs=`, `pair_values=` or `pair_defaults=` was given."""
        return self._given.listed is not None or self._given.values is not None

    def add(self, rule: Rule | Term) -> Self:
        """Add a rule or a term; it replaces one with the same `key`.

        The key is the class and `per`; for `ResourceLimit` also `uses`, for `MunicipalityBalance`
        the class and `counts`, for `PairScore` the class and `column`. `FewCoaches` asks all that
        `Coaching` asks and takes its place.

        Raises
        ------
        InvalidInputError
            When it is neither a rule nor a term, groups by what does not exist, or is one of your
            own that does not say how a plan is judged.
        """
        if isinstance(rule, Term):
            self._check([], [rule])
            self._terms = [term for term in self._terms if term.key != rule.key] + [rule]
        else:
            self._check([rule], [])
            known = [one for one in self._rules if one.key != rule.key]
            self._rules = unreplaced([*known, rule])
        self._compiled = None
        return self

    def of_region(self, region: Region, pairs: Any = None) -> "Model":
        """Return a model of another region with the rules, the terms and the law of this one.

        Parameters
        ----------
        region
            The region, such as this one on Monday.
        pairs
            What takes the place of this model's own ``pairs=``; None keeps them, and
            ``pair_values=`` with them.
        """
        values = self._given.values if pairs is None else None
        return Model(
            region,
            pairs=self._given.listed if pairs is None else pairs,
            pair_values=None if values is None else values.frame,
            pair_defaults=None if values is None else values.defaults,
            rules=self._rules,
            objective=self._terms,
            rulebook=self._rulebook,
        )

    @override
    def compile(self) -> Compiled:
        """Turn the model into integers; kept until a rule is added.

        Raises
        ------
        InvalidInputError
            When a value that an active rule needs is missing, for whatever `pairs=` has wrong, and
            for what goes wrong in a rule or term of your own: all of it at once.

        Warns
        -----
        PlacementWarning
            When a limit names a label that no pair has, and one that a pair has is close to it.
        """
        return self._compile(lambda _phase: None)

    def _compile(self, entered: Callable[[str], object]) -> Compiled:
        """Compile, and tell of each phase that begins."""
        if self._compiled is None:
            watch = Stopwatch({}, entered)
            self._compiled = compile_model(
                self.instance, self._given, self._rules, self._terms, watch
            )
            self._seconds = watch.seconds
        return self._compiled

    def problems(self) -> "pd.DataFrame":
        """Return all that keeps the model from being solved, one row per problem; empty when fine.

        The columns are those of `Problem`. Takes as long as `compile`.
        """
        try:
            self.compile()
        except InvalidInputError as error:
            return error.to_frame()
        return InvalidInputError([]).to_frame()

    @override
    def listed_pairs(self) -> PairTable | None:
        """Return the pairs that were listed, before any rule; None where none were."""
        listed = self._given.listed
        return None if listed is None else listed_pairs(self.instance, listed, ())

    @taking(SolveParameters)
    def solve(self, given: SolveParameters) -> Result:
        """Find the best plan, prove how good it is, and verify it.

        Infeasible, out of time, cancelled (also by Ctrl-C) and a failing solver are statuses of the
        result, not exceptions; the best verified plan so far is always returned.

        Parameters
        ----------
        time_limit_s
            Wall-clock seconds, compiling and the verdict on the plan included.
        gap
            Stop when ``(bound - objective) <= gap * max(|objective|, |bound|)``; what is told then
            is that gap or less.
        seed
            Seed of every solver.
        solver
            ``"auto"``, ``"cp-sat"``, ``"mip"`` or ``"flow"``.
        start
            A plan to start from: a `Result`, a frame or mapping with ``candidate_id``,
            ``opening_id`` and perhaps ``coach_id``, or rows of ids. What is not known, not eligible
            or breaks a rule is left out, what is missing is completed, and the result is never
            worse than that plan; `Result.start` tells what became of it.
        progress
            Show phase, plan, bound, gap and time: as a bar in a terminal and in a notebook, else as
            lines, the first, the last, and at most two a second between.
        on_progress
            Called with an `Event` when a phase begins, compiling included, and for every better
            plan or bound, from whichever thread found it.
        cancel
            A `threading.Event`, or a function that returns True to stop.
        reproducible
            Stop by work instead of time: equal input, seed and parameters give an equal plan.
        memory_limit_gb
            Stop when this process and its helpers hold more resident memory than so many times
            10^9 bytes. All of it counts, also what the caller holds; helper processes count where
            the system tells their size (``/proc``).

        Returns
        -------
        Result
            The plan as a proposal, with its proof.

        Raises
        ------
        InvalidInputError
            For bad parameters, and problems of the data that only an active rule can see.
        SolverUnavailableError, UnsupportedRuleError
            When a solver asked for by name does not exist, or cannot take the problem.
        InternalError
            When a plan fails verification: a bug of ours. The error holds the plan.
        """
        began, as_solved = time.perf_counter(), self

        def compiled(entered: Callable[[str], object]) -> tuple[Compiled, Mapping[str, float]]:
            nonlocal as_solved
            found, as_solved = self._compile(entered), copy.copy(self)  # rules added later: not its
            return found, self._seconds

        def told(search: Search, ending: Ending, started: Started, watch: Stopwatch) -> Result:
            parameters = asked.told(started.told())
            record = result_of(as_solved.compile(), search, ending, parameters, watch, started)
            return Result.of(record, as_solved)

        with before_any_plan():
            asked = given.checked()
            return solved(compiled, asked, began, told)

    def to_cp_sat(self) -> "PlacementCpModel":
        """Return the CP-SAT model itself, to inspect or extend.

        It is an ordinary `ortools.sat.python.cp_model.CpModel`; `pairs()` maps its variables to
        candidate and opening ids, and `variable(candidate_id, opening_id)` finds one.
        """
        from placement_opt.solvers.engines.cp_sat_model import placement_cp_model

        return placement_cp_model(self.compile().formulation, self.compile().pairs)


@taking(RegionSolveParameters)
def solve(region: Region, given: RegionSolveParameters) -> Result:
    """Solve a region with the standard rules and terms for whatever its records name.

    Every minimum is priced, so that a shortfall never makes it infeasible. Parameters and errors
    are those of `Model.solve`; `rulebook` is that of `Model`.
    """
    of_model = {name: value for name, value in vars(given).items() if name != "rulebook"}
    with before_any_plan():
        return Model(region, rulebook=given.rulebook).solve(**of_model)
