"""Results of a user's own rules: kept, checked and told."""

import logging
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from own_parts import AtMost, Tenths, model, raising, region

import placement_opt as po
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.table import PairTable


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
            from placement_opt.instance.placement import Shortfall

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
