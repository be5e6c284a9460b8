"""Answers in plans in time say from which day on, to each reader and in both languages."""

import datetime as dt

import pytest
from tiny_regions import in_periods

import placement_opt as po

HALVES = in_periods("2027-01-01", "2027-07-01", "2028-01-01")
JULY = dt.date(2027, 7, 1)


def region_of(periods=HALVES, **opening):
    """Return two people for one job of half a year; only C-1 can start in both halves."""
    fields = {"hours_per_week": (8, 24), "contract_months": 6} | opening
    return po.Region(
        name="from when",
        date="2027-01-01",
        candidates=[
            po.Candidate(id="C-0", hours_per_week=(8, 24), available_from="2027-08-01"),
            po.Candidate(id="C-1", hours_per_week=(8, 24), priority=1),
            po.Candidate(id="C-2", hours_per_week=(8, 24), priority=5, available_from=JULY),
        ],
        openings=[po.Opening(id="O-1", **fields)],
        periods=periods,
    )


@pytest.fixture(scope="module")
def result():
    return po.solve(region_of())


def test_why_says_from_when_to_each_reader(result):
    answer = result.why("C-2")
    for reader in ("person", "consultant", "employer"):
        first = answer.text(to=reader).split("\n")[0]
        assert first == "C-2 is proposed for O-1 from 1 July 2027, 24 hours a week."
        dutch = answer.text("nl", to=reader).split("\n")[0]
        assert dutch == "C-2 is voorgesteld voor O-1 vanaf 1 juli 2027, 24 uur per week."


def test_what_comes_next_says_from_when(result):
    answer = result.why("C-1")
    (other,) = answer.runner_ups
    assert (other.opening_id, other.variant, other.starts_on) == ("O-1", "P-1", JULY)
    assert answer.text(to="person").split("\n")[1] == "Next: O-1 from 1 July 2027."
    assert "Daarna: O-1 vanaf 1 juli 2027" in answer.text("nl", to="person")
    assert "O-1 from 1 July 2027 (" in answer.text()  # its points follow
    assert "O-1" not in answer.text(to="employer").replace("proposed for O-1", "")


def test_a_regime_is_told_beside_the_day():
    people = [
        po.Candidate(
            id="C-0",
            hours_per_week=(20, 20),
            coaching_year=1,
            coaching_options={"light": 0.6, "intensive": 0.9},
        )
    ]
    region = po.Region(
        name="regimes",
        date="2027-01-01",
        candidates=people,
        openings=[po.Opening(id="O-1", hours_per_week=(20, 20))],
        coaches=[po.Coach(id="K-1", hours_per_week=9)],
        periods=HALVES[:1],
    )
    text = po.solve(region).why("C-0").text(to="person")
    assert "Next: O-1 from 1 January 2027 (light)." in text


def test_why_not_says_when_it_would_start(result):
    there = result.why_not("C-2", "O-1")
    assert there.is_placed
    assert there.starts_on == JULY
    assert there.text(to="employer") == "C-2 is proposed for O-1 from 1 July 2027."
    assert there.text("nl", to="person") == "C-2 is voorgesteld voor O-1 vanaf 1 juli 2027."
    left = result.why_not("C-0", "O-1")
    assert (left.is_placed, left.starts_on) == (False, JULY)
    assert "In the plan found with it, C-0 works there from 1 July 2027." in left.text()
    person = left.text("nl", to="person")
    assert "In het gevonden plan ermee werkt C-0 daar vanaf 1 juli 2027." in person
    assert "C-2" not in person
    assert "2027" not in left.text(to="employer")


def test_a_place_is_taken_in_the_periods_in_which_it_is(result):
    texts = [reason.text for reason in result.why_not("C-0", "O-1").reasons]
    assert not any("positions are taken" in text for text in texts)
    assert any("O-1" in text and "P-1" in text for text in texts)


def test_who_works_elsewhere_does_so_from_a_day():
    region = region_of()
    more = po.Opening(id="O-2", hours_per_week=(8, 12), starts_on=JULY)
    region = region.model_copy(
        update={"openings": (*region.openings, more), "candidates": region.candidates[:1]}
    )
    text = po.solve(region).why_not("C-0", "O-2").text()
    assert "placed in O-1 from 1 July 2027 instead" in text


def test_what_would_place_says_from_when(result):
    change = result.what_would_place("C-0", k=1)[0]
    assert change.starts_on == JULY
    assert change.text(to="person").startswith("C-0 could be placed in O-1 from 1 July 2027")
    dutch = change.text("nl", to="consultant")
    assert dutch.startswith("C-0 kan geplaatst worden in O-1 vanaf 1 juli 2027")


def test_without_periods_no_day_is_told():
    result = po.solve(region_of(periods=()))
    texts = [
        result.why("C-2").text(),
        result.why_not("C-2", "O-1").text(),
        result.why_not("C-1", "O-1").text(),
        *(change.text() for change in result.what_would_place("C-1", k=1)),
    ]
    assert not any("July" in text or "works there" in text for text in texts)
    assert result.why_not("C-1", "O-1").starts_on is None
