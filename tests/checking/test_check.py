"""A result file is checked against its region, and whatever was tampered with is found."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import placement_opt as po
from placement_opt.checking import CheckReport, check_result

Fields = dict[str, Any]


@pytest.fixture(scope="module")
def region() -> po.Region:
    return po.synthetic_region("rijk-van-nijmegen", candidates=60, openings=30, seed=3)


@pytest.fixture(scope="module")
def fields(region: po.Region) -> Fields:
    result = po.Model(region).solve(time_limit_s=5, solver="auto", seed=0)
    dumped: Fields = json.loads(result.model_dump_json())
    assert dumped["placement_rows"]
    return dumped


def checked(region: po.Region, fields: Fields) -> CheckReport:
    return check_result(region, po.Result.model_validate(fields))


def tampered(fields: Fields, change: Callable[[Fields], object]) -> Fields:
    copy: Fields = json.loads(json.dumps(fields))
    change(copy)
    return copy


def differing(report: CheckReport) -> set[str]:
    return {finding.subject for finding in report.differences}


def test_an_untouched_result_is_sound(region: po.Region, fields: Fields) -> None:
    report = checked(region, fields)
    assert report.is_sound, str(report)
    assert {finding.subject for finding in report.findings} >= {"input", "rules", "objective"}


def test_a_claim_that_only_a_solver_made_is_named(region: po.Region, fields: Fields) -> None:
    words = [part["by"] for part in fields["proof"] if part["how"] == "solver's word"]
    report = checked(region, fields)
    assert [claim.split()[-1] for claim in report.on_trust] == words


def raise_objective(fields: Fields) -> None:
    fields["objective"] += 1
    fields["bound"] = max(fields["bound"], fields["objective"])


def swap_people(fields: Fields) -> None:
    first, last = fields["placement_rows"][0], fields["placement_rows"][-1]
    first["candidate_id"], last["candidate_id"] = last["candidate_id"], first["candidate_id"]


def place_twice(fields: Fields) -> None:
    fields["placement_rows"].append(fields["placement_rows"][0])


def lower_bound(fields: Fields) -> None:
    fields["bound"] -= 1
    fields["proof"] = [part | {"bound": fields["bound"]} for part in fields["proof"]]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda f: f["run"].update(input="0" * 64), "input"),
        (lambda f: f.update(region="elsewhere"), "input"),
        (lambda f: f.update(n_candidates=59), "input"),
        (raise_objective, "objective"),
        (place_twice, "rules"),
        (lambda f: f["placement_rows"][0].update(opening_id="O-9999"), "eligible pairs"),
        (lambda f: f["placement_rows"][0].update(points=0.5), "placements"),
        (lambda f: f["placement_rows"][0].update(hours_per_week=1.5), "placements"),
        (lambda f: f["quota_rows"][0].update(shortfall_jobs=99.0), "quotas"),
        (lambda f: f["quota_rows"].pop(), "quotas"),
        (lambda f: f["coach_rows"][0].update(hours_per_week=0.5), "coaches"),
        (lambda f: f["budget_rows"][0].update(subsidy_eur_per_year=1.5), "budgets"),
        (lambda f: f["term_rows"][0].update(points=1.5), "terms"),
        (lambda f: f["unplaced_rows"].pop(), "unplaced"),
        (lambda f: f.update(bound=f["objective"] - 1), "bound"),
        (lambda f: f.update(proof=[]), "bound"),
        (lambda f: f.update(certified_bound=f["objective"]), "certified bound"),
    ],
)
def test_tampering_is_found(
    region: po.Region, fields: Fields, change: Callable[[Fields], object], found: str
) -> None:
    assert found in differing(checked(region, tampered(fields, change)))


def test_a_swap_of_people_is_found(region: po.Region, fields: Fields) -> None:
    assert differing(checked(region, tampered(fields, swap_people)))


def test_a_coach_taken_away_breaks_a_rule(region: po.Region, fields: Fields) -> None:
    coached = next(row for row in fields["placement_rows"] if row["coach_id"] is not None)
    place = fields["placement_rows"].index(coached)
    report = checked(
        region, tampered(fields, lambda f: f["placement_rows"][place].update(coach_id=None))
    )
    assert "rules" in differing(report)


def certified_case() -> tuple[po.Region, Fields]:
    """A plan and a certificate by hand: one opening, two people; the price of the opening is 4."""
    region = po.Region(
        name="tiny",
        candidates=[po.Candidate(id="C-1", priority=7), po.Candidate(id="C-2", priority=4)],
        openings=[po.Opening(id="O-1")],
    )
    model = po.Model(
        region,
        rules=[po.OnePlacement(), po.OpeningCapacity()],
        objective=[po.Priority(points_per_unit=1)],
    )
    fields = json.loads(model.solve().model_dump_json())
    formulation = model.compile().formulation
    row = next(row for row in range(formulation.n_rows) if formulation.matrix[[row]].nnz == 2)
    scale = formulation.objective.scale
    fields["certificate"] = {
        "bits": 0,
        "rows": formulation.n_rows,
        "row": [row],
        "price": [4 * scale],
    }
    fields["certified_bound"] = 7.0
    fields["proof"] = [
        {"bound": 7.0, "by": "hand", "how": "exact re-check", "over": "all eligible pairs"}
    ]
    fields["bound"] = 7.0
    return region, fields


def test_a_certificate_is_proven_again() -> None:
    region, fields = certified_case()
    report = checked(region, fields)
    assert report.is_sound, str(report)
    assert report.on_trust == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f["certificate"].update(price=[0]),
        lambda f: f["certificate"].update(price=[f["certificate"]["price"][0] // 2]),
        lambda f: f["certificate"].update(rows=99),
        lambda f: f["certificate"].update(row=[98]),
        lambda f: f["certificate"].update(bits=70),
        lambda f: f.update(certified_bound=6.5),
        lambda f: f.update(certified_bound=None),
        lambda f: f.update(certificate=None),
    ],
)
def test_a_tampered_price_or_bound_is_found(change: Callable[[Fields], object]) -> None:
    region, fields = certified_case()
    assert "certified bound" in differing(checked(region, tampered(fields, change)))


def test_a_solvers_word_cannot_pass_for_a_re_check() -> None:
    region, fields = certified_case()
    part = {"bound": 7.0, "by": "x", "how": "exact re-check", "over": ""}
    report = checked(region, tampered(fields, lambda f: f["proof"].append(part | {"bound": 7.5})))
    assert "bound" in differing(report)


def test_optimal_needs_a_closed_gap() -> None:
    region, fields = certified_case()
    weaker = tampered(fields, lambda f: f["certificate"].update(price=[0]))
    weaker |= {"certified_bound": 11.0, "bound": 11.0}
    weaker["proof"][0]["bound"] = 11.0
    assert differing(checked(region, weaker)) == {"bound"}


def test_a_plan_that_no_status_allows_is_found() -> None:
    region, fields = certified_case()
    assert "status" in differing(checked(region, fields | {"status": "INFEASIBLE"}))


def infeasible_case(sizes: list[int]) -> tuple[po.Region, Fields, po.Result]:
    """Solve people of some sizes who all need a place in one of two openings of size 4."""
    region = po.Region(
        name="tiny",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(len(sizes))],
        openings=[po.Opening(id="O-1"), po.Opening(id="O-2")],
    )
    pairs = {
        "candidate_id": [f"C-{n}" for n in range(len(sizes)) for _ in range(2)],
        "opening_id": ["O-1", "O-2"] * len(sizes),
        "size": np.repeat(sizes, 2).tolist(),
    }
    room = po.ResourceLimit(uses="size", per="opening", limits=4)
    rules = [po.OnePlacement(), po.EveryCandidatePlaced(), room]
    result = po.Model(region, pairs=pairs, rules=rules, objective=[]).solve()
    assert result.status is po.Status.INFEASIBLE
    return region, pairs, result


def test_infeasible_by_whole_numbers_alone_rests_on_a_word() -> None:
    region, pairs, result = infeasible_case([3, 3, 2])
    report = check_result(region, result, pairs)
    assert report.is_sound, str(report)
    assert any("no plan keeps all rules" in claim for claim in report.on_trust)
    assert "is not proven" in str(report)


def test_infeasible_by_counting_is_proven_again_with_the_rows_that_are_named() -> None:
    region, pairs, result = infeasible_case([3, 3, 3])
    report = check_result(region, result, pairs)
    assert report.is_sound, str(report)
    assert report.on_trust == ()
    assert "all that the prices rest on" in str(report)


def test_a_conflict_that_is_no_row_is_found() -> None:
    region, pairs, result = infeasible_case([3, 3, 3])
    more = result.model_copy(update={"conflicts": (*result.conflicts, "luck (C-9)")})
    (found,) = check_result(region, more, pairs).differences
    assert found.subject == "conflicts"
    assert "luck (C-9)" in found.text


def test_conflicts_beside_a_plan_are_found() -> None:
    region, fields = certified_case()
    for name in ("a rule (x)", "positions of an opening (O-1)"):
        assert "conflicts" in differing(checked(region, fields | {"conflicts": [name]}))


def test_listed_pairs_are_checked_too() -> None:
    region = po.Region(
        name="own",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1"), po.Opening(id="O-2")],
    )
    pairs = {
        "candidate_id": ["C-1", "C-1", "C-2"],
        "opening_id": ["O-1", "O-2", "O-1"],
        "score": [0.1, 0.2, 0.3],
    }
    model = po.Model(region, pairs=pairs, objective=[po.PairScore("score")])
    report = check_result(region, model.solve(), pairs)
    assert report.is_sound, str(report)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda f: f.pop("run"), r"run"),
        (lambda f: f["run"].pop("rules"), r"run\.rules"),
        (lambda f: f["run"].update(rules=[3]), r"run\.rules\.0"),
        (lambda f: f["run"].update(another=1), r"run\.another"),
        (lambda f: f["run"]["parameters"].update(gaps=0.1), r"run\.parameters\.gaps"),
        (lambda f: f["run"]["parameters"].update(gap="small"), r"run\.parameters\.gap"),
        (lambda f: f["certificate"].pop("price"), r"certificate\.price"),
        (lambda f: f["certificate"].update(price=["much"]), r"certificate\.price\.0"),
        (lambda f: f["certificate"].update(price=[1.5]), r"certificate\.price\.0"),
        (lambda f: f["certificate"].update(proves="all"), r"certificate\.proves"),
    ],
)
def test_a_record_that_is_none_is_bad_input(
    tmp_path: Path, change: Callable[[Fields], object], field: str
) -> None:
    _, fields = certified_case()
    file = tmp_path / "result.json"
    file.write_text(json.dumps(tampered(fields, change)), encoding="utf-8")
    with pytest.raises(po.InvalidInputError, match=f"result: {field} .*as Result.to_json writes"):
        po.Result.from_json(file)


def test_no_solver_is_imported(region: po.Region, fields: Fields, tmp_path: Path) -> None:
    region.to_json(tmp_path / "region.json")
    po.Result.model_validate(fields).to_json(tmp_path / "result.json")
    code = (
        "import sys; sys.modules['ortools'] = None\n"
        "import placement_opt as po\n"
        "report = po.check_result(po.Region.from_json('region.json'),"
        " po.Result.from_json('result.json'))\n"
        "sys.exit(not report.is_sound)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False)
    assert done.returncode == 0


def test_a_gap_that_is_said_to_be_reached_is_reached() -> None:
    region, fields = certified_case()
    fields = tampered(fields, lambda f: f.update(stop_reason="gap", status="FEASIBLE"))
    assert checked(region, fields).is_sound
    weaker = tampered(fields, lambda f: f["certificate"].update(price=[0]))
    weaker |= {"certified_bound": 11.0, "bound": 11.0}
    weaker["proof"][0]["bound"] = 11.0
    assert differing(checked(region, weaker)) == {"bound"}
