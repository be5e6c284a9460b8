"""What a verdict tells: five of what is wrong and how many more, and the sum of its terms."""

from fractions import Fraction

import pytest

import placement_opt as po
from placement_opt.instance.placement import Violation
from placement_opt.run.verification import Fault, TermValue, Verdict, _names


def verdict(n_broken, n_faults=0):
    rule = po.OnePlacement()
    return Verdict(
        tuple(Violation("a rule", f"C-{n}", "broken") for n in range(n_broken)),
        (
            TermValue("A", Fraction(2), Fraction(3), Fraction(6)),
            TermValue("B", Fraction(-1), Fraction(1, 3), Fraction(-1, 3)),
        ),
        (),
        tuple(Fault(rule, f"fault {n}", f"fout {n}") for n in range(n_faults)),
    )


@pytest.mark.parametrize(
    ("n_broken", "n_faults", "n_told", "ending"),
    [
        (0, 0, 0, ""),
        (1, 0, 1, "(C-0): broken"),
        (5, 0, 5, "(C-4): broken"),
        (6, 0, 6, "(C-4): broken; and 1 more"),
        (3, 4, 6, "fault 1; and 2 more"),
    ],
)
def test_five_are_told_and_the_others_counted(n_broken, n_faults, n_told, ending):
    found = verdict(n_broken, n_faults)
    parts = found.told().split("; ") if found.told() else []
    assert len(parts) == n_told
    assert found.told().endswith(ending)
    assert found.is_sound is (n_broken + n_faults == 0)


def test_the_objective_is_the_sum_of_the_terms():
    assert verdict(0).objective == Fraction(17, 3)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ([("A", ""), ("B", "sector")], ["A", "B"]),
        ([("A", "sector"), ("A", "region")], ["A (sector)", "A (region)"]),
        ([("A", ""), ("A", "region")], ["A", "A (region)"]),
    ],
)
def test_a_name_says_what_sets_it_apart_where_another_has_it_too(keys, told):
    assert _names(keys) == told
