"""What a plan takes for granted, gathered in one place: from rules, terms and the rulebook."""

from collections.abc import Callable, Iterator

from placement_opt.basics.rows import AssumptionRow
from placement_opt.instance.instance import Instance
from placement_opt.records import Candidate, Region
from placement_opt.rulebook import Parameter
from placement_opt.rulebook.coaching import LAST_STEP
from placement_opt.run.compiled import Compiled

_LAW = "Rulebook"


def assumption_rows(compiled: Compiled) -> tuple[AssumptionRow, ...]:
    """Return a row for each assumption: of the records, of rules and terms, then of the law.

    The rulebook is asked until the last table of a result is made, so that this comes after it.
    """
    instance = compiled.pairs.instance
    region = instance.region
    return (
        *region.reading.assumed(),
        *compiled.assumptions,
        *_of_trials(region),
        *_of_the_law(instance),
    )


def _of_trials(region: Region) -> Iterator[AssumptionRow]:
    """Yield that trials are no part of a plan of one week."""
    on_trial = [one for one in region.openings if one.trial_months is not None]
    if on_trial and not region.periods:
        yield AssumptionRow(
            rule="Region",
            about="trial_months",
            count=len(on_trial),
            text="without periods a plan is a week under contract: trials before it are not"
            " planned",
            text_nl="zonder perioden is een plan een week onder contract: proefplaatsingen ervoor"
            " worden niet gepland",
        )


def _of_the_law(instance: Instance) -> Iterator[AssumptionRow]:
    """Yield a date of the law that is not the region's, and the last known values that stood in."""
    law, day = instance.known_rulebook, instance.region.date
    if law is None:
        return
    if day not in {None, law.date}:
        yield AssumptionRow(
            rule=_LAW,
            about="date",
            count=instance.n_candidates,
            text=f"the law is that of {law.date}, as the rulebook says; the region is of {day}",
            text_nl=f"de wet is die van {law.date}, zoals het rulebook zegt; de regio is van {day}",
        )
    if instance.region.periods:
        yield AssumptionRow(
            rule=_LAW,
            about="periods",
            count=len(instance.region.periods),
            text=f"the law of {law.date} holds in all periods",
            text_nl=f"de wet van {law.date} geldt in alle perioden",
        )
    for row in law.assumed():
        about = row.name if row.municipality is None else f"{row.name} ({row.municipality})"
        last, day = row.valid_until, law.date
        in_dutch = str(row.value).replace(".", ",")
        yield AssumptionRow(
            rule=_LAW,
            about=about,
            count=sum(_holds_for(instance, row)),
            text=f"{about} is known until {last} only; the plan of {day} takes the value of then,"
            f" {row.value} {row.unit}",
            text_nl=f"{about} is bekend tot en met {last}; het plan van {day} rekent met de waarde"
            f" van toen, {in_dutch}",
        )


def _holds_for(instance: Instance, row: Parameter) -> Iterator[bool]:
    """Tell of each candidate whether the value is read for them."""
    is_of = _reader_of(row.name)
    own = {book.municipality for book in instance.rulebooks if book.last_known(row.name) == row}
    for candidate in instance.region.candidates:
        reading = instance.rulebook_of(candidate.municipality).municipality
        yield reading in own and is_of(candidate)


def _reader_of(name: str) -> Callable[[Candidate], bool]:
    """Return who a parameter is for: those of an age or regime that its name has, or everybody."""
    *kind, last = name.split(".")
    if kind == ["minimum_wage", "youth_share"]:
        return lambda candidate: str(candidate.minimum_wage_age) == last
    if kind[:2] == ["coaching", "share"]:
        return lambda candidate: (
            kind[2] in {candidate.coaching_regime, *candidate.coaching_options}
            and f"year_{min(candidate.coaching_year or 0, LAST_STEP)}" == last
        )
    return lambda _: True
