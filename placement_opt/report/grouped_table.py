"""Tables of a result with the groups of the records that their rows are about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from placement_opt.basics.errors import InvalidInputError, closest_hint, closest_ids
from placement_opt.instance.groupings import groups_of_records
from placement_opt.instance.instance import Instance
from placement_opt.records import Region

if TYPE_CHECKING:
    import pandas as pd


def with_groups(table: "pd.DataFrame", region: Region, groups: Sequence[str]) -> "pd.DataFrame":
    """Return a table with a column for each group; see `Result.with_groups`."""
    import pandas as pd

    instance = Instance(region)
    known = sorted(groups_of_records(instance))
    unknown = [group for group in groups if group not in known]
    if unknown:
        group, close = unknown[0], closest_ids(unknown[0], known)
        listed = ", ".join(known) or "none: no record has groups"
        hint = closest_hint(close) if close else f"the groups of the records are {listed}"
        raise InvalidInputError.single(
            "result", None, "groups", group, "must be a group of the records", hint
        )
    found = table.copy()
    ids = _ids(table, instance)
    for way in groups or known:
        kind, _, name = way.partition(".")
        if kind in ids:
            records = getattr(instance, f"{kind}_of")
            labels = [
                records[id_].groups.get(name) if id_ in records else None for id_ in ids[kind]
            ]
            found[way] = pd.Series(labels, index=found.index, dtype=object)
    return found


def _ids(table: "pd.DataFrame", instance: Instance) -> dict[str, Sequence[str | None]]:
    """Return the ids of candidates, openings and employers of the rows, as far as there are any."""
    ids: dict[str, Sequence[str | None]] = {
        kind: table[f"{kind}_id"].tolist()
        for kind in ("candidate", "opening", "employer")
        if f"{kind}_id" in table
    }
    if "opening" in ids and "employer" not in ids:
        openings = (instance.opening_of.get(id_ or "") for id_ in ids["opening"])
        ids["employer"] = [None if one is None else one.employer for one in openings]
    return ids
