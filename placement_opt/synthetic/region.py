"""Synthetic regions: made-up people and work, shaped like a real labour-market region."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Literal

from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.records import Region
from placement_opt.rulebook import Rulebook
from placement_opt.rulebook.refusals import read_date
from placement_opt.synthetic import mix
from placement_opt.synthetic.agreements import excluded, fixed, with_kept_coaches
from placement_opt.synthetic.crews import make_groups, with_crews
from placement_opt.synthetic.layout import lay_out_people, lay_out_work
from placement_opt.synthetic.means import (
    Demand,
    expected_share,
    make_coaches,
    make_municipalities,
    scarce_coaches,
)
from placement_opt.synthetic.people import make_candidates
from placement_opt.synthetic.periods import CUTS, periods_of_year
from placement_opt.synthetic.service_levels import with_options
from placement_opt.synthetic.steps import make_steps, with_budgets
from placement_opt.synthetic.work import make_employers, make_openings

_MOST_RECORDS = 1_000_000
_COACHING = ("mixed", "equal")
_DEMO_CANDIDATES, _DEMO_OPENINGS = 1_500, 400


def synthetic_region(
    place: str = mix.PLACE,
    *,
    candidates: int = _DEMO_CANDIDATES,
    openings: int | None = None,
    employers: int | None = None,
    coaches: int | None = None,
    seed: int = 0,
    coaching: Literal["mixed", "equal"] = "mixed",
    date: dt.date | str = mix.DATE,
    steps: bool = False,
    crews: bool = False,
    service_levels: bool = False,
    periods: int = 0,
) -> Region:
    """Make up a labour-market region in which coaches, budgets and places are scarce.

    The seven municipalities of Rijk van Nijmegen with their public populations; everything else is
    drawn at random. The same arguments give the same region on any machine.

    Parameters
    ----------
    place
        ``"rijk-van-nijmegen"``, the only one so far.
    candidates, openings, employers, coaches
        How many of each. By default 4 openings for 15 candidates, up to 400, and one for every
        five from 2,000 candidates on; 4 employers for 15 openings; coaches such that their hours
        are scarce.
    seed
        Any integer >= 0.
    coaching
        ``"mixed"`` gives people regimes from very light to intensive; ``"equal"`` gives everybody
        who needs a coach 3.825 hours a week.
    date
        The region's date, 1 February 2026 by default. Wages, budgets and starts go with it; beyond
        what the law is known for, with its last known values.
    steps
        Whether there are trainings, services and trials as well, one for ten openings, and budgets
        that pay for them; everything else stays as it is without them.
    crews
        Make one opening in twenty a site for a crew of four to eight, where half of the own
        coaching is needed, and let two in every fifty people stay together. All else stays.
    service_levels
        Let half of the people in their first year of coaching do with a lighter or a more intensive
        regime as well, each with the chance that a placement holds (`Candidate.coaching_options`).
        All else stays. With ``coaching="equal"`` nobody has a regime, and nobody a choice.
    periods
        In how many periods of whole months the year from the region's date on falls apart: 4 for
        quarters, 0 (the default) for a plan without time. All else stays.

    Raises
    ------
    InvalidInputError
        When an argument is out of range.
    MissingParameterError
        When the date lies before the law that the library knows.
    """
    switches = {"steps": steps, "crews": crews, "service_levels": service_levels}
    _check(place, candidates, openings, employers, coaches, seed, coaching, date, periods, switches)
    rulebook = Rulebook.on(date, unknown="last_known")
    n_openings = default_openings(candidates) if openings is None else openings
    n_employers = max(round(n_openings * 4 / 15), 1) if employers is None else employers
    people = lay_out_people(seed, candidates)
    work = lay_out_work(seed, n_openings, n_employers, int(people.sheltered.sum()))
    drawn = make_candidates(
        seed, people, work, equal_coaching=coaching == "equal", date=rulebook.date
    )
    offered = make_openings(seed, people, work, rulebook)
    demand, placed = Demand(drawn, rulebook), expected_share(drawn, offered)
    n_coaches = scarce_coaches(demand, placed) if coaches is None else coaches
    team = make_coaches(seed, n_coaches, work, by_regime=coaching == "mixed")
    kept = with_kept_coaches(drawn, team)
    agreed = fixed(kept, offered)
    towns = make_municipalities(demand, placed)
    firms = make_employers(seed, work)
    work_sites = with_crews(seed, offered, firms, agreed) if crews else offered
    return Region(
        name=mix.REGION_NAME,
        date=rulebook.date,
        candidates=with_options(seed, kept, agreed) if service_levels else kept,
        openings=(*work_sites, *make_steps(seed, offered)) if steps else work_sites,
        employers=firms,
        coaches=team,
        municipalities=tuple(with_budgets(towns, kept)) if steps else towns,
        together=make_groups(seed, kept, agreed) if crews else (),
        periods=periods_of_year(rulebook.date, periods),
        excluded_pairs=excluded(seed, kept, offered, agreed),
        fixed_placements=agreed,
        sectors_of_work=frozenset(mix.SECTORS_OF_WORK),
    )


def default_openings(candidates: int) -> int:
    """Return how many openings a region has by default: 400 for 1,500, 3,000 for 15,000."""
    few = min(round(candidates * _DEMO_OPENINGS / _DEMO_CANDIDATES), _DEMO_OPENINGS)
    return max(few, candidates // 5, 1)


def _check(
    place: str,
    candidates: object,
    openings: object,
    employers: object,
    coaches: object,
    seed: object,
    coaching: object,
    date: object,
    periods: object,
    switches: Mapping[str, object],
) -> None:
    problems: list[Problem] = []

    def refuse(field: str, value: object, expected: str, hint: str) -> None:
        problems.append(Problem("synthetic region", None, field, value, expected, hint))

    if place != mix.PLACE:
        hint = closest_hint(closest_ids(str(place), [mix.PLACE])) + f"; known is {mix.PLACE!r}"
        refuse("place", place, "must be a known region", hint)
    counts = {"candidates": candidates, "openings": openings, "employers": employers}
    for field, count in (counts | {"coaches": coaches}).items():
        left_out = count is None and field != "candidates"
        if not left_out and not _is_int(count, 1, _MOST_RECORDS):
            expected = f"must be a whole number from 1 to {_MOST_RECORDS:_}"
            refuse(field, count, expected, "give how many to make up, such as 400")
    if not _is_int(seed, 0, 2**128):
        refuse("seed", seed, "must be a whole number >= 0", "use 0 for the usual region")
    if coaching not in _COACHING:
        hint = 'use "mixed" for the usual region'
        refuse("coaching", coaching, 'must be "mixed" or "equal"', hint)
    _check_periods(periods, refuse)
    for field in [name for name, switch in switches.items() if not isinstance(switch, bool)]:
        hint = f"write {field}=True to have them as well"
        refuse(field, switches[field], "must be True or False", hint)
    try:
        read_date(date)
    except InvalidInputError as error:
        refuse("date", date, error.problems[0].expected, error.problems[0].hint)
    if problems:
        raise InvalidInputError(problems)


def _check_periods(periods: object, refuse: Callable[[str, object, str, str], None]) -> None:
    if type(periods) is not int or periods not in {0, *CUTS}:
        expected = f"must be 0 or one of {', '.join(map(str, CUTS))}"
        refuse("periods", periods, expected, "use 4 for the quarters of a year")


def _is_int(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
