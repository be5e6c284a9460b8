"""Plans of single regions, to hold those of many beside."""

import pytest
from many_regions import REGIONS

import placement_opt as po


@pytest.fixture(scope="module")
def plain() -> dict[str, po.Result]:
    return {name: po.solve(make()) for name, make in REGIONS.items()}
