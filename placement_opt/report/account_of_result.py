"""What a result writes to account for its plan."""

import os
from collections.abc import Sequence

from placement_opt.answers.of_result import AnswersOfResult


class AccountOfResult(AnswersOfResult):
    """A result that writes its dossier."""

    def dossier(
        self,
        folder: str | os.PathLike[str],
        *,
        least_count: int = 5,
        per: Sequence[str] | None = None,
        overwrite: bool = False,
    ) -> None:
        """Write what accounts for this plan to a folder, wholly or not at all; it names no people.

        ``dossier.md`` and ``dossier.nl.md``: the run, the outcome, the bound proven again, rules in
        words with sources, weights, law, assumptions, people by group, known limits.
        ``dossier.json``: the same as data. ``algorithm_register.json``: an entry for the Dutch
        algorithm register, with what the organisation has to fill in left empty.

        Parameters
        ----------
        folder
            The folder.
        least_count
            Counts of people below this are left out, and as many others as keep totals from
            revealing them.
        per
            How people are grouped: ``"municipality"``, ``"ground"``, ``"candidate.<group>"``. None
            takes the first two where people have them.
        overwrite
            Replace a dossier in that folder; one with other files in it is refused.

        Raises
        ------
        InvalidInputError
            When `least_count` or `per` means nothing.
        PlacementError
            When the result was read from a file without its model.
        FileExistsError
            If the folder exists and `overwrite` is False, or if it holds other files.
        OSError
            If it cannot be written there.
        """
        from placement_opt.report.dossier import write_dossier

        write_dossier(self, folder, least_count=least_count, per=per, overwrite=overwrite)
