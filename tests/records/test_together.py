"""Groups of people as records: read, written, checked."""

import json

import pandas as pd
import pytest

import placement_opt as po


def region_of(*groups, **fields):
    return po.Region(
        name="groups",
        candidates=[{"id": f"C-{n}"} for n in (1, 2, 3)],
        openings=[{"id": "O-1"}],
        together=list(groups),
        **fields,
    )


def test_groups_come_back_from_every_form(tmp_path):
    region = region_of(
        po.Together(members=["C-2", "C-1"]), {"members": ["C-1", "C-3"], "where": "employer"}
    )
    assert json.loads(region.to_json_text())["together"] == [
        {"members": ["C-2", "C-1"]},
        {"members": ["C-1", "C-3"], "where": "employer"},
    ]
    assert po.Region.from_json_text(region.to_json_text()) == region
    assert po.Region.from_frames(**region.to_frames()) == region
    region.to_folder(tmp_path / "region")
    lines = (tmp_path / "region" / "together.csv").read_text().splitlines()
    assert lines == ["members,where", "C-2; C-1,opening", "C-1; C-3,employer"]
    assert po.Region.from_folder(tmp_path / "region") == region
    turned = region.model_copy(update={"together": region.together[::-1]})
    assert turned.fingerprint() == region.fingerprint()
    assert region_of().fingerprint() != region.fingerprint()


def test_a_file_may_speak_dutch(tmp_path):
    (tmp_path / "kandidaten.csv").write_text("id\nC-1\nC-2\n")
    (tmp_path / "vacatures.csv").write_text("id\nO-1\n")
    (tmp_path / "samen.csv").write_text("leden;waar\nC-1, C-2;werkgever\nC-2, C-1;vacature\n")
    region = po.Region.from_folder(tmp_path)
    assert [(group.members, group.where) for group in region.together] == [
        (("C-1", "C-2"), "employer"),
        (("C-2", "C-1"), "opening"),
    ]


def test_members_who_left_are_told_or_refused(tmp_path):
    region = region_of({"members": ["C-1", "C-9", "C-2"]}, {"members": ["C-8"]})
    assert [group.members for group in region.together] == [("C-1", "C-2"), ()]
    (line,) = region.reading
    assert (line.table, line.column, line.count) == ("together", "members", 2)
    assert "such as 'C-9', 'C-8'" in line.text
    assert "zoals 'C-9', 'C-8'" in line.text_nl
    with pytest.raises(po.InvalidInputError) as caught:
        region_of({"members": ["C-1", "C-9"]}, {"members": ["C-8"]}, references="strict")
    assert [(p.subject, p.id, p.field, p.value) for p in caught.value.problems] == [
        ("group", "row 0", "members[1]", "C-9"),
        ("group", "row 1", "members[0]", "C-8"),
    ]


def test_all_that_is_wrong_with_groups_is_told_at_once():
    with pytest.raises(po.InvalidInputError) as caught:
        region_of(
            {"members": ["C-1", "C-1"], "where": "town"}, {"where": "opening"}, {"members": "C-1"}
        )
    found = [(p.id, p.field) for p in caught.value.problems]
    assert found == [
        ("row 0", "members"),
        ("row 0", "where"),
        ("row 1", "members"),
        ("row 2", "members"),
    ]
    for members, field in ((["C-1", "123456782"], "members[1]"), ("123456782", "members")):
        with pytest.raises(po.InvalidInputError) as hidden:
            po.Together(members=members)
        assert hidden.value.problems[0].field == field
        assert "123456" not in str(hidden.value)


def test_a_table_without_members_is_told_once():
    frames = region_of().to_frames() | {"together": pd.DataFrame({"where": ["employer"]})}
    with pytest.raises(po.InvalidInputError) as caught:
        po.Region.from_frames(**frames)
    assert "members" in {problem.field for problem in caught.value.problems}
    wrong = pd.DataFrame({"members": ["C-1; C-1"], "where": ["opening"]}, index=["first"])
    with pytest.raises(po.InvalidInputError) as caught:
        po.Region.from_frames(**frames | {"together": wrong})
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("together", "first", "members")
