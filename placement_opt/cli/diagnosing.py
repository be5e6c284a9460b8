"""The command that says why there is no plan, or why minimums are missed."""

import typer

from placement_opt.cli.errors import told_errors
from placement_opt.cli.files import RegionPath, region_at
from placement_opt.cli.law import LawFile
from placement_opt.cli.options import AsJson, InLanguage, Language, Seed, TimeLimit
from placement_opt.cli.solving import NO_PLAN, law_at
from placement_opt.solvers.search.limits import SearchLimits


def diagnose(
    region: RegionPath,
    time_limit: TimeLimit = SearchLimits.time_limit_s,
    seed: Seed = SearchLimits.seed,
    rulebook: LawFile = None,
    language: InLanguage = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Tell why no plan keeps all limits; where some plan does, why minimums cannot all be met."""
    with told_errors(as_json=as_json):
        from placement_opt.model import Model

        model = Model(region_at(region), rulebook=law_at(rulebook))
        found = model.diagnose(time_limit_s=time_limit, seed=seed)
        has_no_plan = found.is_feasible is False
        if found.is_feasible:
            found = model.diagnose(time_limit_s=time_limit, seed=seed, meet_minimums=True)
        print(found.model_dump_json() if as_json else found.text(language.value))
    if has_no_plan:
        raise typer.Exit(NO_PLAN)
