"""The run of deliberate breaks knows every module that it is for, and tests that exist."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = ROOT / ".ci" / "mutation" / "neighbourhoods.toml"
ROOMS = ("constraints", "formulation")
BESIDE = ("run/verification",)

if not FILE.exists():
    pytest.skip(".ci is no part of this tree", allow_module_level=True)
NEIGHBOURHOODS = tomllib.loads(FILE.read_text(encoding="utf-8"))["neighbourhood"]


def test_every_module_is_broken_in_one_neighbourhood():
    wanted = [
        *BESIDE,
        *(
            f"{room}/{path.stem}"
            for room in ROOMS
            for path in (ROOT / "placement_opt" / room).glob("*.py")
            if (room, path.stem) != ("formulation", "__init__")
        ),
    ]
    assert sorted(wanted) == sorted(name for place in NEIGHBOURHOODS for name in place["modules"])


@pytest.mark.parametrize("place", NEIGHBOURHOODS, ids=lambda place: place["modules"][0])
def test_the_tests_of_a_neighbourhood_exist(place):
    named = [word for word in f"{place['near']} {place['wide']}".split() if "/" in word]
    assert len(named) == len(set(named)), "what the near tests let pass, others have to notice"
    assert [name for name in named if not (ROOT / name).is_file()] == []
