"""Texts that look like numbers: a hint names a number only where nothing else can be meant."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.basics.number_texts import number_readings, rounded_text, without_quotes

GENERIC = "write a number, with a point as decimal sign"


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("12", ["12"]),
        ("-3", ["-3"]),
        ("\u22123", ["-3"]),
        ("1,5", ["1.5"]),
        ("1.5", ["1.5"]),
        (".5", ["0.5"]),
        ("1e3", ["1000"]),
        ("1,5e3", ["1500"]),
        ("180.000", ["180", "180000"]),
        ("180,000", ["180", "180000"]),
        ("-1.500", ["-1500", "-1.5"]),
        ("0.123", ["0.123"]),
        ("1234.567", ["1234.567"]),
        ("1.234.567", ["1234567"]),
        ("1.234,5", ["1234.5"]),
        ("1,234.5", ["1234.5"]),
        ("12 500", ["12500"]),
        ("12\u00a0500,25", ["12500.25"]),
        ("12\u202f500", ["12500"]),
        ("1'000", ["1000"]),
        ("1_000", ["1000"]),
        ("€ 5", ["5"]),
        ("EUR 1.250,00", ["1250"]),
        ("5,-", ["5"]),
        ("\ufeff5 ", ["5"]),
        ("60%", ["0.6", "60"]),
        ("", []),
        ("nan", []),
        ("Infinity", []),
        ("12 50", []),
        ("1_0", []),
        ("1.2.3", []),
        ("1,234,5", []),
        ("--5", []),
        ("1:30", []),
        ("1/2", []),
        ("5 uur", []),
        ("½", []),
        ("\uff11\uff12", []),
        ("1e999", []),
        ("1234567890123456789", []),
    ],
)
def test_what_a_text_can_mean(text, readings):
    assert sorted(number_readings(text)) == sorted(Decimal(reading) for reading in readings)


@given(st.integers(-(10**12), 10**12) | st.decimals(-(10**6), 10**6, places=4))
def test_what_python_writes_is_one_of_the_readings_and_the_only_one_without_three_decimals(number):
    readings = number_readings(str(number))
    assert Decimal(number) in readings
    assert len(readings) == 1


@given(st.decimals(1, 10**9, places=2), st.sampled_from([(",", "."), (".", ",")]))
def test_grouped_amounts_have_one_reading(number, signs):
    group, sign = signs
    text = f"{number:,.2f}".replace(",", "g").replace(".", sign).replace("g", group)
    assert number_readings(text) == (number,)


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"))
def test_a_single_sign_before_three_digits_has_both_readings(whole, rest, sign):
    text = f"{whole}{sign}{rest:03}"
    both = {Decimal(whole * 1000 + rest), whole + Decimal(rest) / 1000}
    assert set(number_readings(text)) == both
    hint = without_quotes(text)
    assert all(f"{number.normalize():f}" in hint for number in both)


@given(st.text(max_size=12))
def test_no_text_breaks_the_hint_and_none_without_digits_gets_a_number(text):
    hint = without_quotes(text)
    if not any(char in "0123456789" for char in text):
        assert hint == GENERIC


def hint_of(build):
    with pytest.raises(po.InvalidInputError) as caught:
        build()
    (problem,) = caught.value.problems
    return problem.hint


@pytest.mark.parametrize(
    "build",
    [
        lambda text: po.Municipality(id="N", population=text),
        lambda text: po.Opening(id="O", positions=text),
        lambda text: po.Employer(id="E", paid_hours_per_year=text),
        lambda text: po.ResourceLimit(per="region", limits=text),
        lambda text: po.ResourceLimit(per="opening", limits={"O": text}),
        lambda text: po.PairScore("score", weight=text),
        lambda text: po.JobsQuota(per="employer", shortfall_price=text),
    ],
)
def test_every_field_tells_both_readings(build):
    assert hint_of(lambda: build("180.000")).endswith("180 or 180000")
    assert hint_of(lambda: build("1.234,00")).endswith(": 1234")
    assert hint_of(lambda: build("nan")) == GENERIC


@pytest.mark.parametrize(
    ("build", "text", "number"),
    [
        (lambda text: po.Candidate(id="C", skills={"kassa": text}), "1.000", "1"),
        (lambda text: po.Candidate(id="C", location=(text, 5.8)), "51.842", "51.842"),
        (lambda text: po.Candidate(id="C", hours_per_week=(text, 24)), "16.000", "16"),
        (lambda text: po.Candidate(id="C", wage_value=text), "60%", "0.6"),
        (lambda text: po.Municipality(id="N", population=text), "12.345", "12345"),
        (lambda text: po.Opening(id="O", wage_eur_per_hour=text), "1,234", "1234"),
        (lambda text: po.Employer(id="E", jobs_pledged=text), "1,5", "1.5"),
    ],
)
def test_only_readings_that_the_field_takes_are_named(build, text, number):
    assert hint_of(lambda: build(text)) == f"write the number without quotes: {number}"
    assert build(float(number))


def test_where_the_field_takes_no_reading_all_are_named():
    hint = hint_of(lambda: po.Candidate(id="C", wage_value="55.000"))
    assert hint.endswith("55 or 55000")


def test_a_number_that_could_be_a_citizen_number_is_not_repeated():
    with pytest.raises(po.InvalidInputError) as caught:
        po.Municipality(id="N", population="111222333")
    assert "111222333" not in str(caught.value)


@given(st.decimals(-(10**6), 10**6, places=6), st.integers(0, 6))
def test_a_rounded_number_is_written_plainly(number, places):
    text = rounded_text(Fraction(number), places)
    assert "E" not in text
    assert abs(Decimal(text) - number) <= Decimal(1) / 2 / 10**places


@pytest.mark.parametrize(
    ("id_", "hint"),
    [
        (5.0, "write it as text; a missing value turns a column of integers into floats"),
        ("K\t1", "write 'K1' or 'K 1'"),
        ("\ufeffK1", "write 'K1'"),
        ("a  b ", "write 'a  b'"),
        ("\x00", "leave the field out when it is not known"),
    ],
)
def test_the_hint_for_an_id_changes_none_of_its_characters(id_, hint):
    assert hint_of(lambda: po.Coach(id=id_)) == hint
