"""The same linear relaxation over fewer variables: holders of capacity that are alike as one."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import Formulation


def lumped(formulation: Formulation) -> tuple[Formulation, npt.NDArray[np.int64]]:
    """Return a smaller formulation, and which of its rows stands for each row, shape (R,).

    Prices of its rows, looked up that way, prove for the whole what they prove for it. A
    formulation without such holders comes back as it is.
    """
    if all(block.pools is None for block in formulation.blocks):
        return formulation, np.arange(formulation.n_rows)
    blocks, gain, of_row = [], [formulation.objective.gain[: formulation.n_pairs]], []
    n_rows = 0
    for number, block in enumerate(formulation.blocks):
        if block.pools is None:
            rows, within = block, np.arange(len(block))
            gain.append(formulation.own_values(formulation.objective.gain, number))
        else:
            part = block.pools.lumped(block)
            rows, within = part.rows, part.of_row
            gain.append(np.zeros(len(rows.variables or ()), dtype=np.int64))
        blocks.append(rows)
        of_row.append(n_rows + within)
        n_rows += len(rows)
    objective = replace(formulation.objective, gain=np.concatenate(gain))
    return (
        Formulation(formulation.n_pairs, tuple(blocks), (objective,)),
        np.concatenate(of_row),
    )
