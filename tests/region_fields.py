"""The fields of a small region, and its problems."""

import pytest

from placement_opt.basics.errors import InvalidInputError

BSN = "123456782"


def fields(**changed):
    """Return the raw fields of a small valid region, with some of them changed."""
    return {
        "name": "north",
        "candidates": [{"id": "C-101"}, {"id": "C-202"}],
        "openings": [{"id": "O-101", "sector_of_work": "care"}, {"id": "O-202"}],
        "employers": [{"id": "E-101"}],
        "coaches": [{"id": "K-101"}],
        "municipalities": [{"id": "Nijmegen"}, {"id": "Beuningen"}],
    } | changed


def problems_of(build, *args, **kwargs):
    with pytest.raises(InvalidInputError) as caught:
        build(*args, **kwargs)
    return caught.value.problems


def first(record, **changed):
    """Return two records, the first with some fields changed."""
    prefix = record[0]
    return [{"id": f"{prefix}-101", **changed}, {"id": f"{prefix}-202"}]
