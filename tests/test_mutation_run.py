"""The run of deliberate breaks knows every module that it is for, and tests that exist."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILE = ROOT / ".ci" / "mutation" / "neighbourhoods.toml"
BESIDE_CONSTRAINTS = (
    "assembly",
    "certificate",
    "formulation",
    "mixed_integer_rounding",
    "own_variables",
    "pair_entries",
    "points",
    "row_blocks",
    "verification",
)

if not FILE.exists():
    pytest.skip(".ci is no part of this tree", allow_module_level=True)
NEIGHBOURHOODS = tomllib.loads(FILE.read_text(encoding="utf-8"))["neighbourhood"]


def test_every_module_is_broken_in_one_neighbourhood():
    constraints = (ROOT / "placement_opt" / "constraints").glob("*.py")
    wanted = [*BESIDE_CONSTRAINTS, *(f"constraints/{path.stem}" for path in constraints)]
    assert sorted(wanted) == sorted(name for place in NEIGHBOURHOODS for name in place["modules"])


@pytest.mark.parametrize("place", NEIGHBOURHOODS, ids=lambda place: place["modules"][0])
def test_the_tests_of_a_neighbourhood_exist(place):
    named = [word for word in f"{place['near']} {place['wide']}".split() if "/" in word]
    assert len(named) == len(set(named)), "what the near tests let pass, others have to notice"
    assert [name for name in named if not (ROOT / name).is_file()] == []
