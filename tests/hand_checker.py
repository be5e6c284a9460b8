"""A judge of plans written by hand, which knows nothing of the package.

It reads the JSON of a region and a list of placements, and says in plain Python what the standard
rules and terms say: which rules are broken, and what each term of the objective is worth. All in
exact fractions; only the great circle is computed in floating point.
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction

EMPLOYER_CHARGES = "0.235"
ADULT_MINIMUM_WAGE = Fraction("14.71")  # EUR an hour, 1 January to 30 June 2026
YOUTH_SHARE = {20: "0.8", 19: "0.6", 18: "0.5", 17: "0.395", 16: "0.345", 15: "0.3"}
COACHING_SHARE = {
    ("intensive", 1): "0.15",
    ("intensive", 2): "0.075",
    ("intensive", 3): "0.06",
    ("middle", 1): "0.1",
    ("light", 1): "0.06",
    ("very_light", 1): "0.03",
}
NO_WAGE_SUBSIDY = {"38b.1.b", "38b.1.c", "38b.1.g"}
SPEED_KM_PER_H = {"walk": 5, "bike": 15, "car": 40, "public_transport": 20}
JOB_HOURS = Fraction("25.5")
FIRST, LAST = dt.date(2026, 2, 1), dt.date(2026, 2, 28)  # the month of the region's date


def number(value):
    return Fraction(Decimal(str(value)))


def day(text):
    return None if text is None else dt.date.fromisoformat(text)


class HandChecker:
    """Judges the placements of one region dated 2026-02-01, read from its JSON."""

    def __init__(self, region):
        assert region["date"] == "2026-02-01", "the wages below are those of this date"
        self.region = region
        self.people = {record["id"]: record for record in region["candidates"]}
        self.work = {record["id"]: record for record in region["openings"]}
        self.firms = {record["id"]: record for record in region.get("employers", [])}
        self.coaches = {record["id"]: record for record in region.get("coaches", [])}
        self.towns = {record["id"]: record for record in region.get("municipalities", [])}
        self.table = {(a, b): number(m) for a, b, m in region.get("travel_minutes", [])}
        self.excluded = {tuple(pair) for pair in region.get("excluded_pairs", [])}
        self.fixed = {tuple(pair) for pair in region.get("fixed_placements", [])}
        self.problems = []

    # Quantities of one person in one opening.

    def hours(self, person, opening):
        if "hours_per_week" not in person or "hours_per_week" not in opening:
            return None
        return min(number(person["hours_per_week"][1]), number(opening["hours_per_week"][1]))

    def coaching(self, person, opening):
        if "coaching_hours_per_week" in person:
            return number(person["coaching_hours_per_week"])
        regime = person.get("coaching_regime", "none")
        if regime == "none":
            return Fraction(0)
        year = min(person["coaching_year"], 3)
        return Fraction(COACHING_SHARE[regime, year]) * self.hours(person, opening)

    def subsidy(self, person, opening, charges="0"):
        if person.get("ground") in NO_WAGE_SUBSIDY:
            return Fraction(0)
        wage = ADULT_MINIMUM_WAGE
        age = person.get("minimum_wage_age", 21)
        if age < 21:
            wage = Fraction(
                math.floor(wage * Fraction(YOUTH_SHARE[age]) * 100 + Fraction(1, 2)), 100
            )
        month = wage * 36 * 52 / 12 * Fraction("1.08")
        share = min(1 - number(person["wage_value"]), Fraction("0.7"))
        year = month * share * self.hours(person, opening) / 36 * 12
        year *= 1 + Fraction(charges)
        return Fraction(math.floor(year * 100 + Fraction(1, 2)), 100)

    def minutes(self, person, opening):
        if opening.get("remote"):
            return Fraction(0)
        towns = (person.get("municipality"), opening.get("municipality"))
        for key in ((person["id"], opening["id"]), towns):
            if key in self.table:
                return self.table[key]
        if not {"location", "transport"} <= person.keys() or "location" not in opening:
            return None
        lat_1, lon_1 = (math.radians(float(x)) for x in person["location"])
        lat_2, lon_2 = (math.radians(float(x)) for x in opening["location"])
        cosine = math.sin(lat_1) * math.sin(lat_2)
        cosine += math.cos(lat_1) * math.cos(lat_2) * math.cos(lon_1 - lon_2)
        kilometres = 6371 * math.acos(min(1.0, cosine))
        minutes = kilometres * 1.3 / SPEED_KM_PER_H[person["transport"]] * 60
        return Fraction(math.ceil(minutes - 1e-4))

    def counts(self, person):
        """Whether the person's hours count for the jobs agreement in the month of the date."""
        if person["ground"] == "none":
            return False
        begins, ends = day(person.get("ground_from")), day(person.get("ground_until"))
        return (begins is None or begins <= LAST) and (ends is None or ends >= FIRST)

    def covers(self, coach, person, opening):
        own = coach.get("kind", "external") == "employer"
        return (
            (not own or coach["employer"] == opening.get("employer"))
            and person.get("coach", coach["id"]) == coach["id"]
            and person.get("municipality")
            in coach.get("municipalities", [person.get("municipality")])
            and person.get("coaching_regime")
            in coach.get("regimes", [person.get("coaching_regime")])
            and ("needs" not in coach or set(person.get("needs", [])) <= set(coach["needs"]))
        )

    # Rules about one pair.

    def wrong_with_pair(self, person, opening):
        available, starts = day(person.get("available_from")), day(opening.get("starts_on"))
        may_work_regular = not person.get("sheltered") or person.get("may_work_regular")
        checks = {
            "skills": self.lacks_skills(person, opening),
            "travel": self.is_too_far(person, opening),
            "hours": self.has_other_hours(person, opening),
            "needs": not set(person.get("needs", [])) <= set(opening.get("provides", [])),
            "dates": bool(available and starts and available > starts),
            "sheltered place": opening.get("sheltered") and not person.get("sheltered"),
            "ordinary work": not opening.get("sheltered") and not may_work_regular,
            "excluded": (person["id"], opening["id"]) in self.excluded,
            "current job": person.get("current_opening") == opening["id"],
        }
        return [name for name, is_wrong in checks.items() if is_wrong]

    def lacks_skills(self, person, opening):
        levels, required = person.get("skills", {}), opening.get("required_skills", {})
        return any(
            number(levels.get(skill, 0)) < number(required[skill])
            for skill in opening.get("essential_skills", [])
        )

    def is_too_far(self, person, opening):
        if "max_travel_minutes" not in person:
            return False
        minutes = self.minutes(person, opening)
        return minutes is None or minutes > number(person["max_travel_minutes"])

    def has_other_hours(self, person, opening):
        hours = self.hours(person, opening)
        if hours is None:
            return False
        return hours < max(number(side["hours_per_week"][0]) for side in (person, opening))

    def is_eligible(self, person, opening):
        if self.wrong_with_pair(person, opening):
            return False
        if self.coaching(person, opening) == 0:
            return True
        return any(self.covers(coach, person, opening) for coach in self.coaches.values())

    def wrong(self, about, what):
        self.problems.append(f"{about}: {what}")

    # A whole plan.

    def check(self, placements):
        """Return (problems, points of each term) of a plan; placements are dicts of columns."""
        self.problems = []
        placed = [
            (self.people[p["candidate_id"]], self.work[p["opening_id"]], p) for p in placements
        ]
        for person, opening, row in placed:
            for problem in self.wrong_with_pair(person, opening):
                self.wrong(f"{person['id']} in {opening['id']}", problem)
            self.check_row(person, opening, row)
        self.check_counts(placed)
        self.check_coaches(placed)
        self.check_towns(placed)
        for pair in self.fixed - {(p["candidate_id"], p["opening_id"]) for p in placements}:
            self.wrong(pair, "fixed, not placed")
        return self.problems, self.terms(placed)

    def check_row(self, person, opening, row):
        """The columns of a placement say what the records say."""
        expected = {
            "employer_id": opening.get("employer"),
            "hours_per_week": self.hours(person, opening),
            "coaching_hours_per_week": self.coaching(person, opening),
            "subsidy_eur_per_year": self.subsidy(person, opening),
        }
        for column, value in expected.items():
            told = row[column]
            same = (
                told == value
                if isinstance(value, str) or value is None
                else (told is not None and number(told) == value)
            )
            if not same:
                self.wrong(person["id"], f"{column} {told}, should be {value}")

    def check_counts(self, placed):
        for person_id, count in Counter(person["id"] for person, _, _ in placed).items():
            if count > 1:
                self.wrong(person_id, "placed more than once")
        for opening_id, count in Counter(opening["id"] for _, opening, _ in placed).items():
            if count > self.work[opening_id].get("positions", 1):
                self.wrong(opening_id, "positions")
        for firm_id, count in Counter(opening.get("employer") for _, opening, _ in placed).items():
            if firm_id is not None and count > self.firms[firm_id].get("supervision_places", count):
                self.wrong(firm_id, "supervision places")

    def check_coaches(self, placed):
        hours, people = defaultdict(Fraction), Counter()
        for person, opening, row in placed:
            needed = self.coaching(person, opening)
            if needed == 0:
                continue
            coach = self.coaches.get(row["coach_id"])
            if coach is None:
                self.wrong(person["id"], "no coach")
                continue
            if not self.covers(coach, person, opening):
                self.wrong(person["id"], f"coach {coach['id']} does not cover")
            hours[coach["id"]] += needed
            people[coach["id"]] += 1
        for coach_id, used in hours.items():
            coach = self.coaches[coach_id]
            if used > number(coach["hours_per_week"]):
                self.wrong(coach_id, f"{used} hours")
            if people[coach_id] > coach.get("max_caseload", people[coach_id]):
                self.wrong(coach_id, f"{people[coach_id]} people")
        return hours

    def check_towns(self, placed):
        for town_id, town in self.towns.items():
            own = [(p, o) for p, o, _ in placed if p.get("municipality") == town_id]
            spent = sum((self.subsidy(p, o, EMPLOYER_CHARGES) for p, o in own), Fraction(0))
            budget = town.get("wage_subsidy_budget_eur_per_year")
            if budget is not None and spent > number(budget):
                self.wrong(town_id, f"EUR {spent} spent")
            sheltered = sum(1 for _, o in own if o.get("sheltered"))
            if sheltered > town.get("sheltered_places_maximum", sheltered):
                self.wrong(town_id, "sheltered places")

    # The objective.

    def terms(self, placed):
        """Return the points of each standard term and each priced shortfall."""
        return {
            "MatchScore": Fraction(sum(self.match_score(p, o) for p, o, _ in placed)),
            "Priority": 100
            * sum((number(p.get("priority", 0)) for p, _, _ in placed), Fraction(0)),
            "PlacedJobs": 500
            * sum((self.hours(p, o) for p, o, _ in placed), Fraction(0))
            / JOB_HOURS,
            "JobsQuota shortfall": -800 * sum(self.quota_shortfalls(placed).values(), Fraction(0)),
            "ShelteredPlaces shortfall": -1000 * self.sheltered_shortfall(placed),
            "MunicipalityBalance shortfall": -100 * self.balance_shortfall(placed),
        }

    def match_score(self, person, opening):
        parts = (
            (400, self.covered(person, opening)),
            (200, self.wish(person, opening)),
            (100, self.rank(opening.get("preferences", []), person["id"])),
            (200, self.travel_saved(person, opening)),
            (100, self.hours_share(person, opening)),
        )
        return sum(math.floor(most * share + Fraction(1, 2)) for most, share in parts)

    def covered(self, person, opening):
        required = opening.get("required_skills", {})
        asked = got = Fraction(0)
        for skill, level in required.items():
            weight = self.rarity(skill)
            asked += weight * number(level)
            got += weight * min(number(level), number(person.get("skills", {}).get(skill, 0)))
        return got / asked if asked else Fraction(1)

    def rarity(self, skill):
        everybody = len(self.people)
        able = sum(1 for p in self.people.values() if number(p.get("skills", {}).get(skill, 0)) > 0)
        return 1 + round(1000 * math.log((1 + everybody) / (1 + able)))

    @staticmethod
    def rank(ranking, name):
        if name not in ranking:
            return Fraction(0)
        return Fraction(len(ranking) - ranking.index(name), len(ranking))

    def wish(self, person, opening):
        wishes = person.get("wishes", [])
        names = [opening["id"], opening.get("sector_of_work")]
        return max(self.rank(wishes, name) for name in names)

    def travel_saved(self, person, opening):
        most, minutes = number(person.get("max_travel_minutes", 0)), self.minutes(person, opening)
        if most == 0 or minutes is None:
            return Fraction(0)
        return max(Fraction(0), (most - minutes) / most)

    def hours_share(self, person, opening):
        hours = self.hours(person, opening)
        if hours is None or number(person["hours_per_week"][1]) == 0:
            return Fraction(0)
        return hours / number(person["hours_per_week"][1])

    def quota_shortfalls(self, placed):
        """Jobs of 25.5 hours that each employer stays below its pledge."""
        jobs = defaultdict(Fraction)
        for person, opening, _ in placed:
            if not self.counts(person):
                continue
            if not opening.get("sheltered"):
                jobs[opening.get("employer")] += self.hours(person, opening) / JOB_HOURS
            if "current_opening" in person:
                old = self.work[person["current_opening"]]
                if not old.get("sheltered"):
                    jobs[old.get("employer")] -= self.hours(person, old) / JOB_HOURS
        return {
            firm_id: max(Fraction(0), number(firm["jobs_pledged"]) - jobs[firm_id])
            for firm_id, firm in self.firms.items()
            if "jobs_pledged" in firm
        }

    def sheltered_shortfall(self, placed):
        filled = Counter(p.get("municipality") for p, o, _ in placed if o.get("sheltered"))
        least = {id_: town.get("sheltered_places_minimum", 0) for id_, town in self.towns.items()}
        return sum(max(0, minimum - filled[id_]) for id_, minimum in least.items())

    def balance_shortfall(self, placed):
        work = list(self.work.values())
        people = Counter(
            person["municipality"]
            for person in self.people.values()
            if "municipality" in person and any(self.is_eligible(person, o) for o in work)
        )
        count = Counter(p["municipality"] for p, _, _ in placed if "municipality" in p)
        everybody, total = sum(people.values()), sum(count.values())
        fair = {
            town: Fraction(9, 10) * Fraction(number_, everybody) * total
            for town, number_ in people.items()
        }
        return sum((max(Fraction(0), fair[town] - count[town]) for town in people), Fraction(0))
