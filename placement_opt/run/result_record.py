"""What a solve ends with, as data: status, proof, rows of tables, the record of the run."""

from collections.abc import Iterator
from os import PathLike
from typing import Self

from pydantic import ValidationError
from typing_extensions import override

from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.json_files import parse_json, read_text, write_atomically
from placement_opt.basics.read_only import Facts, ReadOnlyDict
from placement_opt.basics.rows import (
    AssumptionRow,
    BlockingRow,
    ChangeRow,
    CostRow,
    OpeningRow,
    PathRow,
    PlacementRow,
    ProofPart,
    RemarkRow,
    ResultPart,
    TermRow,
    UnplacedRow,
)
from placement_opt.basics.rows_of_limits import BudgetRow, CoachRow, QuotaRow
from placement_opt.basics.short_text import Told, told_parts
from placement_opt.basics.status import Status, StopReason, relative_gap
from placement_opt.formulation.certificate_record import CertificateRecord
from placement_opt.run.compiled import Compiled
from placement_opt.run.run_record import RunRecord
from placement_opt.run.start_outcome import StartOutcome

VARIANTS = "variants"
PERIODS = "periods"
"""The statistic that is there where pairs can be had in several ways, and only there."""


class ResultRecord(ResultPart):
    """A plan with its proof, reasons and rows of tables; what does not exist is None.

    Attributes
    ----------
    status, stop_reason
        What is known about the plan, and why the search stopped.
    objective
        Points of the plan, always maximised; None without a plan.
    expected_placements
        How many placements are expected to hold, where `ExpectedPlacements` counts that.
    bound
        No plan has more points than this; the best proven by any part.
    certified_bound
        The best bound that was re-checked in exact integer arithmetic.
    proof
        How each bound was proven, and over which pairs.
    conflicts
        Where no plan exists: rows as ``"rule (about)"`` that no plan keeps together.
    conflicts_are_minimal
        True where it is shown that any of those left out makes room for a plan, False where
        some may not be needed; None without conflicts.
    start
        What became of the start plan; None where none was given.
    blocking_rows
        Pairs that would rather have each other; None where no two sides rank each other.
    stats
        What was measured, an open dictionary: ``candidates``, ``openings``, ``pairs``, ``rows``
        and ``variables``; ``variants``, the ways that all pairs have together, where some have
        several; ``seconds`` by phase (``pairs``, ``lower``, ``formulate``, ``search``,
        ``verify``) and ``elapsed_s`` of all; ``peak_memory_mb``; ``found_by`` and ``proven_by``,
        the source of plan and bound; ``way``, what the solver noted on its way; ``trace``, the best
        plan and bound over time (``elapsed_s``, ``source``, ``objective``, ``bound``).
    run
        What it takes to repeat the run and to check its result.
    certificate
        Prices that prove `certified_bound`, or that there is no plan; None without either.
    """

    region: str
    date: str | None = None
    status: Status
    stop_reason: StopReason
    objective: float | None = None
    expected_placements: float | None = None
    bound: float | None = None
    certified_bound: float | None = None
    proof: tuple[ProofPart, ...] = ()
    n_candidates: int
    start: StartOutcome | None = None
    placement_rows: tuple[PlacementRow, ...] = ()
    unplaced_rows: tuple[UnplacedRow, ...] = ()
    opening_rows: tuple[OpeningRow, ...] = ()
    path_rows: tuple[PathRow, ...] = ()
    quota_rows: tuple[QuotaRow, ...] = ()
    coach_rows: tuple[CoachRow, ...] = ()
    budget_rows: tuple[BudgetRow, ...] = ()
    cost_rows: tuple[CostRow, ...] = ()
    term_rows: tuple[TermRow, ...] = ()
    change_rows: tuple[ChangeRow, ...] = ()
    blocking_rows: tuple[BlockingRow, ...] | None = None
    remark_rows: tuple[RemarkRow, ...] = ()
    assumption_rows: tuple[AssumptionRow, ...] = ()
    conflicts: tuple[str, ...] = ()
    conflicts_are_minimal: bool | None = None
    stats: Facts = ReadOnlyDict()
    run: RunRecord
    certificate: CertificateRecord | None = None

    @override
    def __eq__(self, other: object) -> bool:
        """Compare what is told, not who answers questions about it."""
        return isinstance(other, ResultRecord) and self.model_dump() == other.model_dump()

    __hash__ = None  # type: ignore[assignment] # holds dictionaries

    @property
    def gap(self) -> float | None:
        """``(bound - objective) / max(|objective|, |bound|)``, or None while one is missing."""
        if self.objective is None or self.bound is None:
            return None
        return relative_gap(self.objective, self.bound)

    @property
    def has_plan(self) -> bool:
        """True when there is a plan, possibly an empty one."""
        return self.status in {Status.OPTIMAL, Status.FEASIBLE}

    @property
    def is_contradicted(self) -> bool:
        """True where a rule or term of the user's own contradicts itself on this plan."""
        return any(row.kind == "contradiction" for row in self.remark_rows)

    @override
    def __repr_args__(self) -> Iterator[tuple[str | None, Told]]:
        """Tell the headline: what is known, and how many people it is about."""
        names = ("region", "date", "status", "stop_reason", "objective", "bound", "gap")
        told = {name: getattr(self, name) for name in names}
        told |= {"status": str(self.status), "stop_reason": str(self.stop_reason)}
        counts = {"placements": self.placement_rows, "unplaced": self.unplaced_rows}
        return told_parts([*told.items(), *counts.items(), ("remarks", self.remark_rows)])

    def compiled(self) -> Compiled | None:
        """Return the model in integers as solved; None where the result does not know its model."""
        return None

    def to_json(self, path: str | PathLike[str], overwrite: bool = False) -> None:  # noqa: FBT001, FBT002 - contract
        """Write the result to a file, wholly or not at all.

        Raises
        ------
        FileExistsError
            When the file exists and `overwrite` is False.
        OSError
            When it cannot be written there: no such folder, a folder of that name, no permission.
        """
        write_atomically(path, self.model_dump_json(indent=1) + "\n", overwrite=overwrite)

    @classmethod
    def from_json(cls, path: str | PathLike[str]) -> Self:
        """Read a result that `to_json` wrote.

        Raises
        ------
        InvalidInputError
            When the file is no result.
        """
        fields = parse_json(read_text(path))
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidInputError.single(
                "result",
                None,
                ".".join(map(str, first["loc"])) or "file",
                str(first["input"])[:60],
                f"must be as Result.to_json writes it ({first['msg'].lower()})",
                "write the file with Result.to_json",
            ) from None
