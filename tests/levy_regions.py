"""Employers of a levy scenario, in a line."""

import datetime as dt
from typing import Any

import pandas as pd

import placement_opt as po

DATE = dt.date(2019, 6, 1)


def employer(id_: str = "E-1", **fields: Any) -> po.Employer:
    usual: dict[str, Any] = {
        "sector": "government",
        "paid_hours_per_year": 100_000,
        "paid_hours_previous_year": 100_000,
        "target_group_hours_per_year": 0,
    }
    return po.Employer(id=id_, **(usual | fields))


def region(*employers: po.Employer, **fields: Any) -> po.Region:
    person: dict[str, Any] = {"ground": "38b.1.a", "hours_per_week": (0, 25.5)}
    usual: dict[str, Any] = {
        "name": "town",
        "date": DATE,
        "candidates": [po.Candidate(id="C-1", **person)],
        "openings": [po.Opening(id="O-1", employer="E-1", hours_per_week=(0, 25.5))],
    }
    return po.Region(**(usual | {"employers": employers} | fields))


def row(table: pd.DataFrame, employer_id: str = "E-1") -> dict[str, Any]:
    (found,) = table[table["employer_id"] == employer_id].to_dict("records")
    return {str(name): value for name, value in found.items()}


PLACED = [("C-1", "O-1")]
