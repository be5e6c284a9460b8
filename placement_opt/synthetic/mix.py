"""What a synthetic region looks like: places, mixes of people and work, and how scarce means are.

Populations and places are public. Every mix is an assumption, shaped after the scale known of one
region (15,000 people touched by the Participatiewet); none describes real people.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

# How scarce things are. Tuned so that every standard rule is tight or has a price.
COACHING_SUPPLY_PERCENT = 88
"""Coach hours as a share of what placing people without regard to coaching would ask."""
SUBSIDY_BUDGET_PERCENT = 72
"""Budget of a municipality as a share of what placing its people without regard to it costs."""
SHELTERED_MINIMUM_PERCENT = 33
"""Sheltered places owed, as a share of a municipality's people with an advice."""
SHELTERED_MAXIMUM_PERCENT = 40
"""Sheltered places wanted at most, as a share of the same people."""
SHELTERED_SUPPLY_PERCENT = 42
"""Sheltered positions on offer, as a share of the same people in the whole region."""
SUPERVISED_EMPLOYERS_PER_MILLE = 150
"""Employers that say how many people they can take in and supervise."""
SUPERVISION_PERCENT = 60
"""Those places as a share of the employer's positions."""
PLEDGING_EMPLOYERS_PER_MILLE = 220
"""Employers that pledged jobs."""
PLEDGED_PERCENTS = (40, 60, 80, 100, 120)
"""Pledged jobs as a share of the employer's positions, in jobs of 25.5 hours; equally likely."""
EXPECTED_PLACED_PERCENT = 85
"""Positions that a plan without scarce means would fill; only sizes the means."""
COACH_CASELOADS = (12, 14, 16, 18, 20, 24)
"""Most people a coach takes; no Dutch norm is known."""

DATE = dt.date(2026, 2, 1)
"""The usual date of a region."""
PLACE = "rijk-van-nijmegen"
REGION_NAME = "Rijk van Nijmegen (synthetic)"
EQUAL_COACHING_HOURS = 3.825
"""15 % of 25.5 hours: what everybody who needs coaching gets when needs are equal."""


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality: people, centre in ten-thousandths of a degree, and how far it spreads."""

    id: str
    population: int
    latitude_e4: int
    longitude_e4: int
    spread_e4: int


# Populations: CBS StatLine, municipalities at the start of 2024, rounded to hundreds.
PLACES = (
    Place("nijmegen", 187_000, 518_420, 58_530, 170),
    Place("beuningen", 26_700, 518_610, 57_670, 140),
    Place("berg_en_dal", 35_700, 517_980, 59_300, 200),
    Place("druten", 19_500, 518_880, 56_050, 140),
    Place("heumen", 17_000, 517_790, 58_430, 130),
    Place("wijchen", 42_100, 518_090, 57_250, 160),
    Place("mook_en_middelaar", 8_100, 517_490, 58_850, 110),
)
SEEKER_WEIGHTS = (2_400, 220, 330, 160, 130, 420, 60)
"""Job seekers by place: the city has more of them than its share of the people."""
WORK_WEIGHTS = (1_900, 270, 260, 190, 170, 560, 50)
"""Employers by place."""

# Skills of practical work by sector of work, each sector from the commonest to the rarest.
SKILLS_BY_SECTOR: Mapping[str, tuple[str, ...]] = {
    "logistics": ("order_picking", "stock_counting", "parcel_sorting", "loading", "forklift"),
    "cleaning": ("surface_cleaning", "waste_sorting", "floor_care", "window_cleaning", "hygiene"),
    "packaging": ("packing", "labelling", "quality_checking", "line_work", "palletising"),
    "catering": ("dishwashing", "table_service", "food_preparation", "till_work", "baking"),
    "green_maintenance": ("weeding", "mowing", "pruning", "planting", "machine_upkeep"),
    "retail": ("shelf_stocking", "customer_contact", "price_tagging", "ordering", "display"),
    "assembly": ("hand_assembly", "screwing", "soldering", "reading_drawings", "testing"),
    "administration": ("filing", "data_entry", "scanning", "reception", "spreadsheets"),
    "care_support": ("serving_meals", "bed_making", "accompanying", "laundry_care", "activities"),
    "building": ("carrying_materials", "painting", "sanding", "tiling", "carpentry"),
    "metalwork": ("deburring", "drilling", "cutting", "welding", "lathe_work"),
    "technology": ("device_cleaning", "cable_laying", "device_repair", "software_testing", "cad"),
}
SECTORS_OF_WORK = tuple(SKILLS_BY_SECTOR)
SECTOR_WEIGHTS = (180, 150, 130, 100, 90, 90, 80, 60, 50, 40, 20, 10)
SKILL_RANK_WEIGHTS = (60, 30, 20, 15, 12)
"""One over the rank: how often a skill is had or asked for within its sector (Zipf's law)."""
SKILLS = tuple(skill for skills in SKILLS_BY_SECTOR.values() for skill in skills)
SKILLS_PER_SECTOR = len(SKILL_RANK_WEIGHTS)
SKILL_WEIGHTS = tuple(s * r for s in SECTOR_WEIGHTS for r in SKILL_RANK_WEIGHTS)

# What a workplace must provide; never why.
NEEDS = (
    "fixed_hours",
    "fixed_tasks",
    "quiet_room",
    "own_pace",
    "short_shifts",
    "seated_work",
    "no_lifting_over_5_kg",
    "written_instructions",
    "step_free_access",
    "sign_language",
)
NEED_WEIGHTS = (160, 160, 150, 140, 110, 90, 90, 60, 30, 10)
NEEDS_HAD_WEIGHTS = (400, 320, 200, 80)
"""How many candidates have no, one, two, three needs."""
NEEDS_MET_PER_MILLE = (850, 800, 600, 700, 700, 550, 650, 700, 600, 120)
"""How many openings meet each need."""

GROUNDS = (
    "none",
    "38b.1.a",
    "38b.1.b",
    "38b.1.c",
    "38b.1.d",
    "38b.1.e",
    "38b.1.f",
    "38b.1.g",
    "38b.2",
    "38b.6",
    "equated",
    "vso_pro",
)
GROUND_WEIGHTS = (300, 340, 45, 130, 10, 45, 20, 5, 20, 25, 3, 57)
EXPIRED_GROUND_PER_MILLE = 15

REGIMES = ("none", "very_light", "light", "middle", "intensive")
REGIME_WEIGHTS_REGISTERED = (200, 120, 260, 220, 200)
REGIME_WEIGHTS_OTHERS = (740, 100, 100, 50, 10)
REGIME_WEIGHTS_SHELTERED = (0, 0, 150, 400, 450)
INTENSIVE_YEAR_WEIGHTS = (500, 250, 200, 50)
"""Years of coaching from the first; other regimes start anew: no later shares are published."""

WAGE_VALUE_PERCENT_REGISTERED = (30, 90)
WAGE_VALUE_PERCENT_OTHERS = (60, 100)
WAGE_VALUE_PERCENT_SHELTERED = (30, 50)
WAGE_AGE_WEIGHTS: Mapping[int, int] = {18: 30, 19: 40, 20: 40, 21: 890}

CANDIDATE_HALF_HOURS: Mapping[int, int] = {
    16: 20,
    24: 50,
    32: 130,
    36: 40,
    40: 130,
    45: 20,
    48: 200,
    51: 30,
    56: 90,
    64: 140,
    72: 100,
    76: 20,
    80: 30,
}
"""Most hours a week, in half hours, with weights."""
OPENING_HALF_HOURS: Mapping[int, int] = {
    24: 60,
    32: 120,
    40: 150,
    48: 220,
    51: 40,
    56: 90,
    64: 150,
    72: 110,
    80: 60,
}
HOURS_SLACK: tuple[int, ...] = (0, 4, 8, 12, 16, 24)
"""Half hours between the most and the fewest hours a week; equally likely."""
FEWEST_HALF_HOURS = 16

TRANSPORTS = ("walk", "bike", "car", "public_transport")
TRANSPORT_WEIGHTS = (60, 480, 160, 300)
TRAVEL_MINUTES = (30, 40, 45, 60, 75)
TRAVEL_WEIGHTS = (330, 220, 260, 140, 50)

POSITIONS: Mapping[int, int] = {1: 550, 2: 200, 3: 100, 4: 60, 5: 40, 8: 30, 12: 15, 20: 5}
SHELTERED_CANDIDATES_PER_MILLE = 50
SHELTERED_MAY_WORK_REGULAR_PER_MILLE = 150
SHELTERED_OPENINGS_PER_MILLE = 35
REMOTE_OPENINGS_PER_MILLE = 15
ESSENTIAL_SKILLS_WEIGHTS = (330, 450, 220)
"""How many openings have no, one, two essential skills."""
CONTRACT_MONTHS = (3, 6, 7, 12, 24)
CONTRACT_WEIGHTS = (60, 240, 200, 400, 100)

GOVERNMENT_PER_MILLE = 150
EMPLOYER_PEOPLE: Mapping[int, int] = {
    3: 60,
    5: 90,
    8: 130,
    14: 170,
    25: 190,
    45: 150,
    80: 100,
    140: 60,
    250: 30,
    450: 15,
    800: 5,
}
"""Full-time people, log-normal: equal steps in the logarithm with bell-shaped weights."""
HOURS_PER_PERSON = 1_623
COACH_TEAMS: tuple[tuple[str, ...], ...] = (
    (),
    ("nijmegen",),
    ("nijmegen", "heumen", "mook_en_middelaar"),
    ("nijmegen", "berg_en_dal"),
    ("beuningen", "druten", "wijchen"),
)
"""Municipalities covered by external coaches; empty means all."""
COACH_TEAM_WEIGHTS = (60, 500, 160, 160, 120)
COACH_REGIMES: tuple[tuple[str, ...], ...] = ((), ("very_light", "light"), ("middle", "intensive"))
COACH_REGIME_WEIGHTS = (600, 180, 220)
COACHES_WITHOUT_SIGN_LANGUAGE_PER_MILLE = 300
EMPLOYER_COACHES_PER_MILLE = 120
WORKING_NOW_PER_MILLE = 8
"""Candidates who work in an opening of the region already."""
