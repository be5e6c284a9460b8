"""Yearly budgets where a region has periods: each calendar year pays for its own share."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.grouped_limit import Usage, grouped_limit, stacked
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.periods import periods_of
from placement_opt.pairs.groups import Groups
from placement_opt.pairs.table import Column, PairTable

_MOST = 1 << 62


def limits_by_year(
    title: str, pairs: PairTable, groups: Groups, paid: Column, at_most: Mapping[int, Fraction]
) -> RowBlock | None:
    r"""Lower ``sum of amount a year <= limit`` to a row for each calendar year of the periods.

    .. math:: \sum_{p \in g} \frac{\text{days under contract in } y}{\text{days of } y}
              u_p x_p \le L_g \quad \text{for each year } y

    Without periods it is one row of the amounts of a year.

    Raises
    ------
    InvalidInputError
        When the exact numbers leave 64 bits.
    """
    periods = pairs.instance.derived(periods_of)
    if periods is None or pairs.start is None or pairs.end is None:
        usage = Usage(groups, paid, unit="eur_per_year")
        return grouped_limit(title, usage, at_most=at_most)
    largest, parts = int(np.abs(paid.values.astype(np.int64)).max(initial=0)), []
    for year, (days, of_year) in periods.years.items():
        if largest * of_year >= _MOST:
            raise _too_large(title, Fraction(largest, paid.scale), f"{of_year} days of {year}")
        before = np.concatenate([[0], np.cumsum(days)])
        common = int(np.gcd.reduce([of_year, *days]))
        paid_from = periods.contract[pairs.opening, pairs.start]
        share = (before[pairs.end] - before[paid_from]) // common
        column = Column.of(paid.values.astype(np.int64) * share, paid.scale * (of_year // common))
        labels = tuple((str(label), str(year)) for label in groups.labels)
        usage = Usage(Groups(groups.code, labels), column, unit="eur_per_year")
        block = grouped_limit(title, usage, at_most=at_most)
        parts += [] if block is None else [block]
    return stacked(title, parts) if parts else None


def _too_large(title: str, amount: Fraction, days: str) -> InvalidInputError:
    expected, hint = f"must fit 64 bits times the {days}", "use amounts in whole cents"
    return InvalidInputError.single("rule", title, "amount", str(amount), expected, hint)
