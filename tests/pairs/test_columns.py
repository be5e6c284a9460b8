"""Pair columns: computed in bulk, equal to the last digit to what a plan reads from the records."""

import datetime as dt
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import complete_regions, regions, with_options

from placement_opt.basics.errors import Findings, InvalidInputError
from placement_opt.basics.quantities import read_number
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import AMOUNTS, Plan
from placement_opt.pairs.columns import PAIR_COLUMNS, pair_column
from placement_opt.pairs.distinct import distinct_values
from placement_opt.pairs.regimes import in_regimes
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records import Candidate, Opening, Region
from placement_opt.rulebook import MissingParameterError, Rulebook

TODAY = dt.date(2026, 2, 1)


def all_pairs(region, rulebook=None, **columns):
    """Every pair of the region, eligible or not, sorted as a pair table is."""
    instance = Instance(region, rulebook)
    rows, places = np.indices((instance.n_candidates, instance.n_openings))
    candidate, opening = rows.ravel().astype(np.int32), places.ravel().astype(np.int32)
    findings = Findings()
    pairs = in_regimes(PairTable(instance, candidate, opening, **columns), [], findings)
    findings.refuse()
    return pairs


def with_ordinance(region):
    """The law with employer charges, and an ordinance of the region's first municipality."""
    book = Rulebook.on(region.date).override({"wage_subsidy.employer_charges": "0.235"})
    own = {
        "coaching.share.intensive.year_1": "0.12",
        "coaching.share.light.year_1": "0.055",
        "wage_subsidy.employer_charges": "0.2",
        "wage_subsidy.cap": "0.65",
    }
    places = Instance(region).municipality_ids
    return book.override(own, municipality=places[0]) if places else book


def one_pair(candidate, opening, **columns):
    region = Region(
        name="test",
        date=TODAY,
        candidates=[Candidate(id="C", **candidate)],
        openings=[Opening(id="O", **opening)],
    )
    return all_pairs(region, **columns)


def plain(pairs, row, name):
    instance = pairs.instance
    placement = Placement(
        instance.candidate_ids[pairs.candidate[row]],
        instance.opening_ids[pairs.opening[row]],
        variant=pairs.variant_of(row),
    )
    plan = Plan(instance, [placement])
    if name == "wage_value":
        given_value = plan.candidate(placement).wage_value
        return None if given_value is None else read_number(given_value)
    return plan.amount(placement, name)


def plain_or_none(pairs, row, name):
    try:
        return plain(pairs, row, name)
    except InvalidInputError:  # the law of that day is not known
        return None


@settings(deadline=None, max_examples=80)
@given(region=with_options(complete_regions(), least=1))
def test_columns_equal_the_plain_readings(region):
    pairs = all_pairs(region, with_ordinance(region))
    for name in PAIR_COLUMNS:
        column = pair_column(pairs, name)
        for row in range(len(pairs)):
            assert column.fraction(row) == plain(pairs, row, name)


def test_each_column_has_its_plain_reading():
    assert {name: column.plain for name, column in PAIR_COLUMNS.items()} == AMOUNTS


@settings(deadline=None, max_examples=60)
@given(region=with_options(regions()))
def test_a_column_is_refused_exactly_where_a_plain_reading_is_unknown(region):
    pairs = all_pairs(region)
    for name in PAIR_COLUMNS:
        readings = [plain_or_none(pairs, row, name) for row in range(len(pairs))]
        if None in readings:
            with pytest.raises(InvalidInputError):
                pair_column(pairs, name)
        else:
            column = pair_column(pairs, name)
            assert [column.fraction(row) for row in range(len(pairs))] == readings


def test_hours_are_the_smaller_maximum():
    pairs = one_pair({"hours_per_week": (8, 20.5)}, {"hours_per_week": (8, 36)})
    assert pair_column(pairs, "hours_per_week").fraction(0) == Fraction(41, 2)


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        ({"coaching_regime": "intensive", "coaching_year": 1}, Fraction(3825, 1000)),
        ({"coaching_regime": "none"}, 0),
        ({"coaching_hours_per_week": 1.25}, Fraction(5, 4)),
        ({"coaching_hours_per_week": 0}, 0),
    ],
)
def test_coaching_hours_are_a_share_of_the_hours_or_the_own_number(candidate, expected):
    candidate = {"hours_per_week": (8, 25.5), **candidate}
    pairs = one_pair(candidate, {"hours_per_week": (8, 36)})
    assert pair_column(pairs, "coaching_hours_per_week").fraction(0) == expected


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        # 60 % of the minimum wage at 32 of 36 hours: 881.19 a month, times twelve, to the cent.
        ({"wage_value": 0.6, "ground": "38b.1.a"}, "10574.25"),
        ({"wage_value": 0.6}, "10574.25"),
        ({"wage_value": 0.6, "minimum_wage_age": 21}, "10574.25"),
        ({"wage_value": 0.6, "ground": "38b.1.b"}, "0"),
        ({"ground": "38b.1.b"}, "0"),
        ({"wage_value": 0.6, "ground": "none"}, "10574.25"),
        ({"wage_value": 1, "ground": "38b.1.a"}, "0"),
    ],
)
def test_subsidy_follows_the_rulebook_and_the_ground(candidate, expected):
    candidate = {"hours_per_week": (8, 32), **candidate}
    pairs = one_pair(candidate, {"hours_per_week": (8, 36)})
    column = pair_column(pairs, "subsidy_eur_per_year")
    assert column.scale == 100
    assert column.fraction(0) == Fraction(expected)


@pytest.mark.parametrize(
    ("ground", "share"),
    [("38b.1.a", "0.12"), ("none", "0.12"), (None, "0.12"), ("38b.1.c", "0.15")],
)
def test_an_ordinance_decides_coaching_unless_uwv_pays(ground, share):
    candidate = {"coaching_regime": "intensive", "coaching_year": 1, "hours_per_week": (8, 20)}
    region = Region(
        name="test",
        date=TODAY,
        candidates=[
            Candidate(id="C", municipality="M-1", ground=ground, **candidate),
            Candidate(id="D", municipality="M-2", ground=ground, **candidate),
        ],
        openings=[Opening(id="O", hours_per_week=(8, 36))],
    )
    law = {"coaching.share.intensive.year_1": "0.12"}
    book = Rulebook.on(TODAY).override(law, municipality="M-1")
    pairs = all_pairs(region, book)
    column = pair_column(pairs, "coaching_hours_per_week")
    assert [column.fraction(row) for row in (0, 1)] == [20 * Fraction(share), 3]
    assert [plain(pairs, row, "coaching_hours_per_week") for row in (0, 1)] == [
        20 * Fraction(share),
        3,
    ]


def test_charges_come_on_top_of_subsidies_and_are_never_guessed():
    candidate = {"wage_value": 0.6, "ground": "38b.1.a", "hours_per_week": (8, 36)}
    pairs = one_pair(candidate, {"hours_per_week": (8, 36)})
    region, law = pairs.instance.region, Rulebook.on(TODAY)
    before = Rulebook.on("2014-12-31")  # the share is known from 2015 on
    for name in ("hours_norm_per_week", "weeks_per_year", "holiday_allowance", "cap"):
        before = before.with_parameter(f"wage_subsidy.{name}", law.value(f"wage_subsidy.{name}"))
    before = before.with_parameter("minimum_wage.eur_per_hour", 10)
    with pytest.raises(MissingParameterError, match=r"wage_subsidy\.employer_charges"):
        pair_column(all_pairs(region, before), "subsidy_with_charges_eur_per_year")
    # 1.235 x 11,896.0354...: the exact year, rounded once.
    column = pair_column(all_pairs(region, law), "subsidy_with_charges_eur_per_year")
    assert column.fraction(0) == Fraction("14691.60")
    own = {"subsidy_eur_per_year": Column.of(np.array([100_001]), 100)}
    pairs = all_pairs(region, law, given=own)
    column = pair_column(pairs, "subsidy_with_charges_eur_per_year")
    placement = Placement("C", "O", None, {"subsidy_eur_per_year": Fraction("1000.01")})
    read = Plan(pairs.instance, [placement]).amount(placement, "subsidy_with_charges_eur_per_year")
    assert column.fraction(0) == read == Fraction("1235.01235")
    huge = {"subsidy_eur_per_year": Column.of(np.array([2**62]), 100)}
    with pytest.raises(InvalidInputError, match="must fit a signed 64-bit integer with employer"):
        pair_column(all_pairs(region, law, given=huge), "subsidy_with_charges_eur_per_year")


def test_a_young_person_has_a_lower_minimum_wage_and_subsidy():
    amounts = []
    for age in (18, 21):
        candidate = {"hours_per_week": (8, 32), "wage_value": 0.6, "minimum_wage_age": age}
        pairs = one_pair(candidate, {"hours_per_week": (8, 36)})
        amounts.append(pair_column(pairs, "subsidy_eur_per_year").fraction(0))
    assert amounts[0] < amounts[1]


def test_a_given_column_wins_also_inside_other_columns():
    hours = Column.of(np.array([255]), 10)
    wage_value = Column.of(np.array([100]), 100)
    pairs = one_pair(
        {"coaching_regime": "intensive", "coaching_year": 1, "ground": "38b.1.a"},
        {},
        given={"hours_per_week": hours, "wage_value": wage_value},
    )
    assert pair_column(pairs, "hours_per_week") is hours
    assert pair_column(pairs, "coaching_hours_per_week").fraction(0) == Fraction(3825, 1000)
    assert pair_column(pairs, "subsidy_eur_per_year").fraction(0) == 0


def test_a_computed_column_is_kept():
    pairs = one_pair({"hours_per_week": (8, 20)}, {"hours_per_week": (8, 36)})
    first = pair_column(pairs, "hours_per_week", asked_by="one rule")
    assert pair_column(pairs, "hours_per_week", asked_by="another") is first


def test_what_is_missing_is_told_once_a_record_and_says_who_asks():
    region = Region(
        name="test",
        candidates=[
            Candidate(id="C-1"),
            Candidate(id="C-2", hours_per_week=(8, 16)),
            Candidate(id="C-3"),
        ],
        openings=[Opening(id="O-1"), Opening(id="O-2"), Opening(id="O-3", hours_per_week=(8, 16))],
    )
    pairs = all_pairs(region)
    with pytest.raises(InvalidInputError) as caught:
        pair_column(pairs, "hours_per_week", asked_by="jobs quota")
    told = [(found.subject, found.id, found.field) for found in caught.value.problems]
    assert told == [
        ("candidate", "C-1", "hours_per_week"),
        ("candidate", "C-3", "hours_per_week"),
        ("opening", "O-1", "hours_per_week"),
        ("opening", "O-2", "hours_per_week"),
    ]
    assert str(caught.value.problems[0]) == (
        "candidate 'C-1': hours_per_week must be given, since jobs quota needs it, got None."
        " Hint: give the fewest and the most hours a week, such as (16, 24)."
    )


def test_records_without_an_eligible_pair_may_leave_everything_out():
    region = Region(
        name="test",
        candidates=[Candidate(id="C-1"), Candidate(id="C-2", hours_per_week=(8, 16))],
        openings=[Opening(id="O", hours_per_week=(8, 16))],
    )
    pairs = PairTable(
        Instance(region), candidate=np.array([1], np.int32), opening=np.array([0], np.int32)
    )
    assert pair_column(pairs, "hours_per_week").fraction(0) == 16


@pytest.mark.parametrize("name", PAIR_COLUMNS)
def test_no_pairs_need_nothing(name):
    empty = np.zeros(0, dtype=np.int32)
    region = Region(name="test", candidates=[Candidate(id="C")], openings=[Opening(id="O")])
    assert len(pair_column(PairTable(Instance(region), empty, empty), name).values) == 0


@pytest.mark.parametrize(
    ("candidate", "field"),
    [
        ({}, "coaching_regime"),
        ({"coaching_regime": "light"}, "coaching_year"),
    ],
)
def test_missing_coaching_names_the_field(candidate, field):
    pairs = one_pair({"hours_per_week": (8, 16), **candidate}, {"hours_per_week": (8, 16)})
    with pytest.raises(InvalidInputError) as caught:
        pair_column(pairs, "coaching_hours_per_week", asked_by="coaching capacity")
    (problem,) = caught.value.problems
    assert (problem.subject, problem.id, problem.field) == ("candidate", "C", field)
    assert problem.expected == "must be given, since coaching capacity needs it"


def test_a_missing_wage_value_is_asked_only_where_the_ground_opens_a_subsidy():
    hours = {"hours_per_week": (8, 16)}
    with pytest.raises(InvalidInputError) as caught:
        pair_column(one_pair({"ground": "38b.1.a", **hours}, hours), "subsidy_eur_per_year")
    (problem,) = caught.value.problems
    assert (problem.id, problem.field) == ("C", "wage_value")


def test_a_region_without_a_date_has_no_subsidy_column():
    hours = {"hours_per_week": (8, 16)}
    candidate = Candidate(id="C", wage_value=0.5, **hours)
    region = Region(name="test", candidates=[candidate], openings=[Opening(id="O", **hours)])
    with pytest.raises(InvalidInputError, match="date must be given"):
        pair_column(all_pairs(region), "subsidy_eur_per_year")


def test_an_unknown_column_names_the_closest():
    pairs = one_pair({}, {}, given={"travel_cost": Column.of(np.array([1]))})
    with pytest.raises(InvalidInputError, match="did you mean 'travel_cost'"):
        pair_column(pairs, "travel_costs")
    with pytest.raises(InvalidInputError, match="give the column with `pairs=`"):
        pair_column(pairs, "zzz")


def test_a_column_of_labels_is_no_column_of_numbers():
    labels = {"team": (np.zeros(1, dtype=np.int32), ("north",))}
    with pytest.raises(InvalidInputError, match="not of group labels"):
        pair_column(one_pair({}, {}, labels=labels), "team")


@pytest.mark.parametrize("column", [[], [5], [3, -2, 3, 7], [2**60, -(2**60), 2**60], [0] * 9])
def test_distinct_values_give_the_column_back(column):
    values, code = distinct_values(np.array(column, dtype=np.int64))
    assert values.tolist() == sorted(set(column))
    assert values[code].tolist() == column


def test_the_fixed_form_is_not_asked_for_whom_no_subsidy_is_open():
    region = Region(
        name="test",
        date=dt.date(2016, 1, 1),  # before the fixed form
        candidates=[Candidate(id="C", ground="38b.1.b", hours_per_week=(8, 24))],
        openings=[Opening(id="O", hours_per_week=(8, 24))],
    )
    assert pair_column(all_pairs(region), "planned_subsidy_eur_per_year").fraction(0) == 0
