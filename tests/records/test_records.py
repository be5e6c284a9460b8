import datetime as dt
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from placement_opt.basics.bsn import looks_like_bsn
from placement_opt.basics.errors import InvalidInputError
from placement_opt.records import Candidate, Coach, Employer, Municipality, Opening

BSN = "123456782"


def problems_of(kind, /, **fields):
    with pytest.raises(InvalidInputError) as caught:
        kind(**fields)
    return caught.value.problems


def candidate(**fields):
    return Candidate, {"id": "C-1", **fields}


def opening(**fields):
    return Opening, {"id": "O-1", **fields}


# One bad field each: the record, the field that is named, what it must be, the remedy.
BAD_FIELDS = {
    "missing id": ((Candidate, {}), "id", "must be given", "add the field 'id'"),
    "float as id": ((Candidate, {"id": 7.0}), "id", "must be an id (a string)", "as text"),
    "bool as id": ((Candidate, {"id": True}), "id", "must be an id (a string)", "leave"),
    "empty id": ((Opening, {"id": ""}), "id", "must not be empty", "leave the field out"),
    "blank id": ((Opening, {"id": "  "}), "id", "must not be empty", "leave the field out"),
    "padded id": ((Coach, {"id": " K "}), "id", "no surrounding blanks", "write 'K'"),
    "line break in id": (
        (Coach, {"id": "K\n1"}),
        "id",
        "no control characters",
        "write 'K1' or 'K 1'",
    ),
    "BSN as id": ((Candidate, {"id": BSN}), "id", "pseudonymous", "an id of your own"),
    "BSN with dots as id": ((Candidate, {"id": "1234.56.782"}), "id", "pseudonymous", "trace"),
    "BSN as int": ((Candidate, {"id": int(BSN)}), "id", "pseudonymous id", "trace"),
    "BSN as reference": (candidate(coach=BSN), "coach", "pseudonymous", "an id of your own"),
    "BSN as preference": (opening(preferences=["C", BSN]), "preferences[1]", "pseudon", "own"),
    "unknown field": (candidate(municipalty="M"), "municipalty", "is no field", "'municipality'"),
    "far unknown field": (candidate(xyz=1), "xyz", "is no field of a candidate", "no such field"),
    "string as number": (candidate(priority="3"), "priority", "a number", "without quotes: 3"),
    "word as number": (candidate(priority="high"), "priority", "a number", "write a number"),
    "bool as number": (candidate(priority=True), "priority", "a number", "write 1 if"),
    "none as number": (candidate(priority=None), "priority", "a number", "give a number"),
    "not a number": (candidate(wage_value=float("nan")), "wage_value", "0 to 1", "leave"),
    "infinite": (candidate(wage_value=float("inf")), "wage_value", "0 to 1", "at most 1"),
    "negative": (candidate(priority=-0.5), "priority", "from 0", "give at least 0"),
    "above one": (candidate(wage_value=55), "wage_value", "from 0 to 1", "check the unit"),
    "four decimals": (
        candidate(coaching_hours_per_week=1.2345),
        "coaching_hours_per_week",
        "3 d",
        "1.234",
    ),
    "a third": (opening(wage_eur_per_hour=Fraction(1, 3)), "wage_eur_per_hour", "2 d", "to 0.33"),
    "third cent": (opening(wage_eur_per_hour=15.125), "wage_eur_per_hour", "2 decimals", "15.12"),
    "169 hours": (candidate(hours_per_week=(0, 169)), "hours_per_week[1]", "0 to 168", "most 168"),
    "min > max": (candidate(hours_per_week=(32, 24)), "hours_per_week", "minimum", "(24, 32)"),
    "one number": (candidate(hours_per_week=32), "hours_per_week", "2 values", "[minimum, max"),
    "three numbers": (opening(hours_per_week=(1, 2, 3)), "hours_per_week", "2 values", "[minimum"),
    "latitude 91": (candidate(location=(91, 5)), "location[0]", "-90 to 90", "at most 90"),
    "longitude -181": (candidate(location=(5, -181)), "location[1]", "-180", "at least -180"),
    "swapped": (candidate(location=(5.86, 51.84)), "location", "order", "write (51.84, 5.86)"),
    "other transport": (candidate(transport="bikes"), "transport", "'bike'", "did you mean 'bike'"),
    "unknown ground": (candidate(ground="38b.1.h"), "ground", "'38b.1.a'", "'38b.1.g'"),
    "number as ground": (candidate(ground=38), "ground", "'38b.1.a'", "leave the field out"),
    "flag as text": (candidate(sheltered="yes"), "sheltered", "true or false", "without quotes"),
    "flag as number": (candidate(sheltered=1), "sheltered", "true or false", "write true or"),
    "no such day": (candidate(available_from="2026-02-30"), "available_from", "exists", "month"),
    "Dutch date": (candidate(available_from="01-02-2026"), "available_from", "ISO", "2026-02-01"),
    "week date": (candidate(available_from="2026-W05-7"), "available_from", "ISO", "2026"),
    "int as date": (candidate(available_from=20260201), "available_from", "ISO", "2026-02-01"),
    "time of day": (
        candidate(available_from=dt.datetime(2026, 2, 1, 9)),  # noqa: DTZ001 - that is the mistake
        "available_from",
        "without a time",
        "give the date only",
    ),
    "not a time": (candidate(available_from=pd.NaT), "available_from", "must be", "date only"),
    "dates crossed": (
        candidate(ground_from="2026-02-02", ground_until="2026-02-01"),
        "ground_until",
        "must not be before ground_from (2026-02-02)",
        "check both dates",
    ),
    "level above one": (
        candidate(skills={"welding": 80}),
        "skills['welding']",
        "from 0 to 1",
        "check the unit",
    ),
    "skills as list": (candidate(skills=["welding"]), "skills", "map names", '{"forklift": 0.8'),
    "empty skill": (candidate(skills={"": 1}), "skills['']", "not be empty", "leave"),
    "text as list": (candidate(wishes="O-1"), "wishes", "must be a list", "square brackets"),
    "set as ranking": (candidate(wishes={"O-1"}), "wishes", "must be a list", "square brackets"),
    "wish in a tie twice": (candidate(wishes=["a", ["b", "a"]]), "wishes", "once", "second 'a'"),
    "empty tie": (candidate(wishes=["a", []]), "wishes", "empty list", "leave it out"),
    "tie of numbers": (candidate(wishes=[["a", 1.5]]), "wishes[0][1]", "an id", "as text"),
    "BSN in a tie": (opening(preferences=[["C", BSN]]), "preferences[0][1]", "pseudon", "own"),
    "wish twice": (candidate(wishes=["a", "b", "a"]), "wishes", "once", "the second 'a'"),
    "text as set": (candidate(needs="quiet"), "needs", "must be a list", "square brackets"),
    "need no text": (candidate(needs=[3]), "needs[0]", "must be a text", "as text: '3'"),
    "regime and hours": (
        candidate(coaching_regime="light", coaching_hours_per_week=2),
        "coaching_hours_per_week",
        "left out when coaching_regime is given",
        "keep the regime",
    ),
    "year zero": (candidate(coaching_year=0), "coaching_year", "whole number from 1", "at least 1"),
    "age 22": (candidate(minimum_wage_age=22), "minimum_wage_age", "15 to 21", "at most 21"),
    "half position": (opening(positions=1.5), "positions", "a whole number", "for example to 2"),
    "billion positions": (opening(positions=10**9), "positions", "1_000_000", "at most 1_000_000"),
    "preference twice": (opening(preferences=["C", "C"]), "preferences", "once", "second 'C'"),
    "essential not required": (
        opening(required_skills={"a": 1}, essential_skills=["b", "a"]),
        "essential_skills",
        "subset of required_skills",
        "add 'b' to required_skills",
    ),
    "zero months": (opening(contract_months=0), "contract_months", "from 1", "at least 1"),
    "other sector": ((Employer, {"id": "E", "sector": "public"}), "sector", "'market'", "leave"),
    "target group above all": (
        (
            Employer,
            {
                "id": "E",
                "hired_in_hours_per_year": 10,
                "hired_in_target_group_hours_per_year": 11,
            },
        ),
        "hired_in_target_group_hours_per_year",
        "at most hired_in_hours_per_year (10)",
        "counts everybody",
    ),
    "minus one place": (
        (Employer, {"id": "E", "supervision_places": -1}),
        "supervision_places",
        "from 0",
        "at least 0",
    ),
    "employer's coach without employer": (
        (Coach, {"id": "K", "kind": "employer"}),
        "employer",
        "given when kind is 'employer'",
        "name the employer",
    ),
    "external coach with employer": (
        (Coach, {"id": "K", "employer": "E"}),
        "employer",
        "left out when kind is 'external'",
        "remove it",
    ),
    "coach of unknown regime": (
        (Coach, {"id": "K", "regimes": ["lite"]}),
        "regimes[0]",
        "'light'",
        "did you mean 'light'",
    ),
    "sheltered minimum above maximum": (
        (
            Municipality,
            {"id": "M", "sheltered_places_minimum": 3, "sheltered_places_maximum": 2},
        ),
        "sheltered_places_minimum",
        "at most sheltered_places_maximum (2)",
        "check both numbers",
    ),
}


@pytest.mark.parametrize(
    ("record", "field", "expected", "hint"), BAD_FIELDS.values(), ids=BAD_FIELDS.keys()
)
def test_one_mistake_is_one_clear_problem(record, field, expected, hint):
    kind, fields = record
    (problem,) = problems_of(kind, **fields)
    assert problem.subject == kind.subject
    assert problem.id == (fields["id"] if field != "id" and "id" in fields else problem.id)
    assert problem.field == field
    assert expected in problem.expected
    assert hint in problem.hint
    assert f": {field} {problem.expected}, got " in str(problem)


def test_all_mistakes_of_a_record_are_told_at_once():
    problems = problems_of(
        Opening,
        id="O-1",
        positions="2",
        hours_per_week=[40, 30],
        required_skills={"a": 2, "b": 1},
        essential_skills=["c"],
        starts_on="soon",
        colour="red",
    )
    assert [problem.field for problem in problems] == [
        "positions",
        "hours_per_week",
        "required_skills['a']",
        "starts_on",
        "colour",
    ]
    assert {problem.id for problem in problems} == {"O-1"}


def test_contradictions_are_told_beside_mistakes_in_other_fields():
    problems = problems_of(
        Candidate, coaching_regime="light", coaching_hours_per_week=2, priority=-1
    )
    assert [(problem.id, problem.field) for problem in problems] == [
        (None, "id"),
        (None, "priority"),
        (None, "coaching_hours_per_week"),
    ]


def test_a_field_that_could_not_be_read_contradicts_nothing():
    (problem,) = problems_of(Coach, id="K", kind="internal", employer="E")
    assert problem.field == "kind"
    (problem,) = problems_of(Opening, id="O", required_skills=["a"], essential_skills=["a"])
    assert problem.field == "required_skills"


def test_a_number_that_could_be_a_bsn_is_never_shown():
    with pytest.raises(InvalidInputError) as caught:
        Candidate(
            id=BSN, coach="123 456 782", wishes=["12345678-2\u200b"], bsn=int(BSN), priority=-1
        )
    digits = "".join(filter(str.isdigit, repr(caught.value)))
    assert "123456782" not in digits
    assert "12345678" not in str(caught.value)
    assert len(caught.value.problems) == 5
    assert {problem.id for problem in caught.value.problems} == {None}


def test_numbers_of_employers_and_openings_are_no_persons():
    assert Opening(id=BSN, employer=BSN).id == BSN
    assert Employer(id=BSN, municipality=BSN).id == BSN
    assert Candidate(id="C", wishes=[BSN], current_opening=BSN).wishes == (BSN,)
    assert Coach(id="K", kind="employer", employer=BSN).employer == BSN
    (problem,) = problems_of(Employer, id=BSN, jobs_pledged=-1)
    assert problem.id == BSN


@pytest.mark.parametrize("unit", ["D", "s", "ns"])
def test_days_of_numpy_are_days(unit):
    day = np.datetime64("2026-02-01", unit)
    assert Candidate(id="C", available_from=day).available_from == dt.date(2026, 2, 1)
    for wrong in (np.datetime64("2026-02-01T08:00"), np.datetime64("NaT")):
        (problem,) = problems_of(Candidate, id="C", available_from=wrong)
        assert problem.field == "available_from"


@pytest.mark.parametrize("number", [7, np.int64(7), np.uint8(7)])
def test_a_whole_number_as_id_is_read_as_its_digits(number):
    assert Candidate(id=number, wishes=[number]) == Candidate(id="7", wishes=["7"])
    (problem,) = problems_of(Candidate, id=number, priority=-1)
    assert problem.id == "7"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("123456782", True),
        ("111222333", True),
        ("123-456 78.2", True),
        ("123456783", False),
        ("000000000", False),
        ("1234567820", False),
        ("12345672", False),
        ("C23456782", False),
        ("1_23456782", False),
    ],
)
def test_eleven_test(text, verdict):
    assert looks_like_bsn(text) is verdict


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (3, 3),
        (3.0, 3.0),
        (0.25, 0.25),
        (-0.0, 0.0),
        (Decimal("0.10"), 0.1),
        (Fraction(1, 4), 0.25),
        (np.float32(0.1), 0.1),
        (np.int64(7), 7),
        (Decimal(4), 4),
    ],
)
def test_numbers_are_kept_as_the_decimal_they_print_as(given, stored):
    priority = Candidate(id="C", priority=given).priority
    assert repr(priority) == repr(stored)


def test_whole_floats_are_whole_numbers():
    positions = Opening(id="O", positions=2.0).positions
    assert type(positions) is int
    assert positions == 2


def test_friendly_types_are_taken():
    record = Candidate(
        id=np.str_("C"),
        wishes=np.array(["O-2", "O-1"]),
        needs={"quiet"},
        hours_per_week=np.array([16, 24.5]),
        available_from=pd.Timestamp("2026-02-01"),
        sheltered=np.True_,
    )
    assert record.wishes == ("O-2", "O-1")
    assert record.needs == frozenset({"quiet"})
    assert record.hours_per_week == (16, 24.5)
    assert type(record.available_from) is dt.date
    assert record.sheltered is True
    assert type(record.id) is str


def test_records_are_frozen():
    record = Candidate(id="C")
    with pytest.raises(ValueError, match="frozen"):
        record.id = "D"


@pytest.mark.parametrize("record", [Candidate(id="C"), Candidate(id="C", skills={"packing": 1})])
def test_levels_are_read_only(record):
    before = dict(record.skills)
    with pytest.raises(TypeError, match="read-only"):
        record.skills["welding"] = 1
    assert record.skills == before
    assert Candidate(id="D").skills == {}


def test_a_changed_copy_is_read_as_strictly_as_a_new_record():
    record = Coach(id="K", hours_per_week=8)
    assert record.model_copy(update={"hours_per_week": 9}) == Coach(id="K", hours_per_week=9)
    assert record.model_copy() == record
    with pytest.raises(InvalidInputError, match="hours_per_week must be a number"):
        record.model_copy(update={"hours_per_week": -1})


@pytest.mark.parametrize("fields", ["C-1", 5, None, ["id"]])
def test_what_is_no_record_is_refused(fields):
    with pytest.raises(InvalidInputError, match="must be a candidate"):
        Candidate.model_validate(fields)


def test_a_record_from_json_tells_problems_in_the_same_words():
    assert Candidate.model_validate_json('{"id": "C", "wishes": ["O"]}').wishes == ("O",)
    with pytest.raises(InvalidInputError, match="candidate 'C': priority must be"):
        Candidate.model_validate_json(b'{"id": "C", "priority": "1"}')


def test_digits_of_a_json_number_are_not_dropped():
    with pytest.raises(InvalidInputError, match="at most 3 decimals"):
        Candidate.model_validate_json('{"id": "C", "coaching_hours_per_week": 0.50000000000000001}')
