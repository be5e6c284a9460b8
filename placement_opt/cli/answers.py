"""The commands on plans at hand: ``replan``, ``compare`` and ``dossier``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from placement_opt.cli.errors import told_errors
from placement_opt.cli.files import RegionPath, region_at
from placement_opt.cli.law import LawFile
from placement_opt.cli.options import (
    AsJson,
    Gap,
    InLanguage,
    Language,
    Out,
    Overwrite,
    Quiet,
    Seed,
    TimeLimit,
)
from placement_opt.cli.solving import NO_PLAN, check_free, law_at, solved_by
from placement_opt.solvers.search.limits import SearchLimits

if TYPE_CHECKING:
    import pandas as pd

    from placement_opt.records import Region
    from placement_opt.result import Result

PlanPath = Annotated[Path, typer.Argument(help="JSON file of the result.")]
Names = Annotated[list[str] | None, typer.Option(help="A candidate id; repeat it for several.")]


def replan(
    plan: PlanPath,
    region: RegionPath,
    before: Annotated[
        Path | None, typer.Option(help="The region of the plan; left out where it is the same.")
    ] = None,
    max_changes: Annotated[int | None, typer.Option(min=0, help="Most people who change.")] = None,
    change_price: Annotated[
        float | None, typer.Option(min=0, help="Points that a change has to be worth.")
    ] = None,
    fixed: Names = None,
    released: Names = None,
    dropped_out: Names = None,
    out: Out = None,
    time_limit: TimeLimit = SearchLimits.time_limit_s,
    gap: Gap = SearchLimits.gap,
    seed: Seed = SearchLimits.seed,
    rulebook: LawFile = None,
    language: InLanguage = Language.EN,
    as_json: AsJson = False,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Solve again after something changed, from the plan that people know.

    REGION is that of today, --before the one that the plan was made for.
    """
    with told_errors(as_json=as_json):
        from placement_opt.answers.replan import replan as solve_again

        check_free(out, overwrite=overwrite)
        today = region_at(region)
        old = _with_model(plan, today if before is None else region_at(before), rulebook)
        asked = {"time_limit_s": time_limit, "gap": gap, "seed": seed}
        new = solved_by(
            lambda watched: solve_again(
                old,
                today,
                fixed or (),
                max_changes,
                change_price,
                released or (),
                dropped_out=dropped_out or (),
                **asked,
                **watched,
            ),
            out,
            is_quiet=quiet,
            overwrite=overwrite,
            time_limit_s=time_limit,
        )
        if as_json:
            print(new.model_dump_json())
        else:
            why = "why_nl" if language is Language.NL else "why"
            print(new.summary(language.value))
            print(_table(new.changes[["candidate_id", "before", "after", why]]))
    if not new.has_plan:
        raise typer.Exit(NO_PLAN)


def compare(
    plans: Annotated[list[Path], typer.Argument(help="JSON files of results, the base first.")],
    as_json: AsJson = False,
) -> None:
    """Put plans side by side: totals, and who is elsewhere."""
    with told_errors(as_json=as_json):
        from placement_opt.answers.compare import compare as beside
        from placement_opt.result import Result

        named: dict[str, Any] = {
            f"{path.stem} ({number})": Result.from_json(path)
            for number, path in enumerate(plans, start=1)
        }
        found = beside(**named)
        if as_json:
            tables = {"totals": found.totals, "moves": found.moves}
            print(json.dumps({name: _records(table) for name, table in tables.items()}))
        else:
            print(_table(found.totals))
            print(_table(found.moves))


def dossier(
    plan: PlanPath,
    region: RegionPath,
    folder: Annotated[Path, typer.Argument(help="Folder to write.")],
    least_count: Annotated[int, typer.Option(min=1, help="Smaller counts are left out.")] = 5,
    rulebook: LawFile = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace such a folder.")] = False,
) -> None:
    """Write what accounts for a plan, and an entry for the algorithm register; names nobody."""
    with told_errors(as_json=False):
        result = _with_model(plan, region_at(region), rulebook)
        result.dossier(folder, least_count=least_count, overwrite=overwrite)
        print(f"Written to {folder}; algorithm_register.json has fields for you to fill in.")


def _with_model(plan: Path, region: "Region", rulebook: Path | None) -> "Result":
    """Read a result with the model that its run record tells."""
    from placement_opt.model import Model
    from placement_opt.result import Result
    from placement_opt.rulebook import Rulebook

    run, law = Result.from_json(plan).run, law_at(rulebook)
    if law is None and run.rulebook is not None:
        law = Rulebook.from_record(run.rulebook)
    model = Model(region, rules=run.read_rules(), objective=run.read_terms(), rulebook=law)
    return Result.from_json(plan, model=model)


def _table(frame: "pd.DataFrame") -> str:
    return "Nobody is elsewhere." if frame.empty else frame.to_string(index=False)


def _records(frame: "pd.DataFrame") -> list[dict[str, object]]:
    read: list[dict[str, object]] = json.loads(frame.to_json(orient="records"))
    return read
