"""Monday's data: who left and what closed is told and left out; coaches of agreements are kept."""

import itertools
import json
import pickle
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import regions

import placement_opt as po

DATE = "2026-02-01"


def monday(**changed):
    people = {"coaching_hours_per_week": 1}
    fields = {
        "name": "monday",
        "date": DATE,
        "candidates": [
            po.Candidate(id="C-1", wishes=["O-9", ["O-2", "O-8"], "care"], **people),
            po.Candidate(id="C-2", current_opening="O-7", **people),
        ],
        "openings": [po.Opening(id="O-1", preferences=["C-9", "C-1"]), po.Opening(id="O-2")],
        "coaches": [po.Coach(id=f"K-{n}", hours_per_week=5) for n in (1, 2)],
        "excluded_pairs": [("C-8", "O-1"), ("C-1", "O-2")],
        "fixed_placements": [("C-2", "O-2"), ("C-9", "O-9"), ("C-2", "O-6")],
        "travel_minutes": [("C-1", "O-1", 5), ("C-1", "O-5", 7)],
    }
    return po.Region(**fields | changed)


TOLD = {
    "wishes": 3,
    "current_opening": 1,
    "preferences": 1,
    "excluded_pairs": 1,
    "fixed_placements": 2,
    "travel_minutes": 1,
}


def test_what_is_gone_is_left_out_and_told():
    region = monday()
    first, second = region.candidates
    assert (first.wishes, second.current_opening) == (("O-2",), None)
    assert region.openings[0].preferences == ("C-1",)
    assert region.excluded_pairs == (("C-1", "O-2"),)
    assert region.fixed_placements == (("C-2", "O-2"),)
    assert region.travel_minutes == (("C-1", "O-1", 5),)
    lines = {line.column or line.table: line for line in region.reading}
    assert {name: line.count for name, line in lines.items()} == TOLD
    assert "such as 'O-9', 'O-8', 'care'" in lines["wishes"].text
    result = po.solve(region, time_limit_s=10)
    told = {row.about: row.count for row in result.assumption_rows if row.rule == "Region"}
    assert told == TOLD
    assert "such as 'C-9'" in result.summary()
    assert "zoals 'C-9'" in result.summary("nl")
    assert po.check_result(region, result).is_sound
    again = po.Region.from_json_text(region.to_json_text())
    assert again == region
    assert list(again.reading) == list(region.reading)
    assert po.check_result(again, result).is_sound
    assert list(pickle.loads(pickle.dumps(region)).reading) == list(region.reading)


def test_strict_references_are_refused_all_at_once(tmp_path: Path):
    with pytest.raises(po.InvalidInputError) as caught:
        monday(references="strict")
    found = [problem.field.partition("[")[0] for problem in caught.value.problems]
    assert {name: found.count(name) for name in found} == TOLD | {"fixed_placements": 3}
    with pytest.raises(po.InvalidInputError, match="references"):
        monday(references="sometimes")
    file = tmp_path / "region.json"
    fields = {"name": "r", "candidates": [{"id": "C-1", "wishes": ["O-9"]}]}
    file.write_text(json.dumps(fields | {"openings": [{"id": "O-1"}]}))
    assert len(po.Region.from_json(file).reading) == 1
    with pytest.raises(po.InvalidInputError, match="wishes"):
        po.Region.from_json(file, references="strict")


@pytest.mark.parametrize(
    ("field", "records"),
    [
        ("employer", {"openings": [po.Opening(id="O-1", employer="E-9")]}),
        ("coach", {"candidates": [po.Candidate(id="C-1", coach="K-9")]}),
        ("openings", {"coaches": [po.Coach(id="K-1", openings={"O-9"})]}),
    ],
)
def test_references_that_decide_who_pays_or_helps_still_have_to_lead_somewhere(field, records):
    with pytest.raises(po.InvalidInputError) as caught:
        monday(**records)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_tables_name_their_file_and_column(tmp_path: Path):
    (tmp_path / "kandidaten.csv").write_text("Klantnr;Wensen\nC-1;O-9, O-1\n")
    (tmp_path / "openings.csv").write_text("id\nO-1\n")
    (tmp_path / "excluded_pairs.csv").write_text("candidate_id,opening_id\nC-9,O-1\n")
    region = po.Region.from_folder(tmp_path)
    lines = [line for line in region.reading if line.text_nl]
    assert [(line.table, line.column, line.count) for line in lines] == [
        ("kandidaten.csv", "Wensen", 1),
        ("excluded_pairs", None, 1),
    ]
    for options in ({"references": "strict"}, {}):
        if not options:
            (tmp_path / "about.json").write_text('{"references": "strict"}')
        with pytest.raises(po.InvalidInputError) as caught:
            po.Region.from_folder(tmp_path, **options)
        assert len(caught.value.problems) == 2


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(region=regions(), data=st.data())
def test_a_region_without_somebody_is_the_one_that_never_named_them(region, data):
    """Leaving a person out and leaving out what names them are the same."""
    if len(region.candidates) < 2:
        return
    left = data.draw(st.sampled_from([person.id for person in region.candidates]))
    fields = {name: getattr(region, name) for name in type(region).model_fields}
    fields["candidates"] = [person for person in region.candidates if person.id != left]
    told = po.Region(**fields)

    def without(rows):
        return tuple(row for row in rows if left != row and left not in row)

    def ranked(ranking):
        entries = ((e,) if isinstance(e, str) else e for e in ranking)
        kept = (tuple(name for name in entry if name != left) for entry in entries)
        return tuple(entry[0] if len(entry) == 1 else entry for entry in kept if entry)

    fields["openings"] = [
        opening.model_copy(update={"preferences": ranked(opening.preferences)})
        for opening in region.openings
    ]
    fields["together"] = [
        group.model_copy(update={"members": without(group.members)}) for group in region.together
    ]
    for name in ("excluded_pairs", "fixed_placements"):
        fields[name] = without(fields[name])
    fields["travel_minutes"] = tuple(row for row in region.travel_minutes if row[0] != left)
    strict = po.Region(references="strict", **fields)
    assert told == strict
    named = sum(line.count for line in told.reading)
    gone = len([o for o in region.openings if left in str(o.preferences)])
    assert bool(named) == bool(
        gone
        or any(left in group.members for group in region.together)
        or any(left in row for row in (*region.excluded_pairs, *region.fixed_placements))
        or any(row[0] == left for row in region.travel_minutes)
    )


def test_a_coach_of_a_fixed_placement_is_kept():
    for coach in ("K-1", "K-2"):
        region = monday(fixed_placements=[("C-2", "O-2", coach), ("C-1", "O-1", None)])
        assert region.fixed_placements == (("C-2", "O-2"), ("C-1", "O-1"))
        assert [person.coach for person in region.candidates] == [None, coach]
        result = po.solve(region, time_limit_s=10)
        row = next(row for row in result.placement_rows if row.candidate_id == "C-2")
        assert (row.opening_id, row.coach_id) == ("O-2", coach)
        named = monday(fixed_placements=[])
        rule = po.FixedPlacements(placements=[("C-2", "O-2", coach)])
        result = po.Model(named).add(rule).solve(time_limit_s=10)
        assert ("C-2", "O-2", coach) in {
            (row.candidate_id, row.opening_id, row.coach_id) for row in result.placement_rows
        }
        assert po.check_result(named, result).is_sound
        assert [row for row in result.assumption_rows if row.rule == "Region"]


def test_a_coach_who_cannot_be_kept_is_told_or_refused():
    region = monday(fixed_placements=[("C-2", "O-2", "K-9")])
    assert region.candidates[1].coach is None
    lines = {line.column: line for line in region.reading}
    assert (lines["coach"].count, "'K-9'" in lines["coach"].text) == (1, True)
    people = [po.Candidate(id="C-1", coach="K-1"), po.Candidate(id="C-2")]
    for coach, expected in (("K-2", "the candidate keeps"), ("", "must")):
        with pytest.raises(po.InvalidInputError) as caught:
            monday(candidates=people, fixed_placements=[("C-1", "O-1", coach)])
        (problem,) = caught.value.problems
        assert problem.field == "fixed_placements[0][2]"
        assert expected in problem.expected
    rule = po.FixedPlacements(placements=[("C-1", "O-1", "K-9")])
    with pytest.raises(po.InvalidInputError, match="the id of a coach"):
        po.Model(monday(), rules=[rule]).compile()


def test_coaches_of_fixed_placements_are_a_column_of_tables():
    frame = pd.DataFrame({"candidate_id": ["C-1"], "opening_id": ["O-1"], "coach_id": ["K-1"]})
    read = po.Region.from_frames(
        candidates=pd.DataFrame({"id": ["C-1"]}),
        openings=pd.DataFrame({"id": ["O-1"]}),
        coaches=pd.DataFrame({"id": ["K-1"]}),
        fixed_placements=frame,
    )
    assert (read.candidates[0].coach, read.fixed_placements) == ("K-1", (("C-1", "O-1"),))
    assert po.Region.from_frames(**read.to_frames()) == read


REMOVED = {
    "working days": ({"available_days": {"mon"}}, {"days": {"tue"}}),
    "licences": ({}, {"licences": {"B"}}),
    "start dates": ({"ground": None, "available_from": "2026-05-01"}, {"starts_on": "2026-02-02"}),
}


def test_fixed_placements_that_became_ineligible_are_in_one_error_with_their_reasons():
    people, work, fixed = [], [], []
    for number, (person, opening) in enumerate(REMOVED.values()):
        people.append(po.Candidate(id=f"C-{number}", **person))
        work.append(po.Opening(id=f"O-{number}", **opening))
        fixed.append((f"C-{number}", f"O-{number}"))
    region = po.Region(
        name="r", date=DATE, candidates=people, openings=work, fixed_placements=fixed
    )
    with pytest.raises(po.InvalidInputError) as caught:
        po.solve(region)
    assert [(p.id, p.value) for p in caught.value.problems] == fixed
    for problem, title in zip(caught.value.problems, REMOVED, strict=True):
        assert title in problem.expected
        assert "released" in problem.hint
    assert len(list(itertools.chain(REMOVED))) == 3


DEFAULTS = {"candidates": {"transport": "bike", "coaching_regime": "none"}}


def people_frame(**columns):
    return pd.DataFrame({"id": ["C-1", "C-2", "C-3"], "transport": ["car", None, None]} | columns)


def with_defaults(defaults, **columns):
    openings = pd.DataFrame({"id": ["O-1"]})
    frames = {"candidates": people_frame(**columns), "openings": openings}
    return po.Region.from_frames(**frames, defaults=defaults)


def test_defaults_fill_what_is_not_given_and_are_told():
    region = with_defaults(DEFAULTS, coaching_hours_per_week=[None, 2, None])
    assert [person.transport for person in region.candidates] == ["car", "bike", "bike"]
    # Who has hours of coaching has no missing regime.
    assert [person.coaching_regime for person in region.candidates] == ["none", None, "none"]
    told = {line.column: line.count for line in region.reading if line.text_nl}
    assert told == {"transport": 2, "coaching_regime": 2}
    rows = po.solve(region, time_limit_s=5).assumption_rows
    assert {(row.about, row.count) for row in rows} == set(told.items())
    assert not [line for line in with_defaults(None).reading if line.text_nl]


@pytest.mark.parametrize(
    ("defaults", "expected"),
    [
        ({"candidate": {"transport": "bike"}}, "the name of a table"),
        ({"candidates": {"transports": "bike"}}, "a field of a candidate"),
        ({"candidates": {"transport": "plane"}}, "must be"),
        ({"candidates": {"id": "C"}}, "a field of a candidate"),
        ({"candidates": "bike"}, "the name of a table"),
        ("bike", "must map"),
    ],
)
def test_wrong_defaults_are_one_clear_problem(defaults, expected):
    with pytest.raises(po.InvalidInputError) as caught:
        with_defaults(defaults)
    (problem,) = caught.value.problems
    assert problem.subject == "defaults"
    assert expected in problem.expected


def test_a_folder_holds_its_own_defaults(tmp_path: Path):
    (tmp_path / "candidates.csv").write_text("id\nC-1\n")
    (tmp_path / "openings.csv").write_text("id\nO-1\n")
    (tmp_path / "about.json").write_text(json.dumps({"defaults": DEFAULTS}))
    assert po.Region.from_folder(tmp_path).candidates[0].transport == "bike"
    other = po.Region.from_folder(tmp_path, defaults={"candidates": {"transport": "walk"}})
    assert other.candidates[0].transport == "walk"
