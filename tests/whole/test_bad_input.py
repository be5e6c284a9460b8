"""Bad input of every kind, each with its one clear text: id, field, value, remedy."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import placement_opt as po
from placement_opt.basics.errors import SHOWN_PROBLEMS, Problem
from placement_opt.cli import app
from placement_opt.constraints import rule_from_json
from placement_opt.objectives import term_from_json

BSN = "123456782"
LIMIT = "must be a number with at most 6 decimals from 0 to 1_000_000_000_000_000"
POSITIONS = "must be a whole number from 0 to 1_000_000"
UNKNOWN = "leave the field out when it is not known"
COLUMNS = (
    "candidate_rank, coaching_hours_per_week, hours_per_week, opening_rank,"
    " planned_subsidy_eur_per_year,"
    " planned_subsidy_with_charges_eur_per_year, score, subsidy_eur_per_year,"
    " subsidy_with_charges_eur_per_year, success_probability, wage_value"
)
KINDS = "candidate, opening, employer, municipality, opening_municipality, sector, region"


def region(**changed: Any) -> po.Region:
    fields: dict[str, Any] = {
        "name": "north",
        "candidates": [{"id": "C-101"}, {"id": "C-202"}],
        "openings": [{"id": "O-101"}, {"id": "O-202"}],
        "employers": [{"id": "E-101"}],
        "coaches": [{"id": "K-101"}],
        "municipalities": [{"id": "Nijmegen"}],
    }
    return po.Region(**fields | changed)


def pairs(**changed: Any) -> dict[str, Any]:
    columns = {"candidate_id": ["C-101", "C-202"], "opening_id": ["O-101"] * 2, "score": [3, 4]}
    return columns | changed


def listed(**changed: Any) -> None:
    po.Model(region(), pairs=pairs(**changed)).compile()


def ruled(rule: po.Rule, **changed: Any) -> None:
    score = [po.PairScore("score")]
    po.Model(region(**changed), pairs=pairs(), rules=[rule], objective=score).compile()


def frames(**changed: Any) -> None:
    given = {"candidates": pd.DataFrame({"id": ["C-1"]}), "openings": pd.DataFrame({"id": ["O-1"]})}
    po.Region.from_frames(name="north", **given | changed)


# What is done; then who and field, what is expected, what was given, and the remedy.
RECORDS: dict[str, tuple[Callable[[], object], str, str, str, str]] = {
    "no number": (
        lambda: po.Candidate(id="C-1", wage_value=math.nan),
        "candidate 'C-1': wage_value",
        "must be a number from 0 to 1",
        "nan",
        UNKNOWN,
    ),
    "infinite": (
        lambda: po.Opening(id="O-1", wage_eur_per_hour=math.inf),
        "opening 'O-1': wage_eur_per_hour",
        "must be a number with at most 2 decimals from 0 to 10_000 (euros an hour)",
        "inf",
        "give at most 10_000; check the unit",
    ),
    "negative": (
        lambda: po.Opening(id="O-1", positions=-2),
        "opening 'O-1': positions",
        POSITIONS,
        "-2",
        "give at least 0, or leave the field out when it is not known",
    ),
    "a thousand million positions": (
        lambda: po.Opening(id="O-1", positions=10**9),
        "opening 'O-1': positions",
        POSITIONS,
        "1000000000",
        "give at most 1_000_000; check the unit",
    ),
    "a bool as number": (
        lambda: po.Opening(id="O-1", positions=True),
        "opening 'O-1': positions",
        POSITIONS,
        "True",
        "write 1 if that is meant",
    ),
    "a text as number": (
        lambda: po.Opening(id="O-1", positions="2"),
        "opening 'O-1': positions",
        POSITIONS,
        "'2'",
        "write the number without quotes: 2",
    ),
    "too many decimals": (
        lambda: po.Candidate(id="C-1", hours_per_week=(8, 25.1234)),
        "candidate 'C-1': hours_per_week[1]",
        "must be a number with at most 3 decimals from 0 to 168 (hours a week)",
        "25.1234",
        "round it, for example to 25.123",
    ),
    "minimum above maximum": (
        lambda: po.Candidate(id="C-1", hours_per_week=(24, 16)),
        "candidate 'C-1': hours_per_week",
        "must have a minimum that is at most its maximum",
        "(24, 16)",
        "write the smaller number first: (16, 24)",
    ),
    "impossible coordinates": (
        lambda: po.Candidate(id="C-1", location=(91, 5)),
        "candidate 'C-1': location[0]",
        "must be a number from -90 to 90 (latitude in degrees)",
        "91",
        "give at most 90; check the unit",
    ),
    "coordinates swapped": (
        lambda: po.Candidate(id="C-1", location=(5.86, 51.84)),
        "candidate 'C-1': location",
        "must be (latitude, longitude), in this order",
        "(5.86, 51.84)",
        "latitude and longitude look swapped; write (51.84, 5.86)",
    ),
    "a BSN": (
        lambda: po.Candidate(id=BSN),
        "candidate: id",
        "must be a pseudonymous id, not a number that could be a BSN",
        "'******782'",
        "replace it by an id of your own that only you can trace to the person",
    ),
    "an unknown choice": (
        lambda: po.Candidate(id="C-1", transport="bikes"),
        "candidate 'C-1': transport",
        "must be 'walk', 'bike', 'car' or 'public_transport'",
        "'bikes'",
        "did you mean 'bike'",
    ),
    "an unknown field": (
        lambda: po.Candidate(id="C-1", skils={}),
        "candidate 'C-1': skils",
        "is no field of a candidate",
        "{}",
        "did you mean 'skills'",
    ),
    "fields that contradict": (
        lambda: po.Candidate(id="C-1", coaching_regime="light", coaching_hours_per_week=2),
        "candidate 'C-1': coaching_hours_per_week",
        "must be left out when coaching_regime is given",
        "2",
        "keep the regime, or only the hours where they are agreed individually",
    ),
    "a field that another one asks for": (
        lambda: po.Coach(id="K-1", kind="employer"),
        "coach 'K-1': employer",
        "must be given when kind is 'employer'",
        "None",
        "name the employer, or set kind to 'external'",
    ),
    "a day that does not exist": (
        lambda: po.Opening(id="O-1", starts_on="2026-02-30"),
        "opening 'O-1': starts_on",
        "must be a day that exists",
        "'2026-02-30'",
        "check the month and the day",
    ),
    "no list": (
        lambda: po.Candidate(id="C-1", wishes="care"),
        "candidate 'C-1': wishes",
        "must be a list",
        "'care'",
        "put square brackets around the values, also around a single one",
    ),
}

REGIONS: dict[str, tuple[Callable[[], object], str, str, str, str]] = {
    "an id twice": (
        lambda: region(candidates=[{"id": "C-101"}, {"id": "C-101"}]),
        "candidate 'C-101': id",
        "must be the id of one candidate only, but 2 have it",
        "'C-101'",
        "give each its own id, or remove the copies",
    ),
    "a reference to nothing": (
        lambda: region(openings=[{"id": "O-101", "employer": "E-110"}]),
        "opening 'O-101': employer",
        "must be the id of an employer of the region",
        "'E-110'",
        "did you mean 'E-101'",
    ),
    "no candidates": (
        lambda: region(candidates=[]),
        "region 'north': candidates",
        "must hold at least one candidate",
        "()",
        "add the candidates",
    ),
    "no openings": (
        lambda: region(openings=[]),
        "region 'north': openings",
        "must hold at least one opening",
        "()",
        "add the openings",
    ),
    "fixed and excluded": (
        lambda: region(fixed_placements=[("C-101", "O-101")], excluded_pairs=[("C-101", "O-101")]),
        "region 'north': fixed_placements[0]",
        "must not be one of the excluded_pairs",
        "('C-101', 'O-101')",
        "remove the pair from one of the two lists",
    ),
    "no JSON": (
        lambda: po.Region.from_json_text('{"name": "north",}'),
        "file: text",
        "must be JSON; line 1, column 18: expecting property name enclosed in double quotes",
        "'}'",
        "mend the text there, or let to_json write the file",
    ),
    "a JSON key twice": (
        lambda: po.Region.from_json_text('{"name": "north", "name": "south"}'),
        "record: name",
        "must be given once",
        "['north', 'south']",
        "keep one of the values",
    ),
    "a frame without ids": (
        lambda: frames(openings=pd.DataFrame({"positions": [1]})),
        "openings: opening: id",
        "must be a column of the table",
        "['positions']",
        "add a column 'id' with an id for every row; an index is not read",
    ),
    "half a pair of columns": (
        lambda: frames(candidates=pd.DataFrame({"id": ["C-1"], "lat": [51.8]})),
        "candidates: candidate: location",
        "must be two columns, lat and lon",
        "['lat']",
        "add the other column",
    ),
    "a bad cell of a frame": (
        lambda: frames(openings=pd.DataFrame({"id": ["O-1", "O-2"], "positions": [1.0, 1.5]})),
        "openings, row 1: opening 'O-2': positions",
        POSITIONS,
        "1.5",
        "round it, for example to 2",
    ),
    "no region at all": (
        lambda: po.solve({"name": "north"}),  # type: ignore[arg-type]
        "model: region",
        "must be a po.Region",
        "'dict'",
        "read one with po.Region.from_json, from_frames, or po.Region(**fields)",
    ),
    "a made-up region of nobody": (
        lambda: po.synthetic_region(candidates=0),
        "synthetic region: candidates",
        "must be a whole number from 1 to 1_000_000",
        "0",
        "give how many to make up, such as 400",
    ),
}

PAIRS: dict[str, tuple[Callable[[], object], str, str, str, str]] = {
    "no frame": (
        lambda: po.Model(region(), pairs=3).compile(),
        "pairs: pairs",
        "must be a frame or a mapping from column names to values",
        "'int'",
        "give a frame, or {'candidate_id': [...], 'opening_id': [...], 'score': [...]}",
    ),
    "a missing column": (
        lambda: po.Model(region(), pairs={"candidate_id": ["C-101"]}).compile(),
        "pairs: opening_id",
        "must be given",
        "None",
        "add the column 'opening_id' to the frame",
    ),
    "columns of two lengths": (
        lambda: listed(score=[1]),
        "pairs: columns",
        "must all have the same number of rows",
        "{'candidate_id': 2, 'opening_id': 2, 'score': 1}",
        "give one value a row in every column",
    ),
    "a reserved name": (
        lambda: listed(sector=["market", "market"]),
        "pairs: columns",
        "must not be named like a way to group that every region has",
        "'sector'",
        "rename it, such as 'own_sector'",
    ),
    "an unknown id": (
        lambda: listed(candidate_id=["C-101", "C-203"]),
        "pairs 'row 1': candidate_id",
        "must be the id of a known candidate",
        "'C-203'",
        "did you mean 'C-202' or 'C-101'",
    ),
    "a position out of range": (
        lambda: listed(candidate_id=[0, 2]),
        "pairs 'row 1': candidate_id",
        "must be a position from 0 to 1",
        "2",
        "count from 0 in the order of region.candidates, or give ids",
    ),
    "positions that are floats": (
        lambda: listed(candidate_id=[0.0, 1.0]),
        "pairs: candidate_id",
        "must hold candidate ids (texts) or integer positions",
        "'values of type float64'",
        "a missing id turns a column of integers into floats; leave such rows out",
    ),
    "a pair twice": (
        lambda: listed(candidate_id=["C-101", "C-101"]),
        "pairs 'row 1': candidate_id, opening_id",
        "must be listed once",
        "('C-101', 'O-101')",
        "row 0 lists the same pair; keep one of both",
    ),
    "a missing score": (
        lambda: listed(score=np.array([1, math.nan])),
        "pairs 'row 1': score",
        "must be a finite number below 2^63",
        "nan",
        "give the value, or leave the row out",
    ),
    "a score in quotes": (
        lambda: listed(score=[3, "4"]),
        "pairs 'row 1': score",
        "must be a finite number below 2^63",
        "'4'",
        "write the number without quotes: 4",
    ),
    "a flag among numbers": (
        lambda: listed(score=[3, True]),
        "pairs 'row 1': score",
        "must be a finite number below 2^63",
        "True",
        "write flags as 1 and 0",
    ),
    "more hours than a week has": (
        lambda: listed(hours_per_week=[24, 240]),
        "pairs 'row 1': hours_per_week",
        "must be from 0 to 168",
        "240.0",
        "check the unit, or rename the column if it means something else",
    ),
}

RULES: dict[str, tuple[Callable[[], object], str, str, str, str]] = {
    "an unknown way to group": (
        lambda: ruled(po.ResourceLimit(per="openning", limits=1)),
        "rule 'ResourceLimit': per",
        f"must be one of {KINDS}",
        "'openning'",
        "did you mean 'opening', or give a column of labels with `pairs=`",
    ),
    "an unknown column": (
        lambda: ruled(po.ResourceLimit(per="region", uses="scores", limits=1)),
        "pairs: column",
        f"must be one of {COLUMNS}",
        "'scores'",
        "did you mean 'score'",
    ),
    "a limit of an unknown opening": (
        lambda: ruled(po.ResourceLimit(per="opening", limits={"O-1": 3})),
        "rule 'ResourceLimit': limits",
        "must name a known opening",
        "'O-1'",
        "did you mean 'O-101'",
    ),
    "a negative limit": (
        lambda: po.ResourceLimit(per="region", limits=-1),
        "rule 'ResourceLimit': limits",
        LIMIT,
        "-1",
        "give at least 0, or leave the field out when it is not known",
    ),
    "a limit in quotes": (
        lambda: po.ResourceLimit(per="region", limits={"north": "3"}),
        "rule 'ResourceLimit': limits",
        f"{LIMIT}, also for 'north'",
        "{'north': '3'}",
        "write the number without quotes: 3",
    ),
    "a required field left out": (
        lambda: po.ResourceLimit(limits=3),
        "rule 'ResourceLimit': per",
        "must be given",
        "None",
        "add the field 'per' to the rule",
    ),
    "a required field of another kind": (
        lambda: po.ResourceLimit(uses="weight", per=5),
        "rule 'ResourceLimit': per",
        "must be a text (a string)",
        "5",
        "write it as text: '5'",
    ),
    "an unknown field of a rule": (
        lambda: po.OnePlacement(most=2),
        "rule 'OnePlacement': most",
        "is no field of a rule",
        "2",
        "did you mean 'at_most'",
    ),
    "a rule twice": (
        lambda: po.Model(region(), rules=[po.OnePlacement(), po.OnePlacement()]),
        "rule 'OnePlacement': key",
        "must be given once per class and what sets it apart",
        "None",
        "keep one of the two",
    ),
    "no rule": (
        lambda: po.Model(region(), rules=["OnePlacement"]),  # type: ignore[list-item]
        "model: rule",
        "must be an object such as po.OnePlacement()",
        "'OnePlacement'",
        "give an object of the library, or write your own subclass",
    ),
    "a rule unknown in JSON": (
        lambda: rule_from_json({"rule": "SheltredWork"}),
        "rule: rule",
        "must be the name of a known rule",
        "'SheltredWork'",
        "did you mean 'ShelteredWork'",
    ),
    "a term unknown in JSON": (
        lambda: term_from_json({"term": "PairScores"}),
        "objective term: term",
        "must be the name of a known objective term",
        "'PairScores'",
        "did you mean 'PairScore' or 'MatchScore'",
    ),
    "a term without its column": (
        po.PairScore,
        "objective term 'PairScore': column",
        "must be given",
        "None",
        "add the field 'column' to the objective term",
    ),
    "a term on an unknown column": (
        lambda: po.Model(region(), pairs=pairs(), objective=[po.PairScore("cost")]).compile(),
        "pairs: column",
        f"must be one of {COLUMNS}",
        "'cost'",
        "give the column with `pairs=`",
    ),
    "a value that a rule needs": (
        lambda: ruled(
            po.Coaching(),
            candidates=[
                {"id": "C-101", "coaching_hours_per_week": 2},
                {"id": "C-202", "coaching_hours_per_week": 0},
            ],
        ),
        "coach 'K-101': hours_per_week",
        "must be given, since coaching is active",
        "None",
        "give the hours a week that are free for this plan, 0 for none",
    ),
    "a date that a rule needs": (
        lambda: ruled(
            po.JobsQuota(per="region", jobs=1),
            candidates=[{"id": f"C-{n}", "ground": "none"} for n in (101, 202)],
            employers=(),
        ),
        "region 'north': date",
        "must be given, since a dated rule is active",
        "None",
        "set the date on which the plan starts, such as date(2026, 2, 1)",
    ),
    "a fixed placement that is not eligible": (
        lambda: po.Model(region(fixed_placements=[("C-101", "O-202")]), pairs=pairs()).compile(),
        "candidate 'C-101': fixed_placements",
        "must be an eligible opening (the pair is not among the given pairs)",
        "'O-202'",
        (
            "release it: leave it out of fixed_placements, or give it as `released` to po.replan;"
            " or mend the records"
        ),
    ),
}

PARAMETERS: dict[str, tuple[Callable[[], object], str, str, str, str]] = {
    "time below zero": (
        lambda: po.solve(region(), time_limit_s=-1),
        "solve: time_limit_s",
        "must be from 0 to 10_000_000",
        "-1",
        "give seconds, such as 60",
    ),
    "time in quotes": (
        lambda: po.solve(region(), time_limit_s="60"),  # type: ignore[arg-type]
        "solve: time_limit_s",
        "must be from 0 to 10_000_000",
        "'60'",
        "give seconds, such as 60",
    ),
    "no gap": (
        lambda: po.solve(region(), gap=math.nan),
        "solve: gap",
        "must be from 0 to 10",
        "nan",
        "give a share, such as 1e-4",
    ),
    "half a seed": (
        lambda: po.solve(region(), seed=1.5),  # type: ignore[arg-type]
        "solve: seed",
        "must be from 0 to 2_147_483_647",
        "1.5",
        "give a whole number",
    ),
    "a flag as memory": (
        lambda: po.solve(region(), memory_limit_gb=True),
        "solve: memory_limit_gb",
        "must be from 0 to 1_000_000",
        "True",
        "give gigabytes, or None",
    ),
    "no start plan": (
        lambda: po.solve(region(), start=3),
        "start: start",
        "must be a Result, a frame with candidate_id and opening_id, or pairs of ids",
        "'int'",
        "give the result of an earlier solve, or result.placements",
    ),
    "a start plan with half a row": (
        lambda: po.solve(region(), start=[("C-101", "O-101"), ("C-101",)]),
        "start 'row 1': row",
        "must be (candidate_id, opening_id), with the coach_id and variant if any",
        "'tuple'",
        "give the result of an earlier solve, or result.placements",
    ),
    "no way to cancel": (
        lambda: po.solve(region(), cancel=True),  # type: ignore[arg-type]
        "solve: cancel",
        "must be a threading.Event or a function without arguments",
        "True",
        "pass an Event and set it from another thread to stop",
    ),
    "no observer": (
        lambda: po.solve(region(), on_progress="print"),  # type: ignore[arg-type]
        "solve: on_progress",
        "must be a function of one event",
        "'print'",
        "pass a function such as `lambda event: events.append(event)`",
    ),
}

EVERY_KIND = RECORDS | REGIONS | PAIRS | RULES | PARAMETERS


@pytest.mark.parametrize(
    ("build", "who", "expected", "given", "hint"), EVERY_KIND.values(), ids=EVERY_KIND.keys()
)
def test_each_kind_of_bad_input_has_its_one_clear_text(
    build: Callable[[], object], who: str, expected: str, given: str, hint: str
) -> None:
    with pytest.raises(po.InvalidInputError) as caught:
        build()
    assert len(caught.value.problems) == 1
    assert str(caught.value) == f"{who} {expected}, got {given}. Hint: {hint}."
    assert isinstance(caught.value, ValueError)


def test_an_unknown_id_in_a_question() -> None:
    with pytest.raises(po.UnknownIdError) as caught:
        po.Model(region()).why_not("C-1", "O-101")
    assert str(caught.value) == "no candidate has the id 'C-1'. Hint: did you mean 'C-101'."
    assert isinstance(caught.value, KeyError)


def test_an_unknown_solver() -> None:
    with pytest.raises(po.SolverUnavailableError) as caught:
        po.solve(region(), solver="cpsat")
    text = (
        "solver must be one of auto, cp-sat, mip, flow, got 'cpsat'. Hint: did you mean 'cp-sat'."
    )
    assert str(caught.value) == text


def test_problems_of_a_kind_are_counted_and_the_first_named() -> None:
    wrong = [{"id": f"C-{n}", "priority": -1} for n in range(SHOWN_PROBLEMS + 7)]
    with pytest.raises(po.InvalidInputError) as caught:
        region(candidates=wrong)
    lines = str(caught.value).splitlines()
    assert lines[0] == "12 problems in the input:"
    assert lines[1].startswith("  candidate: priority must be")
    assert "12 times: 'C-0', 'C-1', 'C-2', 'C-3', 'C-4' and 7 more." in lines[1]
    assert len(lines) == 2
    assert len(caught.value.problems) == len(wrong)
    assert all(isinstance(problem, Problem) for problem in caught.value.problems)


def test_what_several_rules_miss_is_told_at_once_and_each_thing_once() -> None:
    quota = po.JobsQuota(per="region", jobs=1, unknown_ground="refuse")
    rules = [po.Coaching(), quota, po.WageSubsidyBudget(unmeasured="refuse")]
    candidates = [
        {"id": "C-101", "coaching_hours_per_week": 2, "municipality": "Nijmegen"},
        {"id": "C-202", "coaching_hours_per_week": 2, "municipality": "Nijmegen"},
    ]
    towns = [{"id": "Nijmegen", "wage_subsidy_budget_eur_per_year": 1_000}]
    made = region(candidates=candidates, municipalities=towns, employers=(), date="2026-02-01")
    with pytest.raises(po.InvalidInputError) as caught:
        po.Model(made, pairs=pairs(), rules=rules).compile()
    found = [(problem.id, problem.field) for problem in caught.value.problems]
    assert len(set(found)) == len(found)
    assert set(found) == {
        ("K-101", "hours_per_week"),
        ("C-101", "ground"),
        ("C-202", "ground"),
        ("C-101", "hours_per_week"),
        ("C-202", "hours_per_week"),
        ("O-101", "hours_per_week"),
        ("C-101", "wage_value"),
        ("C-202", "wage_value"),
    }


def test_a_number_that_could_be_a_bsn_is_never_shown() -> None:
    shown = []
    for build in (
        lambda: po.Candidate(id=BSN),
        lambda: region(candidates=[{"id": int(BSN)}]),
        lambda: region(excluded_pairs=[(BSN, "O-101")]),
        lambda: listed(candidate_id=["C-101", BSN]),
        lambda: po.Region.from_json_text(f'{{"id": "{BSN}", "id": "{BSN}"}}'),
    ):
        with pytest.raises(po.InvalidInputError) as caught:
            build()
        shown.append(str(caught.value))
    assert [text for text in shown if BSN in text] == []
    assert all("******782" in text for text in shown)


def test_the_command_line_tells_bad_input_and_ends_with_2(tmp_path: Path) -> None:
    path = tmp_path / "region.json"
    path.write_text('{"name": "north", "candidates": [{"id": "C-1"}], "openings": []}')
    done = CliRunner().invoke(app, ["solve", str(path)])
    assert done.exit_code == 2
    expected = "region 'north': openings must hold at least one opening, got ()."
    assert f"{expected} Hint: add the openings." in done.stderr
    assert done.stdout == ""
