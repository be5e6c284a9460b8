"""The systems of examples/systems: each plan judged by hand, from its tables and own figures."""

import collections
import datetime as dt
import importlib.util
from pathlib import Path

import pytest

import placement_opt as po

FOLDER = Path(__file__).parents[2] / "examples" / "systems"
PAGE = FOLDER.parents[1] / "docs" / "systems.md"


def system(name):
    """Load the script of a system."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows_of(result, *columns):
    return list(result.placements[list(columns)].itertuples(index=False, name=None))


def records(region, kind):
    return {one.id: one for one in getattr(region, kind)}


def test_a_sorting_centre_has_its_whole_crew_and_its_own_coaches():
    made = system("sorting_centres")
    found = made.plan()
    rows = rows_of(found, "candidate_id", "opening_id", "coach_id", "coaching_hours_per_week")
    staff = collections.Counter(centre for _, centre, *_ in rows)
    assert len(rows) == len({who for who, *_ in rows})
    assert all(made.CREW <= staff[centre] <= made.PLACES for centre in staff)
    assert sum(staff.values()) >= 2 * made.CREW
    shares = {"none": 0, "light": 0.06, "middle": 0.10, "intensive": 0.15}
    people, load = records(made.region(), "candidates"), collections.Counter()
    for who, centre, coach, told in rows:
        person = people[who]
        hours = person.hours_per_week[1] * shares[person.coaching_regime] / 2
        assert (told or 0) == pytest.approx(hours)
        assert (coach is None or isinstance(coach, float)) == (hours == 0)
        if hours:
            assert coach[2:].startswith(centre[2:])
            load[coach] += hours
    assert all(hours <= 24 + 1e-9 for hours in load.values())


def test_those_of_the_open_day_start_and_take_the_course_before():
    made = system("training_first")
    found = made.plan()
    people = records(made.region(), "candidates")
    placed = [who for who, _ in rows_of(found, "candidate_id", "opening_id")]
    assert len(placed) == 14
    assert sum(people[who].groups["channel"] == "open day" for who in placed) >= made.ASKED
    paths = found.paths.groupby("candidate_id")["opening_id"].agg(list).to_dict()
    trained = 0
    for who in placed:
        path = ["O-warehouse"] if people[who].skills else ["T-course", "O-warehouse"]
        assert paths[who] == path
        trained += len(path) - 1
    assert trained <= made.COURSE_PLACES
    assert trained * made.COURSE_EUR <= made.BUDGET_EUR


def test_reserved_places_go_to_who_lives_near_and_the_rest_to_the_highest_bids():
    made = system("neighbourhood")
    free, found = made.plan(reserved=False), made.plan()
    table = made.bids()
    columns = (table["candidate_id"], table["opening_id"], table["bid"])
    bid = {(who, where): points for who, where, points in zip(*columns, strict=True)}
    people = records(made.region(), "candidates")
    for plan in (free, found):
        rows = rows_of(plan, "candidate_id", "opening_id")
        assert plan.objective == sum(bid[row] for row in rows)
        filled = collections.Counter(where for _, where in rows)
        assert all(filled[where] <= made.PLACES[where] for where in filled)
    near = [who for who, _ in rows if people[who].groups["neighbourhood"] == made.NEAR]
    assert len(near) >= made.RESERVED
    spent = collections.Counter()
    for (who, _), points in bid.items():
        spent[who] += points
    assert set(spent.values()) == {made.POINTS}
    assert free.objective > found.objective


def test_a_colleague_who_coaches_leaves_hours_to_others():
    made = system("own_coach")
    numbers = []
    for takes_over in (False, True):
        found = made.plan(takes_over=takes_over)
        assert found.status == po.Status.OPTIMAL
        rows = rows_of(found, "candidate_id", "employer_id", "coach_id")
        coaches, hours = collections.defaultdict(set), collections.Counter()
        for who, employer, coach in rows:
            coaches[employer].add(coach)
            hours[coach] += (1.5, 2, 3.5)[int(who[2:]) % 3]
        assert all(len(there) == 1 for there in coaches.values())
        assert all(hours[coach] <= (16 if coach == "K-colleague" else 20) for coach in hours)
        assert all(
            "K-colleague" not in there or who == "E-bakery" for who, there in coaches.items()
        )
        numbers.append(len(rows))
    assert numbers[0] < numbers[1]


def work_to_work_judged(made, found, gone=()):
    """Judge a plan from work to work by hand, and return who starts where."""
    people, euros = records(made.region(), "candidates"), 0
    served, filled, days = {}, collections.Counter(), 0
    steps = found.paths[found.paths["kind"] == "service"]
    taken = collections.Counter()
    for who, service, first, last in zip(
        *(steps[name] for name in ("candidate_id", "opening_id", "starts_on", "ends_on")),
        strict=True,
    ):
        assert first >= people[who].available_from
        assert (last + dt.timedelta(days=1)).month == first.month + 1
        served[who, service] = last
        taken[service, first] += 1
        euros += made.SERVICES[service[2:]][1]
    assert euros <= made.BUDGET_EUR
    assert all(count <= made.SERVICES[service[2:]][0] for (service, _), count in taken.items())
    home = {}
    for who, employer, start in rows_of(found, "candidate_id", "employer_id", "starts_on"):
        first, _, skill = made.WORK[employer]
        left = people[who].available_from
        assert max(first, left) <= start
        assert start.month <= left.month + 4
        assert skill == "office" or served[who, f"S-{skill}"] < start
        assert who not in home
        home[who] = employer
        filled[employer] += 1
        days += (made.MONTHS[-1].ends_on - start).days + 1
    assert all(filled[one] <= made.WORK[one][1] for one in filled)
    # Work has no end, so that all of them are with the case manager in the last month.
    assert len(home) * made.HOURS_EACH <= made.CASE_MANAGER_HOURS
    assert not set(gone) & {*home, *(who for who, _ in served)}
    return home, days


def test_from_work_to_work_within_four_months_of_each_dismissal():
    made = system("work_to_work")
    found = made.plan()
    assert found.status == po.Status.OPTIMAL
    home, days = work_to_work_judged(made, found)
    horizon = (made.MONTHS[-1].ends_on - made.MONTHS[0].starts_on).days + 1
    assert len(home) >= 19
    assert found.objective == pytest.approx(100 * 23 / 30 * days / horizon, rel=1e-5)
    drawn = made.drop_outs(found)
    for told in drawn.totals.to_dict("records"):
        out = drawn.out[told["draw"]]
        again, _ = work_to_work_judged(made, drawn.replanned[told["draw"]], out)
        assert out
        assert set(out) <= set(home)
        assert told["realised"] == len(home) - len(out) <= told["replanned"] == len(again)
        assert told["expected"] == pytest.approx(len(home) * 23 / 30, rel=1e-5)


def test_a_chain_takes_people_in_calmly():
    made = system("chain")
    found = made.plan()
    people = records(made.region(), "candidates")
    filled, intake = collections.Counter(), collections.Counter()
    for who, where, month in rows_of(found, "candidate_id", "opening_id", "start_period"):
        assert month >= f"{people[who].available_from:%Y-%m}"
        filled[where] += 1
        intake[month] += 1
    assert len(intake) == 6
    assert all(made.LEAST <= count <= made.MOST for count in intake.values())
    assert set(filled.values()) == {made.PLACES}
    assert len(filled) == made.SHOPS


def test_interns_are_at_each_supplier_once_and_then_at_the_plant():
    found = system("interns").plan()
    path = collections.defaultdict(dict)
    for who, where, quarter in rows_of(found, "candidate_id", "opening_id", "start_period"):
        assert quarter not in path[who]
        path[who][quarter] = where
    for quarters in path.values():
        assert sorted(quarters) == ["Q1", "Q2", "Q3", "Q4", "Q5"]
        assert quarters["Q5"] == "P"
        assert {quarters[f"Q{n}"] for n in range(1, 5)} == {f"S-{n}" for n in range(4)}
    for n in range(1, 5):
        assert len({quarters[f"Q{n}"] for quarters in path.values()}) == 4


def test_a_werkbedrijf_keeps_hours_positions_and_budgets_in_each_quarter():
    made = system("werkbedrijf")
    found, region = made.plan(), made.region()
    people, openings = records(region, "candidates"), records(region, "openings")
    coaches = records(region, "coaches")
    hours, heads, filled = (collections.Counter() for _ in range(3))
    levels = set()
    for row in found.placements.to_dict("records"):
        person, quarters = people[row["candidate_id"]], ["Q1", "Q2", "Q3", "Q4"]
        first = int(row["start_period"][1]) - 1
        months = openings[row["opening_id"]].contract_months
        runs = quarters[first:] if months is None else quarters[first : first + -(-months // 3)]
        start = made.STARTS[first + 1] - dt.timedelta(days=1)
        assert person.available_from is None or person.available_from <= start
        if person.coaching_options:
            level = row["variant"].split(" / ")[1]
            assert level in person.coaching_options
            levels.add(level)
        for quarter in runs:
            filled[row["opening_id"], quarter] += 1
            if isinstance(row["coach_id"], str):
                heads[row["coach_id"], quarter] += 1
                hours[row["coach_id"], quarter] += row["coaching_hours_per_week"]
    assert len(levels) > 1
    assert all(count <= openings[where].positions for (where, _), count in filled.items())
    for (coach, quarter), count in heads.items():
        most = coaches[coach].max_caseload
        assert most is None or count <= most
        assert hours[coach, quarter] <= coaches[coach].hours_per_week + 1e-9
    for row in found.budgets.to_dict("records"):
        spent = row["subsidy_eur_per_year"] + row["charges_eur_per_year"]
        assert spent <= row["budget_eur_per_year"] + 0.01
    assert po.check_result(region, found).is_sound


def test_the_page_names_every_system():
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`examples/systems/{path.name}`" in text for path in FOLDER.glob("*.py"))
