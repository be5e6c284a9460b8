"""Rules and terms of the user's own: their mistakes are told as theirs, and cost nobody a plan."""

import logging
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import placement_opt as po
from placement_opt.formulation.capacity import Holders
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan, Violation
from placement_opt.pairs.table import Column, PairTable

N_PAIRS = 8


def region() -> po.Region:
    return po.Region(
        name="own",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(4)],
        openings=[po.Opening(id="O-1", positions=3), po.Opening(id="O-2")],
    )


def at_most(title: str, most: object, n_pairs: int) -> RowBlock:
    usage = sparse.csr_array(np.ones((1, n_pairs), dtype=np.int64))
    return RowBlock(title, ["all"], usage, np.array([NO_LOWER]), np.array([most]))


class AtMost(po.Rule):
    """At most so many placements; the rows may allow another number than the reading."""

    title = "at most so many"
    rule: str = "AtMost"
    most: int = 2
    in_rows: int = 2

    def lower(self, pairs: PairTable) -> RowBlock | None:
        return at_most(self.title, self.in_rows, len(pairs))

    def violations(self, plan: Plan) -> Iterator[Violation]:
        if len(plan) > self.most:
            yield self.broken("all", f"{len(plan)} placed")


class Tenths(po.Term):
    """A tenth for the first pair, two for the next, and so on: floats in a plain array."""

    title = "tenths"
    term: str = "Tenths"

    def points(self, pairs: PairTable) -> Any:
        return 0.1 * np.arange(1, len(pairs) + 1)

    def value(self, plan: Plan) -> Any:
        ids = [(int(p.candidate_id[2:]), int(p.opening_id[2:])) for p in plan.placements]
        return sum(0.1 * (2 * candidate + opening) for candidate, opening in ids)


class Silent(po.Rule):
    """Says nothing."""

    title = "silent"
    rule: str = "Silent"


class OnlyRows(Silent):
    """Says nothing on how to judge it."""

    rule: str = "OnlyRows"

    def lower(self, pairs: PairTable) -> RowBlock | None:
        return None


class OnlyJudges(Silent):
    """Judges plans that nothing in the model keeps from breaking it."""

    rule: str = "OnlyJudges"

    def violations(self, plan: Plan) -> Iterator[Violation]:
        yield from ()


class Untitled(OnlyJudges):
    """Has no title for people."""

    title = ""
    rule: str = "Untitled"

    def allows(self, instance: Instance, candidate: Any, opening: Any) -> Any:
        return None


class Borrowed(AtMost):
    """Goes by the name of a rule of the library."""

    rule: str = "Coaching"


class Once(po.Rule):
    """The rows of `OnePlacement`, built by hand, that declare nothing of themselves."""

    title = "once"
    rule: str = "Once"

    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        ones, every = np.ones(len(pairs), dtype=np.int64), np.arange(len(pairs))
        shape = (instance.n_candidates, len(pairs))
        usage = sparse.coo_array((ones, (pairs.candidate, every)), shape=shape).tocsr()
        none = np.full(shape[0], NO_LOWER)
        return RowBlock(self.title, instance.candidate_ids, usage, none, none * 0 + 1)

    def violations(self, plan: Plan) -> Iterator[Violation]:
        for candidate_id, placements in plan.of_candidate.items():
            if len(placements) > 1:
                yield self.broken(candidate_id, "placed twice")


class SilentTerm(po.Term):
    """Says nothing."""

    title = "silent"
    term: str = "SilentTerm"


def model(*rules: po.Rule, objective: Any = None) -> po.Model:
    every = [po.OnePlacement(), po.OpeningCapacity(), *rules]
    return po.Model(region(), rules=every, objective=[Tenths()] if objective is None else objective)


@pytest.mark.parametrize(
    ("part", "missing"),
    [
        (Silent(), ["violations", "lower"]),
        (OnlyRows(), ["violations"]),
        (OnlyJudges(), ["lower"]),
        (Untitled(), ["title"]),
        (Borrowed(), ["rule"]),
        (SilentTerm(), ["points", "value"]),
    ],
)
def test_a_part_that_lacks_something_is_refused_when_it_is_added(part: Any, missing: Any) -> None:
    whole = model()
    as_rule = [part] if isinstance(part, po.Rule) else []
    as_term = [part] if isinstance(part, po.Term) else []
    for add in (
        lambda: whole.add(part),
        lambda: po.Model(region(), rules=as_rule, objective=as_term),
    ):
        with pytest.raises(po.InvalidInputError) as caught:
            add()
        assert {found.id for found in caught.value.problems} == {type(part).__name__}
        assert [found.field for found in caught.value.problems] == missing
    assert whole.solve().status == "OPTIMAL"  # what was refused is not in the model


def test_a_class_instead_of_an_object_is_refused() -> None:
    with pytest.raises(po.InvalidInputError, match=r"make one of the class: OnePlacement\("):
        model().add(po.OnePlacement)  # type: ignore[arg-type]


def test_an_heir_of_a_library_rule_may_keep_its_name() -> None:
    class Fewer(po.ResourceLimit):
        """As its parent."""

    result = model(Fewer(per="region", limits=1)).solve()
    assert len(result.placement_rows) == 1


def test_a_sound_rule_and_term_of_floats_are_solved_as_any_other() -> None:
    result = model(AtMost(most=2, in_rows=2)).solve()
    assert result.status == "OPTIMAL"
    assert result.objective == pytest.approx(1.3)  # C-3 and C-2, one of them in O-2
    assert result.bound is not None
    assert result.remark_rows == ()


@pytest.mark.parametrize(
    "points",
    [
        [1] * N_PAIRS,
        np.ones(N_PAIRS, dtype=np.int8),
        np.full(N_PAIRS, 0.5),
        np.full(N_PAIRS, 1 / 3, dtype=np.float64),
        Column.of(np.ones(N_PAIRS, dtype=np.int64), 3),
    ],
)
def test_points_may_be_any_array_of_numbers(points: Any) -> None:
    class Given(Tenths):
        """Whatever is given."""

        term: str = "Given"

        def points(self, pairs: PairTable) -> Any:
            return points

        def value(self, plan: Plan) -> Any:
            first = points.fraction(0) if isinstance(points, Column) else points[0]
            return first * len(plan)

    result = model(objective=[Given()]).solve()
    assert result.status == "OPTIMAL"
    assert len(result.placement_rows) == 4


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (np.ones(3), r"float64 of shape \(3,\)"),
        (np.ones((N_PAIRS, 1)), r"float64 of shape \(8, 1\)"),
        (np.ones(N_PAIRS, dtype=bool), "bool of shape"),
        (["1"] * N_PAIRS, "points"),
        (None, r"object of shape \(\)"),
        (np.array([1, np.nan, *[1] * 6]), "nan for C-0 in O-2"),
        (np.array([1, np.inf, *[1] * 6]), "inf for C-0 in O-2"),
        (Column(np.ones(N_PAIRS)), "float64 of shape"),  # type: ignore[arg-type]
        (Column(np.ones(3, dtype=np.int64)), r"int64 of shape \(3,\)"),
        (Column(np.ones(N_PAIRS, dtype=np.int64), 0), "scale 0"),
    ],
)
def test_points_that_are_none_are_told_as_the_users(points: Any, told: str) -> None:
    class Given(Tenths):
        """Whatever is given."""

        term: str = "Given"

        def points(self, pairs: PairTable) -> Any:
            return points

    with pytest.raises(po.InvalidInputError, match=told) as caught:
        model(objective=[Given()]).compile()
    assert [(found.subject, found.id) for found in caught.value.problems] == [
        ("objective term", "Given")
    ]


def rows(**changed: Any) -> RowBlock:
    block = at_most("at most so many", 2, N_PAIRS)
    for name, value in changed.items():
        object.__setattr__(block, name, value)
    return block


def half() -> sparse.csr_array:
    return sparse.csr_array([[1, 0] * (N_PAIRS // 2)], dtype=np.int64)


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (lambda: 3, "lower"),
        (lambda: rows(usage=np.ones((1, N_PAIRS))), "lower: usage"),
        (lambda: rows(usage=sparse.csr_array(np.ones((1, N_PAIRS)))), "lower: usage"),
        (lambda: rows(usage=sparse.csr_array(np.ones((1, 3), dtype=np.int64))), "lower: usage"),
        (lambda: rows(upper=np.array([2.5])), "lower: upper"),
        (lambda: rows(lower=np.array([0, 0])), "lower: lower"),
        (lambda: rows(variable_usage=3), "lower: variable_usage"),
        (lambda: rows(usage=half(), each_pair_once=True), "lower: each_pair_once"),
        (lambda: rows(holders=Holders(np.array([0]))), "lower: holders"),
    ],
)
def test_rows_that_are_none_are_told_as_the_users(block: Callable[[], Any], field: str) -> None:
    class Given(AtMost):
        """Whatever is given."""

        rule: str = "Given"

        def lower(self, pairs: PairTable) -> Any:
            return block()

    with pytest.raises(po.InvalidInputError) as caught:
        model(Given()).compile()
    assert [(found.id, found.field) for found in caught.value.problems] == [("Given", field)]


def test_rows_in_other_forms_are_read() -> None:
    class Given(AtMost):
        """A COO matrix and lists as limits."""

        rule: str = "Given"

        def lower(self, pairs: PairTable) -> Any:
            ones = sparse.coo_matrix(np.ones((1, len(pairs)), dtype=np.int8))
            return RowBlock(self.title, ["all"], ones, [0], [2])  # type: ignore[arg-type]

    assert len(model(Given()).solve().placement_rows) == 2


@pytest.mark.parametrize("kind", ["assignment", "region"])
def test_rows_that_declare_nothing_have_the_same_optimum(kind: str) -> None:
    place = po.synthetic_region(candidates=40, openings=15, seed=3)
    rules: list[po.Rule] = [po.OpeningCapacity()]
    if kind == "region":
        rules += [po.WorkplaceNeeds(), po.TravelTime(), po.MunicipalityBalance(shortfall_price=9)]
    declared = po.Model(place, rules=[po.OnePlacement(), *rules])
    own = po.Model(place, rules=[Once(), *rules])
    (of_library, *_), (of_user, *_) = (m.compile().formulation.blocks for m in (declared, own))
    assert of_library.each_pair_once
    assert not of_user.each_pair_once
    assert (of_library.usage != of_user.usage).nnz == 0
    expected, found = declared.solve(gap=0), own.solve(gap=0)
    assert found.status is expected.status is po.Status.OPTIMAL
    assert found.objective == expected.objective


@pytest.mark.parametrize(
    ("mask", "told"),
    [
        (np.ones((3, 3), dtype=bool), r"shape \(3, 3\)"),
        (np.ones((4, 2)), "an array of float64"),
        ("no", "an array of <U2"),
    ],
)
def test_a_mask_that_is_none_is_told_as_the_users(mask: Any, told: str) -> None:
    class Given(OnlyJudges):
        """Whatever is given."""

        rule: str = "Given"

        def allows(self, instance: Instance, candidate: Any, opening: Any) -> Any:
            return mask

    with pytest.raises(po.InvalidInputError, match=told) as caught:
        model(Given()).compile()
    assert {(found.id, found.field) for found in caught.value.problems} == {("Given", "allows")}


def raising(method: str) -> po.Rule | po.Term:
    def fails(self: object, *given: object) -> Any:
        raise ZeroDivisionError("no such thing")

    base = Tenths if method in {"points", "value"} else AtMost
    name = "rule" if base is AtMost else "term"
    fields = {"__annotations__": {name: str}, name: "Raises", method: fails, "__module__": __name__}
    return type("Raises", (base,), fields)()  # type: ignore[no-any-return]


@pytest.mark.parametrize("method", ["problems", "allows", "lower", "remarks", "points"])
def test_an_error_in_a_method_names_it_and_keeps_its_cause(method: str) -> None:
    part = raising(method)
    made = model(part) if isinstance(part, po.Rule) else model(objective=[part])
    with pytest.raises(po.InvalidInputError, match="ZeroDivisionError: no such thing") as caught:
        made.compile()
    found = caught.value.problems[0]
    assert (found.id, found.field) == ("Raises", method)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_mistakes_of_several_parts_are_told_at_once() -> None:
    made = model(raising("lower"), objective=[raising("points")])  # type: ignore[arg-type]
    made.add(po.Coaching())
    with pytest.raises(po.InvalidInputError) as caught:
        made.compile()
    told = {found.subject for found in caught.value.problems}
    assert told == {"rule", "objective term", "candidate"}


def contradicting() -> dict[str, tuple[po.Model, str, str]]:
    class Off(Tenths):
        """Reads twice what it gives."""

        term: str = "Off"

        def value(self, plan: Plan) -> Any:
            return 2 * super().value(plan)

    class Priced(AtMost):
        """Tells a shortfall that no row has."""

        rule: str = "Priced"
        shortfall_price: float = 1

        def violations(self, plan: Plan) -> Iterator[Violation]:
            yield from ()

        def shortfalls(self, plan: Plan) -> Any:
            from placement_opt.instance.plan import Shortfall

            yield Shortfall("all", self.price, self.price)  # type: ignore[arg-type]

    class Yields(AtMost):
        """Yields texts instead of violations."""

        rule: str = "Yields"

        def violations(self, plan: Plan) -> Any:
            yield "broken"

    rule, term = raising("violations"), raising("value")
    return {
        "rows wider than the reading": (model(AtMost(most=1)), "AtMost", "2 placed"),
        "another value than points": (model(objective=[Off()]), "Off", "`value`"),
        "a shortfall of no row": (model(Priced()), "Priced", "`shortfalls`"),
        "violations that are none": (model(Yields()), "Yields", "no Violation"),
        "violations that fail": (model(rule), "Raises", "ZeroDivisionError"),  # type: ignore[arg-type]
        "a value that fails": (model(objective=[term]), "Raises", "ZeroDivisionError"),
    }


@pytest.mark.parametrize("case", contradicting())
def test_a_plan_is_kept_when_an_own_rule_contradicts_itself(
    case: str, caplog: pytest.LogCaptureFixture
) -> None:
    made, about, told = contradicting()[case]
    with caplog.at_level(logging.WARNING, logger="placement_opt"):
        result = made.solve()
    assert result.placement_rows
    assert result.objective is not None
    # Nothing is claimed that only one of both readings bears out.
    assert result.status == "FEASIBLE"
    assert (result.bound, result.certified_bound, result.certificate) == (None, None, None)
    assert result.proof == ()
    assert result.is_contradicted
    if case == "a value that fails":  # what the model has is all that is known
        points = sum(row.points for row in result.placement_rows)
        assert result.objective == pytest.approx(points)
        assert points > 0
    assert [row.about for row in result.remark_rows] == [about]
    assert told in result.remarks["text"].item()
    assert told in caplog.text
    for language in ("en", "nl"):
        summary = result.summary(language)  # type: ignore[arg-type]
        assert made.rules[-1].title in summary or "tenths" in summary
        assert "every rule is kept" not in summary
        assert "aan elke regel is voldaan" not in summary
    assert po.Result.model_validate_json(result.model_dump_json()) == result
    report = po.check_result(region(), result, rules=made.rules, objective=made.objective)
    assert not report.is_sound


# Checking a result whose file cannot name the classes of its rules.
def checked(
    made: po.Model, result: po.Result, **given: Any
) -> tuple[po.CheckReport, dict[str, bool]]:
    told: dict[str, Any] = {"rules": made.rules, "objective": made.objective}
    report = po.check_result(region(), result, **(told | given))
    return report, {finding.subject: finding.is_sound for finding in report.findings}


def test_a_result_of_own_rules_and_listed_pairs_is_checked(tmp_path: Any) -> None:
    pairs = {"candidate_id": ["C-0", "C-1"], "opening_id": ["O-1", "O-1"], "score": [1, 2]}
    rules = [po.OnePlacement(), AtMost(most=1, in_rows=1)]
    made = po.Model(region(), pairs=pairs, rules=rules, objective=[po.PairScore("score")])
    made.solve().to_json(tmp_path / "result.json")
    result = po.Result.from_json(tmp_path / "result.json")
    for given in (made.rules, made.rules[::-1]):
        report, sound = checked(made, result, pairs=pairs, rules=given)
        assert report.is_sound, str(report)
        assert sound["given rules"]
        assert sound["certified bound"]


def test_rules_of_a_file_that_only_the_user_knows_have_to_be_given() -> None:
    result = model(AtMost()).solve()
    with pytest.raises(po.InvalidInputError, match=r"or give rules=model\.rules") as caught:
        po.check_result(region(), result)
    assert [found.value for found in caught.value.problems] == ["AtMost"]
    with pytest.raises(po.InvalidInputError, match=r"or give objective=model\.objective"):
        po.check_result(region(), result, rules=model(AtMost()).rules)


def test_rules_that_are_not_those_of_the_run_are_told() -> None:
    made = model(AtMost())
    result = made.solve()
    other = (*made.rules[:-1], AtMost(most=3))
    for given in (made.rules[:-1], (*made.rules, po.EveryCandidatePlaced()), other):
        report, sound = checked(made, result, rules=given)
        assert not sound["given rules"]
        assert not report.is_sound
    report, sound = checked(made, result, objective=[Tenths(weight=2)])
    assert not sound["given objective"]
    told = next(finding.text for finding in report.findings if finding.subject == "given objective")
    assert "is not in the run record" in told
    assert "of the run record is not given" in told
    assert not checked(made, result, rules=made.rules[:-1])[1]["given rules"]


def test_a_contradiction_that_a_file_keeps_to_itself_is_found() -> None:
    made = model(AtMost(most=1))
    silent = made.solve().model_copy(update={"remark_rows": ()})
    report, sound = checked(made, silent)
    assert not sound["rules"]
    assert "AtMost" in str(report.differences[0])


def test_a_result_is_checked_under_another_reading_of_the_law() -> None:
    dated = region().model_copy(update={"date": "2026-02-01"})
    result = po.Model(dated, rules=[po.OnePlacement()], objective=[Tenths()]).solve()
    law = po.Rulebook.on("2026-02-01")
    report = po.check_result(dated, result, objective=[Tenths()], rulebook=law)
    assert report.is_sound, str(report)


def test_noise_of_floats_is_no_contradiction() -> None:
    class Noisy(Tenths):
        """Sums in floats, a little off the decimals."""

        term: str = "Noisy"

        def value(self, plan: Plan) -> Any:
            return super().value(plan) * (1 + 1e-14)

    result = model(objective=[Noisy()]).solve()
    assert result.status == "OPTIMAL"
    assert not result.is_contradicted


def test_a_contradiction_of_the_library_is_an_error_that_holds_the_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(self: po.Rule, plan: Plan) -> Iterator[Violation]:
        yield self.broken("all", "broken on purpose")

    monkeypatch.setattr(po.OnePlacement, "violations", broken)
    with pytest.raises(po.InternalError, match="broken on purpose") as caught:
        model().solve()
    plan = caught.value.plan
    assert plan is not None
    assert len(plan["candidate_id"]) == 4
    monkeypatch.undo()
    assert model().solve(start=plan).objective == pytest.approx(1.7)
    assert pickle.loads(pickle.dumps(caught.value)).plan == plan


def test_a_failing_report_does_not_lose_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: object, **named: object) -> None:
        raise KeyError("a table")

    monkeypatch.setattr("placement_opt.report.result_of_search.cost_rows", fails)
    with pytest.raises(po.InternalError, match="KeyError: 'a table'") as caught:
        model().solve()
    assert caught.value.plan is not None
    assert isinstance(caught.value.__cause__, KeyError)


def test_the_run_record_of_an_own_rule_is_the_same_in_every_run() -> None:
    class Wide(AtMost):
        """Holds what has no order of its own, and what JSON does not know."""

        rule: str = "Wide"
        labels: frozenset[str] = frozenset({"pear", "apple", "fig"})
        prices: dict[str, int] = {"b": 1, "a": 2}  # noqa: RUF012
        steps: tuple[int, ...] = (3, 1, 2)
        weigh: Any = sum

    told = model(Wide()).solve().run.rules[-1]
    assert list(told["labels"]) == ["apple", "fig", "pear"]
    assert list(told["prices"]) == ["a", "b"]
    assert list(told["steps"]) == [3, 1, 2]
    assert "sum" in told["weigh"]


def test_a_class_without_a_name_of_its_own_is_named_after_itself() -> None:
    class Nameless(po.Rule):
        """Keeps everything, and says so."""

        title = "nameless"

        def lower(self, pairs: PairTable) -> RowBlock | None:
            return None

        def violations(self, plan: Plan) -> Iterator[Violation]:
            yield from ()

    class Worth(Tenths):
        """Has the name of its parent, as a field with a default."""

    assert Nameless().rule == "Nameless"
    assert Worth().term == "Tenths"
    result = model(Nameless()).solve()
    assert result.run.rules[-1] == {"rule": "Nameless"}


def test_violations_that_return_nothing_are_told_how_to_say_so() -> None:
    class Returns(AtMost):
        """Forgets to yield."""

        rule: str = "Returns"

        def violations(self, plan: Plan) -> Any:
            return None

    result = model(Returns()).solve()
    assert "it returns None; let it yield" in result.remarks["text"].item()


def test_columns_are_in_the_order_of_the_ids_of_the_instance() -> None:
    seen: list[tuple[str, str]] = []
    shuffled = po.Region(
        name="own",
        candidates=[po.Candidate(id=f"C-{n}") for n in (10, 2, 1)],
        openings=[po.Opening(id="O-9"), po.Opening(id="O-10")],
    )

    class Looks(Tenths):
        """Notes the ids of its pairs."""

        term: str = "Looks"

        def points(self, pairs: PairTable) -> Any:
            ids = (pairs.instance.candidate_ids, pairs.instance.opening_ids)
            ends = zip(pairs.candidate, pairs.opening, strict=True)
            seen.extend((ids[0][candidate], ids[1][opening]) for candidate, opening in ends)
            return np.zeros(len(pairs))

    po.Model(shuffled, objective=[Looks()]).compile()
    assert seen == [(c, o) for c in ("C-1", "C-10", "C-2") for o in ("O-10", "O-9")]
