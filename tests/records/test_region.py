import pytest
from region_fields import BSN, fields, first, problems_of

from placement_opt.records import Candidate, Municipality, Region

# One mistake each: what is changed, then subject, id, field, expected and hint of its problem.
BAD_REGIONS = {
    "no candidates": (
        {"candidates": []},
        ("region", "north", "candidates", "at least one candidate", "add the candidates"),
    ),
    "no openings": (
        {"openings": ()},
        ("region", "north", "openings", "at least one opening", "add the openings"),
    ),
    "candidates no list": (
        {"candidates": {"id": "C-101"}},
        ("region", "north", "candidates", "a list of records", "square brackets"),
    ),
    "record no record": (
        {"coaches": [{"id": "K-101"}, "K-202"]},
        ("coach", "row 1", "record", "must be a coach", 'write it as {"id": ...}'),
    ),
    "record of another kind": (
        {"coaches": [Municipality(id="K-101")]},
        ("coach", "row 0", "record", "must be a coach", "write it as"),
    ),
    "record without id": (
        {"employers": [{"id": "E-101"}, {"sector": "market"}]},
        ("employer", "row 1", "id", "must be given", "add the field 'id'"),
    ),
    "duplicate candidates": (
        {"candidates": [{"id": "C-101"}, {"id": "C-101"}, {"id": "C-101"}]},
        ("candidate", "C-101", "id", "one candidate only, but 3 have it", "its own id"),
    ),
    "duplicate municipalities": (
        {"municipalities": [{"id": "Nijmegen"}, {"id": "Nijmegen"}]},
        ("municipality", "Nijmegen", "id", "one municipality only, but 2", "its own id"),
    ),
    "unknown municipality": (
        {"candidates": first("C", municipality="Nijmgen")},
        ("candidate", "C-101", "municipality", "a municipality of the", "mean 'Nijmegen'"),
    ),
    "unknown municipality of an employer": (
        {"employers": first("E", municipality="Wijchen")},
        ("employer", "E-101", "municipality", "a municipality of the", "no known id is close"),
    ),
    "unknown employer": (
        {"openings": first("O", employer="E-110")},
        ("opening", "O-101", "employer", "the id of an employer", "did you mean 'E-101'"),
    ),
    "unknown coach": (
        {"candidates": first("C", coach="K-1")},
        ("candidate", "C-101", "coach", "the id of a coach", "did you mean 'K-101'"),
    ),
    "unknown current opening": (
        {"candidates": first("C", current_opening="O-303")},
        ("candidate", "C-101", "current_opening", "the id of an opening", "'O-202'"),
    ),
    "unknown wish": (
        {"candidates": first("C", wishes=["O-101", "care", "cares"])},
        ("candidate", "C-101", "wishes[2]", "an opening or a sector of work", "mean 'care'"),
    ),
    "unknown preference": (
        {"openings": first("O", preferences=["C-202", "C-2020"])},
        ("opening", "O-101", "preferences[1]", "the id of a candidate", "mean 'C-202'"),
    ),
    "unknown employer of a coach": (
        {"coaches": [{"id": "K-101", "kind": "employer", "employer": "E"}]},
        ("coach", "K-101", "employer", "the id of an employer", "no known id is close"),
    ),
    "coach in an unknown municipality": (
        {"coaches": [{"id": "K-101", "municipalities": ["Nijmegen", "Beuning"]}]},
        ("coach", "K-101", "municipalities", "ids of municipalities", "mean 'Beuningen'"),
    ),
    "unknown candidate excluded": (
        {"excluded_pairs": [("C-102", "O-101")]},
        ("region", "north", "excluded_pairs[0][0]", "a known candidate", "'C-101'"),
    ),
    "unknown opening fixed": (
        {"fixed_placements": [("C-101", "O-101"), ("C-202", "O-20")]},
        ("region", "north", "fixed_placements[1][1]", "a known opening", "'O-202'"),
    ),
    "pair with three ends": (
        {"excluded_pairs": [("C-101", "O-101", 1)]},
        ("region", "north", "excluded_pairs[0]", "2 values", "[candidate id, opening id]"),
    ),
    "BSN in a pair": (
        {"excluded_pairs": [(BSN, "O-101")]},
        ("region", "north", "excluded_pairs[0][0]", "pseudonymous", "an id of your own"),
    ),
    "pair excluded twice": (
        {"excluded_pairs": [("C-101", "O-101"), ("C-101", "O-101")]},
        ("region", "north", "excluded_pairs[1]", "listed once", "remove the second row"),
    ),
    "pair fixed and excluded": (
        {"excluded_pairs": [("C-101", "O-101")], "fixed_placements": [("C-101", "O-101")]},
        ("region", "north", "fixed_placements[0]", "one of the excluded_pairs", "one of the two"),
    ),
    "travel twice": (
        {"travel_minutes": [("C-101", "O-101", 5), ("C-101", "O-101", 6)]},
        ("region", "north", "travel_minutes[1]", "listed once", "one number of minutes"),
    ),
    "travel to an unknown opening": (
        {"travel_minutes": [("C-101", "O-111", 5)]},
        ("region", "north", "travel_minutes[0][1]", "a known opening", "'O-101'"),
    ),
    "travel of an unknown candidate": (
        {"travel_minutes": [("C-111", "O-101", 5)]},
        ("region", "north", "travel_minutes[0][0]", "a known candidate", "'C-101'"),
    ),
    "travel from a candidate to a municipality": (
        {"travel_minutes": [("C-101", "Nijmegen", 5)]},
        ("region", "north", "travel_minutes[0][1]", "a known opening", "no known id is close"),
    ),
    "travel to an unknown municipality": (
        {"travel_minutes": [("Nijmegen", "Beuninge", 5)]},
        ("region", "north", "travel_minutes[0][1]", "opening or municipality", "'Beuningen'"),
    ),
    "negative travel": (
        {"travel_minutes": [("C-101", "O-101", -5)]},
        ("region", "north", "travel_minutes[0][2]", "(minutes)", "at least 0"),
    ),
    "unknown field": (
        {"vacancies": []},
        ("region", "north", "vacancies", "no field of a region", "did you mean"),
    ),
    "name no text": (
        {"name": 3},
        ("region", None, "name", "must be a text", "write it as text: '3'"),
    ),
    "date in words": (
        {"date": "1 February 2026"},
        ("region", "north", "date", "ISO date", '"2026-02-01"'),
    ),
}


@pytest.mark.parametrize(("changed", "told"), BAD_REGIONS.values(), ids=BAD_REGIONS.keys())
def test_one_mistake_is_one_clear_problem(changed, told):
    (problem,) = problems_of(Region, references="strict", **fields(**changed))
    subject, id_, field, expected, hint = told
    assert (problem.subject, problem.id, problem.field) == (subject, id_, field)
    assert expected in problem.expected
    assert hint in problem.hint


def test_the_region_of_these_tests_is_right():
    region = Region(**fields())
    assert [len(kind) for kind in (region.candidates, region.coaches)] == [2, 1]


@pytest.mark.parametrize("name", ["name", "candidates", "openings"])
def test_a_missing_field_is_named_and_nothing_else(name):
    raw = fields(
        candidates=first("C", wishes=["O-101"]), openings=first("O", preferences=["C-202"])
    )
    del raw[name]
    (problem,) = problems_of(Region, **raw)
    assert (problem.field, problem.expected) == (name, "must be given")


def test_problems_of_all_records_are_told_at_once_each_with_its_own_id():
    problems = problems_of(
        Region,
        references="strict",
        **fields(
            candidates=[
                {"id": "C-101", "priority": -1, "coach": "K-9"},
                {"id": "C-202", "coach": "K-101x"},
                {"priority": "2"},
                {"id": BSN},
            ],
            openings=[{"id": "O-101", "positions": 1.5, "essential_skills": ["a"]}],
            date=20260201,
            fixed_placements=[("C-101", "O-101"), ("C-303", "O-101")],
        ),
    )
    assert [(problem.id, problem.field) for problem in problems] == [
        ("C-101", "priority"),
        ("row 2", "id"),
        ("row 2", "priority"),
        ("row 3", "id"),
        ("O-101", "positions"),
        ("O-101", "essential_skills"),
        ("north", "date"),
        ("C-202", "coach"),
        ("north", "fixed_placements[1][0]"),
    ]


def test_references_to_records_with_problems_are_no_problems():
    (problem,) = problems_of(
        Region,
        **fields(
            employers=[{"id": "E-101", "sector": "both"}], openings=first("O", employer="E-101")
        ),
    )
    assert (problem.id, problem.field) == ("E-101", "sector")


def test_thousands_of_unknown_ids_are_told_without_a_search_for_each():
    wrong = [{"id": f"C-{i}", "coach": f"K{i}-101"} for i in range(3_000)]
    problems = problems_of(Region, **fields(candidates=wrong))
    assert len(problems) == 3_000
    assert problems[0].hint == "did you mean 'K-101'"
    assert problems[-1].hint == "check the spelling or add the record"


def test_municipalities_are_labels_until_one_is_listed():
    raw = fields(
        municipalities=(),
        candidates=first("C", municipality="Wijchen"),
        coaches=[{"id": "K-101", "municipalities": ["Elsewhere"]}],
        travel_minutes=[("Wijchen", "Wijchen", 5)],
    )
    assert Region(**raw).candidates[0].municipality == "Wijchen"
    (problem,) = problems_of(
        Region, references="strict", **raw | {"travel_minutes": [("Wijchen", "Wychen", 5)]}
    )
    assert problem.field == "travel_minutes[0][1]"


def test_a_wish_may_name_a_sector_that_no_opening_has():
    raw = fields(candidates=first("C", wishes=["green"]))
    assert len(problems_of(Region, references="strict", **raw)) == 1
    assert Region(**raw, sectors_of_work=["green"]).candidates[0].wishes == ("green",)


def test_records_and_mappings_may_be_mixed():
    candidate = Candidate(id="C-101")
    region = Region(**fields(candidates=(candidate, {"id": "C-202"})))
    assert region.candidates[0] is candidate
    assert region == Region(**fields())
