"""Small regions kept as files, with the optimum that was proven when they were written.

A change of a rule or a term that alters one of these numbers has to be meant: then
`python tests/whole/test_golden.py` writes the new ones, and CHANGELOG.md says why.
"""

import json
from pathlib import Path

import pytest

import placement_opt as po

GOLDEN = Path(__file__).parent / "golden"
EXPECTED = GOLDEN / "expected.json"
NAMES = ("everything", "mixed", "equal_coaching", "larger")


def told(result):
    return {
        "objective": round(result.objective, 6),
        "no_eligible_opening": sum(
            row.reason == "no_eligible_opening" for row in result.unplaced_rows
        ),
        "pairs": result.stats["pairs"],
        "fingerprint": result.run.input,
    }


def solved(name):
    return po.solve(po.Region.from_json(GOLDEN / f"{name}.json"), gap=0)


@pytest.mark.parametrize("name", NAMES)
def test_the_optimum_is_the_one_on_file(name):
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))[name]
    result = solved(name)
    assert result.status is po.Status.OPTIMAL
    # Several plans may be best; these numbers are the same for all of them.
    assert told(result) == expected


def test_no_golden_region_is_left_out():
    files = {path.stem for path in GOLDEN.glob("*.json")} - {EXPECTED.stem}
    assert files == set(NAMES)


if __name__ == "__main__":
    numbers = {name: told(solved(name)) for name in NAMES}
    EXPECTED.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
