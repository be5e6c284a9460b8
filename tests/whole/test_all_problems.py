"""All problems are told in one go, grouped by kind; nothing that is perhaps not meant is silent."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from all_problems import DAY, SCORES, lacking, problems_of

import placement_opt as po
from placement_opt.basics.errors import SHOWN_KINDS, SHOWN_PROBLEMS, Findings, Problem

COLUMNS = ["subject", "id", "field", "value", "expected", "hint", "file", "row", "column"]


def found(error: po.InvalidInputError) -> set[tuple[str, str]]:
    return {(problem.subject, problem.field) for problem in error.problems}


EVERYTHING = {
    ("candidate", "transport"),
    ("candidate", "hours_per_week"),
    ("opening", "hours_per_week"),
    ("coach", "hours_per_week"),
}


def test_what_pair_rules_coupling_rules_and_terms_miss_is_told_at_once() -> None:
    error = problems_of(po.Model(lacking()).compile)
    assert found(error) == EVERYTHING
    assert len(error.problems) == 2 * 40 + 2
    keys = [(problem.subject, problem.id, problem.field) for problem in error.problems]
    assert len(set(keys)) == len(keys)


def test_rules_that_refuse_what_is_unknown_tell_it_with_all_else() -> None:
    quota = po.JobsQuota(per="employer", shortfall_price=800, unknown_ground="refuse")
    budget = po.WageSubsidyBudget(unmeasured="refuse")
    error = problems_of(po.Model(lacking()).add(quota).add(budget).compile)
    assert found(error) == EVERYTHING | {("candidate", "ground"), ("candidate", "wage_value")}
    assert len(error.problems) == 4 * 40 + 2


def test_problems_of_listed_pairs_are_told_with_those_of_rules_and_terms() -> None:
    pairs = {"candidate_id": ["C-0", "C-9"], "opening_id": ["o", "o"], "weight": [1, np.nan]}
    rules = [po.TravelTime(), po.Coaching(), po.ResourceLimit(uses="weight", per="region")]
    made = po.Model(lacking(2), pairs=pairs, rules=rules, objective=[po.PairScore("worth")])
    assert found(problems_of(made.compile)) >= {
        ("pairs", "candidate_id"),
        ("pairs", "weight"),
        ("pairs", "column"),
        ("candidate", "transport"),
        ("candidate", "hours_per_week"),
    }


def test_a_frame_that_cannot_be_read_hides_no_rule() -> None:
    made = po.Model(lacking(2), pairs=3, rules=[po.TravelTime()])
    assert found(problems_of(made.compile)) == {("pairs", "pairs"), ("candidate", "transport")}


def test_what_a_rule_lacks_in_several_ways_is_told_at_once() -> None:
    rule = po.ResourceLimit(
        uses="wieght", per="opening", limits={"o1": 1, "o2": 1}, minimums={"o3": 1}
    )
    error = problems_of(po.Model(lacking(1), rules=[rule]).compile)
    told = [(problem.field, problem.value) for problem in error.problems]
    assert told[0] == ("column", "wieght")
    assert told[1:3] == [("limits", "o1"), ("limits", "o2")]
    assert ("minimums", "o3") in told


def test_a_quota_tells_groups_service_and_hours_at_once() -> None:
    people = [po.Candidate(id="C-0", ground="38b.1.a")]
    region = lacking(candidates=people, employers=[po.Employer(id="e"), po.Employer(id="f")])
    rule = po.JobsQuota(per="employer", jobs={"e": 1, "g": 1})
    error = problems_of(po.Model(region, rules=[rule]).compile)
    assert {(problem.id, problem.field) for problem in error.problems} == {
        ("JobsQuota", "jobs"),
        ("e", "target_group_hours_per_year"),
        ("C-0", "hours_per_week"),
        ("o", "hours_per_week"),
    }


def test_contracts_tell_everybody_whose_payer_is_unknown() -> None:
    people = [po.Candidate(id=f"C-{n}", coaching_hours_per_week=1) for n in range(3)]
    region = lacking(candidates=people, openings=[po.Opening(id="o")])
    error = problems_of(po.Model(region, rules=[po.CoachedContract()]).compile)
    told = [problem.id for problem in error.problems if problem.field == "ground"]
    assert told == ["C-0", "C-1", "C-2"]
    assert ("opening", "hours_per_week") in found(error)


def test_pairs_are_looked_for_in_blocks_and_all_blocks_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("placement_opt.pairs.table.BLOCK_CELLS", 2)
    people = [po.Candidate(id=f"C-{n}", coaching_hours_per_week=1) for n in range(9)]
    region = lacking(candidates=people, openings=[po.Opening(id="o")])
    error = problems_of(po.Model(region, rules=[po.CoachedContract()]).compile)
    assert sum(problem.field == "ground" for problem in error.problems) == 9


def test_pair_rules_over_listed_pairs_all_tell_what_they_lack() -> None:
    class Undated(po.StartDates):
        """Cannot say which pairs it allows."""

        def allows(self, instance: Any, candidate: Any, opening: Any) -> Any:
            return 1 / 0

    people = [po.Candidate(id=f"C-{n}", coaching_hours_per_week=1) for n in range(2)]
    region = lacking(candidates=people, openings=[po.Opening(id="o")])
    rules = [Undated(), po.CoachedContract(), po.Coaching()]
    error = problems_of(po.Model(region, pairs=SCORES, rules=rules, objective=[]).compile)
    assert found(error) == {
        ("rule", "allows"),
        ("candidate", "ground"),
        ("candidate", "hours_per_week"),
        ("opening", "hours_per_week"),
        ("coach", "hours_per_week"),
    }


def test_a_term_may_tell_what_it_lacks_before_pairs_are_looked_for() -> None:
    class Wary(po.Priority):
        """Asks for a priority of everybody."""

        def problems(self, instance: Any) -> Any:
            for person in instance.region.candidates:
                yield Problem("candidate", person.id, "priority", 0, "must be given", "give one")

    made = po.Model(lacking(2), rules=[po.TravelTime()], objective=[Wary()])
    assert found(problems_of(made.compile)) == {
        ("candidate", "priority"),
        ("candidate", "transport"),
    }


def test_who_travels_too_far_is_asked_for_nothing() -> None:
    near = po.Candidate(id="near", location=(51.8, 5.8), transport="bike", max_travel_minutes=30)
    far = po.Candidate(id="far", location=(53.2, 6.5), transport="bike", max_travel_minutes=30)
    lost = po.Candidate(id="lost", location=(51.8, 5.8), max_travel_minutes=30)
    region = lacking(
        candidates=[near, far, lost], openings=[po.Opening(id="o", location=(51.8, 5.8))]
    )
    rules = [po.TravelTime(), po.ResourceLimit(uses="hours_per_week", per="region", limits=40)]
    error = problems_of(po.Model(region, rules=rules).compile)
    hours = {p.id for p in error.problems if p.field == "hours_per_week"}
    assert hours == {"near", "lost", "o"}


def test_the_text_tells_each_kind_once_with_a_count_and_the_first_ids() -> None:
    error = problems_of(po.Model(lacking(400)).compile)
    lines = str(error).splitlines()
    assert lines[0] == f"{2 * 400 + 2} problems in the input:"
    assert len(lines) == 1 + len(EVERYTHING)
    transport = next(line for line in lines if "transport" in line)
    assert transport == (
        "  candidate: transport must be given, since max_travel_minutes is (30 minutes), got None;"
        " 400 times: 'C-0', 'C-1', 'C-10', 'C-100', 'C-101' and 395 more. Hint: give location and"
        " transport, rows of travel_minutes, or leave the maximum out."
    )
    assert sum("hours a week" in line for line in lines) >= 2


def test_kinds_that_differ_in_numbers_alone_are_one() -> None:
    people = [
        po.Candidate(id=f"C-{n}", location=(51.8, 5.8), max_travel_minutes=n) for n in range(1, 90)
    ]
    error = problems_of(po.Model(lacking(candidates=people), rules=[po.TravelTime()]).compile)
    lines = str(error).splitlines()
    assert len(lines) == 2
    assert "since max_travel_minutes is (... minutes), got None; 89 times" in lines[1]


def problem(n: int, **changed: Any) -> Problem:
    fields = {"subject": "s", "id": f"id-{n}", "field": "f", "value": None, "expected": "e"}
    return Problem(**{**fields, "hint": "h", **changed})  # type: ignore[arg-type]


def told(*problems: Problem) -> str:
    return str(po.InvalidInputError(problems)).splitlines()[1].strip()


def test_what_sets_problems_of_a_kind_apart_is_told_of_each() -> None:
    assert told(problem(0), problem(1)) == "s: f e, got None; 2 times: 'id-0', 'id-1'. Hint: h."
    values = [problem(n, value=n) for n in range(2)]
    assert told(*values) == "s: f e; 2 times: 'id-0' (got 0), 'id-1' (got 1). Hint: h."
    hints = [problem(n, value=n, hint=f"h{n}") for n in range(2)]
    assert told(*hints) == "s: f e; 2 times: 'id-0' (got 0; h0), 'id-1' (got 1; h1)."
    places = [problem(0, field=f"f[{n}]") for n in range(2)]
    assert told(*places) == "s 'id-0': f e, got None; 2 times: f[0], f[1]. Hint: h."
    labels = [problem(0, id="r", value=label) for label in "ab"]
    assert told(*labels) == "s 'r': f e; 2 times: got 'a', got 'b'. Hint: h."


def test_no_more_than_so_many_kinds_and_problems_are_in_the_text() -> None:
    kinds = [problem(0, field=f"f{'x' * n}") for n in range(SHOWN_KINDS + 3)]
    error = po.InvalidInputError([*kinds, *kinds])
    lines = str(error).splitlines()
    assert len(lines) == 2 + SHOWN_KINDS
    assert lines[-1] == "  ... and 3 more kinds; see the attribute `problems`."
    many = told(*(problem(n) for n in range(1000)))
    assert many.count("id-") == SHOWN_PROBLEMS
    assert "and 995 more" in many


def test_findings_drop_nothing_that_differs() -> None:
    findings = Findings()
    same = problem(0, value="a")
    for value in "aab":
        with findings.gathered():
            raise po.InvalidInputError([problem(0, value=value)])
    error = problems_of(findings.refuse)
    assert error.problems == (same, problem(0, value="b"))


def test_problems_of_a_region_are_a_frame() -> None:
    frame = lacking(3).problems()
    assert list(frame.columns) == COLUMNS
    assert set(zip(frame["subject"], frame["field"], strict=True)) == EVERYTHING
    assert frame.index.equals(pd.RangeIndex(2 * 3 + 2))
    coach = frame[frame["subject"] == "coach"].iloc[0]
    assert (coach["id"], coach["value"]) == ("k", None)
    assert "coaching is active" in coach["expected"]


def test_problems_of_a_region_are_those_of_the_rules_asked_about() -> None:
    region = lacking(3)
    frame = region.problems(rules=[po.TravelTime()])
    assert set(frame["field"]) == {"transport"}
    assert list(region.problems(rules=[po.OnePlacement()]).columns) == COLUMNS
    assert region.problems(rules=[po.OnePlacement()]).empty


def test_problems_that_only_the_whole_problem_has_are_in_the_frame() -> None:
    pairs = {"candidate_id": ["C-0"], "opening_id": ["o"], "score": [9e18]}
    terms = [po.PairScore("score", weight=10**9)]
    made = po.Model(lacking(1), pairs=pairs, rules=[], objective=terms)
    assert made.problems()["field"].tolist() == ["points"]
    sound = po.Model(lacking(1), rules=[], objective=[])
    assert sound.problems().empty


def test_rules_that_are_none_are_no_problem_of_the_region() -> None:
    problems_of(lambda: lacking(1).problems(rules=["OnePlacement"]))  # type: ignore[list-item]


@pytest.mark.parametrize("value", ["no", "False", 0, 1, None, np.array([True, False])])
@pytest.mark.parametrize("name", ["progress", "reproducible"])
def test_a_switch_is_true_or_false(name: str, value: Any) -> None:
    for solve in (po.Model(lacking(1), rules=[], objective=[]).solve, po.solve):
        given = () if solve is not po.solve else (lacking(1),)
        error = problems_of(lambda: solve(*given, **{name: value}))  # noqa: B023
        assert [problem.field for problem in error.problems] == [name]


def test_a_switch_of_numpy_is_one() -> None:
    made = po.Model(lacking(1), rules=[], objective=[])
    result = made.solve(reproducible=np.bool_(True), progress=np.bool_(False))  # type: ignore[arg-type]
    assert result.run.parameters.reproducible is True


def test_all_parameters_of_a_solve_are_told_at_once_and_before_compiling() -> None:
    made = po.Model(lacking(1))  # would not compile
    wrong: dict[str, Any] = {
        "progress": "no",
        "reproducible": "no",
        "cancel": 3,
        "on_progress": "print",
        "gap": "1e-4",
    }
    error = problems_of(lambda: made.solve(**wrong))
    assert {problem.field for problem in error.problems} == set(wrong)


@pytest.mark.parametrize("solver", ["cpsat", None, 3, ["auto"]])
def test_a_solver_that_does_not_exist_is_told(solver: Any) -> None:
    with pytest.raises(po.SolverUnavailableError, match="must be one of auto"):
        po.Model(lacking(1)).solve(solver=solver)


def test_an_unknown_language_is_told() -> None:
    result = po.Model(lacking(1), rules=[], objective=[]).solve()
    for language in ("de", None, ["en"]):
        problems_of(lambda: result.summary(language))  # type: ignore[arg-type] # noqa: B023


def test_overwriting_a_file_is_asked_for_in_so_many_words(tmp_path: Any) -> None:
    path = tmp_path / "region.json"
    lacking(1).to_json(path)
    kept = path.read_text()
    problems_of(lambda: lacking(2).to_json(path, overwrite="no"))  # type: ignore[arg-type]
    assert path.read_text() == kept


@pytest.mark.parametrize(
    "ask",
    [
        lambda law: law.coaching_years_left("uwv", same_work="no"),
        lambda law: law.minimum_wage_eur_per_hour(20, bbl="no"),
        lambda law: law.wage_subsidy(hours_per_week=36, fixed="no"),
        lambda law: law.wage_subsidy_eur_per_year(0.5, 36, with_charges="no"),
    ],
)
def test_switches_of_the_rulebook_are_true_or_false(ask: Callable[[po.Rulebook], object]) -> None:
    error = problems_of(lambda: ask(po.Rulebook.on(DAY)))
    assert error.problems[0].expected == "must be True or False"
