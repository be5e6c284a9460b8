"""Who fixed a placement, when and why: kept in every form of a region."""

import datetime as dt

import pytest

import placement_opt as po

PIN = po.Pin("C-1", "O-1", "K.V.", dt.date(2026, 3, 2), "contract signed")


def region(**fields):
    people = [po.Candidate(id="C-1"), po.Candidate(id="C-2")]
    openings = [po.Opening(id="O-1"), po.Opening(id="O-2")]
    return po.Region(name="r", candidates=people, openings=openings, **fields)


def test_a_pin_among_fixed_placements_is_one_of_them():
    found = region(fixed_placements=[("C-2", "O-2"), PIN])
    assert found.fixed_placements == (("C-2", "O-2"), ("C-1", "O-1"))
    assert found.pins == (PIN,)
    texts = region(fixed_placements=[PIN._replace(date="2026-03-02")])
    assert texts.pins == (PIN,)
    assert isinstance(texts.pins[0], po.Pin)
    assert region(fixed_placements=[("C-1", "O-1")], pins=[["C-1", "O-1", "K.V."]]).pins == (
        po.Pin("C-1", "O-1", "K.V."),
    )


def test_pins_come_back_from_every_file(tmp_path):
    before = region(fixed_placements=[PIN, po.Pin("C-2", "O-2", reason="agreed")])
    before.to_json(tmp_path / "region.json")
    before.to_folder(tmp_path / "region")
    again = po.Region.from_json(tmp_path / "region.json")
    assert again == before
    assert again.fingerprint() == before.fingerprint()
    assert po.Region.from_folder(tmp_path / "region") == before
    assert po.Region.from_frames(**before.to_frames()) == before
    assert before.fingerprint() != region(fixed_placements=before.fixed_placements).fingerprint()


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"pins": [PIN]}, "must be of a fixed placement"),
        ({"fixed_placements": [PIN, ("C-1", "O-1")], "pins": [PIN]}, "only one of its pair"),
        ({"fixed_placements": [PIN._replace(date="yesterday")]}, "date"),
    ],
)
def test_a_wrong_pin_is_refused(fields, match):
    with pytest.raises(po.InvalidInputError, match=match):
        region(**fields)


def test_a_copy_keeps_the_pins_of_what_is_still_fixed():
    before = region(fixed_placements=[PIN, po.Pin("C-2", "O-2", "A")])
    assert before.model_copy(update={"fixed_placements": ()}).pins == ()
    assert before.model_copy(update={"fixed_placements": [("C-1", "O-1")]}).pins == (PIN,)
    newer = PIN._replace(author="B")
    assert before.model_copy(update={"fixed_placements": [newer]}).pins == (newer,)
    assert before.model_copy(update={"name": "s"}).pins == before.pins


def test_a_pin_of_what_is_gone_goes_with_its_placement():
    found = region(fixed_placements=[PIN, PIN._replace(opening_id="O-9")])
    assert found.fixed_placements == (("C-1", "O-1"),)
    assert found.pins == (PIN,)
