"""A placement problem as a CP-SAT model of OR-Tools, with the way back to ids."""

from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from placement_opt.basics.errors import UnknownIdError
from placement_opt.formulation.formulation import Formulation
from placement_opt.instance.placement import pair_text
from placement_opt.pairs.table import PairTable
from placement_opt.solvers.engines.cp_sat_writing import cp_sat_model

if TYPE_CHECKING:
    import pandas as pd


class PlacementCpModel(cp_model.CpModel):
    """An ordinary CP-SAT model whose first variables are the eligible pairs, in order.

    Later variables belong to rules: shortfalls, people of a class per coach, totals.
    """

    def __init__(self, pairs: PairTable) -> None:
        # Set first: the constructor of ortools reads every attribute, including properties.
        self._pairs = pairs
        super().__init__()

    def pairs(self) -> "pd.DataFrame":
        """Return one row per pair variable: its index, candidate_id, opening_id and variant.

        The column of variants is there where some pairs can be had in several ways.
        """
        import pandas as pd

        pairs, instance = self._pairs, self._pairs.instance
        columns = {
            "variable": range(pairs.n_pairs),
            "candidate_id": [instance.candidate_ids[c] for c in pairs.candidate],
            "opening_id": [instance.opening_ids[o] for o in pairs.opening],
        }
        if pairs.variant is not None:
            columns["variant"] = list(map(pairs.variant_of, range(pairs.n_pairs)))
        return pd.DataFrame(columns)

    def variable(
        self, candidate_id: str, opening_id: str, variant: str | None = None
    ) -> cp_model.IntVar:
        """Return the variable of a pair, in one of its variants where it has any.

        Raises
        ------
        UnknownIdError
            When an id is unknown, or the pair is not eligible, or not in just that variant.
        """
        pairs, instance = self._pairs, self._pairs.instance
        ends = instance.candidate_idx(candidate_id), instance.opening_idx(opening_id)
        row = pairs.find(*ends, variant)
        if row is None:
            ways = pairs.ways(*ends)
            known = [pair_text(candidate_id, opening_id, pairs.variant_of(way)) for way in ways]
            asked = pair_text(candidate_id, opening_id, variant)
            raise UnknownIdError("eligible pair", asked, known)
        return self.get_int_var_from_proto_index(row)


def placement_cp_model(formulation: Formulation, pairs: PairTable) -> PlacementCpModel:
    """Write the formulation as a CP-SAT model that knows which variable is which pair."""
    model = PlacementCpModel(pairs)
    model.proto.copy_from(cp_sat_model(formulation).proto)
    return model
